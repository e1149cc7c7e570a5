-- What becomes of a payment. A row that the version before writes leaves these empty: its view tells them.
ALTER TABLE {schema}.transactions
  -- `release` or `cancel`, where it was held.
  ADD COLUMN review text COLLATE "C",
  -- fraud, legitimate, blocked, disputed or open; open since a moment, milliseconds, from which its days until it is
  -- presumed legitimate are counted.
  ADD COLUMN truth text COLLATE "C",
  ADD COLUMN since bigint;

-- Disputes that stand.
ALTER TABLE {schema}.cases ADD COLUMN disputes integer NOT NULL DEFAULT 0;
ALTER TABLE {schema}.case_alerts ADD COLUMN disputes integer NOT NULL DEFAULT 0;
