CREATE TABLE "mail_marks" (
	"user_id" uuid NOT NULL,
	"chat_id" uuid NOT NULL,
	"after" integer NOT NULL,
	"sequence" integer NOT NULL,
	"mail" uuid NOT NULL,
	"at" timestamp with time zone NOT NULL,
	CONSTRAINT "mail_marks_user_id_chat_id_pk" PRIMARY KEY("user_id","chat_id")
);
--> statement-breakpoint
CREATE INDEX "mail_marks_mail" ON "mail_marks" USING btree ("mail");--> statement-breakpoint
CREATE INDEX "mail_marks_at" ON "mail_marks" USING btree ("at");