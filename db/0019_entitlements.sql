-- Entitlements, which products hand them over, and the grants that customers have.

CREATE TABLE entitlements (
  seq              INTEGER PRIMARY KEY,
  entitlement_id   TEXT NOT NULL UNIQUE,
  name             TEXT NOT NULL,
  description      TEXT,
  integration_type TEXT NOT NULL,
  config           TEXT NOT NULL, -- JSON: the config of its type (resources/entitlements/config.ts)
  metadata         TEXT NOT NULL, -- JSON
  own_product_id   TEXT, -- the product whose license_key_* or digital_product_delivery it stands for
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER NOT NULL,
  deleted_at       INTEGER
) STRICT;

CREATE INDEX entitlements_by_time ON entitlements (created_at) WHERE deleted_at IS NULL;
CREATE INDEX entitlements_by_own_product ON entitlements (own_product_id) WHERE own_product_id IS NOT NULL;

CREATE TABLE product_entitlements (
  product_id     TEXT NOT NULL,
  position       INTEGER NOT NULL,
  entitlement_id TEXT NOT NULL REFERENCES entitlements (entitlement_id),
  PRIMARY KEY (product_id, position)
) STRICT, WITHOUT ROWID;

CREATE INDEX product_entitlements_by_entitlement ON product_entitlements (entitlement_id);

CREATE TABLE grants (
  seq               INTEGER PRIMARY KEY,
  grant_id          TEXT NOT NULL UNIQUE,
  entitlement_id    TEXT NOT NULL REFERENCES entitlements (entitlement_id),
  integration_type  TEXT NOT NULL,
  config            TEXT NOT NULL, -- JSON: the entitlement's config when the grant was made or, for files, delivered
  customer_id       TEXT NOT NULL,
  brand_id          TEXT NOT NULL,
  product_id        TEXT NOT NULL,
  payment_id        TEXT,
  subscription_id   TEXT,
  status            TEXT NOT NULL,
  metadata          TEXT NOT NULL, -- JSON: the entitlement's metadata when the grant was made
  account           TEXT, -- what the customer connected on the accept page
  oauth_token       TEXT, -- of the accept page; null until the customer or the merchant asks for it
  oauth_expires_at  INTEGER,
  error_code        TEXT,
  error_message     TEXT,
  revocation_reason TEXT,
  created_at        INTEGER NOT NULL,
  updated_at        INTEGER NOT NULL,
  delivered_at      INTEGER,
  revoked_at        INTEGER
) STRICT;

CREATE INDEX grants_by_time ON grants (created_at);
CREATE INDEX grants_by_entitlement ON grants (entitlement_id, created_at);
CREATE INDEX grants_by_customer ON grants (customer_id, created_at);
CREATE INDEX grants_by_payment ON grants (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX grants_by_subscription ON grants (subscription_id) WHERE subscription_id IS NOT NULL;
CREATE UNIQUE INDEX grants_by_oauth_token ON grants (oauth_token) WHERE oauth_token IS NOT NULL;
