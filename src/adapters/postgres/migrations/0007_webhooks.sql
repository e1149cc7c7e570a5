-- Who is told of events by HTTP. Records write what a webhook is; whoever delivers, how far it got and how that goes.
CREATE TABLE {schema}.webhooks (
  id text COLLATE "C" PRIMARY KEY,
  -- Of the record that made it, and of the one that changed it last.
  sequence bigint NOT NULL,
  changed bigint NOT NULL,
  url text NOT NULL,
  -- NULL: all there are.
  types text[],
  description text,
  secret text NOT NULL,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL,
  -- The feed's seq: every event up to it is delivered, or was not asked for.
  position bigint NOT NULL,
  failures integer NOT NULL DEFAULT 0,
  failing_since timestamptz(3),
  next_attempt_at timestamptz(3),
  last_success_at timestamptz(3),
  last_error text,
  last_error_at timestamptz(3),
  paused_at timestamptz(3),
  -- The process that delivers, until then or until it says that it goes on.
  holder text,
  held_until timestamptz
);
