//! What is under the pointer: a tooltip over a defect or a form, and a line with position and die anywhere.

use leptos::prelude::*;

use super::desk::Desk;
use super::painter::Drawn;
use super::scene::Scene;
use crate::chart::figure;
use crate::format;

/// What is under the pointer, or was reached by keys.
#[derive(Clone, Debug, PartialEq)]
pub enum Pointed {
    /// A defect, by its index in the columns.
    Defect(usize),
    /// A form that others have laid over the map, by its text.
    Form(String),
}

/// What is pointed at.
#[derive(Clone, Debug, PartialEq)]
pub struct Hover {
    /// What it is.
    pub what: Pointed,
    /// Where the tooltip stands, px.
    pub place_px: [f64; 2],
}

/// Number, type, size, die and position of the defect that is pointed at; the text of a form.
#[component]
pub fn Tip(
    /// The map.
    desk: Desk,
) -> impl IntoView {
    let place = move |axis: usize| {
        desk.hover
            .with(|hover| hover.as_ref().map_or(0.0, |hover| hover.place_px[axis]))
    };
    let beyond_middle = move |axis: usize| {
        let middle = desk
            .viewport
            .get()
            .map_or([0.0; 2], |viewport| viewport.middle_px());
        place(axis) > middle[axis]
    };
    let shown = move || {
        let hover = desk.hover.get()?;
        match hover.what {
            Pointed::Form(text) => Some(text.lines().map(str::to_owned).collect()),
            Pointed::Defect(index) => desk.scene.with(|scene| lines(scene.as_ref()?, index)),
        }
    };
    view! {
        <div
            class="wafer-tip"
            class:wafer-tip-left=move || beyond_middle(0)
            class:wafer-tip-above=move || beyond_middle(1)
            hidden=move || desk.hover.with(Option::is_none)
            style:left=move || format!("{}px", place(0))
            style:top=move || format!("{}px", place(1))
            role="status"
        >
            {move || shown().map(|lines: Vec<String>| lines.into_iter().map(|line| view! { <div>{line}</div> }).collect_view())}
        </div>
    }
}

/// Position and die under the pointer, and the count of its cell.
#[component]
pub fn Readout(
    /// The map.
    desk: Desk,
) -> impl IntoView {
    let text = move || {
        let point_mm = desk.pointer_mm.get()?;
        let [x, y] = point_mm;
        let mut text = format!("{x:.3}, {y:.3} mm");
        let die = desk.scene.with(|scene| scene.as_ref()?.die_at(point_mm));
        if let Some((column, row)) = die {
            text.push_str(&format!(" · die {column}, {row}"));
        }
        if desk
            .drawn
            .with(|drawn| drawn.as_ref().is_some_and(Drawn::is_density))
        {
            let count = desk
                .painter
                .with_value(|painter| painter.density_shown()?.at(point_mm));
            text.push_str(&format!(
                " · {} in the cell",
                format::count(i64::from(count.unwrap_or(0)))
            ));
        }
        Some(text)
    };
    view! { <p class="wafer-readout" aria-hidden="true">{text}</p> }
}

/// What is known of a defect, a line each.
#[must_use]
pub fn lines(scene: &Scene, index: usize) -> Option<Vec<String>> {
    let defects = &scene.data.defects;
    let (_, number) = defects.id_of(index)?;
    let kind = scene
        .data
        .head
        .types
        .get(usize::from(*defects.kind.get(index)?))?;
    let mut lines = vec![format!("#{number} · {}", kind.name)];
    let size_um = defects.size_um[index];
    if size_um > 0.0 {
        lines.push(format!("Size {} µm", figure(f64::from(size_um))));
    }
    if !scene.data.head.dies.left_mm.is_empty() {
        let (column, row) = (defects.die_x[index], defects.die_y[index]);
        lines.push(format!("Die {column}, {row}"));
    }
    if defects.cluster_no[index] != 0 {
        lines.push(format!("Cluster {}", defects.cluster_no[index]));
    }
    let [x, y] = defects.place_mm(index);
    lines.push(format!("{x:.3}, {y:.3} mm"));
    Some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wafer::columns::tests::map;

    #[test]
    fn the_tooltip_tells_number_type_size_die_and_place() {
        let mut data = std::sync::Arc::into_inner(map(&[(0, -88.990_76, 2.0)])).expect("mine");
        data.head.dies.left_mm = vec![0.0];
        let scene = Scene::new(std::sync::Arc::new(data));
        let expected = ["#1 · type 0", "Size 1 µm", "Die 0, 0", "-88.991, 2.000 mm"];
        assert_eq!(lines(&scene, 0), Some(expected.map(str::to_owned).to_vec()));
    }
}
