ALTER TABLE "messages" ALTER COLUMN "author_id" DROP NOT NULL;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "note_kind" text;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "note_subject_id" uuid;--> statement-breakpoint
ALTER TABLE "messages" ADD COLUMN "note_text" text;