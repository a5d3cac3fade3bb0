-- Attempts to win back a subscription whose charge failed or whose customer cancelled, with e-mails to the customer.

CREATE TABLE dunning_attempts (
  seq             INTEGER PRIMARY KEY,
  dunning_id      TEXT NOT NULL UNIQUE,
  subscription_id TEXT NOT NULL,
  customer_id     TEXT NOT NULL,
  trigger_state   TEXT NOT NULL,
  status          TEXT NOT NULL,
  payment_id      TEXT, -- of the payment that recovered the subscription
  created_at      INTEGER NOT NULL,
  reminders       INTEGER NOT NULL -- the number of e-mails sent
) STRICT;

CREATE INDEX dunning_attempts_running ON dunning_attempts (customer_id, subscription_id) WHERE status = 'recovering';
