-- Payouts of the balance to the bank account of the merchant.
CREATE TABLE payouts (
  seq         INTEGER PRIMARY KEY,
  payout_id   TEXT NOT NULL UNIQUE,
  created_at  INTEGER NOT NULL,
  updated_at  INTEGER NOT NULL,
  status      TEXT NOT NULL, -- the contract's PayoutStatus
  currency    TEXT NOT NULL,
  amount      INTEGER NOT NULL, -- without the fee
  fee         INTEGER NOT NULL,
  debits      TEXT NOT NULL, -- JSON: Debit[], what each wallet gives
  name        TEXT,
  remarks     TEXT,
  refunds     INTEGER NOT NULL,
  chargebacks INTEGER NOT NULL,
  tax         INTEGER NOT NULL
) STRICT;

CREATE INDEX payouts_by_time ON payouts (created_at, seq);

-- Entries that no payout has paid out yet, and those of a payout.
CREATE INDEX ledger_unclaimed ON ledger_entries (currency, seq)
  WHERE payout_id IS NULL AND event_type NOT IN ('payout', 'payout_fees', 'payout_reversal', 'payout_fees_reversal');
CREATE INDEX ledger_by_payout ON ledger_entries (payout_id, seq) WHERE payout_id IS NOT NULL;
