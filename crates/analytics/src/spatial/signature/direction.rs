//! Sectors, and arcs of the rim: intervals of the direction from the centre.

use super::field::{AROUND, Field, OUTWARDS, around_of};
use super::scan::{Interval, Scan};
use super::{Evidence, Pattern, Place};
use crate::{probability::ln_binomial_upper, spatial::Sector};

/// Widths of sectors in half degrees.
const SECTORS: [usize; 7] = [20, 28, 40, 56, 80, 112, 160];
/// Widths of arcs of the rim in half degrees.
const ARCS: [usize; 9] = [40, 56, 80, 112, 160, 224, 320, 448, 600];
/// Widths of the rim, mm, the widest first.
const RIMS_MM: [f64; 3] = [8.0, 5.6, 4.0];
/// A side of a sector belongs to it while it has more defects than chance would put there once in so many times.
const FRINGE_P: f64 = 0.01;

/// Areas and counts around the wafer, from a distance on, twice round so that intervals may cross 0 degrees.
struct Around {
    first: usize,
    area: Vec<f64>,
    count: Vec<u64>,
    /// Area and defects of the whole field.
    all: (f64, u64),
}

impl Around {
    fn new(field: &Field<'_>, first: usize) -> Self {
        let of_cell = field.area_around(first);
        let mut counts = vec![0; AROUND];
        for (point, _) in field
            .placed()
            .filter(|(point, _)| field.outwards(*point) >= first)
        {
            counts[around_of(point)] += 1;
        }
        let (mut area, mut count) = (vec![0.0], vec![0]);
        for cell in 0..2 * AROUND {
            area.push(area[cell] + of_cell[cell % AROUND]);
            count.push(count[cell] + counts[cell % AROUND]);
        }
        Self {
            first,
            area,
            count,
            all: (field.area_mm2(), field.count()),
        }
    }

    fn share(&self, from: usize, width: usize) -> f64 {
        ((self.area[from + width] - self.area[from]) / self.all.0).clamp(0.0, 1.0)
    }

    fn within(&self, from: usize, width: usize) -> u64 {
        self.count[from + width] - self.count[from]
    }

    /// The interval with its sides, as far as they are denser than the rest at the same distances.
    fn with_sides(&self, (from, width): (usize, usize)) -> (usize, usize) {
        let side = (width / 4).max(2);
        let others = self.within(0, AROUND) - self.within(from, width);
        let rest = self.share(0, AROUND) - self.share(from, width);
        let is_dense = |from: usize| {
            let (n, share) = (self.within(from, side), self.share(from, side));
            n > 0
                && ln_binomial_upper(n, others, (share / rest.max(share)).min(1.0)) < FRINGE_P.ln()
        };
        let (mut from, mut width) = (from, width);
        while width + side < AROUND && is_dense((from + AROUND - side) % AROUND) {
            (from, width) = ((from + AROUND - side) % AROUND, width + side);
        }
        while width + side < AROUND && is_dense((from + width) % AROUND) {
            width += side;
        }
        (from, width)
    }
}

/// Scans directions, all the way out and on rims of some widths (see `scan`).
pub fn test(field: &Field<'_>) -> Evidence {
    let rim = |width: &f64| OUTWARDS - ((width / field.step_mm()) as usize).clamp(1, OUTWARDS);
    let firsts: Vec<usize> = std::iter::once(0).chain(RIMS_MM.iter().map(rim)).collect();
    let scan = scan(field, &firsts);
    let places = field.placed().map(|(point, _)| {
        let outwards = field.outwards(point);
        let track = firsts.iter().rposition(|&first| outwards >= first);
        (track.unwrap_or(0), around_of(point))
    });
    let Some(found) = scan.test(places) else {
        return Evidence::none(Pattern::Sector, "No direction from the centre is denser");
    };
    let best = found.interval;
    let around = Around::new(field, firsts[best.track]);
    let (from, width) = around.with_sides((best.from, best.width));
    let degrees = |cells: usize| cells as f64 * 360.0 / AROUND as f64;
    let zone = Sector {
        inner_mm: around.first as f64 * field.step_mm(),
        outer_mm: field.radius_mm(),
        from_deg: degrees(from),
        sweep_deg: degrees(width),
    };
    let lies_in = |point: (f64, f64)| {
        field.outwards(point) >= around.first && (around_of(point) + AROUND - from) % AROUND < width
    };
    let members = field.placed().filter(|&(point, _)| lies_in(point));
    Evidence {
        pattern: if best.track == 0 {
            Pattern::Sector
        } else {
            Pattern::Edge
        },
        members: members.map(|(_, index)| index).collect(),
        expected: field.count() as f64 * around.share(from, width),
        ln_p: found.ln_p,
        weight: 1.0,
        test: format!(
            "Scan over {} intervals of the direction, from the centre and on the rim: {} of {} defects within {:.0} to \
             {:.0} degrees from {:.1} mm on, where a share of {:.4} of the area lies (probability by {})",
            found.looked_at,
            found.count,
            field.count(),
            degrees(best.from),
            degrees(best.from + best.width),
            zone.inner_mm,
            found.share,
            found.by,
        ),
        place: Place::Zone(zone),
    }
}

/// Sectors on the first track, arcs of the rim on the others.
fn scan(field: &Field<'_>, firsts: &[usize]) -> Scan {
    let mut areas: Vec<Vec<f64>> = firsts
        .iter()
        .map(|&first| field.area_around(first))
        .collect();
    for track in 1..areas.len() {
        let (before, own) = areas.split_at_mut(track);
        let outer = &mut before[track - 1];
        (outer.iter_mut().zip(&own[0])).for_each(|(outer, own)| *outer = (*outer - own).max(0.0));
    }
    let intervals = (0..firsts.len()).flat_map(|track| {
        let widths: &[usize] = if track == 0 { &SECTORS } else { &ARCS };
        widths.iter().flat_map(move |&width| {
            let starts = (0..AROUND).step_by((width / 8).max(1));
            starts.map(move |from| Interval { track, from, width })
        })
    });
    Scan::new(&areas, intervals)
}
