CREATE TABLE "message_edits" (
	"id" uuid PRIMARY KEY NOT NULL,
	"message_id" uuid NOT NULL,
	"revision" bigint NOT NULL,
	"edited_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "entities" jsonb;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "mentions" uuid[];--> statement-breakpoint
CREATE INDEX "message_edits_message" ON "message_edits" USING btree ("message_id","revision");--> statement-breakpoint
CREATE INDEX "messages_mentions" ON "messages" USING btree ("chat_id","sequence") WHERE "messages"."deleted_at" is null and "messages"."mentions" is not null;