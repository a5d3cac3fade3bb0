-- The ledger of the business: every movement of its balance, in the order of booking.
CREATE TABLE ledger_entries (
  seq                   INTEGER PRIMARY KEY,
  entry_id              TEXT NOT NULL,
  created_at            INTEGER NOT NULL,
  event_type            TEXT NOT NULL, -- the contract's LedgerEventType
  amount                INTEGER NOT NULL, -- above 0, in minor units of the currency
  currency              TEXT NOT NULL, -- the wallet
  is_credit             INTEGER NOT NULL,
  before_balance        INTEGER NOT NULL,
  after_balance         INTEGER NOT NULL,
  usd_equivalent_amount INTEGER NOT NULL,
  description           TEXT,
  reference_object_id   TEXT, -- the payment, refund, dispute or payout
  payment_id            TEXT, -- the payment of a refund or a dispute
  subscription_id       TEXT, -- the subscription of the payment
  payout_id             TEXT -- the payout that paid it out
) STRICT;

CREATE INDEX ledger_by_time ON ledger_entries (created_at);
CREATE INDEX ledger_by_type ON ledger_entries (event_type, created_at);
CREATE INDEX ledger_by_currency ON ledger_entries (currency, created_at);
CREATE INDEX ledger_by_currency_and_type ON ledger_entries (currency, event_type, created_at);
CREATE INDEX ledger_by_reference ON ledger_entries (reference_object_id, created_at) WHERE reference_object_id IS NOT NULL;
CREATE INDEX ledger_by_payment ON ledger_entries (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX ledger_by_subscription ON ledger_entries (subscription_id, created_at) WHERE subscription_id IS NOT NULL;

-- The balance of each wallet after its last entry.
CREATE TABLE ledger_wallets (
  currency TEXT PRIMARY KEY,
  balance  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
