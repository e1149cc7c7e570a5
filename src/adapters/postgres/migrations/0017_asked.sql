-- A resolution that a second person has to confirm, as the first asked for it (JSON). A version before this would resolve at once: it is
-- asked for by a setting.
ALTER TABLE {schema}.cases ADD COLUMN asked text;
