//! Findings as shapes on the map. The colours are those of the page, and what matters is told by line and dash too.

use contract::analytics::MapDies;
use contract::spatial::{
    Cluster, Clusters, DieView, Signature, SignatureKind, Signatures, Zone, ZoneShape, Zones,
};
use leptos::prelude::*;

use super::pick::Pick;
use super::places::{on_every_die, rects_by_die};
use crate::chart::theme::css_value;
use crate::format;
use crate::wafer::{Form, Overlay};

/// Clusters that have their number on the map: more would cover it.
const NUMBERED: usize = 25;
/// Radius of the ring that shows a repeater's place in each die, mm.
const REPEATER_MM: f64 = 1.0;
/// How opaque a fill is: barely, for what is only there; more, for what is pointed at or picked.
const FAINT: u8 = 28;
const STRONG: u8 = 96;

/// Colours of the page, red, green, blue.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Ink {
    /// More than expected; the outline of what stands out.
    pub more: [u8; 3],
    /// Less than expected.
    pub less: [u8; 3],
    /// What is picked or pointed at.
    pub chosen: [u8; 3],
    /// What is there and says nothing.
    pub plain: [u8; 3],
    /// A bin that works.
    pub good: [u8; 3],
    /// A bin that fails.
    pub bad: [u8; 3],
}

impl Ink {
    /// The colours as the page has them now.
    pub fn now() -> Self {
        let root = document().document_element();
        let of = |name: &str| {
            root.as_ref()
                .map_or([128; 3], |root| rgb(&css_value(root, name)))
        };
        Self {
            more: of("--more-ink"),
            less: of("--less-ink"),
            chosen: of("--accent"),
            plain: of("--wafer-edge"),
            good: of("--good"),
            bad: of("--bad"),
        }
    }
}

/// `#rrggbb` as bytes; grey for anything else.
fn rgb(colour: &str) -> [u8; 3] {
    let digits = colour.strip_prefix('#').filter(|digits| digits.len() == 6);
    let value = digits.and_then(|digits| u32::from_str_radix(digits, 16).ok());
    value.map_or([128; 3], |value| {
        let [_, red, green, blue] = value.to_be_bytes();
        [red, green, blue]
    })
}

fn filled([red, green, blue]: [u8; 3], alpha: u8) -> Option<[u8; 4]> {
    Some([red, green, blue, alpha])
}

/// How a finding stands out among the others.
#[derive(Clone, Copy)]
pub struct Stand<'a> {
    /// What the pointer is on.
    pub pointed: Option<Pick>,
    /// What is picked.
    pub picked: Option<Pick>,
    /// Colours.
    pub ink: &'a Ink,
}

impl Stand<'_> {
    fn is_out(self, pick: Pick) -> bool {
        self.pointed == Some(pick) || self.picked == Some(pick)
    }

    /// A shape in the colour of findings, or in that of the chosen one.
    fn shape(self, pick: Pick, id: u32, form: Form, label: Option<String>) -> Overlay {
        let is_out = self.is_out(pick);
        let (colour, alpha) = match is_out {
            true => (self.ink.chosen, STRONG),
            false => (self.ink.more, FAINT),
        };
        let is_area = !matches!(form, Form::Path(_));
        // Small rings have no room for dashes.
        let is_small = matches!(form, Form::Circle { .. });
        Overlay {
            id,
            form,
            fill: filled(colour, alpha).filter(|_| is_area),
            line: Some(colour),
            dashed: !is_out && !is_small,
            label,
            above: false,
        }
    }
}

fn sector(zone: &ZoneShape) -> Form {
    Form::Sector {
        inner_mm: zone.inner_mm,
        outer_mm: zone.outer_mm,
        from_deg: zone.from_deg,
        sweep_deg: zone.sweep_deg,
    }
}

/// Where a pattern is; several places for a repeater, none where its place is not on a die.
fn forms_of(signature: &Signature, dies: Option<&MapDies>) -> Vec<Form> {
    if let Some(zone) = &signature.zone {
        return vec![sector(zone)];
    }
    if let Some(path) = &signature.path_mm {
        return match signature.kind {
            SignatureKind::Scratch => vec![Form::Path(path.clone())],
            _ => vec![Form::Polygon(path.clone())],
        };
    }
    let Some(dies) = dies else { return Vec::new() };
    if let Some([column, row]) = signature.die {
        let rect = rects_by_die(dies).get(&(column, row)).copied();
        return rect.map(Form::Rect).into_iter().collect();
    }
    let places = signature
        .place_mm
        .map(|place_mm| on_every_die(dies, place_mm));
    let ring = |centre_mm| Form::Circle {
        centre_mm,
        radius_mm: REPEATER_MM,
    };
    places.into_iter().flatten().map(ring).collect()
}

/// Patterns, each with the word for it. Ids are places among those found, from 1.
pub fn signatures(found: &Signatures, dies: Option<&MapDies>, stand: Stand<'_>) -> Vec<Overlay> {
    let numbered = found.found.iter().zip(1_u32..);
    numbered
        .flat_map(|(signature, place)| {
            let word = super::signatures::kind_word(signature.kind);
            let forms = forms_of(signature, dies).into_iter().enumerate();
            forms.map(move |(part, form)| {
                let label = (part == 0).then(|| word.to_owned());
                stand.shape(Pick::Signature(place), place, form, label)
            })
        })
        .collect()
}

/// Hulls of clusters, the largest ones with their numbers, which are their ids.
pub fn clusters(found: &Clusters, stand: Stand<'_>) -> Vec<Overlay> {
    let one = |(place, cluster): (usize, &Cluster)| {
        let pick = Pick::Cluster(cluster.cluster);
        let is_named = place < NUMBERED || stand.is_out(pick);
        let label = is_named.then(|| cluster.cluster.to_string());
        stand.shape(
            pick,
            cluster.cluster,
            Form::Polygon(cluster.hull_mm.clone()),
            label,
        )
    };
    found.clusters.iter().enumerate().map(one).collect()
}

/// How much more (above 0) or less (below 0) than expected there is, -1 to 1: four times as many, or a quarter, is the end.
#[must_use]
pub fn strength(count: f64, expected: f64) -> f64 {
    if expected <= 0.0 {
        return if count > 0.0 { 1.0 } else { 0.0 };
    }
    ((count / expected).max(1e-6).log2() / 2.0).clamp(-1.0, 1.0)
}

/// Zones by density: outlined where it differs beyond chance. Ids are places among the zones, from 1.
pub fn zones(found: &Zones, stand: Stand<'_>) -> Vec<Overlay> {
    let one = |(zone, place): (&Zone, u32)| {
        let heat = strength(zone.count as f64, zone.expected);
        let ink = stand.ink;
        let colour = if heat >= 0.0 { ink.more } else { ink.less };
        let is_out = stand.is_out(Pick::Zone(place));
        Overlay {
            id: place,
            form: sector(&zone.shape),
            fill: filled(colour, (heat.abs() * 140.0) as u8),
            line: Some(match (is_out, zone.is_different) {
                (true, _) => ink.chosen,
                (false, true) => colour,
                (false, false) => ink.plain,
            }),
            dashed: !is_out && !zone.is_different,
            label: match (is_out, zone.is_different && zone.expected > 0.0) {
                (true, _) => Some(zone.name.clone()),
                (false, true) => Some(format!(
                    "×{}",
                    format::significant(zone.count as f64 / zone.expected)
                )),
                (false, false) => None,
            },
            // What is chosen has its outline over its neighbours'.
            above: is_out,
        }
    };
    found.zones.iter().zip(1_u32..).map(one).collect()
}

/// What the dies are coloured by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum DieColour {
    /// Defects.
    Count,
    /// Bin of the electrical test.
    Bin,
}

/// Dies by defects, or by bin; ids are places among the dies of the answer, from 1.
///
/// `is_good` tells what a bin means; absent where nobody says.
pub fn dies(
    found: &DieView,
    dies: &MapDies,
    by: DieColour,
    is_good: impl Fn(&str) -> Option<bool>,
    stand: Stand<'_>,
) -> Vec<Overlay> {
    let Some(map) = &found.map else {
        return Vec::new();
    };
    let rects = rects_by_die(dies);
    let most = map.count.iter().copied().max().unwrap_or(0).max(1);
    let ink = stand.ink;
    let one = |place: usize| {
        let die = (*map.die_x.get(place)?, *map.die_y.get(place)?);
        let count = *map.count.get(place)?;
        let bin = map.bin.get(place).and_then(Option::as_deref);
        let (fill, line) = match by {
            DieColour::Count if count == 0 => (None, None),
            DieColour::Count => {
                let share = (f64::from(count) / f64::from(most)).sqrt();
                (filled(ink.more, (40.0 + share * 140.0) as u8), None)
            }
            DieColour::Bin => match bin.map(&is_good) {
                None => (None, None),
                Some(Some(true)) => (filled(ink.good, FAINT), None),
                // Failing dies have an outline too: red and green are not told apart by all eyes.
                Some(Some(false)) => (filled(ink.bad, STRONG), Some(ink.bad)),
                Some(None) => (filled(ink.plain, STRONG), None),
            },
        };
        let is_out = stand.is_out(Pick::Die(die.0, die.1));
        Some(Overlay {
            id: u32::try_from(place + 1).ok()?,
            form: Form::Rect(*rects.get(&die)?),
            fill,
            line: if is_out { Some(ink.chosen) } else { line },
            dashed: false,
            label: bin.filter(|_| by == DieColour::Bin).map(str::to_owned),
            above: is_out,
        })
    };
    (0..map.die_x.len()).filter_map(one).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn twice_as_many_and_half_are_equally_strong() {
        assert!((strength(20.0, 10.0) + strength(5.0, 10.0)).abs() < 1e-12);
        assert_eq!((strength(400.0, 10.0), strength(0.0, 10.0)), (1.0, -1.0));
        assert_eq!((strength(3.0, 0.0), strength(0.0, 0.0)), (1.0, 0.0));
    }
}
