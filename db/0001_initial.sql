-- The first shape of a sandbox: what it sells, to whom, and what was paid. Times are microseconds since 1970 in UTC; money is in
-- minor units of the currency beside it; columns whose comment says JSON hold the API's own shape. A sandbox is one database:
-- no table carries a tenant.

CREATE TABLE business (
  business_id TEXT PRIMARY KEY,
  name        TEXT NOT NULL,
  currency    TEXT NOT NULL, -- of its wallet: what payments settle in
  link_salt   INTEGER NOT NULL -- shifts the ids of payment links, so that those of an earlier database do not open this one's
) STRICT;

CREATE TABLE products (
  seq          INTEGER PRIMARY KEY,
  product_id   TEXT NOT NULL UNIQUE,
  brand_id     TEXT NOT NULL,
  name         TEXT,
  description  TEXT,
  price        TEXT NOT NULL, -- JSON: Price
  tax_category TEXT NOT NULL,
  is_recurring INTEGER NOT NULL,
  archived     INTEGER NOT NULL,
  metadata     TEXT NOT NULL, -- JSON
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL
) STRICT;

CREATE TABLE customers (
  seq          INTEGER PRIMARY KEY,
  customer_id  TEXT NOT NULL UNIQUE,
  email        TEXT NOT NULL,
  name         TEXT NOT NULL,
  phone_number TEXT,
  metadata     TEXT NOT NULL, -- JSON
  created_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX customers_by_email ON customers (email, created_at);

CREATE TABLE payment_methods (
  seq               INTEGER PRIMARY KEY,
  payment_method_id TEXT NOT NULL UNIQUE,
  customer_id       TEXT NOT NULL REFERENCES customers (customer_id),
  method            TEXT NOT NULL -- JSON: CustomerPaymentMethodItem
) STRICT;

CREATE INDEX payment_methods_by_customer ON payment_methods (customer_id);

CREATE TABLE discounts (
  seq                      INTEGER PRIMARY KEY,
  discount_id              TEXT NOT NULL UNIQUE,
  code                     TEXT NOT NULL UNIQUE, -- upper case
  name                     TEXT,
  type                     TEXT NOT NULL,
  amount                   INTEGER NOT NULL, -- basis points for a percentage
  currency_options         TEXT NOT NULL, -- JSON
  restricted_to            TEXT NOT NULL, -- JSON: product ids
  customer_eligibility     TEXT NOT NULL,
  starts_at                INTEGER,
  expires_at               INTEGER,
  usage_limit              INTEGER,
  per_customer_usage_limit INTEGER,
  times_used               INTEGER NOT NULL,
  subscription_cycles      INTEGER,
  preserve_on_plan_change  INTEGER NOT NULL,
  metadata                 TEXT NOT NULL, -- JSON
  created_at               INTEGER NOT NULL
) STRICT;

-- Who may use a discount whose customer_eligibility is specific.
CREATE TABLE discount_customers (
  discount_id TEXT NOT NULL REFERENCES discounts (discount_id),
  customer_id TEXT NOT NULL,
  PRIMARY KEY (discount_id, customer_id)
) STRICT, WITHOUT ROWID;

-- One row for each succeeded payment that used a discount: what per_customer_usage_limit counts.
CREATE TABLE discount_uses (
  discount_id TEXT NOT NULL REFERENCES discounts (discount_id),
  customer_id TEXT NOT NULL,
  payment_id  TEXT NOT NULL,
  PRIMARY KEY (discount_id, customer_id, payment_id)
) STRICT, WITHOUT ROWID;

-- One row for each payment. Every column and index costs every creation, so the row holds nothing that can be derived, and there is
-- an index only where a filter of GET /payments selects few rows. Lists are newest first, which is the order of the ids.
CREATE TABLE payments (
  seq                 INTEGER PRIMARY KEY,
  payment_id          TEXT NOT NULL, -- begins with the time
  created_at          INTEGER NOT NULL,
  updated_at          INTEGER,
  status              TEXT NOT NULL,
  customer_id         TEXT NOT NULL,
  brand_id            TEXT NOT NULL,
  subscription_id     TEXT,
  checkout_session_id TEXT,
  currency            TEXT NOT NULL,
  total_amount        INTEGER NOT NULL,
  tax                 INTEGER NOT NULL,
  settlement_currency TEXT NOT NULL,
  settlement_amount   INTEGER NOT NULL,
  settlement_tax      INTEGER NOT NULL,
  secret              TEXT NOT NULL, -- the end of the client secret
  invoice_id          TEXT NOT NULL,
  link                TEXT, -- 'long' or 'short'; null where no link was asked for
  expires_at          INTEGER, -- of the link
  billing             TEXT NOT NULL, -- JSON: BillingAddress without nulls
  metadata            TEXT NOT NULL, -- JSON
  lines               TEXT NOT NULL, -- JSON: the cart's lines, each an array (resources/payments/lines.ts)
  product_ids         TEXT NOT NULL, -- JSON: each product once, for the filter
  discounts           TEXT, -- JSON: AppliedDiscount[], in order of application; null without
  checkout            TEXT NOT NULL, -- JSON: what the hosted page must honour (CheckoutOptions), without what is off
  payment_method_id   TEXT,
  payment_method      TEXT,
  payment_method_type TEXT,
  card                TEXT, -- JSON: last four digits, network, type, country, holder: never more of a card
  error_code          TEXT,
  error_message       TEXT,
  retry_attempt       INTEGER NOT NULL
) STRICT;

-- Finds a payment by its id and holds the order of the lists; with it the filters that an index of their own would serve badly
-- (few currencies and brands) or dearly (several products for each payment): they are decided here, without reading rows. Not
-- UNIQUE, which would take a second index: ids are unique by construction.
CREATE INDEX payments_by_id ON payments (payment_id, currency, status, brand_id, product_ids);
CREATE INDEX payments_by_customer ON payments (customer_id, payment_id);

-- Filters for what a payment does not have when it is created: these cost a creation nothing.
CREATE INDEX payments_by_status ON payments (status, payment_id) WHERE status <> 'requires_payment_method';
CREATE INDEX payments_by_subscription ON payments (subscription_id, payment_id) WHERE subscription_id IS NOT NULL;
CREATE INDEX payments_succeeded ON payments (customer_id) WHERE status = 'succeeded';
