//! The rooms of the server and the doors between them. A room is a folder or file right below `server/src`.
//!
//! A new door needs a line here, and a reason that somebody who did not write it can agree with. A door nobody uses
//! any more is taken out again; the test asks for that too.

/// Pure or basic enough for everybody to use. They use each other only where `DOORS` says so.
pub(super) const GROUND: &[&str] = &["protocol", "clock", "service", "nearest", "schedule"];

/// From (a room, or a file in it), to (a room, or a module in it), and why.
pub(super) const DOORS: &[(&str, &str, &str)] = &[
    // What everything stands on. `protocol` and `service` open no door at all: the one is pure, the other is small.
    ("clock", "protocol", "tells moments the way events write them"),
    ("schedule", "nearest", "suggests the time zone, the key, the event that was meant"),
    ("schedule", "protocol", "reads moments, and knows which headers are taken"),
    ("schedule", "client", "an entry becomes a task to send"),
    ("store", "protocol", "history keeps tasks by their ids and states"),
    ("store", "service", "reads off the async threads"),
    ("redis_link", "clock", "waits between attempts to connect"),
    // The seams. None knows another, and only their SQLite halves know the database, only their Redis halves the link.
    ("broker", "protocol", "hands out messages"),
    ("broker", "clock", "leases and holds end at a moment"),
    ("broker", "redis_link", "tells whether it can be reached in the words of the link"),
    ("broker/sqlite", "store", "keeps its messages in a table"),
    ("results", "protocol", "keeps results"),
    ("results", "clock", "results expire"),
    ("results/sqlite", "store", "keeps its results in a table"),
    ("results/redis", "redis_link", "keeps its results there"),
    ("bus", "protocol", "carries events, requests and replies"),
    ("bus", "clock", "stamps events"),
    ("bus/redis", "redis_link", "speaks and listens over it"),
    ("bus/redis", "service", "starts what sends and what listens"),
    // Those who speak over the seams.
    ("client", "broker", "publishes messages"),
    ("client", "results", "waits for results"),
    ("client", "bus", "tells of each task it sends: Celery's `task-sent`"),
    ("control/client", "bus", "asks workers and gathers their replies"),
    ("control/client", "broker", "withdraws what still waits"),
    ("control/client", "results", "records what it withdrew as revoked"),
    ("control/commands", "worker", "a verb acts on the worker that received it"),
    ("control/commands", "broker", "tells of messages in hand and on hold"),
    ("control/commands", "task", "tells of registered tasks, and reads rates as authors write them"),
    // What sends tasks at their times.
    ("schedule", "client", "an entry becomes a task to send"),
    ("beat", "broker", "keeps its entries beside the messages, and publishes both in one step"),
    ("beat", "client", "makes messages and tells of them as any sender does"),
    // What runs tasks.
    ("task", "client", "a task may send other tasks"),
    ("worker", "task", "runs what is registered"),
    ("worker", "broker", "takes and settles messages"),
    ("worker", "results", "stores results"),
    ("worker", "bus", "tells what happens and hears requests"),
    ("worker", "client", "hands it to tasks, and describes messages as senders do"),
    ("worker/requests", "control::commands", "answers a request; the one place where worker and verbs meet"),
    // What watches. It hears the bus and nothing else, so our own worker is seen exactly as a foreign one is.
    ("monitor", "bus", "hears events"),
    ("monitor", "store", "writes and reads history"),
    // What people see.
    ("web", "monitor", "shows what is known"),
    ("web", "client", "sends tasks"),
    ("web", "control", "cancels tasks and asks workers"),
    ("web", "beat", "shows and edits what runs at its times"),
    ("web", "broker", "counts what waits"),
    ("web", "results", "shows a result in full, which events only quote"),
    ("web/convert/result", "store::history::text", "shortens text the way history does"),
    // Tasks that come along. They use what authors use.
    ("bundled", "task", "written as any author's tasks"),
    ("demo", "task", "written as any author's tasks"),
    ("demo", "client", "sends traffic"),
    ("demo", "control", "cancels some of its own tasks, as people do"),
    // What puts it together.
    ("config", "protocol", "checks content types and the names of keys"),
    ("config", "redis_link", "checks URLs"),
    ("cli", "redis_link", "shows where the broker is"),
    ("runtime", "redis_link", "builds it"),
    ("telemetry", "config", "is told what to log, and whether colours are wanted"),
    ("cli", "config", "reads the configuration"),
    ("cli", "telemetry", "starts logging before anything else"),
    ("cli", "runtime", "starts and stops the product"),
    ("cli", "task", "is handed the tasks of the binary"),
    ("cli", "demo", "adds the demo's tasks when asked to"),
    ("cli", "store", "knows why a start failed, to choose the exit code"),
    ("runtime", "config", "builds what the configuration says"),
    ("runtime", "store", "builds it"),
    ("runtime", "broker", "builds it"),
    ("runtime", "results", "builds it"),
    ("runtime", "bus", "builds it"),
    ("runtime", "client", "builds it"),
    ("runtime", "control", "builds it"),
    ("runtime", "worker", "builds it"),
    ("runtime", "monitor", "builds it"),
    ("runtime", "beat", "builds it"),
    ("runtime", "web", "builds it"),
    ("runtime", "task", "passes the registered tasks on"),
    ("runtime", "demo", "starts its traffic"),
    ("testing", "store", "builds a worker without the product around it"),
    ("testing", "broker", "builds it"),
    ("testing", "results", "builds it"),
    ("testing", "bus", "builds it"),
    ("testing", "client", "builds it"),
    ("testing", "control", "builds it"),
    ("testing", "worker", "builds it"),
    ("testing", "task", "passes the registered tasks on"),
];

/// Crates that only these may name, and why.
pub(super) const CRATES: &[(&str, &[&str], &str)] = &[
    ("app", &["web"], "pages are one way to look at the product; it must build and work without them"),
    ("leptos", &["web"], "it belongs to the pages"),
    ("leptos_axum", &["web"], "it belongs to the pages"),
    ("axum", &["web"], "it belongs to HTTP"),
    ("tower_http", &["web"], "it belongs to HTTP"),
    ("rust_embed", &["web"], "it belongs to the pages"),
    ("rusqlite", &["store", "broker/sqlite", "results/sqlite"], "SQL has three places"),
    ("clap", &["cli"], "the command line is one way to start the product"),
    ("toml", &["config"], "a file is one source of settings"),
];

/// Places, the crates that may not be named there, and why.
pub(super) const FORBIDDEN: &[(&str, &[&str], &str)] = &[
    (
        "server/src/protocol",
        &["tokio", "tokio_util", "tracing", "futures_util"],
        "it is pure: bytes in, types out, and back",
    ),
    (
        "app/src",
        &["umbel", "tokio", "rusqlite", "axum"],
        "all of it can be compiled for a browser; what it needs it asks for through the ports in backend.rs",
    ),
    ("app/src/view", &["leptos", "web_sys", "js_sys"], "view models are plain data, also for the JSON API"),
    ("app/src/format", &["leptos", "web_sys", "js_sys"], "it is text in, text out"),
];
