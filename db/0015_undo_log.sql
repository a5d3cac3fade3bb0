-- How to take back what is being loaded in slices (store/undo.ts): statements, the last to be run first. Empty at any other time; where
-- a process died in between, the next one runs them before anything else.
CREATE TABLE undo_log (
  seq INTEGER PRIMARY KEY,
  sql TEXT NOT NULL
) STRICT;
