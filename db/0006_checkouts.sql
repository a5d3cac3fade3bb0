-- Checkout sessions: their requests, and the payment of each.

CREATE TABLE checkout_sessions (
  seq        INTEGER PRIMARY KEY,
  session_id TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  secret     TEXT NOT NULL, -- key of the form's token
  terms      TEXT NOT NULL, -- JSON: Terms (resources/checkouts/terms.ts)
  payment_id TEXT -- null until the customer has submitted their details
) STRICT;

-- The customer's answers to the custom fields (JSON: CustomFieldResponse[]); null without any.
ALTER TABLE payments ADD COLUMN custom_field_responses TEXT;

-- The country of the business, which is the default country of its customers.
ALTER TABLE business ADD COLUMN country TEXT NOT NULL DEFAULT 'US';
