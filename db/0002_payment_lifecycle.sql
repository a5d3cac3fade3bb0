-- The lifecycle of a payment after its creation: attempts, refunds and due jobs.

-- The sandbox's clock: its offset from the computer's clock, or the time at which it is frozen.
CREATE TABLE clock (
  offset_us INTEGER NOT NULL,
  frozen_at INTEGER
) STRICT;

INSERT INTO clock (offset_us, frozen_at) VALUES (0, NULL);

-- Jobs at a time of the sandbox's clock. The transaction that runs a job deletes its row, so a restart loses nothing.
CREATE TABLE due_jobs (
  seq        INTEGER PRIMARY KEY,
  due_at     INTEGER NOT NULL,
  kind       TEXT NOT NULL, -- 'payment.settle', 'refund.settle'
  subject_id TEXT NOT NULL
) STRICT;

CREATE INDEX due_jobs_by_time ON due_jobs (due_at);
CREATE INDEX due_jobs_by_subject ON due_jobs (subject_id);

-- A payment that waits for its customer's confirmation: the payment method, and the outcome after the confirmation (JSON:
-- PendingAction). Null otherwise.
ALTER TABLE payments ADD COLUMN pending_action TEXT;

-- Every attempt to pay, for the timeline.
CREATE TABLE payment_attempts (
  seq         INTEGER PRIMARY KEY,
  payment_seq INTEGER NOT NULL REFERENCES payments (seq),
  created_at  INTEGER NOT NULL,
  status      TEXT NOT NULL, -- the resulting status of the payment
  method_type TEXT,
  error_code  TEXT
) STRICT;

CREATE INDEX payment_attempts_by_payment ON payment_attempts (payment_seq);

CREATE TABLE refunds (
  seq         INTEGER PRIMARY KEY,
  refund_id   TEXT NOT NULL UNIQUE,
  payment_id  TEXT NOT NULL,
  customer_id TEXT NOT NULL,
  created_at  INTEGER NOT NULL,
  status      TEXT NOT NULL, -- pending, review, succeeded, failed
  amount      INTEGER NOT NULL,
  currency    TEXT NOT NULL,
  settlement_amount INTEGER NOT NULL, -- deducted from the business's wallet, in the wallet's currency
  is_partial  INTEGER NOT NULL,
  reason      TEXT,
  metadata    TEXT NOT NULL, -- JSON
  lines       TEXT NOT NULL -- JSON: RefundLine[]
) STRICT;

CREATE INDEX refunds_by_time ON refunds (created_at, seq, status);
CREATE INDEX refunds_by_payment ON refunds (payment_id);
CREATE INDEX refunds_by_customer ON refunds (customer_id, created_at);

-- 'partial' or 'full', by the succeeded refunds; null without any.
ALTER TABLE payments ADD COLUMN refund_status TEXT;
