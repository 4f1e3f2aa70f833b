//! Clusters: where defects lie closer together than chance would put them, and what shape they have.

use std::sync::Arc;

use contract::spatial::{Cluster, Clusters};
use leptos::prelude::*;

use super::analyses::Analyses;
use super::findings::Findings;
use super::panel::{AnalysisCard, MembersError, NoElements, NumberChoice, seen_words, types_words};
use super::pick::Pick;
use crate::chart::{Cell, ChartSpec, Datum, figure};
use crate::components::status::{Notice, loaded};
use crate::format;
use crate::state::navigation::UrlQuery;

/// The clusters as a table. Figures beyond what positions are good for are rounded on the screen alone.
fn table(found: &Clusters) -> ChartSpec {
    let columns = [
        "Cluster",
        "Defects",
        "Shape",
        "Length mm",
        "Width mm",
        "Elongation",
        "Curvature 1/mm",
        "Axis °",
        "Hull mm²",
        "X mm",
        "Y mm",
        "Types",
    ];
    let row = |cluster: &Cluster| Datum {
        key: Pick::Cluster(cluster.cluster).to_string(),
        title: cluster.cluster.to_string(),
        cells: vec![
            Cell::count(cluster.count),
            Cell::Text(format::words(cluster.shape.as_str())),
            Cell::Number(Some(cluster.length_mm)),
            Cell::Number(Some(cluster.width_mm)),
            Cell::Number(Some(cluster.elongation)),
            Cell::Number(Some(cluster.curvature_per_mm)),
            Cell::Number(Some(cluster.axis_deg)),
            Cell::Number(Some(cluster.hull_area_mm2)),
            Cell::Number(Some(cluster.centre_mm[0])),
            Cell::Number(Some(cluster.centre_mm[1])),
            Cell::Text(types_words(&cluster.types)),
        ],
        ..Datum::default()
    };
    ChartSpec {
        name: "clusters",
        columns: columns.map(str::to_owned).to_vec(),
        data: found.clusters.iter().map(row).collect(),
        ..ChartSpec::default()
    }
}

/// How many there are, and how many defects it makes when each counts as one.
fn headline(found: &Clusters) -> String {
    let placed = found.seen.defects - found.seen.unplaced;
    match found.clusters.len() {
        0 => format!(
            "No cluster among {}.",
            format::plural(placed, "defect", "defects")
        ),
        many => format!(
            "{} {} of {}. Each counted as one: {}.",
            format::plural(many as i64, "cluster holds", "clusters hold"),
            format::count(found.clustered),
            format::plural(placed, "defect", "defects"),
            format::plural(found.collapsed_count, "defect", "defects")
        ),
    }
}

/// The clusters of an inspection.
#[component]
pub fn ClusterPanel(
    /// What was found.
    analyses: Analyses,
) -> impl IntoView {
    let query = UrlQuery::here();
    let spec = Signal::derive(move || {
        analyses
            .clusters
            .get()
            .map(|found| table(&found))
            .unwrap_or_default()
    });
    let of_answer = move |read: fn(&Clusters) -> String| {
        Signal::derive(move || {
            analyses
                .clusters
                .get()
                .map(|found| read(&found))
                .unwrap_or_default()
        })
    };
    let is_set = move || query.value("reach_mm").is_some() || query.value("min_points").is_some();
    let reset = move |_| {
        query.set(&[
            ("reach_mm", None),
            ("min_points", None),
            ("pick", None),
            ("page", None),
        ])
    };
    view! {
        <AnalysisCard title="Clusters" spec>
            <div class="toolbar panel-tools">
                <NumberChoice label="Reach, mm" name="reach_mm" min="0.001" max="50" default=of_answer(|found| figure(found.reach_mm))/>
                <NumberChoice label="Least neighbours" name="min_points" min="2" max="1000" whole=true default=of_answer(|found| found.min_points.to_string())/>
                <Show when=is_set><button class="button button-quiet" type="button" on:click=reset>"As the density suggests"</button></Show>
            </div>
            <NoElements/>
            {loaded(analyses.clusters, 8, move |found| view! { <Found found spec analyses/> })}
            <MembersError analyses/>
        </AnalysisCard>
    }
}

#[component]
fn Found(
    found: Signal<Arc<Clusters>>,
    spec: Signal<ChartSpec>,
    analyses: Analyses,
) -> impl IntoView {
    let is_empty = Memo::new(move |_| found.read().clusters.is_empty());
    let has_defects = Memo::new(move |_| found.read().seen.defects > found.read().seen.unplaced);
    view! {
        <Show when=move || has_defects.get() fallback=|| view! {
            <Notice title="No defects to look at" text="None was found, none is of the chosen types, or they have no position."/>
        }>
            <p class="verdict-text" data-clusters=move || found.read().clusters.len()>{move || headline(&found.read())}</p>
            <p class="quiet">{move || format!("Reach {} mm, {} neighbours: {}", figure(found.read().reach_mm), found.read().min_points, found.read().reason)}</p>
            <Show when=move || !is_empty.get() fallback=|| view! {
                <Notice title="No clusters" text="Nowhere do so many defects lie within the reach of one another. A larger reach or fewer neighbours find looser ones."/>
            }>
                <Findings spec label="Clusters" analyses/>
            </Show>
            <p class="quiet">{move || seen_words(&found.read().seen)}</p>
        </Show>
    }
}

#[cfg(test)]
mod tests {
    use contract::spatial::Seen;

    use super::*;

    #[test]
    fn the_headline_counts_clusters_and_what_is_left_when_each_is_one() {
        let mut found = Clusters {
            seen: Seen {
                defects: 510,
                unplaced: 10,
                area_cm2: 600.0,
                area_from: "wafer".to_owned(),
            },
            reach_mm: 2.0,
            min_points: 5,
            reason: String::new(),
            clustered: 0,
            collapsed_count: 500,
            clusters: Vec::new(),
        };
        assert_eq!(headline(&found), "No cluster among 500 defects.");
        found.clustered = 300;
        found.collapsed_count = 201;
        found.clusters = vec![Cluster {
            cluster: 1,
            count: 300,
            defect_nos: None,
            types: Vec::new(),
            centre_mm: [0.0, 0.0],
            length_mm: 10.0,
            width_mm: 1.0,
            elongation: 10.0,
            axis_deg: 0.0,
            curvature_per_mm: 0.0,
            hull_area_mm2: 8.0,
            hull_mm: Vec::new(),
            shape: contract::spatial::ClusterShape::Line,
        }];
        assert_eq!(
            headline(&found),
            "1 cluster holds 300 of 500 defects. Each counted as one: 201 defects."
        );
    }
}
