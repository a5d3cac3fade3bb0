-- A filter is stored while its part still grows, so that a start reads few hashes again.
ALTER TABLE event_filters ADD COLUMN until_seq INTEGER NOT NULL DEFAULT 0; -- it contains the hashes of the rows before
