//! Schedules through the API, on a real scheduler.

use super::embedded::{Embedded, embedded};
use super::socket::{Events, exchange};
use chrono::{DateTime, Utc};
use serde_json::{Value, json};
use std::time::Duration;
use umbel::protocol::State;

const PATIENCE: Duration = Duration::from_secs(60);

impl Embedded {
    async fn put(&self, name: &str, entry: Value) -> (u16, Value) {
        exchange(self.address, "PUT", &format!("/api/v1/schedules/{name}"), &entry.to_string()).await
    }

    async fn schedule(&self, name: &str) -> Value {
        let (status, answer) = self.get(&format!("/api/v1/schedules/{name}")).await;
        assert_eq!(status, 200, "{answer}");
        answer
    }

    /// Waits until the scheduler says so.
    async fn until(&self, what: &str, mut is_so: impl FnMut() -> bool) {
        let mut revision = self.beat.revision();
        let waiting = async {
            while !is_so() {
                revision.changed().await.expect("the scheduler runs");
            }
        };
        tokio::time::timeout(PATIENCE, waiting).await.unwrap_or_else(|_| panic!("never: {what}"));
    }

    async fn leads(&self) {
        let leads = || self.beat.standing().is_us && self.beat.entry("brought").is_some();
        self.until("it leads", leads).await;
    }

    /// The names on a page of the list, and how many match.
    async fn names(&self, query: &str) -> (Vec<String>, u64) {
        let (status, page) = self.get(&format!("/api/v1/schedules?{query}")).await;
        assert_eq!(status, 200, "{page}");
        let rows = page["schedules"].as_array().expect("rows").iter();
        let names = rows.map(|row| row["name"].as_str().expect("a name").to_owned()).collect();
        (names, page["total"].as_u64().expect("a number"))
    }
}

fn moment(value: &Value) -> DateTime<Utc> {
    value.as_str().expect("a text").parse().expect("ISO 8601")
}

#[tokio::test(flavor = "multi_thread")]
async fn an_entry_is_stored_shown_run_and_removed() {
    let here = embedded().await;
    here.leads().await;
    let entry =
        json!({"task": "demo.add", "schedule": "10m", "kwargs": {"x": 1}, "options": {"queue": "default"}});
    let (status, made) = here.put("a%2Fb", entry.clone()).await;
    assert_eq!(status, 201, "{made}");
    assert_eq!((&made["name"], &made["words"]), (&json!("a/b"), &json!("every 10 minutes")));
    assert_eq!((&made["origin"], &made["standing"]), (&json!({"kind": "stored"}), &json!("active")));
    assert_eq!((&made["timezone"], &made["queue"]), (&json!("Europe/Berlin"), &json!("default")));
    assert_eq!(made["definition"]["kwargs"], json!({"x": 1}));
    assert_eq!(made["upcoming"].as_array().map(Vec::len), Some(10));
    let next: Vec<_> = made["next"].as_array().expect("moments").iter().map(moment).collect();
    assert_eq!((next[1] - next[0], next.len()), (chrono::TimeDelta::minutes(10), 3));
    assert_eq!(here.put("a%2Fb", entry).await.0, 200, "it takes its own place");

    let (status, run) = here.post("/api/v1/schedules/a%2Fb/run", Value::Null).await;
    assert_eq!(status, 202, "{run}");
    let id = run["id"].as_str().expect("an id");
    let sent = here.schedule("a%2Fb").await["runs"][0].clone();
    assert_eq!((&sent["kind"], &sent["id"], &sent["count"]), (&json!("by_hand"), &json!(id), &json!(1)));
    here.finish(id, State::Success, json!(3)).await;
    let done = here.schedule("a%2Fb").await;
    let run = &done["runs"][0];
    assert_eq!((&run["state"], &run["runtime"], &done["sent"]), (&json!("SUCCESS"), &json!(0.25), &json!(1)));

    let (status, _) = here.post("/api/v1/schedules/a%2Fb/pause", Value::Null).await;
    let paused = here.schedule("a%2Fb").await;
    assert_eq!((status, &paused["standing"], &paused["next"]), (200, &json!("paused"), &json!([])));
    here.post("/api/v1/schedules/a%2Fb/resume", Value::Null).await;
    assert_eq!(here.schedule("a%2Fb").await["standing"], json!("active"));

    let (status, _) = exchange(here.address, "DELETE", "/api/v1/schedules/a%2Fb", "").await;
    assert_eq!(status, 200);
    for (method, path) in [("GET", ""), ("DELETE", ""), ("POST", "/run"), ("POST", "/pause")] {
        let path = format!("/api/v1/schedules/a%2Fb{path}");
        let (status, answer) = exchange(here.address, method, &path, "").await;
        assert_eq!(
            (status, &answer["error"]["message"]),
            (404, &json!("There is no schedule of this name."))
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_file_brought_can_be_paused_and_nothing_else() {
    let here = embedded().await;
    here.leads().await;
    let row = here.schedule("brought").await;
    assert_eq!(row["origin"], json!({"kind": "file", "path": "umbel.toml", "node": "umbel@here"}));
    let entry = json!({"task": "demo.fetch", "schedule": 10});
    let sentence =
        "This schedule comes from umbel.toml (umbel@here) and is changed there; here it can be paused.";
    for (method, body) in [("PUT", entry.to_string()), ("DELETE", String::new())] {
        let (status, answer) = exchange(here.address, method, "/api/v1/schedules/brought", &body).await;
        assert_eq!((status, &answer["error"]["message"]), (409, &json!(sentence)));
    }
    assert_eq!(here.post("/api/v1/schedules/brought/pause", Value::Null).await.0, 200);
    assert_eq!(here.names("standing=paused").await.0, ["brought"]);
}

#[tokio::test(flavor = "multi_thread")]
async fn mistakes_are_told_before_anything_is_stored() {
    let here = embedded().await;
    here.leads().await;
    let (status, answer) =
        here.put("x", json!({"task": "demo.ad", "schedule": "61 * * * *", "timezone": "Berlin"})).await;
    assert_eq!(status, 400, "{answer}");
    let fields: Vec<&str> = answer["error"]["fields"]
        .as_array()
        .expect("fields")
        .iter()
        .map(|mistake| mistake["field"].as_str().expect("a field"))
        .collect();
    assert_eq!(fields, ["timezone", "schedule.minute", "task"], "{answer}");
    let (_, answer) = here.put("x", json!({"task": "demo.ad", "schedule": "@daily"})).await;
    assert_eq!(
        answer["error"]["message"],
        "task 'demo.ad' is not a task any worker has registered; did you mean 'demo.add'?"
    );
    let (status, answer) = here.put(&"x".repeat(300), json!({"task": "demo.add", "schedule": 1})).await;
    assert_eq!((status, &answer["error"]["code"]), (400, &json!("bad_request")), "{answer}");
    assert_eq!(here.names("").await, (vec!["brought".to_owned()], 1));

    let off = json!({"task": "demo.add", "schedule": 10, "enabled": false});
    assert_eq!(here.put("off", off).await.1["standing"], json!("paused"));
    let (status, answer) = here.post("/api/v1/schedules/off/resume", Value::Null).await;
    assert_eq!((status, &answer["error"]["code"]), (409, &json!("conflict")));
}

#[tokio::test(flavor = "multi_thread")]
async fn the_list_is_searched_sorted_and_paged() {
    let here = embedded().await;
    here.leads().await;
    for number in 0..60 {
        let entry = json!({"task": "demo.add", "schedule": 3_600 - number});
        assert_eq!(here.put(&format!("entry-{number:02}"), entry).await.0, 201);
    }
    here.put("gone", json!({"task": "demo.add", "schedule": {"at": "2020-01-01T00:00:00Z"}})).await;
    here.until("all are noticed", || here.beat.with_entries(|mut all| all.all(|entry| entry.is_noticed())))
        .await;

    let (first, total) = here.names("").await;
    assert_eq!(
        (first.len(), total, first[0].as_str()),
        (50, 62, "entry-59"),
        "what is due first comes first"
    );
    let (rest, _) = here.names("offset=50").await;
    assert_eq!(rest.len(), 12);
    assert_eq!(rest[10..], ["brought", "gone"], "what is never due comes last");
    assert_eq!(here.names("offset=1000").await, (Vec::new(), 62));
    let (by_name, _) = here.names("sort=name").await;
    assert_eq!(by_name[..3], ["brought", "entry-00", "entry-01"]);
    assert_eq!(here.names("search=Y-1&sort=name").await.0[..2], ["entry-10", "entry-11"]);
    assert_eq!(here.names("search=DEMO.FETCH").await, (vec!["brought".to_owned()], 1));
    assert_eq!(here.names("standing=done").await, (vec!["gone".to_owned()], 1));
    assert_eq!(here.names("standing=active").await.1, 61);
    assert_eq!(here.names("standing=broken").await.1, 0);
    for name in ["entry-07", "entry-30"] {
        assert_eq!(here.post(&format!("/api/v1/schedules/{name}/run"), Value::Null).await.0, 202);
    }
    assert_eq!(here.names("sort=last").await.0[..3], ["entry-30", "entry-07", "brought"]);
    let (_, page) = here.get("/api/v1/schedules").await;
    assert_eq!(
        (&page["scheduler"]["leader"], &page["scheduler"]["is_us"]),
        (&json!("umbel@here"), &json!(true))
    );
    assert_eq!((&page["scheduler"]["timezone"], &page["unfiltered"]), (&json!("Europe/Berlin"), &json!(62)));
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preview_tells_moments_in_the_zone_that_is_asked_for() {
    let here = embedded().await;
    let ask = async |zone: &str, entry: Value| {
        here.post(&format!("/api/v1/schedules/preview?timezone={zone}"), entry).await
    };
    let (status, told) = ask("UTC", json!({"schedule": "0 9 * * mon", "timezone": "Asia/Tokyo"})).await;
    assert_eq!((status, told["upcoming"].as_array().map(Vec::len)), (200, Some(10)), "{told}");
    let local = told["upcoming"][0]["local"].as_str().expect("a text");
    assert!(local.starts_with("Mon ") && local.ends_with(" 00:00:00 UTC"), "{local}");
    assert_eq!(told["mistakes"], json!([{"field": "task", "sentence": told["mistakes"][0]["sentence"]}]));
    let (_, told) = ask("", json!({"task": "demo.add", "schedule": "30 2 28 3 *"})).await;
    assert_eq!(told["mistakes"], json!([]));
    let skipped = told["upcoming"]
        .as_array()
        .expect("moments")
        .iter()
        .find(|moment| moment["local"].as_str().is_some_and(|local| local.contains("28 Mar 2027")));
    let skipped = skipped.expect("2027 is among the next ten years");
    assert_eq!(skipped["local"], "Sun 28 Mar 2027 03:30:00 CEST");
    assert!(skipped["note"].as_str().expect("a note").starts_with("02:30 does not exist in Europe/Berlin"));
    let (status, refused) = ask("Europe/Berlni", json!({})).await;
    assert_eq!(
        (status, &refused["error"]["message"]),
        (400, &json!("timezone \"Europe/Berlni\" is no time zone; did you mean Europe/Berlin?"))
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn the_calendar_adds_up_what_all_will_send() {
    let here = embedded().await;
    here.leads().await;
    here.put("hourly", json!({"task": "demo.add", "schedule": "0 * * * *"})).await;
    here.put("often", json!({"task": "demo.add", "schedule": "*/10 * * * *"})).await;
    let (status, calendar) = here.get("/api/v1/schedules/calendar?timezone=Asia/Kathmandu").await;
    assert_eq!((status, &calendar["timezone"]), (200, &json!("Asia/Kathmandu")), "{calendar}");
    let days = calendar["days"].as_array().expect("days");
    assert_eq!(days.len(), 7);
    for day in &days[1..] {
        for hour in day["hours"].as_array().expect("hours") {
            let most = if hour["runs"] == 8 {
                json!(["often", "hourly", "brought"])
            } else {
                json!(["often", "hourly"])
            };
            assert_eq!((hour["runs"].as_u64().map(|runs| runs.min(7)), &hour["most"]), (Some(7), &most));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_live_stream_tells_that_schedules_changed() {
    let here = embedded().await;
    here.leads().await;
    let mut events = Events::open(here.address, "/events", "").await;
    let mut newest = Value::Null;
    let changed = async |events: &mut Events, than: Value| loop {
        let (_, frame) = events.next().await.expect("the stream goes on");
        if frame["schedules"].is_u64() && frame["schedules"] != than {
            return frame["schedules"].clone();
        }
    };
    newest = tokio::time::timeout(PATIENCE, changed(&mut events, newest)).await.expect("a first frame");
    here.put("fresh", json!({"task": "demo.add", "schedule": 600})).await;
    let later = tokio::time::timeout(PATIENCE, changed(&mut events, newest.clone())).await.expect("a frame");
    assert!(later.as_u64() > newest.as_u64());
}
