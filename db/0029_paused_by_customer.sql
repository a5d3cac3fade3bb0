-- Whether the customer has paused the subscription. Customers can resume their own pauses only.

ALTER TABLE subscriptions ADD COLUMN paused_by_customer INTEGER NOT NULL DEFAULT 0;
