-- The time of the clock when something was last stored. After a restart it continues from there, even if the computer's clock was set
-- back.
ALTER TABLE clock ADD COLUMN reached_at INTEGER NOT NULL DEFAULT 0;
