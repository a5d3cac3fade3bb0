-- Customer lists, wallets, removed payment methods, and portal sessions.

-- The order of GET /customers, and the columns of its filters, so that rows that do not match are not read.
CREATE INDEX customers_by_time ON customers (created_at, seq, email, name);

-- Removed payment methods with their customers, so that removing one again succeeds.
CREATE TABLE removed_payment_methods (
  payment_method_id TEXT PRIMARY KEY,
  customer_id       TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- Every movement of a wallet. The last entry has the balance, so there is no second balance to keep consistent.
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

-- The token gives access to the customer's portal until it expires.
CREATE TABLE portal_sessions (
  token       TEXT PRIMARY KEY,
  customer_id TEXT NOT NULL,
  return_url  TEXT,
  is_mailed   INTEGER NOT NULL, -- whether an e-mail was requested; the page only says so
  expires_at  INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

-- For the few refunds that are pending or have failed.
CREATE INDEX refunds_by_status ON refunds (status, created_at);
