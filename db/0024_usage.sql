-- Usage events, the meters that add them up, and totals that are kept up to date with every event.

CREATE TABLE meters (
  seq              INTEGER PRIMARY KEY,
  meter_id         TEXT NOT NULL UNIQUE,
  name             TEXT NOT NULL,
  description      TEXT,
  event_name       TEXT NOT NULL,
  measurement_unit TEXT NOT NULL,
  aggregation      TEXT NOT NULL, -- JSON: Aggregation
  filter           TEXT, -- JSON: MeterFilter; null for every event of the name
  archived         INTEGER NOT NULL,
  created_at       INTEGER NOT NULL,
  updated_at       INTEGER NOT NULL
) STRICT;

CREATE INDEX meters_by_time ON meters (archived, created_at);

-- The events of one name of one customer. Events refer to it by number, which keeps their rows short.
CREATE TABLE event_streams (
  stream_id   INTEGER PRIMARY KEY,
  customer_id TEXT NOT NULL,
  event_name  TEXT NOT NULL
) STRICT;

CREATE UNIQUE INDEX event_streams_by_customer ON event_streams (customer_id, event_name);
CREATE INDEX event_streams_by_name ON event_streams (event_name);

-- In the order of arrival.
CREATE TABLE events (
  seq       INTEGER PRIMARY KEY,
  stream_id INTEGER NOT NULL,
  timestamp INTEGER NOT NULL,
  event_id  TEXT NOT NULL,
  metadata  TEXT -- JSON
) STRICT;

CREATE INDEX events_by_stream ON events (stream_id, timestamp);
CREATE INDEX events_by_time ON events (timestamp);

-- The hashes of event ids, in the order of arrival: see src/store/id-index.ts.
CREATE TABLE event_ids (
  run  INTEGER NOT NULL,
  hash INTEGER NOT NULL,
  seq  INTEGER NOT NULL, -- of the event
  PRIMARY KEY (run, hash, seq)
) STRICT, WITHOUT ROWID;

-- Bloom filters of the hashes of completed parts of event_ids.
CREATE TABLE event_filters (
  first_seq INTEGER PRIMARY KEY,
  bits      BLOB NOT NULL
) STRICT;

-- The usage of a customer in the current cycle of a subscription, by meter.
CREATE TABLE usage_counters (
  subscription_id TEXT NOT NULL,
  meter_id        TEXT NOT NULL,
  customer_id     TEXT NOT NULL,
  floor_at        INTEGER NOT NULL, -- the start of the first cycle: earlier events never count
  start_at        INTEGER NOT NULL,
  end_at          INTEGER NOT NULL, -- later events belong to the next cycle
  since_seq       INTEGER NOT NULL, -- the last event that had arrived when the cycle began
  quantity        TEXT, -- a decimal; null without events
  last_at         INTEGER, -- the timestamp of the event that an aggregation `last` took
  settled_at      INTEGER, -- of the last settlement within the cycle
  settled_units   TEXT, -- the units that settlements within the cycle have charged
  settled_quantity TEXT, -- the usage that they have reported
  PRIMARY KEY (subscription_id, meter_id)
) STRICT, WITHOUT ROWID;

CREATE INDEX usage_counters_by_customer ON usage_counters (customer_id);

-- Closed cycles. Later events do not change them.
CREATE TABLE usage_cycles (
  seq             INTEGER PRIMARY KEY,
  subscription_id TEXT NOT NULL,
  start_at        INTEGER NOT NULL,
  end_at          INTEGER NOT NULL,
  meters          TEXT NOT NULL -- JSON: ReportedMeter[]
) STRICT;

CREATE INDEX usage_cycles_by_subscription ON usage_cycles (subscription_id, end_at);

-- The usage of a customer on one day, by meter.
CREATE TABLE usage_days (
  meter_id    TEXT NOT NULL,
  customer_id TEXT NOT NULL,
  day         INTEGER NOT NULL, -- counted from 1970-01-01
  events      INTEGER NOT NULL,
  quantity    TEXT,
  last_at     INTEGER,
  PRIMARY KEY (meter_id, day, customer_id)
) STRICT, WITHOUT ROWID;
