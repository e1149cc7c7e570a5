-- When cases are to be worked. Milliseconds, as event times.
ALTER TABLE {schema}.cases
  -- Of its earliest alert that nobody worked; null where none is due.
  ADD COLUMN due bigint,
  -- Since when its time stands still, for the customer is awaited.
  ADD COLUMN awaiting_since timestamptz(3),
  -- The time that was told as missed.
  ADD COLUMN escalated_due bigint;
ALTER TABLE {schema}.case_alerts
  ADD COLUMN due bigint,
  ADD COLUMN worked boolean NOT NULL DEFAULT false;
CREATE INDEX cases_due_next ON {schema}.cases (due, sequence DESC) WHERE due IS NOT NULL AND transactions > 0;
