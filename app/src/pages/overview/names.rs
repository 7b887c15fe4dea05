//! Which tasks fail and which are slow, in the order the server ranked them.

use crate::components::sparkline::Sparkline;
use crate::format::{UNKNOWN, duration, exact, percent};
use crate::query::{TaskQuery, When};
use crate::view::{NameSummary, Span};
use leptos::prelude::*;

#[component]
pub fn Names(#[prop(into)] names: Signal<Vec<NameSummary>>, span: Span) -> impl IntoView {
    let rows = move || names.get().into_iter().map(|name| view! { <Row name span /> }).collect_view();
    view! {
        <Show
            when=move || names.with(|names| !names.is_empty())
            fallback=|| view! { <p class="muted">"No task finished in this time."</p> }
        >
            <div class="list-box" tabindex="0" role="region" aria-label="Tasks by name">
                <table class="list names">
                    <thead>
                        <tr>
                            <th scope="col">"Task"</th>
                            <th scope="col" class="wide">"Trend"</th>
                            <th scope="col" class="num">"Failed"</th>
                            <th scope="col" class="num wide">"Retried"</th>
                            <th scope="col" class="num wide">"Succeeded"</th>
                            <th scope="col" class="num wide">"Mean"</th>
                            <th scope="col" class="num">"Longest"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Show>
    }
}

#[component]
fn Row(name: NameSummary, span: Span) -> impl IntoView {
    let query =
        TaskQuery { name: Some(name.name.clone()), since: When::parse(since(span)), ..TaskQuery::default() };
    let finished = name.succeeded + name.failed;
    let failed = if name.failed == 0 { "num zero" } else { "num state-failure" };
    let retried = if name.retried == 0 { "num wide zero" } else { "num wide" };
    let succeeded = if name.succeeded == 0 { "num wide zero" } else { "num wide" };
    let runtime = |seconds: Option<f64>| seconds.map_or_else(|| UNKNOWN.to_owned(), duration);
    view! {
        <tr>
            <th scope="row">
                <a class="list-link" href=query.href() title=name.name.clone()>{name.name.clone()}</a>
            </th>
            <td class="wide"><Sparkline points=name.finished label="Finished over time" /></td>
            <td class=failed title=percent(name.failed, finished)>{exact(name.failed)}</td>
            <td class=retried>{exact(name.retried)}</td>
            <td class=succeeded>{exact(name.succeeded)}</td>
            <td class="num wide">{runtime(name.mean_runtime)}</td>
            <td class="num">{runtime(name.max_runtime)}</td>
        </tr>
    }
}

/// The span as the list of tasks spells it in its URL.
fn since(span: Span) -> &'static str {
    match span {
        Span::Minutes => "10m",
        Span::Hour => "1h",
        Span::Day => "1d",
        Span::Month => "30d",
    }
}
