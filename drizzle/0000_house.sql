CREATE TABLE "audience" (
	"audience" text NOT NULL,
	"position" bigint NOT NULL,
	"stream" text NOT NULL,
	"revision" bigint NOT NULL,
	CONSTRAINT "audience_audience_position_pk" PRIMARY KEY("audience","position")
);
--> statement-breakpoint
CREATE TABLE "behind" (
	"stream" text PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "checkpoints" (
	"consumer" text PRIMARY KEY NOT NULL,
	"epoch" text NOT NULL,
	"position" bigint NOT NULL,
	"start" bigint NOT NULL,
	"owner" text,
	"fence" bigint DEFAULT 0 NOT NULL,
	"until" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "claims" (
	"kind" text NOT NULL,
	"value" text NOT NULL,
	"stream" text NOT NULL,
	CONSTRAINT "claims_kind_value_pk" PRIMARY KEY("kind","value")
);
--> statement-breakpoint
CREATE TABLE "dead_letters" (
	"consumer" text NOT NULL,
	"stream" text NOT NULL,
	"revision" bigint NOT NULL,
	"position" bigint NOT NULL,
	"attempts" integer NOT NULL,
	"error" text NOT NULL,
	"since" timestamp with time zone NOT NULL,
	"next_at" timestamp with time zone NOT NULL,
	CONSTRAINT "dead_letters_consumer_stream_pk" PRIMARY KEY("consumer","stream")
);
--> statement-breakpoint
CREATE TABLE "events" (
	"position" bigserial PRIMARY KEY NOT NULL,
	"stream" text NOT NULL,
	"revision" bigint NOT NULL,
	"id" uuid NOT NULL,
	"type" text NOT NULL,
	"v" smallint NOT NULL,
	"bump" boolean NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"tenant" uuid,
	"actor" uuid,
	"command" uuid NOT NULL,
	"correlation" uuid,
	"causation" uuid,
	"data" text NOT NULL,
	"personal" text,
	"key" uuid,
	CONSTRAINT "events_id_unique" UNIQUE("id"),
	CONSTRAINT "events_stream_revision" UNIQUE("stream","revision")
);
--> statement-breakpoint
CREATE TABLE "passwords" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"hash" text NOT NULL,
	"changed_at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "receipts" (
	"scope" uuid NOT NULL,
	"command" uuid NOT NULL,
	"hash" "bytea" NOT NULL,
	"stream" text NOT NULL,
	"first" bigint,
	"last" bigint,
	"position" bigint,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "receipts_scope_command_pk" PRIMARY KEY("scope","command")
);
--> statement-breakpoint
CREATE TABLE "sessions" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"device_name" text,
	"generation" integer NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"last_used_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"ended_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "snapshots" (
	"stream" text NOT NULL,
	"schema" text NOT NULL,
	"revision" bigint NOT NULL,
	"state" text NOT NULL,
	CONSTRAINT "snapshots_stream_schema_pk" PRIMARY KEY("stream","schema")
);
--> statement-breakpoint
CREATE TABLE "store" (
	"generation" uuid PRIMARY KEY NOT NULL
);
--> statement-breakpoint
CREATE TABLE "streams" (
	"id" text PRIMARY KEY NOT NULL,
	"revision" bigint NOT NULL,
	"guard" bigint NOT NULL,
	"projected" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "chats" (
	"id" uuid PRIMARY KEY NOT NULL,
	"kind" text NOT NULL,
	"title" text,
	"pair" text,
	"version" bigint NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"archived_at" timestamp with time zone,
	"deleted_at" timestamp with time zone,
	"last_activity_at" timestamp with time zone NOT NULL,
	"activity_position" bigint NOT NULL
);
--> statement-breakpoint
CREATE TABLE "messages" (
	"id" uuid PRIMARY KEY NOT NULL,
	"chat_id" uuid NOT NULL,
	"sequence" integer NOT NULL,
	"version" bigint NOT NULL,
	"author_id" uuid NOT NULL,
	"command_id" uuid NOT NULL,
	"body" text,
	"reply_to_id" uuid,
	"created_at" timestamp with time zone NOT NULL,
	"edited_at" timestamp with time zone,
	"deleted_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "participants" (
	"chat_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"role" text NOT NULL,
	"version" bigint NOT NULL,
	"joined_at" timestamp with time zone NOT NULL,
	"joined_sequence" bigint NOT NULL,
	"left_at" timestamp with time zone,
	CONSTRAINT "participants_chat_id_user_id_pk" PRIMARY KEY("chat_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "read_markers" (
	"chat_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"sequence" integer NOT NULL,
	"read_at" timestamp with time zone NOT NULL,
	"position" bigint NOT NULL,
	CONSTRAINT "read_markers_chat_id_user_id_pk" PRIMARY KEY("chat_id","user_id")
);
--> statement-breakpoint
CREATE TABLE "user_accounts" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL,
	"status" text NOT NULL,
	"platform_role" text NOT NULL,
	"email" text,
	"handle" text,
	"display_name" text,
	"created_at" timestamp with time zone NOT NULL,
	"deleted_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "audience_position" ON "audience" USING btree ("position");--> statement-breakpoint
CREATE INDEX "claims_stream" ON "claims" USING btree ("stream");--> statement-breakpoint
CREATE INDEX "events_structural" ON "events" USING btree ("stream","revision") WHERE "events"."bump";--> statement-breakpoint
CREATE INDEX "sessions_user" ON "sessions" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "chats_pair" ON "chats" USING btree ("pair") WHERE "chats"."pair" is not null;--> statement-breakpoint
CREATE UNIQUE INDEX "messages_sequence" ON "messages" USING btree ("chat_id","sequence");--> statement-breakpoint
CREATE INDEX "messages_unread" ON "messages" USING btree ("chat_id","sequence","author_id") WHERE "messages"."deleted_at" is null;--> statement-breakpoint
CREATE INDEX "participants_user" ON "participants" USING btree ("user_id");--> statement-breakpoint
CREATE INDEX "read_markers_chat" ON "read_markers" USING btree ("chat_id","position");--> statement-breakpoint
CREATE INDEX "user_accounts_email" ON "user_accounts" USING btree ("email");--> statement-breakpoint
CREATE INDEX "user_accounts_handle" ON "user_accounts" USING btree ("handle" text_pattern_ops);--> statement-breakpoint
CREATE INDEX "user_accounts_name" ON "user_accounts" USING btree (lower("display_name") text_pattern_ops);--> statement-breakpoint
ALTER TABLE "streams" SET (fillfactor = 80);--> statement-breakpoint
ALTER TABLE "chats" SET (fillfactor = 80);--> statement-breakpoint
INSERT INTO "store" ("generation") VALUES (gen_random_uuid());
