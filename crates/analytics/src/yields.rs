//! Yield models: what share of dies is good at a defect density, and the density that a yield tells.
//!
//! x = A D0 is the mean number of killing defects on a die. The models differ in how they take D0
//! to vary from die to die. Names are not unique in the literature: the documentation of each
//! variant says which form it is, and so should every report.

use crate::{
    Error,
    error::{expect_areas, expect_parameter, expect_positive, is_usable},
};

/// A yield model, as a function of x = A D0.
///
/// # Source
/// B. T. Murphy, Proceedings of the IEEE 52 (1964); R. B. Seeds, IEEE International Convention
/// Record (1967); C. H. Stapper, IBM Journal of Research and Development 20 (1976); J. A.
/// Cunningham, IEEE Transactions on Semiconductor Manufacturing 3 (1990) compares them.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum YieldModel {
    /// `exp(−x)`: the same D0 everywhere.
    Poisson,
    /// `((1 − exp(−x))/x)²`: triangular distribution of D0.
    Murphy,
    /// `(1 − exp(−2x))/(2x)`: uniform distribution of D0. Some texts call this one Murphy's.
    MurphyUniform,
    /// `1/(1 + x)`: exponential distribution of D0.
    SeedsReciprocal,
    /// `exp(−√x)`, which also goes by Seeds.
    SeedsSqrtExponential,
    /// `(1 + x/alpha)^(−alpha)`: gamma distribution of D0; alpha = 1 is [`Self::SeedsReciprocal`],
    /// large alpha [`Self::Poisson`].
    NegativeBinomial {
        /// Clustering parameter, above 0; 1 to 5 for most processes.
        alpha: f64,
    },
}

impl YieldModel {
    /// Share of good dies, 0 to 1.
    ///
    /// # Errors
    /// [`Error::Parameter`] for an area or alpha not above 0, or a density below 0.
    /// # Example
    /// ```
    /// use analytics::yields::YieldModel;
    ///
    /// let model = YieldModel::NegativeBinomial { alpha: 2.0 };
    /// assert!((model.expected_yield(1.0, 0.1)? - 0.907).abs() < 1e-4);
    /// # Ok::<(), analytics::Error>(())
    /// ```
    pub fn expected_yield(self, die_area_cm2: f64, defects_per_cm2: f64) -> Result<f64, Error> {
        expect_positive("die_area_cm2", die_area_cm2)?;
        let is_density = is_usable(defects_per_cm2) && defects_per_cm2 >= 0.0;
        let expected = "a finite number, at least 0";
        expect_parameter(is_density, "defects_per_cm2", defects_per_cm2, expected)?;
        self.check()?;
        Ok(self.at(die_area_cm2 * defects_per_cm2))
    }

    /// Defects per cm2 that give this yield (0 to 1) on dies of this area; `None` where no finite
    /// density does, as for yield 0.
    ///
    /// # Errors
    /// [`Error::Parameter`] for an area or alpha not above 0, or a yield outside 0 to 1.
    /// # Example
    /// ```
    /// use analytics::yields::YieldModel;
    ///
    /// let found = YieldModel::SeedsReciprocal.defect_density(0.8, 1.0)?;
    /// assert!((found.unwrap() - 0.25).abs() < 1e-12);
    /// assert_eq!(YieldModel::Poisson.defect_density(0.0, 1.0)?, None);
    /// # Ok::<(), analytics::Error>(())
    /// ```
    pub fn defect_density(
        self,
        expected_yield: f64,
        die_area_cm2: f64,
    ) -> Result<Option<f64>, Error> {
        expect_positive("die_area_cm2", die_area_cm2)?;
        let is_share = (0.0..=1.0).contains(&expected_yield);
        expect_parameter(is_share, "yield", expected_yield, "0 to 1")?;
        self.check()?;
        if expected_yield == 0.0 {
            return Ok(None);
        }
        let density = self.inverse(expected_yield) / die_area_cm2;
        Ok(density.is_finite().then_some(density))
    }

    fn check(self) -> Result<(), Error> {
        match self {
            Self::NegativeBinomial { alpha } => expect_positive("alpha", alpha),
            _ => Ok(()),
        }
    }

    fn at(self, x: f64) -> f64 {
        match self {
            _ if x == 0.0 => 1.0,
            Self::Poisson => (-x).exp(),
            Self::Murphy => (-(-x).exp_m1() / x).powi(2),
            Self::MurphyUniform => -(-2.0 * x).exp_m1() / (2.0 * x),
            Self::SeedsReciprocal => 1.0 / (1.0 + x),
            Self::SeedsSqrtExponential => (-x.sqrt()).exp(),
            Self::NegativeBinomial { alpha } => (-alpha * (x / alpha).ln_1p()).exp(),
        }
    }

    fn inverse(self, y: f64) -> f64 {
        let loss = -y.ln();
        match self {
            Self::Poisson => loss,
            Self::Murphy => murphy_inverse(loss),
            Self::MurphyUniform => 0.5 * murphy_inverse(2.0 * loss),
            Self::SeedsReciprocal => (1.0 - y) / y,
            Self::SeedsSqrtExponential => loss * loss,
            Self::NegativeBinomial { alpha } => alpha * (loss / alpha).exp_m1(),
        }
    }
}

/// Solves `−2 ln((1 − exp(−x))/x) = loss`, for which there is no closed form.
fn murphy_inverse(loss: f64) -> f64 {
    // (1 − exp(−x))/x = exp(−x/2) sinh(x/2)/(x/2), so the left side is x − 2 ln(sinh(x/2)/(x/2)):
    // it rises, and lies between x/2 and x, or below both of 2 ln(1 + x) and x.
    let left = |x: f64| {
        if x < 0.5 {
            let square = 0.25 * x * x;
            let above_1 = square / 6.0
                * (1.0 + square / 20.0 * (1.0 + square / 42.0 * (1.0 + square / 72.0)));
            x - 2.0 * above_1.ln_1p()
        } else {
            -2.0 * (-(-x).exp_m1() / x).ln()
        }
    };
    let (mut low, mut high) = (loss, loss.max(1.0));
    while left(high) < loss {
        high *= 2.0;
    }
    // Bisection to the last bit of a double.
    while low < high {
        let middle = low + 0.5 * (high - low);
        if middle <= low || middle >= high {
            break;
        }
        if left(middle) < loss {
            low = middle;
        } else {
            high = middle;
        }
    }
    high
}

/// Defects and the area they were counted on.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct InspectedDensity {
    /// Sum of the counts.
    pub total_defects: u64,
    /// Sum of the inspected areas.
    pub total_area_cm2: f64,
    /// Their ratio, in defects per cm2.
    pub defects_per_cm2: f64,
}

/// Defect density from inspection: total defects over total inspected area, not the mean of the
/// wafers' densities.
///
/// `counts` and `areas_cm2` hold one value for each wafer, at least 1.
/// # Errors
/// [`Error::Empty`], [`Error::Length`], [`Error::NotFinite`], [`Error::Area`].
pub fn inspected_density(counts: &[u64], areas_cm2: &[f64]) -> Result<InspectedDensity, Error> {
    if counts.is_empty() {
        return Err(Error::Empty { what: "counts" });
    }
    expect_areas(areas_cm2, counts.len())?;
    let total_area_cm2: f64 = areas_cm2.iter().sum();
    let total: f64 = counts.iter().map(|&count| count as f64).sum();
    Ok(InspectedDensity {
        total_defects: counts
            .iter()
            .fold(0, |sum, &count| sum.saturating_add(count)),
        total_area_cm2,
        defects_per_cm2: total / total_area_cm2,
    })
}
