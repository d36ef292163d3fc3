-- The job that completes the time-stamps of a document's signatures; null: none is lacking.
ALTER TABLE documents ADD COLUMN timestamp_job {id};
CREATE INDEX documents_timestamp_job ON documents (timestamp_job);
