-- The entries that a payout pays out, as ranges: those of a wallet from one entry to another, without the entries of payouts. A
-- mark on each entry would make a payout as slow as the ledger is long.
CREATE TABLE payout_claims (
  payout_id TEXT NOT NULL,
  currency  TEXT NOT NULL,
  from_seq  INTEGER NOT NULL,
  to_seq    INTEGER NOT NULL,
  PRIMARY KEY (currency, from_seq)
) STRICT, WITHOUT ROWID;

CREATE INDEX payout_claims_by_payout ON payout_claims (payout_id);

DROP INDEX ledger_unclaimed;
DROP INDEX ledger_by_payout;
ALTER TABLE ledger_entries DROP COLUMN payout_id;

-- The entries of a wallet that payouts can pay out, in the order of booking.
CREATE INDEX ledger_by_wallet ON ledger_entries (currency)
  WHERE event_type NOT IN ('payout', 'payout_fees', 'payout_reversal', 'payout_fees_reversal');

-- Sums of the ledger for each full block of consecutive entries, by wallet and type.
CREATE TABLE ledger_blocks (
  block      INTEGER NOT NULL, -- from 0
  currency   TEXT NOT NULL,
  event_type TEXT NOT NULL,
  sum        INTEGER NOT NULL, -- credits minus debits
  first_seq  INTEGER NOT NULL,
  PRIMARY KEY (block, currency, event_type)
) STRICT, WITHOUT ROWID;

-- The highest balance that the entries of a block reach, from 0, without the entries of payouts.
CREATE TABLE ledger_peaks (
  block    INTEGER NOT NULL,
  currency TEXT NOT NULL,
  sum      INTEGER NOT NULL,
  peak     INTEGER NOT NULL,
  PRIMARY KEY (block, currency)
) STRICT, WITHOUT ROWID;
