-- History: what happened to every task.
--
-- One row a task, keyed by the order in which tasks were first seen. There are no indexes for filters: the monitor
-- keeps the narrow columns of all tasks in memory, sorts and filters there, and fetches rows by key. That is why the
-- narrow columns come first (they are read at each start without touching what follows) and why ids are not indexed.
CREATE TABLE task (
    seq       INTEGER PRIMARY KEY,
    id        TEXT NOT NULL,
    phase     INTEGER NOT NULL,         -- `Phase`; SCHEDULED follows from the ETA and is never stored
    name      ANY,                      -- number of a word, or the text of one too many
    queue     ANY,
    worker    ANY,
    created   INTEGER NOT NULL,         -- microseconds since the epoch, as the following times
    runtime   REAL,                     -- seconds
    eta       INTEGER,                  -- milliseconds, as `expires`
    retries   INTEGER NOT NULL,
    sent      INTEGER,
    received  INTEGER,
    started   INTEGER,
    told      INTEGER,
    closed    INTEGER,
    finished  INTEGER,
    events    INTEGER NOT NULL,         -- entries of the timeline
    custom    TEXT,                     -- the word of a custom state
    expires   INTEGER,
    priority  INTEGER,
    parent    TEXT,
    root      TEXT,
    retry_of  TEXT,
    args      TEXT,
    kwargs    TEXT,
    result    TEXT,
    exception TEXT,
    meta      TEXT,
    body_size INTEGER,
    timeline  BLOB,                     -- the first entries of its timeline, packed
    body      BLOB
) STRICT;

CREATE INDEX task_retry_of ON task (retry_of) WHERE retry_of IS NOT NULL;

-- Words that repeat: names, queues, workers.
CREATE TABLE word (
    number INTEGER PRIMARY KEY,
    text   TEXT NOT NULL
) STRICT;

-- Finished attempts, except those which were a task's first and succeeded: they follow from the task.
CREATE TABLE attempt (
    task      INTEGER NOT NULL,
    number    INTEGER NOT NULL,
    phase     INTEGER NOT NULL,
    worker    ANY,
    started   INTEGER,                  -- milliseconds
    finished  INTEGER,
    runtime   REAL,
    exception TEXT,
    traceback TEXT,
    PRIMARY KEY (task, number)
) STRICT, WITHOUT ROWID;

-- What happened to a task after its row was first written: all entries of one flush packed into a row.
CREATE TABLE event (
    task INTEGER NOT NULL,
    part INTEGER NOT NULL,              -- how many entries came before
    pack BLOB NOT NULL,
    PRIMARY KEY (task, part)
) STRICT, WITHOUT ROWID;

CREATE TABLE worker_event (
    seq    INTEGER PRIMARY KEY,
    at     INTEGER NOT NULL,            -- milliseconds
    worker ANY,
    online INTEGER NOT NULL
) STRICT;

-- Counters per minute and per hour, by nothing, name, queue or worker.
CREATE TABLE bucket (
    step        INTEGER NOT NULL,       -- seconds
    kind        INTEGER NOT NULL,
    word        INTEGER NOT NULL,
    at          INTEGER NOT NULL,       -- steps since the epoch
    sent        INTEGER NOT NULL,
    succeeded   INTEGER NOT NULL,
    failed      INTEGER NOT NULL,
    retried     INTEGER NOT NULL,
    revoked     INTEGER NOT NULL,
    runs        INTEGER NOT NULL,
    runtime     REAL NOT NULL,          -- the sum over the runs
    runtime_max REAL NOT NULL,
    PRIMARY KEY (step, kind, word, at)
) STRICT, WITHOUT ROWID;
