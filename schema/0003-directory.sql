-- Agencies, people, posts, sign-in.

-- current_code: the identifier while it is in force, so that a successor may take it over.
CREATE TABLE agencies (
  id {id} NOT NULL,
  parent {id},
  code {text:35} NOT NULL,
  current_code {text:35},
  name {text:300} NOT NULL,
  letters {text:40} NOT NULL,
  kind {text:40} NOT NULL,
  valid_from {text:10} NOT NULL,
  valid_to {text:10},
  successor {id},
  version {int} NOT NULL,
  PRIMARY KEY (id));
CREATE UNIQUE INDEX agencies_code ON agencies (current_code);

CREATE TABLE people (
  id {id} NOT NULL,
  name {text:200} NOT NULL,
  email {text:254} NOT NULL,
  version {int} NOT NULL,
  PRIMARY KEY (id));

CREATE TABLE posts (
  id {id} NOT NULL,
  agency {id} NOT NULL,
  title {text:200} NOT NULL,
  capacity {text:20} NOT NULL,
  signs_for {text:300} NOT NULL,
  holder {id},
  valid_from {text:10} NOT NULL,
  valid_to {text:10},
  version {int} NOT NULL,
  PRIMARY KEY (id));
CREATE INDEX posts_agency ON posts (agency, id);
CREATE INDEX posts_holder ON posts (holder, id);

CREATE TABLE post_grants (
  post {id} NOT NULL,
  ordinal {int} NOT NULL,
  role {text:40} NOT NULL,
  over_agency {id} NOT NULL,
  PRIMARY KEY (post, ordinal));

CREATE TABLE accounts (
  person {id} NOT NULL,
  login {text:100} NOT NULL,
  password_hash {text:300} NOT NULL,
  failures {int} NOT NULL,
  locked_until {time},
  disabled {bool} NOT NULL,
  version {int} NOT NULL,
  PRIMARY KEY (person));
CREATE UNIQUE INDEX accounts_login ON accounts (login);

CREATE TABLE sessions (
  token_hash {hash} NOT NULL,
  person {id} NOT NULL,
  post {id} NOT NULL,
  csrf_hash {bytes:64} NOT NULL,
  created {time} NOT NULL,
  last_used {time} NOT NULL,
  PRIMARY KEY (token_hash));
CREATE INDEX sessions_created ON sessions (created);
CREATE INDEX sessions_last_used ON sessions (last_used);
