//! The configuration by Celery's names, for whoever asks a worker for it (`celery inspect conf`).

use crate::config::Config;
use crate::worker::Conf;
use serde_json::{Map, Value, json};

/// Kept in this process's own data folder.
const EMBEDDED: &str = "embedded://";

pub(super) fn conf(config: &Config) -> Conf {
    let all = by_celerys_names(config);
    let defaults = by_celerys_names(&Config::default());
    // Where messages and results are kept is told in any case, as it is by Celery.
    let told = |name: &str, value: &Value| {
        matches!(name, "broker_url" | "result_backend") || defaults.get(name) != Some(value)
    };
    let changed =
        all.iter().filter(|(name, value)| told(name, value)).map(|(name, _)| name.clone()).collect();
    Conf { all, changed }
}

fn by_celerys_names(config: &Config) -> Map<String, Value> {
    // Addresses show themselves without their passwords.
    let broker = config.broker.url.as_ref().map_or_else(|| EMBEDDED.to_owned(), ToString::to_string);
    let results = config.results.url.as_ref().map_or_else(|| broker.clone(), ToString::to_string);
    let settings = json!({
        "broker_url": broker,
        "result_backend": results,
        "task_serializer": "json",
        "result_serializer": "json",
        "event_serializer": "json",
        "task_protocol": 2,
        "task_default_queue": config.task_default_queue,
        "task_acks_late": true,
        "task_reject_on_worker_lost": true,
        "task_track_started": false,
        "task_time_limit": null,
        "task_soft_time_limit": null,
        "task_default_rate_limit": null,
        "result_expires": config.results.expires.map(|expires| expires.as_secs_f64()),
        "worker_concurrency": config.worker.concurrency,
        "worker_prefetch_multiplier": 1,
        "worker_enable_remote_control": true,
        "worker_pool_restarts": false,
        "worker_disable_rate_limits": false,
        "worker_send_task_events": config.worker.events,
        "task_send_sent_event": true,
        "control_exchange": "celery",
        "event_exchange": "celeryev",
        "enable_utc": true,
        "timezone": config.beat.zone.name(),
        "beat_max_loop_interval": config.beat.max_loop_interval.as_secs_f64(),
        "beat_cron_starting_deadline":
            config.beat.starting_deadline.map(|deadline| deadline.as_secs_f64()),
    });
    match settings {
        Value::Object(settings) => settings,
        _ => Map::new(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_what_was_changed_counts_as_changed() {
        let mut config = Config::default();
        assert_eq!(conf(&config).changed, ["broker_url", "result_backend"]);
        config.worker.concurrency += 1;
        assert_eq!(conf(&config).changed, ["broker_url", "result_backend", "worker_concurrency"]);
    }
}
