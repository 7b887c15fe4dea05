//! The first screen: is it healthy, and if not, where? Large to small, general to particular.

pub mod first_run;
pub mod health;
pub mod names;
pub mod series;
pub mod tiles;

use crate::api::{answer_with_status, get_overview, list_tasks};
use crate::components::chart::Chart;
use crate::components::error_panel::ErrorPanel;
use crate::live::use_live;
use crate::query::TaskQuery;
use crate::view::{Overview, Span};
use crate::{ApiError, view::Tiles};
use first_run::FirstRun;
use health::HealthLine;
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;
use names::Names;
use series::fold_series;
use tiles::TileRow;

/// How often the parts that no frame carries are asked for again, in milliseconds.
const REFRESH: i64 = 15_000;

#[component]
pub fn OverviewPage() -> impl IntoView {
    let query = use_query_map();
    let span =
        Memo::new(move |_| query.with(|query| query.get_str("span").map(parse_span).unwrap_or_default()));
    let overview = Resource::new(move || span.get(), load);
    view! {
        <Title text="Overview" />
        <h1 class="page-title">"Overview"</h1>
        <Transition>
            {move || Suspend::new(async move {
                match overview.await {
                    Ok((picture, fresh)) => view! { <Picture picture fresh /> }.into_any(),
                    Err(error) => {
                        answer_with_status(&error);
                        view! { <ErrorPanel error /> }.into_any()
                    }
                }
            })}
        </Transition>
    }
}

/// The overview, and whether nothing has ever run here.
async fn load(span: Span) -> Result<(Overview, bool), ApiError> {
    let picture = get_overview(span).await?;
    let quiet = picture.names.is_empty()
        && Tiles { workers_online: 0, workers_total: 0, ..picture.tiles } == Tiles::default();
    // A quiet span is no proof; only an empty history is.
    let fresh = quiet && list_tasks(TaskQuery { limit: 1, ..TaskQuery::default() }).await?.unfiltered == 0;
    Ok((picture, fresh))
}

/// All of the overview, kept true by the stream and, where the stream says nothing, by asking again now and then.
#[component]
fn Picture(picture: Overview, fresh: bool) -> impl IntoView {
    let live = use_live();
    let (span, step) = (picture.span, picture.step);
    let (health, tiles) = (RwSignal::new(picture.health), RwSignal::new(picture.tiles));
    let (series, names) = (RwSignal::new(picture.series), RwSignal::new(picture.names));
    let fresh = RwSignal::new(fresh);
    let seq = StoredValue::new(picture.seq);

    let take = move |frame: &crate::view::LiveFrame| {
        if frame.seq <= seq.get_value() {
            return;
        }
        if let Some(newest) = frame.tiles {
            tiles.set(newest);
        }
        // Only the shortest span is counted in the same seconds as the stream.
        if step == 1 && !frame.series.is_empty() {
            series.update(|series| fold_series(series, &frame.series));
        }
        if !frame.tasks.is_empty() || frame.more_tasks > 0 {
            fresh.set(false);
        }
    };
    Effect::new(move |first: Option<()>| {
        if first.is_none() {
            live.picture(seq.get_value()).iter().for_each(take);
        }
        live.frames.with(take);
    });

    let beat = Memo::new(move |_| (live.now.get() / REFRESH, live.refetch.get()));
    Effect::new(move |before: Option<(i64, u32)>| {
        let beat = beat.get();
        if before.is_some_and(|before| before != beat) && !live.paused() {
            leptos::task::spawn_local(async move {
                // A failed refresh leaves what is known; the mark in the header tells that the server is away.
                let Ok((newest, still_fresh)) = load(span).await else { return };
                // The reader may have left the page meanwhile, and its signals with it.
                let _ = seq.try_set_value(newest.seq);
                let _ = health.try_set(newest.health);
                let _ = tiles.try_set(newest.tiles);
                let _ = series.try_set(newest.series);
                let _ = names.try_set(newest.names);
                let _ = fresh.try_set(still_fresh);
            });
        }
        beat
    });

    view! {
        <HealthLine health />
        <TileRow tiles />
        <Show when=move || fresh.get() fallback=move || view! {
            <section class="section" aria-labelledby="throughput">
                <div class="section-head">
                    <h2 id="throughput">"Throughput"</h2>
                    <SpanSwitch span />
                </div>
                <Chart points=series step=step empty=format!("Nothing finished in {}", span_words(span)) />
            </section>
            <section class="section" aria-labelledby="names">
                <div class="section-head">
                    <h2 id="names">"By task"</h2>
                    <span class="muted">"failing and slow first"</span>
                </div>
                <Names names span />
            </section>
        }>
            <FirstRun />
        </Show>
    }
}

/// How far back to look: links, because the span stands in the URL.
#[component]
fn SpanSwitch(span: Span) -> impl IntoView {
    let link = |to: Span, word: &'static str| {
        view! {
            <li>
                <a class="switch-item" href=format!("/?span={}", span_word(to)) aria-current=(to == span).then_some("true")>
                    {word}
                </a>
            </li>
        }
    };
    view! {
        <ul class="switch" aria-label="Span of time">
            {link(Span::Minutes, "10 minutes")} {link(Span::Hour, "Hour")} {link(Span::Day, "Day")}
            {link(Span::Month, "Month")}
        </ul>
    }
}

fn span_word(span: Span) -> &'static str {
    match span {
        Span::Minutes => "minutes",
        Span::Hour => "hour",
        Span::Day => "day",
        Span::Month => "month",
    }
}

/// An unknown word is the default: an old link must open, not fail.
fn parse_span(word: &str) -> Span {
    [Span::Hour, Span::Day, Span::Month].into_iter().find(|span| span_word(*span) == word).unwrap_or_default()
}

fn span_words(span: Span) -> &'static str {
    match span {
        Span::Minutes => "the last ten minutes",
        Span::Hour => "the last hour",
        Span::Day => "the last day",
        Span::Month => "the last month",
    }
}
