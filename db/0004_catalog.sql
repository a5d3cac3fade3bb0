-- Brands, add-ons, and the other fields of products.

-- The brands of the business. The primary brand is the business itself and has its id.
CREATE TABLE brands (
  seq                  INTEGER PRIMARY KEY,
  brand_id             TEXT NOT NULL UNIQUE,
  name                 TEXT,
  description          TEXT,
  statement_descriptor TEXT NOT NULL,
  support_email        TEXT,
  url                  TEXT,
  image_id             TEXT, -- an upload
  enabled              INTEGER NOT NULL,
  verification_enabled INTEGER NOT NULL,
  verification_status  TEXT NOT NULL,
  reason_for_hold      TEXT,
  archived_at          INTEGER -- null while it is in use
) STRICT;

-- A database of an earlier version has a business without a brand. A new one has neither yet, and gets both from the fixtures.
INSERT INTO brands (brand_id, name, statement_descriptor, enabled, verification_enabled, verification_status)
  SELECT business_id, name, 'DODOPAY', 1, 1, 'Success' FROM business;

CREATE TABLE addons (
  seq          INTEGER PRIMARY KEY,
  addon_id     TEXT NOT NULL UNIQUE,
  name         TEXT NOT NULL,
  description  TEXT,
  price        INTEGER NOT NULL,
  currency     TEXT NOT NULL,
  tax_category TEXT NOT NULL,
  image_id     TEXT, -- an upload
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER NOT NULL
) STRICT;

CREATE INDEX addons_by_time ON addons (created_at);

ALTER TABLE products ADD COLUMN image_id TEXT; -- an upload
ALTER TABLE products ADD COLUMN addons TEXT; -- JSON: add-on ids; null if omitted
ALTER TABLE products ADD COLUMN pricing_mode TEXT; -- how localized prices are selected
ALTER TABLE products ADD COLUMN digital_delivery TEXT; -- JSON: DigitalDelivery
ALTER TABLE products ADD COLUMN license_key_enabled INTEGER NOT NULL DEFAULT 0;
ALTER TABLE products ADD COLUMN license_key_activations_limit INTEGER;
ALTER TABLE products ADD COLUMN license_key_duration TEXT; -- JSON: LicenseKeyDuration
ALTER TABLE products ADD COLUMN license_key_activation_message TEXT;

-- In the order of the lists; covers is_recurring without reading rows.
CREATE INDEX products_by_time ON products (archived, created_at, seq, is_recurring);
CREATE INDEX products_by_brand ON products (brand_id, archived, created_at, seq, is_recurring);

-- The price of a product in one currency or country. Rows are never deleted, so that past charges can be explained.
CREATE TABLE localized_prices (
  seq                INTEGER PRIMARY KEY,
  localized_price_id TEXT NOT NULL UNIQUE,
  product_id         TEXT NOT NULL REFERENCES products (product_id),
  mode               TEXT NOT NULL, -- by_currency, by_country
  currency           TEXT NOT NULL,
  country_code       TEXT, -- null for by_currency
  amount             INTEGER NOT NULL,
  created_at         INTEGER NOT NULL,
  updated_at         INTEGER NOT NULL,
  archived_at        INTEGER -- null while it applies
) STRICT;

CREATE INDEX localized_prices_by_product ON localized_prices (product_id) WHERE archived_at IS NULL;

CREATE TABLE short_links (
  seq        INTEGER PRIMARY KEY,
  slug       TEXT NOT NULL UNIQUE,
  product_id TEXT NOT NULL REFERENCES products (product_id),
  parameters TEXT NOT NULL, -- JSON: of the checkout page
  created_at INTEGER NOT NULL
) STRICT;

CREATE INDEX short_links_by_time ON short_links (created_at);
CREATE INDEX short_links_by_product ON short_links (product_id, created_at);

-- Images and files. A row begins as an upload target, which accepts one upload until it expires, and then holds the upload.
CREATE TABLE uploads (
  seq          INTEGER PRIMARY KEY,
  upload_id    TEXT NOT NULL UNIQUE, -- the API's image_id or file_id
  kind         TEXT NOT NULL, -- image, file
  owner_id     TEXT NOT NULL, -- the product, add-on or brand that may show it
  is_direct    INTEGER NOT NULL, -- whether the upload becomes the owner's image immediately
  file_name    TEXT, -- of a file
  secret       TEXT, -- of the target's URL; null once it was used
  expires_at   INTEGER NOT NULL, -- of the target
  content_type TEXT, -- the type if known; null before the upload
  size         INTEGER, -- in bytes
  content      BLOB
) STRICT;

CREATE UNIQUE INDEX uploads_by_secret ON uploads (secret) WHERE secret IS NOT NULL;
CREATE INDEX uploads_waiting ON uploads (expires_at) WHERE secret IS NOT NULL;
