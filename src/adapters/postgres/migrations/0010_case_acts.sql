-- Cases that were reopened or merged. A version before this refuses both, and shows no case without transactions.
ALTER TABLE {schema}.cases
  ADD COLUMN reopened integer NOT NULL DEFAULT 0,
  ADD COLUMN reopened_by text,
  -- Transactions whose label, which a resolution gave that was taken back since, has yet to be withdrawn.
  ADD COLUMN withdrawals_due integer NOT NULL DEFAULT 0,
  -- The case that has its transactions now.
  ADD COLUMN merged_into text COLLATE "C";
CREATE INDEX cases_withdrawals_due ON {schema}.cases (sequence) WHERE withdrawals_due > 0;
CREATE INDEX cases_merged ON {schema}.cases (merged_into) WHERE merged_into IS NOT NULL;
