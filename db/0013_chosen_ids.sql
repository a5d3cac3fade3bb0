-- The id that a fixtures file has chosen for a payment; null if it was generated. `payment_id` still holds a generated id, because the
-- order of lists and the filters by time depend on it.
ALTER TABLE payments ADD COLUMN chosen_id TEXT;
CREATE UNIQUE INDEX payments_by_chosen_id ON payments (chosen_id) WHERE chosen_id IS NOT NULL;
