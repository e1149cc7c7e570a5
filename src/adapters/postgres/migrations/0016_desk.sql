-- What a team sets up for its work on cases: queues, templates of notes, who is away.
CREATE TABLE {schema}.desk (
  id text COLLATE "C" PRIMARY KEY,
  kind text COLLATE "C" NOT NULL,
  sequence bigint NOT NULL,
  version integer NOT NULL,
  name text NOT NULL,
  body json NOT NULL,
  -- Of a queue: who was given a case last.
  turn text,
  -- Id of the key; null while keyless.
  by text,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL
);
-- Cases of before have no rules here, until the database is filled anew.
ALTER TABLE {schema}.cases
  ADD COLUMN rules text[] NOT NULL DEFAULT '{}',
  -- Why it was resolved so.
  ADD COLUMN reason text;
ALTER TABLE {schema}.case_alerts ADD COLUMN rules text[] NOT NULL DEFAULT '{}';
CREATE INDEX cases_free ON {schema}.cases (amount_at_risk DESC, sequence DESC)
  WHERE status = 'open' AND assignee IS NULL AND transactions > 0;
-- What people wrote of a card, a device, a customer; `label`: in a word.
CREATE TABLE {schema}.entity_notes (
  id text COLLATE "C" PRIMARY KEY,
  sequence bigint NOT NULL,
  key bigint NOT NULL,
  type text COLLATE "C" NOT NULL,
  value text COLLATE "C" NOT NULL,
  kind text COLLATE "C" NOT NULL,
  text text NOT NULL,
  at timestamptz(3) NOT NULL,
  by text,
  words tsvector GENERATED ALWAYS AS (to_tsvector('simple', text)) STORED
);
CREATE INDEX entity_notes_key ON {schema}.entity_notes (key, sequence);
CREATE INDEX entity_notes_words ON {schema}.entity_notes USING gin (words);
CREATE INDEX entity_notes_at ON {schema}.entity_notes (at);
