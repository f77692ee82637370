ALTER TABLE "chats" ADD COLUMN "avatar_file_id" uuid;--> statement-breakpoint
ALTER TABLE "user_accounts" ADD COLUMN "avatar_file_id" uuid;--> statement-breakpoint
CREATE INDEX "chats_avatar" ON "chats" USING btree ("avatar_file_id") WHERE "chats"."avatar_file_id" is not null;--> statement-breakpoint
CREATE INDEX "user_accounts_avatar" ON "user_accounts" USING btree ("avatar_file_id");