//! Which defect types rise and fall together, and two of them in full.

mod matrix;
mod pair;

use std::sync::Arc;

use contract::analytics::{Bucket, Coefficient, CorrelationMatrix, CorrelationQuery};
use leptos::html::Div;
use leptos::prelude::*;

use self::matrix::{Matrix, PairTable};
use self::pair::PairView;
use crate::api::{Api, with_query};
use crate::chart::matrix_svg::{self, MatrixColours};
use crate::chart::theme::css_value;
use crate::chart::{relation, save_csv, save_svg};
use crate::components::page::{Card, PageHead};
use crate::components::search::UrlSelect;
use crate::components::status::{Notice, loaded};
use crate::format;
use crate::state::filter::FilterState;
use crate::state::navigation::UrlQuery;
use crate::state::remote::Remote;
use crate::state::title::use_title;

/// The matrix of all types; with `first` and `second` in the URL, the two.
#[component]
pub fn CorrelationPage() -> impl IntoView {
    use_title(|| "Correlation".to_owned());
    let query = UrlQuery::here();
    let pair = Memo::new(move |_| {
        query
            .parsed::<i32>("first")
            .zip(query.parsed::<i32>("second"))
    });
    let back = move || {
        pair.get().map(|_| view! {
        <button class="link" type="button" on:click=move |_| query.set(&[("first", None), ("second", None)])>"All types"</button>
    })
    };
    view! {
        <PageHead title="Correlation" crumbs=back/>
        <div class="toolbar list-tools" role="group" aria-label="Correlation">
            <UrlSelect name="coefficient" label="Measure" options=coefficient_options()/>
            <UrlSelect name="bucket" label="A point is" options=bucket_options()/>
            <Show when=move || pair.get().is_none()>
                <UrlSelect name="types" label="Types" options=["15", "10", "25", "40"].map(|many| (many, format!("the {many} most frequent"))).to_vec()/>
            </Show>
        </div>
        {move || match pair.get() {
            Some((first, second)) => view! { <PairView first second/> }.into_any(),
            None => view! { <AllTypes/> }.into_any(),
        }}
    }
}

/// How points are formed, as the URL says it.
fn bucket(query: UrlQuery) -> Bucket {
    query.parsed("bucket").unwrap_or(Bucket::Lot)
}

/// The measure, as the URL says it.
fn coefficient(query: UrlQuery) -> Coefficient {
    query.parsed("coefficient").unwrap_or(Coefficient::Spearman)
}

#[component]
fn AllTypes() -> impl IntoView {
    let api = Api::here();
    let query = UrlQuery::here();
    let filter = FilterState::here();
    let matrix = Remote::new(
        move || {
            let question = CorrelationQuery {
                coefficient: Some(coefficient(query)),
                bucket: Some(bucket(query)),
                types: query.parsed("types"),
                ..CorrelationQuery::default()
            };
            Some(with_query(
                "/analytics/correlation",
                &question.with_filter(&filter.resolved()),
            ))
        },
        move |path: String| async move { api.get::<CorrelationMatrix>(&path).await },
    );
    loaded(matrix, 12, move |matrix| {
        let is_empty = Memo::new(move |_| matrix.read().pairs.is_empty());
        move || {
            match is_empty.get() {
            true => view! { <div class="card"><Notice title="Nothing to compare" text=nothing(&matrix.read_untracked())/></div> }.into_any(),
            false => view! { <Related matrix/> }.into_any(),
        }
        }
    })
}

fn nothing(matrix: &CorrelationMatrix) -> String {
    match matrix.types.len() {
        0 => "No defect matches the filter.".to_owned(),
        1 => format!("Only one type is found under the filter: {}.", matrix.types[0].name),
        _ => "There are too few points to compare the types: choose a longer window or smaller points.".to_owned(),
    }
}

/// What the matrix says, in words.
fn summary(matrix: &CorrelationMatrix) -> String {
    let related = matrix.pairs.iter().filter(|pair| pair.is_related).count();
    let mut text = format!(
        "{} of {} related beyond chance over {}; of these at most {} are expected to be chance (Benjamini-Hochberg over all pairs). Unrelated pairs are pale.",
        related,
        format::plural(matrix.pairs.len() as i64, "pair is", "pairs are"),
        format::plural(matrix.points, "point", "points"),
        format::percent(matrix.alpha * 100.0)
    );
    if matrix.types_left_out > 0 {
        text.push_str(&format!(
            " {} left out.",
            format::plural(matrix.types_left_out, "rarer type is", "rarer types are")
        ));
    }
    if matrix.left_out > 0 {
        text.push_str(&format!(
            " The oldest {} are not compared.",
            format::plural(matrix.left_out, "point", "points")
        ));
    }
    text
}

#[component]
fn Related(matrix: Signal<Arc<CorrelationMatrix>>) -> impl IntoView {
    let title = move || match matrix.read().coefficient {
        Coefficient::Pearson => "Pearson's r between densities",
        Coefficient::Spearman => "Spearman's rho between densities",
    };
    let page = NodeRef::<Div>::new();
    let draw = move |_| {
        let Some(page) = page.get_untracked() else {
            return;
        };
        let colour = |name| css_value(&page, name);
        let colours = MatrixColours {
            ink: colour("--text"),
            muted: colour("--text-quiet"),
            surface: colour("--surface"),
            pale: colour("--surface-sunken"),
            more: colour("--more"),
            less: colour("--less"),
        };
        save_svg(
            matrix_svg::svg(&matrix.read_untracked(), &colours),
            "correlation",
        );
    };
    let files = move || {
        view! {
            <button class="button button-quiet" type="button" on:click=draw>"Export SVG"</button>
            <button class="button button-quiet" type="button" on:click=move |_| save_csv(relation::pairs_table(&matrix.read_untracked()))>"Export CSV"</button>
        }
    };
    view! {
        <div node_ref=page>
            <Card title=Signal::derive(move || title().to_owned()) actions=files>
                <p class="chart-note">{move || summary(&matrix.read())}</p>
                <Matrix matrix/>
            </Card>
            <Card title="Pairs, strongest first"><PairTable matrix/></Card>
        </div>
    }
}

fn coefficient_options() -> Vec<(&'static str, String)> {
    [
        (Coefficient::Spearman, "Spearman: any rise or fall"),
        (Coefficient::Pearson, "Pearson: straight lines"),
    ]
    .map(|(measure, text)| (measure.as_str(), text.to_owned()))
    .to_vec()
}

fn bucket_options() -> Vec<(&'static str, String)> {
    [
        (Bucket::Lot, "a lot (mean)"),
        (Bucket::Wafer, "a wafer (mean)"),
        (Bucket::Inspection, "an inspection"),
        (Bucket::Shift, "a shift of 12 h (UTC)"),
        (Bucket::Day, "a day (UTC)"),
        (Bucket::Week, "a week (UTC)"),
    ]
    .map(|(bucket, text)| (bucket.as_str(), text.to_owned()))
    .to_vec()
}
