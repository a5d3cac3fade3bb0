-- Whether a subscription has begun with a trial, also after a plan change has ended it: a business can allow a customer only one.

ALTER TABLE subscriptions ADD COLUMN had_trial INTEGER NOT NULL DEFAULT 0;
