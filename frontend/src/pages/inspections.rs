//! All inspections under the filter.

use contract::filter::Order;
use contract::inspection::{Inspection, InspectionQuery};
use leptos::prelude::*;

use crate::api::with_query;
use crate::components::badge::{Tone, badge};
use crate::components::facts;
use crate::components::link::Go;
use crate::components::page::PageHead;
use crate::components::search::Search;
use crate::components::table::{Column, DataTable, nothing_found};
use crate::format;
use crate::pages::links;
use crate::state::filter::FilterState;
use crate::state::list::List;
use crate::state::title::use_title;

/// Lists inspections under the filter bar.
#[component]
pub fn InspectionsPage() -> impl IntoView {
    use_title(|| "Inspections".to_owned());
    let filter = FilterState::here();
    let list = List::<Inspection>::new(move |query| {
        let question = InspectionQuery {
            search: query.value("search"),
            ..InspectionQuery::default()
        };
        Some(with_query(
            "/inspections",
            &question.with_filter(&filter.resolved()),
        ))
    });
    view! {
        <PageHead title="Inspections"/>
        <div class="toolbar list-tools"><Search placeholder="Wafer, lot, step, product, recipe or file"/></div>
        <InspectionTable list with_wafer=true/>
    }
}

/// Inspections as a table.
#[component]
pub fn InspectionTable(
    /// The inspections.
    list: List<Inspection>,
    /// Shows wafer and lot: not on the page of one wafer.
    with_wafer: bool,
) -> impl IntoView {
    view! {
        <DataTable list columns=columns(with_wafer) key=|inspection| inspection.inspection_id.to_string() title="Inspections"
            default_order=("inspected_at", Order::Desc) empty=nothing_found("inspections")/>
    }
}

fn columns(with_wafer: bool) -> Vec<Column<Inspection>> {
    let wafer = [
        Column::link(
            "Wafer",
            |row: &Inspection| links::wafer(&row.wafer_id),
            |row: &Inspection| row.wafer_id.clone(),
        )
        .sorted("wafer_id"),
        Column::link(
            "Lot",
            |row: &Inspection| links::lot(&row.lot_id),
            |row: &Inspection| row.lot_id.clone(),
        )
        .sorted("lot_id"),
    ];
    let mut columns = vec![
        Column::drawn(
            "Inspected",
            |row: &Inspection| links::csv_moment(Some(row.inspected_at)),
            |row| {
                let (to, at) = (links::inspection(row.inspection_id), row.inspected_at);
                view! { <Go to><facts::Moment at/></Go> }.into_any()
            },
        )
        .sorted("inspected_at"),
    ];
    columns.extend(wafer.into_iter().filter(|_| with_wafer));
    columns.extend([
        Column::text("Step", |row: &Inspection| row.step_id.clone()).sorted("step_id"),
        Column::text("Product", |row: &Inspection| {
            row.device_id.clone().unwrap_or_default()
        }),
        Column::drawn(
            "Equipment",
            |row: &Inspection| row.equipment_id.clone().unwrap_or_default(),
            |row| match &row.equipment_id {
                Some(id) => facts::link(links::equipment(id), id.clone()),
                None => format::UNKNOWN.into_any(),
            },
        )
        .sorted("equipment_id"),
        Column::count("Defects", |row: &Inspection| row.defect_count).sorted("defect_count"),
        Column::number(
            "Defects/cm²",
            |row: &Inspection| row.density_per_cm2,
            format::significant,
        )
        .sorted("density"),
        Column::text("Recipe", |row: &Inspection| {
            row.recipe.clone().unwrap_or_default()
        }),
        Column::drawn("Remarks", notes_text, notes),
    ]);
    columns
}

fn notes_text(row: &Inspection) -> String {
    let superseded = row.superseded.then(|| "superseded".to_owned());
    let warnings = (row.warning_count > 0)
        .then(|| format::plural(row.warning_count.into(), "warning", "warnings"));
    superseded
        .into_iter()
        .chain(warnings)
        .collect::<Vec<_>>()
        .join(", ")
}

/// What is out of the ordinary about an inspection.
pub fn notes(row: &Inspection) -> AnyView {
    let superseded = row
        .superseded
        .then(|| badge(Tone::Plain, "superseded".to_owned()));
    let warnings = (row.warning_count > 0).then(|| {
        badge(
            Tone::Warning,
            format::plural(row.warning_count.into(), "warning", "warnings"),
        )
    });
    view! { {superseded} " " {warnings} }.into_any()
}
