// SPDX-License-Identifier: Apache-2.0
#include "office/signing/document_signer.h"

#include "office/authority/authority.h"
#include "trust/formats/pades/stamp.h"

#include <algorithm>

namespace congvan::signing {
namespace {

std::string postLine(const directory::Caller& caller) {
  const auto mark = std::string(directory::mark(caller.capacity));
  if (mark.empty()) return caller.title;
  return mark + " " + caller.signs_for + "\n" + caller.title;
}

/// `22/11/2026 09:13:05 +07:00`, the form seen on official signatures, with the zone that NĐ 30
/// asks for.
std::string printedTime(Instant now) {
  const auto text = formatVietnam(std::chrono::floor<std::chrono::seconds>(now));
  return text.substr(8, 2) + "/" + text.substr(5, 2) + "/" + text.substr(0, 4) + " " +
         text.substr(11, 8) + " +07:00";
}

/// A place that nothing can be drawn into is the drafter's to correct; a missing font is not.
Error placeRefused(const Error& drawn, const std::string& field) {
  const bool size = drawn.reason == "mark_size" || drawn.reason == "mark_too_small";
  if (!size) return drawn;
  return Error{Code::RuleRefused, "slot_size_wrong", {{"slot", field}}, drawn.reason};
}

}  // namespace

struct DocumentSigner::Act {
  authority::CertificateRecord certificate;
  pades::SignOptions options;
};

DocumentSigner::DocumentSigner(work::Blobs& blobs,
                               authority::Authority& authority,
                               Custody& custody,
                               Marks& marks,
                               timestamp::Source& timestamps,
                               const Clock& clock,
                               SignerOptions options)
    : blobs_(blobs),
      authority_(authority),
      custody_(custody),
      marks_(marks),
      timestamps_(timestamps),
      clock_(clock),
      options_(std::move(options)) {}

Result<std::vector<pades::PageSize>> DocumentSigner::inspect(const work::BlobHash& file) {
  const auto blob = blobs_.open(file);
  if (!blob) return blob.error();
  const auto fields = pades::fields((*blob)->bytes());
  if (!fields) return fields.error();
  const bool is_signed = std::ranges::any_of(*fields, [](const pades::FieldState& field) {
    return field.role == pades::FieldRole::Signature && field.filled;
  });
  if (is_signed) return Error{Code::RuleRefused, "pdf_signed_already"};
  auto pages = pades::pages((*blob)->bytes(), options_.pages_most + 1);
  if (!pages) return pages.error();
  if (pages->size() > options_.pages_most) {
    return Error{
        Code::TooLarge, "pdf_too_many_pages", {{"most", std::to_string(options_.pages_most)}}};
  }
  return pages;
}

Result<StoredFile> DocumentSigner::prepareFields(const work::BlobHash& file,
                                                 const std::vector<pades::NewField>& fields) {
  const auto blob = blobs_.open(file);
  if (!blob) return blob.error();
  const auto prepared = pades::addFields((*blob)->bytes(), fields);
  if (!prepared) return prepared.error();
  return keep((*blob)->bytes(), *prepared);
}

/// The newest one that the caller has a way to: near the end of a seal two are in force.
Result<authority::CertificateRecord> DocumentSigner::certificateFor(
    const directory::Caller& caller,
    const authority::Holder& holder,
    authority::CertificateKind kind) {
  const auto usable = authority_.usable(holder, kind);
  if (!usable) return usable.error();
  for (const auto& record : *usable) {
    const auto mine = custody_.mayOpen(caller, record.id.value);
    if (!mine && mine.error().code == Code::NotFound) continue;  // made from a CSR: no key here
    if (!mine) return mine.error();
    if (*mine) return record;
  }
  return Error{Code::Forbidden, "key_not_yours"};
}

Result<DocumentSigner::Act> DocumentSigner::act(const directory::Caller& caller,
                                                const authority::Holder& holder,
                                                authority::CertificateKind kind,
                                                std::string_view field) {
  auto certificate = certificateFor(caller, holder, kind);
  if (!certificate) return certificate.error();
  auto chain = authority_.chainOf(*certificate);
  if (!chain) return chain.error();
  pades::SignOptions options;
  options.field = field;
  options.signing_time = clock_.now();
  options.chain = std::move(*chain);
  options.timestamp_bytes = timestamps_.tokenBytes();
  return Act{std::move(*certificate), std::move(options)};
}

Result<pades::Appearance> DocumentSigner::drawPerson(const directory::Caller& signer,
                                                     const PersonTask& task,
                                                     Instant time) {
  const PersonMark mark{.name = signer.name,
                        .post = postLine(signer),
                        .time = printedTime(time),
                        .width = task.width,
                        .height = task.height};
  auto drawn = task.style == MarkStyle::Initials ? marks_.initials(mark) : marks_.person(mark);
  if (!drawn) return placeRefused(drawn.error(), task.field);
  return drawn;
}

Result<pades::Appearance> DocumentSigner::drawSeal(const SealTask& task, Instant time) {
  for (const auto& fill : task.widest) {
    const auto text = marks_.text({fill.value, fill.face, fill.width, fill.height});
    if (!text) return placeRefused(text.error(), fill.field);
  }
  auto drawn = marks_.seal({.agency = task.agency_name,
                            .time = printedTime(time),
                            .width = task.width,
                            .height = task.height});
  if (!drawn) return placeRefused(drawn.error(), task.field);
  return drawn;
}

Result<> DocumentSigner::tryPerson(const directory::Caller& signer, const PersonTask& task) {
  const auto drawn = drawPerson(signer, task, clock_.now());
  if (!drawn) return drawn.error();
  return kDone;
}

Result<> DocumentSigner::trySeal(const SealTask& task) {
  const auto drawn = drawSeal(task, clock_.now());
  if (!drawn) return drawn.error();
  return kDone;
}

Result<StoredFile> DocumentSigner::signAsPerson(const directory::Caller& caller,
                                                const PersonTask& task,
                                                const crypto::SecretBytes& pin) {
  auto prepared =
      act(caller, {.person = caller.person.value}, authority::CertificateKind::Person, task.field);
  if (!prepared) return prepared.error();
  auto drawn = drawPerson(caller, task, prepared->options.signing_time);
  if (!drawn) return drawn.error();
  prepared->options.appearance = std::move(*drawn);
  prepared->options.signer_name = caller.name;
  prepared->options.reason = task.reason;
  const auto key = custody_.open(caller, prepared->certificate.id.value, pin);
  if (!key) return key.error();
  return signAndKeep(task.file, std::move(*prepared), **key);
}

Result<DocumentSigner::ReadySeal> DocumentSigner::readySeal(const directory::Caller& caller,
                                                            const SealTask& task,
                                                            const crypto::SecretBytes& pin) {
  auto prepared = act(
      caller, {.agency = task.agency}, authority::CertificateKind::OrganisationSeal, task.field);
  if (!prepared) return prepared.error();
  auto drawn = drawSeal(task, prepared->options.signing_time);
  if (!drawn) return drawn.error();
  prepared->options.appearance = std::move(*drawn);
  prepared->options.signer_name = task.agency_name;
  auto key = custody_.open(caller, prepared->certificate.id.value, pin);
  if (!key) return key.error();
  return ReadySeal(task.file, std::make_shared<Act>(std::move(*prepared)), std::move(*key));
}

Result<StoredFile> DocumentSigner::seal(ReadySeal ready, const std::vector<TextTask>& fills) {
  for (const auto& fill : fills) {
    auto text = marks_.text({fill.value, fill.face, fill.width, fill.height});
    if (!text) return text.error();
    ready.act_->options.fills.push_back({fill.field, fill.value, std::move(*text)});
  }
  return signAndKeep(ready.file_, std::move(*ready.act_), *ready.key_);
}

Result<StoredFile> DocumentSigner::signAndKeep(const work::BlobHash& file,
                                               Act&& act,
                                               const crypto::Signer& key) {
  const auto certificate = pki::Certificate::parse(act.certificate.der);
  if (!certificate) return certificate.error();
  const auto blob = blobs_.open(file);
  if (!blob) return blob.error();
  act.options.algorithm = key.algorithm();
  const auto bytes = (*blob)->bytes();
  auto update = pades::sign(bytes, *certificate, key, act.options, &timestamps_);
  if (!update && update.error().reason == "tsa_unavailable") {
    act.options.timestamp_bytes = 0;  // it will stand in a revision of its own
    update = pades::sign(bytes, *certificate, key, std::move(act.options), nullptr);
  }
  if (!update) return update.error();
  return keepJudged(bytes, *update);
}

Result<StoredFile> DocumentSigner::addTimestamp(const work::BlobHash& file) {
  const auto blob = blobs_.open(file);
  if (!blob) return blob.error();
  const auto update = pades::stamp((*blob)->bytes(), timestamps_);
  if (!update) return update.error();
  const auto kept = keepJudged((*blob)->bytes(), *update);
  if (kept && kept->awaits_timestamp) return Error{Code::Unavailable, "timestamp_not_trusted"};
  return kept;
}

Result<StoredFile> DocumentSigner::keepJudged(BytesView before, BytesView update) {
  auto kept = keep(before, update);
  if (!kept) return kept;
  const auto outcome = judge(kept->blob);
  if (!outcome) return outcome.error();
  if (outcome->verdict.overall != validation::Overall::TotalPassed) {
    return Error{Code::Unavailable,
                 "result_not_valid",
                 {{"verdict", std::string(validation::name(outcome->verdict.overall))}}};
  }
  kept->awaits_timestamp = std::ranges::any_of(
      outcome->verdict.signatures,
      [](const validation::SignatureVerdict& signature) { return !signature.best_signature_time; });
  return kept;
}

Result<StoredFile> DocumentSigner::keep(BytesView before, BytesView update) {
  const auto size = before.size() + update.size();
  const auto writer = blobs_.create(size);
  if (!writer) return writer.error();
  for (const auto part : {before, update}) {
    const auto written = (*writer)->write(part);
    if (!written) return written.error();
  }
  const auto hash = (*writer)->finish();
  if (!hash) return hash.error();
  return StoredFile{*hash, static_cast<std::int64_t>(size)};
}

Result<verify::Outcome> DocumentSigner::judge(const work::BlobHash& file) {
  const auto blob = blobs_.open(file);
  if (!blob) return blob.error();
  return judgeBytes((*blob)->bytes());
}

Result<verify::Outcome> DocumentSigner::judgeBytes(BytesView file) {
  auto material = authority_.material();
  if (!material) return material.error();
  verify::Request request{.file = file, .time = clock_.now()};
  request.material.anchors = std::move(material->anchors);
  request.material.timestamp_anchors = options_.timestamp_anchors;
  request.material.certificates = std::move(material->intermediates);
  request.material.crls = std::move(material->crls);
  if (options_.foreign_lists != nullptr) {
    for (auto& list : options_.foreign_lists->current()) {
      request.material.crls.push_back(std::move(list));
    }
  }
  return verify::verify(request);
}

}  // namespace congvan::signing
