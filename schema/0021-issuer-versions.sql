-- Asked for each OCSP answer: without reading past the revocation list that stands in the row.

CREATE UNIQUE INDEX issuers_versions ON issuers (id, version);
