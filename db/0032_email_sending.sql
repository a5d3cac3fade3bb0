-- The sending of e-mails to the server of --smtp-url.

ALTER TABLE emails ADD COLUMN smtp_status TEXT; -- waiting, sent or failed; null if it was not to be sent
ALTER TABLE emails ADD COLUMN smtp_due_ms INTEGER; -- when the next attempt is due, by the computer's clock; null without one
ALTER TABLE emails ADD COLUMN smtp_attempts INTEGER NOT NULL DEFAULT 0; -- attempts that have failed
ALTER TABLE emails ADD COLUMN smtp_error TEXT; -- the reason of the latest failure

CREATE INDEX emails_unsent ON emails (smtp_due_ms) WHERE smtp_due_ms IS NOT NULL;
