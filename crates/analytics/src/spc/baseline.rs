use std::ops::Range;

use crate::{Error, error::expect_positive};

/// The points that limits are computed from.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub enum Baseline {
    /// All points.
    #[default]
    All,
    /// A period: the points of a range of indices.
    Range(Range<usize>),
    /// The points marked `true`, one mark for each point: a period with points left out for a reason.
    Mask(Vec<bool>),
}

impl Baseline {
    /// One mark for each of `points` points.
    ///
    /// # Errors
    /// [`Error::Baseline`] when no point is left or the range reaches beyond the series,
    /// [`Error::Length`] for a mask of another length.
    pub fn mask(&self, points: usize) -> Result<Vec<bool>, Error> {
        let mask = match self {
            Self::All => vec![true; points],
            Self::Range(range) if range.end <= points => {
                (0..points).map(|index| range.contains(&index)).collect()
            }
            Self::Range(_) => Vec::new(),
            Self::Mask(mask) => {
                crate::error::expect_length("baseline mask", mask.len(), points)?;
                mask.clone()
            }
        };
        if mask.contains(&true) {
            return Ok(mask);
        }
        Err(Error::Baseline {
            baseline: match self {
                Self::Range(range) => format!("{}..{}", range.start, range.end),
                Self::All => "of all points".to_owned(),
                Self::Mask(_) => "mask".to_owned(),
            },
            points,
        })
    }
}

/// How limits are set.
#[derive(Clone, Debug, PartialEq)]
pub struct Setup {
    /// Distance of the limits from the centre, in sigma.
    pub k_sigma: f64,
    /// The points that limits are computed from.
    pub baseline: Baseline,
    /// A centre that is given, a standard or target, in the unit of the chart's values; `None`
    /// estimates it from the baseline. Sigma of counts and fractions follows from it; sigma of
    /// individuals, and `sigma_z` of Laney charts, still come from the baseline.
    pub standard_centre: Option<f64>,
}

impl Default for Setup {
    /// Three sigma, from all points.
    fn default() -> Self {
        Self {
            k_sigma: 3.0,
            baseline: Baseline::All,
            standard_centre: None,
        }
    }
}

/// Checks the distance of limits from the centre.
pub(super) fn expect_k_sigma(k_sigma: f64) -> Result<(), Error> {
    expect_positive("k_sigma", k_sigma)
}
