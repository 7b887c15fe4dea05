-- What senders keep beside the messages, in books: a note changes in the transaction that stores its messages.

CREATE TABLE note (
    book TEXT NOT NULL,
    name TEXT NOT NULL,
    text TEXT NOT NULL,
    PRIMARY KEY (book, name)
) WITHOUT ROWID;

CREATE TABLE book (
    name     TEXT PRIMARY KEY,
    revision INTEGER NOT NULL        -- grows with every change of a note
) WITHOUT ROWID;
