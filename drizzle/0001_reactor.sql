CREATE TABLE "tasks" (
	"id" uuid PRIMARY KEY NOT NULL,
	"reactor" text NOT NULL,
	"kind" text NOT NULL,
	"input" text NOT NULL,
	"position" bigint NOT NULL,
	"at" timestamp with time zone NOT NULL,
	"due_at" timestamp with time zone NOT NULL,
	"attempts" integer DEFAULT 0 NOT NULL,
	"fence" integer DEFAULT 0 NOT NULL,
	"held_until" timestamp with time zone,
	"error" text,
	"failed_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "tasks_due" ON "tasks" USING btree ("due_at") WHERE "tasks"."failed_at" is null;