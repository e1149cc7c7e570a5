-- What the page of an entity adds up of a payment is read from the index that finds it. The primary key takes these columns in, a partition at a
-- time and beside the one that serves: reads go on while an index is made, writes wait.
DO $$
DECLARE
  part record;
  parts CONSTANT text := 'SELECT relname AS name, relname || ''_place'' AS place FROM pg_inherits JOIN pg_class ON oid = inhrelid
    WHERE inhparent = ''{schema}.transactions''::regclass';
BEGIN
  FOR part IN EXECUTE parts LOOP
    EXECUTE format('CREATE UNIQUE INDEX %I ON {schema}.%I (created_at, sequence) INCLUDE (decision, label, base_minor)',
      part.place, part.name);
  END LOOP;
  ALTER TABLE {schema}.transactions DROP CONSTRAINT transactions_pkey;
  ALTER TABLE ONLY {schema}.transactions
    ADD CONSTRAINT transactions_place PRIMARY KEY (created_at, sequence) INCLUDE (decision, label, base_minor);
  FOR part IN EXECUTE parts LOOP
    EXECUTE format('ALTER TABLE {schema}.%I ADD CONSTRAINT %I PRIMARY KEY USING INDEX %2$I', part.name, part.place);
    EXECUTE format('ALTER INDEX {schema}.transactions_place ATTACH PARTITION {schema}.%I', part.place);
  END LOOP;
END
$$;

-- Types of what `entities` begins with, in their order, between commas: a walk along links counts entities whose names it need not know. Empty
-- in a row that the version before writes: its keys are told by their names.
ALTER TABLE {schema}.transactions ADD COLUMN entity_types text COLLATE "C";
