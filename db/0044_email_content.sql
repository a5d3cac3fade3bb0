-- E-mails are stored as their content, and rendered when they are read. The mailbox has few rows, so it is searched without an index.
CREATE TABLE new_emails (
  seq             INTEGER PRIMARY KEY,
  email_id        TEXT NOT NULL,
  type            TEXT NOT NULL,
  sender          TEXT NOT NULL, -- the name of the brand
  recipient       TEXT NOT NULL,
  subject         TEXT NOT NULL,
  content         TEXT NOT NULL, -- JSON: the language, its direction, and the blocks of the text
  customer_id     TEXT NOT NULL,
  payment_id      TEXT,
  subscription_id TEXT,
  grant_id        TEXT,
  created_at      INTEGER NOT NULL,
  smtp_status     TEXT, -- waiting, sent or failed; null if it was not to be sent
  smtp_due_ms     INTEGER, -- when the next attempt is due, by the computer's clock; null without one
  smtp_attempts   INTEGER NOT NULL, -- attempts that have failed
  smtp_error      TEXT -- the reason of the latest failure
) STRICT;

-- The text of an older e-mail becomes its only block. The sender at its end is added again when it is rendered.
INSERT INTO new_emails
SELECT seq, email_id, type, sender, recipient, subject,
  json_object('tag', 'en', 'direction', 'ltr', 'blocks', json_array(substr(text, 1, length(text) - length(sender) - 3))),
  customer_id, payment_id, subscription_id, grant_id, created_at, smtp_status, smtp_due_ms, smtp_attempts, smtp_error
FROM emails ORDER BY seq;

DROP TABLE emails;
ALTER TABLE new_emails RENAME TO emails;

CREATE INDEX emails_unsent ON emails (smtp_due_ms) WHERE smtp_due_ms IS NOT NULL;
