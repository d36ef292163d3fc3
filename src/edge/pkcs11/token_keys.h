// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "edge/pkcs11/messages.h"
#include "edge/pkcs11/module.h"
#include "edge/pkcs11/pin_file.h"

#include <filesystem>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <vector>

namespace congvan::pkcs11 {

/// Which token, and how to get in. A label or a serial number, or both.
struct TokenOptions {
  std::filesystem::path module;
  std::string label;
  std::string serial;
  std::filesystem::path pin_file;
  std::filesystem::path tries_file;
  int pin_tries_most = 3;
  int sessions = 4;
};

/// The keys of one token, for several threads: each works in a session of its own, from a pool that
/// is made as it is needed. Sessions that the token has dropped are opened again, keys found again,
/// and the call made once more.
class TokenKeys {
 public:
  TokenKeys(const Module& module, TokenOptions options);

  /// What was asked. NotFound `token_key_missing`; RuleRefused `key_kind_unsupported`,
  /// `token_key_extractable`: the token made it so, and it was taken out again. Unavailable
  /// `token_unavailable`: no such token, or it does not answer; `token_ambiguous`: several;
  /// `token_refused`: the token says no, the detail says to what; `token_pin_locked`,
  /// `token_pin_final_try`, and refusals of readPin and PinTries.
  Result<Bytes> answer(const Question& question);

  /// The token was gone also after a second look: what helps with every module is to load it again,
  /// in another process.
  bool isLost() const;

 private:
  struct Session {
    CK_SESSION_HANDLE handle = CK_INVALID_HANDLE;
    std::uint64_t generation = 0;
  };
  using Id = Bytes;
  struct Call {
    CK_RV result = CKR_OK;
    std::string_view name;
  };

  template <typename Work>
  Result<Bytes> inSession(const Work& work);
  Result<Session> take();
  void giveBack(const Session& session);
  /// Everything that was opened before is void.
  void startAgain(std::uint64_t seen);
  Result<CK_SLOT_ID> findSlot() const;
  Result<> logIn(CK_SESSION_HANDLE session, CK_SLOT_ID slot);

  Call health(const Session& session);
  Call make(const Session& session, const AskMake& ask, Bytes& spki);
  Call publicKey(const Session& session, const Id& id, Bytes& spki);
  Call sign(const Session& session, const AskSignature& ask, Bytes& value);
  Call find(const Session& session,
            CK_OBJECT_CLASS kind,
            const Id& id,
            std::optional<CK_OBJECT_HANDLE>& key);
  Call privateKey(const Session& session, const Id& id, CK_OBJECT_HANDLE& key);
  Call bytesOf(const Session& session,
               CK_OBJECT_HANDLE object,
               CK_ATTRIBUTE_TYPE attribute,
               Bytes& value);
  bool staysInside(const Session& session, CK_OBJECT_HANDLE key);

  const Module& module_;
  const TokenOptions options_;
  PinTries tries_;
  mutable std::mutex mutex_;
  std::uint64_t generation_ = 1;
  std::optional<CK_SLOT_ID> slot_;
  bool logged_in_ = false;
  bool lost_ = false;
  std::vector<Session> idle_;
  std::map<Id, CK_OBJECT_HANDLE> found_;
};

}  // namespace congvan::pkcs11
