ALTER TABLE "chats" ADD COLUMN "company_id" uuid;--> statement-breakpoint
CREATE INDEX "chats_company" ON "chats" USING btree ("company_id") WHERE "chats"."company_id" is not null;