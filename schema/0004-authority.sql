-- The certificate office.

CREATE TABLE certificates (
  id {id} NOT NULL,
  kind {text:40} NOT NULL,
  state {text:20} NOT NULL,
  person {id},
  agency {id},
  profile {text:60} NOT NULL,
  issuer {id},
  serial {text:64} NOT NULL,
  subject {text:1000} NOT NULL,
  not_before {time} NOT NULL,
  not_after {time} NOT NULL,
  tbs_sha256 {bytes:32} NOT NULL,
  approvals_salt {bytes:64} NOT NULL,
  der {blob} NOT NULL,
  intent_leaf {id},
  issued_leaf {id},
  revoked_at {time},
  revoked_reason {int},
  invalid_since {time},
  created {time} NOT NULL,
  version {int} NOT NULL,
  PRIMARY KEY (id));
-- A root has no issuer, so its serial is compared with nothing.
CREATE UNIQUE INDEX certificates_serial ON certificates (issuer, serial);
CREATE INDEX certificates_person ON certificates (person, id);
CREATE INDEX certificates_agency ON certificates (agency, id);
CREATE INDEX certificates_state ON certificates (state, issuer, id);

CREATE TABLE certificate_orders (
  id {id} NOT NULL,
  kind {text:40} NOT NULL,
  person {id},
  agency {id},
  activator {id} NOT NULL,
  ordered_by {id} NOT NULL,
  state {text:20} NOT NULL,
  certificate {id},
  created {time} NOT NULL,
  version {int} NOT NULL,
  PRIMARY KEY (id));
CREATE INDEX certificate_orders_open ON certificate_orders (activator, state, id);

CREATE TABLE issuers (
  id {id} NOT NULL,
  name {text:40} NOT NULL,
  certificate {id} NOT NULL,
  wrapped_key {blob} NOT NULL,
  crl_number {int} NOT NULL,
  crl {blob} NOT NULL,
  crl_next_update {time} NOT NULL,
  version {int} NOT NULL,
  PRIMARY KEY (id));
CREATE UNIQUE INDEX issuers_name ON issuers (name);
