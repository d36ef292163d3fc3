-- Fingerprints were plain digests of requests, and some requests hold a PIN or a password that can
-- be guessed from its digest. They are keyed now; a retry across the upgrade is a first try.
DELETE FROM idempotency;
