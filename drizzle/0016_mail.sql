CREATE TABLE "mailed_things" (
	"thing" uuid PRIMARY KEY NOT NULL,
	"mail" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notification_preferences" (
	"user_id" uuid PRIMARY KEY NOT NULL,
	"preferences" jsonb NOT NULL
);
--> statement-breakpoint
CREATE TABLE "notifications" (
	"id" uuid PRIMARY KEY NOT NULL,
	"user_id" uuid NOT NULL,
	"sequence" bigint NOT NULL,
	"category" text NOT NULL,
	"kind" text NOT NULL,
	"in_app" boolean NOT NULL,
	"mail" boolean NOT NULL,
	"by_id" uuid,
	"subject_type" text,
	"subject_id" uuid,
	"chat_id" uuid,
	"created_at" timestamp with time zone NOT NULL,
	"read_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "mailed_things_mail" ON "mailed_things" USING btree ("mail");--> statement-breakpoint
CREATE INDEX "mailed_things_at" ON "mailed_things" USING btree ("at");--> statement-breakpoint
CREATE INDEX "notifications_user" ON "notifications" USING btree ("user_id","sequence");--> statement-breakpoint
CREATE INDEX "notifications_unread" ON "notifications" USING btree ("user_id","sequence") WHERE "notifications"."read_at" is null;