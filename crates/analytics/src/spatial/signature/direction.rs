//! Sectors, and arcs of the rim: intervals of the direction from the centre.

use super::field::{AROUND, Field, OUTWARDS, around_of};
use super::{Evidence, Pattern, Place};
use crate::{probability::ln_binomial_upper, spatial::Sector};

/// Widths of sectors in half degrees.
const SECTORS: [usize; 4] = [20, 40, 80, 160];
/// Widths of arcs of the rim in half degrees.
const ARCS: [usize; 4] = [40, 80, 160, 320];
/// Widths of the rim, mm.
const RIMS_MM: [f64; 2] = [4.0, 8.0];
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

    fn ln_p(&self, from: usize, width: usize) -> f64 {
        ln_binomial_upper(
            self.within(from, width),
            self.all.1,
            self.share(from, width),
        )
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

/// Scans directions, all the way out and on the rim: given their number, defects within an interval are binomial with its
/// share of the area; the smallest probability counts for all intervals looked at (Bonferroni).
pub fn test(field: &Field<'_>) -> Evidence {
    let rims = RIMS_MM.iter().map(|width| {
        let cells = (width / field.step_mm()).round() as usize;
        (
            Around::new(field, OUTWARDS - cells.clamp(1, OUTWARDS)),
            &ARCS,
        )
    });
    let scanned: Vec<(Around, &[usize; 4])> = std::iter::once((Around::new(field, 0), &SECTORS))
        .chain(rims)
        .collect();
    let (mut best, mut least, mut looked_at) = ((0, 0, SECTORS[0]), 0.0, 0);
    for (place, (around, widths)) in scanned.iter().enumerate() {
        for &width in *widths {
            for from in (0..AROUND).step_by(width / 4) {
                looked_at += 1;
                let ln_p = around.ln_p(from, width);
                if ln_p < least {
                    (best, least) = ((place, from, width), ln_p);
                }
            }
        }
    }
    let (around, _) = &scanned[best.0];
    let (from, width) = around.with_sides((best.1, best.2));
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
        pattern: if best.0 == 0 {
            Pattern::Sector
        } else {
            Pattern::Edge
        },
        members: members.map(|(_, index)| index).collect(),
        expected: field.count() as f64 * around.share(from, width),
        ln_p: (least + f64::from(looked_at).ln()).min(0.0),
        test: format!(
            "Scan over {looked_at} intervals of the direction, from the centre and on the rim: {} of {} defects within {:.0} to \
             {:.0} degrees from {:.1} mm on, where a share of {:.4} of the area lies",
            around.within(best.1, best.2),
            field.count(),
            degrees(best.1),
            degrees(best.1 + best.2),
            zone.inner_mm,
            around.share(best.1, best.2),
        ),
        place: Place::Zone(zone),
    }
}
