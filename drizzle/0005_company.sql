CREATE TABLE "companies" (
	"id" uuid PRIMARY KEY NOT NULL,
	"version" bigint NOT NULL,
	"inn" text,
	"name" text,
	"kpp" text,
	"ogrn" text,
	"legal_address" text,
	"created_at" timestamp with time zone NOT NULL,
	"archived_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "company_invitations" (
	"id" uuid PRIMARY KEY NOT NULL,
	"company_id" uuid NOT NULL,
	"email" text,
	"role" text NOT NULL,
	"token_hash" text NOT NULL,
	"invited_by" uuid,
	"sequence" bigint NOT NULL,
	"created_at" timestamp with time zone NOT NULL,
	"expires_at" timestamp with time zone NOT NULL,
	"accepted_at" timestamp with time zone,
	"revoked_at" timestamp with time zone
);
--> statement-breakpoint
CREATE TABLE "company_members" (
	"company_id" uuid NOT NULL,
	"user_id" uuid NOT NULL,
	"role" text NOT NULL,
	"version" bigint NOT NULL,
	"joined_at" timestamp with time zone NOT NULL,
	"joined_sequence" bigint NOT NULL,
	"left_at" timestamp with time zone,
	CONSTRAINT "company_members_company_id_user_id_pk" PRIMARY KEY("company_id","user_id")
);
--> statement-breakpoint
CREATE INDEX "companies_inn" ON "companies" USING btree ("inn");--> statement-breakpoint
CREATE INDEX "company_invitations_open" ON "company_invitations" USING btree ("company_id","sequence") WHERE "company_invitations"."accepted_at" is null and "company_invitations"."revoked_at" is null;--> statement-breakpoint
CREATE INDEX "company_members_user" ON "company_members" USING btree ("user_id");