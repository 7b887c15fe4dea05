//! Arguments, results and progress as a tree that folds: by `<details>` alone, so it works without wasm.

mod tree;

use super::button::CopyButton;
use leptos::prelude::*;
use serde_json::Value;
use tree::{Fold, Kind, Node, plan};

/// Levels that stand open at first.
const OPEN: usize = 2;

/// The tree with its copy button. It is drawn anew only when the value really changes, so that folds stay as the
/// reader left them.
#[component]
pub fn JsonView(
    #[prop(into)] value: Signal<Value>,
    /// What the value is, for those who hear the page: several may stand on one.
    label: &'static str,
) -> impl IntoView {
    let tree = Memo::new(move |_| value.with(plan));
    let text = Signal::derive(move || value.with(|value| format!("{value:#}")));
    view! {
        <div class="json">
            <div class="json-tools">
                <CopyButton text=text />
            </div>
            <div class="json-tree" tabindex="0" role="region" aria-label=label>
                {move || tree.with(|tree| draw(None, tree, 0))}
            </div>
        </div>
    }
}

fn draw(key: Option<&str>, node: &Node, depth: usize) -> AnyView {
    let name = key.map(|key| view! { <span class="json-key">{key.to_owned()}</span> });
    match node {
        Node::Scalar(kind, text) => {
            view! { <div class="json-line">{name}<span class=class(*kind)>{text.clone()}</span></div> }.into_any()
        }
        Node::Long(head, fold) => folded(
            view! {
                {name}
                <span class=class(Kind::String)>{head.clone()}</span>
            }
            .into_any(),
            fold,
        ),
        Node::Text(fold) => folded(name.into_any(), fold),
        Node::Branch { brackets: [open, close], count: 0, .. } => {
            view! { <div class="json-line">{name}<span class="json-count">{format!("{open}{close}")}</span></div> }
                .into_any()
        }
        Node::Branch { brackets: [open, close], count, children, rest } => {
            let children: Vec<AnyView> =
                children.iter().map(|(key, child)| draw(Some(key), child, depth + 1)).collect();
            let rest = rest.as_ref().map(|fold| folded(().into_any(), fold));
            view! {
                <details class="json-branch" open=depth < OPEN>
                    <summary class="json-line">
                        {name}
                        <span class="json-count">{format!("{open} {} {close}", counted(*open, *count))}</span>
                    </summary>
                    <div class="json-children">{children}{rest}</div>
                </details>
            }
            .into_any()
        }
    }
}

/// A line whose full text is behind "show all".
fn folded(line: AnyView, fold: &Fold) -> AnyView {
    let cut = (fold.cut > 0).then(|| {
        view! {
            <p class="json-cut">
                {format!("{} more characters are not shown here. Copy takes everything.", fold.cut)}
            </p>
        }
    });
    view! {
        <details class="json-fold">
            <summary class="json-line">{line}<span class="json-more">{format!("Show {}", fold.label)}</span></summary>
            <pre class="json-text">{fold.text.clone()}</pre>
            {cut}
        </details>
    }
    .into_any()
}

fn counted(open: char, count: usize) -> String {
    match (open, count) {
        ('[', 1) => "1 item".to_owned(),
        ('[', _) => format!("{count} items"),
        (_, 1) => "1 key".to_owned(),
        _ => format!("{count} keys"),
    }
}

fn class(kind: Kind) -> &'static str {
    match kind {
        Kind::Null => "json-null",
        Kind::Bool => "json-bool",
        Kind::Number => "json-number",
        Kind::String => "json-string",
    }
}
