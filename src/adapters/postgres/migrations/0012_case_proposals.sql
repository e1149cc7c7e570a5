-- Cases that an alert belonged to as well, where they were not merged.
ALTER TABLE {schema}.cases ADD COLUMN proposed text[] NOT NULL DEFAULT '{}';
