-- The subscription and the customer of an event, so that their events are found as quickly as those of a payment.

ALTER TABLE webhook_events ADD COLUMN subscription_id TEXT;
ALTER TABLE webhook_events ADD COLUMN customer_id TEXT;

-- Events of earlier versions get the subscription and the customer of their payment.
UPDATE webhook_events SET (subscription_id, customer_id) =
  (SELECT p.subscription_id, p.customer_id FROM payments p WHERE p.payment_id = webhook_events.payment_id)
  WHERE payment_id IS NOT NULL;

CREATE INDEX webhook_events_by_subscription ON webhook_events (subscription_id) WHERE subscription_id IS NOT NULL;
CREATE INDEX webhook_events_by_customer ON webhook_events (customer_id) WHERE customer_id IS NOT NULL;
