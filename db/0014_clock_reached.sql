-- How far the clock had come when something was last stored: it goes on from there after a restart, also where the computer's clock
-- was set back meanwhile.
ALTER TABLE clock ADD COLUMN reached_at INTEGER NOT NULL DEFAULT 0;
