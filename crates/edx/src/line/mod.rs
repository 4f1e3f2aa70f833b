//! Characteristic X-ray lines of the elements that a fab meets, up to 30 keV.
//!
//! # Sources
//! Energies of Kα, Kβ, Lα, Lβ1, Lβ2, Lγ1 and Mα: A. C. Thompson et al., "X-ray Data Booklet", LBNL/PUB-490,
//! table 1-2. Ll, Lη, Lβ3: R. D. Deslattes et al., "X-ray transition energies database", NIST SRD 128. Mβ, Mγ, Mζ:
//! J. A. Bearden, "X-ray wavelengths", Rev. Mod. Phys. 39 (1967) 78. Edges: Booklet, table 1-1. Fluorescence
//! yields: W. T. Elam, B. D. Ravel, J. R. Sieber, Radiat. Phys. Chem. 63 (2002) 121 (after M. O. Krause 1979).
//! Weights within a family: those of NIST's DTSA-II; sources differ in them by 10 to 30 %.
//!
//! The energies of table 1-2 were compared with two other tables, those that the Python packages exspy (C. T. Chantler
//! et al. 2005, NIST) and xraydb (Elam et al.) carry: below 30 keV they agree within 5 eV (Ca Lα: 5.1 eV) with one of
//! them at least; La Mα and Ce Mα agree with Elam's only. Energies of minor lines and weights were taken by way of exspy's
//! table, edges and yields by way of xraydb's.
//!
//! Not in the table: M lines below lanthanum (Ag, Sn: 0.3 to 0.4 keV), lines weaker than a percent of their
//! family, satellites.

mod table;

pub use table::ELEMENTS;

/// The shell whose vacancy is filled.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Shell {
    /// The innermost.
    K,
    /// The second.
    L,
    /// The third.
    M,
}

/// A characteristic line, or several that no energy-dispersive detector separates.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Line {
    /// Siegbahn's name: `Kα` is Kα1 with Kα2, `Lα` is Lα1 with Lα2, `Kβ` is Kβ1 with Kβ3.
    pub name: &'static str,
    /// Energy in keV; for several lines, their weighted mean.
    pub energy_kev: f64,
    /// Intensity beside that of the family's α line, as emitted by a thin specimen.
    pub weight: f64,
}

/// The lines of one shell: they come and go together.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Family {
    /// Shell of the vacancy.
    pub shell: Shell,
    /// Energy in keV that an electron must have to make the vacancy: that of K, L3, M5.
    pub edge_kev: f64,
    /// Share of the vacancies (of K, L3, M5) that are filled with an X-ray.
    pub fluorescence_yield: f64,
    /// Lines, the α line first.
    pub lines: &'static [Line],
}

/// An element with its families, the innermost shell first.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Element {
    /// Number of protons.
    pub atomic_number: u8,
    /// Symbol, such as `Fe`.
    pub symbol: &'static str,
    /// K lines (up to 30 keV), L lines (from calcium on), M lines (from lanthanum on).
    pub families: &'static [Family],
}

impl Family {
    /// The α line, by which the family is known.
    pub fn main_line(&self) -> &'static Line {
        &self.lines[0]
    }

    /// Sum of the lines' weights.
    pub fn total_weight(&self) -> f64 {
        self.lines.iter().map(|line| line.weight).sum()
    }
}

/// The element of a symbol such as `Fe`; none if the table does not have it.
pub fn element(symbol: &str) -> Option<&'static Element> {
    ELEMENTS.iter().find(|element| element.symbol == symbol)
}
