// SPDX-License-Identifier: Apache-2.0
#include "office/records/slots.h"
#include "tests/contract/office_world.h"
#include "tests/support/pdf_updates.h"
#include "tests/support/shell.h"

namespace congvan {
namespace {

using records::DocumentState;
using test::backendName;
using test::onBoth;
using test::World;

class Route : public test::OfficeTest {};
INSTANTIATE_TEST_SUITE_P(Both, Route, onBoth(), backendName);

TEST_P(Route, GoesFromDraftToDoneWithAnEventForEachAct) {
  auto& w = world();
  auto document = w.drafted({w.commune, w.department});
  EXPECT_EQ(document.state, DocumentState::Draft);
  document = must(w.outgoing.submit(w.drafter, document.id, document.version, w.route()));
  EXPECT_EQ(document.state, DocumentState::Submitted);
  for (const auto* person : {&w.head, &w.checker, &w.chairman}) {
    w.certify(*person);
    document = must(w.outgoing.sign(*person, document.id, document.version, w.pin));
  }
  EXPECT_EQ(document.state, DocumentState::Signed);
  w.certifySeal(w.province, w.clerk);
  document = must(w.outgoing.issue(w.clerk, document.id, document.version, w.pin));
  EXPECT_EQ(document.state, DocumentState::Issued);
  EXPECT_EQ(document.number, 1);
  EXPECT_EQ(document.notation, "CT-UBND");
  document = must(w.outgoing.dispatch(w.clerk, document.id, document.version));
  EXPECT_EQ(document.state, DocumentState::Dispatched);
  EXPECT_EQ(w.eventsOf(document.id.value),
            "document.drafted document.file-attached document.submitted document.initialled "
            "document.form-checked document.signed document.number-reserved document.issued "
            "document.dispatched");

  EXPECT_EQ(must(w.reception.verifyArrivals()), 2);
  auto incoming = w.arrivals(w.commune).at(0);
  EXPECT_EQ(incoming.verification, "TOTAL-PASSED");
  incoming = must(w.reception.registerArrival(w.commune_clerk, incoming.id, incoming.version));
  EXPECT_EQ(incoming.arrival_number, 1);
  auto assignment = must(w.reception.assign(
      w.commune_leader,
      incoming.id,
      incoming.version,
      {.lead = w.commune_officer.post, .opinion = "Giao chủ trì", .deadline = {}}));
  assignment = must(w.reception.start(w.commune_officer, assignment.id, assignment.version));
  assignment = must(
      w.reception.finish(w.commune_officer, assignment.id, assignment.version, "Đã triển khai"));
  const auto deliveries = must(w.outgoing.deliveries(w.clerk, document.id));
  const auto delivery =
      std::ranges::find(deliveries, w.commune.value, &exchange::Delivery::recipient);
  ASSERT_NE(delivery, deliveries.end());
  EXPECT_EQ(delivery->state, exchange::DeliveryState::Done);
  EXPECT_EQ(w.eventsOf(incoming.id.value),
            "delivery.verified delivery.registered delivery.assigned assignment.started "
            "assignment.done");
}

TEST_P(Route, LeavesAFileThatPdfsigFindsFourValidSignaturesIn) {
  auto& w = world();
  const auto document = w.issued({w.commune});
  const auto blob = must(w.blobs.open(document.file));
  const test::TempFolder folder;
  folder.write("issued.pdf", blob->bytes());
  const auto ran = test::run(folder, "pdfsig -nocert issued.pdf");
  if (ran.status == 127) GTEST_SKIP() << "pdfsig is not installed";
  std::size_t valid = 0;
  const std::string_view phrase = "Signature is Valid";
  for (auto at = ran.output.find(phrase); at != std::string::npos;
       at = ran.output.find(phrase, at + 1)) {
    ++valid;
  }
  EXPECT_EQ(valid, 4U) << ran.output;
}

TEST_P(Route, LeavesTheArrivalStampAndNothingElseToTheRecipient) {
  auto& w = world();
  const auto document = w.issued({w.commune});
  const auto file = toBytes(must(w.blobs.open(document.file))->bytes());
  const auto fields = must(pades::fields(file));
  const auto stamp = std::ranges::find(fields, records::kArrivalField, &pades::FieldState::name);
  ASSERT_NE(stamp, fields.end());
  EXPECT_FALSE(stamp->filled);
  EXPECT_EQ(std::ranges::count(fields, false, &pades::FieldState::filled), 1);

  const auto judged = [&](std::string_view field) {
    const auto filled = test::filledByAnother(file, std::string(field));
    auto verdict = must(w.signer.judgeBytes(filled)).verdict;
    EXPECT_EQ(verdict.signatures.size(), 4U);
    return verdict;
  };
  const auto stamped = judged(records::kArrivalField);
  EXPECT_EQ(stamped.overall, validation::Overall::TotalPassed);
  for (const auto& signature : stamped.signatures) {
    EXPECT_EQ(signature.changes_after.back().kind, evidence::ChangeKind::FieldFilled);
    EXPECT_EQ(signature.changes_after.back().what, "field dau-den: value, 142 x 100 at 14, 622");
    EXPECT_TRUE(signature.changes_after.back().lawful);
  }
  for (const auto field : {records::kNumberField, records::kDateField}) {
    const auto forged = judged(field);
    EXPECT_EQ(forged.overall, validation::Overall::TotalFailed);
    EXPECT_EQ(std::ranges::count(forged.signatures.back().changes_after,
                                 evidence::ChangeKind::LockedFieldChanged,
                                 &validation::LaterChange::kind),
              1);
  }
}

TEST_P(Route, ReturnsToTheDrafterWhoBeginsAgainWithANewFile) {
  auto& w = world();
  auto document = w.submitted({w.commune});
  w.certify(w.head);
  document = must(w.outgoing.sign(w.head, document.id, document.version, w.pin));
  const auto initialled = document.file;
  document = must(w.outgoing.giveBack(w.checker, document.id, document.version, "Sai thể thức"));
  EXPECT_EQ(document.state, DocumentState::Returned);
  EXPECT_EQ(document.return_reason, "Sai thể thức");
  EXPECT_THAT(w.detailsOf(document.id.value, audit::EventKind::DocumentDrafted),
              ::testing::HasSubstr(R"("type":"CT","subject":"Về việc sử dụng chữ ký số")"));
  EXPECT_THAT(w.detailsOf(document.id.value, audit::EventKind::DocumentSubmitted),
              ::testing::HasSubstr(w.checker.post.text()));
  EXPECT_EQ(why(w.outgoing.sign(w.checker, document.id, document.version, w.pin)),
            "document_state_wrong");
  const auto& pdf = test::directivePdf();
  document = must(w.outgoing.attachFile(w.drafter,
                                        document.id,
                                        document.version,
                                        {w.putFile(pdf), static_cast<std::int64_t>(pdf.size())}));
  EXPECT_EQ(document.state, DocumentState::Draft);
  EXPECT_TRUE(document.steps.empty());
  // The next submission clears the reason, the trail keeps it.
  EXPECT_THAT(w.detailsOf(document.id.value, audit::EventKind::DocumentReturned),
              ::testing::HasSubstr(R"("reason":"Sai thể thức")"));
  document = must(w.outgoing.submit(w.drafter, document.id, document.version, w.route()));
  document = must(w.outgoing.sign(w.head, document.id, document.version, w.pin));
  EXPECT_NE(document.file, initialled);
  const auto files = must(w.outgoing.files(w.drafter, document.id));
  ASSERT_EQ(files.size(), 6U);  // the signatures of the first round stay in the old versions
  EXPECT_EQ(files.at(2).blob, initialled);
}

TEST_P(Route, ReturnsToTheDrafterWhoCorrectsItAndKeepsTheFile) {
  auto& w = world();
  auto document = w.drafted({w.commune});
  const auto uploaded = document.file;
  document = must(w.outgoing.submit(w.drafter, document.id, document.version, w.route()));
  document = must(w.outgoing.giveBack(w.head, document.id, document.version, "Sai nơi nhận"));
  auto wanted = w.newDocument({w.other_commune});
  wanted.subject = "Về việc dùng chữ ký số trong gửi, nhận văn bản";
  wanted.urgency = records::Urgency::Urgent;
  wanted.type = "QĐ";
  const auto revise = [&](const directory::Caller& who) {
    return w.outgoing.revise(who, document.id, document.version, wanted);
  };
  EXPECT_EQ(why(revise(w.head)), "document_not_yours");
  EXPECT_EQ(why(revise(w.commune_officer)), "document_missing");
  document = must(revise(w.drafter));
  EXPECT_EQ(document.state, DocumentState::Draft);
  EXPECT_EQ(document.subject, wanted.subject);
  EXPECT_EQ(document.recipients, wanted.recipients);
  EXPECT_EQ(document.notation, "QĐ-UBND");
  EXPECT_EQ(document.file, uploaded);
  EXPECT_THAT(w.detailsOf(document.id.value, audit::EventKind::DocumentRevised),
              ::testing::HasSubstr(wanted.subject));
  wanted.recipients = {w.unit};
  EXPECT_EQ(why(revise(w.drafter)), "recipient_is_unit");
  document = must(w.outgoing.submit(w.drafter, document.id, document.version, w.route()));
  EXPECT_EQ(why(revise(w.drafter)), "document_state_wrong");
}

TEST_P(Route, RefusesFilesThatWouldFillTheMemory) {
  auto& w = world();
  const auto draft = must(w.outgoing.draft(w.drafter, w.newDocument({w.commune})));
  const test::TempFolder folder;
  // A million open brackets, a table said to hold a billion, pages that hold themselves, and a
  // table of 200 MiB packed into 200 KiB.
  folder.write("bombs.py", std::string_view(R"py(import zlib
def pdf(objects, size=None):
    out = b"%PDF-1.7\n"
    at = []
    for number, body in enumerate(objects, 1):
        at.append(len(out))
        out += b"%d 0 obj\n" % number + body + b"\nendobj\n"
    start = len(out)
    size = size or len(objects) + 1
    out += b"xref\n0 %d\n0000000000 65535 f \n" % size
    for offset in at:
        out += b"%010d 00000 n \n" % offset
    return out + b"trailer\n<< /Size %d /Root 1 0 R >>\nstartxref\n%d\n%%%%EOF\n" % (size, start)
catalog = b"<< /Type /Catalog /Pages 2 0 R >>"
pages = b"<< /Type /Pages /Kids [ 3 0 R ] /Count 1 >>"
page = b"<< /Type /Page /Parent 2 0 R /MediaBox [ 0 0 595 842 ] "
open("deep.pdf", "wb").write(pdf([catalog, pages, page + b"/Annots " + b"[" * 1000000]))
open("many.pdf", "wb").write(pdf([catalog, pages, page + b">>"], 1000000000))
loop = b"<< /Type /Pages /Kids [ 2 0 R ] /Count 1 >>"
open("loop.pdf", "wb").write(pdf([catalog, loop]))
table = zlib.compress(bytes(200 << 20), 9)
stream = b"4 0 obj\n<< /Type /XRef /Size 40000000 /W [ 1 3 1 ] /Root 1 0 R /Filter /FlateDecode /Length %d >>\nstream\n" % len(table) + table + b"\nendstream\nendobj\n"
head = b"%PDF-1.7\n"
open("xref.pdf", "wb").write(head + stream + b"startxref\n%d\n%%%%EOF\n" % len(head))
)py"));
  test::mustRun(folder, "python3 bombs.py");
  for (const auto* name : {"deep.pdf", "many.pdf", "loop.pdf", "xref.pdf"}) {
    const auto bytes = folder.bytes(name);
    const auto refusal =
        why(w.outgoing.attachFile(w.drafter,
                                  draft.id,
                                  draft.version,
                                  {w.putFile(bytes), static_cast<std::int64_t>(bytes.size())}));
    EXPECT_THAT(refusal, ::testing::StartsWith("pdf_")) << name;
  }
  EXPECT_EQ(w.documentNow(draft.id).version, draft.version);
}

TEST_P(Route, RefusesWhatIsNoDocumentOfOurs) {
  auto& w = world();
  const auto draft = must(w.outgoing.draft(w.drafter, w.newDocument({w.commune})));
  const auto attach = [&](std::string_view bytes) {
    return why(w.outgoing.attachFile(
        w.drafter,
        draft.id,
        draft.version,
        {w.putFile(asBytes(bytes)), static_cast<std::int64_t>(bytes.size())}));
  };
  const test::TempFolder folder;
  folder.write("plain.pdf", test::directivePdf());
  const auto before = w.eventCount();
  EXPECT_EQ(attach(""), "pdf_malformed");
  EXPECT_EQ(attach("PK\x03\x04 this is no PDF"), "pdf_malformed");
  test::mustRun(folder, "qpdf --encrypt a b 256 -- plain.pdf encrypted.pdf");
  EXPECT_EQ(attach(folder.text("encrypted.pdf")), "pdf_encrypted");
  const auto whole = folder.text("plain.pdf");
  EXPECT_THAT(attach(whole.substr(0, whole.size() / 2)),
              ::testing::AnyOf("pdf_damaged", "pdf_malformed"));
  EXPECT_EQ(w.documentNow(draft.id).version, draft.version);
  EXPECT_EQ(w.eventCount(), before);
}

TEST_P(Route, RefusesAFileThatIsSignedAlready) {
  auto& w = world();
  const auto issued = w.issued({w.commune});
  const auto draft = must(w.outgoing.draft(w.drafter, w.newDocument({w.commune})));
  EXPECT_EQ(why(w.outgoing.attachFile(
                w.drafter, draft.id, draft.version, {issued.file, issued.file_size})),
            "pdf_signed_already");
}

TEST_P(Route, NamesTheDrafterInTheNotationOfALetter) {
  auto& w = world();
  auto wanted = w.newDocument({w.commune});
  wanted.type = "CV";
  EXPECT_EQ(must(w.outgoing.draft(w.drafter, wanted)).notation, "UBND-SNV");
  wanted.agency = w.department;
  EXPECT_EQ(must(w.outgoing.draft(w.drafter, wanted)).notation, "SNV-TC");
  wanted.agency = w.commune;
  wanted.recipients = {w.province};
  EXPECT_EQ(must(w.outgoing.draft(w.commune_officer, wanted)).notation, "UBND");
}

TEST_P(Route, RefusesADraftThatCannotBeIssued) {
  auto& w = world();
  const auto draft = [&](const auto& change) {
    auto wanted = w.newDocument({w.commune});
    change(wanted);
    return why(w.outgoing.draft(w.drafter, wanted));
  };
  const auto before = w.eventCount();
  EXPECT_EQ(draft([](auto& d) { d.type = "XX"; }), "document_type_unknown");
  EXPECT_EQ(draft([](auto& d) { d.recipients.clear(); }), "recipients_missing");
  EXPECT_EQ(draft([&](auto& d) { d.recipients = {makeId<directory::AgencyTag>()}; }),
            "recipient_unknown");
  EXPECT_EQ(draft([&](auto& d) { d.recipients = {w.unit}; }), "recipient_is_unit");
  EXPECT_EQ(draft([&](auto& d) { d.recipients = {w.commune, w.commune}; }), "recipient_twice");
  EXPECT_EQ(draft([&](auto& d) { d.recipients = {w.commune, w.province}; }), "recipient_is_issuer");
  EXPECT_EQ(draft([&](auto& d) { d.agency = w.commune; }), "agency_cannot_issue");
  EXPECT_EQ(draft([&](auto& d) { d.agency = w.unit; }), "agency_cannot_issue");
  EXPECT_EQ(draft([](auto& d) { d.subject = " "; }), "subject_wrong");
  EXPECT_EQ(draft([](auto& d) { d.subject = std::string(501, 'a'); }), "subject_wrong");
  EXPECT_EQ(draft([](auto& d) { d.subject = std::string(500, 'a'); }), "(done)");
  EXPECT_EQ(draft([](auto& d) { d.slots = {{"evil", 0, 1, 1, 9, 9}}; }), "slot_unknown");
  EXPECT_EQ(draft([](auto& d) {
              d.slots = {{"so", 0, 1, 1, 9, 9}, {"so", 0, 1, 1, 9, 9}};
            }),
            "slot_twice");
  EXPECT_EQ(w.eventCount(), before + 1);
  EXPECT_EQ(why(w.outgoing.draft(w.commune_officer, w.newDocument({w.department}))),
            "agency_cannot_issue");
  EXPECT_EQ(why(w.outgoing.draft(w.clerk, w.newDocument({w.commune}))), "role_missing");
}

TEST_P(Route, RefusesAtSubmissionWhatCouldNotBeDrawnLater) {
  auto& w = world();
  const auto submit = [&](const records::Slot& slot) {
    auto wanted = w.newDocument({w.commune});
    wanted.slots = {slot};
    const auto draft = must(w.outgoing.draft(w.drafter, wanted));
    const auto& pdf = test::directivePdf();
    const auto document =
        must(w.outgoing.attachFile(w.drafter,
                                   draft.id,
                                   draft.version,
                                   {w.putFile(pdf), static_cast<std::int64_t>(pdf.size())}));
    const auto answer = w.outgoing.submit(w.drafter, document.id, document.version, w.route());
    if (!answer) {
      EXPECT_EQ(w.documentNow(draft.id).version, document.version);
      EXPECT_EQ(answer.error().params.at(0).value, slot.field);
    }
    return why(answer);
  };
  EXPECT_EQ(submit({"so", 0, 85, 700, 1, 1}), "slot_size_wrong");
  EXPECT_EQ(submit({"so", 0, 85, 700, 12, 18}), "slot_size_wrong");  // of four points nothing fits
  EXPECT_EQ(submit({"ngay", 0, 300, 700, 30, 18}), "slot_size_wrong");
  EXPECT_EQ(submit({"con-dau", 0, 240, 90, 1, 1}), "slot_size_wrong");
  EXPECT_EQ(submit({"con-dau", 0, 240, 90, 20'000, 20'000}), "slot_off_page");
  EXPECT_EQ(submit({"con-dau", 0, 550, 90, 102, 102}), "slot_off_page");
  EXPECT_EQ(submit({"con-dau", 900, 240, 90, 102, 102}), "slot_off_page");
  EXPECT_EQ(submit({"ky-chinh", 0, 300, 100, 20, 8}), "slot_size_wrong");
  EXPECT_EQ(submit({"ky-nhay-1", 0, 60, 100, 3, 3}), "slot_size_wrong");
  EXPECT_EQ(submit({"dau-den", 0, 0, 0, 595, 841}), "slot_size_wrong");
  EXPECT_EQ(submit({"dau-den", 0, 14, 500, 145, 100}), "slot_size_wrong");
  EXPECT_EQ(submit({"dau-den", 0, 14, 500, 142, 103}), "slot_size_wrong");
  EXPECT_EQ(submit({"dau-den", 0, 150, 650, 142, 100}), "slot_overlaps");  // the number
  EXPECT_EQ(submit({"dau-den", 0, 14, 500, 142, 100}), "(done)");
  EXPECT_EQ(submit({"so", 0, 85, 700, 120, 18}), "(done)");
}

TEST_P(Route, RefusesARecipientWhoseAgencyHasEnded) {
  auto& w = world();
  commit([&](work::Tx& tx) {
    auto agency = *w.directory_store.findAgency(tx, w.other_commune);
    agency.valid_to = vietnamDate(w.clock.now());
    EXPECT_TRUE(w.directory_store.replaceAgency(tx, agency));
  });
  EXPECT_EQ(why(w.outgoing.draft(w.drafter, w.newDocument({w.other_commune}))), "(done)");
  w.clock.advance(std::chrono::hours(48));
  EXPECT_EQ(why(w.outgoing.draft(w.drafter, w.newDocument({w.other_commune}))),
            "recipient_unknown");
}

TEST_P(Route, KeepsTextInNfc) {
  auto& w = world();
  auto wanted = w.newDocument({w.commune});
  wanted.subject =
      "Ve\xCC\x82\xCC\x80 vie\xCC\xA3\xCC\x82"
      "c";  // decomposed: Về việc
  const auto draft = must(w.outgoing.draft(w.drafter, wanted));
  EXPECT_EQ(w.documentNow(draft.id).subject, "Về việc");
}

TEST_P(Route, TakesOnlyPostsThatHoldTheirRole) {
  auto& w = world();
  const auto document = w.drafted({w.commune});
  const auto submit = [&](const records::Route& route) {
    return why(w.outgoing.submit(w.drafter, document.id, document.version, route));
  };
  auto route = w.route();
  route.initials.clear();
  EXPECT_EQ(submit(route), "route_initials_missing");
  route.initials = {w.head.post, w.head.post};
  EXPECT_EQ(submit(route), "route_initials_twice");
  route.initials.assign(9, w.head.post);
  EXPECT_EQ(submit(route), "route_initials_too_many");
  route = w.route();
  route.signer = w.commune_leader.post;
  EXPECT_EQ(submit(route), "route_post_wrong");
  route = w.route();
  route.form_checker = makeId<directory::PostTag>();
  EXPECT_EQ(submit(route), "route_post_wrong");
  EXPECT_EQ(why(w.outgoing.submit(w.head, document.id, document.version, w.route())),
            "document_not_yours");
  EXPECT_EQ(why(w.outgoing.submit(w.drafter, document.id, document.version - 1, w.route())),
            "version_stale");
  EXPECT_EQ(submit(w.route()), "(done)");
  EXPECT_EQ(submit(w.route()), "version_stale");  // a duplicate
}

TEST_P(Route, LetsNobodySignOutOfTurnOrWithARoleThatWasTaken) {
  auto& w = world();
  auto document = w.submitted({w.commune});
  w.certify(w.checker);
  w.certify(w.head);
  EXPECT_EQ(why(w.outgoing.sign(w.checker, document.id, document.version, w.pin)), "not_your_turn");
  EXPECT_EQ(why(w.outgoing.sign(w.commune_clerk, document.id, document.version, w.pin)),
            "document_missing");
  EXPECT_EQ(why(w.outgoing.giveBack(w.checker, document.id, document.version, "Sai")),
            "not_your_turn");
  auto demoted = w.head;
  demoted.grants.clear();
  EXPECT_EQ(why(w.outgoing.sign(demoted, document.id, document.version, w.pin)), "role_missing");
  EXPECT_EQ(w.documentNow(document.id).version, document.version);
  EXPECT_EQ(why(w.outgoing.sign(w.head, document.id, document.version, w.pin)), "(done)");
}

TEST_P(Route, TellsAForeignerNothingOfADocument) {
  auto& w = world();
  const auto document = w.submitted({w.commune});
  for (const auto* foreigner : {&w.commune_clerk, &w.commune_leader, &w.department_clerk}) {
    EXPECT_EQ(why(w.outgoing.find(*foreigner, document.id)), "document_missing");
    EXPECT_EQ(why(w.outgoing.files(*foreigner, document.id)), "document_missing");
    EXPECT_EQ(why(w.outgoing.deliveries(*foreigner, document.id)), "document_missing");
    EXPECT_EQ(why(w.evidence.trail(*foreigner, document.id, {})), "document_missing");
    // Not even whether the version is right.
    EXPECT_EQ(why(w.outgoing.dispatch(*foreigner, document.id, 99)), "document_missing");
  }
  EXPECT_EQ(why(w.outgoing.find(w.clerk, makeId<records::DocumentTag>())), "document_missing");
}

TEST_P(Route, RefusesASignatureWithACertificateThatIsNotGoodNow) {
  auto& w = world();
  const auto document = w.submitted({w.commune});
  const auto sign = [&] {
    return why(w.outgoing.sign(w.head, document.id, document.version, w.pin));
  };
  EXPECT_EQ(sign(), "certificate_missing");
  const auto certificate = w.certify(w.head);
  must(w.ca->revoke(w.officer, certificate.id, pki::RevocationReason::KeyCompromise, std::nullopt));
  EXPECT_EQ(sign(), "certificate_revoked");
  w.certify(w.head);
  w.clock.advance(std::chrono::hours(24 * 1900));  // five years and more
  EXPECT_EQ(sign(), "certificate_expired");
  EXPECT_EQ(w.documentNow(document.id).version, document.version);
}

TEST_P(Route, KeepsASignatureGoodWhoseCertificateIsRevokedLater) {
  auto& w = world();
  auto document = w.submitted({w.commune});
  const auto certificate = w.certify(w.head);
  document = must(w.outgoing.sign(w.head, document.id, document.version, w.pin));
  w.clock.advance(std::chrono::hours(1));
  must(w.ca->revoke(w.officer, certificate.id, pki::RevocationReason::Superseded, std::nullopt));
  w.certify(w.checker);
  EXPECT_EQ(why(w.outgoing.sign(w.checker, document.id, document.version, w.pin)), "(done)");
}

TEST_P(Route, ListsWhatEachHasToDoForAllAgenciesTheyClerkFor) {
  auto& w = world();
  const auto document = w.submitted({w.commune});
  using Box = records::Outgoing::Box;
  const auto count = [&](const directory::Caller& caller, Box box) {
    return must(w.outgoing.list(caller, box, {})).size();
  };
  EXPECT_EQ(count(w.drafter, Box::Mine), 1U);
  EXPECT_EQ(count(w.head, Box::ToSign), 1U);
  EXPECT_EQ(count(w.checker, Box::ToSign), 0U);
  EXPECT_EQ(count(w.clerk, Box::OfAgency), 1U);
  EXPECT_EQ(count(w.clerk, Box::ToIssue), 0U);
  EXPECT_EQ(count(w.commune_clerk, Box::OfAgency), 0U);
  auto of_both = w.commune_clerk;
  of_both.grants.push_back({directory::Role::Clerk, w.province});
  EXPECT_EQ(count(of_both, Box::OfAgency), 1U);
  EXPECT_EQ(why(w.outgoing.list(w.drafter, Box::OfAgency, {})), "role_missing");
}

TEST_P(Route, ChangesNothingWhenItsEventCannotBeWritten) {
  auto& w = world();
  const auto document = w.submitted({w.commune});
  w.certify(w.head);
  w.events.refuse_at = audit::EventKind::DocumentInitialled;
  EXPECT_EQ(why(w.outgoing.sign(w.head, document.id, document.version, w.pin)), "events_refused");
  w.events.refuse_at.reset();
  const auto now = w.documentNow(document.id);
  EXPECT_EQ(now.version, document.version);
  EXPECT_EQ(now.state, DocumentState::Submitted);
  EXPECT_EQ(now.file, document.file);
  EXPECT_EQ(must(w.outgoing.files(w.drafter, document.id)).size(), 2U);
  EXPECT_EQ(why(w.outgoing.sign(w.head, document.id, document.version, w.pin)), "(done)");
}

}  // namespace
}  // namespace congvan
