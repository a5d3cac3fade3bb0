-- The order of the lists of payments, and the filters that would select badly with an index (few currencies and brands) or cost too
-- much (several products for each payment). Writing entries with each payment took half the time of its transaction, so they are
-- written for many payments at once. Payments after payments_indexed are not in the index, and are not counted in payment_days.
ALTER TABLE payment_days_end RENAME TO payments_indexed;

CREATE TABLE payment_index (
  payment_id TEXT NOT NULL PRIMARY KEY, -- the order of the lists
  created_at INTEGER NOT NULL,
  customer_id TEXT NOT NULL,
  currency TEXT NOT NULL,
  status TEXT NOT NULL,
  brand_id TEXT NOT NULL,
  product_ids TEXT NOT NULL,
  seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;

INSERT INTO payment_index
SELECT payment_id, created_at, customer_id, currency, status, brand_id, product_ids, seq FROM payments
WHERE seq <= (SELECT seq FROM payments_indexed) ORDER BY payment_id;

CREATE INDEX payment_index_by_customer ON payment_index (customer_id, payment_id, seq);
DROP INDEX payments_by_id;
DROP INDEX payments_by_customer;

-- All payments. SQLite merges both parts in order.
CREATE VIEW payment_list AS
SELECT payment_id, created_at, customer_id, currency, status, brand_id, product_ids, seq FROM payment_index
UNION ALL
SELECT payment_id, created_at, customer_id, currency, status, brand_id, product_ids, seq FROM payments
WHERE seq > coalesce((SELECT seq FROM payments_indexed), 0);
