-- Which issuing authority issues: the one that took over last.
ALTER TABLE issuers ADD COLUMN issues_since {time};
