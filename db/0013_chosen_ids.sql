-- The id that a fixtures file has chosen for a payment; null where it was generated. `payment_id` then holds a generated id all the
-- same, because the order of the lists and the filters by time depend on it.
ALTER TABLE payments ADD COLUMN chosen_id TEXT;
CREATE UNIQUE INDEX payments_by_chosen_id ON payments (chosen_id) WHERE chosen_id IS NOT NULL;
