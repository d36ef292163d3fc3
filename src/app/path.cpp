// SPDX-License-Identifier: Apache-2.0
#include "trust/pki/path.h"

#include "app/commands.h"
#include "app/messages.h"
#include "app/options.h"
#include "base/encoding.h"
#include "base/json.h"

#include <nlohmann/json.hpp>

#include <algorithm>
#include <array>
#include <cstdio>
#include <optional>
#include <string>
#include <utility>

namespace congvan::app {
namespace {

constexpr std::size_t kLineBytesMax = 16U << 20U;
constexpr std::size_t kListMax = 4096;

struct NamedOid {
  std::string_view name;
  std::string_view oid;
};

constexpr auto kPurposes = std::to_array<NamedOid>({
    {"anyExtendedKeyUsage", "2.5.29.37.0"},
    {"serverAuth", "1.3.6.1.5.5.7.3.1"},
    {"clientAuth", "1.3.6.1.5.5.7.3.2"},
    {"codeSigning", "1.3.6.1.5.5.7.3.3"},
    {"emailProtection", "1.3.6.1.5.5.7.3.4"},
    {"timeStamping", "1.3.6.1.5.5.7.3.8"},
    {"OCSPSigning", "1.3.6.1.5.5.7.3.9"},
    {"documentSigning", "1.3.6.1.5.5.7.3.36"},
});

constexpr auto kSignatureAlgorithms = std::to_array<NamedOid>({
    {"RSA_WITH_MD5", "1.2.840.113549.1.1.4"},
    {"RSA_WITH_SHA1", "1.2.840.113549.1.1.5"},
    {"RSA_WITH_SHA224", "1.2.840.113549.1.1.14"},
    {"RSA_WITH_SHA256", "1.2.840.113549.1.1.11"},
    {"RSA_WITH_SHA384", "1.2.840.113549.1.1.12"},
    {"RSA_WITH_SHA512", "1.2.840.113549.1.1.13"},
    {"RSASSA_PSS", "1.2.840.113549.1.1.10"},
    {"DSA_WITH_SHA1", "1.2.840.10040.4.3"},
    {"DSA_WITH_SHA224", "2.16.840.1.101.3.4.3.1"},
    {"DSA_WITH_SHA256", "2.16.840.1.101.3.4.3.2"},
    {"ECDSA_WITH_SHA1", "1.2.840.10045.4.1"},
    {"ECDSA_WITH_SHA224", "1.2.840.10045.4.3.1"},
    {"ECDSA_WITH_SHA256", "1.2.840.10045.4.3.2"},
    {"ECDSA_WITH_SHA384", "1.2.840.10045.4.3.3"},
    {"ECDSA_WITH_SHA512", "1.2.840.10045.4.3.4"},
    {"ED25519", "1.3.101.112"},
    {"ED448", "1.3.101.113"},
});

constexpr auto kUsages = std::to_array<std::pair<std::string_view, pki::KeyUsage>>({
    {"digitalSignature", pki::KeyUsage::DigitalSignature},
    {"nonRepudiation", pki::KeyUsage::NonRepudiation},
    {"contentCommitment", pki::KeyUsage::NonRepudiation},
    {"keyEncipherment", pki::KeyUsage::KeyEncipherment},
    {"dataEncipherment", pki::KeyUsage::DataEncipherment},
    {"keyAgreement", pki::KeyUsage::KeyAgreement},
    {"keyCertSign", pki::KeyUsage::KeyCertSign},
    {"cRLSign", pki::KeyUsage::CrlSign},
    {"encipherOnly", pki::KeyUsage::EncipherOnly},
    {"decipherOnly", pki::KeyUsage::DecipherOnly},
});

constexpr auto kKinds = std::to_array<std::pair<std::string_view, pki::PeerKind>>({
    {"ANY", pki::PeerKind::Any},
    {"SERVER", pki::PeerKind::Server},
    {"CLIENT", pki::PeerKind::Client},
});

constexpr auto kNameKinds = std::to_array<std::pair<std::string_view, pki::NameKind>>({
    {"DNS", pki::NameKind::Dns},
    {"IP", pki::NameKind::Ip},
    {"RFC822", pki::NameKind::Rfc822},
});

/// How much of the anchors' own certificates is heeded; absent: all.
constexpr auto kAnchorModes = std::to_array<std::pair<std::string_view, pki::AnchorChecks>>({
    {"TRUSTED_ANCHOR", {false, false, false}},
    {"TRUSTED_ANCHOR_WITH_EXPIRATION", {true, false, false}},
    {"TRUSTED_ANCHOR_WITH_CONSTRAINTS", {false, true, false}},
    {"TRUSTED_ANCHOR_WITH_EXPIRATION_AND_CONSTRAINTS", {true, true, false}},
});

/// Reads one question. The first thing that is not as it should be is kept and asked at the end;
/// members that nobody knows are passed over.
class Question {
 public:
  Question(const Json& object, Instant now) : object_(object), now_(now) {}

  const std::string& failure() const { return failure_; }
  void refuse(std::string what) {
    if (failure_.empty()) failure_ = std::move(what);
  }

  const Json* member(std::string_view name) const { return memberOf(object_, name); }

  std::string text(std::string_view name) {
    const auto* value = member(name);
    if (value == nullptr) return {};
    if (value->is_string()) return value->get<std::string>();
    refuse(std::string(name) + " is not a text");
    return {};
  }

  std::vector<std::string> texts(const Json& object, std::string_view name) {
    std::vector<std::string> list;
    const auto* value = memberOf(object, name);
    if (value == nullptr) return list;
    if (!value->is_array() || value->size() > kListMax) {
      refuse(std::string(name) + " is not a list of texts");
      return list;
    }
    for (const auto& one : *value) {
      if (one.is_string()) {
        list.push_back(one.get<std::string>());
      } else {
        refuse(std::string(name) + " is not a list of texts");
      }
    }
    return list;
  }
  std::vector<std::string> texts(std::string_view name) { return texts(object_, name); }

  bool flag(const Json& object, std::string_view name) {
    const auto* value = memberOf(object, name);
    if (value == nullptr) return false;
    if (!value->is_boolean()) refuse(std::string(name) + " is not true or false");
    return value->is_boolean() && value->get<bool>();
  }
  bool flag(std::string_view name) { return flag(object_, name); }

  std::optional<std::int64_t> integer(std::string_view name) {
    const auto* value = member(name);
    if (value == nullptr) return std::nullopt;
    if (!value->is_number_integer()) {
      refuse(std::string(name) + " is not an integer");
      return std::nullopt;
    }
    return std::clamp<std::int64_t>(value->get<std::int64_t>(), -1, 1'000'000'000);
  }

  Instant time() {
    if (member("time") == nullptr) return now_;
    const auto parsed = parseTime(text("time"));
    if (!parsed) refuse("time is not RFC 3339");
    return parsed ? *parsed : now_;
  }

  /// Certificates that cannot be read are left out: whoever needs one will miss it.
  std::vector<pki::Certificate> certificates(std::string_view name) {
    std::vector<pki::Certificate> list;
    for (const auto& pem : texts(name)) {
      auto certificate = pki::Certificate::parsePem(pem);
      if (certificate) list.push_back(std::move(*certificate));
    }
    return list;
  }

  std::optional<pki::Certificate> certificate(std::string_view name) {
    auto parsed = pki::Certificate::parsePem(text(name));
    if (parsed) return std::move(*parsed);
    refuse(std::string(name) + " is not a certificate that can be read");
    return std::nullopt;
  }

  Bytes base64(std::string_view name) {
    auto bytes = fromBase64(text(name));
    if (bytes) return std::move(*bytes);
    refuse(std::string(name) + " is not base64");
    return {};
  }

  template <typename Table>
  auto choice(const Table& table, std::string_view what, std::string_view word) {
    for (const auto& [name, value] : table) {
      if (name == word) return value;
    }
    refuse(std::string(what) + " is not one of the known words");
    return table.front().second;
  }

  pki::PeerName peerName(const Json& object) {
    const auto* kind = memberOf(object, "kind");
    const auto* value = memberOf(object, "value");
    if (kind == nullptr || value == nullptr || !kind->is_string() || !value->is_string()) {
      refuse("a peer name needs kind and value");
      return {};
    }
    return {choice(kNameKinds, "kind", kind->get<std::string>()), value->get<std::string>()};
  }

 private:
  /// Null counts as absent.
  static const Json* memberOf(const Json& object, std::string_view name) {
    if (!object.is_object()) return nullptr;
    const auto found = object.find(name);
    return found == object.end() || found->is_null() ? nullptr : &*found;
  }

  const Json& object_;
  Instant now_;
  std::string failure_;
};

/// Names are translated, dotted identifiers kept; unknown words stay and match nothing.
template <typename Table>
std::vector<std::string> asOids(const Table& table, std::vector<std::string> words) {
  for (auto& word : words) {
    for (const auto& [name, oid] : table) {
      if (name == word) word = oid;
    }
  }
  return words;
}

void readPeers(Question& question, pki::PathRequest& request) {
  if (const auto* kind = question.member("kind"); kind != nullptr) {
    request.kind = question.choice(kKinds, "kind", question.text("kind"));
  }
  if (const auto* name = question.member("peer_name"); name != nullptr) {
    request.peer_names.push_back(question.peerName(*name));
  }
  const auto* names = question.member("peer_names");
  if (names == nullptr) return;
  if (!names->is_array() || names->size() > kListMax)
    return question.refuse("peer_names is no list");
  for (const auto& name : *names) request.peer_names.push_back(question.peerName(name));
}

void readPolicy(Question& question, pki::PathRequest& request) {
  const auto* policy = question.member("policy");
  if (policy == nullptr) return;
  if (!policy->is_object()) return question.refuse("policy is not an object");
  request.policy = pki::PolicyRequest{.initial_set = question.texts(*policy, "initial_policy_set"),
                                      .explicit_policy = question.flag(*policy, "explicit"),
                                      .inhibit_mapping = question.flag(*policy, "inhibit_mapping"),
                                      .inhibit_any = question.flag(*policy, "inhibit_any")};
}

void readCrls(Question& question, pki::PathRequest& request) {
  for (const auto& text : question.texts("crls")) {
    auto crl = pki::Crl::parseAny(asBytes(text));
    if (crl) request.crls.push_back(std::move(*crl));
  }
}

std::string answerPath(Question& question) {
  const auto leaf = question.certificate("leaf");
  if (!leaf) return "fail: malformed: " + question.failure();
  pki::PathRequest request{.leaf = *leaf,
                           .anchors = question.certificates("roots"),
                           .intermediates = question.certificates("intermediates")};
  readCrls(question, request);
  readPeers(question, request);
  readPolicy(question, request);
  request.time = question.time();
  request.revocation =
      question.flag("revocation") ? pki::RevocationMode::Require : pki::RevocationMode::Off;
  request.extended_key_usage = asOids(kPurposes, question.texts("eku"));
  request.signature_algorithms =
      asOids(kSignatureAlgorithms, question.texts("signature_algorithms"));
  for (const auto& usage : question.texts("key_usage")) {
    request.key_usage.push_back(question.choice(kUsages, "key_usage", usage));
  }
  if (const auto depth = question.integer("max_depth"))
    request.depth_max = static_cast<int>(*depth);
  if (question.member("anchor_mode") != nullptr) {
    request.anchor_checks =
        question.choice(kAnchorModes, "anchor_mode", question.text("anchor_mode"));
  }
  if (!question.failure().empty()) return "fail: malformed: " + question.failure();
  const auto report = pki::validatePath(request);
  return report.result == pki::PathResult::Ok ? "ok" : "fail: " + report.reason;
}

std::string statusText(const pki::StatusReport& report) {
  switch (report.status) {
    case pki::CertificateStatus::Good:
      return "good";
    case pki::CertificateStatus::Revoked:
      return "revoked " + formatUtc(report.revoked->time);
    case pki::CertificateStatus::Unknown:
      break;
  }
  return "unknown " + report.reason;
}

std::string answerStatus(Question& question, std::string_view what) {
  const auto certificate = question.certificate("cert");
  pki::StatusOptions options{.time = question.time()};
  if (const auto age = question.integer("max_age_s")) options.age_max = std::chrono::seconds(*age);
  auto issuers = question.certificates("issuers");
  if (question.member("issuer") != nullptr) {
    if (auto issuer = question.certificate("issuer")) issuers.push_back(std::move(*issuer));
  }
  if (what == "ocsp") {
    const pki::OcspResponse response{question.base64("response")};
    if (!question.failure().empty()) return "unknown malformed: " + question.failure();
    return statusText(pki::ocspStatus(*certificate, issuers, response, options));
  }
  const auto crl = pki::Crl::parse(question.base64("crl"));
  if (!question.failure().empty()) return "unknown malformed: " + question.failure();
  if (!crl) return "unknown malformed: " + crl.error().detail;
  return statusText(pki::crlStatus(*certificate, issuers, *crl, options));
}

std::string answerLine(std::string_view line, Instant now) {
  const auto json = parseJson(line, {.bytes = kLineBytesMax, .depth = 16});
  if (!json) return "fail: malformed: not JSON";
  if (!json->is_object()) return "fail: malformed: not a JSON object";
  Question question(*json, now);
  const auto what = question.text("what");
  if (what == "ocsp" || what == "crl") return answerStatus(question, what);
  if (!what.empty() && what != "path") return "fail: malformed: unknown kind of question";
  return answerPath(question);
}

/// Names in certificates may hold anything; an answer is one line.
std::string oneLine(std::string text) {
  for (char& c : text) {
    if (static_cast<unsigned char>(c) < ' ' || c == 0x7F) c = ' ';
  }
  return text;
}

enum class LineEnd { Complete, TooLong, EndOfInput };

/// Reads up to the line feed. A line that is too long is read away to its end and not kept.
LineEnd readLine(std::FILE* from, std::string& line) {
  line.clear();
  bool too_long = false;
  for (;;) {
    const int c = getc_unlocked(from);
    if (c == EOF && line.empty() && !too_long) return LineEnd::EndOfInput;
    if (c == EOF || c == '\n') return too_long ? LineEnd::TooLong : LineEnd::Complete;
    if (line.size() < kLineBytesMax) {
      line.push_back(static_cast<char>(c));
    } else {
      too_long = true;
    }
  }
}

Exit runBatch(std::FILE* in, std::FILE* out) {
  const SystemClock clock;
  std::string line;
  for (;;) {
    const auto end = readLine(in, line);
    if (end == LineEnd::EndOfInput) return Exit::Good;
    auto answer = end == LineEnd::TooLong ? "fail: malformed: line over 16 MiB"
                                          : oneLine(answerLine(line, clock.now()));
    answer += '\n';
    const bool written = std::fwrite(answer.data(), 1, answer.size(), out) == answer.size();
    if (!written || std::fflush(out) != 0) {
      return complain({Code::Unavailable, "output_unwritable", {{"file", "-"}}},
                      Exit::OutputUnwritable);
    }
  }
}

const std::vector<Option>& pathOptions() {
  static const std::vector<Option> kOptions{
      {"batch",
       "",
       "đọc câu hỏi JSON từng dòng ở đầu vào chuẩn / JSON questions line by line from standard "
       "input"},
      {"help", "", "in hướng dẫn này / print this help"},
  };
  return kOptions;
}

}  // namespace

Exit runPath(const Arguments& arguments) {
  const auto options = Options::parseWithWords(arguments, pathOptions());
  if (!options) return complain(options.error(), Exit::Usage);
  if (options->has("help")) {
    std::printf("Usage: congvan path --batch < QUESTIONS\n%s", helpText(pathOptions()).c_str());
    return Exit::Good;
  }
  if (!options->has("batch") || !options->positionals().empty()) {
    return complain({Code::Malformed, "usage_path_batch"}, Exit::Usage);
  }
  return runBatch(stdin, stdout);
}

}  // namespace congvan::app
