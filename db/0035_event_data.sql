-- The data of events from before a later step of a move of the clock. Events of one subject can share a row.
CREATE TABLE webhook_event_data (
  seq  INTEGER PRIMARY KEY, -- the last event that uses this row
  data TEXT NOT NULL -- JSON
) STRICT;

ALTER TABLE webhook_events ADD COLUMN data_seq INTEGER REFERENCES webhook_event_data (seq); -- null: the data is the current one
ALTER TABLE webhook_events ADD COLUMN data_until INTEGER; -- the time of the first step after which the data may be outdated

CREATE INDEX webhook_events_by_subject ON webhook_events (subject_id);
