-- Customers in their lists, their wallets, what they removed, and the sessions of their portal.

-- Holds the order of GET /customers, and what its filters look into: what does not match is passed over without reading its row.
CREATE INDEX customers_by_time ON customers (created_at, seq, email, name);

-- Of a saved method that was removed, nothing is kept but whose it was: removing it once more succeeds.
CREATE TABLE removed_payment_methods (
  payment_method_id TEXT PRIMARY KEY,
  customer_id       TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every movement of a wallet. A wallet holds what its last entry left in it, so there is no balance beside this to keep in step.
CREATE TABLE wallet_entries (
  seq                 INTEGER PRIMARY KEY,
  entry_id            TEXT NOT NULL,
  customer_id         TEXT NOT NULL,
  currency            TEXT NOT NULL,
  amount              INTEGER NOT NULL,
  is_credit           INTEGER NOT NULL,
  event_type          TEXT NOT NULL,
  before_balance      INTEGER NOT NULL,
  after_balance       INTEGER NOT NULL,
  reason              TEXT,
  reference_object_id TEXT, -- the payment, refund or dispute behind it
  idempotency_key     TEXT,
  created_at          INTEGER NOT NULL
) STRICT;

CREATE INDEX wallet_entries_by_customer ON wallet_entries (customer_id);
CREATE INDEX wallet_entries_by_wallet ON wallet_entries (customer_id, currency);
CREATE UNIQUE INDEX wallet_entries_by_key ON wallet_entries (customer_id, idempotency_key) WHERE idempotency_key IS NOT NULL;

-- Who has the token may see the customer's portal until it expires.
CREATE TABLE portal_sessions (
  token       TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL,
  return_url  TEXT,
  is_mailed   INTEGER NOT NULL, -- whether the link was to be mailed as well: it is only told
  expires_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- For the few refunds among many that wait or have failed.
CREATE INDEX refunds_by_status ON refunds (status, created_at);
