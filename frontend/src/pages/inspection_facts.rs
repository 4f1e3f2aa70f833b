//! What is known about an inspection.

use std::sync::Arc;

use contract::inspection::InspectionDetail;
use leptos::prelude::*;

use super::links;
use crate::components::facts::{self, Facts};
use crate::components::link::Go;
use crate::components::page::Folded;
use crate::format;

/// The facts of an inspection and of how its wafer lies.
#[component]
pub fn InspectionFacts(
    /// The inspection.
    shown: Arc<InspectionDetail>,
) -> impl IntoView {
    let InspectionDetail {
        inspection,
        operator,
        geometry,
        source_sha256,
        klarf_version,
        import_id,
        ..
    } = InspectionDetail::clone(&shown);
    let equipment = match inspection.equipment_id {
        Some(id) => facts::link(links::equipment(&id), id.clone()),
        None => format::UNKNOWN.into_any(),
    };
    let source = inspection.source_file.map(|name| match klarf_version {
        Some(version) => format!("{name} (KLARF {version})"),
        None => name,
    });
    let import = match import_id {
        Some(id) => view! { <Go to=format!("/imports?import_id={id}")>"Report"</Go> }.into_any(),
        None => format::UNKNOWN.into_any(),
    };
    let pitch = geometry
        .pitch_x_mm
        .zip(geometry.pitch_y_mm)
        .map(|(x, y)| format!("{} × {} mm", trimmed(x), trimmed(y)));
    let centre = geometry
        .delivered_centre_mm
        .map(|[x, y]| format!("{}, {} mm", trimmed(x), trimmed(y)));
    let mark = match geometry.delivered_mark_location {
        Some(place) => format!(
            "{}, delivered {place}",
            format::words(geometry.mark_type.as_str())
        ),
        None => format::words(geometry.mark_type.as_str()),
    };
    view! {
        <Facts facts=vec![
            ("Inspected", facts::moment(Some(inspection.inspected_at))),
            ("Step", inspection.step_id.into_any()),
            ("Product", facts::text(inspection.device_id)),
            ("Equipment", equipment),
            ("Recipe", facts::text(inspection.recipe)),
            ("Run", facts::text(inspection.run_id)),
            ("Operator", facts::text(operator)),
            ("Slot", facts::text(inspection.slot)),
            ("Defects", format::count(inspection.defect_count).into_any()),
            ("Inspected area", facts::text(inspection.area_cm2.map(|area| format!("{} cm²", format::significant(area))))),
            ("Density", facts::text(inspection.density_per_cm2.map(|density| format!("{} /cm²", format::significant(density))))),
            ("Diameter", format!("{} mm", geometry.diameter_mm).into_any()),
            ("Mark", mark.into_any()),
            ("Die pitch", facts::text(pitch)),
            ("Dies inspected", match geometry.die_count { 0 => "no plan in the file".to_owned(), many => format::count(many) }.into_any()),
            ("Wafer centre in the file's frame", facts::text(centre)),
            ("Source file", facts::text(source)),
            ("Import", import),
            ("SHA-256", view! { <code class="hash">{facts::text(source_sha256)}</code> }.into_any()),
        ]/>
    }
}

/// Up to six decimals, without zeros at the end.
fn trimmed(value: f64) -> String {
    let text = format!("{value:.6}");
    text.trim_end_matches('0').trim_end_matches('.').to_owned()
}

/// Every header keyword of the file, folded away.
#[component]
pub fn Parameters(
    /// The inspection.
    shown: Arc<InspectionDetail>,
) -> impl IntoView {
    let rows: Vec<(String, String)> = shown
        .parameters
        .as_object()
        .into_iter()
        .flatten()
        .map(|(name, value)| {
            let text = value
                .as_str()
                .map_or_else(|| value.to_string(), str::to_owned);
            (name.clone(), text)
        })
        .collect();
    (!rows.is_empty()).then(|| view! {
        <Folded title=format!("Keywords of the file ({})", rows.len())>
            <dl class="facts">
                {rows.clone().into_iter().map(|(name, text)| view! { <div class="fact"><dt><code>{name}</code></dt><dd><code>{text}</code></dd></div> }).collect_view()}
            </dl>
        </Folded>
    })
}

#[cfg(test)]
mod tests {
    use super::trimmed;

    #[test]
    fn a_length_has_no_zeros_at_its_end() {
        assert_eq!(
            (trimmed(10.5), trimmed(300.0), trimmed(-0.000_001)),
            ("10.5".to_owned(), "300".to_owned(), "-0.000001".to_owned())
        );
    }
}
