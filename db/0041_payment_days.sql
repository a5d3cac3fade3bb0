-- Payments by day of creation (since 1970, in UTC), status and currency, for charts. Each write of a payment keeps them up to date.
CREATE TABLE payment_days (
  day INTEGER NOT NULL,
  status TEXT NOT NULL,
  currency TEXT NOT NULL,
  count INTEGER NOT NULL,
  amount INTEGER NOT NULL,
  PRIMARY KEY (day, status, currency)
) STRICT, WITHOUT ROWID;

INSERT INTO payment_days
SELECT created_at / 86400000000, status, currency, count(*), sum(total_amount) FROM payments GROUP BY 1, 2, 3;
