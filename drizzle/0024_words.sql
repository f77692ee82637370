-- Text as it is searched: ё is е, in lower case whatever the locale of the database thinks, and punctuation, symbols and emoji
-- of the world are space. Each character stays in its place. What is ASCII needs no look at each letter.
CREATE FUNCTION search_folded(said text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  IF octet_length(said) = length(said) THEN
    RETURN translate(said, '<>', '  ');
  END IF;
  RETURN translate(regexp_replace(said, '[\u00a0-\u00bf\u2000-\u2bff\u3000-\u303f\ufe00-\ufe0f\U0001f000-\U0001faff]', ' ', 'g'),
    'АБВГДЕЁЖЗИЙКЛМНОПРСТУФХЦЧШЩЪЫЬЭЮЯё<>', 'абвгдеежзийклмнопрстуфхцчшщъыьэюяе  ');
END $$;--> statement-breakpoint
-- The same with each part of an address, of a file's name or of a number by itself.
CREATE FUNCTION search_apart(said text) RETURNS text LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
BEGIN
  RETURN translate(search_folded(said), '@._/\-+#&=?%~|:*''', '                 ');
END $$;--> statement-breakpoint
-- What a message is found by. To change it is a new migration, which has to make the column anew.
CREATE FUNCTION search_words(body text, file_names text, chat_id uuid, author_id uuid, created_at timestamptz) RETURNS tsvector
LANGUAGE plpgsql IMMUTABLE PARALLEL SAFE AS $$
DECLARE
  words tsvector := '';
  parts text;
BEGIN
  IF body IS NOT NULL THEN
    words := to_tsvector('russian', search_folded(body)) || to_tsvector('simple', search_apart(body));
  END IF;
  IF file_names IS NOT NULL THEN
    parts := search_apart(file_names);
    words := words || to_tsvector('russian', search_folded(file_names)) || to_tsvector('russian', parts) || to_tsvector('simple', parts);
  END IF;
  RETURN words || array_to_tsvector(array['#c' || replace(chat_id::text, '-', ''), '#u' || replace(author_id::text, '-', ''),
    '#w' || floor(extract(epoch from created_at at time zone 'UTC') / 604800)::integer::text]);
END $$;--> statement-breakpoint
DROP INDEX "messages_words";--> statement-breakpoint
ALTER TABLE "messages" drop column "search";--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "search" "tsvector" GENERATED ALWAYS AS (case when deleted_at is null and (body is not null or file_names is not null) then
  search_words(body, file_names, chat_id, author_id, created_at) end) STORED;--> statement-breakpoint
CREATE INDEX "messages_words" ON "messages" USING gin ("search") WITH (gin_pending_list_limit=256);
