-- Subscriptions, each with everything that its later charges need: a snapshot of the price it was sold at, what was paid for the
-- running period, what is owed, and where its calendar is anchored.

CREATE TABLE subscriptions (
  seq                         INTEGER PRIMARY KEY,
  subscription_id             TEXT NOT NULL UNIQUE,
  created_at                  INTEGER NOT NULL,
  status                      TEXT NOT NULL,
  customer_id                 TEXT NOT NULL REFERENCES customers (customer_id),
  brand_id                    TEXT NOT NULL,
  product_id                  TEXT NOT NULL,
  quantity                    INTEGER NOT NULL,
  plan                        TEXT NOT NULL, -- JSON: the price of the product as it was sold
  addons                      TEXT NOT NULL, -- JSON: the add-ons with their prices as they were sold
  discounts                   TEXT NOT NULL, -- JSON: the discount codes and the cycles left of each, in order of application
  on_demand                   TEXT, -- JSON: the terms of an on-demand subscription; null for one that renews by itself
  charge_currency             TEXT NOT NULL,
  recurring_amount            INTEGER NOT NULL, -- of the next regular renewal before tax, in the currency of the plan
  billing                     TEXT NOT NULL, -- JSON: BillingAddress
  tax_id                      TEXT,
  customer_business_name      TEXT,
  metadata                    TEXT NOT NULL, -- JSON
  custom_field_responses      TEXT, -- JSON
  payment_method_id           TEXT,
  mandate_min_amount          INTEGER, -- of an Indian mandate, in paise
  trial_period_days           INTEGER NOT NULL,
  trial_amount                INTEGER, -- per unit after discounts; null for a free trial, and without one
  in_trial                    INTEGER NOT NULL,
  previous_billing_date       INTEGER NOT NULL,
  next_billing_date           INTEGER NOT NULL,
  activated_at                INTEGER,
  anchor                      INTEGER, -- the date from which billing dates are counted; null until the activation
  period_start                INTEGER, -- of the period that was paid last
  expires_at                  INTEGER,
  cancel_at_next_billing_date INTEGER NOT NULL,
  cancel_reason               TEXT,
  cancellation_feedback       TEXT,
  cancellation_comment        TEXT,
  cancelled_at                INTEGER,
  paused_at                   INTEGER,
  credit                      INTEGER NOT NULL, -- in minor units of the plan's currency, used up by later charges
  paid_lines                  TEXT NOT NULL, -- JSON: what was paid for the running period, line by line
  dues                        TEXT, -- JSON: the charge that is in flight or unpaid
  pending_change              TEXT, -- JSON: a plan change that waits for its payment
  scheduled_change            TEXT -- JSON: a plan change that waits for the next billing date
) STRICT;

-- Lists are newest first.
CREATE INDEX subscriptions_by_time ON subscriptions (created_at);
CREATE INDEX subscriptions_by_customer ON subscriptions (customer_id, created_at);
CREATE INDEX subscriptions_by_product ON subscriptions (product_id, created_at);
CREATE INDEX subscriptions_by_status ON subscriptions (status, created_at);
CREATE INDEX subscriptions_by_method ON subscriptions (payment_method_id) WHERE payment_method_id IS NOT NULL;

-- How the business sells subscriptions. What is left out has its default.
CREATE TABLE billing_settings (
  settings TEXT NOT NULL -- JSON: BillingSettings
) STRICT;

-- What a payment is to its subscription; null for a one-time payment.
ALTER TABLE payments ADD COLUMN subscription_charge TEXT; -- JSON: SubscriptionCharge
