//! What is expected of each recording of Celery's remote control.

/// How our answer compares.
pub(super) enum Expect {
    /// Equal, but for these keys, whose values belong to one machine or moment: those have the same type.
    Same(&'static [&'static str]),
    /// The same keys and types throughout.
    Shape,
    /// Another answer, for a reason.
    Ours(&'static str, &'static str),
    /// None at all.
    Silence,
    /// Nothing that could be answered; the reason says where it is looked at, or why not.
    Not(&'static str),
}
use Expect::{Not, Ours, Same, Shape, Silence};

pub(super) struct Recording {
    pub(super) file: &'static str,
    pub(super) expect: Expect,
    /// Recordings whose requests come first.
    pub(super) before: &'static [&'static str],
}

const fn on(file: &'static str, expect: Expect) -> Recording {
    Recording { file, expect, before: &[] }
}

const fn after(before: &'static [&'static str], file: &'static str, expect: Expect) -> Recording {
    Recording { file, expect, before }
}

/// Who runs it and since when, and whether its message is acknowledged already: with us that comes last.
const INFO: &[&str] = &["time_start", "worker_pid", "acknowledged", "eta"];
const WILL_GROW: &str = r#"{"ok": "pool will grow"}"#;
const ANOTHER_POOL: &str = "a pool we do not have";

pub(super) const RECORDINGS: &[Recording] = &[
    on("active", Same(INFO)),
    on("active_queues", Shape),
    after(&["add_consumer", "add_consumer_topic"], "active_queues_after", Same(&[])),
    on("active_safe", Same(INFO)),
    on("add_consumer", Same(&[])),
    on("add_consumer_topic", Same(&[])),
    on("autoscale", Ours(r#"{"error": "ValueError('Autoscale not enabled')"}"#, ANOTHER_POOL)),
    on("autoscale_disabled", Same(&[])),
    on("bad_argument", Same(&[])),
    on("cancel_consumer", Same(&[])),
    on("cancel_consumer_unknown", Same(&[])),
    on("clock", Same(&["clock"])),
    on("conf", Not("its settings are another project's; see golden::secrets_stay_here")),
    on("conf_defaults", Not("its settings are another project's; see golden::secrets_stay_here")),
    on("disable_events", Same(&[])),
    after(&["disable_events"], "disable_events_again", Same(&[])),
    on("dump_active_alias", Same(INFO)),
    on("dump_conf_alias", Not("its settings are another project's; see golden::secrets_stay_here")),
    on("dump_reserved_alias", Same(INFO)),
    after(&["hello"], "dump_revoked_alias", Same(&[])),
    on("dump_schedule_alias", Same(INFO)),
    on("dump_tasks_alias", Shape),
    after(&["disable_events"], "enable_events", Same(&[])),
    on("enable_events_again", Same(&[])),
    on("heartbeat", Not("broadcast without a reply; see golden::a_heartbeat_comes_when_it_is_asked_for")),
    on("heartbeat_reply", Same(&[])),
    on("hello", Same(&["clock"])),
    on("hello_self", Same(&[])),
    on("memdump", Shape),
    on("memsample", Shape),
    on("missing_argument", Same(&[])),
    on("no_limit_two_destinations", Same(&[])),
    on(
        "objgraph",
        Ours(
            r#"{"error": "NotImplementedError('objgraph draws the objects of Python, and Umbel has none')"}"#,
            "no library could help",
        ),
    ),
    on("ping", Same(&[])),
    on("ping_destination", Same(&[])),
    on("ping_pattern_glob", Same(&[])),
    on("ping_pattern_miss", Silence),
    on("ping_pattern_pcre", Same(&[])),
    on("pool_grow", Same(&[])),
    on("pool_grow_autoscale", Ours(WILL_GROW, ANOTHER_POOL)),
    on("pool_grow_solo", Ours(WILL_GROW, ANOTHER_POOL)),
    on("pool_grow_threads", Ours(WILL_GROW, ANOTHER_POOL)),
    on(
        "pool_restart",
        Ours(r#"{"error": "ValueError('Pool restarts not enabled')"}"#, "there are no processes to restart"),
    ),
    on("pool_restart_disabled", Same(&[])),
    on("pool_shrink", Same(&[])),
    on("query_task", Same(INFO)),
    on("rate_limit", Same(&[])),
    on("rate_limit_bad", Same(&[])),
    on("rate_limit_bad_unit", Same(&[])),
    on("rate_limit_off", Same(&[])),
    on("rate_limit_unknown", Same(&[])),
    on("registered", Shape),
    on("registered_builtins", Same(&[])),
    on("registered_items", Shape),
    on("report", Shape),
    on("reserved", Same(INFO)),
    on("revoke", Same(&[])),
    on("revoke_by_stamped_headers", Same(&[])),
    on("revoke_by_stamped_headers_terminate", Same(&[])),
    on(
        "revoke_list",
        Ours(r#"{"ok": "tasks {'rev-2', 'rev-3'} flagged as revoked"}"#, "a set of Python's has any order"),
    ),
    on("revoke_noreply", Not("nothing but a request without a ticket")),
    on("revoke_result_written", Not("a key of the result store; see worker::revoking")),
    on("revoke_scheduled", Same(&[])),
    on("revoke_terminate_unknown", Same(&[])),
    after(
        &["hello", "revoke", "revoke_noreply", "revoke_list", "revoke_terminate_unknown"],
        "revoked",
        Shape,
    ),
    on("scheduled", Same(INFO)),
    after(&["revoke_scheduled"], "scheduled_after_revoke", Same(INFO)),
    on("shutdown", Silence),
    on("shutdown_after", Not("keys a worker leaves behind")),
    on("stats", Same(&["pid", "clock", "uptime", "pool", "heartbeat", "prefetch_count", "rusage"])),
    on("stats_autoscale", Not(ANOTHER_POOL)),
    on("stats_solo", Not(ANOTHER_POOL)),
    on("stats_threads", Not(ANOTHER_POOL)),
    on("terminate", Same(&[])),
    on("terminate_solo", Same(&[])),
    on(
        "terminate_threads",
        Ours(r#"{"ok": "terminate: tasks unknown"}"#, "our pool can stop a task, and this one is not here"),
    ),
    on("time_limit", Same(&[])),
    on("time_limit_unknown", Same(&[])),
    on("unknown_command", Same(&[])),
    on("worker_log", Not("a log")),
];
