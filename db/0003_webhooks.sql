-- Webhooks: endpoints, events and deliveries. The transaction that changes a payment also writes its event and deliveries, so that
-- neither exists without the other.

CREATE TABLE webhook_endpoints (
  seq             INTEGER PRIMARY KEY,
  webhook_id      TEXT NOT NULL UNIQUE,
  url             TEXT NOT NULL,
  description     TEXT NOT NULL, -- empty without
  disabled        INTEGER NOT NULL,
  filter_types    TEXT, -- JSON: event types; null for all
  headers         TEXT NOT NULL, -- JSON: sent with every delivery
  metadata        TEXT NOT NULL, -- JSON
  rate_limit      INTEGER, -- deliveries a second; null without a limit
  secret          TEXT NOT NULL, -- whsec_ and the key in Base64
  idempotency_key TEXT UNIQUE,
  created_at      INTEGER NOT NULL,
  updated_at      INTEGER NOT NULL
) STRICT;

-- Events. The data of an event is read when it is delivered. Only a sample has its own data, because it is about no stored object.
CREATE TABLE webhook_events (
  seq        INTEGER PRIMARY KEY,
  event_id   TEXT NOT NULL UNIQUE, -- sent as webhook-id
  type       TEXT NOT NULL,
  subject_id TEXT NOT NULL, -- the source of the data: a payment or a refund
  payment_id TEXT, -- the payment that the event is about, if any
  created_at INTEGER NOT NULL,
  origin     TEXT NOT NULL, -- base URL of links in the data
  sample     TEXT -- JSON: the data of a sample; null for real events
) STRICT;

CREATE INDEX webhook_events_by_payment ON webhook_events (payment_id) WHERE payment_id IS NOT NULL;

-- The outbox: one row for each event and endpoint.
CREATE TABLE webhook_deliveries (
  seq         INTEGER PRIMARY KEY,
  delivery_id TEXT NOT NULL UNIQUE,
  event_seq   INTEGER NOT NULL REFERENCES webhook_events (seq),
  webhook_id  TEXT NOT NULL, -- the endpoint may have been deleted
  state       TEXT NOT NULL, -- waiting, succeeded, failed (no attempts left), cancelled (with its endpoint), dropped (by a fault)
  tries       INTEGER NOT NULL,
  due_at      INTEGER, -- of the next attempt; null without one
  is_retried  INTEGER NOT NULL -- whether a failure is retried
) STRICT;

CREATE INDEX webhook_deliveries_due ON webhook_deliveries (webhook_id, due_at, seq) WHERE due_at IS NOT NULL;
CREATE INDEX webhook_deliveries_by_event ON webhook_deliveries (event_seq);

-- The log of attempts: requests and responses.
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
  error            TEXT, -- reason of a failure, if the status does not show it
  fault            TEXT -- the fault that was applied
) STRICT;

CREATE INDEX webhook_attempts_by_delivery ON webhook_attempts (delivery_seq);
