CREATE TABLE "message_files" (
	"message_id" uuid NOT NULL,
	"file_id" uuid NOT NULL,
	"chat_id" uuid NOT NULL,
	"sequence" integer NOT NULL,
	"place" integer NOT NULL,
	CONSTRAINT "message_files_message_id_file_id_pk" PRIMARY KEY("message_id","file_id")
);
--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "content_kind" text DEFAULT 'TEXT' NOT NULL;--> statement-breakpoint
CREATE INDEX "message_files_file" ON "message_files" USING btree ("file_id");--> statement-breakpoint
CREATE INDEX "message_files_chat" ON "message_files" USING btree ("chat_id","sequence","place");