-- The subject of most events is their payment or their subscription, which have indexes.
DROP INDEX webhook_events_by_subject;
CREATE INDEX webhook_events_by_subject ON webhook_events (subject_id)
  WHERE subject_id IS NOT payment_id AND subject_id IS NOT subscription_id;
