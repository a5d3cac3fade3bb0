-- A dispute: the customer's bank claims the money of a payment back. Its currency, customer and brand are those of the payment.
CREATE TABLE disputes (
  seq                INTEGER PRIMARY KEY,
  dispute_id         TEXT NOT NULL UNIQUE,
  payment_id         TEXT NOT NULL,
  created_at         INTEGER NOT NULL,
  amount             INTEGER NOT NULL, -- minor units of the payment's currency
  dispute_status     TEXT NOT NULL, -- dispute_opened, dispute_expired, dispute_accepted, dispute_cancelled, dispute_challenged, dispute_won, dispute_lost
  dispute_stage      TEXT NOT NULL, -- pre_dispute, dispute, pre_arbitration
  is_resolved_by_rdr INTEGER NOT NULL,
  reason             TEXT,
  remarks            TEXT
) STRICT;

CREATE INDEX disputes_by_time ON disputes (created_at, seq);
CREATE INDEX disputes_by_payment ON disputes (payment_id);
CREATE INDEX disputes_by_status ON disputes (dispute_status, created_at);
