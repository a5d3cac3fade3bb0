-- Product collections, their groups, and the products of each group.

CREATE TABLE product_collections (
  seq                                INTEGER PRIMARY KEY,
  collection_id                      TEXT NOT NULL UNIQUE,
  brand_id                           TEXT NOT NULL,
  name                               TEXT NOT NULL,
  description                        TEXT,
  image_id                           TEXT,
  effective_at_on_upgrade            TEXT, -- the defaults of plan changes; null means those of the business
  effective_at_on_downgrade          TEXT,
  proration_billing_mode_on_upgrade  TEXT,
  proration_billing_mode_on_downgrade TEXT,
  on_payment_failure                 TEXT,
  created_at                         INTEGER NOT NULL,
  updated_at                         INTEGER NOT NULL,
  archived_at                        INTEGER
) STRICT;

CREATE INDEX product_collections_by_time ON product_collections (created_at);
CREATE INDEX product_collections_by_brand ON product_collections (brand_id, created_at);

CREATE TABLE collection_groups (
  group_id      TEXT PRIMARY KEY,
  collection_id TEXT NOT NULL REFERENCES product_collections (collection_id),
  position      INTEGER NOT NULL,
  group_name    TEXT,
  status        INTEGER NOT NULL -- 1 if the group is shown
) STRICT, WITHOUT ROWID;

CREATE INDEX collection_groups_by_collection ON collection_groups (collection_id, position);

CREATE TABLE collection_items (
  item_id       TEXT PRIMARY KEY,
  collection_id TEXT NOT NULL REFERENCES product_collections (collection_id),
  group_id      TEXT NOT NULL REFERENCES collection_groups (group_id),
  position      INTEGER NOT NULL,
  product_id    TEXT NOT NULL,
  status        INTEGER NOT NULL -- 1 if the product is shown
) STRICT, WITHOUT ROWID;

CREATE INDEX collection_items_by_collection ON collection_items (collection_id, position);
CREATE INDEX collection_items_by_product ON collection_items (product_id);
