//! The product as a whole, started and stopped in a folder.

mod neighbour;
mod neighbours;
mod reconcile;
