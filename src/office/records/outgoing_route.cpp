// SPDX-License-Identifier: Apache-2.0
#include "office/directory/authentication.h"
#include "office/records/outgoing.h"
#include "office/records/outgoing_internal.h"
#include "office/records/slots.h"
#include "office/records/text_limits.h"

#include <algorithm>

namespace congvan::records {
namespace {

constexpr std::size_t kInitialsMost = 8;

FilePurpose purposeOf(StepKind kind) {
  switch (kind) {
    case StepKind::Initial:
      return FilePurpose::Initialled;
    case StepKind::FormCheck:
      return FilePurpose::FormChecked;
    case StepKind::Sign:
      return FilePurpose::Signed;
  }
  return FilePurpose::Signed;
}

audit::EventKind eventOf(StepKind kind) {
  switch (kind) {
    case StepKind::Initial:
      return audit::EventKind::DocumentInitialled;
    case StepKind::FormCheck:
      return audit::EventKind::DocumentFormChecked;
    case StepKind::Sign:
      return audit::EventKind::DocumentSigned;
  }
  return audit::EventKind::DocumentSigned;
}

DocumentState stateAfter(const Document& document) {
  const auto* undone = nextStep(document);
  if (undone == nullptr) return DocumentState::Signed;
  return undone->kind == StepKind::Sign ? DocumentState::Initialled : DocumentState::Submitted;
}

bool runsItsRoute(const Document& document) {
  return document.state == DocumentState::Submitted || document.state == DocumentState::Initialled;
}

std::vector<Step> stepsOf(const Route& route) {
  std::vector<Step> steps;
  for (std::size_t i = 0; i < route.initials.size(); ++i) {
    steps.push_back({StepKind::Initial, route.initials[i], initialField(i + 1), {}, {}});
  }
  steps.push_back({StepKind::FormCheck, route.form_checker, std::string(kFormCheckField), {}, {}});
  steps.push_back({StepKind::Sign, route.signer, std::string(kSignatureField), {}, {}});
  return steps;
}

/// The head of the unit that drafted answers for the content (NĐ 30/2020 Đ11), so there is one.
Result<> checkInitials(std::vector<directory::PostId> posts) {
  if (posts.empty()) return Error{Code::RuleRefused, "route_initials_missing"};
  if (posts.size() > kInitialsMost) {
    return ruleRefused("route_initials_too_many", "most", std::to_string(kInitialsMost));
  }
  std::ranges::sort(posts);
  if (std::ranges::adjacent_find(posts) == posts.end()) return kDone;
  return Error{Code::RuleRefused, "route_initials_twice"};
}

Role roleOf(StepKind kind) {
  switch (kind) {
    case StepKind::Initial:
      return Role::UnitHead;
    case StepKind::FormCheck:
      return Role::FormChecker;
    case StepKind::Sign:
      return Role::Leader;
  }
  return Role::Leader;
}

signing::PersonTask personTask(const Document& document, const Step& step) {
  const auto& slot = slotOf(document, step.field);
  return {.file = document.file,
          .field = step.field,
          .style = step.kind == StepKind::Sign ? signing::MarkStyle::Signature
                                               : signing::MarkStyle::Initials,
          .width = slot.width,
          .height = slot.height,
          .reason = {}};
}

}  // namespace

/// A head answers for the unit that drafted, the other two for the agency that issues.
Result<directory::Lineage> Outgoing::lineageOfStep(work::Tx& tx,
                                                   const Document& document,
                                                   const Step& step) {
  const auto over = step.kind == StepKind::Initial ? document.drafted_in : document.agency;
  return directory::lineageOf(tx, parts_.directory, over);
}

Result<std::vector<Caller>> Outgoing::checkRoute(work::Tx& tx,
                                                 const Document& document,
                                                 const Route& route) {
  const auto initials = checkInitials(route.initials);
  if (!initials) return initials.error();
  const auto today = vietnamDate(parts_.clock.now());
  std::vector<Caller> signers;
  for (const auto& step : stepsOf(route)) {
    const auto post = parts_.directory.findPost(tx, step.post);
    if (!post) {
      if (post.error().code != Code::NotFound) return post.error();
      return ruleRefused("route_post_wrong", "post", step.post.text());
    }
    const auto lineage = lineageOfStep(tx, document, step);
    if (!lineage) return lineage.error();
    const Caller as_post{.grants = post->grants};
    const bool held = post->holder && directory::inForce(*post, today);
    if (!held || !directory::holds(as_post, roleOf(step.kind), *lineage)) {
      return ruleRefused("route_post_wrong", "post", post->title);
    }
    auto signer = directory::makeCaller(tx, parts_.directory, *post->holder, *post);
    if (!signer) return signer.error();
    signers.push_back(std::move(*signer));
  }
  return signers;
}

Result<> Outgoing::tryMarks(const Document& document, const std::vector<Caller>& signers) {
  for (std::size_t i = 0; i < signers.size(); ++i) {
    const auto tried = parts_.signer.tryPerson(signers[i], personTask(document, document.steps[i]));
    if (!tried) return tried;
  }
  const auto agency = parts_.transactions.read<directory::Agency>(
      [&](work::Tx& tx) { return parts_.directory.findAgency(tx, document.agency); });
  if (!agency) return agency.error();
  return parts_.signer.trySeal(sealTask(document, agency->name));
}

Result<Document> Outgoing::submit(const Caller& caller,
                                  DocumentId id,
                                  std::int64_t version,
                                  const Route& route) {
  struct Seen {
    Start start;
    std::vector<Caller> signers;
  };
  const auto seen = parts_.transactions.read<Seen>([&](work::Tx& tx) -> Result<Seen> {
    auto start = startOn(tx, caller, id, version);
    if (!start) return start.error();
    if (start->made_already) return Seen{std::move(*start), {}};
    const auto& document = start->document;
    if (document.drafter != caller.person) return Error{Code::Forbidden, "document_not_yours"};
    if (document.state != DocumentState::Draft) return wrongState(document);
    if (document.file_size == 0) return Error{Code::RuleRefused, "file_missing"};
    auto signers = checkRoute(tx, document, route);
    if (!signers) return signers.error();
    return Seen{std::move(*start), std::move(*signers)};
  });
  if (!seen) return seen.error();
  if (seen->start.made_already) return seen->start.document;

  auto planned = seen->start.document;
  const auto pages = parts_.signer.inspect(planned.file);
  if (!pages) return pages.error();
  planned.steps = stepsOf(route);
  planned.slots = completeSlots(std::move(planned.slots), planned.steps, planned.type, *pages);
  const auto placed = checkPlaces(planned.slots, *pages);
  if (!placed) return placed.error();
  const auto drawn = tryMarks(planned, seen->signers);
  if (!drawn) return drawn.error();
  const auto prepared = parts_.signer.prepareFields(planned.file, fieldsOf(planned.slots));
  if (!prepared) return prepared.error();

  return alter(caller,
               id,
               version,
               audit::EventKind::DocumentSubmitted,
               [&](work::Tx& tx, Document& document) -> Result<> {
                 document.steps = planned.steps;
                 document.slots = planned.slots;
                 document.state = DocumentState::Submitted;
                 document.return_reason.clear();
                 return takeFile(tx, document, *prepared, FilePurpose::Prepared, caller);
               });
}

Result<Document> Outgoing::sign(const Caller& caller,
                                DocumentId id,
                                std::int64_t version,
                                const crypto::SecretBytes& pin) {
  const auto seen = parts_.transactions.read<Start>([&](work::Tx& tx) -> Result<Start> {
    auto start = startOn(tx, caller, id, version);
    if (!start || start->made_already) return start;
    if (!runsItsRoute(start->document)) return wrongState(start->document);
    const auto* step = nextStep(start->document);
    if (step == nullptr || step->post != caller.post) {
      return Error{Code::Forbidden, "not_your_turn"};
    }
    // The post may have lost the role since the route was laid.
    const auto lineage = lineageOfStep(tx, start->document, *step);
    if (!lineage) return lineage.error();
    const auto allowed = directory::require(caller, roleOf(step->kind), *lineage);
    if (!allowed) return allowed.error();
    return start;
  });
  if (!seen) return seen.error();
  if (seen->made_already) return seen->document;

  const auto& document_seen = seen->document;
  const auto step = *nextStep(document_seen);
  const auto made = parts_.signer.signAsPerson(caller, personTask(document_seen, step), pin);
  if (!made) return made.error();

  return alter(
      caller, id, version, eventOf(step.kind), [&](work::Tx& tx, Document& document) -> Result<> {
        const auto mine = std::ranges::find(document.steps, step.field, &Step::field);
        mine->done_by = caller.person;
        mine->done_at = parts_.clock.now();
        document.state = stateAfter(document);
        return takeFile(tx, document, *made, purposeOf(step.kind), caller);
      });
}

Result<Document> Outgoing::giveBack(const Caller& caller,
                                    DocumentId id,
                                    std::int64_t version,
                                    std::string_view reason) {
  return alterFor(reason,
                  caller,
                  id,
                  version,
                  audit::EventKind::DocumentReturned,
                  [&](work::Tx& tx, Document& document) -> Result<> {
                    const auto* step = nextStep(document);
                    const bool on_turn =
                        runsItsRoute(document) && step != nullptr && step->post == caller.post;
                    if (!on_turn && document.state != DocumentState::Signed) {
                      return runsItsRoute(document) ? Error{Code::Forbidden, "not_your_turn"}
                                                    : wrongState(document);
                    }
                    if (!on_turn) {
                      const auto clerk = requireClerk(tx, caller, document);
                      if (!clerk) return clerk;
                    }
                    document.state = DocumentState::Returned;
                    return kDone;
                  });
}

}  // namespace congvan::records
