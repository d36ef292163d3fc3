-- The keys that were made for certificates which came to nothing before they were forgotten together.
DELETE FROM key_access WHERE kept_key IN
  (SELECT id FROM kept_keys WHERE certificate IN (SELECT id FROM certificates WHERE state = 'abandoned'));
DELETE FROM kept_keys WHERE certificate IN (SELECT id FROM certificates WHERE state = 'abandoned');
