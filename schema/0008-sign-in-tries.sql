-- Wrong passwords in a row. who: a keyed hash of a login, or of a login and where it was tried from;
-- there are rows for logins that nobody has, so that a delay does not tell which exist.
CREATE TABLE sign_in_tries (
  who {hash} NOT NULL,
  failures {int} NOT NULL,
  blocked_until {time},
  trusted {bool} NOT NULL,
  forget_at {time} NOT NULL,
  version {int} NOT NULL,
  PRIMARY KEY (who));
CREATE INDEX sign_in_tries_forget ON sign_in_tries (forget_at);
