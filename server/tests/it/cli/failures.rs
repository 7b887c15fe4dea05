//! Everything that can be expected to go wrong is told in one sentence, has its exit code, and damages nothing.

use super::program::{Ended, Running, umbel, umbel_in};
use rusqlite::Connection;
use std::net::TcpListener;
use std::path::Path;
use tempfile::TempDir;

/// The one line on stderr, without the program's name.
fn sentence(ended: &Ended, code: i32) -> String {
    assert_eq!(ended.code, Some(code), "{ended:?}");
    assert_eq!(ended.out, "");
    let line = ended.err.strip_prefix("umbel: ").expect("it says who complains");
    let line = line.strip_suffix('\n').expect("a whole line");
    assert!(!line.contains('\n'), "more than one line: {line}");
    line.to_owned()
}

fn folder() -> TempDir {
    TempDir::new().expect("a folder")
}

fn up(folder: &Path) -> Ended {
    umbel_in(folder, &[], &["up", "--port", "0", "--log-level", "off"])
}

#[test]
fn a_flag_that_does_not_exist() {
    let told = sentence(&umbel(&["up", "--prot", "80"]), 2);
    assert_eq!(told, "unexpected argument '--prot' found; did you mean '--port'?");
    let told = sentence(&umbel(&["sent"]), 2);
    assert_eq!(told, "unrecognized subcommand 'sent'; did you mean 'send'?");
}

#[test]
fn a_word_that_is_missing_is_named() {
    let told = sentence(&umbel(&["send"]), 2);
    assert_eq!(told, "the following required arguments were not provided: <NAME>; see umbel --help");
    let told = sentence(&umbel(&["schedule", "add", "nightly", "--task", "demo.add"]), 2);
    assert!(told.starts_with("say when with one of --cron '0 9 * * mon', --every 30s"), "{told}");
}

#[test]
fn a_command_that_nobody_answers() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound");
    let url = format!("http://{free}");
    let told = sentence(&umbel(&["schedule", "list", "--url", &url]), 69);
    assert!(told.starts_with(&format!("{url} does not answer: ")), "{told}");
    let told = sentence(&umbel(&["schedule", "--url", "localhost", "run", "nightly"]), 2);
    assert_eq!(told, "--url \"localhost\" is not like http://127.0.0.1:5555");
}

#[test]
fn a_flag_with_a_wrong_value() {
    let told = sentence(&umbel(&["--port", "70000"]), 2);
    assert_eq!(told, "--port: port is a whole number from 0 to 65535, but is set to \"70000\"");
}

#[test]
fn a_setting_that_does_not_exist() {
    let folder = folder();
    std::fs::write(folder.path().join("umbel.toml"), "port = 0\nworker_concurency = 8\n").expect("a file");
    let told = sentence(&umbel_in(folder.path(), &[], &["up"]), 78);
    assert_eq!(
        told,
        "umbel.toml line 2: there is no setting 'worker_concurency'; did you mean 'worker_concurrency'?"
    );
    assert!(!folder.path().join("umbel-data").exists());
}

#[test]
fn a_variable_with_a_wrong_value() {
    let told = sentence(&umbel_in(folder().path(), &[("UMBEL_LOG_FORMAT", "xml")], &["up"]), 78);
    assert_eq!(told, "the variable UMBEL_LOG_FORMAT: log_format is text or json, but is set to \"xml\"");
}

#[cfg(feature = "web")]
#[test]
fn a_port_in_use() {
    let folder = folder();
    let taken = TcpListener::bind("127.0.0.1:0").expect("a port");
    let address = taken.local_addr().expect("bound");
    let told = sentence(&umbel_in(folder.path(), &[], &["-p", &address.port().to_string()]), 69);
    let port = address.port();
    assert_eq!(
        told,
        format!(
            "port {port} on 127.0.0.1 is already in use by another program; \
             choose another address with --host and --port"
        )
    );
}

#[test]
fn a_data_folder_that_cannot_be_made() {
    let folder = folder();
    std::fs::write(folder.path().join("umbel-data"), "in the way").expect("a file");
    let told = sentence(&up(folder.path()), 73);
    assert!(told.starts_with("the data folder umbel-data cannot be made"), "{told}");
    let kept = std::fs::read_to_string(folder.path().join("umbel-data")).expect("still there");
    assert_eq!(kept, "in the way");
}

#[test]
fn a_corrupt_database_is_left_as_it_is() {
    let folder = folder();
    let data = folder.path().join("umbel-data");
    std::fs::create_dir(&data).expect("a folder");
    let garbage = "this is not a database. ".repeat(400);
    for name in ["umbel.db", "history.db"] {
        std::fs::write(data.join(name), &garbage).expect("a file");
        let told = sentence(&up(folder.path()), 65);
        assert!(told.contains(&format!("umbel-data/{name}")) && told.contains("damaged"), "{told}");
        assert_eq!(std::fs::read_to_string(data.join(name)).expect("still there"), garbage);
        std::fs::remove_file(data.join(name)).expect("it was there");
    }
}

#[test]
fn a_database_of_a_newer_umbel() {
    let folder = folder();
    let data = folder.path().join("umbel-data");
    std::fs::create_dir(&data).expect("a folder");
    let newer = Connection::open(data.join("umbel.db")).expect("a database");
    newer.execute_batch("PRAGMA user_version = 9999").expect("a version");
    drop(newer);
    let told = sentence(&up(folder.path()), 65);
    assert!(told.contains("has version 9999"), "{told}");
}

#[test]
fn a_second_process_on_the_same_folder() {
    let folder = folder();
    let (first, _) = Running::start(folder.path(), &[]);
    let told = sentence(&up(folder.path()), 75);
    let pid = first.pid().as_raw_nonzero();
    assert_eq!(told, format!("the data folder umbel-data is in use by another process (pid {pid})"));
}

#[test]
fn nobody_listens_where_a_task_is_sent() {
    let free = TcpListener::bind("127.0.0.1:0").expect("a port").local_addr().expect("bound");
    let told = sentence(&umbel(&["send", "demo.add", "--url", &format!("http://{free}")]), 69);
    assert!(told.starts_with(&format!("http://{free} does not answer: ")), "{told}");
    let told = sentence(&umbel(&["send", "demo.add", "--args", "{}"]), 2);
    assert_eq!(told, "--args is not a JSON array such as '[2, 3]'");
}
