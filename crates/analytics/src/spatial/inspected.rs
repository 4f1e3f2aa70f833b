//! The part of a wafer that was inspected: what chance can hit.

use std::collections::HashSet;
use std::f64::consts::{PI, TAU};

use crate::{
    Error,
    error::{expect_parameter, expect_positive},
};

/// Directions in which the area is measured. Along each of them it is exact; between them the step is 0.25 degrees,
/// 0.6 mm at the rim of a 300 mm wafer, and errors of neighbours cancel.
const RAYS: usize = 1440;

/// Where the dies of a wafer lie.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Lattice {
    /// Lower-left corner of die (0, 0), mm from the wafer centre.
    pub origin_mm: (f64, f64),
    /// Step from die to die, mm, above 0.
    pub pitch_mm: (f64, f64),
}

impl Lattice {
    /// Column and row of the die below a point.
    #[must_use]
    pub fn die_at(&self, (x, y): (f64, f64)) -> (i32, i32) {
        let index = |at: f64, origin: f64, pitch: f64| ((at - origin) / pitch).floor() as i32;
        (
            index(x, self.origin_mm.0, self.pitch_mm.0),
            index(y, self.origin_mm.1, self.pitch_mm.1),
        )
    }
}

/// A part of a wafer between two radii and two directions.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sector {
    /// Inner radius, mm.
    pub inner_mm: f64,
    /// Outer radius, mm.
    pub outer_mm: f64,
    /// Where it begins, degrees counter-clockwise from +x, 0 to below 360.
    pub from_deg: f64,
    /// How far it goes round, degrees, 0 to 360.
    pub sweep_deg: f64,
}

impl Sector {
    /// Whether a point lies in it: its inner and first edges count, its outer and last ones do not.
    #[must_use]
    pub fn holds(&self, (x, y): (f64, f64)) -> bool {
        let radius = x.hypot(y);
        let turned = (direction_deg(x, y) - self.from_deg).rem_euclid(360.0);
        (self.inner_mm..self.outer_mm).contains(&radius)
            && (self.sweep_deg >= 360.0 || turned < self.sweep_deg)
    }
}

/// Direction of a point from the wafer centre, degrees counter-clockwise from +x, 0 to below 360.
#[must_use]
pub fn direction_deg(x: f64, y: f64) -> f64 {
    let direction = y.atan2(x).to_degrees().rem_euclid(360.0);
    // A direction just below 0 is rounded up to 360 by the remainder.
    if direction < 360.0 { direction } else { 0.0 }
}

/// The inspected part of a wafer: a disc around the centre, or some dies as far as they lie in it.
#[derive(Clone, Debug, PartialEq)]
pub struct Inspected {
    radius_mm: f64,
    lattice: Option<Lattice>,
    /// For each ray the stretches that were inspected, mm from the centre, ascending.
    rays: Vec<Vec<(f64, f64)>>,
    area_mm2: f64,
}

impl Inspected {
    /// How far outside a point may lie and still count as inspected, mm: what tools differ in the place of the centre.
    pub const SLACK_MM: f64 = 0.2;

    /// All of the disc; `lattice` tells where its dies are, where that is known.
    /// # Errors
    /// [`Error::Parameter`] for a radius or a pitch that is not above 0.
    pub fn disc(radius_mm: f64, lattice: Option<Lattice>) -> Result<Self, Error> {
        expect_positive("radius_mm", radius_mm)?;
        lattice.as_ref().map_or(Ok(()), expect_lattice)?;
        Ok(Self::of_rays(
            radius_mm,
            lattice,
            vec![vec![(0.0, radius_mm)]; RAYS],
        ))
    }

    /// The dies, by column and row of the lattice, as far as they lie within the radius.
    /// # Errors
    /// [`Error::Parameter`] for a radius or a pitch that is not above 0, and for dies that all lie outside.
    pub fn dies(radius_mm: f64, lattice: Lattice, dies: &[(i32, i32)]) -> Result<Self, Error> {
        expect_positive("radius_mm", radius_mm)?;
        expect_lattice(&lattice)?;
        let dies: HashSet<(i32, i32)> = dies.iter().copied().collect();
        let along = |ray| stretches(&lattice, &dies, radius_mm, direction(ray));
        let rays = (0..RAYS).map(along).collect();
        let inspected = Self::of_rays(radius_mm, Some(lattice), rays);
        let count = dies.len() as f64;
        let expected = "at least one die within the radius";
        expect_parameter(inspected.area_mm2 > 0.0, "dies", count, expected)?;
        Ok(inspected)
    }

    fn of_rays(radius_mm: f64, lattice: Option<Lattice>, rays: Vec<Vec<(f64, f64)>>) -> Self {
        let mut inspected = Self {
            radius_mm,
            lattice,
            rays,
            area_mm2: 0.0,
        };
        inspected.area_mm2 = inspected.area_of_mm2(&Sector {
            inner_mm: 0.0,
            outer_mm: radius_mm,
            from_deg: 0.0,
            sweep_deg: 360.0,
        });
        inspected
    }

    /// Radius beyond which nothing was inspected, mm.
    #[must_use]
    pub fn radius_mm(&self) -> f64 {
        self.radius_mm
    }

    /// Where the dies are, where that is known.
    #[must_use]
    pub fn lattice(&self) -> Option<&Lattice> {
        self.lattice.as_ref()
    }

    /// Area, mm2.
    #[must_use]
    pub fn area_mm2(&self) -> f64 {
        self.area_mm2
    }

    /// How much of a zone was inspected, mm2: `½ (r₂² − r₁²) dφ` over the stretches `r₁` to `r₂` of the rays, which is
    /// exact for a disc and within some 1e-3 of the zone for dies.
    #[must_use]
    pub fn area_of_mm2(&self, zone: &Sector) -> f64 {
        let of_ray = |stretches: &Vec<(f64, f64)>| {
            let clipped = stretches.iter().map(|&(first, last)| {
                let (first, last) = (first.max(zone.inner_mm), last.min(zone.outer_mm));
                (last * last - first * first).max(0.0)
            });
            // Stretches that end before they begin are outside.
            0.5 * clipped.sum::<f64>()
        };
        let shares = (0..RAYS).map(|ray| (ray, share_of_ray(ray, zone)));
        let covered = shares.filter(|&(_, share)| share > 0.0);
        let step = TAU / RAYS as f64;
        covered
            .map(|(ray, share)| share * step * of_ray(&self.rays[ray]))
            .sum()
    }

    /// Whether a point was inspected, give or take [`Self::SLACK_MM`] outwards and the step between two rays around.
    #[must_use]
    pub fn holds(&self, (x, y): (f64, f64)) -> bool {
        let radius = x.hypot(y);
        let ray = (direction_deg(x, y) * (RAYS as f64 / 360.0)) as usize;
        let within = |&(first, last): &(f64, f64)| {
            (first - Self::SLACK_MM..=last + Self::SLACK_MM).contains(&radius)
        };
        let near = [ray + RAYS - 1, ray, ray + 1].map(|ray| &self.rays[ray % RAYS]);
        near.into_iter()
            .any(|stretches| stretches.iter().any(within))
    }

    /// For each direction, in radians, the stretches that were inspected, mm from the centre.
    pub(crate) fn rays(&self) -> impl ExactSizeIterator<Item = (f64, &[(f64, f64)])> {
        let rays = self.rays.iter().enumerate();
        rays.map(|(ray, stretches)| (direction(ray), stretches.as_slice()))
    }

    /// The radius within which the dies have this area, mm; `None` where they have less within `most_mm`.
    /// # Errors
    /// As [`Inspected::dies`].
    pub fn radius_of_area_mm(
        lattice: Lattice,
        dies: &[(i32, i32)],
        area_mm2: f64,
        most_mm: f64,
    ) -> Result<Option<f64>, Error> {
        let all = Self::dies(most_mm, lattice, dies)?;
        if all.area_mm2 <= area_mm2 || area_mm2 <= 0.0 {
            return Ok(None);
        }
        let within = |radius: f64| {
            all.area_of_mm2(&Sector {
                inner_mm: 0.0,
                outer_mm: radius,
                from_deg: 0.0,
                sweep_deg: 360.0,
            })
        };
        let (mut low, mut high) = (0.0, most_mm);
        for _ in 0..40 {
            let middle = 0.5 * (low + high);
            if within(middle) < area_mm2 {
                low = middle;
            } else {
                high = middle;
            }
        }
        Ok(Some(high))
    }
}

fn expect_lattice(lattice: &Lattice) -> Result<(), Error> {
    expect_positive("pitch_mm.0", lattice.pitch_mm.0)?;
    expect_positive("pitch_mm.1", lattice.pitch_mm.1)
}

/// Direction of a ray in radians: the middle of the part of the circle that it stands for.
fn direction(ray: usize) -> f64 {
    (ray as f64 + 0.5) * TAU / RAYS as f64
}

/// Which share of the part of the circle that a ray stands for lies in a zone.
fn share_of_ray(ray: usize, zone: &Sector) -> f64 {
    if zone.sweep_deg >= 360.0 {
        return 1.0;
    }
    let step = 360.0 / RAYS as f64;
    let begin = (ray as f64 * step - zone.from_deg).rem_euclid(360.0);
    // The part begins inside the zone, or reaches into it from before its first edge.
    let from_inside = (zone.sweep_deg - begin).clamp(0.0, step);
    let from_before = (begin + step - 360.0).clamp(0.0, zone.sweep_deg.min(step));
    (from_inside + from_before) / step
}

/// Stretches of a ray from the centre that lie in dies of a set.
fn stretches(
    lattice: &Lattice,
    dies: &HashSet<(i32, i32)>,
    radius_mm: f64,
    direction: f64,
) -> Vec<(f64, f64)> {
    let (dx, dy) = (direction.cos(), direction.sin());
    let mut crossings = vec![0.0, radius_mm];
    for (step, origin, pitch) in [
        (dx, lattice.origin_mm.0, lattice.pitch_mm.0),
        (dy, lattice.origin_mm.1, lattice.pitch_mm.1),
    ] {
        // Lines of the lattice between the centre and the end of the ray.
        let end = step * radius_mm;
        let first = ((end.min(0.0) - origin) / pitch).ceil();
        let last = ((end.max(0.0) - origin) / pitch).floor();
        let lines = (last - first).clamp(-1.0, MOST_LINES) as i64;
        let places = (0..=lines).map(|line| (origin + (first + line as f64) * pitch) / step);
        crossings.extend(places.filter(|at| at.is_finite() && (0.0..radius_mm).contains(at)));
    }
    crossings.sort_unstable_by(f64::total_cmp);
    let mut found: Vec<(f64, f64)> = Vec::new();
    for pair in crossings.windows(2) {
        let middle = 0.5 * (pair[0] + pair[1]);
        if !dies.contains(&lattice.die_at((middle * dx, middle * dy))) {
            continue;
        }
        match found.last_mut() {
            Some(last) if last.1 == pair[0] => last.1 = pair[1],
            _ => found.push((pair[0], pair[1])),
        }
    }
    found
}

/// Dies that a ray crosses at most; a finer lattice would not be one of dies.
const MOST_LINES: f64 = 100_000.0;

/// Area of a disc, mm2.
#[must_use]
pub fn disc_area_mm2(radius_mm: f64) -> f64 {
    PI * radius_mm * radius_mm
}

#[cfg(test)]
mod tests {
    use super::*;

    const WHOLE: f64 = 360.0;

    fn zone(inner_mm: f64, outer_mm: f64, from_deg: f64, sweep_deg: f64) -> Sector {
        Sector {
            inner_mm,
            outer_mm,
            from_deg,
            sweep_deg,
        }
    }

    fn ten_mm() -> Lattice {
        Lattice {
            origin_mm: (0.0, 0.0),
            pitch_mm: (10.0, 10.0),
        }
    }

    #[test]
    fn zones_of_a_disc_have_the_areas_of_geometry() {
        let disc = Inspected::disc(100.0, None).unwrap();
        assert!((disc.area_mm2() - PI * 1e4).abs() < 1e-6);
        // A quarter of a ring that begins between two rays and goes through 0 degrees.
        let ring = disc.area_of_mm2(&zone(50.0, 80.0, 310.1, 90.0));
        assert!((ring - PI * (6400.0 - 2500.0) / 4.0).abs() < 1e-6);
        let beyond = disc.area_of_mm2(&zone(90.0, 300.0, 0.0, WHOLE));
        assert!((beyond - PI * (1e4 - 8100.0)).abs() < 1e-6);
        assert_eq!(disc.area_of_mm2(&zone(120.0, 130.0, 0.0, WHOLE)), 0.0);
    }

    #[test]
    fn dies_count_as_far_as_they_lie_within_the_radius() {
        let four = [(0, 0), (-1, 0), (0, -1), (-1, -1)];
        let whole = Inspected::dies(50.0, ten_mm(), &four).unwrap();
        assert!((whole.area_mm2() - 400.0).abs() < 0.4);
        let cut = Inspected::dies(5.0, ten_mm(), &four).unwrap();
        assert!((cut.area_mm2() - PI * 25.0).abs() < 1e-6);
        // One die away from the centre, of 100 mm2, of which a half lies within 0 to 45 degrees.
        let one = Inspected::dies(50.0, ten_mm(), &[(2, 2)]).unwrap();
        assert!((one.area_mm2() - 100.0).abs() < 0.5);
        let half = one.area_of_mm2(&zone(0.0, 50.0, 0.0, 45.0));
        assert!((half - 50.0).abs() < 0.5);
    }

    #[test]
    fn a_point_on_a_die_that_was_not_inspected_is_outside() {
        let two = Inspected::dies(50.0, ten_mm(), &[(0, 0), (2, 2)]).unwrap();
        let at = |point, expected| assert_eq!(two.holds(point), expected, "{point:?}");
        at((0.0, 0.0), true);
        at((9.9, 5.0), true);
        at((25.0, 25.0), true);
        at((15.0, 15.0), false);
        at((-5.0, 5.0), false);
        at((60.0, 60.0), false);
        let disc = Inspected::disc(100.0, None).unwrap();
        assert!(disc.holds((-100.1, -0.0)) && !disc.holds((0.0, 101.0)));
    }

    #[test]
    fn the_radius_of_an_area_cuts_the_dies_to_it() {
        let dies: Vec<(i32, i32)> = (-6..6).flat_map(|x| (-6..6).map(move |y| (x, y))).collect();
        let area = PI * 47.0 * 47.0;
        let radius = Inspected::radius_of_area_mm(ten_mm(), &dies, area, 60.0);
        assert!((radius.unwrap().unwrap() - 47.0).abs() < 1e-3);
        let too_much = Inspected::radius_of_area_mm(ten_mm(), &dies, 1e6, 60.0);
        assert_eq!(too_much.unwrap(), None);
    }

    #[test]
    fn a_plan_outside_the_radius_is_refused() {
        let error = Inspected::dies(5.0, ten_mm(), &[(3, 3)]).unwrap_err();
        assert_eq!(
            error.to_string(),
            "dies is 1, expected at least one die within the radius"
        );
    }

    #[test]
    fn a_direction_just_below_0_is_0_not_360() {
        assert_eq!(direction_deg(1.0, -1e-30), 0.0);
        assert_eq!(direction_deg(-1.0, 0.0), 180.0);
        assert!(zone(0.0, 5.0, 350.0, 20.0).holds((1.0, 0.0)));
    }
}
