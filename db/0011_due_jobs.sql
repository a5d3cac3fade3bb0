-- Jobs by kind and subject, ordered at the same instant, with the error of a failed one. SQLite cannot add a constraint to a table, so
-- the table is created again.
CREATE TABLE new_due_jobs (
  seq        INTEGER PRIMARY KEY,
  due_at     INTEGER NOT NULL,
  rank       INTEGER NOT NULL, -- jobs that are due at the same instant run by rank, the lowest first
  kind       TEXT NOT NULL, -- 'payment.settle', 'refund.settle'
  subject_id TEXT NOT NULL,
  failed_at  INTEGER, -- when it was set aside; null while it is waiting
  error      TEXT, -- why it failed
  UNIQUE (subject_id, kind)
) STRICT;

INSERT INTO new_due_jobs (seq, due_at, rank, kind, subject_id)
  SELECT max(seq), due_at, 1, kind, subject_id FROM due_jobs GROUP BY subject_id, kind;

DROP TABLE due_jobs;
ALTER TABLE new_due_jobs RENAME TO due_jobs;

CREATE INDEX due_jobs_waiting ON due_jobs (due_at, rank, seq) WHERE failed_at IS NULL;
CREATE INDEX due_jobs_failed ON due_jobs (due_at, rank, seq) WHERE failed_at IS NOT NULL;
