-- Meters whose days are being counted from events that arrived before the meter was created, newest first in each stream.
CREATE TABLE usage_day_counts (
  meter_id  TEXT PRIMARY KEY,
  until_seq INTEGER NOT NULL, -- the last event that had arrived
  stream_id INTEGER NOT NULL, -- the stream that is being counted; 0 at the beginning
  timestamp INTEGER, -- of the last event that was counted in it; null if none was
  seq       INTEGER -- of the same event
) STRICT, WITHOUT ROWID;
