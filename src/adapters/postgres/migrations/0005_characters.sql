-- A search for less than three letters in a row has no trigram: it goes by the characters that a user's text has at all.
CREATE INDEX users_characters ON {schema}.users USING gin (string_to_array(search, NULL));
