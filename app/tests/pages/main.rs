//! The pages as the server renders them, on fixed rows: routes, statuses, words, and forms without wasm.

mod forms;
mod hostile;
mod ports;
mod site;
mod task_list;
mod task_page;
