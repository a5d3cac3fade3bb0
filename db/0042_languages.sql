-- The language of a payment's documents and e-mails: that of its checkout, as a tag such as de-CH. Null is English. Later payments
-- of the customer begin with the language of the latest checkout.
ALTER TABLE payments ADD COLUMN language TEXT;
ALTER TABLE customers ADD COLUMN language TEXT;
