-- Version 6: a key and value of metadata as one number (schema/metadata-columns.ts), which filters compare first. NULL in
-- rows from before.

ALTER TABLE metadata ADD COLUMN term INTEGER;
