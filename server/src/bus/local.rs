//! The bus of a single process.
