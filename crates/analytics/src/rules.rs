//! Run rules: patterns of points that chance hardly makes.
//!
//! Input is z = (value − centre) / sigma with each point's own sigma, so charts with varying limits
//! need nothing more; trend and alternation look at the plotted values themselves.
//!
//! # Conventions
//! - A rule reports every index at which its pattern is complete, its last point, and again for
//!   every further point while the pattern lasts.
//! - "Beyond" is strict: exactly 2 sigma is not beyond 2 sigma. Exactly 1 sigma is within.
//! - A value on the centre is on neither side and ends a run. An equal neighbour ends a trend and
//!   an alternation. The two sides never combine in 2-of-3 and 4-of-5.
//! - 2-of-3 and 4-of-5 report only where the last point lies in the zone, and at the start of a
//!   series also in a shorter window.
//! - A point without z (sigma 0) belongs to no pattern of zones or sides and ends each of them.

use std::fmt;

/// A rule's identifier.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum RuleId {
    /// Western Electric 1.
    We1,
    /// Western Electric 2.
    We2,
    /// Western Electric 3.
    We3,
    /// Western Electric 4.
    We4,
    /// Nelson 1.
    N1,
    /// Nelson 2.
    N2,
    /// Nelson 3.
    N3,
    /// Nelson 4.
    N4,
    /// Nelson 5.
    N5,
    /// Nelson 6.
    N6,
    /// Nelson 7.
    N7,
    /// Nelson 8.
    N8,
}

impl RuleId {
    /// The identifier as interfaces write it: `we1` to `we4`, `n1` to `n8`.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::We1 => "we1",
            Self::We2 => "we2",
            Self::We3 => "we3",
            Self::We4 => "we4",
            Self::N1 => "n1",
            Self::N2 => "n2",
            Self::N3 => "n3",
            Self::N4 => "n4",
            Self::N5 => "n5",
            Self::N6 => "n6",
            Self::N7 => "n7",
            Self::N8 => "n8",
        }
    }

    /// The rule with this identifier.
    pub fn rule(self) -> &'static Rule {
        let mut rules = WESTERN_ELECTRIC.iter().chain(&NELSON);
        rules
            .find(|rule| rule.id == self)
            .expect("every identifier has a rule")
    }
}

/// A rule and what it tells an engineer.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Rule {
    /// Its identifier.
    pub id: RuleId,
    /// Its name: the pattern in a few words.
    pub name: &'static str,
    /// What the pattern means.
    pub meaning: &'static str,
    pattern: Pattern,
}

impl Rule {
    /// Whether the rule is about a single point beyond the control limits.
    pub fn is_limit_rule(&self) -> bool {
        matches!(self.pattern, Pattern::Beyond)
    }

    /// How many of the last points the pattern spans.
    pub fn span(&self) -> usize {
        match self.pattern {
            Pattern::Beyond => 1,
            Pattern::InZone { of, .. } => of,
            Pattern::OneSide(n)
            | Pattern::Trend(n)
            | Pattern::Alternating(n)
            | Pattern::Within(n)
            | Pattern::Outside(n) => n,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq)]
enum Pattern {
    /// |z| > 3.
    Beyond,
    /// At least `least` of the last `of` points beyond `zone` sigma on one side, the last one among them.
    InZone {
        least: usize,
        of: usize,
        zone: f64,
    },
    OneSide(usize),
    Trend(usize),
    Alternating(usize),
    /// All |z| <= 1.
    Within(usize),
    /// All |z| > 1, on both sides.
    Outside(usize),
}

/// A set of rules that are applied together.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub enum RuleSet {
    /// Western Electric 1 to 4.
    #[default]
    WesternElectric,
    /// Nelson 1 to 8.
    Nelson,
}

impl RuleSet {
    /// The identifiers of its rules, to switch single ones on or off.
    pub fn ids(self) -> impl Iterator<Item = RuleId> {
        self.rules().iter().map(|rule| rule.id)
    }

    /// The rules of the set.
    pub fn rules(self) -> &'static [Rule] {
        match self {
            Self::WesternElectric => &WESTERN_ELECTRIC,
            Self::Nelson => &NELSON,
        }
    }
}

const BEYOND_MEANING: &str =
    "A sudden, large change: look at this wafer, its tool and what was done just before it.";
const TWO_OF_THREE_MEANING: &str =
    "A shift of about 2 sigma or growing spread: the level has probably moved already.";
const FOUR_OF_FIVE_MEANING: &str =
    "A small, lasting shift of about 1 sigma: look for a change of material, recipe or chamber.";

const WESTERN_ELECTRIC: [Rule; 4] = [
    Rule {
        id: RuleId::We1,
        name: "1 point beyond 3 sigma",
        meaning: BEYOND_MEANING,
        pattern: Pattern::Beyond,
    },
    Rule {
        id: RuleId::We2,
        name: "2 of 3 points beyond 2 sigma on one side",
        meaning: TWO_OF_THREE_MEANING,
        pattern: Pattern::InZone {
            least: 2,
            of: 3,
            zone: 2.0,
        },
    },
    Rule {
        id: RuleId::We3,
        name: "4 of 5 points beyond 1 sigma on one side",
        meaning: FOUR_OF_FIVE_MEANING,
        pattern: Pattern::InZone {
            least: 4,
            of: 5,
            zone: 1.0,
        },
    },
    Rule {
        id: RuleId::We4,
        name: "8 points in a row on one side of the centre",
        meaning: "The level has shifted, by however little: the centre no longer describes the process.",
        pattern: Pattern::OneSide(8),
    },
];

const NELSON: [Rule; 8] = [
    Rule {
        id: RuleId::N1,
        name: "1 point beyond 3 sigma",
        meaning: BEYOND_MEANING,
        pattern: Pattern::Beyond,
    },
    Rule {
        id: RuleId::N2,
        name: "9 points in a row on one side of the centre",
        meaning: "The level has shifted, by however little: the centre no longer describes the process.",
        pattern: Pattern::OneSide(9),
    },
    Rule {
        id: RuleId::N3,
        name: "6 points in a row, all rising or all falling",
        meaning: "A drift: wear, build-up in a chamber, ageing chemistry, or recovery from one of them.",
        pattern: Pattern::Trend(6),
    },
    Rule {
        id: RuleId::N4,
        name: "14 points in a row, alternating up and down",
        meaning: "Two sources take turns, such as two chambers or two shifts: chart them apart.",
        pattern: Pattern::Alternating(14),
    },
    Rule {
        id: RuleId::N5,
        name: "2 of 3 points beyond 2 sigma on one side",
        meaning: TWO_OF_THREE_MEANING,
        pattern: Pattern::InZone {
            least: 2,
            of: 3,
            zone: 2.0,
        },
    },
    Rule {
        id: RuleId::N6,
        name: "4 of 5 points beyond 1 sigma on one side",
        meaning: FOUR_OF_FIVE_MEANING,
        pattern: Pattern::InZone {
            least: 4,
            of: 5,
            zone: 1.0,
        },
    },
    Rule {
        id: RuleId::N7,
        name: "15 points in a row within 1 sigma",
        meaning: "Too quiet: the limits are too wide, or each point mixes several sources.",
        pattern: Pattern::Within(15),
    },
    Rule {
        id: RuleId::N8,
        name: "8 points in a row outside 1 sigma, on both sides",
        meaning: "Two populations on one chart, such as two tools with different levels: chart them apart.",
        pattern: Pattern::Outside(8),
    },
];

/// A pattern that was found.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Violation {
    /// The rule.
    pub rule: RuleId,
    /// The point at which the pattern is complete.
    pub index: usize,
    /// The points that make the pattern, ascending; the last one is `index`.
    pub points: Vec<usize>,
    /// Where the pattern lies or leads; `None` for patterns on both sides.
    pub direction: Option<Direction>,
}

/// Where a pattern lies or leads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Direction {
    /// Above the centre.
    Above,
    /// Below the centre.
    Below,
    /// Upwards.
    Rising,
    /// Downwards.
    Falling,
}

impl fmt::Display for Direction {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Above => "above the centre",
            Self::Below => "below the centre",
            Self::Rising => "rising",
            Self::Falling => "falling",
        })
    }
}

impl Violation {
    /// What was found and what it means, as in "1 point beyond 3 sigma (above the centre). A sudden,
    /// large change: ...".
    pub fn sentence(&self) -> String {
        let Rule { name, meaning, .. } = self.rule.rule();
        match self.direction {
            Some(direction) => format!("{name} ({direction}). {meaning}"),
            None => format!("{name}. {meaning}"),
        }
    }
}

/// Finds the patterns of a rule set, ordered by index, then rule.
///
/// `z` and `values` have one entry for each point, oldest first; beyond the shorter one nothing is
/// judged. NaN belongs to no pattern.
/// # Example
/// ```
/// use analytics::rules::{RuleSet, violations};
///
/// let values = [0.1, 2.4, 0.3, 2.2];
/// let z = values.map(Some);
/// let found = violations(RuleSet::WesternElectric, &z, &values);
/// assert_eq!(found[0].rule.as_str(), "we2");
/// assert_eq!(found[0].points, [1, 3]);
/// ```
pub fn violations(set: RuleSet, z: &[Option<f64>], values: &[f64]) -> Vec<Violation> {
    let rules = set.rules().iter();
    let mut found: Vec<Violation> = rules.flat_map(|rule| find(rule, z, values)).collect();
    found.sort_by_key(|violation| (violation.index, violation.rule));
    found
}

/// Finds the pattern of one rule, as [`violations`] does.
pub fn find(rule: &Rule, z: &[Option<f64>], values: &[f64]) -> Vec<Violation> {
    let points = z.len().min(values.len());
    let complete = (0..points).filter_map(|index| {
        Some(Violation {
            rule: rule.id,
            index,
            points: pattern_at(rule, z, values, index)?,
            direction: direction_at(rule, z, values, index),
        })
    });
    complete.collect()
}

/// The points of the pattern that is complete at `index`.
fn pattern_at(rule: &Rule, z: &[Option<f64>], values: &[f64], index: usize) -> Option<Vec<usize>> {
    if let Pattern::InZone { least, of, zone } = rule.pattern {
        return in_zone_at(z, index, (least, of, zone));
    }
    let first = (index + 1).checked_sub(rule.span())?;
    let window = first..=index;
    let all_z = |holds: fn(f64) -> bool| z[window.clone()].iter().all(|z| z.is_some_and(holds));
    let values = &values[window.clone()];
    let is_complete = match rule.pattern {
        Pattern::Beyond => all_z(|z| z.abs() > 3.0),
        Pattern::OneSide(_) => all_z(|z| z > 0.0) || all_z(|z| z < 0.0),
        Pattern::Trend(_) => values.is_sorted_by(|a, b| a < b) || values.is_sorted_by(|a, b| a > b),
        Pattern::Alternating(_) => is_alternating(values),
        Pattern::Within(_) => all_z(|z| z.abs() <= 1.0),
        Pattern::Outside(_) => {
            all_z(|z| z.abs() > 1.0) && !all_z(|z| z > 1.0) && !all_z(|z| z < -1.0)
        }
        Pattern::InZone { .. } => false,
    };
    is_complete.then(|| window.collect())
}

/// The direction of the pattern that is complete at `index`, by its last points.
fn direction_at(rule: &Rule, z: &[Option<f64>], values: &[f64], index: usize) -> Option<Direction> {
    let is_up = |up: bool, above: Direction, below: Direction| if up { above } else { below };
    match rule.pattern {
        Pattern::Beyond | Pattern::InZone { .. } | Pattern::OneSide(_) => {
            Some(is_up(z[index]? > 0.0, Direction::Above, Direction::Below))
        }
        Pattern::Trend(_) => {
            let before = values[index.checked_sub(1)?];
            Some(is_up(
                values[index] > before,
                Direction::Rising,
                Direction::Falling,
            ))
        }
        Pattern::Alternating(_) | Pattern::Within(_) | Pattern::Outside(_) => None,
    }
}

fn in_zone_at(
    z: &[Option<f64>],
    index: usize,
    (least, of, zone): (usize, usize, f64),
) -> Option<Vec<usize>> {
    let last = z[index].filter(|last| last.abs() > zone)?;
    let is_in_zone = |z: f64| z * last.signum() > zone;
    let window = (index + 1).saturating_sub(of)..=index;
    let points: Vec<usize> = window.filter(|&i| z[i].is_some_and(is_in_zone)).collect();
    (points.len() >= least).then_some(points)
}

/// Each step non-zero and opposite in sign to the one before.
fn is_alternating(values: &[f64]) -> bool {
    let rises = |pair: &[f64]| pair[1] > pair[0];
    let falls = |pair: &[f64]| pair[1] < pair[0];
    values.windows(3).all(|three| {
        rises(&three[..2]) && falls(&three[1..]) || falls(&three[..2]) && rises(&three[1..])
    })
}
