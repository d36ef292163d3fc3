// SPDX-License-Identifier: Apache-2.0
#include "trust/report/report.h"

#include <nlohmann/json.hpp>

namespace congvan::report {
namespace {

using validation::CheckLine;
using validation::SignatureVerdict;
using validation::TimestampVerdict;

Json timeOrNull(const std::optional<Instant>& time) {
  return time ? Json(formatUtc(*time)) : Json(nullptr);
}

template <typename Named>
Json nameOrNull(const std::optional<Named>& named) {
  return named ? Json(validation::name(*named)) : Json(nullptr);
}

Json checksJson(const std::vector<CheckLine>& checks) {
  auto list = Json::array();
  for (const auto& check : checks) {
    list.push_back({{"name", check.name},
                    {"result", validation::name(check.result)},
                    {"detail", check.detail}});
  }
  return list;
}

/// `changes_after` tells them in one line each, `changes` in parts.
void putChanges(Json& json, const std::vector<validation::LaterChange>& changes) {
  json["changes_after"] = Json::array();
  json["changes"] = Json::array();
  for (const auto& change : changes) {
    json["changes_after"].push_back(validation::describe(change));
    json["changes"].push_back({{"kind", validation::name(change.kind)},
                               {"what", change.what},
                               {"revision", change.revision},
                               {"lawful", change.lawful}});
  }
}

Json signatureJson(const SignatureVerdict& signature) {
  Json json;
  json["id"] = signature.id;
  json["field"] = signature.field ? Json(*signature.field) : Json(nullptr);
  json["indication"] = validation::name(signature.indication);
  json["sub_indication"] = nameOrNull(signature.sub_indication);
  json["level"] = signature.level;
  json["intact"] = signature.intact ? Json(*signature.intact) : Json(nullptr);
  json["document"] = nameOrNull(signature.document);
  json["covers"] = signature.covers;
  putChanges(json, signature.changes_after);
  json["signer"] = {{"subject", signature.signer_subject}, {"serial", signature.signer_serial}};
  json["claimed_time"] = timeOrNull(signature.claimed_time);
  json["best_signature_time"] = timeOrNull(signature.best_signature_time);
  json["checks"] = checksJson(signature.checks);
  return json;
}

Json timestampJson(const TimestampVerdict& timestamp) {
  return {{"id", timestamp.id},
          {"time", formatUtc(timestamp.time)},
          {"indication", validation::name(timestamp.indication)},
          {"sub_indication", nameOrNull(timestamp.sub_indication)},
          {"covers", timestamp.covers},
          {"checks", checksJson(timestamp.checks)}};
}

}  // namespace

Json toJson(const validation::FileVerdict& verdict, const Subject& subject) {
  Json json;
  json["file"] = subject.file;
  json["sha256"] = subject.sha256;
  json["format"] = validation::name(verdict.format);
  json["overall"] = validation::name(verdict.overall);
  json["signatures"] = Json::array();
  for (const auto& signature : verdict.signatures) {
    json["signatures"].push_back(signatureJson(signature));
  }
  json["timestamps"] = Json::array();
  for (const auto& timestamp : verdict.timestamps) {
    json["timestamps"].push_back(timestampJson(timestamp));
  }
  json["problems"] = verdict.problems;
  return json;
}

std::string toJsonLine(const validation::FileVerdict& verdict, const Subject& subject) {
  return toJsonText(toJson(verdict, subject)) + "\n";
}

}  // namespace congvan::report
