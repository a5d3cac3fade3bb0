-- Jobs by kind and subject, in an order of their own at one instant, and with the error of one that failed. SQLite can't add a
-- constraint to a table, so it is made anew.
CREATE TABLE new_due_jobs (
  seq        INTEGER PRIMARY KEY,
  due_at     INTEGER NOT NULL,
  rank       INTEGER NOT NULL, -- of jobs that are due at the same instant, the lowest is first
  kind       TEXT NOT NULL, -- 'payment.settle', 'refund.settle'
  subject_id TEXT NOT NULL,
  failed_at  INTEGER, -- when it was set aside; null while it waits
  error      TEXT, -- why
  UNIQUE (subject_id, kind)
) STRICT;

INSERT INTO new_due_jobs (seq, due_at, rank, kind, subject_id)
  SELECT max(seq), due_at, 1, kind, subject_id FROM due_jobs GROUP BY subject_id, kind;

DROP TABLE due_jobs;
ALTER TABLE new_due_jobs RENAME TO due_jobs;

CREATE INDEX due_jobs_waiting ON due_jobs (due_at, rank, seq) WHERE failed_at IS NULL;
CREATE INDEX due_jobs_failed ON due_jobs (due_at, rank, seq) WHERE failed_at IS NOT NULL;
