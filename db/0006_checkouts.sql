-- Checkout sessions: what was asked for, and the one payment that each makes.

CREATE TABLE checkout_sessions (
  seq        INTEGER PRIMARY KEY,
  session_id TEXT NOT NULL UNIQUE,
  created_at INTEGER NOT NULL,
  expires_at INTEGER NOT NULL,
  secret     TEXT NOT NULL, -- what its form's token is made with
  terms      TEXT NOT NULL, -- JSON: Terms (resources/checkouts/terms.ts)
  payment_id TEXT -- null until the customer has submitted their details
) STRICT;

-- What the customer answered to the session's own fields (JSON: CustomFieldResponse[]); null without.
ALTER TABLE payments ADD COLUMN custom_field_responses TEXT;

-- Where the business is at home, which is where its customers are taken to be until they say otherwise.
ALTER TABLE business ADD COLUMN country TEXT NOT NULL DEFAULT 'US';
