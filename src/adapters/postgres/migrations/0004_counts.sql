-- Counts that statistics of long windows read instead of every alert and every case. Triggers keep them, so that a version
-- that knows nothing of them keeps them too while it is still serving.

-- How many alerts name an entity, by day (UTC) and in all. `place` is that of its type among an alert's keys, from 1.
CREATE TABLE {schema}.alert_days (
  place smallint NOT NULL,
  key bigint NOT NULL,
  day date NOT NULL,
  alerts integer NOT NULL,
  PRIMARY KEY (place, key, day)
);
CREATE TABLE {schema}.alert_totals (
  place smallint NOT NULL,
  key bigint NOT NULL,
  alerts integer NOT NULL,
  PRIMARY KEY (place, key)
);
CREATE INDEX alert_totals_most ON {schema}.alert_totals (alerts DESC, place, key);

CREATE FUNCTION {schema}.utc_day(at timestamptz) RETURNS date LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (at AT TIME ZONE 'UTC')::date;

LOCK TABLE {schema}.case_alerts, {schema}.cases IN SHARE ROW EXCLUSIVE MODE;

INSERT INTO {schema}.alert_days (place, key, day, alerts)
SELECT place, key, {schema}.utc_day(at), count(*)
FROM {schema}.case_alerts, unnest(keys) WITH ORDINALITY AS entity (key, place) WHERE key <> 0 GROUP BY 1, 2, 3;
INSERT INTO {schema}.alert_totals (place, key, alerts)
SELECT place, key, sum(alerts) FROM {schema}.alert_days GROUP BY 1, 2;

-- An update matters too: an id that retention freed may come again before its old alert is dropped.
CREATE FUNCTION {schema}.count_alerts() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
  changed text := CASE TG_OP
    WHEN 'INSERT' THEN 'SELECT 1 AS sign, at, keys FROM after'
    WHEN 'DELETE' THEN 'SELECT -1 AS sign, at, keys FROM before'
    ELSE 'SELECT 1 AS sign, at, keys FROM after UNION ALL SELECT -1, at, keys FROM before' END;
BEGIN
  EXECUTE 'WITH days AS (
      SELECT place, key, {schema}.utc_day(at) AS day, sum(sign) AS alerts
      FROM (' || changed || ') AS changed, unnest(keys) WITH ORDINALITY AS entity (key, place)
      WHERE key <> 0 GROUP BY 1, 2, 3 HAVING sum(sign) <> 0
    ), by_day AS (
      INSERT INTO {schema}.alert_days AS known (place, key, day, alerts) SELECT place, key, day, alerts FROM days
      ON CONFLICT (place, key, day) DO UPDATE SET alerts = known.alerts + excluded.alerts
    )
    INSERT INTO {schema}.alert_totals AS known (place, key, alerts)
    SELECT place, key, sum(alerts) FROM days GROUP BY 1, 2 HAVING sum(alerts) <> 0
    ON CONFLICT (place, key) DO UPDATE SET alerts = known.alerts + excluded.alerts';
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM {schema}.alert_days d USING before, unnest(keys) WITH ORDINALITY AS entity (key, place)
    WHERE d.place = entity.place AND d.key = entity.key AND d.day = {schema}.utc_day(at) AND d.alerts = 0;
    DELETE FROM {schema}.alert_totals t USING before, unnest(keys) WITH ORDINALITY AS entity (key, place)
    WHERE t.place = entity.place AND t.key = entity.key AND t.alerts = 0;
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER case_alerts_came AFTER INSERT ON {schema}.case_alerts REFERENCING NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION {schema}.count_alerts();
CREATE TRIGGER case_alerts_changed AFTER UPDATE ON {schema}.case_alerts REFERENCING OLD TABLE AS before NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION {schema}.count_alerts();
CREATE TRIGGER case_alerts_went AFTER DELETE ON {schema}.case_alerts REFERENCING OLD TABLE AS before
  FOR EACH STATEMENT EXECUTE FUNCTION {schema}.count_alerts();

-- What is counted of the cases opened on a day. `value` is 0, or for a time taken the first milliseconds of a range of them.
CREATE TABLE {schema}.case_days (
  day date NOT NULL,
  measure text COLLATE "C" NOT NULL,
  value bigint NOT NULL,
  cases integer NOT NULL,
  amount numeric NOT NULL,
  PRIMARY KEY (day, measure, value)
);

CREATE FUNCTION {schema}.ms_between(earlier timestamptz, later timestamptz) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN (extract(epoch FROM later - earlier) * 1000)::bigint;

-- The least of the milliseconds that share their first two digits and their number of digits; −1 stands for all below 0.
CREATE FUNCTION {schema}.ms_range(ms bigint) RETURNS bigint LANGUAGE sql IMMUTABLE PARALLEL SAFE
RETURN CASE WHEN ms < 0 THEN -1 ELSE ms - ms % (10 ^ greatest(length(ms::text) - 2, 0))::bigint END;

CREATE INDEX cases_action_range ON {schema}.cases
  ({schema}.ms_range({schema}.ms_between(opened_at, first_action_at)), opened_at) INCLUDE (first_action_at)
  WHERE transactions > 0 AND first_action_at IS NOT NULL;
CREATE INDEX cases_resolution_range ON {schema}.cases
  ({schema}.ms_range({schema}.ms_between(opened_at, resolved_at)), opened_at) INCLUDE (resolved_at)
  WHERE transactions > 0 AND resolved_at IS NOT NULL;

CREATE FUNCTION {schema}.case_measures(one {schema}.cases) RETURNS TABLE (measure text, value bigint, amount numeric)
LANGUAGE sql IMMUTABLE PARALLEL SAFE AS $$
  SELECT measure, value, amount FROM (VALUES
    ('opened', 0::bigint, 0::numeric, true),
    (one.status, 0, CASE one.status WHEN 'open' THEN one.amount_at_risk::numeric ELSE 0 END, true),
    ('unassigned', 0, 0, one.status = 'open' AND one.assignee IS NULL),
    (one.resolution, 0, 0, one.resolution IS NOT NULL),
    ('first action', {schema}.ms_range({schema}.ms_between(one.opened_at, one.first_action_at)), 0,
      one.first_action_at IS NOT NULL),
    ('resolution', {schema}.ms_range({schema}.ms_between(one.opened_at, one.resolved_at)), 0,
      one.resolved_at IS NOT NULL)
  ) AS of (measure, value, amount, counts) WHERE one.transactions > 0 AND counts
$$;

INSERT INTO {schema}.case_days (day, measure, value, cases, amount)
SELECT {schema}.utc_day(c.opened_at), m.measure, m.value, count(*), trim_scale(sum(m.amount))
FROM {schema}.cases c, {schema}.case_measures(c) m GROUP BY 1, 2, 3;

CREATE FUNCTION {schema}.count_cases() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
  EXECUTE 'INSERT INTO {schema}.case_days AS known (day, measure, value, cases, amount)
    SELECT {schema}.utc_day(opened_at), measure, value, sum(sign), trim_scale(sum(sign * amount)) FROM ('
    || CASE TG_OP
      WHEN 'INSERT' THEN 'SELECT 1 AS sign, c.opened_at, m.* FROM after c, {schema}.case_measures(c) m'
      WHEN 'DELETE' THEN 'SELECT -1 AS sign, c.opened_at, m.* FROM before c, {schema}.case_measures(c) m'
      ELSE 'SELECT 1 AS sign, c.opened_at, m.* FROM after c, {schema}.case_measures(c) m UNION ALL
        SELECT -1, c.opened_at, m.* FROM before c, {schema}.case_measures(c) m' END
    || ') AS changed GROUP BY 1, 2, 3 HAVING sum(sign) <> 0 OR sum(sign * amount) <> 0
    ON CONFLICT (day, measure, value) DO UPDATE
      SET cases = known.cases + excluded.cases, amount = trim_scale(known.amount + excluded.amount)';
  IF TG_OP <> 'INSERT' THEN
    DELETE FROM {schema}.case_days d
    WHERE cases = 0 AND day IN (SELECT {schema}.utc_day(opened_at) FROM before);
  END IF;
  RETURN NULL;
END
$$;
CREATE TRIGGER cases_came AFTER INSERT ON {schema}.cases REFERENCING NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION {schema}.count_cases();
CREATE TRIGGER cases_changed AFTER UPDATE ON {schema}.cases REFERENCING OLD TABLE AS before NEW TABLE AS after
  FOR EACH STATEMENT EXECUTE FUNCTION {schema}.count_cases();
CREATE TRIGGER cases_went AFTER DELETE ON {schema}.cases REFERENCING OLD TABLE AS before
  FOR EACH STATEMENT EXECUTE FUNCTION {schema}.count_cases();
