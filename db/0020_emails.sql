-- The e-mails that the real service would have sent. Nothing leaves the emulator.

CREATE TABLE emails (
  seq             INTEGER PRIMARY KEY,
  email_id        TEXT NOT NULL UNIQUE,
  type            TEXT NOT NULL,
  sender          TEXT NOT NULL, -- the name of the brand
  recipient       TEXT NOT NULL,
  subject         TEXT NOT NULL,
  text            TEXT NOT NULL,
  html            TEXT NOT NULL,
  customer_id     TEXT NOT NULL,
  payment_id      TEXT,
  subscription_id TEXT,
  grant_id        TEXT,
  created_at      INTEGER NOT NULL
) STRICT;

CREATE INDEX emails_by_customer ON emails (customer_id);
