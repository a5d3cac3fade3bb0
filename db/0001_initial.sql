-- The first schema of a sandbox: catalog, customers and payments. Times are microseconds since 1970 in UTC. Amounts are in minor
-- units of the currency beside them. Columns marked JSON have the API's shape. A sandbox is one database, so no table has a tenant
-- column.

CREATE TABLE business (
  business_id TEXT PRIMARY KEY,
  name        TEXT NOT NULL,
  currency    TEXT NOT NULL, -- of its wallet, which is the settlement currency
  link_salt   INTEGER NOT NULL -- shifts the ids of payment links, so that links of an earlier database are not valid here
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

-- The customers who may use a discount whose customer_eligibility is specific.
CREATE TABLE discount_customers (
  discount_id TEXT NOT NULL REFERENCES discounts (discount_id),
  customer_id TEXT NOT NULL,
  PRIMARY KEY (discount_id, customer_id)
) STRICT, WITHOUT ROWID;

-- One row for each succeeded payment that used a discount, counted for per_customer_usage_limit.
CREATE TABLE discount_uses (
  discount_id TEXT NOT NULL REFERENCES discounts (discount_id),
  customer_id TEXT NOT NULL,
  payment_id  TEXT NOT NULL,
  PRIMARY KEY (discount_id, customer_id, payment_id)
) STRICT, WITHOUT ROWID;

-- One row for each payment. Every column and index slows down creation, so the row holds nothing that can be derived, and only filters
-- of GET /payments that select few rows have an index. Lists are newest first, which is the order of the ids.
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
  link                TEXT, -- 'long' or 'short'; null without a link
  expires_at          INTEGER, -- of the link
  billing             TEXT NOT NULL, -- JSON: BillingAddress without nulls
  metadata            TEXT NOT NULL, -- JSON
  lines               TEXT NOT NULL, -- JSON: the cart's lines, each an array (resources/payments/lines.ts)
  product_ids         TEXT NOT NULL, -- JSON: each product once, for the filter
  discounts           TEXT, -- JSON: AppliedDiscount[], in order of application; null without
  checkout            TEXT NOT NULL, -- JSON: CheckoutOptions of the hosted page, without those that are off
  payment_method_id   TEXT,
  payment_method      TEXT,
  payment_method_type TEXT,
  card                TEXT, -- JSON: last four digits, network, type, country and holder of the card, never more
  error_code          TEXT,
  error_message       TEXT,
  retry_attempt       INTEGER NOT NULL
) STRICT;

-- Finds a payment by its id and has the order of the lists. Also covers the filters for which a separate index would select badly
-- (few currencies and brands) or cost too much (several products for each payment), without reading rows. Not UNIQUE, which would
-- need a second index; ids are unique by construction.
CREATE INDEX payments_by_id ON payments (payment_id, currency, status, brand_id, product_ids);
CREATE INDEX payments_by_customer ON payments (customer_id, payment_id);

-- Filters for fields that a payment does not have at first, so these indexes do not slow down its creation.
CREATE INDEX payments_by_status ON payments (status, payment_id) WHERE status <> 'requires_payment_method';
CREATE INDEX payments_by_subscription ON payments (subscription_id, payment_id) WHERE subscription_id IS NOT NULL;
CREATE INDEX payments_succeeded ON payments (customer_id) WHERE status = 'succeeded';
