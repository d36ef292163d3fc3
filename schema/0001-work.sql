-- What every room stands on: jobs, the outbox, answers to retries, leases.

-- free_at: when a worker may take it: the due time while waiting, the end of the lease while
-- running, null when it has ended.
CREATE TABLE jobs (
  id {id} NOT NULL,
  kind {text:60} NOT NULL,
  payload {longtext} NOT NULL,
  state {text:10} NOT NULL,
  done {int} NOT NULL,
  failed {int} NOT NULL,
  total {int} NOT NULL,
  attempts {int} NOT NULL,
  cancel_asked {bool} NOT NULL,
  last_error {text:200} NOT NULL,
  due {time} NOT NULL,
  created {time} NOT NULL,
  free_at {time},
  worker {text:100},
  PRIMARY KEY (id));
CREATE INDEX jobs_free ON jobs (free_at, id);

-- Rows stay when they are done, so that a key cannot come twice; the sweep removes old ones.
CREATE TABLE outbox (
  id {id} NOT NULL,
  topic {text:60} NOT NULL,
  item {text:200} NOT NULL,
  payload {longtext} NOT NULL,
  due {time} NOT NULL,
  attempts {int} NOT NULL,
  pending {bool} NOT NULL,
  PRIMARY KEY (id));
CREATE UNIQUE INDEX outbox_item ON outbox (topic, item);
CREATE INDEX outbox_due ON outbox (topic, pending, due, id);

CREATE TABLE idempotency (
  scope {text:300} NOT NULL,
  request_key {text:200} NOT NULL,
  fingerprint {hash} NOT NULL,
  answer {longtext} NOT NULL,
  created {time} NOT NULL,
  PRIMARY KEY (scope, request_key));
CREATE INDEX idempotency_created ON idempotency (created);

CREATE TABLE leases (
  name {text:100} NOT NULL,
  holder {text:100} NOT NULL,
  held_until {time} NOT NULL,
  PRIMARY KEY (name));
