//! `umbel up`: starts everything, shows the banner, and stops as signals wish.

use super::args::Up;
use super::banner::{self, Banner};
use super::exit::{Exit, Failure};
use super::run::say;
use super::signals::{Signals, Wish};
use crate::config::{self, Config};
use crate::runtime::Runtime;
use crate::task::Tasks;
use crate::{demo, telemetry};
use std::io::IsTerminal as _;
use std::time::Duration;

/// How long blocking work that nobody can interrupt may hold up the end of the process.
const LAST_GRACE: Duration = Duration::from_secs(1);

pub(super) fn run(mut up: Up, tasks: fn() -> Tasks) -> Result<Exit, Failure> {
    let file = up.config.take();
    let config = config::load(file.as_deref(), &config::process_environment(), up.flags())?;
    telemetry::start(&config.log);
    let tasks = registered(tasks(), &config)?;
    let machine = tokio::runtime::Builder::new_multi_thread()
        .enable_all()
        .build()
        .map_err(|error| Failure::new(Exit::Internal, format!("failed to start threads: {error}")))?;
    let outcome = machine.block_on(serve(config, tasks));
    machine.shutdown_timeout(LAST_GRACE);
    outcome
}

fn registered(tasks: Tasks, config: &Config) -> Result<Tasks, Failure> {
    let tasks = if config.demo.enabled { tasks.merge(demo::tasks(config.demo.speed)) } else { tasks };
    tasks.build().map_err(|error| Failure::new(Exit::Internal, error))
}

async fn serve(config: Config, tasks: Tasks) -> Result<Exit, Failure> {
    // Listens before anything starts, so that an impatient Ctrl-C finds somebody who stops things in order.
    let mut signals = Signals::listen()?;
    let names: Vec<String> = tasks.iter().map(|task| task.name.clone()).collect();
    let in_file = config.beat.schedule.iter().map(|entry| entry.name.clone());
    let entries: Vec<String> = in_file.chain(tasks.entries().map(|(name, _)| name.to_owned())).collect();
    let queues = config.queues(tasks.iter().filter_map(|task| task.options.queue.as_deref()));
    let runtime = Runtime::start(config.clone(), tasks).await?;
    let banner = Banner {
        config: &config,
        queues: &queues,
        tasks: &names,
        entries: &entries,
        address: runtime.address(),
        colour: std::io::stdout().is_terminal() && config::colour_wanted(),
    };
    say(&format!("{banner}{} is ready. Ctrl-C stops it.\n", config.worker.name))?;
    let wish = tokio::select! {
        wish = signals.next() => wish,
        () = runtime.stop_requested() => Wish::StopWarm,
    };
    stop(&runtime, wish, &mut signals, &config).await
}

/// The first signal stops warmly, the second at once, and a third does not wait for anything: whatever is left
/// undone then is what a crash leaves undone, and the next start puts it right.
async fn stop(
    runtime: &Runtime,
    wish: Wish,
    signals: &mut Signals,
    config: &Config,
) -> Result<Exit, Failure> {
    let mut stopping = std::pin::pin!(runtime.stop(wish == Wish::StopWarm));
    if wish == Wish::StopWarm {
        say(&farewell(runtime.running(), config.worker.warm_shutdown_timeout))?;
        tokio::select! {
            () = &mut stopping => return say("Stopped.\n"),
            _ = signals.next() => {}
        }
    }
    say("Stopping at once. Unfinished tasks go back into their queues.\n")?;
    tokio::select! {
        ((), ()) = async { tokio::join!(stopping, runtime.stop(false)) } => {}
        _ = signals.next() => {}
    }
    Ok(Exit::Interrupted)
}

fn farewell(running: usize, limit: Duration) -> String {
    let limit = banner::length(limit);
    match running {
        0 => "Stopping.\n".to_owned(),
        1 => format!("Stopping: waiting up to {limit} for 1 running task. Ctrl-C again stops at once.\n"),
        many => {
            format!("Stopping: waiting up to {limit} for {many} running tasks. Ctrl-C again stops at once.\n")
        }
    }
}
