-- Lists of requests that one letter asks for, and what became of each line.
-- who: the person as the line named them; person: whom that is.
CREATE TABLE request_lists (
  id {id} NOT NULL,
  kind {text:40} NOT NULL,
  agency {id} NOT NULL,
  document_number {text:100} NOT NULL,
  document_date {text:10} NOT NULL,
  entered_by {id} NOT NULL,
  post {id} NOT NULL,
  created {time} NOT NULL,
  PRIMARY KEY (id));
CREATE TABLE request_list_rows (
  list {id} NOT NULL,
  line {int} NOT NULL,
  who {text:300} NOT NULL,
  person {id},
  device_name {text:200} NOT NULL,
  csr {blob} NOT NULL,
  state {text:20} NOT NULL,
  request {id},
  reason {text:100} NOT NULL,
  params {text:1000} NOT NULL,
  PRIMARY KEY (list, line));
CREATE INDEX request_list_rows_state ON request_list_rows (list, state, line);
CREATE INDEX people_email ON people (email, id);
