//! What every request must pass before anything of ours looks at it.
//!
//! A dashboard on localhost is reachable from every web page its owner has open. So a request must be addressed to
//! a name we answer to ([`host`]), and must not come from another site ([`origin`]).

pub(crate) mod deadline;
pub(crate) mod host;
pub(crate) mod origin;
pub(crate) mod panics;
pub(crate) mod size;
