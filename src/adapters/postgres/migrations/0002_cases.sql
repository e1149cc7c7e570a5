CREATE TABLE {schema}.cases (
  id text COLLATE "C" PRIMARY KEY,
  -- Of the record that opened it.
  sequence bigint NOT NULL,
  version integer NOT NULL,
  status text COLLATE "C" NOT NULL,
  -- The entity that most of its transactions share.
  entity_type text COLLATE "C" NOT NULL,
  entity_key bigint NOT NULL,
  entity_value text NOT NULL,
  entity_alerts integer NOT NULL,
  -- 0 once all of them are deleted: then no read shows it.
  transactions integer NOT NULL,
  reviews integer NOT NULL,
  declines integer NOT NULL,
  score smallint NOT NULL,
  amount double precision NOT NULL,
  amount_at_risk double precision NOT NULL,
  -- Event times of its first and last transaction, milliseconds.
  first_time bigint NOT NULL,
  last_time bigint NOT NULL,
  opened_at timestamptz(3) NOT NULL,
  last_alert_at timestamptz(3) NOT NULL,
  first_action_at timestamptz(3),
  assignee text,
  resolution text COLLATE "C",
  resolved_at timestamptz(3),
  resolved_by text,
  note text,
  -- Transactions whose label its resolution has yet to record.
  labels_due integer NOT NULL
);
CREATE INDEX cases_risk ON {schema}.cases (amount_at_risk, sequence) WHERE transactions > 0;
CREATE INDEX cases_open_risk ON {schema}.cases (amount_at_risk, sequence) WHERE transactions > 0 AND status = 'open';
CREATE INDEX cases_newest ON {schema}.cases (opened_at, sequence) WHERE transactions > 0;
CREATE INDEX cases_assignee_risk ON {schema}.cases (assignee, amount_at_risk, sequence) WHERE transactions > 0;
CREATE INDEX cases_assignee_newest ON {schema}.cases (assignee, opened_at, sequence) WHERE transactions > 0;
CREATE INDEX cases_resolved ON {schema}.cases (resolved_at) WHERE status = 'resolved';
CREATE INDEX cases_due ON {schema}.cases (sequence) WHERE labels_due > 0;
CREATE INDEX cases_last_alert ON {schema}.cases (last_alert_at);

-- Which entities a case's transactions name, and how many of them.
CREATE TABLE {schema}.case_links (
  case_id text COLLATE "C" NOT NULL,
  type text COLLATE "C" NOT NULL,
  key bigint NOT NULL,
  value text NOT NULL,
  alerts integer NOT NULL,
  PRIMARY KEY (case_id, type, key)
);
CREATE INDEX case_links_entity ON {schema}.case_links (key, type);

-- Reviewed and declined transactions: each in one case.
CREATE TABLE {schema}.case_alerts (
  transaction_id text COLLATE "C" PRIMARY KEY,
  case_id text COLLATE "C" NOT NULL,
  sequence bigint NOT NULL,
  at timestamptz(3) NOT NULL,
  time bigint NOT NULL,
  decision text COLLATE "C" NOT NULL,
  score smallint NOT NULL,
  amount double precision NOT NULL,
  amount_at_risk double precision NOT NULL,
  keys bigint[] NOT NULL,
  labelled boolean NOT NULL
);
CREATE INDEX case_alerts_oldest ON {schema}.case_alerts (at) INCLUDE (keys);
CREATE INDEX case_alerts_case ON {schema}.case_alerts (case_id, sequence);

-- Every command: who, when, to what, and what came of it.
CREATE TABLE {schema}.audit (
  sequence bigint NOT NULL,
  at timestamptz(3) NOT NULL,
  type text COLLATE "C" NOT NULL,
  by text,
  transaction_id text COLLATE "C",
  case_id text COLLATE "C",
  target text,
  status smallint NOT NULL,
  code text,
  detail json,
  PRIMARY KEY (at, sequence)
) PARTITION BY RANGE (at);
CREATE INDEX audit_by ON {schema}.audit (by, at, sequence);
CREATE INDEX audit_by_type ON {schema}.audit (by, type, at, sequence);
CREATE INDEX audit_type ON {schema}.audit (type, at, sequence);
CREATE INDEX audit_transaction ON {schema}.audit (transaction_id, at, sequence) WHERE transaction_id IS NOT NULL;
CREATE INDEX audit_case ON {schema}.audit (case_id, sequence) WHERE case_id IS NOT NULL;
