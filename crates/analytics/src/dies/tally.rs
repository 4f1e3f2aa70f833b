//! Dies by their number of defects.

use std::collections::BTreeMap;

use crate::{
    Error,
    error::{expect_parameter, expect_positive},
    yields::YieldModel,
};

use super::wilson_interval;

/// Dies by their number of defects, over any number of wafers.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct DieTally {
    /// How many dies have how many defects.
    dies_by_defects: BTreeMap<u64, u64>,
}

/// What a yield model says of the share of dies without a defect.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct YieldEstimate {
    /// The model.
    pub model: YieldModel,
    /// The share it expects.
    pub defect_free: f64,
    /// That minus the share found.
    pub error: f64,
}

impl DieTally {
    /// Adds dies that have a number of defects each.
    pub fn add(&mut self, defects: u64, dies: u64) {
        if dies > 0 {
            *self.dies_by_defects.entry(defects).or_default() += dies;
        }
    }

    /// Dies counted.
    #[must_use]
    pub fn dies(&self) -> u64 {
        self.dies_by_defects.values().sum()
    }

    /// Dies with at least one defect.
    #[must_use]
    pub fn defective(&self) -> u64 {
        self.dies() - self.dies_by_defects.get(&0).copied().unwrap_or(0)
    }

    /// Defects on all dies.
    #[must_use]
    pub fn defects(&self) -> u64 {
        let both = self.dies_by_defects.iter();
        both.fold(0, |sum: u64, (defects, dies)| {
            sum.saturating_add(defects.saturating_mul(*dies))
        })
    }

    /// Mean number of defects a die.
    ///
    /// # Errors
    /// [`Error::Empty`] without a die.
    pub fn mean(&self) -> Result<f64, Error> {
        match self.dies() {
            0 => Err(Error::Empty { what: "dies" }),
            dies => Ok(self.defects() as f64 / dies as f64),
        }
    }

    /// Share of dies with at least one defect, and its 95 % interval ([`wilson_interval`]).
    ///
    /// # Errors
    /// [`Error::Empty`] without a die.
    pub fn defective_share(&self) -> Result<(f64, (f64, f64)), Error> {
        let (defective, dies) = (self.defective(), self.dies());
        if dies == 0 {
            return Err(Error::Empty { what: "dies" });
        }
        let interval = wilson_interval(defective, dies)?;
        Ok((defective as f64 / dies as f64, interval))
    }

    /// Variance of the defects a die over their mean: 1 for defects at random, more where they cluster. `None` for
    /// one die or no defect.
    #[must_use]
    pub fn dispersion(&self) -> Option<f64> {
        let (mean, dies) = (self.mean().ok()?, self.dies());
        (dies > 1 && mean > 0.0).then(|| self.squares(mean) / (dies - 1) as f64 / mean)
    }

    /// Clustering parameter of the negative binomial by moments, mean²/(variance − mean); `None` unless the variance is
    /// above the mean.
    #[must_use]
    pub fn alpha(&self) -> Option<f64> {
        let mean = self.mean().ok()?;
        let excess = self.dispersion()? - 1.0;
        (excess > 0.0).then(|| mean / excess)
    }

    /// How many dies have 0, 1, 2, ... defects, the last of `places` holding all with at least that many.
    #[must_use]
    pub fn histogram(&self, places: usize) -> Vec<u64> {
        let mut histogram = vec![0; places];
        for (&defects, &dies) in &self.dies_by_defects {
            let place = usize::try_from(defects).unwrap_or(usize::MAX);
            if let Some(last) = places.checked_sub(1) {
                histogram[place.min(last)] += dies;
            }
        }
        histogram
    }

    /// What yield models say of the share of dies without a defect, from the mean defects a die alone, and, for the
    /// negative binomial, alpha from their dispersion: where defects do not cluster that one is missing.
    ///
    /// `die_area_cm2` turns the mean into a density and back; it cancels, but a model is given as one of both.
    /// # Errors
    /// [`Error::Empty`] without a die, [`Error::Parameter`] for an area that is not positive.
    pub fn yield_estimates(&self, die_area_cm2: f64) -> Result<Vec<YieldEstimate>, Error> {
        expect_positive("die_area_cm2", die_area_cm2)?;
        let density = self.mean()? / die_area_cm2;
        let (defective, _) = self.defective_share()?;
        let clustered = self
            .alpha()
            .filter(|alpha| alpha.is_finite() && *alpha > 0.0);
        let mut models = vec![
            YieldModel::Poisson,
            YieldModel::Murphy,
            YieldModel::SeedsReciprocal,
        ];
        models.extend(clustered.map(|alpha| YieldModel::NegativeBinomial { alpha }));
        let estimate = |model: YieldModel| {
            let defect_free = model.expected_yield(die_area_cm2, density)?;
            expect_parameter(defect_free.is_finite(), "yield", defect_free, "finite")?;
            Ok(YieldEstimate {
                model,
                defect_free,
                error: defect_free - (1.0 - defective),
            })
        };
        models.into_iter().map(estimate).collect()
    }

    fn squares(&self, mean: f64) -> f64 {
        let both = self.dies_by_defects.iter();
        both.map(|(&defects, &dies)| dies as f64 * (defects as f64 - mean).powi(2))
            .sum()
    }
}
