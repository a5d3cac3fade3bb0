-- What is forgotten once its time is over, and what is looked for among many.

CREATE INDEX portal_sessions_by_end ON portal_sessions (expires_at);

-- Few deliveries end badly; most have succeeded, and what waits is found by the time that it is due.
CREATE INDEX webhook_deliveries_ended_badly ON webhook_deliveries (state, seq) WHERE state IN ('failed', 'cancelled', 'dropped');
