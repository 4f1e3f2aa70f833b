//! When lots go where.

use chrono::{DateTime, Timelike, Utc};
use rand::Rng;
use rand::seq::SliceRandom;
use rand_distr::{Distribution, Gamma};
use serde::Serialize;

use crate::fab::Fab;
use crate::people::CREW;
use crate::plan::{Plan, seconds};
use crate::stream::{Place, Purpose, Stream, stream};
use crate::wafer::LOT_WAFERS;

/// Days from a lot's start to its last step, about; lots start so long before the records begin.
pub(crate) const CYCLE_DAYS: f64 = 28.0;
/// Share of the visits whose inspection is repeated.
const REPEATED: f64 = 0.03;
/// Of so many lots in a row one is inspected whole.
const WHOLE_EVERY: u32 = 10;
const SAMPLED: usize = 5;

/// Half of the day.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Shift {
    /// 06:00 to 18:00 UTC.
    Day,
    /// 18:00 to 06:00 UTC.
    Night,
}

impl Shift {
    /// The shift that works at a moment.
    #[must_use]
    pub fn at(moment: DateTime<Utc>) -> Self {
        if (6..18).contains(&moment.hour()) {
            Self::Day
        } else {
            Self::Night
        }
    }
}

/// A lot's way through the fab.
#[derive(Clone, Debug)]
pub(crate) struct Route {
    pub lot: u32,
    pub customer: usize,
    pub product: usize,
    /// Which copy of the gate reticle.
    pub reticle: usize,
    /// Slots that are inspected, ascending.
    pub slots: Vec<u8>,
    pub visits: Vec<Visit>,
}

/// A lot at an inspection tool.
#[derive(Clone, Debug)]
pub(crate) struct Visit {
    /// Moment of the first wafer's result.
    pub at: DateTime<Utc>,
    pub tool: usize,
    pub process_tool: usize,
    /// Place in the crew of the operator.
    pub operator: usize,
    pub is_repeated: bool,
}

/// The way of lot `lot`.
pub(crate) fn route(fab: &Fab, lot: u32) -> Route {
    let plan = fab.plan();
    let place = Place {
        lot,
        ..Place::default()
    };
    let mut rng = stream(plan.seed, Purpose::Lot, place);
    let mut days = started_before_end(plan, lot, &mut rng);
    let is_whole = lot % WHOLE_EVERY == whole_in_ten(plan, lot);
    let product = pick_product(fab, &mut rng);
    let customer = rng.random_range(0..fab.customers().len() as u32) as usize;
    let reticle = usize::from(rng.random_bool(0.5));
    let slots = if is_whole {
        (1..=LOT_WAFERS).collect()
    } else {
        sampled_slots(&mut rng)
    };
    let queue = Gamma::new(3.0, 0.75).expect("positive shape and scale");
    let visits = fab.steps().iter().map(|step| {
        days -= 1.0 + queue.sample(&mut rng);
        Visit {
            at: plan.days_before_end(days),
            tool: *pick(&mut rng, step.tools),
            process_tool: rng.random_range(0..step.process_tools.len() as u32) as usize,
            operator: rng.random_range(0..CREW as u32) as usize,
            is_repeated: rng.random_bool(REPEATED),
        }
    });
    Route {
        lot,
        customer,
        product,
        reticle,
        slots,
        visits: visits.collect(),
    }
}

impl Visit {
    /// Moment of the result of the `nth` wafer, from 0, in a lot of `wafers`.
    pub fn inspected_at(
        &self,
        minutes: f64,
        nth: usize,
        wafers: usize,
        repeat: u8,
    ) -> DateTime<Utc> {
        let before = nth as f64 + f64::from(repeat) * (wafers as f64 + 9.0);
        self.at + seconds(60.0 * minutes * before)
    }
}

/// Index of the operator who works at a moment: the crews of a shift take turns by the day.
pub(crate) fn operator(moment: DateTime<Utc>, in_crew: usize) -> usize {
    let half = match Shift::at(moment) {
        Shift::Day => 0,
        Shift::Night => 2,
    };
    let turn = moment.timestamp().div_euclid(86_400).rem_euclid(2);
    (half + usize::from(turn == 1)) * CREW + in_crew
}

/// Lots start evenly, one in each part of the time, anywhere in it.
fn started_before_end(plan: &Plan, lot: u32, rng: &mut Stream) -> f64 {
    let span = Plan::DAYS as f64 + CYCLE_DAYS;
    let part = (f64::from(lot) + rng.random::<f64>()) / f64::from(plan.lots());
    span * (1.0 - part)
}

/// Which of ten lots is inspected whole.
fn whole_in_ten(plan: &Plan, lot: u32) -> u32 {
    let place = Place {
        lot: lot / WHOLE_EVERY,
        step: u8::MAX,
        ..Place::default()
    };
    stream(plan.seed, Purpose::Lot, place).random_range(0..WHOLE_EVERY)
}

fn pick_product(fab: &Fab, rng: &mut Stream) -> usize {
    let mut left = rng.random::<f64>();
    for (index, product) in fab.products().iter().enumerate() {
        left -= product.share;
        if left < 0.0 {
            return index;
        }
    }
    0
}

fn sampled_slots(rng: &mut Stream) -> Vec<u8> {
    let mut slots: Vec<u8> = (1..=LOT_WAFERS).collect();
    slots.shuffle(rng);
    slots.truncate(SAMPLED);
    slots.sort_unstable();
    slots
}

pub(crate) fn pick<'a, T>(rng: &mut Stream, of: &'a [T]) -> &'a T {
    &of[rng.random_range(0..of.len() as u32) as usize]
}
