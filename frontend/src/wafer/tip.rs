//! The tooltip over the defect under the pointer.

use std::sync::Arc;

use leptos::prelude::*;

use super::scene::Scene;
use super::stage::Board;
use crate::canvas::Viewport;
use crate::chart::figure;

/// The defect under the pointer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Hover {
    /// Its index in the scene.
    pub index: usize,
    /// Where the pointer is, px.
    pub place_px: [f64; 2],
}

/// Number, type, size, die and position of the defect under the pointer.
#[component]
pub fn Tip(
    /// The scene.
    board: Memo<Option<Arc<Board>>>,
    /// Defect and place.
    hover: RwSignal<Option<Hover>>,
    /// Size of the canvas: the tooltip opens towards its middle.
    viewport: RwSignal<Option<Viewport>>,
) -> impl IntoView {
    let place = move |axis: usize| hover.get().map_or(0.0, |hover| hover.place_px[axis]);
    let beyond_middle = move |axis: usize| {
        let size = viewport
            .get()
            .map_or([0.0; 2], |viewport| [viewport.width_px, viewport.height_px]);
        place(axis) > size[axis] / 2.0
    };
    let lines = move || {
        let hover = hover.get()?;
        board.with(|board| lines(&board.as_ref()?.scene, hover.index))
    };
    view! {
        <div
            class="wafer-tip"
            class:wafer-tip-left=move || beyond_middle(0)
            class:wafer-tip-above=move || beyond_middle(1)
            hidden=move || hover.with(Option::is_none)
            style:left=move || format!("{}px", place(0))
            style:top=move || format!("{}px", place(1))
        >
            {move || lines().map(|lines| lines.into_iter().map(|line| view! { <div>{line}</div> }).collect_view())}
        </div>
    }
}

/// What is known of a defect, a line each.
fn lines(scene: &Scene, index: usize) -> Option<Vec<String>> {
    let (_, number) = scene.id_of(index)?;
    let row = *scene.row.get(index)?;
    let map = &scene.source;
    let kind = map
        .types
        .get(usize::try_from(*map.defects.kind.get(row)?).ok()?)?;
    let mut lines = vec![format!("#{number} · {}", kind.name)];
    if let Some(&size_um) = map.defects.size_um.get(row)
        && size_um > 0.0
    {
        lines.push(format!("Size {} µm", figure(f64::from(size_um))));
    }
    if let (Some(column), Some(row)) = (map.defects.die_x.get(row), map.defects.die_y.get(row)) {
        lines.push(format!("Die {column}, {row}"));
    }
    if let Some(&cluster) = map.defects.cluster_no.get(row)
        && cluster != 0
    {
        lines.push(format!("Cluster {cluster}"));
    }
    lines.push(format!(
        "{:.3}, {:.3} mm",
        scene.x_mm[index], scene.y_mm[index]
    ));
    Some(lines)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wafer::scene::tests::map;

    #[test]
    fn the_tooltip_tells_number_type_size_die_and_place() {
        let scene = Scene::new(map(&[(0, -88.990_76, 2.0)]));
        let expected = ["#1 · type 0", "Size 1 µm", "Die 0, 0", "-88.991, 2.000 mm"];
        assert_eq!(lines(&scene, 0), Some(expected.map(str::to_owned).to_vec()));
    }
}
