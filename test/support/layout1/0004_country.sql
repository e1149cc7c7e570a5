-- Where a payment came from, so that places can be counted.
ALTER TABLE {schema}.transactions ADD COLUMN country text COLLATE "C";
UPDATE {schema}.transactions t SET country = v.view ->> 'country'
  FROM {schema}.views v WHERE v.id = t.view_id AND v.view ->> 'country' IS NOT NULL;
