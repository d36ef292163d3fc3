-- Requests for certificates: who asks, who confirms, accepts and approves, and what became of it.
-- certificate_followed: the one to be renewed, replaced or revoked. certificate: the one that was made, or revoked.
CREATE TABLE certificate_requests (
  id {id} NOT NULL,
  type {text:30} NOT NULL,
  kind {text:40} NOT NULL,
  state {text:20} NOT NULL,
  person {id},
  agency {id} NOT NULL,
  device_name {text:64} NOT NULL,
  key_source {text:10} NOT NULL,
  activator {id},
  csr {blob} NOT NULL,
  document_number {text:100} NOT NULL,
  document_date {text:10},
  certificate_followed {id},
  revocation_reason {int} NOT NULL,
  invalid_since {time},
  reason {text:2000} NOT NULL,
  entered_by {id} NOT NULL,
  entered {time} NOT NULL,
  confirmed_by {id},
  confirmed {time},
  accepted_by {id},
  accepted {time},
  approved_by {id},
  approved {time},
  handed_over_by {id},
  handed_over {time},
  due {text:10},
  renewals {int} NOT NULL,
  approved_hash {bytes:32} NOT NULL,
  rule {text:10} NOT NULL,
  valid_days {int} NOT NULL,
  certificate_order {id},
  certificate {id},
  record_number {text:100} NOT NULL,
  device_kind {text:100} NOT NULL,
  device_serial {text:100} NOT NULL,
  created {time} NOT NULL,
  version {int} NOT NULL,
  PRIMARY KEY (id));
CREATE INDEX certificate_requests_agency ON certificate_requests (agency, id);
CREATE INDEX certificate_requests_agency_state ON certificate_requests (agency, state, id);
CREATE INDEX certificate_requests_state ON certificate_requests (state, id);
CREATE INDEX certificate_requests_person ON certificate_requests (person, id);
CREATE INDEX certificate_requests_entered ON certificate_requests (entered_by, id);
CREATE INDEX certificate_requests_certificate ON certificate_requests (certificate);
-- An order is made by the approval of its request; one officer's word alone is good no more.
ALTER TABLE certificate_orders ADD COLUMN request {id};
UPDATE certificate_orders SET state = 'cancelled' WHERE state = 'open';
-- Every key that was certified, so that none is certified twice.
CREATE TABLE certified_keys (
  spki_sha256 {hash} NOT NULL,
  certificate {id} NOT NULL,
  PRIMARY KEY (spki_sha256));
-- Identity number and birth date, sealed under a key of the server: apart from everything else.
CREATE TABLE personal_numbers (
  person {id} NOT NULL,
  sealed {bytes:1000} NOT NULL,
  PRIMARY KEY (person));
