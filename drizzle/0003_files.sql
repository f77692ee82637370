CREATE TABLE "files" (
	"id" uuid PRIMARY KEY NOT NULL,
	"owner_id" uuid NOT NULL,
	"state" text NOT NULL,
	"name" text,
	"content_type" text NOT NULL,
	"size" integer NOT NULL,
	"sha256" text,
	"width" integer,
	"height" integer,
	"thumbnail" boolean DEFAULT false NOT NULL,
	"preview_hash" text,
	"rejection_reason" text,
	"created_at" timestamp with time zone NOT NULL,
	"settled_at" timestamp with time zone,
	"deleted_at" timestamp with time zone
);
--> statement-breakpoint
CREATE INDEX "files_open" ON "files" USING btree ("owner_id","created_at") WHERE "files"."state" = 'PENDING' and "files"."deleted_at" is null;