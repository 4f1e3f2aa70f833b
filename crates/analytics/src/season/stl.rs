use super::loess::Smoother;
use crate::{
    Error,
    error::{expect_finite, expect_parameter},
    sample::{centred_squares, mean, median},
};

/// How a season may change over the years.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum SeasonalWindow {
    /// Each phase is smoothed over its cycles.
    Smooth(Smoother),
    /// The same in every cycle: each phase is its mean. Degree 0, a window of ten times the series
    /// plus 1, evaluated at every `jump`-th cycle, then averaged.
    Periodic {
        /// As [`Smoother::jump`].
        jump: usize,
    },
}

/// How [`stl`] decomposes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct StlSetup {
    /// Points in a cycle, at least 2.
    pub period: usize,
    /// Smoother of each phase over the cycles.
    pub seasonal: SeasonalWindow,
    /// Smoother of the trend.
    pub trend: Smoother,
    /// Smoother that takes the trend out of the season.
    pub low_pass: Smoother,
    /// Passes between season and trend.
    pub inner_passes: usize,
    /// Passes that give outliers less weight; 0 for none.
    pub outer_passes: usize,
}

impl StlSetup {
    /// The windows that the authors recommend for a season that is the same in every cycle: trend
    /// window the odd number from 1.5 periods on, low-pass window the odd number from a period on,
    /// each evaluated ten times in its width, so that time grows with the length only.
    ///
    /// `is_robust` takes 1 inner and 15 outer passes, otherwise it is 2 and 0.
    pub fn periodic(period: usize, is_robust: bool) -> Self {
        let odd_from = |least: usize| least + usize::from(least.is_multiple_of(2));
        let trend_window = odd_from((3 * period).div_ceil(2)).max(3);
        Self {
            period,
            // Of a mean over all cycles nothing is lost between the first cycle and the last.
            seasonal: SeasonalWindow::Periodic { jump: usize::MAX },
            trend: Smoother::new(trend_window, 1).with_recommended_jump(),
            low_pass: Smoother::new(odd_from(period).max(3), 1).with_recommended_jump(),
            inner_passes: if is_robust { 1 } else { 2 },
            outer_passes: if is_robust { 15 } else { 0 },
        }
    }

    /// As [`Self::periodic`], with a season that may change: `window` cycles, odd, from 7 on. The
    /// trend window is the odd number from 1.5 period/(1 − 1.5/window) on.
    pub fn changing(period: usize, window: usize, is_robust: bool) -> Self {
        let width = 1.5 * period as f64 / (1.0 - 1.5 / window.max(3) as f64);
        let width = width.ceil() as usize;
        let trend_window = (width + usize::from(width.is_multiple_of(2))).max(3);
        Self {
            seasonal: SeasonalWindow::Smooth(Smoother::new(window, 1).with_recommended_jump()),
            trend: Smoother::new(trend_window, 1).with_recommended_jump(),
            ..Self::periodic(period, is_robust)
        }
    }

    fn check(&self, n: usize) -> Result<(), Error> {
        let period = self.period as f64;
        expect_parameter(self.period >= 2, "period", period, "at least 2")?;
        let needed = 2 * self.period;
        if n < needed {
            return Err(Error::TooFew {
                what: "values of two periods",
                found: n,
                needed,
            });
        }
        let seasonal = match self.seasonal {
            SeasonalWindow::Smooth(smoother) => smoother,
            SeasonalWindow::Periodic { jump } => Smoother {
                window: 3,
                degree: 0,
                jump,
            },
        };
        let smoothers = [
            ("seasonal window", seasonal),
            ("trend window", self.trend),
            ("low-pass window", self.low_pass),
        ];
        for (name, smoother) in smoothers {
            let window = smoother.window;
            let is_odd = window >= 3 && !window.is_multiple_of(2);
            expect_parameter(is_odd, name, window as f64, "an odd number from 3 on")?;
            let degree = f64::from(smoother.degree);
            expect_parameter(smoother.degree <= 1, "degree", degree, "0 or 1")?;
            expect_parameter(smoother.jump >= 1, "jump", 0.0, "at least 1")?;
        }
        let passes = self.inner_passes;
        expect_parameter(passes >= 1, "inner_passes", 0.0, "at least 1")
    }
}

/// A series as the sum of its three parts, one value of each for each point.
#[derive(Clone, Debug, PartialEq)]
pub struct Decomposition {
    /// What repeats with the period.
    pub seasonal: Vec<f64>,
    /// The level.
    pub trend: Vec<f64>,
    /// What is left.
    pub remainder: Vec<f64>,
    /// Weight of each point in the last pass, 0 for outliers, 1 without outer passes.
    pub weights: Vec<f64>,
    /// `max(0, 1 − Var(remainder)/Var(seasonal + remainder))`; `None` where that has no variance.
    pub seasonal_strength: Option<f64>,
    /// The same of trend and remainder.
    pub trend_strength: Option<f64>,
}

/// Decomposes a series into season, trend and remainder by local regression.
///
/// `values` are finite, oldest first, evenly spaced in time, at least two periods of them.
/// # Errors
/// [`Error::Empty`], [`Error::NotFinite`], [`Error::TooFew`], [`Error::Parameter`].
/// # Source
/// R. B. Cleveland, W. S. Cleveland, J. E. McRae, I. Terpenning, STL: a seasonal-trend
/// decomposition procedure based on loess, Journal of Official Statistics 6 (1990). The strengths:
/// R. J. Hyndman and G. Athanasopoulos, Forecasting: Principles and Practice, 4.3.
/// # Example
/// ```
/// use analytics::season::{StlSetup, stl};
///
/// let week = [4.0, 9.0, 5.0, 6.0, 5.0, 4.0, 5.0];
/// let values: Vec<f64> = (0..70).map(|day| week[day % 7] + 0.1 * day as f64).collect();
/// let parts = stl(&values, &StlSetup::periodic(7, false))?;
/// assert!(parts.seasonal[1] - parts.seasonal[0] > 4.5);
/// assert!(parts.seasonal_strength.unwrap() > 0.99);
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn stl(values: &[f64], setup: &StlSetup) -> Result<Decomposition, Error> {
    expect_finite("values", values)?;
    setup.check(values.len())?;
    let n = values.len();
    let mut parts = Parts {
        seasonal: vec![0.0; n],
        trend: vec![0.0; n],
    };
    let mut weights: Option<Vec<f64>> = None;
    parts.inner(values, setup, weights.as_deref());
    for _ in 0..setup.outer_passes {
        weights = Some(bisquare_weights(&parts.remainder(values)));
        parts.inner(values, setup, weights.as_deref());
    }
    if let SeasonalWindow::Periodic { .. } = setup.seasonal {
        parts.seasonal = phase_means(&parts.seasonal, setup.period);
    }
    let remainder = parts.remainder(values);
    Ok(Decomposition {
        seasonal_strength: strength(&parts.seasonal, &remainder),
        trend_strength: strength(&parts.trend, &remainder),
        seasonal: parts.seasonal,
        trend: parts.trend,
        remainder,
        weights: weights.unwrap_or_else(|| vec![1.0; n]),
    })
}

struct Parts {
    seasonal: Vec<f64>,
    trend: Vec<f64>,
}

impl Parts {
    fn remainder(&self, values: &[f64]) -> Vec<f64> {
        let parts = self.seasonal.iter().zip(&self.trend);
        let pairs = values.iter().zip(parts);
        pairs.map(|(value, (s, t))| value - s - t).collect()
    }

    /// The inner loop: steps 1 to 6 of the paper, section 2.3.
    fn inner(&mut self, values: &[f64], setup: &StlSetup, weights: Option<&[f64]>) {
        let n = values.len();
        for _ in 0..setup.inner_passes {
            let detrended = difference(values, &self.trend);
            let cycles = smooth_phases(&detrended, setup, weights);
            let level = setup
                .low_pass
                .smooth(&low_pass(&cycles, setup.period), None);
            self.seasonal = difference(&cycles[setup.period..setup.period + n], &level);
            let deseasonalised = difference(values, &self.seasonal);
            self.trend = setup.trend.smooth(&deseasonalised, weights);
        }
    }
}

/// Each phase smoothed over its cycles and extended by one cycle at both ends: a period longer
/// than the series at both ends.
fn smooth_phases(detrended: &[f64], setup: &StlSetup, weights: Option<&[f64]>) -> Vec<f64> {
    let (n, period) = (detrended.len(), setup.period);
    let smoother = match setup.seasonal {
        SeasonalWindow::Smooth(smoother) => smoother,
        SeasonalWindow::Periodic { jump } => Smoother {
            window: 10 * n + 1,
            degree: 0,
            jump,
        },
    };
    let mut extended = vec![0.0; n + 2 * period];
    for phase in 0..period {
        let of_phase = |all: &[f64]| all.iter().copied().skip(phase).step_by(period).collect();
        let values: Vec<f64> = of_phase(detrended);
        let weights: Option<Vec<f64>> = weights.map(of_phase);
        let (cycles, weights) = (values.len(), weights.as_deref());
        let smooth = smoother.smooth(&values, weights);
        let first = (1, smoother.window.min(cycles));
        let last = ((cycles + 1).saturating_sub(smoother.window).max(1), cycles);
        let before = smoother.at(0.0, first, &values, weights);
        let after = smoother.at(cycles as f64 + 1.0, last, &values, weights);
        extended[phase] = before.unwrap_or(smooth[0]);
        extended[phase + (cycles + 1) * period] = after.unwrap_or(smooth[cycles - 1]);
        for (cycle, value) in smooth.into_iter().enumerate() {
            extended[phase + (cycle + 1) * period] = value;
        }
    }
    extended
}

/// Moving averages of a period, a period and 3: as long as the series.
fn low_pass(cycles: &[f64], period: usize) -> Vec<f64> {
    moving_mean(&moving_mean(&moving_mean(cycles, period), period), 3)
}

fn moving_mean(values: &[f64], window: usize) -> Vec<f64> {
    let windows = values.windows(window);
    windows
        .map(|window| window.iter().sum::<f64>() / window.len() as f64)
        .collect()
}

fn difference(a: &[f64], b: &[f64]) -> Vec<f64> {
    a.iter().zip(b).map(|(a, b)| a - b).collect()
}

/// Weights of the outer loop, by the size of the remainder over six times its median.
fn bisquare_weights(remainder: &[f64]) -> Vec<f64> {
    let sizes: Vec<f64> = remainder.iter().map(|value| value.abs()).collect();
    let scale = 6.0 * median(&mut sizes.clone()).unwrap_or_default();
    let weight = |size: &f64| {
        if *size <= 0.001 * scale {
            1.0
        } else if *size <= 0.999 * scale {
            (1.0 - (size / scale).powi(2)).powi(2)
        } else {
            0.0
        }
    };
    sizes.iter().map(weight).collect()
}

fn phase_means(seasonal: &[f64], period: usize) -> Vec<f64> {
    let of_phase = |phase: usize| seasonal.iter().copied().skip(phase).step_by(period);
    let means: Vec<f64> = (0..period)
        .map(|phase| mean(&of_phase(phase).collect::<Vec<f64>>()))
        .collect();
    (0..seasonal.len())
        .map(|index| means[index % period])
        .collect()
}

fn strength(component: &[f64], remainder: &[f64]) -> Option<f64> {
    let both: Vec<f64> = component
        .iter()
        .zip(remainder)
        .map(|(a, b)| a + b)
        .collect();
    let whole = centred_squares(&both);
    (whole > 0.0).then(|| (1.0 - centred_squares(remainder) / whole).max(0.0))
}
