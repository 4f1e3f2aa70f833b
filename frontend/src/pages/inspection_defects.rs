//! The defects of an inspection as a table, tied to its map.

use std::collections::BTreeSet;
use std::sync::Arc;

use contract::analytics::MapDies;
use contract::defect::{Defect, DefectQuery};
use contract::filter::Order;
use leptos::prelude::*;

use super::inspection::pick::Picked;
use super::links;
use crate::api::with_query;
use crate::components::badge;
use crate::components::icon::{Drawn, Icon};
use crate::components::link::Go;
use crate::components::status::Notice;
use crate::components::table::{Column, DataTable};
use crate::components::thumbnail::Thumbnail;
use crate::format;
use crate::gallery::Linked;
use crate::state::filter::{Dimension, FilterState};
use crate::state::list::List;
use crate::state::navigation::UrlQuery;
use crate::state::remote::Remote;
use crate::wafer::{Lassoed, MapData, Region};

/// What map and table share.
#[derive(Clone, Copy)]
pub struct Chosen {
    /// The defect that was clicked.
    pub defect_no: RwSignal<Option<i32>>,
    /// The defect whose row is under the pointer or has the focus.
    pub pointed: RwSignal<Option<i32>>,
    /// The rectangle that was drawn on the map.
    pub region: RwSignal<Option<Region>>,
    /// Defects that are chosen in the gallery.
    pub marked: RwSignal<BTreeSet<i32>>,
    /// The defects of what is picked out of what an analysis found.
    pub picked: RwSignal<Option<Arc<Picked>>>,
    /// Grows when defects were changed: map and table ask anew.
    pub version: RwSignal<u32>,
    map: RwSignal<Option<Arc<MapData>>>,
}

/// What the map knows of a defect.
#[derive(Clone, Debug, PartialEq)]
pub struct ShownDefect {
    /// Number.
    pub number: i32,
    /// Name of the type.
    pub kind: String,
    /// Colour of the type.
    pub colour: String,
    /// Position from the wafer centre, mm.
    pub x_mm: f64,
    /// Position from the wafer centre, mm, y up.
    pub y_mm: f64,
    /// Die column and row.
    pub die: (i32, i32),
    /// Size in um, 0 where unknown.
    pub size_um: f32,
}

impl Chosen {
    /// Nothing is chosen.
    pub fn new() -> Self {
        Self {
            defect_no: RwSignal::new(None),
            pointed: RwSignal::new(None),
            region: RwSignal::new(None),
            marked: RwSignal::new(BTreeSet::new()),
            picked: RwSignal::new(None),
            version: RwSignal::new(0),
            map: RwSignal::new(None),
        }
    }

    /// Chooses nothing.
    pub fn clear(self) {
        self.defect_no.set(None);
        self.pointed.set(None);
        self.region.set(None);
    }

    /// What the gallery shares with map and table. Its items do not tell whether they are adders: the map does, which has them
    /// alone where nothing else is asked for.
    pub fn linked(self) -> Linked {
        let filter = FilterState::here();
        let all = Memo::new(move |_| Arc::new(self.numbers_where(&[], |_, _| true)));
        let adders = Memo::new(move |_| filter.chosen().adders);
        let only = move || {
            let picked = self.picked.get().map(|picked| picked.numbers.clone());
            picked.or_else(|| adders.get().then(|| all.get()))
        };
        Linked {
            pointed: self.pointed,
            clicked: self.defect_no,
            marked: self.marked,
            region: self.region,
            only: Signal::derive(only),
        }
    }

    /// Looks defects up in this map.
    pub fn follow(self, map: Remote<MapData>) {
        Effect::new(move || self.map.set(map.get()));
    }

    /// How many defects the map is of, with those that it cannot draw.
    pub fn count(self) -> Option<i64> {
        self.map.with(|map| {
            let map = map.as_deref()?;
            Some(map.defects.len() as i64 + map.head.unplaced + map.head.left_out)
        })
    }

    /// The chosen defect as the map has it.
    pub fn shown(self) -> Option<ShownDefect> {
        let number = self.defect_no.get()?;
        self.map.with(|map| find(map.as_deref()?, number))
    }

    /// Numbers, ascending, of the defects of these types (none: all) for whose place and die `is_meant` holds.
    pub fn numbers_where(
        self,
        types: &[i32],
        is_meant: impl Fn([f64; 2], (i32, i32)) -> bool,
    ) -> Vec<i32> {
        self.map.with(|map| {
            let Some(map) = map.as_deref() else {
                return Vec::new();
            };
            let defects = &map.defects;
            let is_of_type = |row: usize| {
                let kind = map.head.types.get(usize::from(defects.kind[row]));
                types.is_empty() || kind.is_some_and(|kind| types.contains(&kind.defect_type_id))
            };
            let rows = (0..defects.defect_no.len()).filter(|&row| {
                is_of_type(row)
                    && is_meant(
                        defects.place_mm(row),
                        (defects.die_x[row], defects.die_y[row]),
                    )
            });
            let mut numbers: Vec<i32> = rows.map(|row| defects.defect_no[row]).collect();
            numbers.sort_unstable();
            numbers
        })
    }

    /// The rectangle around these defects, numbers ascending; none where the map has none of them.
    pub fn around(self, numbers: &[i32]) -> Option<Region> {
        self.map.with(|map| {
            let defects = &map.as_deref()?.defects;
            let rows = (0..defects.defect_no.len())
                .filter(|&row| numbers.binary_search(&defects.defect_no[row]).is_ok());
            let points = rows.map(|row| defects.place_mm(row));
            points.fold(None, |around: Option<Region>, [x, y]| {
                let [left, lower, right, upper] = around.unwrap_or([x, y, x, y]);
                Some([left.min(x), lower.min(y), right.max(x), upper.max(y)])
            })
        })
    }

    /// Picks the defects in a lasso on the map; none: lets go of those of the lasso before.
    pub fn lasso(self, ids: Option<Lassoed>) {
        let Some(ids) = ids else {
            let of_lasso = self
                .picked
                .with_untracked(|picked| picked.as_ref().is_some_and(|picked| picked.lassoed));
            if of_lasso {
                self.picked.set(None);
            }
            return;
        };
        let mut numbers: Vec<i32> = ids.iter().map(|&(_, number)| number).collect();
        numbers.sort_unstable();
        self.picked.set(Some(Arc::new(Picked {
            what: "The lasso".to_owned(),
            around: self.around(&numbers),
            numbers: Arc::new(numbers),
            lassoed: true,
            ..Picked::default()
        })));
    }

    /// The dies of the map.
    pub fn dies(self) -> Option<Arc<MapDies>> {
        self.map
            .with(|map| Some(Arc::new(map.as_deref()?.head.dies.clone())))
    }

    /// Die of the chosen defect.
    pub fn die(self) -> Signal<Option<(i32, i32)>> {
        let die = Memo::new(move |_| self.shown().map(|defect| defect.die));
        die.into()
    }
}

fn find(map: &MapData, number: i32) -> Option<ShownDefect> {
    let defects = &map.defects;
    let index = defects.defect_no.iter().position(|no| *no == number)?;
    let kind = map.head.types.get(usize::from(*defects.kind.get(index)?))?;
    let [x_mm, y_mm] = defects.place_mm(index);
    Some(ShownDefect {
        number,
        kind: kind.name.clone(),
        colour: kind.colour.clone(),
        x_mm,
        y_mm,
        die: (*defects.die_x.get(index)?, *defects.die_y.get(index)?),
        size_um: *defects.size_um.get(index)?,
    })
}

/// What the table is narrowed to, and the way out of it.
#[component]
fn PickedNote(chosen: Chosen) -> impl IntoView {
    let query = UrlQuery::here();
    let let_go = move |_| query.set(&[("pick", None), ("page", None)]);
    let note = move || {
        let picked = chosen.picked.get()?;
        let count = format::plural(picked.numbers.len() as i64, "defect", "defects");
        let text = match picked.is_listed_exactly() {
            true => format!("Only {}: {count}.", picked.what),
            false => format!(
                "{} has {count}, too many to list by number: the table shows the rectangle around them, the map marks them alone.",
                picked.what
            ),
        };
        Some(view! {
            <p class="message picked-note" data-picked=picked.numbers.len()>{text}
                {(!picked.lassoed).then(|| view! { " "<button class="link" type="button" on:click=let_go>"Show all defects"</button> })}
            </p>
        })
    };
    view! { <div aria-live="polite">{note}</div> }
}

/// What lies in both rectangles; one that is absent is no limit. Two that are apart make one that holds nothing.
fn within(one: Option<Region>, other: Option<Region>) -> Option<Region> {
    let (Some(one), Some(other)) = (one, other) else {
        return one.or(other);
    };
    Some([
        one[0].max(other[0]),
        one[1].max(other[1]),
        one[2].min(other[2]),
        one[3].min(other[3]),
    ])
}

/// The defects under the type filter and within the rectangle drawn on the map.
#[component]
pub fn DefectTable(
    /// Path of the inspection.
    path: Memo<String>,
    /// What map and table share.
    chosen: Chosen,
    /// Columns of the file that the table leaves out.
    #[prop(into)]
    extra_columns: Signal<Vec<String>>,
) -> impl IntoView {
    let filter = FilterState::here();
    let query = UrlQuery::here();
    let list = List::<Defect>::new(move |_| {
        let mut question = DefectQuery {
            defect_type: filter.chosen().defect_types(),
            element: filter.chosen().values(Dimension::Element),
            adders: filter.resolved().adders,
            ..DefectQuery::default()
        };
        let picked = chosen.picked.get();
        // No number at all would list everything.
        if picked
            .as_ref()
            .is_some_and(|picked| picked.numbers.is_empty())
        {
            return None;
        }
        let around = picked.and_then(|picked| picked.narrow(&mut question));
        if let Some([x_min, y_min, x_max, y_max]) = within(chosen.region.get(), around) {
            question.x_min_mm = Some(x_min);
            question.x_max_mm = Some(x_max);
            question.y_min_mm = Some(y_min);
            question.y_max_mm = Some(y_max);
        }
        Some(with_query(&format!("{}/defects", path.read()), &question))
    });
    Effect::new(move |before: Option<u32>| {
        let version = chosen.version.get();
        if before.is_some_and(|before| before != version) {
            list.rows.reload();
        }
        version
    });
    // Fewer rows under a new rectangle: the page that was shown may be gone.
    Effect::new(move |before: Option<Option<Region>>| {
        let region = chosen.region.get();
        if before.is_some_and(|before| before != region)
            && untrack(|| query.value("page")).is_some()
        {
            query.replace(&[("page", None)]);
        }
        region
    });
    let has_none = Memo::new(move |_| {
        let picked = chosen.picked.get();
        picked.is_some_and(|picked| picked.numbers.is_empty())
    });
    let point = Callback::new(move |row: Option<Arc<Defect>>| {
        chosen.pointed.set(row.map(|defect| defect.defect_no))
    });
    let marked = Signal::derive(move || chosen.defect_no.get().map(|number| number.to_string()));
    let empty = ViewFn::from(
        || view! { <Notice title="No defects here" text="None lies in the region, is of the chosen types, or was found at all."/> },
    );
    view! {
        <Show when=move || chosen.region.read().is_some()>
            <p class="message">"Only defects within the region drawn on the map."</p>
        </Show>
        <PickedNote chosen/>
        <Show when=move || !has_none.get() fallback=|| view! { <Notice title="No defects here" text="What is picked has none."/> }>
            <DataTable list columns=columns(chosen) key=|defect| defect.defect_no.to_string() title="Defects"
                default_order=("defect_no", Order::Asc) empty=empty.clone() selected=marked on_point=point/>
        </Show>
        <Show when=move || !extra_columns.read().is_empty()>
            <p class="quiet">{move || format!("The file has more columns, shown with each defect: {}.", extra_columns.read().join(", "))}</p>
        </Show>
    }
}

fn columns(chosen: Chosen) -> Vec<Column<Defect>> {
    let find = move |defect: &Defect| {
        let number = defect.defect_no;
        view! {
            <button class="button button-icon button-small" type="button" aria-label=format!("Show defect {number} on the map")
                title="Show on the map" on:click=move |_| chosen.defect_no.set(Some(number))><Drawn icon=Icon::Wafer/></button>
        }
        .into_any()
    };
    let image = |defect: &Defect| {
        let (to, alt) = (
            links::defect(defect.defect_id),
            format!("Image of defect {}", defect.defect_no),
        );
        match defect.first_image_id {
            Some(image_id) => view! { <Go to class="table-image"><Thumbnail image_id alt/></Go> }.into_any(),
            // The file lists images that did not come with it.
            None => match defect.image_count.filter(|count| *count > 0) {
                Some(count) => view! { <span class="quiet" title="Listed in the file, but not stored here">{format!("({count})")}</span> }.into_any(),
                None => ().into_any(),
            },
        }
    };
    let whole = |value: f64| format::count(value as i64);
    let mm = |value: f64| format::fixed(value, 4);
    vec![
        Column::link(
            "No.",
            |row: &Defect| links::defect(row.defect_id),
            |row: &Defect| row.defect_no.to_string(),
        )
        .sorted("defect_no"),
        Column::drawn("Image", |_: &Defect| String::new(), image).without_csv(),
        Column::drawn("Map", |_: &Defect| String::new(), find).without_csv(),
        Column::drawn(
            "Type",
            |row: &Defect| row.defect_type.clone(),
            |row| badge::defect_type(&row.colour, &row.defect_type),
        )
        .sorted("defect_type"),
        Column::text("Elements", |row: &Defect| row.elements.join(" ")),
        Column::number("X mm", |row: &Defect| row.x_mm, mm).sorted("x_mm"),
        Column::number("Y mm", |row: &Defect| row.y_mm, mm).sorted("y_mm"),
        Column::number("Die X", |row: &Defect| row.die_x.map(f64::from), whole),
        Column::number("Die Y", |row: &Defect| row.die_y.map(f64::from), whole),
        Column::number("Size µm", |row: &Defect| row.size_um, format::significant)
            .sorted("size_um"),
        Column::number("Area µm²", |row: &Defect| row.area_um2, format::significant)
            .sorted("area_um2"),
        Column::number(
            "Cluster",
            |row: &Defect| row.cluster_no.filter(|no| *no != 0).map(f64::from),
            whole,
        )
        .sorted("cluster_no"),
        Column::number("Class", |row: &Defect| row.class_no.map(f64::from), whole),
        Column::count("Severity", |row: &Defect| row.severity.into()).sorted("severity"),
        Column::text("Review", |row: &Defect| {
            format::words(row.review_status.as_str())
        }),
    ]
}
