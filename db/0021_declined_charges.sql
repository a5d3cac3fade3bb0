-- Charges of a subscription that the next payments are to be declined with: a setting of a test.

CREATE TABLE declined_charges (
  subscription_id TEXT PRIMARY KEY,
  times           INTEGER NOT NULL, -- how many charges are still to be declined
  error_code      TEXT NOT NULL
) STRICT;
