-- Customers whose e-mail address is blocked. Entries stay when a customer is unblocked.
CREATE TABLE blocklist_entries (
  seq              INTEGER PRIMARY KEY,
  entry_id         TEXT NOT NULL UNIQUE,
  customer_id      TEXT NOT NULL,
  email            TEXT NOT NULL COLLATE NOCASE,
  identifier       TEXT NOT NULL, -- the id or the e-mail address of the request
  source           TEXT NOT NULL, -- api, or the page on which the customer was blocked
  blocked_by_email TEXT, -- null if blocked with the API
  reason           TEXT,
  created_at       INTEGER NOT NULL,
  unblocked_at     INTEGER
) STRICT;

CREATE UNIQUE INDEX blocked_emails ON blocklist_entries (email) WHERE unblocked_at IS NULL;

CREATE TABLE blocklist_notes (
  seq          INTEGER PRIMARY KEY,
  note_id      TEXT NOT NULL UNIQUE,
  entry_id     TEXT NOT NULL,
  note         TEXT NOT NULL,
  author_email TEXT, -- null if written with the API
  created_at   INTEGER NOT NULL,
  updated_at   INTEGER
) STRICT;

CREATE INDEX blocklist_notes_of_entry ON blocklist_notes (entry_id);
