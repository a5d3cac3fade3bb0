-- The payments with a number up to this one are counted in payment_days. Newer ones are counted from their rows, so that creating a
-- payment writes to one table less. Without a row, all payments are newer.
CREATE TABLE payment_days_end (
  id INTEGER PRIMARY KEY CHECK (id = 1),
  seq INTEGER NOT NULL
) STRICT;

INSERT INTO payment_days_end SELECT 1, max(seq) FROM payments HAVING max(seq) IS NOT NULL;
