//! Rings, rim and middle: intervals of the distance from the centre.

use super::field::{Field, OUTWARDS};
use super::scan::{Interval, Ratios, Scan};
use super::{Evidence, Pattern, Place};
use crate::{probability::ln_binomial_upper, spatial::Sector};

/// Widths of the intervals in cells, 2 to 31 mm on a 300 mm wafer.
const WIDTHS: [usize; 9] = [4, 6, 8, 12, 16, 24, 32, 48, 64];
/// A ring that ends so close to the radius of the inspected area, as a part of it, lies at the rim.
const RIM: f64 = 0.985;
/// A ring is one, and not the middle or the rim, if its likelihood ratio exceeds that of every disc around the centre and of
/// everything beyond a distance by this: half of what chi squared of one degree, for its second radius, has once in 20 times.
const BEYOND_ONE_RADIUS: f64 = 1.92;
/// The middle reaches out to this part of the radius at most, the rim this far in, mm: what is wider is a ring.
const MIDDLE_MOST: f64 = 0.3;
const RIM_MOST_MM: f64 = 10.0;
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

    /// The middle or the rim that explains the defects as well as an interval does; `None` where the interval is better. It has one more number to fit, its second radius, which has to pay (S. S. Wilks,
    /// Annals of Mathematical Statistics 9, 1938).
    fn with_one_radius(
        &self,
        (first, end): (usize, usize),
        step_mm: f64,
    ) -> Option<(usize, usize)> {
        let ratios = Ratios::new(self.count[OUTWARDS] as usize);
        let ratio = |(first, end): (usize, usize)| {
            let (share, within) = (self.share(first, end), self.within(first, end));
            let is_dense = share > 0.0 && within as f64 > share * self.count[OUTWARDS] as f64;
            match is_dense && share < 1.0 {
                true => ratios.of(within as usize, share.ln(), (-share).ln_1p()),
                false => 0.0,
            }
        };
        let middle_most = (MIDDLE_MOST * OUTWARDS as f64) as usize;
        let rim_most = ((RIM_MOST_MM / step_mm) as usize).clamp(1, OUTWARDS);
        let discs = (1..=end.min(middle_most)).map(|end| (0, end));
        let rims = (first.max(OUTWARDS - rim_most)..OUTWARDS).map(|first| (first, OUTWARDS));
        let best = discs
            .chain(rims)
            .max_by(|&a, &b| ratio(a).total_cmp(&ratio(b)))?;
        (ratio((first, end)) - ratio(best) <= BEYOND_ONE_RADIUS).then_some(best)
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

/// Scans the distances from the centre (see `scan`); what a disc around the centre explains as well is the middle,
/// what all beyond a distance does is the rim.
pub fn test(field: &Field<'_>) -> Evidence {
    let starts = |width: usize| {
        let starts = (0..OUTWARDS - width).step_by((width / 4).max(1));
        starts.chain([OUTWARDS - width])
    };
    let intervals = WIDTHS.into_iter().flat_map(|width| {
        starts(width).map(move |from| Interval {
            track: 0,
            from,
            width,
        })
    });
    let scan = Scan::new(&[field.area_outwards()], intervals);
    let Some(found) = scan.test(field.placed().map(|(point, _)| (0, field.outwards(point)))) else {
        return Evidence::none(Pattern::Ring, "No distance from the centre is denser");
    };
    let radial = Radial::new(field);
    let best = (
        found.interval.from,
        found.interval.from + found.interval.width,
    );
    let (step, radius) = (field.step_mm(), field.radius_mm());
    let (first, end) = radial.with_fringe(radial.with_one_radius(best, step).unwrap_or(best));
    let zone = Sector {
        inner_mm: first as f64 * step,
        outer_mm: end as f64 * step,
        from_deg: 0.0,
        sweep_deg: 360.0,
    };
    let pattern = match () {
        () if zone.outer_mm >= RIM * radius => Pattern::Edge,
        () if first == 0 => Pattern::Centre,
        () => Pattern::Ring,
    };
    let members = field
        .placed()
        .filter(|&(point, _)| (first..end).contains(&field.outwards(point)));
    Evidence {
        pattern,
        members: members.map(|(_, index)| index).collect(),
        expected: field.count() as f64 * radial.share(first, end),
        ln_p: found.ln_p,
        weight: 1.0,
        test: format!(
            "Scan over {} intervals of the distance from the centre: {} of {} defects within {:.1} to {:.1} mm, where a \
             share of {:.4} of the area lies (probability by {})",
            found.looked_at,
            found.count,
            field.count(),
            best.0 as f64 * step,
            best.1 as f64 * step,
            found.share,
            found.by,
        ),
        place: Place::Zone(zone),
    }
}
