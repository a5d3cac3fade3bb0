-- When a payment's checkout was reported as abandoned, and why (the contract's AbandonmentReason); null before.
ALTER TABLE payments ADD COLUMN abandoned_at INTEGER;
ALTER TABLE payments ADD COLUMN abandonment_reason TEXT;
