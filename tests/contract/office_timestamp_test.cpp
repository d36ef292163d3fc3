// SPDX-License-Identifier: Apache-2.0
#include "tests/contract/office_world.h"

#include <algorithm>

namespace congvan {
namespace {

using records::DocumentState;
using test::backendName;
using test::onBoth;
using testing::EndsWith;
using testing::HasSubstr;
using testing::Not;
using work::JobState;

class TimestampCompletion : public test::OfficeTest {
 protected:
  work::Worker worker(const std::string& name = "one", work::WorkerOptions options = {}) {
    auto& w = world();
    work::Worker made(w.transactions, w.jobs, w.clock, name, options);
    made.handle(std::string(records::kTimestampJob),
                [&w](work::Run& run) { return w.completion.complete(run); });
    return made;
  }
  work::Job jobOf(const records::Document& document) {
    return must(world().transactions.read<work::Job>(
        [&](work::Tx& tx) { return world().jobs.find(tx, *document.timestamp_job); }));
  }
  std::vector<records::DocumentFile> filesOf(const records::Document& document) {
    return must(world().outgoing.files(world().clerk, document.id));
  }
  bool everySignatureHasItsTime(const work::BlobHash& file) {
    const auto verdict = must(world().signer.judge(file)).verdict;
    return verdict.overall == validation::Overall::TotalPassed &&
           std::ranges::all_of(verdict.signatures, [](const auto& signature) {
             return signature.best_signature_time.has_value() && signature.level == "B-T";
           });
  }
  Bytes bytesOf(const work::BlobHash& file) {
    return toBytes(must(world().blobs.open(file))->bytes());
  }
};
INSTANTIATE_TEST_SUITE_P(Both, TimestampCompletion, onBoth(), backendName);

TEST_P(TimestampCompletion, FollowsAnIssueThatNoAuthorityCouldStamp) {
  auto& w = world();
  w.timestamps.answers = false;
  const auto issued = w.issued({w.commune});
  EXPECT_EQ(issued.state, DocumentState::Issued);
  ASSERT_TRUE(issued.timestamp_job);
  const auto verdict = must(w.signer.judge(issued.file)).verdict;
  EXPECT_EQ(verdict.overall, validation::Overall::TotalPassed);
  for (const auto& signature : verdict.signatures) EXPECT_EQ(signature.level, "B-B");

  auto one = worker();
  EXPECT_FALSE(must(one.runOne())) << "not due yet";
  w.clock.advance(std::chrono::minutes{1});
  EXPECT_TRUE(must(one.runOne()));
  EXPECT_EQ(jobOf(issued).state, JobState::Waiting);
  EXPECT_EQ(jobOf(issued).last_error, "tsa_unavailable");
  EXPECT_EQ(w.documentNow(issued.id).file, issued.file);

  w.timestamps.answers = true;
  w.clock.advance(std::chrono::minutes{1});
  EXPECT_TRUE(must(one.runOne()));
  EXPECT_EQ(jobOf(issued).state, JobState::Done);
  const auto completed = w.documentNow(issued.id);
  EXPECT_FALSE(completed.timestamp_job);
  EXPECT_EQ(completed.state, DocumentState::Issued);
  EXPECT_TRUE(everySignatureHasItsTime(completed.file));
  EXPECT_EQ(filesOf(completed).back().purpose, records::FilePurpose::Timestamped);
  EXPECT_EQ(filesOf(completed).back().blob, completed.file);
  const auto before = bytesOf(issued.file);
  const auto after = bytesOf(completed.file);
  EXPECT_TRUE(std::equal(before.begin(), before.end(), after.begin()))
      << "signed bytes never change";
  EXPECT_THAT(w.eventsOf(issued.id.value), EndsWith("document.issued document.timestamped"));
  w.clock.advance(std::chrono::hours{24});
  EXPECT_FALSE(must(one.runOne())) << "nothing is left to do";
  EXPECT_EQ(must(w.outgoing.dispatch(w.clerk, issued.id, completed.version)).state,
            DocumentState::Dispatched);
}

TEST_P(TimestampCompletion, HappensOnTheRouteAsSoonAsAnAuthorityAnswers) {
  auto& w = world();
  auto document = w.submitted({w.commune});
  for (const auto* person : {&w.head, &w.checker, &w.chairman}) w.certify(*person);
  w.timestamps.answers = false;
  document = must(w.outgoing.sign(w.head, document.id, document.version, w.pin));
  const auto job = document.timestamp_job;
  ASSERT_TRUE(job);
  document = must(w.outgoing.sign(w.checker, document.id, document.version, w.pin));
  EXPECT_EQ(document.timestamp_job, job) << "one job for all that is lacking";
  EXPECT_THAT(w.eventsOf(document.id.value),
              EndsWith("document.initialled document.timestamp-awaited document.form-checked"));

  w.timestamps.answers = true;
  w.clock.advance(std::chrono::minutes{1});
  EXPECT_TRUE(must(worker().runOne()));
  document = w.documentNow(document.id);
  EXPECT_FALSE(document.timestamp_job);
  document = must(w.outgoing.sign(w.chairman, document.id, document.version, w.pin));
  EXPECT_FALSE(document.timestamp_job);
  EXPECT_TRUE(everySignatureHasItsTime(document.file));
  w.certifySeal(w.province, w.clerk);
  document = must(w.outgoing.issue(w.clerk, document.id, document.version, w.pin));
  EXPECT_TRUE(everySignatureHasItsTime(document.file));
}

TEST_P(TimestampCompletion, StartsAgainWhenSomebodySignsMeanwhile) {
  auto& w = world();
  auto document = w.submitted({w.commune});
  for (const auto* person : {&w.head, &w.checker}) w.certify(*person);
  w.timestamps.answers = false;
  document = must(w.outgoing.sign(w.head, document.id, document.version, w.pin));
  w.timestamps.answers = true;
  w.timestamps.meanwhile = [&] {
    document = must(w.outgoing.sign(w.checker, document.id, document.version, w.pin));
  };
  w.clock.advance(std::chrono::minutes{1});
  auto one = worker();
  EXPECT_TRUE(must(one.runOne()));
  EXPECT_EQ(w.documentNow(document.id).file, document.file) << "no signature is lost";
  EXPECT_EQ(jobOf(document).last_error, "version_stale");

  w.clock.advance(std::chrono::minutes{1});
  EXPECT_TRUE(must(one.runOne()));
  const auto completed = w.documentNow(document.id);
  EXPECT_FALSE(completed.timestamp_job);
  EXPECT_TRUE(everySignatureHasItsTime(completed.file));
  EXPECT_EQ(must(w.signer.judge(completed.file)).verdict.signatures.size(), 2U);
}

TEST_P(TimestampCompletion, ReachesRecipientsWhoHaveNotHandledTheirCopy) {
  auto& w = world();
  w.timestamps.answers = false;
  const auto sent = w.dispatched({w.commune, w.other_commune});
  must(w.reception.verifyArrivals());
  auto registered = w.arrivals(w.commune).at(0);
  registered =
      must(w.reception.registerArrival(w.commune_clerk, registered.id, registered.version));
  const auto arrived = w.arrivals(w.other_commune).at(0);

  w.timestamps.answers = true;
  w.clock.advance(std::chrono::minutes{1});
  EXPECT_TRUE(must(worker().runOne()));
  const auto completed = w.documentNow(sent.id);
  EXPECT_EQ(completed.state, DocumentState::Dispatched);
  EXPECT_EQ(w.arrivals(w.commune).at(0).file, sent.file) << "what was registered stays";
  EXPECT_THAT(w.eventsOf(registered.delivery.value), Not(HasSubstr("renewed")));
  auto renewed = w.arrivals(w.other_commune).at(0);
  EXPECT_EQ(renewed.file, completed.file);
  EXPECT_EQ(renewed.file_size, completed.file_size);
  EXPECT_EQ(renewed.verification, "");
  EXPECT_GT(renewed.version, arrived.version);
  EXPECT_EQ(w.eventsOf(renewed.delivery.value), "delivery.arrived delivery.renewed");
  must(w.reception.verifyArrivals());
  renewed = w.arrivals(w.other_commune).at(0);
  EXPECT_EQ(renewed.verification, "TOTAL-PASSED");
  for (const auto& delivery : must(w.outgoing.deliveries(w.clerk, sent.id))) {
    const bool is_renewed = delivery.id == renewed.delivery;
    EXPECT_EQ(delivery.file, is_renewed ? completed.file : sent.file);
  }
}

TEST_P(TimestampCompletion, IsTakenOverFromAWorkerThatDied) {
  auto& w = world();
  w.timestamps.answers = false;
  const auto issued = w.issued({w.commune});
  w.timestamps.answers = true;
  w.clock.advance(std::chrono::minutes{1});
  const auto taken = must(w.transactions.run<std::optional<work::Job>>([&](work::Tx& tx) {
    return w.jobs.take(tx, "dead", w.clock.now(), std::chrono::minutes{1});
  }));
  ASSERT_TRUE(taken);
  auto other = worker("other");
  EXPECT_FALSE(must(other.runOne())) << "the lease still stands";
  w.clock.advance(std::chrono::minutes{2});
  EXPECT_TRUE(must(other.runOne()));
  EXPECT_TRUE(everySignatureHasItsTime(w.documentNow(issued.id).file));

  const auto files = filesOf(issued).size();

  // The first one was only slow: nothing of its second file may stay.
  work::Run late(w.transactions, w.jobs, w.clock, "dead", std::chrono::minutes{1}, *taken);
  EXPECT_EQ(why(w.completion.complete(late)), "lease_lost");
  EXPECT_EQ(filesOf(issued).size(), files) << "no second file";
}

TEST_P(TimestampCompletion, IsNotNeededAnyMoreWhenTheFileWasReplaced) {
  auto& w = world();
  auto document = w.submitted({w.commune});
  w.certify(w.head);
  w.timestamps.answers = false;
  document = must(w.outgoing.sign(w.head, document.id, document.version, w.pin));
  const auto awaiting = document;
  document = must(w.outgoing.giveBack(w.checker, document.id, document.version, "sai thể thức"));
  document = must(w.outgoing.attachFile(
      w.drafter,
      document.id,
      document.version,
      {w.putFile(test::directivePdf()), static_cast<std::int64_t>(test::directivePdf().size())}));
  EXPECT_FALSE(document.timestamp_job);
  w.clock.advance(std::chrono::minutes{1});
  EXPECT_TRUE(must(worker().runOne()));
  EXPECT_EQ(jobOf(awaiting).state, JobState::Done);
  EXPECT_EQ(w.documentNow(document.id).version, document.version);
}

TEST_P(TimestampCompletion, IsTriedAfreshAfterARestartWhenItWasGivenUp) {
  auto& w = world();
  w.timestamps.answers = false;
  const auto issued = w.issued({w.commune});
  w.clock.advance(std::chrono::minutes{1});
  EXPECT_EQ(must(w.completion.requeue()), 0) << "its job is open";
  EXPECT_TRUE(must(worker("one", {.attempts_most = 1}).runOne()));
  EXPECT_EQ(jobOf(issued).state, JobState::Failed);

  w.timestamps.answers = true;
  EXPECT_EQ(must(w.completion.requeue()), 1);
  EXPECT_EQ(must(w.completion.requeue()), 0);
  w.clock.advance(std::chrono::minutes{1});
  EXPECT_TRUE(must(worker().runOne()));
  EXPECT_TRUE(everySignatureHasItsTime(w.documentNow(issued.id).file));
}

TEST_P(TimestampCompletion, IsOneChangeWithItsEvent) {
  auto& w = world();
  auto document = w.submitted({w.commune});
  w.certify(w.head);
  w.timestamps.answers = false;
  w.events.refuse_at = audit::EventKind::DocumentTimestampAwaited;
  EXPECT_EQ(why(w.outgoing.sign(w.head, document.id, document.version, w.pin)), "events_refused");
  EXPECT_EQ(w.documentNow(document.id).version, document.version);
  w.clock.advance(std::chrono::minutes{1});
  EXPECT_FALSE(must(worker().runOne())) << "no job without its document";

  w.events.refuse_at.reset();
  document = must(w.outgoing.sign(w.head, document.id, document.version, w.pin));
  w.timestamps.answers = true;
  w.events.refuse_at = audit::EventKind::DocumentTimestamped;
  w.clock.advance(std::chrono::minutes{1});
  EXPECT_TRUE(must(worker().runOne()));
  EXPECT_EQ(jobOf(document).last_error, "events_refused");
  EXPECT_EQ(w.documentNow(document.id).file, document.file);
}

}  // namespace
}  // namespace congvan
