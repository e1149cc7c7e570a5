-- What people query. All of it can be rebuilt from the journal: drop the schema and start again.
-- Text is compared by code point (collation "C"), so that order and equality are those of the ids as bytes.

CREATE TABLE {schema}.meta (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  -- Sequence and key of the last record applied: the key tells whether this is the journal it came from.
  applied bigint NOT NULL,
  applied_key text,
  -- Milliseconds. What was decided before `horizon` is retired; buckets of `tallies` that end by `tallied` are whole.
  horizon bigint NOT NULL,
  tallied bigint NOT NULL
);
INSERT INTO {schema}.meta VALUES (true, 0, NULL, -8640000000000000, -8640000000000000);

-- The spans, in milliseconds, for which every partitioned table has a partition.
CREATE TABLE {schema}.partitions (
  starts bigint PRIMARY KEY,
  ends bigint NOT NULL CHECK (ends > starts)
);

-- Every id that is taken, and where its transaction stands. Not partitioned, so that one index keeps ids unique. A deleted
-- transaction leaves its id here and nothing elsewhere.
CREATE TABLE {schema}.ids (
  id text COLLATE "C" PRIMARY KEY,
  created_at timestamptz(3) NOT NULL,
  sequence bigint NOT NULL
);
CREATE INDEX ids_oldest ON {schema}.ids (created_at);

-- What lists filter by, in narrow rows. An index holds what a filter may ask beside it, so that a scan that passes over
-- many rows stays within the index.
CREATE TABLE {schema}.transactions (
  id text COLLATE "C" NOT NULL,
  sequence bigint NOT NULL,
  created_at timestamptz(3) NOT NULL,
  user_id text COLLATE "C" NOT NULL,
  status text COLLATE "C" NOT NULL,
  decision text COLLATE "C",
  score smallint,
  probability double precision,
  currency text COLLATE "C" NOT NULL,
  amount_minor bigint NOT NULL,
  minor_digits smallint NOT NULL,
  -- Microseconds to three significant digits: few distinct values, so that a tally counts each. The view has the exact one.
  latency_us integer,
  label text COLLATE "C",
  -- Keys of the entities that profiles know (domain/entity.ts), the user's left out.
  entities bigint[] NOT NULL,
  -- Codes that pushed a review or a decline up.
  reasons text[],
  -- Version of the model that decided.
  model text COLLATE "C",
  country text COLLATE "C",
  PRIMARY KEY (created_at, sequence)
) PARTITION BY RANGE (created_at);
CREATE INDEX transactions_user ON {schema}.transactions (user_id, created_at, sequence)
  INCLUDE (decision, status, score, label);
CREATE INDEX transactions_status ON {schema}.transactions (status, created_at, sequence) INCLUDE (decision, score);
-- The few that people look for, apart, so that a rare kind of them is found among few.
CREATE INDEX transactions_decision ON {schema}.transactions (decision, created_at, sequence)
  INCLUDE (status, score) WHERE decision IN ('review', 'decline');
CREATE INDEX transactions_user_decision ON {schema}.transactions (user_id, decision, created_at, sequence)
  INCLUDE (status, score, label) WHERE decision IN ('review', 'decline');
CREATE INDEX transactions_user_undecided ON {schema}.transactions (user_id, status, created_at, sequence)
  INCLUDE (decision, score) WHERE status IN ('processing', 'failed');
CREATE INDEX transactions_score30 ON {schema}.transactions (created_at, sequence)
  INCLUDE (score, decision, status) WHERE score >= 30;
CREATE INDEX transactions_score80 ON {schema}.transactions (created_at, sequence)
  INCLUDE (score, decision, status) WHERE score >= 80;
CREATE INDEX transactions_score95 ON {schema}.transactions (created_at, sequence)
  INCLUDE (score, decision, status) WHERE score >= 95;
CREATE INDEX transactions_decision_score30 ON {schema}.transactions (decision, created_at, sequence)
  INCLUDE (score, status) WHERE score >= 30;
CREATE INDEX transactions_decision_score80 ON {schema}.transactions (decision, created_at, sequence)
  INCLUDE (score, status) WHERE score >= 80;
CREATE INDEX transactions_user_score30 ON {schema}.transactions (user_id, created_at, sequence)
  INCLUDE (score, decision, status, label) WHERE score >= 30;
CREATE INDEX transactions_alerts ON {schema}.transactions (created_at, sequence) INCLUDE (decision, score)
  WHERE decision IN ('review', 'decline') AND status = 'pending' AND label IS NULL;

-- What the API answers with, as it was written. Uncompressed, because compressing costs more than all else that is done to
-- a row.
CREATE TABLE {schema}.views (
  created_at timestamptz(3) NOT NULL,
  sequence bigint NOT NULL,
  view json NOT NULL,
  PRIMARY KEY (created_at, sequence)
) PARTITION BY RANGE (created_at);
ALTER TABLE {schema}.views ALTER COLUMN view SET STORAGE EXTERNAL;

-- One row for each entity that a transaction names: the newest of an entity in one index scan, however many it has.
CREATE TABLE {schema}.transaction_entities (
  key bigint NOT NULL,
  created_at timestamptz(3) NOT NULL,
  sequence bigint NOT NULL,
  PRIMARY KEY (key, created_at, sequence)
) PARTITION BY RANGE (created_at);

-- What stats add up, counted by minute, and whole spans of minutes again in wider buckets.
CREATE TABLE {schema}.tallies (
  width_ms integer NOT NULL,
  at timestamptz(3) NOT NULL,
  tally json NOT NULL,
  PRIMARY KEY (width_ms, at)
) PARTITION BY RANGE (at);

CREATE TABLE {schema}.users (
  id text COLLATE "C" PRIMARY KEY,
  sequence bigint NOT NULL,
  name text NOT NULL,
  email text NOT NULL,
  -- The address in lower case. Deferred, because one batch may hand an address from one user to another.
  email_key text COLLATE "C" NOT NULL UNIQUE DEFERRABLE INITIALLY DEFERRED,
  -- Name, address and id in lower case, each on a line of its own.
  search text COLLATE "C" NOT NULL,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL
);
CREATE INDEX users_newest ON {schema}.users (created_at, sequence);

-- What each command came to, for a day.
CREATE TABLE {schema}.answers (
  sequence bigint PRIMARY KEY,
  at timestamptz(3) NOT NULL,
  answer json NOT NULL
);
CREATE INDEX answers_at ON {schema}.answers (at);

-- Records that the database would not take. They are in the journal; none should ever stand here.
CREATE TABLE {schema}.rejected (
  sequence bigint PRIMARY KEY,
  type text NOT NULL,
  reason text NOT NULL
);
