-- Which model decided, so that its scores can be counted over time.
ALTER TABLE {schema}.transactions ADD COLUMN model text COLLATE "C";
UPDATE {schema}.transactions t SET model = v.view -> 'model' ->> 'version'
  FROM {schema}.views v WHERE v.id = t.view_id AND t.score IS NOT NULL;
