-- An issuer's revocations stand on several lists, each for so many certificates; which one is fixed at the issue. 0 is the list
-- that there was. Its address is found out by the program.
CREATE TABLE crl_shards (
  issuer {id} NOT NULL,
  shard {int} NOT NULL,
  address {text:1000} NOT NULL,
  number {int} NOT NULL,
  crl {blob} NOT NULL,
  next_update {time} NOT NULL,
  version {int} NOT NULL,
  PRIMARY KEY (issuer, shard));
INSERT INTO crl_shards (issuer, shard, address, number, crl, next_update, version)
  SELECT id, 0, '', crl_number, crl, 0, 1 FROM issuers WHERE crl_number > 0;
ALTER TABLE certificates ADD COLUMN crl_shard {int};
UPDATE certificates SET crl_shard = 0;
CREATE INDEX certificates_crl_shard ON certificates (issuer, crl_shard);
