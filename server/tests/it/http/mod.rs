//! The HTTP surface, through the real router and, where it matters, a real socket. Behind the ports stand rows that
//! do not change.

mod api;
mod asking;
mod assets;
mod client;
mod embedded;
mod guards;
mod headers;
mod health;
mod load;
mod pages;
mod ports;
mod schedule_form;
mod scheduler;
mod schedules;
mod socket;
mod stream;
