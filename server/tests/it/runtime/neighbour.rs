//! A worker of somebody else's on the same Redis: it says and answers what Python's was recorded to.

use serde_json::{Value, json};
use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use umbel::bus::redis::RedisBus;
use umbel::bus::{Bus as _, Speaker};
use umbel::clock::{SharedClock, SystemClock};
use umbel::protocol::control::{Reply, Request};
use umbel::protocol::keys::BrokerKeys;
use umbel::protocol::{EventKind, WorkerInfo};
use umbel::redis_link::{Address, Link};
use umbel::service::Services;

/// The answers of the recorded worker, by method.
const RECORDED: [(&str, &str); 3] = [
    ("stats", include_str!("../../fixtures/celery/pidbox/stats.json")),
    ("active_queues", include_str!("../../fixtures/celery/pidbox/active_queues.json")),
    ("registered", include_str!("../../fixtures/celery/pidbox/registered.json")),
];

#[derive(Clone)]
pub(super) struct Neighbour {
    bus: RedisBus,
    speaker: Speaker,
    services: Services,
    answers: Arc<Mutex<HashMap<String, Value>>>,
    heard: Arc<Mutex<Vec<Arc<Request>>>>,
}

impl Neighbour {
    /// Comes to the Redis at this URL and obeys. It shows itself when it is asked to.
    pub(super) async fn join(url: &str, name: &str) -> Self {
        let clock: SharedClock = SystemClock::shared();
        let address = Address::parse(url).expect("a sound URL");
        let keys = BrokerKeys::new(address.db());
        let link = Link::open(address, Arc::clone(&clock)).await.expect("it lets us in");
        let speaker = Speaker::new(name, Arc::clone(&clock));
        let bus = RedisBus::new(link, keys, speaker.clone(), clock);
        let services = Services::new();
        bus.start(&services);
        let answers = RECORDED.map(|(method, text)| (method.to_owned(), recorded(text)));
        let neighbour = Self {
            bus,
            speaker,
            services,
            answers: Arc::new(Mutex::new(answers.into_iter().collect())),
            heard: Arc::default(),
        };
        let me = neighbour.clone();
        neighbour.services.start("neighbour", |stop| async move {
            tokio::select! {
                () = me.obey() => {}
                () = stop.cancelled() => {}
            }
        });
        neighbour
    }

    pub(super) async fn leave(self) {
        self.services.stop().await;
    }

    pub(super) async fn say(&self, kinds: impl IntoIterator<Item = EventKind>) {
        self.bus.publish(kinds.into_iter().map(|kind| self.speaker.event(kind)).collect()).await;
    }

    /// What Python's worker tells of itself: no slots, no queues, no tasks.
    pub(super) async fn show_itself(&self) {
        self.say([EventKind::WorkerHeartbeat(WorkerInfo {
            freq: 60.0,
            active: Some(0),
            processed: Some(0),
            sw_ident: "py-celery".to_owned(),
            sw_ver: "5.7.0".to_owned(),
            sw_sys: "Linux".to_owned(),
            ..WorkerInfo::default()
        })])
        .await;
    }

    /// Asks others for something, as whoever sits at a terminal does.
    pub(super) async fn ask(&self, method: &str, arguments: Value, destination: &str) {
        let mut request = Request::new(method, arguments);
        request.destination = Some(vec![destination.to_owned()]);
        self.bus.request(request).await;
    }

    /// Changes a recorded answer.
    pub(super) fn change(&self, method: &str, change: impl FnOnce(&mut Value)) {
        change(self.answers.lock().expect("sound").get_mut(method).expect("recorded"));
    }

    /// The requests with this method that were meant for it.
    pub(super) fn heard(&self, method: &str) -> Vec<Arc<Request>> {
        let heard = self.heard.lock().expect("sound");
        heard.iter().filter(|request| request.method == method).cloned().collect()
    }

    pub(super) fn bus(&self) -> &RedisBus {
        &self.bus
    }

    async fn obey(&self) {
        let mut requests = self.bus.requests();
        while let Some(request) = requests.recv().await {
            if !request.is_for(self.speaker.hostname()) {
                continue;
            }
            self.heard.lock().expect("sound").push(Arc::clone(&request));
            if request.method == "heartbeat" {
                self.show_itself().await;
            }
            let Some(ticket) = request.ticket.clone() else { continue };
            let answer = self.answers.lock().expect("sound").get(&request.method).cloned();
            let value = answer.unwrap_or_else(|| json!({"error": "KeyError('no_such_command')"}));
            let node = self.speaker.hostname().to_owned();
            self.bus.reply(request, Reply { ticket, node, value }).await;
        }
    }
}

fn recorded(text: &str) -> Value {
    let recording: Value = serde_json::from_str(text).expect("JSON");
    recording["payload"]["replies"][0]["body"]["w1@fixture.example"].clone()
}
