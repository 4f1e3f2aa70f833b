//! The matrix as a table of coloured cells with their numbers, and the pairs as a list for keyboards.

use std::sync::Arc;

use contract::analytics::{CorrelatedPair, CorrelatedType, CorrelationMatrix};
use leptos::prelude::*;

use crate::chart::relation;
use crate::components::badge::{self, Tone};
use crate::components::link::Go;
use crate::format;

/// Where a pair is shown in full.
fn pair_link(matrix: &CorrelationMatrix, pair: &CorrelatedPair) -> String {
    let id = |index: u32| matrix.types.get(index as usize).map(|of| of.defect_type_id);
    format!(
        "/correlation?first={}&second={}&bucket={}&coefficient={}",
        id(pair.first).unwrap_or_default(),
        id(pair.second).unwrap_or_default(),
        matrix.bucket,
        matrix.coefficient
    )
}

fn type_of(matrix: &CorrelationMatrix, index: u32) -> Option<&CorrelatedType> {
    matrix.types.get(index as usize)
}

/// Two types and how they relate, in words.
fn pair_words(matrix: &CorrelationMatrix, pair: &CorrelatedPair) -> String {
    let name = |index| type_of(matrix, index).map_or("", |of| of.name.as_str());
    let names = format!("{} and {}", name(pair.first), name(pair.second));
    match (pair.r, pair.adjusted_p) {
        (Some(r), Some(p)) => format!(
            "{names}: r {}, {}, {}",
            format::fixed(r, 2),
            format::p_value(p),
            if pair.is_related {
                "related"
            } else {
                "no relation shown"
            }
        ),
        _ => format!("{names}: one of them does not vary"),
    }
}

/// The lower half of the matrix: one cell for each pair, coloured by its coefficient, the number in it.
///
/// A click opens the pair; keyboards have [`PairTable`].
#[component]
pub fn Matrix(
    /// The matrix.
    matrix: Signal<Arc<CorrelationMatrix>>,
) -> impl IntoView {
    let cell = |matrix: &CorrelationMatrix, row: u32, column: u32| {
        let pair = matrix
            .pairs
            .iter()
            .find(|pair| (pair.first, pair.second) == (column, row))?;
        let (to, words) = (pair_link(matrix, pair), pair_words(matrix, pair));
        let number = pair
            .r
            .map_or_else(|| format::UNKNOWN.to_owned(), |r| format::fixed(r, 2));
        let heat = pair.r.map(|r| format!("--heat: {:.0}%", r.abs() * 100.0));
        let class = match pair.r {
            Some(r) if r >= 0.0 => "heat heat-more",
            Some(_) => "heat heat-less",
            None => "heat",
        };
        let (is_pale, title) = (!pair.is_related, words.clone());
        Some(view! {
            <td class=class class:is-pale=is_pale style=heat title=title>
                <span class="matrix-cell"><Go to>{number}<span class="visually-hidden">{words}</span></Go></span>
            </td>
        })
    };
    let rows = move || {
        let matrix = matrix.read();
        let many = matrix.types.len() as u32;
        (1..many)
            .map(|row| {
                let of = type_of(&matrix, row).map(|of| badge::defect_type(&of.colour, &of.name));
                let cells = (0..row).map(|column| match cell(&matrix, row, column) {
                    Some(cell) => cell.into_any(),
                    None => view! { <td></td> }.into_any(),
                });
                view! { <tr><th scope="row">{of}</th>{cells.collect_view()}</tr> }
            })
            .collect_view()
    };
    let heads = move || {
        let matrix = matrix.read();
        let heads = matrix
            .types
            .iter()
            .take(matrix.types.len().saturating_sub(1));
        heads
            .map(|of| view! { <th scope="col"><span>{of.name.clone()}</span></th> })
            .collect_view()
    };
    view! {
        <div class="matrix-scroll" role="region" aria-label="Matrix of correlations" tabindex="0">
            <table class="matrix">
                <thead><tr><td></td>{heads}</tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
        <p class="heat-legend" aria-hidden="true">
            <span>"−1: one rises, the other falls"</span><span class="heat-scale"></span><span>"+1: they rise together"</span>
        </p>
    }
}

/// The pairs, strongest first.
#[component]
pub fn PairTable(
    /// The matrix.
    matrix: Signal<Arc<CorrelationMatrix>>,
) -> impl IntoView {
    let row = |matrix: &CorrelationMatrix, pair: &CorrelatedPair| {
        let drawn =
            |index| type_of(matrix, index).map(|of| badge::defect_type(&of.colour, &of.name));
        let to = pair_link(matrix, pair);
        let (first, second, is_related) = (drawn(pair.first), drawn(pair.second), pair.is_related);
        let r = format::or_unknown(pair.r, |r| format::fixed(r, 2));
        let p = format::or_unknown(pair.p, format::p_value);
        let adjusted_p = format::or_unknown(pair.adjusted_p, format::p_value);
        view! {
            <tr>
                <td>{first}</td><td>{second}</td>
                <td class="numeric"><Go to>{r}</Go></td>
                <td>{p}</td><td>{adjusted_p}</td>
                <td>{is_related.then(|| badge::badge(Tone::Active, "related".to_owned()))}</td>
            </tr>
        }
    };
    let rows = move || {
        let matrix = matrix.read();
        let pairs = relation::ranked(&matrix);
        pairs
            .into_iter()
            .map(|pair| row(&matrix, pair))
            .collect_view()
    };
    view! {
        <div class="table-scroll table-short" role="region" aria-label="Pairs of types" tabindex="0">
            <table class="table">
                <thead><tr>
                    <th scope="col">"Type"</th><th scope="col">"With"</th><th scope="col" class="numeric">"Correlation"</th>
                    <th scope="col">"p"</th><th scope="col">"p, all pairs considered"</th><th scope="col">"Verdict"</th>
                </tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}
