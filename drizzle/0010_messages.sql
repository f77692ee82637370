CREATE TABLE "chat_mutes" (
	"chat_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"muted" boolean NOT NULL,
	"until" timestamp with time zone,
	"position" bigint NOT NULL,
	CONSTRAINT "chat_mutes_user_id_chat_id_pk" PRIMARY KEY("user_id","chat_id")
);
--> statement-breakpoint
CREATE INDEX "messages_sent" ON "messages" USING btree ("chat_id","created_at","sequence");