-- Types of what `entities` begins with, in their order, between commas: a walk along links counts entities whose names it need not know. Empty
-- in a row that the version before writes: its keys are told by their names.
ALTER TABLE {schema}.transactions ADD COLUMN entity_types text COLLATE "C";
