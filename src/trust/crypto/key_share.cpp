// SPDX-License-Identifier: Apache-2.0
#include "trust/crypto/key_share.h"

#include "base/encoding.h"
#include "base/json_fields.h"
#include "base/settings.h"
#include "trust/crypto/digest.h"
#include "trust/crypto/sealed.h"

#include <nlohmann/json.hpp>
#include <openssl/rand.h>

#include <algorithm>
#include <array>
#include <memory>
#include <mutex>
#include <numeric>
#include <set>
#include <stdexcept>

extern "C" {
#include <libgfshare.h>
}

namespace congvan::crypto {
namespace {

constexpr std::size_t kTextMost = 16U << 10U;  // an RSA-8192 key takes a half of it
constexpr std::size_t kCheckBytes = 4;
constexpr int kForm = 1;

struct FreeContext {
  void operator()(gfshare_ctx* context) const { gfshare_ctx_free(context); }
};
using Context = std::unique_ptr<gfshare_ctx, FreeContext>;

/// The library asks for random bytes by a pointer of the whole process, and overwrites with them
/// what it frees.
void fillForSharing(unsigned char* out, unsigned int size) {
  if (RAND_priv_bytes(out, static_cast<int>(size)) != 1)
    throw std::runtime_error("RAND_priv_bytes");
}

Context hold(gfshare_ctx* context) {
  if (context == nullptr) throw std::bad_alloc();
  return Context(context);
}

void prepareSharing() {
  static std::once_flag once;
  std::call_once(once, [] { gfshare_fill_rand = &fillForSharing; });
}

Bytes bindingOf(const ShareLabel& label) {
  return toBytes("congvan key share\n" + label.split.text() + "\n" + label.authority + "\n" +
                 label.subject + "\n" + toHex(label.public_key_sha256) + "\n" +
                 std::to_string(label.needed) + " of " + std::to_string(label.of) + "\n");
}

bool countsHold(const ShareLabel& label) {
  return label.needed >= 2 && label.needed <= label.of && label.of <= kSharesMost;
}

bool sameSplit(const KeyShare& left, const KeyShare& right) {
  return left.label.split == right.label.split && left.label.needed == right.label.needed &&
         left.sealed_key == right.sealed_key;
}

/// Over everything that stands on a share, as values: another layout does not change it.
std::string checkOf(const KeyShare& share) {
  Bytes said = bindingOf(share.label);
  append(said, asBytes(std::to_string(share.number) + "\n"));
  append(said, share.value.view());
  append(said, share.sealed_key);
  auto digest = crypto::digest(DigestAlgorithm::Sha256, said);
  wipe(said.data(), said.size());
  digest.resize(kCheckBytes);
  return toHex(digest);
}

/// In groups of four with spaces, as it is read aloud and typed.
std::string grouped(std::string_view text) {
  std::string out;
  for (std::size_t at = 0; at < text.size(); at += 4) {
    if (at > 0) out += ' ';
    out += text.substr(at, 4);
  }
  return out;
}

std::string withoutSpaces(std::string_view text) {
  std::string out;
  std::ranges::copy_if(text, std::back_inserter(out), [](char c) { return c != ' ' && c != '\n'; });
  return out;
}

/// A subject may hold quotes and backslashes: JSON's text is YAML's double-quoted text, too.
std::string quoted(const std::string& text) {
  return Json(text).dump();
}

Bytes readHex(Fields& fields, std::string_view name, std::size_t size) {
  const auto text = withoutSpaces(fields.rawText(name, 4 * size));
  auto bytes = fromHex(text);
  if (fields.good() && (!bytes || bytes->size() != size)) fields.refuse(name, "not_hex");
  return bytes ? *bytes : Bytes();
}

}  // namespace

Result<std::vector<KeyShare>> splitKey(const SecretBytes& key,
                                       const ShareLabel& label,
                                       Random& random) {
  if (!countsHold(label)) return Error{Code::RuleRefused, "share_counts_wrong"};
  prepareSharing();
  auto sealing = makeSealKey(random);
  const auto sealed = seal(sealing, key.view(), bindingOf(label), random);
  std::array<unsigned char, kSharesMost> numbers{};
  std::iota(numbers.begin(), numbers.end(), 1);
  const auto context = hold(gfshare_ctx_init_enc(numbers.data(),
                                                 static_cast<unsigned>(label.of),
                                                 static_cast<unsigned char>(label.needed),
                                                 kSealKeyBytes));
  gfshare_ctx_enc_setsecret(context.get(), sealing.data());
  std::vector<KeyShare> shares;
  for (int at = 0; at < label.of; ++at) {
    shares.push_back({label, at + 1, SecretBytes(kSealKeyBytes), sealed});
    gfshare_ctx_enc_getshare(
        context.get(), static_cast<unsigned char>(at), shares.back().value.data());
  }
  return shares;
}

Result<SecretBytes> joinKey(std::span<const KeyShare> shares) {
  const auto given = std::to_string(shares.size());
  if (shares.empty()) {
    return Error{Code::Malformed, "shares_too_few", {{"needed", "2"}, {"given", given}}};
  }
  const auto& label = shares.front().label;
  std::set<int> seen;
  for (const auto& share : shares) {
    if (!sameSplit(share, shares.front())) return Error{Code::Malformed, "shares_of_two_splits"};
    if (!seen.insert(share.number).second) {
      return Error{Code::Malformed, "share_repeated", {{"number", std::to_string(share.number)}}};
    }
  }
  const auto needed = static_cast<std::size_t>(label.needed);
  if (shares.size() < needed) {
    return Error{Code::Malformed,
                 "shares_too_few",
                 {{"needed", std::to_string(label.needed)}, {"given", given}}};
  }
  prepareSharing();
  std::array<unsigned char, kSharesMost> numbers{};
  for (std::size_t at = 0; at < needed; ++at) {
    numbers.at(at) = static_cast<unsigned char>(shares[at].number);
  }
  const auto context =
      hold(gfshare_ctx_init_dec(numbers.data(), static_cast<unsigned>(needed), kSealKeyBytes));
  for (std::size_t at = 0; at < needed; ++at) {
    SecretBytes value{shares[at].value.view()};  // the library takes it as if it might change it
    gfshare_ctx_dec_giveshare(context.get(), static_cast<unsigned char>(at), value.data());
  }
  SecretBytes sealing(kSealKeyBytes);
  gfshare_ctx_dec_extract(context.get(), sealing.data());
  auto key = unseal(sealing, shares.front().sealed_key, bindingOf(label));
  if (!key) return Error{Code::Unauthenticated, "shares_do_not_fit"};
  return key;
}

SecretBytes shareText(const KeyShare& share) {
  auto value = toHex(share.value.view());
  auto shown = grouped(value);
  std::string text =
      "# Một phần khóa, giữ kín và tách rời / a share of a key: secret, kept apart\n";
  text.reserve(kTextMost);  // never moved, so that no copy of the value stays behind
  text += "congvan-key-share: " + std::to_string(kForm) + "\n";
  text += "authority: " + quoted(share.label.authority) + "\n";
  text += "subject: " + quoted(share.label.subject) + "\n";
  text += "public-key-sha256: \"" + toHex(share.label.public_key_sha256) + "\"\n";
  text += "split: \"" + share.label.split.text() + "\"\n";
  text += "share: " + std::to_string(share.number) + "\n";
  text += "of: " + std::to_string(share.label.of) + "\n";
  text += "needed: " + std::to_string(share.label.needed) + "\n";
  text += "value: \"";
  text += shown;
  text += "\"\nsealed-key: >-\n";
  const auto sealed = toBase64(share.sealed_key);
  for (std::size_t at = 0; at < sealed.size(); at += 64)
    text += "  " + sealed.substr(at, 64) + "\n";
  text += "check: \"" + checkOf(share) + "\"\n";
  SecretBytes secret{std::string_view(text)};
  wipe(text.data(), text.size());
  wipe(value.data(), value.size());
  wipe(shown.data(), shown.size());
  return secret;
}

Result<KeyShare> readShare(std::string_view text) {
  if (text.size() > kTextMost) return Error{Code::TooLarge, "share_too_large"};
  const auto document = parseYaml(text);
  if (!document) return document.error();
  Fields fields(*document);
  KeyShare share;
  fields.integer("congvan-key-share", kForm, kForm);
  share.label.authority = fields.text("authority", 64);
  share.label.subject = fields.text("subject", 1024);
  share.label.public_key_sha256 = readHex(fields, "public-key-sha256", 32);
  const auto split = Uuid::parse(fields.rawText("split", 36));
  if (fields.good() && !split) fields.refuse("split", "not_an_id");
  if (split) share.label.split = *split;
  share.label.of = static_cast<int>(fields.integer("of", 2, kSharesMost));
  share.label.needed = static_cast<int>(fields.integer("needed", 2, kSharesMost));
  share.number = static_cast<int>(fields.integer("share", 1, kSharesMost));
  auto value = readHex(fields, "value", kSealKeyBytes);
  share.value = SecretBytes(BytesView(value));
  wipe(value.data(), value.size());
  auto sealed = fromBase64(fields.rawText("sealed-key", kTextMost));
  if (fields.good() && !sealed) fields.refuse("sealed-key", "not_base64");
  if (sealed) share.sealed_key = std::move(*sealed);
  const std::string check(fields.rawText("check", 2 * kCheckBytes));
  if (fields.good() && (!countsHold(share.label) || share.number > share.label.of)) {
    fields.refuse("share", "out_of_range");
  }
  const auto read = fields.finish();
  if (!read) return read.error();
  if (check != checkOf(share)) return Error{Code::Malformed, "share_mistyped"};
  return share;
}

}  // namespace congvan::crypto
