-- The same words as before, made faster: translate() walks its whole list for each letter, and a text was folded twice.
CREATE OR REPLACE FUNCTION search_apart(said text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN regexp_replace(search_folded(said), '[@._/\\+#&=?%~|:*''-]', ' ', 'g');
END $$;--> statement-breakpoint
CREATE OR REPLACE FUNCTION search_words(body text, file_names text, chat_id uuid, author_id uuid, created_at timestamptz) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  words tsvector := '';
  said text;
  parts text;
BEGIN
  IF body IS NOT NULL THEN
    said := search_folded(body);
    words := to_tsvector('russian', said) || to_tsvector('simple', regexp_replace(said, '[@._/\\+#&=?%~|:*''-]', ' ', 'g'));
  END IF;
  IF file_names IS NOT NULL THEN
    parts := search_apart(file_names);
    words := words || to_tsvector('russian', search_folded(file_names)) || to_tsvector('russian', parts) || to_tsvector('simple', parts);
  END IF;
  RETURN words || array_to_tsvector(array['#c' || replace(chat_id::text, '-', ''), '#u' || replace(author_id::text, '-', ''),
    '#w' || floor(extract(epoch from created_at at time zone 'UTC') / 604800)::integer::text]);
END $$;
