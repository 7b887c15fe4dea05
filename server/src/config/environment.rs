//! The process's environment. Nobody else reads it.

/// All variables whose name and value are text.
#[expect(clippy::disallowed_methods, reason = "this file is where the environment is read")]
pub fn process_environment() -> Vec<(String, String)> {
    std::env::vars_os()
        .filter_map(|(name, value)| Some((name.into_string().ok()?, value.into_string().ok()?)))
        .collect()
}

/// Whether the person wants colours at all (`NO_COLOR`, `TERM=dumb`); a terminal is needed besides.
#[expect(clippy::disallowed_methods, reason = "this file is where the environment is read")]
pub fn colour_wanted() -> bool {
    let set = |name| std::env::var_os(name).is_some_and(|value| !value.is_empty());
    !set("NO_COLOR") && std::env::var_os("TERM").is_none_or(|term| term != "dumb")
}
