//! Hot dies.

use std::collections::HashMap;

use super::field::Field;
use super::{Evidence, Pattern, Place};
use crate::{probability::ln_binomial_upper, spatial::Lattice};

/// The cells of the field tell the area of a die to some percent; this much more is allowed for.
const AREA_ERROR: f64 = 1.1;
/// A die has at least this part of its area: below that the cells tell nothing.
const PART_LEAST: f64 = 0.05;

/// Looks at all dies: given their number, defects on a die are binomial with its share of the area; the smallest probability
/// counts for all dies (Bonferroni).
pub fn test(field: &Field<'_>, lattice: &Lattice) -> Evidence {
    let areas = areas(field, lattice);
    let mut counts: HashMap<(i32, i32), u64> = HashMap::new();
    for (point, _) in field.placed() {
        *counts.entry(lattice.die_at(point)).or_default() += 1;
    }
    let whole = lattice.pitch_mm.0 * lattice.pitch_mm.1;
    let share = |die: &(i32, i32)| {
        let area = AREA_ERROR * areas.get(die).copied().unwrap_or(0.0);
        (area.clamp(PART_LEAST * whole, whole) / field.area_mm2()).min(1.0)
    };
    let judged = counts.iter().map(|(die, &count)| {
        let ln_p = ln_binomial_upper(count, field.count(), share(die));
        (ln_p, *die, count)
    });
    // Of equals the first in the order of columns, whatever that of the map.
    let best = judged.min_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    let (ln_p, die, count) = best.unwrap_or((0.0, (0, 0), 0));
    let members = field
        .placed()
        .filter(|&(point, _)| lattice.die_at(point) == die);
    let expected = field.count() as f64 * share(&die);
    Evidence {
        pattern: Pattern::HotDie,
        members: members.map(|(_, index)| index).collect(),
        expected,
        ln_p: (ln_p + (areas.len().max(1) as f64).ln()).min(0.0),
        weight: 1.0,
        test: format!(
            "Largest of {} dies: {count} of {} defects on one die, where chance would put {expected:.2}",
            areas.len(),
            field.count(),
        ),
        place: Place::Die(die),
    }
}

/// Area that is left of each die.
fn areas(field: &Field<'_>, lattice: &Lattice) -> HashMap<(i32, i32), f64> {
    let mut areas: HashMap<(i32, i32), f64> = HashMap::new();
    // Neighbours along a ray mostly lie on one die.
    let (mut last, mut sum) = ((0, 0), 0.0);
    for (at, area) in field.cells() {
        let die = lattice.die_at(at);
        if die != last {
            if sum > 0.0 {
                *areas.entry(last).or_default() += sum;
            }
            (last, sum) = (die, 0.0);
        }
        sum += area;
    }
    if sum > 0.0 {
        *areas.entry(last).or_default() += sum;
    }
    areas
}
