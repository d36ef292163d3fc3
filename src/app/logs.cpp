// SPDX-License-Identifier: Apache-2.0
#include "app/logs.h"

#include "edge/fetch/witness_client.h"
#include "trust/tlog/checkpoint.h"

#include <algorithm>

namespace congvan::app {
namespace {

// A caller waits for durability, not for the disk of a bad day: after this it is told to come back.
constexpr std::chrono::seconds kLongestWait{20};

// A witness that is away for a day is asked once a minute.
constexpr std::chrono::minutes kWitnessPause{1};

}  // namespace

/// One witness of this log, and the thread that asks it.
struct RunningLog::Witness {
  tlog::NoteVerifier key;
  fetch::HttpWitness client;
  audit::Witnessing witnessing;
  JobLoop loop;

  Witness(std::string_view log,
          const WitnessSettings::One& settings,
          audit::LogFiles& files,
          audit::CosigningRound& round)
      : key(settings.key),
        client(settings.url),
        witnessing(files, round, client, key),
        loop("witness/" + std::string(log) + "/" + key.name(), {.longest = kWitnessPause}) {}
};

RunningLog::RunningLog(const DataFolder& folder,
                       audit::Log log,
                       tlog::NoteKey key,
                       const std::string& node,
                       const Stores& stores,
                       const Clock& clock,
                       const WitnessSettings& witnesses)
    : folder_(folder.root() / "log" / audit::name(log)),
      root_(storage::openFiles(folder_)),
      tiles_(*root_, {.folder = {}, .writer = node, .cosignatures_wanted = witnesses.wanted}),
      key_(std::move(key)),
      sequencer_({stores.transactions, stores.leases, stores.queue, stores.state, tiles_},
                 key_,
                 clock,
                 {.log = log, .origin = key_.verifier().name(), .holder = node}),
      loop_("log/" + std::string(audit::name(log)), {}) {
  for (const auto& one : witnesses.asked) {
    witnesses_.push_back(std::make_unique<Witness>(audit::name(log), one, tiles_, round_));
  }
}

RunningLog::~RunningLog() {
  stop();
}

void RunningLog::start() {
  loop_.start([this](const std::stop_token& stop) -> Result<> {
    const auto first = sequencer_.sequence();
    if (!first) return first.error();
    loop_.recovered();
    return sequencer_.run(stop);
  });
  startWitnesses();
}

/// Only the process that sequences asks, since only that may touch the checkpoint.
void RunningLog::startWitnesses() {
  for (const auto& witness : witnesses_) {
    witness->loop.start([this, &asked = witness->witnessing](const std::stop_token&) -> Result<> {
      return sequencer_.holdsLog() ? asked.turn() : Result<>(kDone);
    });
  }
}

std::vector<RunningLog::WitnessState> RunningLog::witnesses() const {
  std::vector<WitnessState> states;
  for (const auto& one : witnesses_) {
    states.push_back({one->key.name(), one->witnessing.cosignedSize(), one->loop.trouble()});
  }
  return states;
}

void RunningLog::stop() {
  for (const auto& witness : witnesses_) witness->loop.askToStop();
  for (const auto& witness : witnesses_) witness->loop.stop();
  if (!loop_.isStarted()) return;
  loop_.askToStop();
  sequencer_.wake();
  loop_.stop();
  // What the last requests queued gets its place now; if that fails, it gets it at the next start.
  const auto last = loop_.once(
      [this](const std::stop_token&) -> Result<> {
        const auto sequenced = sequencer_.sequence();
        return sequenced ? Result<>(kDone) : Result<>(sequenced.error());
      },
      {});
  static_cast<void>(last);
}

std::optional<RunningLog::Published> RunningLog::published() const {
  const auto text = tiles_.published();
  if (!text || !*text) return std::nullopt;
  const auto note = tlog::parseNote(**text);
  if (!note) return std::nullopt;
  const auto checkpoint = tlog::parseCheckpoint(note->text);
  if (!checkpoint) return std::nullopt;
  std::error_code failed;
  const auto made = std::filesystem::last_write_time(folder_ / "checkpoint", failed);
  if (failed) return std::nullopt;
  const auto cosignatures = std::ranges::count_if(
      note->signatures,
      [](const tlog::NoteSignature& one) { return tlog::cosignatureTime(one.value).has_value(); });
  return Published{checkpoint->head.size,
                   std::filesystem::file_time_type::clock::now() - made,
                   static_cast<std::size_t>(cosignatures)};
}

Result<Uuid> SequencedIssuanceLog::add(work::Tx& tx, BytesView leaf) {
  const auto queued = queue_.add(tx, audit::Log::Issuance, leaf);
  if (!queued) return queued.error();
  return queued->value;
}

Result<std::uint64_t> SequencedIssuanceLog::wait(const Uuid& queued) {
  sequencer_.wake();
  return sequencer_.waitForIndex(audit::LeafId{queued}, kLongestWait);
}

}  // namespace congvan::app
