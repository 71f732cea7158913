-- Version 3: of two versions of a span that both run, or have both ended, the one with the higher revision counts.
-- NULL where the sender never changes a span, which is nearly always.

DROP VIEW all_observations;

ALTER TABLE observations ADD COLUMN revision BIGINT;

ALTER TABLE running_observations ADD COLUMN revision BIGINT;

CREATE VIEW all_observations AS SELECT * FROM running_observations UNION ALL SELECT * FROM observations;
