-- Chords whose header runs: how many ends they wait for, and those that have come.

CREATE TABLE chord (
    gid       TEXT PRIMARY KEY,      -- the group its header is
    size      INTEGER,               -- null as long as nobody has said
    come      INTEGER NOT NULL,      -- how many ends there are
    structure BLOB,                  -- JSON, where the header is more than a list of tasks
    claim     TEXT,                  -- the end that completed it
    closed    INTEGER NOT NULL,      -- 1 once its body was published or has failed
    expires   INTEGER                -- milliseconds since the epoch; null for never
) WITHOUT ROWID;

CREATE INDEX chord_expires ON chord (expires) WHERE expires IS NOT NULL;

CREATE TABLE chord_end (
    gid     TEXT NOT NULL REFERENCES chord (gid) ON DELETE CASCADE,
    place   INTEGER NOT NULL,        -- in the header; the largest there is for none
    task_id TEXT NOT NULL,
    state   TEXT NOT NULL,
    result  BLOB NOT NULL,           -- JSON
    PRIMARY KEY (gid, place, task_id)
) WITHOUT ROWID;
