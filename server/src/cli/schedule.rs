//! `umbel schedule`: looks at the schedules of a running Umbel through its HTTP API, and changes them.

mod entry;
mod list;
mod show;

use super::args::schedule::{Act, Add, Preview, Schedule};
use super::banner::printable;
use super::exit::{Exit, Failure};
use super::http::{Request, escaped};
use super::run::say;
use super::server::Server;
use serde_json::Value;

const ROOT: &str = "/api/v1/schedules";

pub(super) fn run(command: Schedule) -> Result<Exit, Failure> {
    let server = Server::at(&command.url)?;
    match command.act {
        Act::List { search, json } => list::run(&server, &search, json),
        Act::Show { name, json } => {
            let entry = get(&server, &path(&name, ""))?;
            if json { print(&entry) } else { say(&show::entry(&entry)) }
        }
        Act::Add(add) => store(&server, &add),
        Act::Remove { name } => {
            act(&server, "DELETE", &path(&name, ""), "to remove it")?;
            say(&format!("Removed {}.\n", printable(&name)))
        }
        Act::Pause { name } => {
            act(&server, "POST", &path(&name, "/pause"), "to pause it")?;
            say(&format!("Paused {0}. `umbel schedule resume` lets it go on.\n", printable(&name)))
        }
        Act::Resume { name } => {
            act(&server, "POST", &path(&name, "/resume"), "to resume it")?;
            say(&format!("Resumed {}.\n", printable(&name)))
        }
        Act::Run { name } => {
            let sent = act(&server, "POST", &path(&name, "/run"), "to run it")?;
            say(&format!("{}\n", printable(sent["id"].as_str().unwrap_or_default())))
        }
        Act::Preview(preview) => foresee(&server, &preview),
    }
}

fn path(name: &str, act: &str) -> String {
    format!("{ROOT}/{}{act}", escaped(name))
}

fn get(server: &Server<'_>, path: &str) -> Result<Value, Failure> {
    server.wish("to show it", &Request { method: "GET", path, headers: &[], json: "" })
}

fn act(server: &Server<'_>, method: &'static str, path: &str, what: &str) -> Result<Value, Failure> {
    server.wish(what, &Request { method, path, headers: &[], json: "" })
}

fn store(server: &Server<'_>, add: &Add) -> Result<Exit, Failure> {
    let entry = entry::written(add)?.to_string();
    let path = path(&add.name, "");
    let only_new = ["If-None-Match: *"];
    let headers: &[&str] = if add.replace { &[] } else { &only_new };
    let said = server.ask(&Request { method: "PUT", path: &path, headers, json: &entry })?;
    match said.status {
        200..=299 => say(&show::stored(&said.body)),
        409 if !add.replace => {
            let failure = server.refusal("the schedule", &said);
            Err(Failure::new(failure.exit, format!("{failure} With --replace its place is taken.")))
        }
        _ => Err(server.refusal("the schedule", &said)),
    }
}

/// Asks when it would be due. Which task that is about does not matter.
fn foresee(server: &Server<'_>, preview: &Preview) -> Result<Exit, Failure> {
    let entry = entry::timed(&preview.when)?;
    let path = format!("{ROOT}/preview");
    let json = Value::Object(entry).to_string();
    let post = Request { method: "POST", path: &path, headers: &[], json: &json };
    let mut told = server.wish("the preview", &post)?;
    if let Some(upcoming) = told["upcoming"].as_array_mut() {
        upcoming.truncate(preview.count.into());
    }
    if let Some(mistakes) = told["mistakes"].as_array_mut() {
        mistakes.retain(|mistake| mistake["field"] != "task");
    }
    match told["mistakes"].as_array().filter(|mistakes| !mistakes.is_empty()) {
        Some(mistakes) => Err(Failure::new(Exit::Unavailable, show::mistakes(mistakes))),
        None if preview.json => print(&told),
        None => say(&show::preview(&told)),
    }
}

fn print(value: &Value) -> Result<Exit, Failure> {
    say(&format!("{value:#}\n"))
}
