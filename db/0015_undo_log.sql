-- Statements that undo a load in slices (store/undo.ts), to be run from the last to the first. Empty otherwise. If a process dies
-- during a load, the next one runs them first.
CREATE TABLE undo_log (
  seq INTEGER PRIMARY KEY,
  sql TEXT NOT NULL
) STRICT;
