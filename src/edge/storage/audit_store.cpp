// SPDX-License-Identifier: Apache-2.0
#include "edge/storage/audit_store.h"

#include "edge/storage/columns.h"
#include "edge/storage/transactions.h"
#include "trust/tlog/tile.h"

namespace congvan::storage {
namespace {

constexpr int kEventsMost = 500;

std::int64_t placeColumn(std::uint64_t place) {
  return static_cast<std::int64_t>(place);
}

audit::KeptEvent eventFrom(const Row& row) {
  audit::KeptEvent kept;
  kept.event.id = row.id<audit::EventId>(0);
  kept.event.kind = known(audit::eventKind(row.text(1)));
  kept.event.time = row.time(2);
  kept.event.person = optionalUuid(row, 3);
  kept.event.post = optionalUuid(row, 4);
  kept.event.agency = optionalUuid(row, 5);
  kept.event.subject_kind = row.text(6);
  kept.event.subject = row.uuid(7);
  kept.event.trace = row.text(8);
  kept.event.details = row.text(9);
  kept.salt = row.bytes(10);
  if (!row.isNull(11)) kept.leaf_index = static_cast<std::uint64_t>(row.integer(11));
  kept.has_leaf = !row.isNull(12);
  return kept;
}

}  // namespace

Result<> SqlEventStore::add(work::Tx& tx, const audit::KeptEvent& kept, const Uuid& leaf_queue_id) {
  const auto& event = kept.event;
  const bool stored = connectionOf(tx).insertUnlessTaken(
      "INSERT INTO audit_events (id, kind, happened, person, post, agency, subject_kind, subject, "
      "trace, details, salt, leaf) VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)",
      {event.id,
       name(event.kind),
       event.time,
       event.person,
       event.post,
       event.agency,
       event.subject_kind,
       event.subject,
       event.trace,
       event.details,
       kept.salt,
       leaf_queue_id});
  if (!stored) return taken("event_taken");
  return kDone;
}

Result<std::vector<audit::KeptEvent>> SqlEventStore::list(work::Tx& tx,
                                                          const audit::EventFilter& filter) {
  auto& connection = connectionOf(tx);
  Conditions where;
  where.addAnyOf("e.subject", std::vector<Param>(filter.subjects.begin(), filter.subjects.end()));
  std::vector<Param> kinds;
  for (const auto kind : filter.kinds) kinds.emplace_back(name(kind));
  where.addAnyOf("e.kind", kinds);
  if (filter.person) where.add("e.person = ?", {*filter.person});
  if (filter.from) where.add("e.happened >= ?", {*filter.from});
  if (filter.to) where.add("e.happened < ?", {*filter.to});
  if (filter.after) {
    const auto last =
        connection.queryOne("SELECT happened FROM audit_events WHERE id = ?", {*filter.after});
    if (!last) return missing("event_missing");
    where.add("(e.happened > ? OR (e.happened = ? AND e.id > ?))",
              {last->time(0), last->time(0), *filter.after});
  }
  const auto rows = connection.query(
      "SELECT e.id, e.kind, e.happened, e.person, e.post, e.agency, e.subject_kind, e.subject, "
      "e.trace, e.details, e.salt, l.place, l.id "
      "FROM audit_events e LEFT JOIN log_leaves l ON l.id = e.leaf" +
          where.text() + " ORDER BY e.happened, e.id LIMIT ?",
      where.params({pageLimit(filter.limit, kEventsMost)}));
  return all(rows, eventFrom);
}

Result<audit::LeafId> SqlLeafQueue::add(work::Tx& tx, audit::Log log, BytesView entry) {
  if (entry.size() > tlog::kEntryBytesMost) return Error{Code::TooLarge, "leaf_too_large"};
  const auto id = ids_.make<audit::LeafTag>();
  connectionOf(tx).execute("INSERT INTO log_leaves (id, log, entry, waiting) VALUES (?, ?, ?, 1)",
                           {id, name(log), entry});
  return id;
}

Result<std::vector<audit::QueuedLeaf>> SqlLeafQueue::due(work::Tx& tx, audit::Log log, int limit) {
  const auto rows = connectionOf(tx).query(
      "SELECT id, entry FROM log_leaves WHERE log = ? AND waiting = 1 ORDER BY id LIMIT ?",
      {name(log), limit});
  return all(rows, [](const Row& row) {
    return audit::QueuedLeaf{row.id<audit::LeafId>(0), row.bytes(1)};
  });
}

Result<> SqlLeafQueue::markSequenced(work::Tx& tx,
                                     audit::Log log,
                                     const std::vector<audit::LeafId>& leaves,
                                     std::uint64_t first_index) {
  auto& connection = connectionOf(tx);
  auto place = placeColumn(first_index);
  for (const auto& leaf : leaves) {
    const auto marked = connection.execute(
        "UPDATE log_leaves SET place = ?, waiting = 0, entry = NULL "
        "WHERE id = ? AND log = ? AND waiting = 1",
        {place++, leaf, name(log)});
    if (marked == 0) return Error{Code::Conflict, "leaf_already_sequenced", {}, leaf.text()};
  }
  return kDone;
}

Result<std::optional<std::uint64_t>> SqlLeafQueue::indexOf(work::Tx& tx,
                                                           audit::Log log,
                                                           audit::LeafId leaf) {
  const auto row = connectionOf(tx).queryOne(
      "SELECT place FROM log_leaves WHERE id = ? AND log = ?", {leaf, name(log)});
  if (!row) return missing("leaf_not_queued");
  std::optional<std::uint64_t> place;
  if (!row->isNull(0)) place = static_cast<std::uint64_t>(row->integer(0));
  return place;
}

Result<std::optional<audit::LogHead>> SqlLogState::find(work::Tx& tx, audit::Log log) {
  const auto row = connectionOf(tx).queryOne(
      "SELECT tree_size, root, checkpoint, signed_at FROM log_heads WHERE log = ?", {name(log)});
  if (!row) return std::optional<audit::LogHead>();
  audit::LogHead head;
  head.tree = {static_cast<std::uint64_t>(row->integer(0)), row->hash(1)};
  head.checkpoint = row->text(2);
  head.time = row->time(3);
  return std::optional(std::move(head));
}

Result<> SqlLogState::advance(work::Tx& tx,
                              audit::Log log,
                              const std::optional<tlog::TreeHead>& previous,
                              const audit::LogHead& next) {
  auto& connection = connectionOf(tx);
  const auto moved = Error{Code::Conflict, "log_moved"};
  if (!previous) {
    const bool first = connection.insertUnlessTaken(
        "INSERT INTO log_heads (log, tree_size, root, checkpoint, signed_at) "
        "VALUES (?, ?, ?, ?, ?)",
        {name(log), placeColumn(next.tree.size), next.tree.root, next.checkpoint, next.time});
    if (!first) return moved;
    return kDone;
  }
  const auto advanced = connection.execute(
      "UPDATE log_heads SET tree_size = ?, root = ?, checkpoint = ?, signed_at = ? "
      "WHERE log = ? AND tree_size = ? AND root = ?",
      {placeColumn(next.tree.size),
       next.tree.root,
       next.checkpoint,
       next.time,
       name(log),
       placeColumn(previous->size),
       previous->root});
  if (advanced == 0) return moved;
  return kDone;
}

}  // namespace congvan::storage
