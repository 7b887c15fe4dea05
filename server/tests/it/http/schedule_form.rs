//! The form of a schedule as the server renders it and takes it: with the browser's code, and without.

use super::client::Answer;
use super::ports::{HOSTILE, Stage, stage};
use app::ApiError;
use app::backend::{Reply, SchedulePort};
use app::view::{
    FieldMistake, RegisteredTask, ScheduleCalendar, ScheduleDetail, ScheduleFilter, ScheduleForm,
    ScheduleOrigin, SchedulePage, SchedulePreview, ScheduleRow, ScheduleStanding, SchedulerStanding,
    Upcoming,
};
use axum::http::StatusCode;
use serde_json::{Value, json};
use std::sync::{Arc, Mutex};

/// A port with one stored entry, one out of a file, and one that no form can show.
#[derive(Default)]
struct Forms {
    put: Mutex<Vec<(String, Value, Option<String>)>>,
    previewed: Mutex<Vec<(Value, String)>>,
}

fn answer<T: Send + 'static>(value: T) -> Reply<'static, T> {
    Box::pin(std::future::ready(Ok(value)))
}

fn refuse<T: Send + 'static>(error: ApiError) -> Reply<'static, T> {
    Box::pin(std::future::ready(Err(error)))
}

fn entry() -> Value {
    json!({"task": HOSTILE, "schedule": "0 9 * * mon", "timezone": "Europe/Berlin", "args": [HOSTILE],
        "options": {"queue": HOSTILE}, "missed": "all", "missed_limit": 3})
}

fn row(name: String, origin: ScheduleOrigin) -> ScheduleRow {
    ScheduleRow {
        name,
        task: "shop.pay".to_owned(),
        queue: None,
        words: String::new(),
        written: String::new(),
        zone: "UTC".to_owned(),
        origin,
        standing: ScheduleStanding::Active,
        warning: None,
        next: Vec::new(),
        marks: Vec::new(),
        sent: 0,
        passed: 0,
    }
}

impl SchedulePort for Forms {
    fn list(&self, _: ScheduleFilter) -> Reply<'_, SchedulePage> {
        let scheduler =
            SchedulerStanding { leader: None, is_us: true, zone: "Asia/Tokyo".to_owned(), beats: Vec::new() };
        answer(SchedulePage { rows: Vec::new(), total: 0, unfiltered: 0, scheduler, now: 0 })
    }

    fn get(&self, name: String) -> Reply<'_, ScheduleDetail> {
        let (origin, form) = match name.as_str() {
            "mine" => (ScheduleOrigin::Stored, ScheduleForm::of(&name, &entry())),
            "odd" => (ScheduleOrigin::Stored, None),
            "filed" => {
                let (path, node) = ("umbel.toml".to_owned(), "w@here".to_owned());
                (ScheduleOrigin::File { path, node }, ScheduleForm::of(&name, &entry()))
            }
            _ => return refuse(ApiError::NotFound("There is no such schedule.".to_owned())),
        };
        let row = row(name, origin);
        answer(ScheduleDetail { row, form, definition: String::new(), upcoming: Vec::new(), now: 0 })
    }

    fn put(&self, name: String, definition: Value, instead_of: Option<String>) -> Reply<'_, ()> {
        if name == "taken" {
            return refuse(ApiError::Conflict("There is a schedule of this name already.".to_owned()));
        }
        self.put.lock().expect("unpoisoned").push((name, definition, instead_of));
        answer(())
    }

    fn remove(&self, _: String) -> Reply<'_, ()> {
        unreachable!("the form removes nothing")
    }

    fn pause(&self, _: String, _: bool) -> Reply<'_, ()> {
        unreachable!("the form pauses nothing")
    }

    fn run_now(&self, _: String) -> Reply<'_, String> {
        unreachable!("the form runs nothing")
    }

    fn preview(&self, definition: Value, zone: String) -> Reply<'_, SchedulePreview> {
        let mut mistakes = Vec::new();
        let mut wrong = |field: &str, sentence: &str| {
            mistakes.push(FieldMistake { field: field.to_owned(), sentence: sentence.to_owned() });
        };
        if definition["schedule"].is_null() {
            wrong("schedule", "is missing");
        }
        if definition["schedule"]["crontab"] == "61 * * * *" {
            wrong("schedule.minute", "61 is above 59");
        }
        if definition["options"]["priority"].as_u64().is_some_and(|priority| priority > 9) {
            wrong("options.priority", "is above 9");
        }
        if definition["timezone"] == "Mars" {
            wrong("timezone", "is not a zone");
        }
        self.previewed.lock().expect("unpoisoned").push((definition, zone));
        // When it is due is told whatever else is wrong.
        if mistakes.iter().any(|mistake| mistake.field != "options.priority") {
            return answer(SchedulePreview { mistakes, ..SchedulePreview::default() });
        }
        let upcoming = Upcoming {
            at: 0,
            local: "Mon 23 Nov 2026 09:00:00 CET".to_owned(),
            note: Some(HOSTILE.to_owned()),
        };
        answer(SchedulePreview { words: HOSTILE.to_owned(), upcoming: vec![upcoming; 10], mistakes })
    }

    fn calendar(&self, _: String) -> Reply<'_, ScheduleCalendar> {
        unreachable!("the form shows no calendar")
    }
}

fn site() -> (Stage, Arc<Forms>) {
    let (mut stage, forms) = (stage(), Arc::new(Forms::default()));
    stage.site.backend.schedules = forms.clone();
    (stage, forms)
}

/// Posts to a server function as a page of ours does, which says what kind of answer it reads.
async fn post(stage: &Stage, function: &str, accept: &str, form: &str) -> Answer {
    let headers = [
        ("host", "localhost:5555"),
        ("accept", accept),
        ("origin", "http://localhost:5555"),
        ("content-type", "application/x-www-form-urlencoded"),
    ];
    stage.ask("POST", &format!("/fn/{function}"), &headers, form.to_owned()).await
}

/// Posts the form as a browser without wasm does.
async fn submit(stage: &Stage, form: &str) -> Answer {
    post(stage, "put_schedule", "text/html", form).await
}

/// The tag that has this in it.
fn tag<'a>(page: &'a str, part: &str) -> &'a str {
    let at = page.find(part).unwrap_or_else(|| panic!("{part} is missing in {page}"));
    let start = page[..at].rfind('<').expect("it stands in a tag");
    &page[start..at + page[at..].find('>').expect("the tag ends")]
}

/// What stands beside a field: its hint, or its mistake.
fn beside<'a>(page: &'a str, id: &str) -> &'a str {
    let part = format!("id=\"{id}\"");
    let after = page.split_once(&part).unwrap_or_else(|| panic!("{id} is missing in {page}")).1;
    let text = after.split_once('>').expect("the tag ends").1;
    text.split_once('<').expect("the text ends").0
}

#[tokio::test]
async fn the_empty_form_suggests_and_accuses_nobody() {
    let (stage, _) = site();
    let page = stage.get("/schedules/new").await;
    assert_eq!(page.status, StatusCode::OK);
    let page = page.text();
    assert!(tag(&page, "value=\"crontab\"").contains("checked"), "a crontab is asked for first");
    assert!(tag(&page, "name=\"timezone\"").contains("placeholder=\"Asia/Tokyo\""));
    assert!(page.contains("<option value=\"Europe/Berlin\">"));
    assert!(page.contains("its next ten runs are listed here"));
    assert!(!page.contains("aria-invalid"), "nothing was typed, so nothing is wrong");
}

#[tokio::test]
async fn the_address_fills_the_form_in_and_shows_what_it_would_do() {
    let (stage, forms) = site();
    let page = stage.get("/schedules/new?task=shop.pay&args=%5B1%5D&crontab=0+9+*+*+*&zone=UTC").await.text();
    assert!(tag(&page, "name=\"task\"").contains("value=\"shop.pay\""));
    assert!(page.contains(">[1]</textarea>"));
    assert_eq!(page.matches(">Mon 23 Nov 2026 09:00:00 CET<").count(), 10, "{page}");
    assert!(page.contains("No worker has registered a task of this name yet."));
    let definition = json!({"task": "shop.pay", "schedule": {"crontab": "0 9 * * *"}, "args": [1]});
    let asked = forms.previewed.lock().expect("unpoisoned").clone();
    assert!(asked.contains(&(definition, "UTC".to_owned())), "{asked:?}");
}

#[tokio::test]
async fn a_preview_without_wasm_tells_mistakes_at_their_fields() {
    let (stage, _) = site();
    let page = stage.get("/schedules/new?kind=crontab&crontab=61+*+*+*+*&timezone=Mars").await.text();
    assert_eq!(beside(&page, "crontab-error"), "Minute 61 is above 59.");
    assert_eq!(beside(&page, "timezone-error"), "Time zone is not a zone.");
    assert!(tag(&page, "name=\"crontab\"").contains("aria-invalid=\"true\""));
    assert!(!tag(&page, "name=\"task\"").contains("aria-invalid"), "what is still empty is not wrong yet");
}

#[tokio::test]
async fn a_stored_entry_is_edited_and_hostile_texts_stay_texts() {
    let (stage, _) = site();
    let answer = stage.get("/schedules/mine/edit").await;
    assert_eq!(answer.status, StatusCode::OK);
    let page = answer.text();
    assert!(tag(&page, "name=\"instead_of\"").contains("value=\"mine\""));
    assert!(tag(&page, "name=\"crontab\"").contains("value=\"0 9 * * mon\""));
    assert!(tag(&page, "name=\"missed_limit\"").contains("value=\"3\""));
    assert!(tag(&page, "class=\"advanced\"").contains("open"), "what is set is seen");
    for markup in ["<img src=x", "<script>alert", "</script><script>"] {
        assert!(!page.contains(markup), "{markup}");
    }
}

#[tokio::test]
async fn what_cannot_be_edited_says_why() {
    let (stage, _) = site();
    for (name, status, sentence) in [
        ("filed", StatusCode::CONFLICT, "This entry is written in umbel.toml on w@here."),
        ("odd", StatusCode::CONFLICT, "The form cannot show this entry."),
        ("nobody", StatusCode::NOT_FOUND, "There is no such schedule."),
    ] {
        let answer = stage.get(&format!("/schedules/{name}/edit")).await;
        assert_eq!(answer.status, status, "{name}");
        assert!(answer.text().contains(sentence), "{name}");
    }
}

#[tokio::test]
async fn a_right_form_is_stored_and_leads_to_its_page() {
    let (stage, forms) = site();
    let answer = submit(&stage, "name=a%2Fb&task=t&kind=interval&every=30s&relative=on&instead_of=").await;
    assert_eq!((answer.status, answer.header("location")), (StatusCode::FOUND, "/schedules/a%2Fb"));
    submit(&stage, "name=new&task=t&kind=interval&every=5&instead_of=old").await;
    let put = forms.put.lock().expect("unpoisoned").clone();
    let first = json!({"task": "t", "schedule": {"every": "30s", "relative": true}});
    let second = json!({"task": "t", "schedule": {"every": 5}});
    assert_eq!(put, [("a/b".to_owned(), first, None), ("new".to_owned(), second, Some("old".to_owned()))]);
}

#[tokio::test]
async fn a_refused_form_comes_back_with_everything_typed_and_every_mistake() {
    let (stage, forms) = site();
    let form =
        "name=&task=t&kind=crontab&crontab=61+*+*+*+*&args=%5B1&priority=12&queue=%3C%26&instead_of=mine";
    let answer = submit(&stage, form).await;
    assert_eq!(answer.status, StatusCode::FOUND);
    assert!(answer.header("location").starts_with("/schedules/mine/edit?task=t&kind=crontab&"));
    let page = stage.get(answer.header("location")).await.text();
    for (field, sentence) in [
        ("name", "Name is missing."),
        ("crontab", "Minute 61 is above 59."),
        ("args", "Args is not a JSON array: "),
        ("priority", "Priority is above 9."),
    ] {
        let told = beside(&page, &format!("{field}-error"));
        assert!(told.starts_with(sentence), "{field}: {told}");
        assert!(tag(&page, &format!("id=\"{field}\"")).contains("autofocus"), "{field}");
    }
    assert!(tag(&page, "name=\"queue\"").contains("value=\"&lt;&amp;\""));
    assert!(tag(&page, "class=\"advanced\"").contains("open"), "no mistake is folded away");
    assert!(page.contains(">[1</textarea>"));
    assert!(forms.put.lock().expect("unpoisoned").is_empty());
}

#[tokio::test]
async fn a_taken_name_is_told_at_the_name() {
    let (stage, _) = site();
    let answer = submit(&stage, "name=taken&task=t&kind=interval&every=5").await;
    let page = stage.get(answer.header("location")).await.text();
    assert_eq!(beside(&page, "name-error"), "There is a schedule of this name already.");
}

#[tokio::test]
async fn the_browsers_code_hears_of_a_refusal_with_its_status() {
    let (stage, _) = site();
    let answer = post(&stage, "put_schedule", "*/*", "name=a&kind=once").await;
    assert_eq!(answer.status, StatusCode::BAD_REQUEST);
    assert_eq!(answer.json()["message"], "task: Task is missing.\nat: Moment is missing.");
}

#[tokio::test]
async fn when_it_runs_is_told_while_the_rest_is_unfinished() {
    let (stage, _) = site();
    let ask = async |form: &str| post(&stage, "preview_schedule", "*/*", form).await.json();
    let unfinished = "form[kind]=crontab&form[crontab]=*+*+*+*+*&form[args]=%5B&zone=&complete=";
    let told = ask(&format!("{unfinished}false")).await;
    assert_eq!((&told["words"], told["upcoming"].as_array().map(Vec::len)), (&json!(HOSTILE), Some(10)));
    let fields = |told: &Value| -> Vec<Value> {
        told["mistakes"].as_array().expect("a list").iter().map(|mistake| mistake["field"].clone()).collect()
    };
    assert_eq!(fields(&told), ["args"]);
    let told = ask(&format!("{unfinished}true")).await;
    assert_eq!(fields(&told), ["name", "task", "args"]);
}

#[tokio::test]
async fn the_preview_tells_what_the_task_takes() {
    let (stage, _) = site();
    let registered: Vec<RegisteredTask> = stage.site.backend.tasks.registered().await.expect("fixed");
    let name: String = registered[0].name.bytes().map(|byte| format!("%{byte:02X}")).collect();
    let page = stage.get(&format!("/schedules/new?task={name}")).await.text();
    assert!(beside(&page, "task-hint").starts_with("(&lt;img src=x"), "{page}");
}
