-- The dunning attempts of a subscription, for its page in the dashboard.
CREATE INDEX dunning_attempts_by_subscription ON dunning_attempts (subscription_id);
