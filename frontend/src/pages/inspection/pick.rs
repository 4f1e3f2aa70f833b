//! What is picked out of what the analyses found: part of the address, so that it can be sent and comes back.

use std::fmt;
use std::str::FromStr;
use std::sync::Arc;

use contract::defect::DefectQuery;

use crate::wafer::Region;

/// Numbers that the table of defects can be narrowed to; with more their addresses would be too long for some proxies.
const NUMBERS: usize = 400;

/// One finding of an analysis.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Pick {
    /// A pattern, by its place among those found, from 1.
    Signature(u32),
    /// A cluster, by its number in the answer.
    Cluster(u32),
    /// A zone, by its place among the zones, from 1.
    Zone(u32),
    /// A die, by column and row as delivered.
    Die(i32, i32),
}

impl fmt::Display for Pick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Signature(place) => write!(f, "signature:{place}"),
            Self::Cluster(number) => write!(f, "cluster:{number}"),
            Self::Zone(place) => write!(f, "zone:{place}"),
            Self::Die(column, row) => write!(f, "die:{column}:{row}"),
        }
    }
}

impl FromStr for Pick {
    type Err = String;

    fn from_str(text: &str) -> Result<Self, String> {
        let fault = || format!("`{text}` picks nothing");
        let (what, which) = text.split_once(':').ok_or_else(fault)?;
        let place = || which.parse::<u32>().map_err(|_| fault());
        match what {
            "signature" => Ok(Self::Signature(place()?)),
            "cluster" => Ok(Self::Cluster(place()?)),
            "zone" => Ok(Self::Zone(place()?)),
            "die" => {
                let (column, row) = which.split_once(':').ok_or_else(fault)?;
                let number = |text: &str| text.parse::<i32>().map_err(|_| fault());
                Ok(Self::Die(number(column)?, number(row)?))
            }
            _ => Err(fault()),
        }
    }
}

/// How the table asks for the defects of what is picked.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub enum Listing {
    /// By their numbers, or, where these are too many, by the rectangle around them.
    #[default]
    Numbers,
    /// By the zone.
    Zone(ZoneEdges),
    /// By column and row of the die.
    Die(i32, i32),
}

/// Edges of a zone: inner and outer radius, mm; where it begins and how far it goes round, degrees.
pub type ZoneEdges = [f64; 4];

/// The defects of what is picked: marked on the map, listed in the table, shown in the gallery.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Picked {
    /// What it is, for example `Cluster 3`.
    pub what: String,
    /// Their numbers, ascending.
    pub numbers: Arc<Vec<i32>>,
    /// The rectangle around them; absent where none has a position.
    pub around: Option<Region>,
    /// How the table asks for them.
    pub listing: Listing,
    /// Whether a lasso on the map holds them: it goes when the lasso goes.
    pub lassoed: bool,
}

impl Picked {
    /// Whether the table can list exactly these; otherwise it lists the rectangle around them.
    #[must_use]
    pub fn is_listed_exactly(&self) -> bool {
        self.listing != Listing::Numbers || self.numbers.len() <= NUMBERS
    }

    /// Narrows a question about defects to these; returns the rectangle that is left to ask for.
    pub fn narrow(&self, question: &mut DefectQuery) -> Option<Region> {
        match self.listing {
            Listing::Zone([inner_mm, outer_mm, from_deg, sweep_deg]) => {
                question.inner_mm = Some(inner_mm);
                question.outer_mm = Some(outer_mm);
                question.from_deg = Some(from_deg);
                question.sweep_deg = Some(sweep_deg);
                None
            }
            Listing::Die(column, row) => {
                question.die_x = Some(column);
                question.die_y = Some(row);
                None
            }
            Listing::Numbers if self.is_listed_exactly() => {
                question.defect_no = self.numbers.to_vec();
                None
            }
            Listing::Numbers => self.around,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_picked_comes_back_from_the_address() {
        for pick in [
            Pick::Signature(1),
            Pick::Cluster(312),
            Pick::Zone(9),
            Pick::Die(-3, 12),
        ] {
            assert_eq!(pick.to_string().parse(), Ok(pick));
        }
        for text in ["cluster", "cluster:x", "die:1", "wafer:2", "zone:-1"] {
            assert!(text.parse::<Pick>().is_err(), "{text}");
        }
    }

    #[test]
    fn many_defects_are_listed_by_the_rectangle_around_them() {
        let of = |count: i32| Picked {
            numbers: Arc::new((1..=count).collect()),
            ..Picked::default()
        };
        assert!(of(400).is_listed_exactly() && !of(401).is_listed_exactly());
        let mut question = DefectQuery::default();
        assert_eq!(of(3).narrow(&mut question), None);
        assert_eq!(question.defect_no, [1, 2, 3]);
    }

    #[test]
    fn a_die_is_listed_exactly_however_many_defects_it_has() {
        let die = Picked {
            numbers: Arc::new((1..=5000).collect()),
            around: Some([0.0, 0.0, 1.0, 1.0]),
            listing: Listing::Die(3, -2),
            ..Picked::default()
        };
        let mut question = DefectQuery::default();
        assert_eq!(
            (die.is_listed_exactly(), die.narrow(&mut question)),
            (true, None)
        );
        assert_eq!((question.die_x, question.die_y), (Some(3), Some(-2)));
    }
}
