//! What workers are asked to do. The binding in Redis tells that we are there; it is renewed while we are, and taken
//! back when we stop.

use super::{Inner, Pause};
use crate::protocol::control::decode_request;
use crate::protocol::keys::{Binding, PIDBOX_EXCHANGE, pidbox_queue};
use crate::redis_link::{LinkError, Subscription, Topic};
use bytes::Bytes;
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use tokio_util::sync::CancellationToken;

/// A third of what kombu keeps a binding for.
const RENEWAL: Duration = Duration::from_secs(20 * 60);

/// Listens, once a worker does, until told to stop.
pub(super) async fn run(bus: Arc<Inner>, stop: CancellationToken) {
    let mut obeys = bus.obeys.subscribe();
    tokio::select! {
        _ = obeys.wait_for(|obeys| *obeys) => {}
        () = stop.cancelled() => return,
    }
    tokio::select! {
        () = listen_for_ever(&bus) => {}
        () = stop.cancelled() => {}
    }
    let mut unbind = ::redis::cmd("SREM");
    unbind.arg(bus.keys.binding(PIDBOX_EXCHANGE)).arg(binding(&bus));
    if let Err(error) = bus.link.command::<()>(&unbind).await {
        tracing::debug!(%error, "could not take back our place among the workers");
    }
}

fn binding(bus: &Inner) -> String {
    bus.keys.binding_member(&Binding::fanout("", pidbox_queue(bus.speaker.hostname())))
}

async fn listen_for_ever(bus: &Inner) {
    let topic = Topic::Channel(bus.keys.pidbox_channel());
    let mut pause = Pause::new();
    let mut was_lost = false;
    loop {
        let error = match bus.link.subscribe(&topic).await {
            Ok(mut subscription) => {
                if was_lost {
                    tracing::info!("requests are heard again");
                }
                pause = Pause::new();
                let Err(error) = hear(bus, &mut subscription).await;
                bus.hears.send_replace(false);
                error
            }
            Err(error) => error,
        };
        if !was_lost {
            tracing::warn!(%error, "requests are not heard any more; trying again until they are");
        }
        was_lost = true;
        bus.clock.sleep(pause.next()).await;
    }
}

/// Hands on what is asked until the connection ends.
async fn hear(bus: &Inner, subscription: &mut Subscription) -> Result<Infallible, LinkError> {
    let mut bound: Option<Duration> = None;
    loop {
        let now = bus.clock.elapsed();
        if bound.is_none_or(|since| now >= since + RENEWAL) {
            match bus.bind(PIDBOX_EXCHANGE, &binding(bus)).await {
                Ok(()) => {
                    bound = Some(now);
                    bus.hears.send_replace(true);
                }
                Err(error) => tracing::debug!(%error, "could not take our place among the workers"),
            }
        }
        hand_on(bus, subscription.read().await?).await;
    }
}

async fn hand_on(bus: &Inner, payloads: Vec<Bytes>) {
    for payload in payloads {
        match decode_request(&payload) {
            Ok(heard) => {
                bus.speaker.adopt(heard.clock);
                bus.requests.tell(&Arc::new(heard.request)).await;
            }
            Err(reason) => tracing::warn!(reason, "passed over what was published as a request and is none"),
        }
    }
}
