//! The defects that lie in a part of the wafer, over all inspections under the filter.

use contract::defect::{Defect, DefectQuery};
use contract::filter::Order;
use contract::spatial::ZoneShape;
use leptos::prelude::*;
use uuid::Uuid;

use super::badge;
use super::link::Go;
use super::status::Notice;
use super::table::{Column, DataTable};
use crate::api::with_query;
use crate::format;
use crate::pages::links;
use crate::state::filter::FilterState;
use crate::state::list::List;
use crate::state::navigation::UrlQuery;
use crate::wafer::Region;

/// A part of the wafer.
#[derive(Clone, Debug, PartialEq)]
pub enum Part {
    /// A rectangle.
    Rectangle(Region),
    /// A ring or a sector.
    Zone(ZoneShape),
}

impl Part {
    fn question(&self) -> DefectQuery {
        match self {
            Self::Rectangle([x_min, y_min, x_max, y_max]) => DefectQuery {
                x_min_mm: Some(*x_min),
                x_max_mm: Some(*x_max),
                y_min_mm: Some(*y_min),
                y_max_mm: Some(*y_max),
                ..DefectQuery::default()
            },
            Self::Zone(shape) => DefectQuery {
                inner_mm: Some(shape.inner_mm),
                outer_mm: Some(shape.outer_mm),
                from_deg: Some(shape.from_deg),
                sweep_deg: Some(shape.sweep_deg),
                ..DefectQuery::default()
            },
        }
    }
}

/// The defects within a part of the wafer as a table, each with the way to its page and its inspection.
#[component]
pub fn DefectsWithin(
    /// Which part.
    #[prop(into)]
    part: Signal<Part>,
    /// Only this inspection.
    #[prop(optional, into)]
    inspection_id: Signal<Option<Uuid>>,
) -> impl IntoView {
    let filter = FilterState::here();
    let query = UrlQuery::here();
    let list = List::<Defect>::new(move |_| {
        let question = DefectQuery {
            inspection_id: inspection_id.get(),
            ..part.get().question()
        };
        Some(with_query(
            "/defects",
            &question.with_filter(&filter.resolved()),
        ))
    });
    // Another place may have fewer pages.
    Effect::new(move |before: Option<Part>| {
        let part = part.get();
        let moved = before.is_some_and(|before| before != part);
        if moved && untrack(|| query.value("page")).is_some() {
            query.replace(&[("page", None)]);
        }
        part
    });
    let empty = ViewFn::from(|| view! { <Notice title="No defects here"/> });
    view! {
        <DataTable list columns=columns() key=|defect| defect.defect_id.to_string() title="Defects within"
            default_order=("", Order::Desc) empty/>
    }
}

fn columns() -> Vec<Column<Defect>> {
    let mm = |value: f64| format::fixed(value, 3);
    let whole = |value: f64| format::count(value as i64);
    vec![
        Column::link(
            "Defect",
            |row: &Defect| links::defect(row.defect_id),
            |row: &Defect| row.defect_no.to_string(),
        ),
        Column::drawn(
            "Inspection",
            |row: &Defect| row.inspection_id.to_string(),
            |row| {
                let to = links::inspection(row.inspection_id);
                view! { <Go to>"Open its map"</Go> }.into_any()
            },
        ),
        Column::drawn(
            "Type",
            |row: &Defect| row.defect_type.clone(),
            |row| badge::defect_type(&row.colour, &row.defect_type),
        ),
        Column::number("X mm", |row: &Defect| row.x_mm, mm),
        Column::number("Y mm", |row: &Defect| row.y_mm, mm),
        Column::number("Die X", |row: &Defect| row.die_x.map(f64::from), whole),
        Column::number("Die Y", |row: &Defect| row.die_y.map(f64::from), whole),
        Column::number("Size µm", |row: &Defect| row.size_um, format::significant),
        Column::text("Review", |row: &Defect| {
            format::words(row.review_status.as_str())
        }),
    ]
}
