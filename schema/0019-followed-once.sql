-- A certificate is followed by one other, and an agency gets its seals one after another.
CREATE INDEX certificate_requests_followed ON certificate_requests (certificate_followed);
CREATE TABLE seal_numbers (
  agency {id} NOT NULL,
  number {int} NOT NULL,
  certificate {id} NOT NULL,
  PRIMARY KEY (agency, number));
CREATE INDEX certified_keys_certificate ON certified_keys (certificate);
