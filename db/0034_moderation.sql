-- The number of screens of each day (UTC).
CREATE TABLE moderation_screens (
  day     TEXT PRIMARY KEY, -- 2026-01-31
  screens INTEGER NOT NULL
) STRICT, WITHOUT ROWID;
