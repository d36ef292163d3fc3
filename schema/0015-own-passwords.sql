-- password_due: the password is one that somebody else chose, and is to be changed before anything else. Accounts from before
-- this step keep theirs: nobody told their holders.
ALTER TABLE accounts ADD COLUMN password_due {bool};
UPDATE accounts SET password_due = 0;
-- The same for a session that was opened with such a password.
ALTER TABLE sessions ADD COLUMN password_due {bool};
UPDATE sessions SET password_due = 0;
CREATE INDEX sessions_person ON sessions (person);
