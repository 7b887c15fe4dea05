//! What every notebook promises of posts: each has one holder at a time.

use super::world::{Kind, World, world};
use std::time::{Duration, Instant};
use umbel::broker::Held;

const POST: &str = "keeper";
const BRIEF: Duration = Duration::from_millis(100);
const LONG: Duration = Duration::from_secs(3600);
/// How long a fact may take to come true on a busy machine before the test gives up.
const PATIENCE: Duration = Duration::from_secs(60);
const GLANCE: Duration = Duration::from_millis(10);

on_both! {
    a_post_has_one_holder,
    a_post_that_is_not_renewed_goes_to_the_next,
    a_renewed_post_is_kept,
    only_its_holder_leaves_a_post,
}

impl World {
    async fn hold(&self, holder: &str, lease: Duration) -> String {
        self.notebook.hold(POST, holder, lease, &[]).await.expect("asked").holder
    }

    /// Until a post is this holder's.
    async fn until_held(&self, post: &'static str, holder: &str) {
        let deadline = Instant::now() + PATIENCE;
        let mut glances = tokio::time::interval(GLANCE);
        while self.notebook.hold(post, holder, LONG, &[]).await.expect("asked").holder != holder {
            assert!(Instant::now() < deadline, "the lease never ended");
            glances.tick().await;
        }
    }
}

async fn a_post_has_one_holder(kind: Kind) {
    let world = world(kind).await;
    assert_eq!(world.hold("one", LONG).await, "one");
    assert_eq!(world.hold("two", LONG).await, "one");
    assert_eq!(world.hold("one", LONG).await, "one");
    let other = world.notebook.hold("another", "two", LONG, &[]).await.expect("asked");
    assert_eq!(other, Held { holder: "two".to_owned(), revisions: Vec::new() }, "posts are apart");
}

async fn a_post_that_is_not_renewed_goes_to_the_next(kind: Kind) {
    let world = world(kind).await;
    assert_eq!(world.hold("one", BRIEF).await, "one");
    // On Redis the time that counts is Redis' own.
    world.clock.advance(BRIEF);
    world.until_held(POST, "two").await;
    assert_eq!(world.hold("one", LONG).await, "two");
}

async fn a_renewed_post_is_kept(kind: Kind) {
    let world = world(kind).await;
    assert_eq!(world.hold("one", BRIEF).await, "one");
    assert_eq!(world.hold("one", LONG).await, "one");
    // By the time this one has ended, the first lease would have ended too.
    world.notebook.hold("hourglass", "one", BRIEF, &[]).await.expect("asked");
    world.clock.advance(BRIEF);
    world.until_held("hourglass", "two").await;
    assert_eq!(world.hold("two", LONG).await, "one");

    // So long before the end of its lease it need not be renewed, and later it is.
    world.clock.advance(LONG / 3 * 2);
    assert_eq!(world.hold("one", LONG).await, "one");
    world.clock.advance(LONG / 3 * 2);
    assert_eq!(world.hold("two", LONG).await, "one");
}

async fn only_its_holder_leaves_a_post(kind: Kind) {
    let world = world(kind).await;
    world.notebook.leave(POST, "two").await.expect("nobody holds it");
    assert_eq!(world.hold("one", LONG).await, "one");
    world.notebook.leave(POST, "two").await.expect("asked");
    assert_eq!(world.hold("two", LONG).await, "one");
    world.notebook.leave(POST, "one").await.expect("left");
    assert_eq!(world.hold("two", LONG).await, "two");
    world.notebook.leave(POST, "one").await.expect("asked");
    assert_eq!(world.hold("one", LONG).await, "two", "who has left can take nothing back");
}
