-- What happens to a payment after its creation: attempts, refunds, and everything that waits for its time.

-- The sandbox's clock: how far it is ahead of the computer's, or where it stands still.
CREATE TABLE clock (
  offset_us INTEGER NOT NULL,
  frozen_at INTEGER
) STRICT;

INSERT INTO clock (offset_us, frozen_at) VALUES (0, NULL);

-- What is to happen at a time of the sandbox's clock. A row is deleted in the transaction that does it: a restart loses nothing.
CREATE TABLE due_jobs (
  seq        INTEGER PRIMARY KEY,
  due_at     INTEGER NOT NULL,
  kind       TEXT NOT NULL, -- 'payment.settle', 'refund.settle'
  subject_id TEXT NOT NULL
) STRICT;

CREATE INDEX due_jobs_by_time ON due_jobs (due_at);
CREATE INDEX due_jobs_by_subject ON due_jobs (subject_id);

-- A payment that waits for its customer: the method that was given and what becomes of it once the customer has confirmed (JSON:
-- PendingAction). Null at any other time.
ALTER TABLE payments ADD COLUMN pending_action TEXT;

-- Every try to pay, for the timeline.
CREATE TABLE payment_attempts (
  seq         INTEGER PRIMARY KEY,
  payment_seq INTEGER NOT NULL REFERENCES payments (seq),
  created_at  INTEGER NOT NULL,
  status      TEXT NOT NULL, -- what the payment became
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
  settlement_amount INTEGER NOT NULL, -- what it takes from the business's wallet, in the wallet's currency
  is_partial  INTEGER NOT NULL,
  reason      TEXT,
  metadata    TEXT NOT NULL, -- JSON
  lines       TEXT NOT NULL -- JSON: RefundLine[]
) STRICT;

CREATE INDEX refunds_by_time ON refunds (created_at, seq, status);
CREATE INDEX refunds_by_payment ON refunds (payment_id);
CREATE INDEX refunds_by_customer ON refunds (customer_id, created_at);

-- 'partial' or 'full', from succeeded refunds alone; null without.
ALTER TABLE payments ADD COLUMN refund_status TEXT;
