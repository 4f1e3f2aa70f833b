//! Adders: what each step added to a wafer (defect source analysis).

use std::cmp::Ordering;

use super::neighbours::{Point, Rows, distance_squared};
use super::registration::{Registration, expect_points, register};
use super::rigid::Rigid;
use crate::Error;
use crate::error::{expect_parameter, is_usable};

/// Within this distance two sightings are the same defect where nothing better is known of the tools, mm: their errors of
/// position are some 10 um each, and their frames some 10 um apart.
pub const DEFAULT_TOLERANCE_MM: f64 = 0.15;
/// Tolerances reach from here, mm.
const LEAST_TOLERANCE_MM: f64 = 0.02;
/// Share of new defects that may lie within the tolerance of an earlier one by chance, as far as the scatter allows.
const BY_CHANCE: f64 = 0.005;

/// What became of a defect.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sighting {
    /// No earlier inspection saw it.
    Added,
    /// An earlier inspection saw it.
    Common {
        /// Which inspection saw it first, in the order in which they joined the route, from 0.
        first: usize,
        /// Whether another defect seen earlier lies within the tolerance too.
        is_ambiguous: bool,
    },
}

/// An inspection beside those before it on the route of its wafer.
#[derive(Clone, Debug, PartialEq)]
pub struct Judged {
    /// How it lies on the frame of the route; `None` where that cannot be told, and the frames are taken as one.
    pub registration: Option<Registration>,
    /// Two sightings within this distance, after registration, are the same defect, mm.
    pub tolerance_mm: f64,
    /// What became of each defect, in the order given.
    pub sightings: Vec<Sighting>,
    /// Defects that the inspection before saw and this one does not, at their places in the frame of this one, mm.
    pub missing_mm: Vec<(f64, f64)>,
    matched: Vec<Option<u32>>,
}

impl Judged {
    /// How many defects were added.
    #[must_use]
    pub fn added(&self) -> usize {
        let added = self.sightings.iter();
        added.filter(|one| **one == Sighting::Added).count()
    }

    /// How many defects could be one of several seen earlier; they count as seen earlier.
    #[must_use]
    pub fn ambiguous(&self) -> usize {
        let is_ambiguous =
            |one: &&Sighting| matches!(one, Sighting::Common { is_ambiguous, .. } if *is_ambiguous);
        self.sightings.iter().filter(is_ambiguous).count()
    }
}

/// The defects of a wafer as its inspections saw them, step after step.
///
/// Each inspection is compared with all before it, so that a defect that was covered and is seen again is no adder. It is
/// registered on what they saw ([`register`]), and its defects are matched one to one, the nearest pairs first. All
/// frames are those of the wafer: mm from its centre.
///
/// # Example
/// ```
/// use analytics::spatial::{Route, Sighting};
///
/// let mut route = Route::new(None, None)?;
/// let bare = [(10.0, 20.0), (-31.0, 4.0)];
/// let first = route.judge(&bare)?;
/// assert_eq!(first.added(), 2);
/// route.join(&bare, &first);
/// let polished = route.judge(&[(10.01, 20.0), (55.0, -60.0)])?;
/// assert_eq!(polished.sightings[0], Sighting::Common { first: 0, is_ambiguous: false });
/// assert_eq!(polished.sightings[1], Sighting::Added);
/// assert_eq!(polished.missing_mm, [(-31.0, 4.0)]);
/// # Ok::<(), analytics::Error>(())
/// ```
#[derive(Clone, Debug)]
pub struct Route {
    tolerance_mm: Option<f64>,
    pitch_mm: Option<(f64, f64)>,
    /// Mean place of each defect seen so far, in the frame of the first inspection.
    places: Vec<Point>,
    seen: Vec<Seen>,
    inspections: usize,
}

#[derive(Clone, Copy, Debug)]
struct Seen {
    first: usize,
    last: usize,
    times: u32,
}

impl Route {
    /// A route without an inspection.
    ///
    /// Without a tolerance each inspection has its own: four times the scatter of its registration, more with few pairs,
    /// or [`DEFAULT_TOLERANCE_MM`]; less where so many defects lie on the wafer that chance would bring them together.
    /// The die grid's step `pitch_mm` keeps repeaters from misleading the registration.
    ///
    /// # Errors
    /// [`Error::Parameter`] for a tolerance or a pitch that is not above 0 and finite.
    pub fn new(tolerance_mm: Option<f64>, pitch_mm: Option<(f64, f64)>) -> Result<Self, Error> {
        let expected = "a finite number above 0";
        let given = [
            ("tolerance_mm", tolerance_mm),
            ("pitch_mm", pitch_mm.map(|pitch| pitch.0)),
            ("pitch_mm", pitch_mm.map(|pitch| pitch.1)),
        ];
        for (name, value) in given {
            if let Some(value) = value {
                expect_parameter(is_usable(value) && value > 0.0, name, value, expected)?;
            }
        }
        Ok(Self {
            tolerance_mm,
            pitch_mm,
            places: Vec::new(),
            seen: Vec::new(),
            inspections: 0,
        })
    }

    /// How many inspections have joined.
    #[must_use]
    pub fn inspections(&self) -> usize {
        self.inspections
    }

    /// Compares an inspection with those that have joined. `points` are its defects, mm from the wafer centre.
    ///
    /// # Errors
    /// [`Error::NotFinite`] with the index of the point.
    pub fn judge(&self, points: &[(f64, f64)]) -> Result<Judged, Error> {
        expect_points("points", points)?;
        let registration = register(&self.places, points, self.pitch_mm)?;
        let motion = registration.map_or_else(Rigid::default, |found| found.motion);
        let places: Vec<Point> = self.places.iter().map(|&at| motion.apply(at)).collect();
        let tolerance_mm = self
            .tolerance_mm
            .unwrap_or_else(|| default_tolerance(registration.as_ref(), &places));
        let (matched, candidates) = one_to_one(&places, points, tolerance_mm);
        let sightings = matched.iter().zip(candidates);
        let sightings = sightings.map(|(matched, candidates)| match matched {
            None => Sighting::Added,
            Some(track) => Sighting::Common {
                first: self.seen[*track as usize].first,
                is_ambiguous: candidates > 1,
            },
        });
        let mut is_here = vec![false; places.len()];
        matched
            .iter()
            .flatten()
            .for_each(|&track| is_here[track as usize] = true);
        let missing = places.iter().zip(&self.seen).zip(&is_here);
        let missing =
            missing.filter(|((_, seen), is_here)| !**is_here && seen.last + 1 == self.inspections);
        Ok(Judged {
            registration,
            tolerance_mm,
            sightings: sightings.collect(),
            missing_mm: missing.map(|((&place, _), _)| place).collect(),
            matched,
        })
    }

    /// Lets an inspection join, with what [`Route::judge`] found of it on this route.
    pub fn join(&mut self, points: &[(f64, f64)], judged: &Judged) {
        let motion = judged
            .registration
            .map_or_else(Rigid::default, |found| found.motion);
        for (&point, track) in points.iter().zip(&judged.matched) {
            let at = motion.undo(point);
            let Some(track) = track.map(|track| track as usize) else {
                self.places.push(at);
                self.seen.push(Seen {
                    first: self.inspections,
                    last: self.inspections,
                    times: 1,
                });
                continue;
            };
            let (place, seen) = (&mut self.places[track], &mut self.seen[track]);
            seen.times += 1;
            seen.last = self.inspections;
            let share = 1.0 / f64::from(seen.times);
            place.0 += share * (at.0 - place.0);
            place.1 += share * (at.1 - place.1);
        }
        self.inspections += 1;
    }
}

/// See [`Route::new`].
fn default_tolerance(registration: Option<&Registration>, places: &[Point]) -> f64 {
    let radius = places.iter().map(|&at| distance_squared(at, (0.0, 0.0)));
    let radius = radius.fold(0.0, f64::max).sqrt();
    let sparse = radius * (BY_CHANCE / places.len().max(1) as f64).sqrt();
    let Some(registration) = registration else {
        return DEFAULT_TOLERANCE_MM.min(sparse).max(LEAST_TOLERANCE_MM);
    };
    let sigma = registration.residual_mm / std::f64::consts::SQRT_2;
    // Four standard deviations leave out one pair in 3,000; a scatter from few pairs may be too small by half.
    let few = 1.0 + 1.5 / (registration.pairs as f64).sqrt();
    let wide = (4.0 * few * sigma).max(LEAST_TOLERANCE_MM);
    wide.min(sparse.max(3.0 * sigma).max(LEAST_TOLERANCE_MM))
}

/// So many of the nearest are kept for each defect; those that find all of them taken look again.
const KEPT: usize = 8;
/// So often at most: more is of use only where hundreds of defects share a spot.
const ROUNDS: usize = 8;

/// Pairs of places and points within a distance, each in one pair at most, the nearest first; with the number of places
/// within the distance of each point.
fn one_to_one(places: &[Point], points: &[Point], within: f64) -> (Vec<Option<u32>>, Vec<usize>) {
    let rows = Rows::new(places, within);
    let mut matched = vec![None; points.len()];
    let mut candidates = vec![0; points.len()];
    let mut is_taken = vec![false; places.len()];
    let count = u32::try_from(points.len()).unwrap_or(u32::MAX);
    let mut open: Vec<u32> = (0..count).collect();
    for round in 0..ROUNDS {
        let mut pairs: Vec<(f64, u32, u32)> = Vec::new();
        open.retain(|&point| {
            let near = rows.near(points[point as usize]);
            let mut free: Vec<(f64, u32)> = Vec::new();
            let mut found = 0;
            for (place, squared) in near {
                found += 1;
                if !is_taken[place as usize] {
                    free.push((squared, place));
                }
            }
            if round == 0 {
                candidates[point as usize] = found;
            }
            if free.len() > KEPT {
                free.select_nth_unstable_by(KEPT, |a, b| a.0.total_cmp(&b.0));
                free.truncate(KEPT);
            }
            pairs.extend(free.iter().map(|&(squared, place)| (squared, place, point)));
            !free.is_empty()
        });
        // Ties go by where the defects lie, not by their order.
        pairs.sort_by(|a, b| {
            let order = |&(squared, place, point): &(f64, u32, u32)| {
                let (at, of) = (places[place as usize], points[point as usize]);
                (squared, at.0, at.1, of.0, of.1)
            };
            order(a).partial_cmp(&order(b)).unwrap_or(Ordering::Equal)
        });
        for (_, place, point) in pairs {
            let (place_taken, own) = (&mut is_taken[place as usize], &mut matched[point as usize]);
            if !*place_taken && own.is_none() {
                *place_taken = true;
                *own = Some(place);
            }
        }
        open.retain(|&point| matched[point as usize].is_none());
    }
    (matched, candidates)
}
