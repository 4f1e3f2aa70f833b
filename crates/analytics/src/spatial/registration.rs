//! How the frame of one inspection lies on that of another.

use std::cmp::Ordering;
use std::collections::HashMap;

use super::displacements::Displacements;
use super::neighbours::{Point, Rows, distance_squared};
use super::rigid::Rigid;
use crate::Error;
use crate::error::is_usable;

/// How one inspection lies on another.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Registration {
    /// Takes a position of the earlier inspection to that of the same defect in the later one.
    pub motion: Rigid,
    /// Pairs of defects it was estimated from.
    pub pairs: usize,
    /// What is left between the pairs afterwards: root mean square of the distances, mm, less what chance pairs add.
    pub residual_mm: f64,
}

impl Registration {
    /// Fewer pairs than this tell nothing.
    pub const LEAST_PAIRS: usize = 5;
    /// Two sightings of a defect lie at most this far apart before registration, mm.
    pub const REACH_MM: f64 = 0.3;
}

/// Votes that a registration needs: somewhat fewer than pairs, as crowded ones have less than one.
pub(super) const LEAST_VOTES: f64 = Registration::LEAST_PAIRS as f64 - 1.0;
/// Defects with more neighbours than this could be any of them: they have no vote.
const MOST_NEIGHBOURS: usize = 12;
/// Rotations that are tried, on either side of none, and the step between them: the rim of a 300 mm wafer moves by 30 um.
const ROTATIONS: i32 = 10;
const ROTATION_STEP: f64 = 2e-4;
/// Share of the votes that each step of rotation has to win over a smaller one.
const ROTATION_COST: f64 = 0.02;
/// The pairs at last must exceed chance by so many standard deviations.
const SIGNIFICANT: f64 = 3.0;
/// Places in the die where more defects lie than chance puts there count as so many defects together.
const REPEATER_VOTES: f64 = 2.0;
/// Edge of the cells of a die in which repeaters are looked for, three times three together, mm.
const REPEATER_CELL_MM: f64 = 0.05;
const ROUNDS: usize = 20;

/// Estimates how a later inspection of a wafer lies on an earlier one, from the few defects that both saw.
///
/// Every pair of an earlier and a later defect within reach votes for its displacement, under each of some small
/// rotations; where the votes heap up, a least-squares fit to mutual nearest neighbours, trimmed by their scatter, is
/// repeated until it stands. Crowded defects have less than one vote together, those in a dense heap none, and with `pitch_mm`, the
/// step of the die grid, all defects at one place of the die share two: neither a cluster nor a repeater outvotes the
/// rest. A rotation that does not exceed three of its standard errors is taken as none.
///
/// `None` where fewer than [`Registration::LEAST_PAIRS`] pairs agree, or no more than chance brings together.
///
/// # Errors
/// [`Error::NotFinite`] with the index of the point.
pub fn register(
    earlier: &[(f64, f64)],
    later: &[(f64, f64)],
    pitch_mm: Option<(f64, f64)>,
) -> Result<Option<Registration>, Error> {
    expect_points("earlier", earlier)?;
    expect_points("later", later)?;
    // Where defects lie too densely for a wide search, a closer one may still tell.
    let reaches = [1.0, 0.5, 0.25].map(|share| share * Registration::REACH_MM);
    let mut found = reaches.into_iter().filter_map(|reach| {
        let votes = Votes::new(earlier, later, pitch_mm, reach);
        votes.refine(votes.peak()?)
    });
    Ok(found.next())
}

pub(super) fn expect_points(what: &'static str, points: &[Point]) -> Result<(), Error> {
    let wrong = points
        .iter()
        .position(|&(x, y)| !is_usable(x) || !is_usable(y));
    wrong.map_or(Ok(()), |index| {
        let (x, y) = points[index];
        let value = if is_usable(x) { y } else { x };
        Err(Error::NotFinite { what, index, value })
    })
}

/// An earlier and a later defect that could be the same.
#[derive(Clone, Copy)]
struct Vote {
    from: u32,
    to: u32,
    weight: f64,
}

struct Votes<'a> {
    earlier: &'a [Point],
    later: &'a [Point],
    reach: f64,
    pairs: Vec<Vote>,
}

impl<'a> Votes<'a> {
    fn new(
        earlier: &'a [Point],
        later: &'a [Point],
        pitch_mm: Option<(f64, f64)>,
        reach: f64,
    ) -> Self {
        let rows = Rows::new(earlier, reach);
        let mut pairs = Vec::new();
        let mut chosen = vec![0_usize; earlier.len()];
        for (to, &place) in (0_u32..).zip(later) {
            let near: Vec<u32> = rows
                .near(place)
                .map(|(from, _)| from)
                .take(MOST_NEIGHBOURS + 1)
                .collect();
            if near.len() <= MOST_NEIGHBOURS {
                let weight = 1.0 / (near.len() * near.len()) as f64;
                near.iter().for_each(|&from| chosen[from as usize] += 1);
                pairs.extend(near.iter().map(|&from| Vote { from, to, weight }));
            }
        }
        pairs.retain(|vote| chosen[vote.from as usize] <= MOST_NEIGHBOURS);
        let shares =
            pitch_mm.map(|pitch| (place_shares(earlier, pitch), place_shares(later, pitch)));
        for vote in &mut pairs {
            let crowd = chosen[vote.from as usize] as f64;
            vote.weight = vote.weight.min(1.0 / (crowd * crowd));
            if let Some((earlier, later)) = &shares {
                let repeated = earlier[vote.from as usize].min(later[vote.to as usize]);
                vote.weight *= repeated;
            }
        }
        // What follows does not depend on the order of defects.
        let order = |vote: &Vote| {
            let (a, b) = (earlier[vote.from as usize], later[vote.to as usize]);
            [b.0, b.1, a.0, a.1]
        };
        pairs.sort_by(|a, b| order(a).partial_cmp(&order(b)).unwrap_or(Ordering::Equal));
        Self {
            earlier,
            later,
            reach,
            pairs,
        }
    }

    fn ends(&self, vote: &Vote) -> (Point, Point) {
        let (from, to) = (vote.from as usize, vote.to as usize);
        (self.earlier[from], self.later[to])
    }

    /// Rotation and shift where most votes heap up.
    fn peak(&self) -> Option<Rigid> {
        let most: f64 = self.pairs.iter().map(|vote| vote.weight).sum();
        if most < LEAST_VOTES {
            return None;
        }
        let mut cells = Displacements::new(self.reach);
        let mut best = (0.0, Rigid::default());
        let rotations = (0..=ROTATIONS).flat_map(|step| [step, -step]);
        for step in rotations.skip(1) {
            let rotation_rad = f64::from(step) * ROTATION_STEP;
            let cost = 1.0 - ROTATION_COST * f64::from(step.abs());
            self.count(rotation_rad, &mut cells);
            if let Some((votes, shift_mm)) = cells.peak()
                && votes * cost > best.0
            {
                let motion = Rigid {
                    shift_mm,
                    rotation_rad,
                };
                best = (votes * cost, motion);
            }
            cells.clear();
        }
        (best.0 > 0.0).then_some(best.1)
    }

    /// Counts the displacements that are left under a rotation.
    fn count(&self, rotation_rad: f64, cells: &mut Displacements) {
        let (sin, cos) = rotation_rad.sin_cos();
        for vote in &self.pairs {
            let (a, b) = self.ends(vote);
            let (dx, dy) = (b.0 - (cos * a.0 - sin * a.1), b.1 - (sin * a.0 + cos * a.1));
            if dx * dx + dy * dy <= self.reach * self.reach {
                cells.add(dx, dy, vote.weight);
            }
        }
    }

    /// Fits the motion to the pairs near it, again and again.
    fn refine(&self, start: Rigid) -> Option<Registration> {
        let mut motion = start;
        let mut scatter = self.scatter(&motion)?;
        for _ in 0..ROUNDS {
            let before = motion;
            let pairs = self.mutual(&motion, 3.0 * scatter.max(1e-3));
            if pairs.len() < 3 {
                return None;
            }
            motion = fit_significant(&pairs, scatter);
            scatter = self.scatter(&motion)?;
            let moved = distance_squared(motion.shift_mm, before.shift_mm).sqrt();
            let turned = motion.rotation_rad - before.rotation_rad;
            if moved < 1e-7 && turned.abs() < 1e-9 {
                break;
            }
        }
        let pairs = self.mutual(&motion, 4.0 * scatter.max(1e-3));
        let weight: f64 = pairs.iter().map(|pair| pair.2).sum();
        let is_enough = pairs.len() >= Registration::LEAST_PAIRS && weight >= LEAST_VOTES;
        is_enough.then(|| Registration {
            motion,
            pairs: pairs.len(),
            // Two coordinates a pair, less the three that the motion takes.
            residual_mm: std::f64::consts::SQRT_2
                * scatter
                * (pairs.len() as f64 / (pairs.len() as f64 - 1.5)).sqrt(),
        })
    }

    /// Standard deviation of a coordinate around the motion. The pairs further out are chance, and as many of those
    /// lie further in on the same area.
    fn scatter(&self, motion: &Rigid) -> Option<f64> {
        let outer = (self.reach / 2.0).powi(2);
        let inner = outer / 2.0;
        let (mut near, mut far, mut squares) = (Vec::new(), 0.0, 0.0);
        for vote in &self.pairs {
            let (a, b) = self.ends(vote);
            let squared = distance_squared(motion.apply(a), b);
            if squared > outer {
                continue;
            }
            if squared <= inner {
                near.push((squared, vote.weight));
            } else {
                far += vote.weight;
                squares += 2.0 * vote.weight * vote.weight;
            }
        }
        let common = near.iter().map(|(_, weight)| weight).sum::<f64>() - far;
        if common < LEAST_VOTES / 2.0 || common < SIGNIFICANT * squares.sqrt() {
            return None;
        }
        near.sort_by(|a, b| a.0.total_cmp(&b.0));
        // The squares of distances have an exponential distribution: first their median, which hardly feels chance, then
        // the mean of those that are not far beyond it.
        let by_chance = |squared: f64| far * squared / inner;
        let mut below = 0.0;
        let half = near.iter().find(|&&(squared, weight)| {
            below += weight;
            below - by_chance(squared) >= common / 2.0
        });
        let most = half.map_or(inner, |half| 36.0 * half.0 / (2.0 * std::f64::consts::LN_2));
        let most = most.max(1e-6).min(inner);
        let within = near.iter().take_while(|pair| pair.0 <= most);
        let (sum, count) = within.fold((0.0, 0.0), |(sum, count), (squared, weight)| {
            (sum + weight * squared, count + weight)
        });
        let sum = sum - by_chance(most) * most / 2.0;
        let count = (count - by_chance(most)).max(1.0);
        Some((sum.max(0.0) / count / 2.0).sqrt())
    }

    /// Pairs within a distance that are each other's nearest.
    fn mutual(&self, motion: &Rigid, within: f64) -> Vec<(Point, Point, f64)> {
        let mut near: Vec<(f64, &Vote)> = Vec::new();
        for vote in &self.pairs {
            let (a, b) = self.ends(vote);
            let d = distance_squared(motion.apply(a), b);
            if d <= within * within {
                near.push((d, vote));
            }
        }
        let mut of_from = vec![f64::INFINITY; self.earlier.len()];
        let mut of_to = vec![f64::INFINITY; self.later.len()];
        for &(d, vote) in &near {
            let (from, to) = (vote.from as usize, vote.to as usize);
            of_from[from] = d.min(of_from[from]);
            of_to[to] = d.min(of_to[to]);
        }
        let is_mutual = |&(d, vote): &(f64, &Vote)| {
            d <= of_from[vote.from as usize] && d <= of_to[vote.to as usize]
        };
        let mutual = near.into_iter().filter(is_mutual);
        mutual
            .map(|(_, vote)| {
                let (a, b) = self.ends(vote);
                (a, b, vote.weight)
            })
            .collect()
    }
}

/// The rigid fit, or a mere shift where the rotation could be chance.
fn fit_significant(pairs: &[(Point, Point, f64)], sigma: f64) -> Rigid {
    let (motion, error) = Rigid::fit(pairs);
    if motion.rotation_rad.abs() > 3.0 * error * sigma.max(1e-6) {
        return motion;
    }
    let total: f64 = pairs.iter().map(|pair| pair.2).sum();
    let shift = |of: fn(&(Point, Point, f64)) -> f64| -> f64 {
        pairs.iter().map(|pair| pair.2 * of(pair)).sum::<f64>() / total
    };
    Rigid {
        shift_mm: (shift(|(a, b, _)| b.0 - a.0), shift(|(a, b, _)| b.1 - a.1)),
        rotation_rad: 0.0,
    }
}

/// Which share of a vote each defect has by its place in the die: less than 1 where defects repeat.
fn place_shares(points: &[Point], pitch: (f64, f64)) -> Vec<f64> {
    let cells = |pitch: f64| (pitch / REPEATER_CELL_MM).floor().max(1.0);
    let (columns, rows) = (cells(pitch.0), cells(pitch.1));
    let place = |&(x, y): &Point| {
        let index = |at: f64, pitch: f64, cells: f64| {
            (((at / pitch).rem_euclid(1.0) * cells).floor() as i64).min(cells as i64 - 1)
        };
        (index(x, pitch.0, columns), index(y, pitch.1, rows))
    };
    let mut counts: HashMap<(i64, i64), u32> = HashMap::new();
    for point in points {
        *counts.entry(place(point)).or_default() += 1;
    }
    let by_chance = 9.0 * points.len() as f64 / (columns * rows);
    let share = |point: &Point| {
        let (column, row) = place(point);
        let mut near = 0;
        for (dx, dy) in (-1..=1).flat_map(|dx| (-1..=1).map(move |dy| (dx, dy))) {
            let cell = (
                (column + dx).rem_euclid(columns as i64),
                (row + dy).rem_euclid(rows as i64),
            );
            near += counts.get(&cell).copied().unwrap_or(0);
        }
        (REPEATER_VOTES * by_chance.max(1.0) / f64::from(near.max(1))).min(1.0)
    };
    points.iter().map(share).collect()
}
