//! What it tells about itself.

use super::program::umbel;

#[test]
fn version_is_told_in_both_ways() {
    for arguments in [["version"], ["--version"], ["-V"]] {
        let ended = umbel(&arguments);
        assert_eq!((ended.code, ended.err.as_str()), (Some(0), ""));
        assert_eq!(ended.out, concat!("umbel ", env!("CARGO_PKG_VERSION"), "\n"));
    }
}

#[test]
fn help() {
    let ended = umbel(&["--help"]);
    assert_eq!(ended.code, Some(0));
    insta::assert_snapshot!(ended.out);
}

#[test]
fn help_of_up() {
    insta::assert_snapshot!(umbel(&["up", "--help"]).out);
}

#[test]
fn help_of_send() {
    insta::assert_snapshot!(umbel(&["send", "--help"]).out);
}

#[test]
fn help_of_schedule() {
    insta::assert_snapshot!(umbel(&["schedule", "--help"]).out);
}

#[test]
fn help_of_schedule_add() {
    insta::assert_snapshot!(umbel(&["schedule", "add", "--help"]).out);
}
