-- Discounts that can be deleted. Payments still refer to a deleted discount, so its row stays, and its code can be used again. SQLite
-- cannot drop the constraint that made the code unique among all rows, so the table is created again.
CREATE TABLE new_discounts (
  seq                      INTEGER PRIMARY KEY,
  discount_id              TEXT NOT NULL UNIQUE,
  code                     TEXT NOT NULL, -- upper case
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
  created_at               INTEGER NOT NULL,
  deleted_at               INTEGER
) STRICT;

INSERT INTO new_discounts SELECT *, NULL FROM discounts;
DROP TABLE discounts;
ALTER TABLE new_discounts RENAME TO discounts;

CREATE UNIQUE INDEX discounts_by_code ON discounts (code) WHERE deleted_at IS NULL;

-- The order of the list, and the columns of all its filters, so that rows are not read. A part of a code has no other index.
CREATE INDEX discounts_by_time ON discounts
  (created_at, seq, code, type, starts_at, expires_at, usage_limit, times_used, restricted_to, deleted_at)
  WHERE deleted_at IS NULL;
