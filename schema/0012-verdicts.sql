-- Every verdict on an arrival: on arrival, after its file was renewed, and when its clerk asked anew (person).
CREATE TABLE incoming_verdicts (
  incoming {id} NOT NULL,
  ordinal {int} NOT NULL,
  file {hash} NOT NULL,
  verification {text:40} NOT NULL,
  report {hash} NOT NULL,
  person {id},
  judged {time} NOT NULL,
  PRIMARY KEY (incoming, ordinal));
INSERT INTO incoming_verdicts (incoming, ordinal, file, verification, report, person, judged)
  SELECT i.id, 1, i.file, i.verification, i.verification_report, NULL,
    COALESCE((SELECT MAX(e.happened) FROM audit_events e WHERE e.subject = i.id AND e.kind = 'delivery.verified'), i.changed)
  FROM incoming i WHERE i.judged = 1 AND i.verification_report IS NOT NULL;
