-- How people look at a list, kept to be looked at again.
CREATE TABLE {schema}.saved_views (
  id text COLLATE "C" PRIMARY KEY,
  sequence bigint NOT NULL,
  name text NOT NULL,
  filters json NOT NULL,
  -- Else whoever made it alone sees it.
  shared boolean NOT NULL,
  -- Id of the key; null while keyless.
  by text,
  created_at timestamptz(3) NOT NULL,
  updated_at timestamptz(3) NOT NULL
);
