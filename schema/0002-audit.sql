-- Who did what, and the two Merkle logs.

CREATE TABLE audit_events (
  id {id} NOT NULL,
  kind {text:60} NOT NULL,
  happened {time} NOT NULL,
  person {id},
  post {id},
  agency {id},
  subject_kind {text:40} NOT NULL,
  subject {id} NOT NULL,
  trace {text:100} NOT NULL,
  details {longtext} NOT NULL,
  salt {bytes:64} NOT NULL,
  leaf {id} NOT NULL,
  PRIMARY KEY (id));
CREATE INDEX audit_events_subject ON audit_events (subject, happened, id);
CREATE INDEX audit_events_person ON audit_events (person, happened, id);
CREATE INDEX audit_events_happened ON audit_events (happened, id);

-- A leaf loses its bytes when it gets its place: from then on they stand in the log's files.
CREATE TABLE log_leaves (
  id {id} NOT NULL,
  log {text:20} NOT NULL,
  entry {blob},
  waiting {bool} NOT NULL,
  place {int},
  PRIMARY KEY (id));
CREATE INDEX log_leaves_waiting ON log_leaves (log, waiting, id);
CREATE UNIQUE INDEX log_leaves_place ON log_leaves (log, place);

CREATE TABLE log_heads (
  log {text:20} NOT NULL,
  tree_size {int} NOT NULL,
  root {hash} NOT NULL,
  checkpoint {longtext} NOT NULL,
  signed_at {time} NOT NULL,
  PRIMARY KEY (log));
