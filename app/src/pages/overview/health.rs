//! The answer in one line: all is well, or what is not and where to look.

use crate::components::icon::{Icon, IconName};
use crate::view::Health;
use leptos::prelude::*;

/// Calm while there is nothing to say.
#[component]
pub fn HealthLine(#[prop(into)] health: Signal<Health>) -> impl IntoView {
    view! {
        <div class="health" role="status">
            {move || {
                let problems = health.get().problems;
                if problems.is_empty() {
                    return view! {
                        <p class="health-line">
                            <span class="mark state-success"><Icon name=IconName::Check /></span>
                            "All healthy"
                        </p>
                    }
                        .into_any();
                }
                let lines = problems
                    .into_iter()
                    .map(|problem| {
                        view! {
                            <li>
                                <a class="health-problem" href=problem.href>
                                    <Icon name=IconName::Alert />
                                    <span>{problem.text}</span>
                                    <Icon name=IconName::ChevronRight />
                                </a>
                            </li>
                        }
                    })
                    .collect_view();
                view! { <ul class="health-problems">{lines}</ul> }.into_any()
            }}
        </div>
    }
}
