-- Renamed to the word that the code and the documentation use.
ALTER TABLE webhook_events RENAME COLUMN origin TO base_url;
