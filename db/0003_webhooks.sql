-- Webhooks: who is told, what happened, and what was sent. An event and its deliveries are rows of the transaction that changes the
-- payment, so that neither is there without the other.

CREATE TABLE webhook_endpoints (
  seq             INTEGER PRIMARY KEY,
  webhook_id      TEXT NOT NULL UNIQUE,
  url             TEXT NOT NULL,
  description     TEXT NOT NULL, -- empty without
  disabled        INTEGER NOT NULL,
  filter_types    TEXT, -- JSON: event types; null for all
  headers         TEXT NOT NULL, -- JSON: sent along with every delivery
  metadata        TEXT NOT NULL, -- JSON
  rate_limit      INTEGER, -- deliveries a second; null without a limit
  secret          TEXT NOT NULL, -- whsec_ and the key in Base64
  idempotency_key TEXT UNIQUE,
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL
) STRICT;

-- What happened. The data of an event is read when it is delivered; only a sample, which is about nothing stored, brings its own.
CREATE TABLE webhook_events (
  seq        INTEGER PRIMARY KEY,
  event_id   TEXT NOT NULL UNIQUE, -- sent as webhook-id
  type       TEXT NOT NULL,
  subject_id TEXT NOT NULL, -- what the data is read from: a payment or a refund
  payment_id TEXT, -- the payment that it is about, where it is about one
  created_at INTEGER NOT NULL,
  origin     TEXT NOT NULL, -- what links in the data begin with
  sample     TEXT -- JSON: the data of a sample; null for what did happen
) STRICT;

CREATE INDEX webhook_events_by_payment ON webhook_events (payment_id) WHERE payment_id IS NOT NULL;

-- The outbox: one row for each event and endpoint.
CREATE TABLE webhook_deliveries (
  seq         INTEGER PRIMARY KEY,
  delivery_id TEXT NOT NULL UNIQUE,
  event_seq   INTEGER NOT NULL REFERENCES webhook_events (seq),
  webhook_id  TEXT NOT NULL, -- the endpoint may be gone since
  state       TEXT NOT NULL, -- waiting, succeeded, failed (no tries left), cancelled (its endpoint is), dropped (on demand)
  tries       INTEGER NOT NULL,
  due_at      INTEGER, -- of the next try; null where none is to come
  is_retried  INTEGER NOT NULL -- whether a failure is followed by another try
) STRICT;

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, due_at, seq) WHERE due_at IS NOT NULL;
CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (event_seq);

-- The log: what exactly was sent, and what came back.
CREATE TABLE webhook_attempts (
  seq              INTEGER PRIMARY KEY,
  delivery_seq     INTEGER NOT NULL REFERENCES webhook_deliveries (seq),
  started_at       INTEGER NOT NULL, -- by the sandbox's clock
  duration_us      INTEGER NOT NULL,
  url              TEXT NOT NULL,
  request_headers  TEXT NOT NULL, -- JSON
  request_body     TEXT NOT NULL,
  response_status  INTEGER, -- null without a response
  response_headers TEXT, -- JSON
  response_body    TEXT, -- its beginning
  error            TEXT, -- why it failed, where it is not the status alone
  fault            TEXT -- what was wrong with it on demand
) STRICT;

CREATE INDEX webhook_attempts_by_delivery ON webhook_attempts (delivery_seq);
