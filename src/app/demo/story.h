// SPDX-License-Identifier: Apache-2.0
#pragma once

#include "app/demo/api_client.h"
#include "app/settings.h"
#include "edge/print/directive.h"
#include "office/directory/types.h"

#include <nlohmann/json.hpp>

#include <filesystem>
#include <functional>
#include <map>
#include <optional>
#include <string>
#include <vector>

/// The story of the README, played over HTTP: every step is read back before it counts.
namespace congvan::app::demo {

/// What a later run of the demonstration needs to know; kept in demo.json of the data folder, which
/// is for demonstrations only (it holds passwords and PINs).
struct Notes {
  std::string admin_password;
  std::string password;  ///< of all demonstration persons
  std::string pin;
  std::map<std::string, std::string> agencies;      ///< key → id
  std::map<std::string, std::string> people;        ///< login → id
  std::map<std::string, std::string> posts;         ///< login → id
  std::map<std::string, std::string> certificates;  ///< login, `seal:KEY` → id
};

Result<Notes> readNotes(const std::filesystem::path& file);
Result<> writeNotes(const std::filesystem::path& file, const Notes& notes);

/// Starts and stops the service that the story talks to.
struct PersonRow;

struct ServiceSwitch {
  std::function<Result<>()> on;
  std::function<void()> off;
};

class Story {
 public:
  struct Setting {
    Settings settings;
    std::uint16_t app_port = 0;
    std::uint16_t pki_port = 0;
    std::optional<Bytes> file;          ///< the person's own PDF
    std::filesystem::path program;      ///< this program, for the offline check
    std::filesystem::path notes;        ///< where they are kept
    std::function<bool()> stop_wanted;  ///< asked before every request
  };
  Story(Setting setting, Notes notes, ServiceSwitch service);

  /// Plays all steps and prints each. The first that does not come out as it should ends the story
  /// with its error.
  Result<> play();

 private:
  using Step = Result<std::string> (Story::*)();
  ApiClient& as(const std::string& login);
  Result<Json> expect(const Result<ApiClient::Answer>& answer, int status, std::string_view what);
  Result<Json> act(const std::string& login,
                   const std::string& path,
                   const Json& body,
                   std::string_view what,
                   int status = 200);
  Result<Json> refresh(const std::string& login);

  Result<std::string> setUpProvince();
  Result<std::string> issueCertificates();
  Result<std::string> draftDirective();
  Result<std::string> signOnRoute();
  Result<std::string> issueDirective();
  Result<std::string> dispatchDirective();
  Result<std::string> receiveEverywhere();
  Result<std::string> refuseTampered();
  Result<std::string> auditOffline();

  /// What a run that was cut short may have made already. Notes are kept after each.
  Result<std::string> makeOnce(const std::string& login,
                               const std::string& path,
                               const Json& body,
                               const std::string& key,
                               std::string_view what);
  Result<> keepNotes() { return writeNotes(setting_.notes, notes_); }

  Result<> addAgencies();
  Result<> addPeople();
  Result<> addPerson(const PersonRow& row);
  struct Wish;
  Result<> certificateFor(const Wish& wish);
  Result<Json> carryOut(const Wish& wish, const std::string& request, const std::string& once);
  Result<Json> atTheDesk(const Wish& wish, const Json& request);
  Result<> personalCertificate(const std::string& login);
  Result<> sealCertificate(const std::string& agency, const std::string& clerk);
  /// A person asks, is returned, corrects, is approved and takes the certificate over.
  Result<> certificateByTheBook(const std::string& login);
  /// On a SIM card, from a request that the card made.
  Result<> simCertificate(const std::string& login);
  /// The counts of a day are those of the rows as they stood then; how many there were.
  Result<std::int64_t> registerAddsUp(directory::Date day);
  Result<> receiveAt(const std::string& clerk,
                     const std::string& leader,
                     const std::string& worker);
  Result<> returnAt(const std::string& clerk);
  Result<Json> judge(BytesView file);
  Result<Bytes> download(const std::string& path,
                         const std::filesystem::path& to,
                         const std::string& login);
  Result<> fetchPki(const std::string& path, const std::filesystem::path& to);
  Result<> checkProofs();
  /// Intent and issued entries of every certificate in use.
  Result<> downloadIssuanceProofs();
  Result<> checkLeaf(const std::filesystem::path& stem, std::string_view log);
  /// Every signature has this level and verdict.
  Result<> demand(const Json& report, std::size_t signatures, std::string_view what);
  Result<std::string> verifyOffline(std::string_view when);
  /// A second directive goes as far as the Chairman, whose certificate is revoked.
  Result<> refuseRevokedSigner();
  Result<> save(std::string_view name, BytesView bytes);

  Setting setting_;
  Notes notes_;
  ServiceSwitch service_;
  std::map<std::string, ApiClient> clients_;
  std::filesystem::path out_;
  std::string document_;
  std::string etag_;
  Json last_;
  Bytes issued_;
};

}  // namespace congvan::app::demo
