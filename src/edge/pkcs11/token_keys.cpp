// SPDX-License-Identifier: Apache-2.0
#include "edge/pkcs11/token_keys.h"

#include "trust/crypto/der.h"
#include "trust/crypto/digest.h"

#include <algorithm>
#include <array>

namespace congvan::pkcs11 {
namespace {

namespace der = crypto::der;
using crypto::DigestAlgorithm;
using crypto::KeyKind;
using crypto::Scheme;

// Answers of our own between those of a module, out of its range.
constexpr CK_RV kKeyMissing = CKR_VENDOR_DEFINED + 0x436F01;
constexpr CK_RV kKeyAmbiguous = CKR_VENDOR_DEFINED + 0x436F02;
constexpr CK_RV kKeyExtractable = CKR_VENDOR_DEFINED + 0x436F03;
constexpr CK_RV kKeyForeign = CKR_VENDOR_DEFINED + 0x436F04;
constexpr std::size_t kFoundMost = 4096;
constexpr CK_ULONG kValueBytesMost = 1024;  // an RSA key of 8,192 bits
constexpr CK_ULONG kSlotsMost = 256;

/// What tokens answer when somebody pulled them out, when they started again, or when they ended a
/// session that was idle too long.
bool isLoss(CK_RV result) {
  constexpr std::array kLosses{CKR_SESSION_HANDLE_INVALID,
                               CKR_SESSION_CLOSED,
                               CKR_OBJECT_HANDLE_INVALID,
                               CKR_KEY_HANDLE_INVALID,
                               CKR_USER_NOT_LOGGED_IN,
                               CKR_DEVICE_REMOVED,
                               CKR_DEVICE_ERROR,
                               CKR_TOKEN_NOT_PRESENT,
                               CKR_TOKEN_NOT_RECOGNIZED,
                               CKR_SLOT_ID_INVALID,
                               CKR_GENERAL_ERROR,
                               CKR_FUNCTION_FAILED,
                               CKR_CRYPTOKI_NOT_INITIALIZED};
  return std::ranges::find(kLosses, result) != kLosses.end();
}

Error unavailable(std::string detail) {
  return {Code::Unavailable, "token_unavailable", {}, std::move(detail)};
}

Error refusalOf(std::string_view call, CK_RV result) {
  if (isLoss(result)) return unavailable(callDetail(call, result));
  switch (result) {
    case kKeyMissing:
      return {Code::NotFound, "token_key_missing"};
    case kKeyExtractable:
      return {Code::RuleRefused, "token_key_extractable"};
    case CKR_MECHANISM_INVALID:
    case kKeyForeign:
      return {Code::RuleRefused, "key_kind_unsupported", {}, callDetail(call, result)};
    default:
      return {Code::Unavailable, "token_refused", {}, callDetail(call, result)};
  }
}

/// Texts in the structures of PKCS#11 are filled up with blanks.
template <std::size_t Size>
std::string_view unpadded(const unsigned char (&text)[Size]) {
  auto view = asText(BytesView(text, Size));
  while (!view.empty() && (view.back() == ' ' || view.back() == '\0')) view.remove_suffix(1);
  return view;
}

CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, const void* value, std::size_t size) {
  return {type, const_cast<void*>(value), size};  // NOLINT: the module reads templates only
}
template <typename Value>
CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, const Value& value) {
  return attribute(type, &value, sizeof value);
}
CK_ATTRIBUTE attribute(CK_ATTRIBUTE_TYPE type, const Bytes& value) {
  return attribute(type, value.data(), value.size());
}

constexpr CK_BBOOL kYes = CK_TRUE;
constexpr CK_BBOOL kNo = CK_FALSE;
constexpr CK_OBJECT_CLASS kPrivateKey = CKO_PRIVATE_KEY;
constexpr CK_OBJECT_CLASS kPublicKey11 = CKO_PUBLIC_KEY;

Bytes idOf(const crypto::SecretBytes& secret) {
  return crypto::digest(DigestAlgorithm::Sha256, secret.view());
}

std::string_view curveOid(KeyKind kind) {
  return kind == KeyKind::P256 ? "1.2.840.10045.3.1.7" : "1.3.132.0.34";
}

/// DigestInfo of PKCS#1: CKM_RSA_PKCS pads what it is given and no more.
Bytes digestInfo(DigestAlgorithm algorithm, BytesView digest) {
  return der::sequence({der::sequence({der::oid(crypto::digestOid(algorithm)), der::null()}),
                        der::octetString(digest)});
}

/// Tokens answer r and s side by side.
Bytes ecdsaDer(BytesView both) {
  const auto half = both.size() / 2;
  return der::sequence({der::integer(both.first(half)), der::integer(both.subspan(half))});
}

struct PssNames {
  CK_MECHANISM_TYPE digest;
  CK_RSA_PKCS_MGF_TYPE mask;
};

PssNames pssNames(DigestAlgorithm algorithm) {
  switch (algorithm) {
    case DigestAlgorithm::Sha384:
      return {CKM_SHA384, CKG_MGF1_SHA384};
    case DigestAlgorithm::Sha512:
      return {CKM_SHA512, CKG_MGF1_SHA512};
    default:
      return {CKM_SHA256, CKG_MGF1_SHA256};
  }
}

/// The point comes as an OCTET STRING with the point in it; some modules leave that out.
BytesView pointOf(BytesView value) {
  der::Reader reader(value);
  const auto inner = reader.expect(der::kOctetString);
  return reader.finish() && !inner.empty() ? inner : value;
}

}  // namespace

TokenKeys::TokenKeys(const Module& module, TokenOptions options)
    : module_(module),
      options_(std::move(options)),
      tries_(options_.tries_file, options_.pin_tries_most) {}

bool TokenKeys::isLost() const {
  const std::lock_guard lock(mutex_);
  return lost_;
}

Result<Bytes> TokenKeys::answer(const Question& question) {
  return inSession([&](const Session& session, Bytes& out) -> Call {
    if (const auto* ask = std::get_if<AskMake>(&question)) return make(session, *ask, out);
    if (const auto* ask = std::get_if<AskPublicKey>(&question)) {
      return publicKey(session, idOf(ask->secret), out);
    }
    if (const auto* ask = std::get_if<AskSignature>(&question)) return sign(session, *ask, out);
    return health(session);
  });
}

// --- sessions ---

/// A second time when the token says that it knows nothing of what was opened.
template <typename Work>
Result<Bytes> TokenKeys::inSession(const Work& work) {
  constexpr int kTurns = 2;
  Call call;
  for (int turn = 0; turn < kTurns; ++turn) {
    const auto session = take();
    if (!session) return session.error();
    Bytes out;
    call = work(*session, out);
    if (!isLoss(call.result)) giveBack(*session);
    if (call.result == CKR_OK) return out;
    if (!isLoss(call.result)) return refusalOf(call.name, call.result);
    startAgain(session->generation);
  }
  const std::lock_guard lock(mutex_);
  lost_ = true;
  return refusalOf(call.name, call.result);
}

Result<TokenKeys::Session> TokenKeys::take() {
  const std::lock_guard lock(mutex_);
  if (!idle_.empty()) {
    const auto session = idle_.back();
    idle_.pop_back();
    return session;
  }
  if (!slot_) {
    const auto slot = findSlot();
    lost_ = lost_ || !slot;
    if (!slot) return slot.error();
    slot_ = *slot;
  }
  Session session{.generation = generation_};
  const auto opened = module_->C_OpenSession(
      *slot_, CKF_SERIAL_SESSION | CKF_RW_SESSION, nullptr, nullptr, &session.handle);
  if (opened != CKR_OK) {
    lost_ = true;
    return refusalOf("C_OpenSession", opened);
  }
  if (!logged_in_) {
    const auto entered = logIn(session.handle, *slot_);
    if (!entered) {
      module_->C_CloseSession(session.handle);
      slot_.reset();  // the next look may find another one there
      return entered.error();
    }
    logged_in_ = true;
  }
  return session;
}

void TokenKeys::giveBack(const Session& session) {
  const std::lock_guard lock(mutex_);
  if (session.generation == generation_) idle_.push_back(session);
}

void TokenKeys::startAgain(std::uint64_t seen) {
  const std::lock_guard lock(mutex_);
  if (seen != generation_) return;  // another thread did
  ++generation_;
  if (slot_) module_->C_CloseAllSessions(*slot_);
  slot_.reset();
  logged_in_ = false;
  idle_.clear();
  found_.clear();
}

Result<CK_SLOT_ID> TokenKeys::findSlot() const {
  std::vector<CK_SLOT_ID> slots(kSlotsMost);
  CK_ULONG count = slots.size();
  const auto listed = module_->C_GetSlotList(CK_TRUE, slots.data(), &count);
  if (listed != CKR_OK) return unavailable(callDetail("C_GetSlotList", listed));
  slots.resize(count);
  std::optional<CK_SLOT_ID> found;
  for (const auto slot : slots) {
    CK_TOKEN_INFO about{};
    if (module_->C_GetTokenInfo(slot, &about) != CKR_OK) continue;
    const bool meant = (options_.label.empty() || unpadded(about.label) == options_.label) &&
                       (options_.serial.empty() || unpadded(about.serialNumber) == options_.serial);
    if (!meant) continue;
    if (found) return Error{Code::Unavailable, "token_ambiguous"};
    found = slot;
  }
  if (!found) return unavailable("no such token among " + std::to_string(count));
  return *found;
}

Result<> TokenKeys::logIn(CK_SESSION_HANDLE session, CK_SLOT_ID slot) {
  CK_TOKEN_INFO about{};
  const auto told = module_->C_GetTokenInfo(slot, &about);
  if (told != CKR_OK) return refusalOf("C_GetTokenInfo", told);
  if ((about.flags & CKF_LOGIN_REQUIRED) == 0) return kDone;
  if ((about.flags & CKF_USER_PIN_LOCKED) != 0) return Error{Code::Unavailable, "token_pin_locked"};
  // The last one is for a person who knows what they do.
  if ((about.flags & CKF_USER_PIN_FINAL_TRY) != 0) {
    return Error{Code::Unavailable, "token_pin_final_try"};
  }
  auto pin = readPin(options_.pin_file);
  if (!pin) return pin.error();
  const auto turn = tries_.turn();
  if (!turn) return turn.error();
  const auto counted = tries_.count(*pin);
  if (!counted) return counted;
  const auto entered = module_->C_Login(session, CKU_USER, pin->value.data(), pin->value.size());
  switch (entered) {
    case CKR_OK:
    case CKR_USER_ALREADY_LOGGED_IN:
      tries_.right();
      return kDone;
    case CKR_PIN_INCORRECT:
    case CKR_PIN_INVALID:
    case CKR_PIN_LEN_RANGE:
    case CKR_PIN_EXPIRED: {
      const auto noted = tries_.wrong(*pin);
      if (!noted) return noted;
      return Error{Code::Unavailable, "token_pin_wrong", {}, callDetail("C_Login", entered)};
    }
    case CKR_PIN_LOCKED:
      return Error{Code::Unavailable, "token_pin_locked"};
    default:
      return refusalOf("C_Login", entered);
  }
}

// --- what is asked ---

TokenKeys::Call TokenKeys::health(const Session& session) {
  CK_SESSION_INFO about{};
  const auto told = module_->C_GetSessionInfo(session.handle, &about);
  if (told != CKR_OK) return {told, "C_GetSessionInfo"};
  // A session may outlive its token in the memory of a module.
  CK_TOKEN_INFO token{};
  return {module_->C_GetTokenInfo(about.slotID, &token), "C_GetTokenInfo"};
}

TokenKeys::Call TokenKeys::make(const Session& session, const AskMake& ask, Bytes& spki) {
  const auto id = idOf(ask.secret);
  const bool rsa = ask.kind == KeyKind::Rsa3072 || ask.kind == KeyKind::Rsa4096;
  const auto label = attribute(CKA_LABEL, ask.label.data(), ask.label.size());
  std::vector<CK_ATTRIBUTE> outside{
      attribute(CKA_TOKEN, kYes), attribute(CKA_VERIFY, kYes), attribute(CKA_ID, id), label};
  std::vector<CK_ATTRIBUTE> inside{attribute(CKA_TOKEN, kYes),
                                   attribute(CKA_PRIVATE, kYes),
                                   attribute(CKA_SENSITIVE, kYes),
                                   attribute(CKA_EXTRACTABLE, kNo),
                                   attribute(CKA_SIGN, kYes),
                                   attribute(CKA_DECRYPT, kNo),
                                   attribute(CKA_UNWRAP, kNo),
                                   attribute(CKA_ID, id),
                                   label};
  const CK_ULONG bits = ask.kind == KeyKind::Rsa4096 ? 4096 : 3072;
  const Bytes exponent{1, 0, 1};
  const Bytes curve = der::oid(curveOid(ask.kind));
  CK_MECHANISM mechanism{CKM_EC_KEY_PAIR_GEN, nullptr, 0};
  if (rsa) {
    mechanism.mechanism = CKM_RSA_PKCS_KEY_PAIR_GEN;
    outside.push_back(attribute(CKA_MODULUS_BITS, bits));
    outside.push_back(attribute(CKA_PUBLIC_EXPONENT, exponent));
  } else {
    outside.push_back(attribute(CKA_EC_PARAMS, curve));
    inside.push_back(attribute(CKA_DERIVE, kNo));
  }
  CK_OBJECT_HANDLE public_key = CK_INVALID_HANDLE;
  CK_OBJECT_HANDLE private_key = CK_INVALID_HANDLE;
  const auto made = module_->C_GenerateKeyPair(session.handle,
                                               &mechanism,
                                               outside.data(),
                                               outside.size(),
                                               inside.data(),
                                               inside.size(),
                                               &public_key,
                                               &private_key);
  if (made != CKR_OK) return {made, "C_GenerateKeyPair"};
  if (!staysInside(session, private_key)) {
    module_->C_DestroyObject(session.handle, private_key);
    module_->C_DestroyObject(session.handle, public_key);
    return {kKeyExtractable, "C_GenerateKeyPair"};
  }
  return publicKey(session, id, spki);
}

/// Modules are known to take a template and do otherwise.
bool TokenKeys::staysInside(const Session& session, CK_OBJECT_HANDLE key) {
  CK_BBOOL sensitive = CK_FALSE;
  CK_BBOOL extractable = CK_TRUE;
  std::array wanted{attribute(CKA_SENSITIVE, sensitive), attribute(CKA_EXTRACTABLE, extractable)};
  return module_->C_GetAttributeValue(session.handle, key, wanted.data(), wanted.size()) ==
             CKR_OK &&
         sensitive == CK_TRUE && extractable == CK_FALSE;
}

TokenKeys::Call TokenKeys::find(const Session& session,
                                CK_OBJECT_CLASS kind,
                                const Id& id,
                                std::optional<CK_OBJECT_HANDLE>& key) {
  std::array wanted{attribute(CKA_CLASS, kind), attribute(CKA_TOKEN, kYes), attribute(CKA_ID, id)};
  const auto begun = module_->C_FindObjectsInit(session.handle, wanted.data(), wanted.size());
  if (begun != CKR_OK) return {begun, "C_FindObjectsInit"};
  std::array<CK_OBJECT_HANDLE, 2> handles{};
  CK_ULONG count = 0;
  const auto listed =
      module_->C_FindObjects(session.handle, handles.data(), handles.size(), &count);
  const auto ended = module_->C_FindObjectsFinal(session.handle);
  if (listed != CKR_OK) return {listed, "C_FindObjects"};
  if (ended != CKR_OK) return {ended, "C_FindObjectsFinal"};
  if (count == 0) return {kKeyMissing, "C_FindObjects"};
  if (count > 1) return {kKeyAmbiguous, "C_FindObjects"};
  key = handles.front();
  return {};
}

TokenKeys::Call TokenKeys::privateKey(const Session& session, const Id& id, CK_OBJECT_HANDLE& key) {
  {
    const std::lock_guard lock(mutex_);
    const auto known = found_.find(id);
    if (known != found_.end() && session.generation == generation_) {
      key = known->second;
      return {};
    }
  }
  std::optional<CK_OBJECT_HANDLE> found;
  const auto looked = find(session, kPrivateKey, id, found);
  if (!found) return looked;
  key = *found;
  const std::lock_guard lock(mutex_);
  if (session.generation != generation_) return {};
  if (found_.size() >= kFoundMost) found_.clear();  // simple, and each costs one look
  found_.insert_or_assign(id, key);
  return {};
}

TokenKeys::Call TokenKeys::bytesOf(const Session& session,
                                   CK_OBJECT_HANDLE object,
                                   CK_ATTRIBUTE_TYPE type,
                                   Bytes& value) {
  value.resize(kValueBytesMost);
  auto wanted = attribute(type, value);
  const auto told = module_->C_GetAttributeValue(session.handle, object, &wanted, 1);
  if (told != CKR_OK) return {told, "C_GetAttributeValue"};
  if (wanted.ulValueLen > value.size()) return {kKeyForeign, "C_GetAttributeValue"};
  value.resize(wanted.ulValueLen);
  return {};
}

TokenKeys::Call TokenKeys::publicKey(const Session& session, const Id& id, Bytes& spki) {
  std::optional<CK_OBJECT_HANDLE> key;
  const auto looked = find(session, kPublicKey11, id, key);
  if (!key) return looked;
  CK_KEY_TYPE type = 0;
  auto wanted = attribute(CKA_KEY_TYPE, type);
  const auto told = module_->C_GetAttributeValue(session.handle, *key, &wanted, 1);
  if (told != CKR_OK) return {told, "C_GetAttributeValue"};
  Bytes first;
  Bytes second;
  const bool rsa = type == CKK_RSA;
  if (!rsa && type != CKK_EC) return {kKeyForeign, "CKA_KEY_TYPE"};
  auto call = bytesOf(session, *key, rsa ? CKA_MODULUS : CKA_EC_PARAMS, first);
  if (call.result != CKR_OK) return call;
  call = bytesOf(session, *key, rsa ? CKA_PUBLIC_EXPONENT : CKA_EC_POINT, second);
  if (call.result != CKR_OK) return call;
  if (rsa) {
    spki =
        der::sequence({der::sequence({der::oid("1.2.840.113549.1.1.1"), der::null()}),
                       der::bitString(der::sequence({der::integer(first), der::integer(second)}))});
  } else {
    spki = der::sequence(
        {der::sequence({der::oid("1.2.840.10045.2.1"), first}), der::bitString(pointOf(second))});
  }
  return {};
}

TokenKeys::Call TokenKeys::sign(const Session& session, const AskSignature& ask, Bytes& value) {
  CK_OBJECT_HANDLE key = CK_INVALID_HANDLE;
  const auto looked = privateKey(session, idOf(ask.secret), key);
  if (looked.result != CKR_OK) return looked;
  const auto mask = pssNames(ask.algorithm.mask_digest).mask;
  CK_RSA_PKCS_PSS_PARAMS pss{pssNames(ask.algorithm.digest).digest, mask, ask.algorithm.salt_bytes};
  CK_MECHANISM mechanism{CKM_ECDSA, nullptr, 0};
  Bytes signed_bytes = ask.digest;
  if (ask.algorithm.scheme == Scheme::RsaPkcs1) {
    mechanism.mechanism = CKM_RSA_PKCS;
    signed_bytes = digestInfo(ask.algorithm.digest, ask.digest);
  } else if (ask.algorithm.scheme == Scheme::RsaPss) {
    mechanism = {CKM_RSA_PKCS_PSS, &pss, sizeof pss};
  }
  const auto begun = module_->C_SignInit(session.handle, &mechanism, key);
  if (begun != CKR_OK) return {begun, "C_SignInit"};
  value.resize(kValueBytesMost);
  CK_ULONG size = value.size();
  const auto made = module_->C_Sign(
      session.handle, signed_bytes.data(), signed_bytes.size(), value.data(), &size);
  if (made != CKR_OK) return {made, "C_Sign"};
  value.resize(size);
  if (ask.algorithm.scheme == Scheme::Ecdsa) value = ecdsaDer(value);
  return {};
}

}  // namespace congvan::pkcs11
