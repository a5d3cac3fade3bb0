-- The payment that starts a subscription together with others. The row of a payment for one subscription has its id.
CREATE TABLE shared_payments (
  subscription_id TEXT PRIMARY KEY,
  payment_seq INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
