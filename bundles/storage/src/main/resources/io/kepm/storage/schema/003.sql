-- What searches lead by is filled in shortly after a commit, for many records at once: the commit itself writes two pages for the
-- record instead of six. Records that were there before, and those of a backup, are in it from the start.
ALTER TABLE audit ADD COLUMN searchable INTEGER NOT NULL DEFAULT 1;
DROP INDEX IF EXISTS audit_account;
DROP INDEX IF EXISTS audit_target;
DROP INDEX IF EXISTS audit_request;
DROP INDEX IF EXISTS audit_time;
CREATE INDEX audit_account ON audit (account, seq, time) WHERE searchable = 1 AND account IS NOT NULL;
CREATE INDEX audit_target ON audit (target, seq, time) WHERE searchable = 1 AND target IS NOT NULL;
CREATE INDEX audit_request ON audit (request, seq) WHERE searchable = 1 AND request IS NOT NULL;
CREATE INDEX audit_time ON audit (time) WHERE searchable = 1;
