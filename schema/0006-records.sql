-- Outgoing and incoming documents, their numbers, deliveries and assignments.

-- steps, slots and recipients are JSON: they are read and written with their document only.
-- waiting_post: the post of the first step that is not done.
CREATE TABLE documents (
  id {id} NOT NULL,
  agency {id} NOT NULL,
  drafted_in {id} NOT NULL,
  drafter {id} NOT NULL,
  drafter_post {id} NOT NULL,
  type {text:40} NOT NULL,
  subject {text:500} NOT NULL,
  urgency {text:20} NOT NULL,
  state {text:20} NOT NULL,
  return_reason {text:2000} NOT NULL,
  number {int},
  notation {text:100} NOT NULL,
  issue_date {text:10},
  file {hash} NOT NULL,
  file_size {int} NOT NULL,
  steps {longtext} NOT NULL,
  slots {longtext} NOT NULL,
  recipients {longtext} NOT NULL,
  waiting_post {id},
  created {time} NOT NULL,
  changed {time} NOT NULL,
  version {int} NOT NULL,
  PRIMARY KEY (id));
CREATE INDEX documents_agency ON documents (agency, id);
CREATE INDEX documents_drafter ON documents (drafter, id);
CREATE INDEX documents_waiting ON documents (waiting_post, id);

CREATE TABLE document_files (
  document {id} NOT NULL,
  ordinal {int} NOT NULL,
  purpose {text:20} NOT NULL,
  file {hash} NOT NULL,
  file_size {int} NOT NULL,
  person {id},
  made {time} NOT NULL,
  PRIMARY KEY (document, ordinal));
CREATE INDEX document_files_file ON document_files (file);

-- The last number given out. The row is the only source: no number without a committed use of it.
CREATE TABLE number_books (
  agency {id} NOT NULL,
  book {text:60} NOT NULL,
  book_year {int} NOT NULL,
  last_number {int} NOT NULL,
  PRIMARY KEY (agency, book, book_year));

CREATE TABLE deliveries (
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
CREATE UNIQUE INDEX deliveries_document ON deliveries (document, recipient);

-- judged: the verdict on arrival is known.
CREATE TABLE incoming (
  id {id} NOT NULL,
  agency {id} NOT NULL,
  delivery {id} NOT NULL,
  sender {id} NOT NULL,
  sender_name {text:300} NOT NULL,
  type {text:40} NOT NULL,
  code {text:200} NOT NULL,
  issue_date {text:10} NOT NULL,
  subject {text:500} NOT NULL,
  urgency {text:20} NOT NULL,
  file {hash} NOT NULL,
  file_size {int} NOT NULL,
  state {text:20} NOT NULL,
  verification {text:40} NOT NULL,
  verification_report {hash},
  judged {bool} NOT NULL,
  arrival_number {int},
  arrival_date {text:10},
  return_reason {text:2000} NOT NULL,
  arrived {time} NOT NULL,
  changed {time} NOT NULL,
  version {int} NOT NULL,
  PRIMARY KEY (id));
CREATE UNIQUE INDEX incoming_delivery ON incoming (delivery);
CREATE INDEX incoming_agency ON incoming (agency, id);
CREATE INDEX incoming_agency_state ON incoming (agency, state, id);
CREATE INDEX incoming_judged ON incoming (judged, id);

CREATE TABLE assignments (
  id {id} NOT NULL,
  incoming {id} NOT NULL,
  person {id} NOT NULL,
  person_post {id} NOT NULL,
  lead_post {id} NOT NULL,
  opinion {longtext} NOT NULL,
  deadline {text:10},
  state {text:20} NOT NULL,
  result {longtext} NOT NULL,
  created {time} NOT NULL,
  changed {time} NOT NULL,
  version {int} NOT NULL,
  PRIMARY KEY (id));
CREATE INDEX assignments_incoming ON assignments (incoming, id);
CREATE INDEX assignments_lead ON assignments (lead_post, id);
