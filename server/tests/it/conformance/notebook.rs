//! What every notebook promises of its notes, and of the messages that go with their changes.

use super::message;
use super::world::{Kind, World, world};
use std::collections::BTreeMap;
use std::time::Duration;
use umbel::broker::{Change, Verdict};
use umbel::clock::Clock;
use umbel::protocol::Message;

const BOOK: &str = "plans";
const OTHER: &str = "states";
const POST: &str = "keeper";
const LONG: Duration = Duration::from_secs(3600);

on_both! {
    a_note_changes_only_if_it_is_what_was_read,
    nothing_can_stay_nothing,
    of_two_writers_one_wins_each_note,
    messages_are_published_if_and_only_if_their_change_is_made,
    messages_keep_their_order_and_their_urgency,
    messages_for_later_wait_as_if_they_had_been_published,
    many_changes_are_made_in_one_go,
    changes_of_one_note_follow_each_other,
    books_do_not_see_each_other,
    revisions_grow_with_changes_and_only_with_them,
    hostile_texts_come_back_as_they_were,
    notes_outlive_the_process,
}

fn change(name: &str, was: Option<&str>, becomes: Option<&str>) -> Change {
    let owned = |text: Option<&str>| text.map(ToOwned::to_owned);
    Change { name: name.to_owned(), was: owned(was), becomes: owned(becomes), messages: Vec::new() }
}

fn sending(change: Change, messages: impl Into<Vec<Message>>) -> Change {
    Change { messages: messages.into(), ..change }
}

impl World {
    async fn write(&self, changes: impl Into<Vec<Change>>) -> Vec<bool> {
        self.notebook.write(BOOK, changes.into()).await.expect("written")
    }

    async fn text(&self, name: &str) -> Option<String> {
        self.notebook.read(BOOK, vec![name.to_owned()]).await.expect("read").remove(0)
    }

    async fn notes(&self, book: &'static str) -> BTreeMap<String, String> {
        let notes = self.notebook.notes(book).await.expect("read");
        let count = notes.len();
        let notes: BTreeMap<_, _> = notes.into_iter().map(|note| (note.name, note.text)).collect();
        assert_eq!(notes.len(), count, "each once");
        notes
    }

    async fn revisions(&self) -> Vec<u64> {
        self.notebook.hold(POST, "reader", LONG, &[BOOK, OTHER]).await.expect("asked").revisions
    }

    /// The ids of all messages of a queue in the order they are handed out.
    async fn ids(&self, queue: &str) -> Vec<String> {
        let mut ids = Vec::new();
        loop {
            let taken = self.reserve(&[queue], 1000).await;
            if taken.is_empty() {
                return ids;
            }
            ids.extend(taken.into_iter().map(|delivery| delivery.message.headers.id.to_string()));
        }
    }
}

async fn a_note_changes_only_if_it_is_what_was_read(kind: Kind) {
    let world = world(kind).await;
    assert_eq!(world.text("a").await, None);
    assert_eq!(world.write([change("a", Some("1"), Some("2"))]).await, [false], "there is none");
    assert_eq!(world.write([change("a", None, Some("1"))]).await, [true]);
    assert_eq!(world.write([change("a", None, Some("2"))]).await, [false], "there is one");
    assert_eq!(world.write([change("a", Some("x"), Some("2"))]).await, [false], "another one");
    assert_eq!(world.text("a").await.as_deref(), Some("1"));
    assert_eq!(world.write([change("a", Some("1"), Some("2"))]).await, [true]);
    assert_eq!(world.write([change("a", Some("2"), Some("2"))]).await, [true], "as it was");
    assert_eq!(world.write([change("a", Some("1"), None)]).await, [false]);
    assert_eq!(world.write([change("a", None, None)]).await, [false]);
    assert_eq!(world.text("a").await.as_deref(), Some("2"));
    assert_eq!(world.write([change("a", Some("2"), None)]).await, [true]);
    assert_eq!(world.text("a").await, None);
    assert_eq!(world.write([change("a", None, Some("3"))]).await, [true], "as if it had never been");

    let late = [change("b", Some("x"), Some("y")), change("c", None, Some("1"))];
    assert_eq!(world.write(late).await, [false, true], "one that comes too late stops nobody");
    let names = ["c", "none", "a", "c"].map(ToOwned::to_owned).to_vec();
    let texts = world.notebook.read(BOOK, names).await.expect("read");
    assert_eq!(texts, [Some("1"), None, Some("3"), Some("1")].map(|text| text.map(ToOwned::to_owned)));
    assert!(world.notebook.read(BOOK, Vec::new()).await.expect("read").is_empty());
    assert!(world.write([]).await.is_empty());
}

async fn nothing_can_stay_nothing(kind: Kind) {
    let world = world(kind).await;
    let sent = sending(change("a", None, None), [message("1", "celery", 0)]);
    assert_eq!(world.write([sent]).await, [true]);
    assert_eq!(world.text("a").await, None);
    assert_eq!(world.ids("celery").await, ["1"]);
}

async fn of_two_writers_one_wins_each_note(kind: Kind) {
    let world = world(kind).await;
    let names: Vec<String> = (0..50).map(|number| number.to_string()).collect();
    let race = |writer: &'static str, was: Option<&'static str>| {
        let (world, names) = (&world, &names);
        async move {
            let mut won = Vec::new();
            for names in names.chunks(5) {
                let one = |name: &String| {
                    sending(
                        change(name, was, Some(writer)),
                        [message(&format!("{writer}{name}"), "celery", 0)],
                    )
                };
                won.extend(world.write(names.iter().map(one).collect::<Vec<_>>()).await);
            }
            won
        }
    };
    let (one, two) = tokio::join!(race("one", None), race("two", None));
    let notes = world.notes(BOOK).await;
    let mut sent = world.ids("celery").await;
    assert_eq!((notes.len(), sent.len()), (50, 50));
    sent.sort();
    let mut expected = Vec::new();
    for ((name, one), two) in names.iter().zip(one).zip(two) {
        assert_ne!(one, two, "exactly one of them");
        let winner = if one { "one" } else { "two" };
        assert_eq!(notes[name], winner);
        expected.push(format!("{winner}{name}"));
    }
    expected.sort();
    assert_eq!(sent, expected, "and its message only");
}

async fn messages_are_published_if_and_only_if_their_change_is_made(kind: Kind) {
    let world = world(kind).await;
    let changes = [
        sending(change("new", None, Some("1")), [message("made", "celery", 0)]),
        sending(change("none", Some("1"), Some("2")), [message("late", "celery", 0)]),
        sending(change("new", Some("1"), None), [message("gone", "other", 0)]),
        change("quiet", None, Some("1")),
    ];
    assert_eq!(world.write(changes).await, [true, false, true, true]);
    assert_eq!(world.depth("celery").await, (1, 0, 0));
    let queues = ["celery".to_owned()];
    world.broker.ready(&queues, LONG).await;
    let taken = world.reserve(&["celery"], 10).await;
    assert_eq!(taken.len(), 1);
    assert_eq!(taken[0].message, message("made", "celery", 0));
    assert!(!taken[0].redelivered);
    world.settle(&taken[0], Verdict::Ack).await;
    assert_eq!(world.depth("celery").await, (0, 0, 0));
    assert_eq!(world.ids("other").await, ["gone"]);
}

async fn messages_keep_their_order_and_their_urgency(kind: Kind) {
    let world = world(kind).await;
    world.publish("0", "celery", 3).await;
    let changes = [
        sending(change("a", None, Some("1")), [message("1", "celery", 3), message("2", "celery", 3)]),
        sending(change("b", None, Some("1")), [message("x", "slow", 9), message("urgent", "celery", 0)]),
        sending(change("c", None, Some("1")), [message("3", "celery", 3), message("y", "slow", 9)]),
    ];
    assert_eq!(world.write(changes).await, [true; 3]);
    world.publish("4", "celery", 3).await;
    assert_eq!(world.ids("celery").await, ["urgent", "0", "1", "2", "3", "4"]);
    assert_eq!(world.ids("slow").await, ["x", "y"]);
}

async fn messages_for_later_wait_as_if_they_had_been_published(kind: Kind) {
    let world = world(kind).await;
    let mut later = message("later", "written", 0);
    later.headers.eta = Some(world.clock.now() + chrono::TimeDelta::seconds(60));
    let published = Message { queue: "published".to_owned(), ..later.clone() };
    world.broker.publish(vec![published]).await.expect("published");
    assert_eq!(world.write([sending(change("a", None, Some("1")), [later])]).await, [true]);
    let depth = world.depth("written").await;
    assert_eq!(depth.0 + depth.1, 1);
    assert_eq!(depth, world.depth("published").await);
    let found = world.admin.find("later".into()).await.expect("looked").expect("it waits");
    assert_eq!(found.message.headers.eta, Some(world.clock.now() + chrono::TimeDelta::seconds(60)));
}

async fn many_changes_are_made_in_one_go(kind: Kind) {
    let world = world(kind).await;
    let numbers = || (0..3000).map(|number| format!("{number:04}"));
    let first = |name: String| sending(change(&name, None, Some("1")), [message(&name, "celery", 0)]);
    let mut changes: Vec<Change> = numbers().map(first).collect();
    changes[1500].was = Some("not this".to_owned());
    let made = world.write(changes).await;
    assert_eq!(made.len(), 3000);
    assert!(made.iter().enumerate().all(|(place, made)| *made == (place != 1500)));
    let all_but_one = || numbers().filter(|name| name != "1500");
    assert!(world.ids("celery").await.into_iter().eq(all_but_one()));
    assert!(world.notes(BOOK).await.into_keys().eq(all_but_one()));
    let texts = world.notebook.read(BOOK, numbers().collect()).await.expect("read");
    assert_eq!(texts.iter().flatten().count(), 2999);
}

async fn changes_of_one_note_follow_each_other(kind: Kind) {
    let world = world(kind).await;
    let changes = [
        change("a", None, Some("1")),
        change("a", None, Some("2")),
        change("a", Some("1"), Some("3")),
        change("a", Some("3"), None),
        change("a", None, Some("4")),
    ];
    assert_eq!(world.write(changes).await, [true, false, true, true, true]);
    assert_eq!(world.text("a").await.as_deref(), Some("4"));
}

async fn books_do_not_see_each_other(kind: Kind) {
    let world = world(kind).await;
    world.write([change("a", None, Some("plan")), change("b", None, Some("plan"))]).await;
    let other = vec![change("a", None, Some("state"))];
    assert_eq!(world.notebook.write(OTHER, other).await.expect("written"), [true]);
    assert_eq!(world.write([change("b", Some("plan"), None)]).await, [true]);
    let pair = |text: &str| BTreeMap::from([("a".to_owned(), text.to_owned())]);
    assert_eq!(world.notes(BOOK).await, pair("plan"));
    assert_eq!(world.notes(OTHER).await, pair("state"));
    assert!(world.notes("nobody's").await.is_empty());
}

async fn revisions_grow_with_changes_and_only_with_them(kind: Kind) {
    let world = world(kind).await;
    assert_eq!(world.revisions().await, [0, 0]);
    world.write([change("a", None, Some("1"))]).await;
    let first = world.revisions().await;
    assert!(first[0] > 0 && first[1] == 0, "{first:?}");
    world.write([change("a", None, Some("2"))]).await;
    assert_eq!(world.revisions().await, first, "nothing was changed");
    for next in [change("a", Some("1"), Some("2")), change("a", Some("2"), None)] {
        let before = world.revisions().await;
        world.write([next]).await;
        assert!(world.revisions().await[0] > before[0]);
    }
    let before = world.revisions().await;
    world.notebook.write(OTHER, vec![change("a", None, Some("1"))]).await.expect("written");
    let after = world.revisions().await;
    assert!(after[0] == before[0] && after[1] > before[1], "{before:?} {after:?}");
    let world = world.restart().await;
    assert_eq!(world.revisions().await, after, "they do not begin anew with the process");
    let reversed = world.notebook.hold(POST, "reader", LONG, &[OTHER, BOOK]).await.expect("asked").revisions;
    assert!(reversed.iter().eq(after.iter().rev()), "in the order they are asked for");
}

async fn hostile_texts_come_back_as_they_were(kind: Kind) {
    let world = world(kind).await;
    let long = "ü\u{10FFFF}\n".repeat(25_000);
    let texts =
        ["", " ", "a\nb\r\0c", "=", "==", "ключ 🔑", "'; DROP TABLE note; --", "%s{}\\", long.as_str()];
    for (place, text) in texts.into_iter().enumerate() {
        let next = texts[(place + 1) % texts.len()];
        let born = sending(change(text, None, Some(text)), [message(text, text, 0)]);
        let changed = change(text, Some(text), Some(next));
        assert_eq!(world.write([born, changed.clone(), changed]).await, [true, true, false], "{place}");
        assert_eq!(world.text(text).await.as_deref(), Some(next), "{place}");
        assert_eq!(world.ids(text).await, [text], "{place}");
    }
    assert_eq!(world.notes(BOOK).await.len(), texts.len());
    let gone: Vec<_> = (0..texts.len())
        .map(|place| change(texts[place], Some(texts[(place + 1) % texts.len()]), None))
        .collect();
    assert_eq!(world.write(gone).await, [true; 9]);
    assert!(world.notes(BOOK).await.is_empty());
}

async fn notes_outlive_the_process(kind: Kind) {
    let world = world(kind).await;
    let kept = sending(change("a", None, Some("1")), [message("1", "celery", 0)]);
    world.write([kept, change("b", None, Some("2"))]).await;
    let world = world.restart().await;
    let expected = [("a", "1"), ("b", "2")].map(|(name, text)| (name.to_owned(), text.to_owned()));
    assert_eq!(world.notes(BOOK).await, BTreeMap::from(expected));
    assert_eq!(world.write([change("a", None, Some("x"))]).await, [false]);
    assert_eq!(world.ids("celery").await, ["1"]);
}
