//! Rings, rim and middle: intervals of the distance from the centre.

use super::field::{Field, OUTWARDS};
use super::{Evidence, Pattern, Place};
use crate::{probability::ln_binomial_upper, spatial::Sector};

/// Widths of the intervals in cells, 2 to 31 mm on a 300 mm wafer: each other one costs evidence, as all are counted.
const WIDTHS: [usize; 5] = [4, 8, 16, 32, 64];
/// A ring that ends so close to the radius of the inspected area, as a part of it, lies at the rim.
const RIM: f64 = 0.985;
/// A ring that begins within this part of the radius is the middle.
const MIDDLE: f64 = 0.03;
/// The fringe of a ring belongs to it while it has more defects than chance would put there once in so many times.
const FRINGE_P: f64 = 0.01;

/// Areas and counts by distance from the centre, summed up from the centre.
struct Radial {
    area: Vec<f64>,
    count: Vec<u64>,
}

impl Radial {
    fn new(field: &Field<'_>) -> Self {
        let (mut area, mut count) = (vec![0.0; OUTWARDS + 1], vec![0; OUTWARDS + 1]);
        for (cell, of_cell) in field.area_outwards().into_iter().enumerate() {
            area[cell + 1] = area[cell] + of_cell;
        }
        for (point, _) in field.placed() {
            count[field.outwards(point) + 1] += 1;
        }
        for cell in 0..OUTWARDS {
            count[cell + 1] += count[cell];
        }
        Self { area, count }
    }

    fn share(&self, first: usize, end: usize) -> f64 {
        ((self.area[end] - self.area[first]) / self.area[OUTWARDS]).clamp(0.0, 1.0)
    }

    fn within(&self, first: usize, end: usize) -> u64 {
        self.count[end] - self.count[first]
    }

    fn ln_p(&self, first: usize, end: usize) -> f64 {
        ln_binomial_upper(
            self.within(first, end),
            self.count[OUTWARDS],
            self.share(first, end),
        )
    }

    /// The interval with the strongest evidence, its ln p, and how many were looked at.
    fn scan(&self) -> ((usize, usize), f64, u64) {
        let (mut best, mut least, mut looked_at) = ((0, 1), 0.0, 0);
        for width in WIDTHS {
            let step = (width / 3).max(1);
            let starts = (0..OUTWARDS - width).step_by(step);
            for first in starts.chain([OUTWARDS - width]) {
                let end = first + width;
                if self.area[end] <= self.area[first] {
                    continue;
                }
                looked_at += 1;
                let ln_p = self.ln_p(first, end);
                if ln_p < least {
                    (best, least) = ((first, end), ln_p);
                }
            }
        }
        (best, least, looked_at)
    }

    /// The interval with its fringe: what lies beside it and is denser than what lies further off.
    fn with_fringe(&self, (first, end): (usize, usize)) -> (usize, usize) {
        let strip = ((end - first) / 3).max(1);
        let is_dense = |from: usize, to: usize| {
            let (area, n) = (self.area[to] - self.area[from], self.within(from, to));
            let outside = self.area[OUTWARDS] - self.area[end] + self.area[first];
            let others = self.count[OUTWARDS] - self.within(first, end);
            let share = (area / outside.max(area)).clamp(0.0, 1.0);
            n > 0 && ln_binomial_upper(n, others, share) < FRINGE_P.ln()
        };
        let (mut inner, mut outer) = (first, end);
        while inner > 0 && is_dense(inner.saturating_sub(strip), inner) {
            inner = inner.saturating_sub(strip);
        }
        while outer < OUTWARDS && is_dense(outer, (outer + strip).min(OUTWARDS)) {
            outer = (outer + strip).min(OUTWARDS);
        }
        (inner, outer)
    }
}

/// Scans the distances from the centre: given their number, defects within an interval are binomial with its share of the
/// area; the smallest probability counts for all intervals looked at (Bonferroni).
pub fn test(field: &Field<'_>) -> Evidence {
    let radial = Radial::new(field);
    let (best, ln_p, looked_at) = radial.scan();
    let (first, end) = radial.with_fringe(best);
    let (step, radius) = (field.step_mm(), field.radius_mm());
    let zone = Sector {
        inner_mm: first as f64 * step,
        outer_mm: end as f64 * step,
        from_deg: 0.0,
        sweep_deg: 360.0,
    };
    let pattern = match () {
        () if zone.outer_mm >= RIM * radius => Pattern::Edge,
        () if zone.inner_mm <= MIDDLE * radius => Pattern::Centre,
        () => Pattern::Ring,
    };
    let members = field
        .placed()
        .filter(|&(point, _)| (first..end).contains(&field.outwards(point)));
    Evidence {
        pattern,
        members: members.map(|(_, index)| index).collect(),
        expected: field.count() as f64 * radial.share(first, end),
        ln_p: (ln_p + (looked_at.max(1) as f64).ln()).min(0.0),
        test: format!(
            "Scan over {looked_at} intervals of the distance from the centre: {} of {} defects within {:.1} to {:.1} mm, where a \
             share of {:.4} of the area lies",
            radial.within(best.0, best.1),
            field.count(),
            best.0 as f64 * step,
            best.1 as f64 * step,
            radial.share(best.0, best.1),
        ),
        place: Place::Zone(zone),
    }
}
