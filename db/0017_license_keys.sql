-- Licence keys and their activations.

CREATE TABLE license_keys (
  seq               INTEGER PRIMARY KEY,
  license_key_id    TEXT NOT NULL UNIQUE,
  key               TEXT NOT NULL UNIQUE, -- compared exactly
  disabled          INTEGER NOT NULL,
  source            TEXT NOT NULL,
  customer_id       TEXT NOT NULL,
  product_id        TEXT NOT NULL,
  brand_id          TEXT NOT NULL,
  payment_id        TEXT, -- null for a key that was imported
  subscription_id   TEXT,
  grant_id          TEXT, -- the entitlement grant that handed the key out; null for a key that was imported
  activations_limit INTEGER, -- null without a limit
  instances_count   INTEGER NOT NULL,
  expires_at        INTEGER,
  created_at        INTEGER NOT NULL
) STRICT;

-- Lists are newest first. Only the filters that select few keys have an index.
CREATE INDEX license_keys_by_time ON license_keys (created_at);
CREATE INDEX license_keys_by_customer ON license_keys (customer_id, created_at);
CREATE INDEX license_keys_by_product ON license_keys (product_id, created_at);
CREATE INDEX license_keys_by_payment ON license_keys (payment_id) WHERE payment_id IS NOT NULL;
CREATE INDEX license_keys_by_grant ON license_keys (grant_id) WHERE grant_id IS NOT NULL;

CREATE TABLE license_key_instances (
  seq            INTEGER PRIMARY KEY,
  instance_id    TEXT NOT NULL UNIQUE,
  license_key_id TEXT NOT NULL REFERENCES license_keys (license_key_id),
  name           TEXT NOT NULL,
  created_at     INTEGER NOT NULL
) STRICT;

CREATE INDEX license_key_instances_by_key ON license_key_instances (license_key_id, created_at);
CREATE INDEX license_key_instances_by_time ON license_key_instances (created_at);
