//! Lays the sources over each other: defaults, then the file, then the environment, then flags.

use super::error::{ConfigError, Source};
use super::file::{self, Entry};
use super::model::Config;
use super::node_name::{Host, node_name};
use super::setting::{SETTINGS, Setting};
use crate::nearest::nearest;
use std::collections::HashMap;
use std::path::{Path, PathBuf};
use toml::Value;

/// A setting given on the command line.
#[derive(Clone, Debug)]
pub struct Flag {
    /// As it was written: `--port`.
    pub flag: &'static str,
    /// The setting it is for.
    pub setting: &'static str,
    pub value: String,
}

/// Names the configuration file, like `--config`.
const CONFIG_VARIABLE: &str = "UMBEL_CONFIG";
const PREFIX: &str = "UMBEL_";
/// What platforms set for any program: weaker than what somebody wrote into a file for us.
const REDIS: (&str, &str) = ("REDIS_URL", "broker_url");
/// What users of Celery have set already.
const CELERYS: &[(&str, &str)] =
    &[("CELERY_BROKER_URL", "broker_url"), ("CELERY_RESULT_BACKEND", "result_backend")];

/// Makes the configuration. `file` is the one named by a flag; `environment` is the process's.
pub fn load(
    file: Option<&Path>,
    environment: &[(String, String)],
    flags: Vec<Flag>,
) -> Result<Config, ConfigError> {
    let mut entries = borrowed(environment, &[REDIS]);
    entries.extend(file_entries(file, environment)?);
    entries.extend(borrowed(environment, CELERYS));
    entries.extend(environment.iter().filter_map(|(name, value)| variable(name, value)));
    entries.extend(flags.into_iter().map(|flag| Entry {
        name: flag.setting.to_owned(),
        value: Value::String(flag.value),
        at: Source::Flag(flag.flag),
        within: HashMap::new(),
    }));
    build(entries)
}

fn file_entries(file: Option<&Path>, environment: &[(String, String)]) -> Result<Vec<Entry>, ConfigError> {
    let named = file.map(Path::to_owned).or_else(|| {
        let (_, path) =
            environment.iter().find(|(name, path)| name == CONFIG_VARIABLE && !path.is_empty())?;
        Some(PathBuf::from(path))
    });
    match named {
        Some(path) => file::read(&path, true),
        None => file::read(Path::new(file::DEFAULT), false),
    }
}

/// Settings that variables of other programs give.
fn borrowed(environment: &[(String, String)], names: &[(&str, &str)]) -> Vec<Entry> {
    let given = |(variable, setting): &(&str, &str)| {
        let (name, value) = environment.iter().find(|(name, value)| name == variable && !value.is_empty())?;
        let (at, value) = (Source::Variable(name.clone()), Value::String(value.clone()));
        Some(Entry { name: (*setting).to_owned(), value, at, within: HashMap::new() })
    };
    names.iter().filter_map(given).collect()
}

/// What an environment variable sets. An empty one counts as unset, as in most programs.
fn variable(name: &str, value: &str) -> Option<Entry> {
    let setting = name.strip_prefix(PREFIX)?;
    // Kubernetes puts `UMBEL_PORT=tcp://10.0.0.7:5555` and more of that kind into every container beside a service
    // called "umbel". Nobody who writes a setting writes that, and nobody could switch it off.
    let planted =
        value.starts_with("tcp://") || setting.starts_with("SERVICE_") || setting.starts_with("PORT_");
    if value.is_empty() || name == CONFIG_VARIABLE || planted {
        return None;
    }
    Some(Entry {
        name: setting.to_ascii_lowercase(),
        value: Value::String(value.to_owned()),
        at: Source::Variable(name.to_owned()),
        within: HashMap::new(),
    })
}

/// Applies the entries, weakest first. Every value is checked, although only the strongest one counts.
fn build(entries: Vec<Entry>) -> Result<Config, ConfigError> {
    let mut config = Config::default();
    if let Ok(name) = node_name(&config.worker.name, &Host::of_this_machine()) {
        config.worker.name = name;
    }
    for entry in entries {
        let setting = known(&entry)?;
        (setting.apply)(&mut config, &entry).map_err(|expected| ConfigError::Value {
            name: setting.name,
            expected,
            given: shown(&entry.value),
            at: entry.at,
        })?;
    }
    Ok(config)
}

fn known(entry: &Entry) -> Result<&'static Setting, ConfigError> {
    Setting::named(&entry.name).ok_or_else(|| ConfigError::Unknown {
        at: entry.at.clone(),
        name: entry.name.clone(),
        nearest: nearest(&entry.name, SETTINGS.iter().map(|setting| setting.name)),
    })
}

/// A value on one line, for an error. A password in a URL is nobody's business.
fn shown(value: &Value) -> String {
    let text = without_password(&value.to_string());
    match text.char_indices().nth(60) {
        Some((end, _)) => format!("{}…", &text[..end]),
        None => text,
    }
}

/// Everything between the scheme and the last `@` may be a password, and so may every parameter.
fn without_password(text: &str) -> String {
    let (scheme, rest) = match text.split_once("://") {
        Some((scheme, rest)) => (format!("{scheme}://"), rest),
        None => (String::new(), text),
    };
    let (account, place) = match rest.rsplit_once('@') {
        Some((_, place)) => ("********@", place),
        None => ("", rest),
    };
    match place.split_once('?') {
        Some((place, parameters)) if parameters.contains("pass") => {
            format!("{scheme}{account}{place}?********")
        }
        _ => format!("{scheme}{account}{place}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn flag(flag: &'static str, setting: &'static str, value: &str) -> Flag {
        Flag { flag, setting, value: value.to_owned() }
    }

    fn variables(pairs: &[(&str, &str)]) -> Vec<(String, String)> {
        pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect()
    }

    fn with_file(text: &str, environment: &[(&str, &str)], flags: Vec<Flag>) -> Result<Config, String> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("umbel.toml");
        std::fs::write(&path, text).expect("a file");
        load(Some(&path), &variables(environment), flags)
            .map_err(|error| error.to_string().replace(&format!("{}/", folder.path().display()), ""))
    }

    #[test]
    fn stronger_sources_win() {
        let text = "port = 1\nworker_concurrency = 2\nhost = '0.0.0.0'";
        let environment = [("UMBEL_PORT", "3"), ("UMBEL_WORKER_CONCURRENCY", "4"), ("PORT", "9")];
        let config = with_file(text, &environment, vec![flag("--port", "port", "5")]).expect("sound");
        assert_eq!(config.http.port, 5);
        assert_eq!(config.worker.concurrency, 4);
        assert_eq!(config.http.host.to_string(), "0.0.0.0");
        assert_eq!(config.task_default_queue, "celery");
    }

    #[test]
    fn wrong_values_name_their_source() {
        let refused =
            |text, environment: &[(&str, &str)], flags| with_file(text, environment, flags).unwrap_err();
        assert_eq!(
            refused("\nworker_concurency = 8", &[], vec![]),
            "umbel.toml line 2: there is no setting 'worker_concurency'; did you mean 'worker_concurrency'?"
        );
        assert_eq!(
            refused("", &[("UMBEL_RESULT_EXPIRES", "soon")], vec![]),
            "the variable UMBEL_RESULT_EXPIRES: result_expires is a length of time such as 30s, 1h or 7d, \
             or never, but is set to \"soon\""
        );
        assert_eq!(
            refused("", &[], vec![flag("--port", "port", "70000")]),
            "--port: port is a whole number from 0 to 65535, but is set to \"70000\""
        );
        for url in [
            "amqp://me:secret@host//",
            ":secret@host",
            "redis://:12/3secret@host",
            "redis+socket://?password=secret",
            "sentinel://:secret@a;sentinel://:secret@b/x",
        ] {
            let told = refused("", &[("CELERY_BROKER_URL", url)], vec![]);
            assert!(!told.contains("secret"), "a password is not shown: {told}");
        }
        assert_eq!(refused("colour = 1", &[], vec![]), "umbel.toml line 1: there is no setting 'colour'");
    }

    #[test]
    fn a_weaker_value_is_checked_although_a_stronger_one_wins() {
        assert!(with_file("port = 'x'", &[], vec![flag("--port", "port", "80")]).is_err());
    }

    #[test]
    fn celerys_own_variables_are_heard() {
        let broker = |text, environment: &[(&str, &str)]| {
            let config = with_file(text, environment, vec![]).expect("sound");
            config.broker.url.map(|address| address.to_string())
        };
        let redis = ("REDIS_URL", "redis://one");
        assert_eq!(broker("", &[redis]).as_deref(), Some("redis://one:6379/0"));
        assert_eq!(broker("broker_url = 'embedded'", &[redis]), None, "a file was written for us");
        let celery = ("CELERY_BROKER_URL", "redis://two/1");
        assert_eq!(
            broker("broker_url = 'redis://file'", &[redis, celery]).as_deref(),
            Some("redis://two:6379/1")
        );
        let own = ("UMBEL_BROKER_URL", "redis://three");
        assert_eq!(broker("", &[own, celery]).as_deref(), Some("redis://three:6379/0"));
    }

    #[test]
    fn what_kubernetes_plants_is_passed_over() {
        let planted = [
            ("UMBEL_PORT", "tcp://10.0.0.7:5555"),
            ("UMBEL_SERVICE_HOST", "10.0.0.7"),
            ("UMBEL_PORT_5555_TCP_ADDR", "10.0.0.7"),
            ("UMBEL_LOG_LEVEL", ""),
        ];
        assert_eq!(with_file("", &planted, vec![]).expect("sound").http.port, 5555);
    }

    #[test]
    fn a_schedule_is_kept_as_it_is_written() {
        let text = "timezone = 'Europe/Berlin'\nbeat_max_loop_interval = 0\n\n[beat_schedule.often]\n\
                    task = 'demo.add'\nschedule = 0.5\nargs = [1, { at = 2026-12-01T09:00:00Z }]\n\n\
                    [beat_schedule]\n'not an entry' = 5\nonce = { task = 't', schedule = { at = 2026-12-01 } }\n";
        let beat =
            with_file(text, &[("UMBEL_BEAT_CRON_STARTING_DEADLINE", "1h")], vec![]).expect("sound").beat;
        assert_eq!(beat.zone.name(), "Europe/Berlin");
        assert_eq!(beat.max_loop_interval.as_secs(), 300, "Celery's word for its default");
        assert_eq!(beat.starting_deadline.map(|deadline| deadline.as_secs()), Some(3600));
        let [often, once, wrong] = [&beat.schedule[1], &beat.schedule[2], &beat.schedule[0]];
        assert_eq!(
            (often.name.as_str(), once.name.as_str(), wrong.name.as_str()),
            ("often", "once", "not an entry")
        );
        assert_eq!(
            often.value,
            serde_json::json!({"task": "demo.add", "schedule": 0.5, "args": [1, {"at": "2026-12-01T09:00:00Z"}]})
        );
        assert_eq!(once.value["schedule"]["at"], "2026-12-01");
        assert_eq!(wrong.value, 5);
        let lines =
            [often, once, wrong].map(|entry| entry.at.to_string().rsplit(' ').next().map(str::to_owned));
        assert_eq!(lines.map(Option::unwrap_or_default), ["4", "11", "10"]);
        let json = r#"{"a": {"task": "t", "schedule": null}}"#;
        let beat = with_file("", &[("UMBEL_BEAT_SCHEDULE", json)], vec![]).expect("sound").beat;
        assert_eq!(beat.schedule[0].at.to_string(), "the variable UMBEL_BEAT_SCHEDULE");
        assert_eq!(
            with_file("\nbeat_schedule = [1]", &[], vec![]).unwrap_err(),
            "umbel.toml line 2: beat_schedule is a table of entries, each a table under its name, but is set to [1]"
        );
        assert_eq!(
            with_file("beat_lease = '300ms'", &[], vec![]).expect("sound").beat.lease.as_millis(),
            300
        );
        assert_eq!(
            with_file("beat_lease = 0.29", &[], vec![]).unwrap_err(),
            "umbel.toml line 1: beat_lease is a length of time of at least 300ms, such as 7s, but is set to 0.29"
        );
        assert_eq!(
            with_file("timezone = 'Europe/Belrin'", &[], vec![]).unwrap_err(),
            "umbel.toml line 1: timezone is the name of a time zone (did you mean Europe/Berlin?), but is set to \
             \"Europe/Belrin\""
        );
    }

    #[test]
    fn a_missing_file_is_an_error_only_when_it_was_asked_for() {
        let error =
            load(Some(Path::new("/nowhere/umbel.toml")), &[], vec![]).expect_err("missing").to_string();
        assert!(error.starts_with("failed to read the configuration file /nowhere/umbel.toml"), "{error}");
    }
}
