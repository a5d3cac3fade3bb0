-- Indexes for cleaning up, and for selecting few rows among many.

CREATE INDEX portal_sessions_by_end ON portal_sessions (expires_at);

-- Few deliveries fail. Most have succeeded, and waiting ones are found by their due time.
CREATE INDEX webhook_deliveries_ended_badly ON webhook_deliveries (state, seq) WHERE state IN ('failed', 'cancelled', 'dropped');
