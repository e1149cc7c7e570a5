-- What people search for by its beginning. Entities are known by keys elsewhere; here they have their names, as payments told them
-- since this was made: what was paid before is found by whole names, or once the database is filled anew.
CREATE TABLE {schema}.names (
  key bigint PRIMARY KEY,
  type text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  -- In lower case, at most 100 characters.
  search text COLLATE "C" NOT NULL,
  -- UTC, of the newest payment that names it.
  day date NOT NULL
);
CREATE INDEX names_search ON {schema}.names (search, day);
CREATE INDEX names_day ON {schema}.names (day);

-- What people wrote: of cases, labels, reviews and overrides.
CREATE TABLE {schema}.notes (
  sequence bigint PRIMARY KEY,
  at timestamptz(3) NOT NULL,
  transaction_id text COLLATE "C",
  case_id text COLLATE "C",
  by text,
  text text NOT NULL,
  words tsvector GENERATED ALWAYS AS (to_tsvector('simple', text)) STORED
);
CREATE INDEX notes_words ON {schema}.notes USING gin (words);
CREATE INDEX notes_at ON {schema}.notes (at);
CREATE INDEX notes_transaction ON {schema}.notes (transaction_id) WHERE transaction_id IS NOT NULL;

INSERT INTO {schema}.notes (sequence, at, transaction_id, case_id, by, text)
SELECT sequence, at, transaction_id, case_id, by, coalesce(detail->>'text', detail->>'note', detail->>'reason')
FROM {schema}.audit
WHERE type IN ('case.comment', 'case.resolve', 'label', 'label.withdraw', 'review', 'finalize') AND status < 400
  AND coalesce(detail->>'text', detail->>'note', detail->>'reason') <> '';
