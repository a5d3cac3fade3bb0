-- Credit entitlements, the products that grant them, and what customers hold of them. Amounts of credits are decimals as text,
-- without trailing zeros: they can have twenty digits, which no integer of SQLite holds.

CREATE TABLE credit_entitlements (
  seq                   INTEGER PRIMARY KEY,
  credit_entitlement_id TEXT NOT NULL UNIQUE,
  name                  TEXT NOT NULL,
  unit                  TEXT NOT NULL,
  precision             INTEGER NOT NULL, -- digits after the decimal point of every amount
  description           TEXT,
  terms                 TEXT NOT NULL, -- JSON: CreditTerms (resources/credit-entitlements/terms.ts)
  created_at            INTEGER NOT NULL,
  updated_at            INTEGER NOT NULL,
  deleted_at            INTEGER
) STRICT;

CREATE INDEX credit_entitlements_by_time ON credit_entitlements (created_at);
CREATE INDEX credit_entitlements_by_name ON credit_entitlements (name) WHERE deleted_at IS NULL;

CREATE TABLE product_credits (
  product_id            TEXT NOT NULL,
  position              INTEGER NOT NULL,
  mapping_id            TEXT NOT NULL, -- a UUID
  credit_entitlement_id TEXT NOT NULL REFERENCES credit_entitlements (credit_entitlement_id),
  settings              TEXT NOT NULL, -- JSON: the amount, and the terms that differ from those of the credit entitlement
  PRIMARY KEY (product_id, position)
) STRICT, WITHOUT ROWID;

-- One row for each customer and credit entitlement, from the first transaction on.
CREATE TABLE credit_balances (
  seq                   INTEGER PRIMARY KEY,
  balance_id            TEXT NOT NULL UNIQUE,
  credit_entitlement_id TEXT NOT NULL REFERENCES credit_entitlements (credit_entitlement_id),
  customer_id           TEXT NOT NULL REFERENCES customers (customer_id),
  balance               TEXT NOT NULL, -- always the sum of the grants
  overage               TEXT NOT NULL, -- used beyond the balance
  created_at            INTEGER NOT NULL,
  updated_at            INTEGER NOT NULL,
  last_transaction_at   INTEGER,
  UNIQUE (customer_id, credit_entitlement_id)
) STRICT;

CREATE INDEX credit_balances_by_entitlement ON credit_balances (credit_entitlement_id, created_at);

CREATE TABLE credit_grants (
  seq                   INTEGER PRIMARY KEY,
  grant_id              TEXT NOT NULL UNIQUE,
  credit_entitlement_id TEXT NOT NULL REFERENCES credit_entitlements (credit_entitlement_id),
  customer_id           TEXT NOT NULL REFERENCES customers (customer_id),
  subscription_id       TEXT, -- of a grant that a subscription made, also after a rollover
  source_type           TEXT NOT NULL,
  source_id             TEXT,
  initial_amount        TEXT NOT NULL,
  remaining_amount      TEXT NOT NULL,
  expires_at            INTEGER,
  is_expired            INTEGER NOT NULL,
  ends_with_trial       INTEGER NOT NULL,
  prorates              INTEGER NOT NULL, -- whether a plan change ends it
  rollover              TEXT, -- JSON: RolloverTerms; null for a grant that does not roll over
  rollover_count        INTEGER NOT NULL,
  is_rolled_over        INTEGER NOT NULL,
  parent_grant_id       TEXT,
  metadata              TEXT, -- JSON
  created_at            INTEGER NOT NULL,
  updated_at            INTEGER NOT NULL
) STRICT;

CREATE INDEX credit_grants_by_customer ON credit_grants (customer_id, credit_entitlement_id, created_at);
CREATE INDEX credit_grants_left ON credit_grants (customer_id, credit_entitlement_id) WHERE remaining_amount <> '0';
CREATE INDEX credit_grants_by_subscription ON credit_grants (subscription_id) WHERE subscription_id IS NOT NULL;

CREATE TABLE credit_entries (
  seq                   INTEGER PRIMARY KEY,
  entry_id              TEXT NOT NULL UNIQUE,
  credit_entitlement_id TEXT NOT NULL REFERENCES credit_entitlements (credit_entitlement_id),
  customer_id           TEXT NOT NULL REFERENCES customers (customer_id),
  brand_id              TEXT NOT NULL,
  transaction_type      TEXT NOT NULL,
  amount                TEXT NOT NULL,
  is_credit             INTEGER NOT NULL,
  balance_before        TEXT NOT NULL,
  balance_after         TEXT NOT NULL,
  overage_before        TEXT NOT NULL,
  overage_after         TEXT NOT NULL,
  grant_id              TEXT,
  reference_type        TEXT,
  reference_id          TEXT,
  description           TEXT,
  metadata              TEXT NOT NULL, -- JSON
  idempotency_key       TEXT,
  created_at            INTEGER NOT NULL
) STRICT;

CREATE INDEX credit_entries_by_customer ON credit_entries (customer_id, credit_entitlement_id, created_at);
CREATE UNIQUE INDEX credit_entries_by_key ON credit_entries (customer_id, credit_entitlement_id, idempotency_key)
  WHERE idempotency_key IS NOT NULL;

-- The data of each credit.balance_low event.
CREATE TABLE credit_lows (
  low_id  TEXT PRIMARY KEY,
  payload TEXT NOT NULL -- JSON: CreditBalanceLowPayload
) STRICT, WITHOUT ROWID;

-- How much of a period's usage each meter of a subscription has turned into credits, booked or not.
CREATE TABLE credit_usage (
  subscription_id TEXT NOT NULL,
  meter_id        TEXT NOT NULL,
  period_start    INTEGER NOT NULL,
  credits         TEXT NOT NULL,
  PRIMARY KEY (subscription_id, meter_id)
) STRICT, WITHOUT ROWID;
