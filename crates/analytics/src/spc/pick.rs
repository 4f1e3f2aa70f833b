//! Which chart fits the counts, and why, in words.

use std::fmt;

use super::{
    CountModel, Setup, THREE_SIGMA_TAIL, analyse::Series, c_chart, laney_u_chart, u_chart,
};
use crate::{Error, dispersion};

/// The charts that counts and densities can be shown on.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum ChartKind {
    /// Individuals and moving range.
    Individuals,
    /// Counts on equal areas, Poisson.
    C,
    /// Densities, Poisson.
    U,
    /// Densities, limits widened by the variation that is really there.
    LaneyU,
}

impl ChartKind {
    /// The kind as interfaces write it.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Individuals => "imr",
            Self::C => "c",
            Self::U => "u",
            Self::LaneyU => "laney_u",
        }
    }
}

impl fmt::Display for ChartKind {
    /// The kind as people write it.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Individuals => "individuals chart",
            Self::C => "c chart",
            Self::U => "u chart",
            Self::LaneyU => "Laney u' chart",
        })
    }
}

/// How much the counts of the baseline vary, against Poisson counts.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dispersed {
    /// Variance over mean on equal areas; Pearson's statistic over its degrees of freedom where
    /// areas differ. 1 for Poisson counts.
    pub ratio: f64,
    /// Probability of at least this much variation if counts were Poisson.
    pub p_over: f64,
    /// Probability of at most this much.
    pub p_under: f64,
    /// Clustering parameter by moments, small for strong clusters; `None` unless counts vary more
    /// than Poisson counts.
    pub alpha: Option<f64>,
}

/// The level of the dispersion tests. A Laney chart picked by chance does no harm: its sigma_z is near 1.
const LEVEL: f64 = 0.05;

/// Below this mean the lower 3-sigma limit of counts is 0: 9 − 3√9.
const SMALL_MEAN: f64 = 9.0;

impl Dispersed {
    fn of(series: &Series, in_baseline: &[bool]) -> Result<Option<Self>, Error> {
        let marked = |index: &usize| in_baseline[*index];
        let indices: Vec<usize> = (0..in_baseline.len()).filter(marked).collect();
        let counts: Vec<u64> = indices.iter().map(|&i| series.counts[i]).collect();
        let areas: Vec<f64> = indices.iter().map(|&i| series.areas[i]).collect();
        let measured = dispersion::of_densities(&counts, &areas)?;
        Ok(measured.ratio.zip(measured.test).map(|(ratio, test)| Self {
            ratio,
            p_over: test.p_over,
            p_under: test.p_under,
            alpha: measured.alpha_moment,
        }))
    }

    /// Whether counts vary more than chance explains, at the level of 5 %.
    pub fn is_over(&self) -> bool {
        self.p_over < LEVEL
    }

    /// Whether they vary less.
    pub fn is_under(&self) -> bool {
        self.p_under < LEVEL
    }
}

/// Something that was measured to choose a chart, or that speaks about the chosen one.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Finding {
    /// Not all points have an inspected area, so counts are charted.
    AreasMissing {
        /// Points without an area.
        missing: usize,
        /// Points.
        points: usize,
    },
    /// Inspected areas differ: counts cannot be compared as they are.
    AreasDiffer {
        /// Smallest area, in cm2.
        least_cm2: f64,
        /// Largest area, in cm2.
        most_cm2: f64,
    },
    /// The baseline is a single point or has no defects: its dispersion has no value.
    Unmeasured {
        /// Points in the baseline.
        points: usize,
    },
    /// Dispersion of the baseline against that of independent defects.
    Dispersion {
        /// The figures.
        measured: Dispersed,
        /// What they say at the level of 5 %.
        verdict: Verdict,
    },
    /// How many of all points the limits of a chart for independent defects flag.
    PoissonFlags {
        /// That chart.
        kind: ChartKind,
        /// Points beyond its limits.
        flagged: usize,
        /// Points.
        points: usize,
    },
    /// How much neighbouring points differ, compared with chance: where dispersion is high and this
    /// is not above 1, the level moves and defects do not cluster.
    ShortTermVariation {
        /// Laney's sigma_z of the baseline.
        sigma_z: f64,
    },
    /// Counts cluster so strongly that their distribution is lopsided: Laney's upper limit is crossed
    /// by chance more than three times as often as 3 sigma of a normal distribution. Probability
    /// limits serve better.
    Lopsided {
        /// Clustering parameter by moments.
        alpha: f64,
        /// Probability of a count above Laney's upper limit on a wafer of mean area, by the negative
        /// binomial distribution.
        p_above: f64,
    },
    /// The mean count is so small (below 9) that the lower 3-sigma limit is 0 and the upper one is
    /// crossed too often: probability limits serve better.
    SmallCounts {
        /// Mean count of the baseline.
        mean: f64,
    },
}

/// What a dispersion test says.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Verdict {
    /// More variation than chance gives.
    Over,
    /// No more and no less than chance gives.
    AsChance,
    /// Less variation than chance gives: counts may be capped, merged or averaged.
    Under,
}

/// A chart, what was measured, and the reason in a sentence.
pub(super) struct Choice {
    pub kind: ChartKind,
    pub reason: String,
    pub dispersed: Option<Dispersed>,
    pub findings: Vec<Finding>,
}

/// Picks the chart, or says what speaks for and against the one that was asked for.
pub(super) fn choose(
    series: &Series,
    wanted: Option<ChartKind>,
    setup: &Setup,
) -> Result<Choice, Error> {
    let in_baseline = setup.baseline.mask(series.counts.len())?;
    let dispersed = Dispersed::of(series, &in_baseline)?;
    let poisson = if series.has_equal_areas() {
        ChartKind::C
    } else {
        ChartKind::U
    };
    let measured = dispersed.map(|d| measured_in_words(&d));
    let (kind, reason) = match (wanted, dispersed, measured) {
        (Some(kind), Some(d), Some(measured)) => {
            let remark = remark_on(kind, &d, series, setup)?;
            (
                kind,
                format!("The {kind} was asked for. {measured}{remark}."),
            )
        }
        (Some(kind), ..) => (kind, format!("The {kind} was asked for.")),
        (None, Some(d), Some(measured)) if d.is_over() => {
            over_in_words(poisson, &measured, series, setup)?
        }
        (None, Some(d), Some(measured)) if d.is_under() => {
            let why = "less than chance gives: the counts may be capped, merged or averaged";
            (
                poisson,
                format!("{measured}, {why}. The {poisson} is used."),
            )
        }
        (None, Some(_), Some(measured)) => {
            let why = "no more than chance gives";
            (
                poisson,
                format!("{measured}, {why}: the {poisson} is used."),
            )
        }
        (None, ..) => (poisson, unmeasured_in_words(poisson, &in_baseline)),
    };
    Ok(Choice {
        kind,
        reason: format!("{}{reason}", series.remark),
        dispersed,
        findings: findings(series, setup, &in_baseline, dispersed)?,
    })
}

/// What was measured, as data: the same for a chart that was picked and one that was asked for.
fn findings(
    series: &Series,
    setup: &Setup,
    in_baseline: &[bool],
    dispersed: Option<Dispersed>,
) -> Result<Vec<Finding>, Error> {
    let mut findings = Vec::new();
    let points = series.counts.len();
    if series.areas_missing > 0 && series.areas_missing < points {
        let missing = series.areas_missing;
        findings.push(Finding::AreasMissing { missing, points });
    }
    let has_equal_areas = series.has_equal_areas();
    if !has_equal_areas {
        let areas = || series.areas.iter().copied();
        findings.push(Finding::AreasDiffer {
            least_cm2: areas().fold(f64::INFINITY, f64::min),
            most_cm2: areas().fold(0.0, f64::max),
        });
    }
    let chosen = || (0..points).filter(|&index| in_baseline[index]);
    let Some(measured) = dispersed else {
        let points = chosen().count();
        findings.push(Finding::Unmeasured { points });
        return Ok(findings);
    };
    let verdict = match measured {
        _ if measured.is_over() => Verdict::Over,
        _ if measured.is_under() => Verdict::Under,
        _ => Verdict::AsChance,
    };
    findings.push(Finding::Dispersion { measured, verdict });
    let (kind, poisson) = match has_equal_areas {
        true => (ChartKind::C, c_chart(&series.counts, setup)?),
        false => (ChartKind::U, u_chart(&series.counts, &series.areas, setup)?),
    };
    let flagged = poisson.beyond.len();
    findings.push(Finding::PoissonFlags {
        kind,
        flagged,
        points,
    });
    let laney = laney_u_chart(&series.counts, &series.areas, setup)?;
    if let Some(sigma_z) = laney.sigma_z {
        findings.push(Finding::ShortTermVariation { sigma_z });
    }
    let mean = chosen().map(|i| series.counts[i] as f64).sum::<f64>() / chosen().count() as f64;
    if let (Some(alpha), Some(sigma_z), true) = (measured.alpha, laney.sigma_z, measured.is_over())
    {
        let upper = mean + setup.k_sigma * sigma_z * mean.sqrt();
        let p_above = CountModel::NegativeBinomial { alpha }.p_above(upper, mean);
        if p_above > 3.0 * THREE_SIGMA_TAIL {
            findings.push(Finding::Lopsided { alpha, p_above });
        }
    }
    if mean < SMALL_MEAN {
        findings.push(Finding::SmallCounts { mean });
    }
    Ok(findings)
}

/// More variation than chance gives: clusters, which a Laney chart allows for, or levels that
/// differ, which it would hide or exaggerate. Neighbouring points tell which.
fn over_in_words(
    poisson: ChartKind,
    measured: &str,
    series: &Series,
    setup: &Setup,
) -> Result<(ChartKind, String), Error> {
    let laney = laney_u_chart(&series.counts, &series.areas, setup)?;
    let kind = ChartKind::LaneyU;
    let sigma_z = laney.sigma_z.unwrap_or_default();
    if sigma_z > 1.0 {
        let flagged = share_beyond(poisson, series, setup)?;
        let reason = format!(
            "{measured}, more than chance gives (defects cluster); {poisson} limits would flag \
             {flagged} of points, so the {kind} is used."
        );
        return Ok((kind, reason));
    }
    let reason = format!(
        "{measured}, more than chance gives, but neighbouring points differ no more than chance \
         gives (sigma_z {sigma_z:.2}): the level shifts or drifts rather than defects clustering, \
         so the {poisson} is used."
    );
    Ok((poisson, reason))
}

fn unmeasured_in_words(poisson: ChartKind, in_baseline: &[bool]) -> String {
    let points = in_baseline.iter().filter(|&&marked| marked).count();
    let why = match points {
        1 => "The baseline is a single point",
        _ => "The baseline has no defects",
    };
    format!("{why}, so dispersion cannot be measured: the {poisson} is used.")
}

/// What dispersion and areas say about a chart that was asked for, as the end of a sentence.
fn remark_on(
    kind: ChartKind,
    dispersed: &Dispersed,
    series: &Series,
    setup: &Setup,
) -> Result<String, Error> {
    let is_poisson = matches!(kind, ChartKind::C | ChartKind::U);
    let dispersion = match (is_poisson, dispersed.is_over()) {
        (true, true) => format!(
            ", more than chance gives: its limits are too tight and flag {} of points",
            share_beyond(kind, series, setup)?
        ),
        (false, true) => ", more than chance gives, which its limits allow for".to_owned(),
        (_, false) if dispersed.is_under() => ", less than chance gives".to_owned(),
        (_, false) => ", no more than chance gives".to_owned(),
    };
    let areas = match kind {
        ChartKind::C if !series.has_equal_areas() => {
            ". Inspected areas differ, which a c chart does not see"
        }
        _ => "",
    };
    Ok(format!("{dispersion}{areas}"))
}

/// The share of points that the limits of a Poisson chart flag, as "31 %".
fn share_beyond(poisson: ChartKind, series: &Series, setup: &Setup) -> Result<String, Error> {
    let chart = match poisson {
        ChartKind::C => c_chart(&series.counts, setup)?,
        _ => u_chart(&series.counts, &series.areas, setup)?,
    };
    let share = 100.0 * chart.beyond.len() as f64 / chart.values.len() as f64;
    Ok(format!("{share:.0} %"))
}

fn measured_in_words(dispersed: &Dispersed) -> String {
    let p = match dispersed.p_over {
        p if p < 0.001 => "p < 0.001".to_owned(),
        p if p > 0.999 => "p > 0.999".to_owned(),
        p => format!("p = {p:.3}"),
    };
    let ratio = dispersed.ratio;
    let digits = if ratio < 10.0 { 1 } else { 0 };
    format!("Variance/mean is {ratio:.digits$} (chi-square test {p})")
}
