ALTER TABLE "user_accounts" ADD COLUMN "locale" text;--> statement-breakpoint
ALTER TABLE "user_accounts" ADD COLUMN "time_zone" text;