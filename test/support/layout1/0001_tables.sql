-- What people query. All of it can be rebuilt from the journal: drop the schema and start again.
-- Text is compared by code point (collation "C"), so that order and equality are those of the ids as bytes.

CREATE TABLE {schema}.meta (
  one boolean PRIMARY KEY DEFAULT true CHECK (one),
  -- Sequence and key of the last record applied: the key tells whether this is the journal it came from.
  applied bigint NOT NULL,
  applied_key text,
  answers_pruned_at timestamptz(3) NOT NULL
);
INSERT INTO {schema}.meta VALUES (true, 0, NULL, 'epoch');

CREATE TABLE {schema}.transactions (
  id text COLLATE "C" PRIMARY KEY,
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
  -- Microseconds to three significant digits: few distinct values make percentiles cheap. The view has the exact one.
  latency_us integer,
  label text COLLATE "C",
  deleted boolean NOT NULL,
  -- Keys of the entities that profiles know (domain/entity.ts), the user's left out: it has an index of its own.
  entities bigint[] NOT NULL,
  -- Codes that pushed a review or a decline up.
  reasons text[],
  view_id bigint NOT NULL
);

-- What the API answers with, as it was written. Apart, so that stats and filters scan narrow rows; uncompressed, because
-- compressing costs more than all else that is done to a row.
CREATE TABLE {schema}.views (
  -- Sequence of the transaction's first record.
  id bigint PRIMARY KEY,
  view json NOT NULL
);
ALTER TABLE {schema}.views ALTER COLUMN view SET STORAGE EXTERNAL;

CREATE INDEX transactions_newest ON {schema}.transactions (created_at, sequence);
CREATE INDEX transactions_user ON {schema}.transactions (user_id, created_at, sequence);
CREATE INDEX transactions_entities ON {schema}.transactions USING gin (entities);
CREATE INDEX transactions_decision ON {schema}.transactions (decision, created_at, sequence)
  WHERE decision IN ('review', 'decline');
CREATE INDEX transactions_status ON {schema}.transactions (status, created_at, sequence) WHERE status <> 'pending';
CREATE INDEX transactions_score ON {schema}.transactions (score, created_at, sequence) WHERE score >= 30;
CREATE INDEX transactions_alerts ON {schema}.transactions (created_at, sequence)
  WHERE decision IN ('review', 'decline') AND status = 'pending' AND label IS NULL AND NOT deleted;

CREATE TABLE {schema}.labels (
  id text COLLATE "C" PRIMARY KEY,
  sequence bigint NOT NULL,
  transaction_id text COLLATE "C" NOT NULL,
  label text COLLATE "C" NOT NULL,
  source text COLLATE "C" NOT NULL,
  note text,
  occurred_at timestamptz(3),
  recorded_at timestamptz(3) NOT NULL
);
CREATE INDEX labels_transaction ON {schema}.labels (transaction_id, sequence);

CREATE TABLE {schema}.users (
  id text COLLATE "C" PRIMARY KEY,
  sequence bigint NOT NULL,
  name text NOT NULL,
  email text NOT NULL,
  -- The address in lower case. Deferred, because one batch may hand an address from one user to another.
  email_key text COLLATE "C" NOT NULL UNIQUE DEFERRABLE INITIALLY DEFERRED,
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
