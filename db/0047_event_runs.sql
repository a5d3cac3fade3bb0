-- The Bloom filters of event ids became a table of hashes in memory: see src/store/id-index.ts.

DROP TABLE event_filters;

-- The hashes of event ids in a completed run of event_ids, by arrival. Each has 32 bits; 0 stands for a row that does not exist.
CREATE TABLE event_runs (
  run    INTEGER PRIMARY KEY,
  hashes BLOB NOT NULL
) STRICT;
