-- What lists of payments filter by, beside what was there. A row that the version before writes leaves `type` empty: its view tells
-- all three.
ALTER TABLE {schema}.transactions
  ADD COLUMN type text COLLATE "C",
  ADD COLUMN channel text COLLATE "C",
  -- Kinds of what was told of it: authorized, refunded, …; empty where nothing was.
  ADD COLUMN events text[];
