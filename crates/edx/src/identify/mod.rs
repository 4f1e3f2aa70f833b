//! Which elements a spectrum speaks for, and how strongly.
//!
//! 1. The background is taken off (SNIP); peaks are searched in what is left.
//! 2. Elements are models of whole line families: K, L and M lines in their known proportions, broadened by the
//!    detector, with the escape peaks of silicon. Families of one element come in a proportion that is known to
//!    within a factor, so that there is no Fe L without Fe K. Only what the beam can excite takes part.
//! 3. Elements join one by one, always the one that explains most of what is not explained yet, and leave again when
//!    others have made them needless, until none adds more than the asked significance. So one peak is not told twice.
//! 4. For each element that stays, every other element is tried in its place: what does nearly as well is told as
//!    an alternative, and takes weight.
//!
//! # The weight of evidence
//!
//! `weight` = (1 - exp(-s²/50)) / (1 + Σ exp(-Δ/2)). s is the significance in standard deviations: the root of the
//! rise of χ² when the element is left out and the others adapt themselves. The sum goes over the elements tried in
//! its place, Δ being the rise of χ² by the exchange (Akaike weights: K. P. Burnham, D. R. Anderson, "Model
//! Selection and Multimodel Inference", 2002, ch. 2). χ² counts Poisson's variance and
//! 3 % of the counts for what the model does not know (shapes of peaks, weights of lines). A weight of 0.9 does not
//! mean that the element is there with a probability of 90 %: it ranks evidence, and knows nothing of contamination,
//! of what the tool is built of, or of elements that are not in the table.
//!
//! Not done: quantities (concentrations), sum peaks, correction of a wrong energy scale.

mod background;
mod candidate;
mod evidence;
mod fit;
mod grid;
mod peak;
mod selection;

use crate::detector::USUAL_FWHM_KEV;
use crate::spectrum::Spectrum;
use candidate::Candidate;
use grid::Grid;
use selection::Selection;

/// What is known about the measurement, and how careful to be.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Resolution: FWHM at Mn Kα, in keV; usually 0.13.
    pub fwhm_at_mn_ka_kev: f64,
    /// Energy of the electrons in keV where the spectrum does not tell it. With neither, the end of the
    /// energy scale stands for it.
    pub beam_energy_kev: Option<f64>,
    /// Least significance of a peak and of an element, in standard deviations; usually 5.
    pub significance: f64,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            fwhm_at_mn_ka_kev: USUAL_FWHM_KEV,
            beam_energy_kev: None,
            significance: 5.0,
        }
    }
}

/// What a spectrum shows.
#[derive(Clone, Debug, PartialEq, Default)]
pub struct Identification {
    /// Peaks above the background, by energy. Lines that overlap may make one peak.
    pub peaks: Vec<Peak>,
    /// Elements, the one with most counts first.
    pub elements: Vec<ElementEvidence>,
    /// Peaks that are left when all elements are taken off.
    pub unexplained: Vec<Peak>,
    /// Background in counts per channel, one value per channel: for charts. 0 below 0.15 keV; empty where nothing can be
    /// found.
    pub background: Vec<f64>,
}

/// A peak.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Peak {
    /// Energy of its centre, in keV.
    pub energy_kev: f64,
    /// Counts above the background in the channel of its centre.
    pub height: f64,
    /// Counts above the background.
    pub net_counts: f64,
    /// Counts above the background in standard deviations.
    pub significance: f64,
}

/// What speaks for an element.
#[derive(Clone, Debug, PartialEq)]
pub struct ElementEvidence {
    /// Symbol, such as `Fe`.
    pub symbol: &'static str,
    /// Lines that stand out of the background, by energy.
    pub lines: Vec<LineFound>,
    /// Counts of all its lines, those that do not stand out included.
    pub net_counts: f64,
    /// Significance in standard deviations.
    pub significance: f64,
    /// Weight of the evidence, from 0 to 1; see the head of this module. Never a certainty.
    pub weight: f64,
    /// Elements that in its place explain more than a third of what it explains, the most likely first.
    pub alternatives: Vec<&'static str>,
}

/// A line that was found.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct LineFound {
    /// Siegbahn's name, such as `Kα`.
    pub name: &'static str,
    /// Its energy by the table, in keV.
    pub energy_kev: f64,
    /// Its counts.
    pub net_counts: f64,
}

/// Identifies the elements of a spectrum.
///
/// Nothing is found in a spectrum whose channels are wider than half of the resolution, or whose options are
/// not positive numbers. Takes some milliseconds.
/// # Example
/// ```no_run
/// # let file = Vec::new();
/// let spectrum = edx::msa::read(&file)?;
/// for element in edx::identify(&spectrum, &edx::Options::default()).elements {
///     println!("{}: weight of evidence {:.2}", element.symbol, element.weight);
/// }
/// # Ok::<(), edx::msa::Error>(())
/// ```
pub fn identify(spectrum: &Spectrum, options: &Options) -> Identification {
    let Some(grid) = Grid::new(spectrum, options) else {
        return Identification::default();
    };
    let background = background::of(&grid);
    let net: Vec<f64> = grid
        .counts
        .iter()
        .zip(&background)
        .map(|(count, background)| count - background)
        .collect();
    let variance = grid.variance(&background);
    let peaks = peak::search(&grid, &net, &variance, options.significance);

    let candidates = Candidate::all(&grid, &net, &variance);
    let selection = Selection::of(&grid, &net, &background, &candidates, options.significance);
    let elements = evidence::of(&grid, &selection, &candidates);
    let rest: Vec<f64> = net
        .iter()
        .zip(selection.model())
        .map(|(net, model)| net - model)
        .collect();
    let unexplained = peak::search(&grid, &rest, selection.variance(), options.significance);
    Identification {
        peaks,
        elements,
        unexplained,
        background: background::per_channel(spectrum, &grid, &background),
    }
}
