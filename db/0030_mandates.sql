-- The amount in paise up to which the customer has authorised charges of an Indian payment method; null for other methods.

ALTER TABLE subscriptions ADD COLUMN mandate_amount INTEGER;
