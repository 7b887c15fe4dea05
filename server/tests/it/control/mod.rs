//! Remote control: what a worker answers, beside what Celery's workers were recorded to answer.

mod client;
mod golden;
mod mingle;
mod recorded;
mod shape;
mod shutdown;
mod stage;
