-- What is kept. Only place, time and type stand in clear; every body and value is sealed.

-- Data keys, each wrapped by the master key.
CREATE TABLE data_key (
    id INTEGER PRIMARY KEY,
    purpose TEXT NOT NULL,
    wrapped BLOB NOT NULL
) STRICT;

-- Values by kind; the id is a keyed hash of the key, which stands sealed beside the value.
CREATE TABLE item (
    kind TEXT NOT NULL,
    id BLOB NOT NULL,
    value BLOB NOT NULL,
    PRIMARY KEY (kind, id)
) STRICT, WITHOUT ROWID;

-- The audit; account, target and request are keyed hashes, there to be searched for.
CREATE TABLE audit (
    seq INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    type TEXT NOT NULL,
    account BLOB,
    target BLOB,
    request BLOB,
    body BLOB NOT NULL
) STRICT;

-- Each of these answers a search in the order of seq, and a time range without touching the table.
CREATE INDEX audit_account ON audit (account, seq, time) WHERE account IS NOT NULL;
CREATE INDEX audit_target ON audit (target, seq, time) WHERE target IS NOT NULL;
CREATE INDEX audit_request ON audit (request, seq) WHERE request IS NOT NULL;
CREATE INDEX audit_time ON audit (time);

-- One sealed row, renewed by every commit: the last record's place and hash, and a sum over the items.
CREATE TABLE head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    body BLOB NOT NULL
) STRICT;
