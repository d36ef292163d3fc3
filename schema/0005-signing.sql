-- Private keys in custody, wrapped, and each person's way to them.

CREATE TABLE kept_keys (
  id {id} NOT NULL,
  certificate {id} NOT NULL,
  person {id},
  agency {id},
  wrapped {blob} NOT NULL,
  version {int} NOT NULL,
  PRIMARY KEY (id));
CREATE UNIQUE INDEX kept_keys_certificate ON kept_keys (certificate);

CREATE TABLE key_access (
  kept_key {id} NOT NULL,
  person {id} NOT NULL,
  wrapped {blob} NOT NULL,
  failures {int} NOT NULL,
  blocked_until {time},
  locked {bool} NOT NULL,
  version {int} NOT NULL,
  PRIMARY KEY (kept_key, person));
