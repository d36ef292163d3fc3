-- A copy that came back may be sent again. attempt: 1 for the first sending to a recipient. Indexes cannot be dropped here, so
-- the table is made anew.
CREATE TABLE deliveries_sent_once (
  id {id} NOT NULL,
  document {id} NOT NULL,
  sender {id} NOT NULL,
  recipient {id} NOT NULL,
  file {hash} NOT NULL,
  state {text:20} NOT NULL,
  note {text:2000} NOT NULL,
  receipt {id},
  sent {time} NOT NULL,
  changed {time} NOT NULL,
  version {int} NOT NULL,
  PRIMARY KEY (id));
INSERT INTO deliveries_sent_once (id, document, sender, recipient, file, state, note, receipt, sent, changed, version)
  SELECT id, document, sender, recipient, file, state, note, receipt, sent, changed, version FROM deliveries;
DROP TABLE deliveries;
CREATE TABLE deliveries (
  id {id} NOT NULL,
  document {id} NOT NULL,
  sender {id} NOT NULL,
  recipient {id} NOT NULL,
  attempt {int} NOT NULL,
  file {hash} NOT NULL,
  state {text:20} NOT NULL,
  note {text:2000} NOT NULL,
  receipt {id},
  sent {time} NOT NULL,
  changed {time} NOT NULL,
  version {int} NOT NULL,
  PRIMARY KEY (id));
INSERT INTO deliveries (id, document, sender, recipient, attempt, file, state, note, receipt, sent, changed, version)
  SELECT id, document, sender, recipient, 1, file, state, note, receipt, sent, changed, version FROM deliveries_sent_once;
CREATE UNIQUE INDEX deliveries_document ON deliveries (document, recipient, attempt);
DROP TABLE deliveries_sent_once;
