-- What was confirmed to somebody: messages that wait or run, and results until they expire.

CREATE TABLE queue (
    id   INTEGER PRIMARY KEY,
    name TEXT NOT NULL UNIQUE
);

CREATE TABLE message (
    id         INTEGER PRIMARY KEY,  -- grows with arrival: the order within a priority
    queue      INTEGER NOT NULL REFERENCES queue (id),
    priority   INTEGER NOT NULL,     -- 0 is the most urgent
    state      INTEGER NOT NULL,     -- 0 ready, 1 in hand, 2 held, 3 set aside: not a message
    due        INTEGER,              -- when a held one becomes ready, in milliseconds since the epoch
    sent       INTEGER NOT NULL,     -- when it was published, in milliseconds since the epoch
    deliveries INTEGER NOT NULL,     -- how often it was handed out without being settled
    task_id    TEXT NOT NULL,
    headers    BLOB NOT NULL,        -- JSON
    body       BLOB NOT NULL
);

CREATE INDEX message_ready ON message (queue, priority, id) WHERE state = 0;
CREATE INDEX message_due ON message (due) WHERE state = 2;
CREATE INDEX message_task ON message (task_id);

CREATE TABLE result (
    id      INTEGER PRIMARY KEY,     -- grows with the first write, so that expired ones lie together in front
    task_id TEXT NOT NULL UNIQUE,
    status  TEXT NOT NULL,
    expires INTEGER,                 -- milliseconds since the epoch; null for never
    meta    BLOB NOT NULL            -- JSON, as Celery stores it
);
