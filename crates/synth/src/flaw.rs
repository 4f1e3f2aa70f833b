//! The defects that a wafer has, whether a tool sees them or not.
//!
//! # Counts
//! A step adds `N ~ Poisson(a A f l w g)` defects of its background to a wafer: `a` per cm2
//! ([`Step::adders_per_cm2`]) on the inspected area `A`; `l` and `w` are log-normal effects of the lot and of the
//! wafer with mean 1 ([`LOT_SPREAD`], [`WAFER_SPREAD`]); `g` is gamma distributed with mean 1 and shape `k`
//! ([`Step::shape`]), which makes `N` negative binomial for a given wafer; and `f = (s / s0)^(p - 1)`
//! turns the count above the keenest tool's limit `s` into that above the size `s0` that it may still
//! report by an error of its sizing, for sizes of density `size^-p`. So, with the mean `m = a A f`,
//! the variance over wafers is
//!
//! `m + m^2 ((1 + 1/k) exp(LOT_SPREAD^2 + WAFER_SPREAD^2) - 1)`,
//!
//! and between wafers of one lot that given the lot's `l`. A tool reports a share of them, which leaves `k` as it is.

use rand::Rng;
use rand_distr::{Distribution, Gamma, StandardNormal};

use crate::excursion::{Effect, Moment};
use crate::fab::Fab;
use crate::schedule::Route;
use crate::signature::poisson;
use crate::size::power_law;
use crate::step::Step;
use crate::stream::{Place, Purpose, Stream, stream};
use crate::{Geometry, Kind, Point, Signature};

/// Standard deviation of the logarithm of a lot's effect on counts.
pub const LOT_SPREAD: f64 = 0.12;
/// Standard deviation of the logarithm of a wafer's effect on counts.
pub const WAFER_SPREAD: f64 = 0.08;

/// A defect on a wafer.
#[derive(Clone, Debug)]
pub struct Flaw {
    pub origin: u32,
    pub first_step: usize,
    pub at: Point,
    pub size_um: f64,
    pub aspect: f64,
    pub angle: f64,
    pub kind: Kind,
    pub signature: Option<Signature>,
    /// The pattern of the wafer it belongs to, from 1; 0 for none.
    pub group: u16,
    pub excursion: Option<usize>,
}

/// A wafer on its way.
#[derive(Debug)]
pub struct Surface<'a> {
    fab: &'a Fab,
    geometry: &'a Geometry,
    place: Place,
    /// Effect of lot and wafer on counts.
    effect: f64,
    pub flaws: Vec<Flaw>,
    origins: u32,
    groups: u16,
}

/// What a group of new flaws has in common.
#[derive(Clone, Copy)]
struct Common {
    step: usize,
    kind: Kind,
    signature: Option<Signature>,
    group: u16,
    excursion: Option<usize>,
}

impl<'a> Surface<'a> {
    pub fn new(fab: &'a Fab, route: &Route, slot: u8) -> Self {
        let (lot, seed) = (route.lot, fab.plan().seed);
        let of_lot = Place {
            lot,
            ..Place::default()
        };
        let place = Place { slot, ..of_lot };
        let lot = spread(&mut stream(seed, Purpose::LotEffect, of_lot), LOT_SPREAD);
        let wafer = spread(&mut stream(seed, Purpose::WaferEffect, place), WAFER_SPREAD);
        Self {
            fab,
            geometry: &fab.products()[route.product].geometry,
            place,
            effect: lot * wafer,
            flaws: Vec::new(),
            origins: 0,
            groups: 0,
        }
    }

    fn stream(&self, purpose: Purpose, step: usize, repeat: u8) -> Stream {
        #[expect(clippy::cast_possible_truncation, reason = "eight steps")]
        let place = Place {
            step: step as u8,
            repeat,
            ..self.place
        };
        stream(self.fab.plan().seed, purpose, place)
    }

    /// What a process does to the wafer: hides some of the earlier flaws, adds its own.
    pub fn process(&mut self, moment: &Moment) {
        let step = &self.fab.steps()[moment.step];
        let mut survival = self.stream(Purpose::Survival, moment.step, 0);
        self.flaws.retain(|_| survival.random_bool(step.survival));
        let rate = self.add_background(step, moment);
        self.add_signatures(step, moment.step);
        self.add_excursions(step, moment, rate);
    }

    /// What the handling by an inspection tool does to it.
    pub fn handle(&mut self, moment: &Moment, repeat: u8) {
        let mut rng = self.stream(Purpose::Excursion, moment.step, repeat + 1);
        for (index, excursion) in self.fab.excursions().iter().enumerate() {
            if let (Effect::Handling { mean }, true) = (excursion.effect, excursion.touches(moment))
            {
                let pattern = (Signature::HandlingMarks, mean);
                self.add_pattern(&mut rng, moment.step, excursion.kind, pattern, Some(index));
            }
        }
    }

    /// Returns the rate that the background was drawn from.
    fn add_background(&mut self, step: &Step, moment: &Moment) -> f64 {
        let mut rng = self.stream(Purpose::Adders, moment.step, 0);
        let mean = self.fab.mean_adders(moment.step) * self.geometry.area_cm2() * self.effect;
        let clumping = Gamma::new(step.shape, 1.0 / step.shape).expect("shape is positive");
        let rate = mean * clumping.sample(&mut rng);
        for _ in 0..poisson(&mut rng, rate) {
            let kind = pick_kind(&mut rng, step.kinds);
            let is_kept = rng.random::<f64>() < self.fab.kept_share(moment, kind);
            let at = self.geometry.anywhere(&mut rng);
            let common = background(moment.step, kind, None);
            let flaw = self.flaw(&mut rng, at, common);
            if is_kept {
                self.push(flaw);
            }
        }
        rate
    }

    fn add_signatures(&mut self, step: &Step, index: usize) {
        let mut rng = self.stream(Purpose::Signatures, index, 0);
        for tendency in step.signatures {
            if rng.random_bool(tendency.share) {
                let pattern = (tendency.signature, tendency.mean);
                self.add_pattern(&mut rng, index, tendency.kind, pattern, None);
            }
        }
    }

    fn add_excursions(&mut self, step: &Step, moment: &Moment, rate: f64) {
        let mut rng = self.stream(Purpose::Excursion, moment.step, 0);
        for (index, excursion) in self.fab.excursions().iter().enumerate() {
            if !excursion.touches(moment) {
                continue;
            }
            let kind = excursion.kind;
            if let Effect::Repeater = excursion.effect {
                let pattern = (Signature::ReticleRepeater, 0.0);
                self.add_pattern(&mut rng, moment.step, kind, pattern, Some(index));
            }
            let more = rate * step.weight(kind) * (excursion.factor(moment.at) - 1.0);
            for _ in 0..poisson(&mut rng, more) {
                let at = self.geometry.anywhere(&mut rng);
                let flaw = self.flaw(&mut rng, at, background(moment.step, kind, Some(index)));
                self.push(flaw);
            }
        }
    }

    fn add_pattern(
        &mut self,
        rng: &mut Stream,
        step: usize,
        kind: Kind,
        (signature, mean): (Signature, f64),
        excursion: Option<usize>,
    ) {
        self.groups += 1;
        let common = Common {
            step,
            kind,
            signature: Some(signature),
            group: if signature.is_clustered() {
                self.groups
            } else {
                0
            },
            excursion,
        };
        for at in signature.points(rng, self.geometry, mean) {
            let flaw = self.flaw(rng, at, common);
            self.push(flaw);
        }
    }

    fn flaw(&self, rng: &mut Stream, at: Point, common: Common) -> Flaw {
        let least = self.fab.least_size_um(common.step) * common.kind.scale();
        let (roundest, longest) = common.kind.aspect();
        Flaw {
            origin: 0,
            first_step: common.step,
            at,
            size_um: power_law(rng, least, self.fab.plan().size_exponent),
            aspect: rng.random_range(roundest..longest),
            angle: rng.random_range(0.0..std::f64::consts::PI),
            kind: common.kind,
            signature: common.signature,
            group: common.group,
            excursion: common.excursion,
        }
    }

    fn push(&mut self, flaw: Flaw) {
        self.origins += 1;
        self.flaws.push(Flaw {
            origin: self.origins,
            ..flaw
        });
    }
}

fn background(step: usize, kind: Kind, excursion: Option<usize>) -> Common {
    Common {
        step,
        kind,
        signature: None,
        group: 0,
        excursion,
    }
}

/// A log-normal factor with mean 1.
fn spread(rng: &mut Stream, deviation: f64) -> f64 {
    let z: f64 = StandardNormal.sample(rng);
    libm::exp(deviation * z - deviation * deviation / 2.0)
}

fn pick_kind(rng: &mut Stream, kinds: &[(Kind, f64)]) -> Kind {
    let mut left = rng.random::<f64>();
    for &(kind, weight) in kinds {
        left -= weight;
        if left < 0.0 {
            return kind;
        }
    }
    kinds[0].0
}

impl Step {
    /// Share of a kind in what the step adds.
    pub(crate) fn weight(&self, of: Kind) -> f64 {
        let weights = self.kinds.iter().filter(|(kind, _)| *kind == of);
        weights.map(|(_, weight)| weight).sum()
    }
}
