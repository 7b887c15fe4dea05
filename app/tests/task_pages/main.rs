//! The pages of tasks as the server renders them, on fixed rows: routes, statuses, words, and forms without wasm.

#![cfg(feature = "ssr")]

mod forms;
mod hostile;
mod ports;
mod schedule_acts;
mod site;
mod task_list;
mod task_page;
