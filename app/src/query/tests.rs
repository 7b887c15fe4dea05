//! The URL is a contract: old links keep working, and what is written is read back.

use super::*;

/// A small generator, so that the round trip is tried on many mixtures and each failure can be repeated.
struct Dice(u64);

impl Dice {
    fn roll(&mut self, sides: usize) -> usize {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) as usize % sides
    }

    fn word(&mut self) -> Option<String> {
        let alphabet: Vec<char> = "aZ9 &=+%?#/<>'\"é漢🌺,.:@_-".chars().collect();
        let length = 1 + self.roll(12);
        let word: String = (0..length).map(|_| alphabet[self.roll(alphabet.len())]).collect();
        // Blanks at the ends are what a form adds by accident; the query drops them.
        Some(word.trim().to_owned()).filter(|word| !word.is_empty() && self.roll(2) == 0)
    }

    fn when(&mut self) -> Option<When> {
        match self.roll(3) {
            0 => None,
            1 => Some(When::Ago(self.roll(5_000) as u32, Unit::ALL[self.roll(4)])),
            _ => Some(When::At(self.roll(4_000_000_000) as i64 * 1_000 + self.roll(1_000) as i64)),
        }
    }

    fn query(&mut self) -> TaskQuery {
        let mut query = TaskQuery {
            states: TaskState::ALL.into_iter().filter(|_| self.roll(3) == 0).collect(),
            name: self.word(),
            queue: self.word(),
            worker: self.word(),
            since: self.when(),
            until: self.when(),
            sort: [TaskSort::Newest, TaskSort::Oldest, TaskSort::Slowest, TaskSort::Fastest][self.roll(4)],
            after: self.word().map(Cursor),
            before: None,
            limit: self.roll(200) as u32,
        };
        if query.after.is_none() {
            query.before = self.word().map(Cursor);
        }
        query
    }
}

#[test]
fn what_is_written_is_read_back() {
    let mut dice = Dice(5_555);
    for _ in 0..20_000 {
        let query = dice.query();
        assert_eq!(TaskQuery::parse(&query.to_search()), query, "{}", query.to_search());
    }
}

#[test]
fn any_bytes_are_read_without_a_panic_and_settle_at_once() {
    let mut dice = Dice(42);
    let alphabet: Vec<char> = "state=&%0Gf+,;?since=24h\u{0}é漢".chars().collect();
    for _ in 0..20_000 {
        let text: String = (0..dice.roll(40)).map(|_| alphabet[dice.roll(alphabet.len())]).collect();
        let query = TaskQuery::parse(&text);
        assert_eq!(TaskQuery::parse(&query.to_search()), query, "{text}");
    }
}

#[test]
fn a_full_link_is_understood() {
    let query =
        TaskQuery::parse("?state=FAILURE,retry&name=shop.pay&queue=net&since=24h&sort=slowest&after=x1");
    assert_eq!(query.states, [TaskState::Failure, TaskState::Retry]);
    assert_eq!(query.name.as_deref(), Some("shop.pay"));
    assert_eq!(query.since, Some(When::Ago(24, Unit::Hour)));
    assert_eq!(query.sort, TaskSort::Slowest);
    assert_eq!(query.after, Some(Cursor("x1".to_owned())));
    assert_eq!(
        query.href(),
        "/tasks?state=FAILURE,RETRY&name=shop.pay&queue=net&since=24h&sort=slowest&after=x1"
    );
}

#[test]
fn a_form_repeats_its_checkboxes_and_sends_empty_fields() {
    let query = TaskQuery::parse("state=FAILURE&state=RETRY&name=&queue=&since=&until=&sort=newest");
    assert_eq!(query.states, [TaskState::Failure, TaskState::Retry]);
    assert_eq!(query.to_search(), "state=FAILURE,RETRY");
}

#[test]
fn unknown_words_are_ignored() {
    let query = TaskQuery::parse("state=DONE&sort=best&since=soon&limit=many&colour=red&__err=x&&=");
    assert_eq!(query, TaskQuery::default());
    assert_eq!(query.href(), "/tasks");
}

#[test]
fn a_relative_time_means_a_moment_only_when_asked() {
    let now = 1_709_210_096_000;
    let filter = TaskQuery::parse("since=7d&until=2024-02-29T12:00").to_filter(now);
    assert_eq!(filter.since, Some(now - 7 * 86_400_000));
    assert_eq!(filter.until, Some(1_709_208_000_000));
}

#[test]
fn what_streams_in_is_tested_as_the_store_would() {
    let now = 1_709_210_096_000;
    let row = TaskRow {
        id: "a".to_owned(),
        name: "shop.pay".to_owned(),
        state: TaskState::Failure,
        custom_state: None,
        queue: Some("net".to_owned()),
        worker: None,
        call: "()".to_owned(),
        progress: None,
        created_at: now - 3_600_000,
        started_at: None,
        finished_at: None,
        eta: None,
        runtime: None,
        retries: 0,
        exception: None,
    };
    let admits = |search: &str| TaskQuery::parse(search).admits(&row, now);
    for search in ["", "state=FAILURE,RETRY", "name=shop.pay&queue=net", "since=1h", "until=10m"] {
        assert!(admits(search), "{search}");
    }
    for search in ["state=RETRY", "name=shop", "queue=celery", "worker=rose", "since=59m", "until=1h"] {
        assert!(!admits(search), "{search}");
    }
}
