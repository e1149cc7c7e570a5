-- Scores of one decision are asked of the indexes that begin with it. The others hold no decision, lest a planner that takes
-- decision and score for independent choose them: they would be read whole for approvals of high scores, of which there are none.
CREATE INDEX transactions_from30 ON {schema}.transactions (created_at, sequence) INCLUDE (score, status) WHERE score >= 30;
CREATE INDEX transactions_from80 ON {schema}.transactions (created_at, sequence) INCLUDE (score, status) WHERE score >= 80;
CREATE INDEX transactions_from95 ON {schema}.transactions (created_at, sequence) INCLUDE (score, status) WHERE score >= 95;
CREATE INDEX transactions_decision_score95 ON {schema}.transactions (decision, created_at, sequence)
  INCLUDE (score, status) WHERE score >= 95;
CREATE INDEX cases_score ON {schema}.cases (score) WHERE transactions > 0;
DROP INDEX {schema}.transactions_score30, {schema}.transactions_score80, {schema}.transactions_score95;
