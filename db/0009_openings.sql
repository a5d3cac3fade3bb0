-- When a payment's link was first opened, for its timeline; null before.
ALTER TABLE payments ADD COLUMN opened_at INTEGER;
