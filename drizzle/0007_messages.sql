CREATE TABLE "reactions" (
	"message_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"emoji" text NOT NULL,
	"sequence" bigint NOT NULL,
	"reacted_at" timestamp with time zone NOT NULL,
	"removed_at" timestamp with time zone,
	CONSTRAINT "reactions_message_id_user_id_emoji_pk" PRIMARY KEY("message_id","user_id","emoji")
);
--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "pinned_at" timestamp with time zone;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "pinned_sequence" bigint;--> statement-breakpoint
CREATE INDEX "reactions_live" ON "reactions" USING btree ("message_id","emoji","sequence") WHERE "reactions"."removed_at" is null;--> statement-breakpoint
CREATE INDEX "messages_pinned" ON "messages" USING btree ("chat_id","pinned_sequence") WHERE "messages"."deleted_at" is null and "messages"."pinned_sequence" is not null;