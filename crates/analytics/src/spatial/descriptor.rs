//! What the pattern of an inspection looks like, as numbers whose distance says how alike two patterns are.
//!
//! Three parts, each a list of square roots of shares, so a vector of length 1. The square root makes the scatter of shares the
//! same whether they are small or large (it stabilises the variance of counts), and the product of two such vectors is their
//! Bhattacharyya coefficient: 1 for the same shares, 0 for nothing in common. How many defects there are does not matter, but a
//! share of the even spread is mixed in, which counts as [`EVEN`] defects, so that three defects are no strong pattern.
//!
//! - **Polar density** ([`POLAR_WEIGHT`]): eight rings of equal area, each as Fourier coefficients around the centre, up to
//!   [`HARMONICS`] waves. Turning a wafer turns their phases and leaves their sizes, so two patterns can be compared at the
//!   angle at which they fit best.
//! - **Radial profile** ([`PROFILE_WEIGHT`]): twelve zones, narrow at the edge.
//! - **Texture** ([`TEXTURE_WEIGHT`]): the shares of the defects that lie in a thin line, in another dense heap, in a ring, or
//!   loose. It makes a scratch like a scratch, wherever it lies, and a ring like a ring of another size. A defect lies densely
//!   where its nearest neighbour is nearer than 0.3 of what is expected at random, and in a line where the nearest five
//!   spread across it by less than a tenth of what they do along it.
//!
//! The sizes alone, without phases, are [`Descriptor::invariant`]: their distance is never more than the distance of two
//! patterns at any angle, so that an index over them finds all candidates.
//!
//! Not here: defect types and sizes; patterns of fewer than [`DEFECTS_LEAST`] defects.

use std::f64::consts::{PI, TAU};
use std::sync::LazyLock;

use super::texture::texture;

/// Fewer defects are no pattern.
pub const DEFECTS_LEAST: usize = 3;
/// Rings of the polar density.
const RINGS: usize = 8;
/// Waves around the centre.
const HARMONICS: usize = 6;
/// Directions at which the density is taken.
const SECTORS: usize = 36;
/// Zones of the radial profile: their outer radii, as parts of the inspected radius.
const ZONES: [f64; 12] = [
    0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.78, 0.85, 0.91, 0.955, 1.0,
];
/// Share of a zone's defects that counts in the next zone on either side.
const SPILL: f64 = 0.12;
/// So many defects are thought to lie evenly on the wafer, beside those that there are.
const EVEN: f64 = 3.0;
/// Defects are blurred around the centre by this part of the radius, at least [`BLUR_LEAST`].
const BLUR: f64 = 0.12;
/// Least blur around the centre, radians.
const BLUR_LEAST: f64 = 0.2;
/// Weights of the parts; their sum is 1.
const POLAR_WEIGHT: f64 = 0.35;
const PROFILE_WEIGHT: f64 = 0.25;
const TEXTURE_WEIGHT: f64 = 0.4;
/// Distance at which likeness has fallen to 1/e.
const FAR: f64 = 0.5;
/// A rotation has to gain so much, in units of the product, to be told.
const WORTH_TURNING: f64 = 0.003;
/// Sine and cosine of each degree.
static DEGREES: LazyLock<[(f64, f64); 360]> =
    LazyLock::new(|| std::array::from_fn(|degrees| (degrees as f64).to_radians().sin_cos()));
/// Numbers of a ring: the mean, then cosine and sine of each wave.
const OF_RING: usize = 1 + 2 * HARMONICS;

/// The pattern of an inspection: shares of its defects by ring and direction, by distance from the centre, and in lines, heaps, a
/// ring or loose, all as square roots. How many defects there are makes no difference.
#[derive(Clone, Debug, PartialEq)]
pub struct Descriptor {
    /// Fourier coefficients, ring by ring from the centre: together of length 1.
    polar: Vec<f64>,
    profile: [f64; ZONES.len()],
    texture: [f64; 4],
}

/// How much two patterns are alike.
#[derive(Clone, Debug, PartialEq)]
pub struct Likeness {
    /// 1 for the same pattern, towards 0 for what has nothing in common: `exp(-(distance / 0.5)^2)`.
    pub likeness: f64,
    /// Distance of the descriptors, 0 to √2.
    pub distance: f64,
    /// Degrees, 0 to below 360, by which the other is turned against the one, counter-clockwise.
    pub rotation_deg: f64,
}

impl Descriptor {
    /// Numbers that [`Descriptor::values`] has.
    pub const VALUES: usize = RINGS * OF_RING + ZONES.len() + 4;
    /// Numbers that [`Descriptor::invariant`] has.
    pub const INVARIANTS: usize = RINGS * (1 + HARMONICS) + ZONES.len() + 4;

    /// Describes defects, in mm from the wafer centre, of which `radius_mm` was inspected; `None` for fewer than 3. What lies
    /// beyond the radius, or is no number, counts at the edge, or not at all.
    #[must_use]
    pub fn of(points: &[(f64, f64)], radius_mm: f64) -> Option<Self> {
        let scaled = points.iter().map(|(x, y)| (x / radius_mm, y / radius_mm));
        let points: Vec<(f64, f64)> = scaled
            .filter(|(x, y)| x.is_finite() && y.is_finite())
            .collect();
        if points.len() < DEFECTS_LEAST {
            return None;
        }
        Some(Self {
            polar: polar(&points),
            profile: profile(&points),
            texture: texture(&points, EVEN),
        })
    }

    /// Everything, to be kept.
    #[must_use]
    pub fn values(&self) -> Vec<f64> {
        let parts = self.polar.iter().chain(&self.profile).chain(&self.texture);
        parts.copied().collect()
    }

    /// The descriptor that [`Descriptor::values`] kept; `None` for numbers of another length.
    #[must_use]
    pub fn from_values(values: &[f64]) -> Option<Self> {
        let (polar, rest) = values.split_at_checked(RINGS * OF_RING)?;
        let (profile, texture) = rest.split_at_checked(ZONES.len())?;
        Some(Self {
            polar: polar.to_vec(),
            profile: profile.try_into().ok()?,
            texture: texture.try_into().ok()?,
        })
    }

    /// What turning the wafer leaves as it is. The Euclidean distance of two is at most [`Likeness::distance`], turned or not.
    #[must_use]
    pub fn invariant(&self) -> Vec<f64> {
        let rings = self.polar.chunks_exact(OF_RING);
        let sizes = rings.flat_map(|ring| {
            let waves = ring[1..].chunks_exact(2).map(|wave| wave[0].hypot(wave[1]));
            std::iter::once(ring[0].abs()).chain(waves)
        });
        let part = |weight: f64| move |value: f64| weight.sqrt() * value;
        sizes
            .map(part(POLAR_WEIGHT))
            .chain(self.profile.iter().copied().map(part(PROFILE_WEIGHT)))
            .chain(self.texture.iter().copied().map(part(TEXTURE_WEIGHT)))
            .collect()
    }

    /// How much another pattern is like this one: turned so that it fits best, or as it lies.
    #[must_use]
    pub fn likeness(&self, other: &Self, any_rotation: bool) -> Likeness {
        let (polar, rotation_deg) = self.fit(other, any_rotation);
        let product = |a: &[f64], b: &[f64]| -> f64 { a.iter().zip(b).map(|(a, b)| a * b).sum() };
        let together = POLAR_WEIGHT * polar
            + PROFILE_WEIGHT * product(&self.profile, &other.profile)
            + TEXTURE_WEIGHT * product(&self.texture, &other.texture);
        let distance = (2.0 - 2.0 * together).max(0.0).sqrt();
        Likeness {
            likeness: (-(distance / FAR).powi(2)).exp(),
            distance,
            rotation_deg,
        }
    }

    /// The product of the polar parts and the angle in degrees at which it is greatest.
    fn fit(&self, other: &Self, any_rotation: bool) -> (f64, f64) {
        let waves = self.shared_waves(other);
        let at = |degrees: usize| -> f64 {
            let waves = waves.iter().enumerate();
            let wave = |(number, (along, across)): (usize, &(f64, f64))| {
                let (sin, cos) = DEGREES[number * degrees % 360];
                along * cos + across * sin
            };
            waves.map(wave).sum()
        };
        let as_it_lies = at(0);
        if !any_rotation {
            return (as_it_lies, 0.0);
        }
        let best = |angles: &mut dyn Iterator<Item = usize>| {
            angles
                .map(|angle| angle % 360)
                .max_by(|a, b| at(*a).total_cmp(&at(*b)))
        };
        // The shortest wave is 60 degrees long, so a peak is not lost between steps of 6.
        let coarse = best(&mut (0..360).step_by(6)).unwrap_or(0);
        let degrees = best(&mut (coarse + 354..=coarse + 366)).unwrap_or(0);
        match at(degrees) > as_it_lies + WORTH_TURNING {
            true => (at(degrees), degrees as f64),
            false => (as_it_lies, 0.0),
        }
    }

    /// Products of the waves of both, over all rings: by the cosine and by the sine of the angle between them.
    fn shared_waves(&self, other: &Self) -> [(f64, f64); HARMONICS + 1] {
        let mut waves = [(0.0, 0.0); HARMONICS + 1];
        for (own, others) in self
            .polar
            .chunks_exact(OF_RING)
            .zip(other.polar.chunks_exact(OF_RING))
        {
            waves[0].0 += own[0] * others[0];
            for number in 1..=HARMONICS {
                let (cos, sin) = (own[2 * number - 1], own[2 * number]);
                let (other_cos, other_sin) = (others[2 * number - 1], others[2 * number]);
                waves[number].0 += cos * other_cos + sin * other_sin;
                waves[number].1 += cos * other_sin - sin * other_cos;
            }
        }
        waves
    }

    /// What two patterns have in common beyond an even spread, heaviest first, at most three; `even spread` where that is all.
    /// The other is thought turned back by `rotation_deg`, so that directions are those of this one.
    #[must_use]
    pub fn common(&self, other: &Self, rotation_deg: f64) -> Vec<String> {
        let mut parts = Vec::new();
        let both = |own: f64, other: f64| own.min(other);
        let texture =
            |place: usize| both(self.texture[place].powi(2), other.texture[place].powi(2));
        parts.push((texture(0), 0.15, "line-like clusters".to_owned()));
        parts.push((texture(1) - 0.1, 0.2, "dense clusters".to_owned()));
        parts.push((texture(2) - 0.05, 0.15, "ring".to_owned()));
        for (name, zones) in NAMED_ZONES {
            let share = |of: &Self| {
                zones
                    .clone()
                    .map(|zone| of.profile[zone].powi(2))
                    .sum::<f64>()
            };
            let even: f64 = zones.clone().map(zone_area).sum();
            parts.push((
                both(share(self), share(other)) - even,
                0.12,
                name.to_owned(),
            ));
        }
        let (own, others) = (self.hours(0.0), other.hours(rotation_deg));
        for (hour, (own, other)) in own.iter().zip(others).enumerate() {
            let name = if hour == 0 { 12 } else { hour };
            parts.push((
                both(*own, other) - 1.0 / 12.0,
                0.06,
                format!("{name} o'clock sector"),
            ));
        }
        parts.retain(|(more, least, _)| more >= least);
        parts.sort_by(|a, b| b.0.total_cmp(&a.0));
        parts.truncate(3);
        match parts.is_empty() {
            true => vec!["even spread".to_owned()],
            false => parts.into_iter().map(|(_, _, name)| name).collect(),
        }
    }

    /// Shares of the twelve hours of a clock, 12 first, after the pattern was turned back by some degrees.
    fn hours(&self, turned_deg: f64) -> [f64; 12] {
        let mut hours = [0.0; 12];
        for degrees in (0..360).step_by(5) {
            // Clockwise from 12; angles go counter-clockwise from 3.
            let angle = f64::from(90 - degrees) + turned_deg;
            let density = self
                .polar
                .chunks_exact(OF_RING)
                .map(|ring| density(ring, angle.to_radians()).powi(2));
            hours[((degrees as usize + 15) / 30) % 12] += density.sum::<f64>();
        }
        let all: f64 = hours.iter().sum();
        hours.map(|hour| hour / all.max(f64::MIN_POSITIVE))
    }
}

/// Zones of the profile that have names.
const NAMED_ZONES: [(&str, std::ops::Range<usize>); 5] = [
    ("centre", 0..3),
    ("inner ring", 3..5),
    ("middle ring", 5..7),
    ("outer ring", 7..10),
    ("edge", 10..12),
];

/// The root of the density of a ring in a direction.
fn density(ring: &[f64], angle: f64) -> f64 {
    let waves = ring[1..].chunks_exact(2).zip(1..);
    let waves = waves.map(|(wave, number)| {
        let (sin, cos) = (f64::from(number) * angle).sin_cos();
        2.0_f64.sqrt() * (wave[0] * cos + wave[1] * sin)
    });
    ring[0] + waves.sum::<f64>()
}

/// The polar density of points in units of the radius, as Fourier coefficients of length 1.
fn polar(points: &[(f64, f64)]) -> Vec<f64> {
    let even = EVEN / (RINGS * SECTORS) as f64;
    let mut shares = vec![[even; SECTORS]; RINGS];
    for &(x, y) in points {
        let (area, angle) = ((x * x + y * y).min(1.0), y.atan2(x));
        let blurred = blurred(angle, area.sqrt());
        // A defect counts in the two rings whose middles it lies between.
        let place = (area * RINGS as f64 - 0.5).clamp(0.0, (RINGS - 1) as f64);
        #[expect(
            clippy::cast_possible_truncation,
            clippy::cast_sign_loss,
            reason = "0 to 7"
        )]
        let inner = place as usize;
        let outer = (inner + 1).min(RINGS - 1);
        let part = place - inner as f64;
        for (sector, share) in blurred.iter().enumerate() {
            shares[inner][sector] += (1.0 - part) * share;
            shares[outer][sector] += part * share;
        }
    }
    let mut coefficients = Vec::with_capacity(RINGS * OF_RING);
    for ring in &shares {
        let roots = ring.map(f64::sqrt);
        coefficients.push(roots.iter().sum::<f64>());
        for number in 1..=HARMONICS {
            for shift in [0.0, PI / 2.0] {
                let wave = |(sector, root): (usize, &f64)| {
                    root * (number as f64 * direction(sector) - shift).cos()
                };
                coefficients.push(2.0_f64.sqrt() * roots.iter().enumerate().map(wave).sum::<f64>());
            }
        }
    }
    let length = coefficients
        .iter()
        .map(|value| value * value)
        .sum::<f64>()
        .sqrt();
    coefficients.iter().map(|value| value / length).collect()
}

fn direction(sector: usize) -> f64 {
    TAU * sector as f64 / SECTORS as f64
}

/// A defect spread over the directions: near the centre a direction says little.
fn blurred(angle: f64, radius: f64) -> [f64; SECTORS] {
    let width = (BLUR / radius.max(1e-6)).max(BLUR_LEAST);
    if width > 2.0 {
        return [1.0 / SECTORS as f64; SECTORS];
    }
    let mut shares: [f64; SECTORS] = std::array::from_fn(|sector| {
        let away = direction(sector) - angle;
        let away = away - TAU * (away / TAU).round();
        (-0.5 * (away / width).powi(2)).exp()
    });
    let all: f64 = shares.iter().sum();
    for share in &mut shares {
        *share /= all;
    }
    shares
}

/// The share of the inspected area that a zone has.
fn zone_area(zone: usize) -> f64 {
    let inner = if zone == 0 { 0.0 } else { ZONES[zone - 1] };
    ZONES[zone].powi(2) - inner * inner
}

fn profile(points: &[(f64, f64)]) -> [f64; ZONES.len()] {
    let mut shares: [f64; ZONES.len()] = std::array::from_fn(|zone| EVEN * zone_area(zone));
    let last = ZONES.len() - 1;
    for (x, y) in points {
        let radius = x.hypot(*y);
        let zone = ZONES.partition_point(|outer| *outer < radius).min(last);
        let (inner, outer) = (zone.saturating_sub(1), (zone + 1).min(last));
        shares[inner] += SPILL;
        shares[outer] += SPILL;
        shares[zone] += 1.0 - 2.0 * SPILL;
    }
    let all: f64 = shares.iter().sum();
    shares.map(|share| (share / all).sqrt())
}
