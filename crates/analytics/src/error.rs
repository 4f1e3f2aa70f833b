/// Why a method cannot be computed. Indices count from 0.
#[derive(Clone, Debug, PartialEq, thiserror::Error)]
#[non_exhaustive]
pub enum Error {
    /// A series without a value.
    #[error("{what}: at least one value is needed")]
    Empty {
        /// The series.
        what: &'static str,
    },
    /// Two series that belong together differ in length.
    #[error("{what}: {found} values, expected {expected}")]
    Length {
        /// The series that is longer or shorter.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The length of the series it belongs to.
        expected: usize,
    },
    /// NaN or infinity in a series.
    #[error("{what}[{index}] is {value}, expected a finite number")]
    NotFinite {
        /// The series.
        what: &'static str,
        /// Place in the series.
        index: usize,
        /// The value.
        value: f64,
    },
    /// An inspected area that is not positive. Such a wafer does not belong on a density chart.
    #[error("inspected area of point {index} is {value} cm2, expected more than 0")]
    Area {
        /// Place in the series.
        index: usize,
        /// The area.
        value: f64,
    },
    /// A chart of densities was asked for and a point has no inspected area.
    #[error("point {index} has no inspected area, which a chart of densities needs")]
    AreaMissing {
        /// Place in the series.
        index: usize,
    },
    /// More defectives than items, or a sample without items.
    #[error("sample {index}: {defectives} defectives of {size}")]
    Sample {
        /// Place in the series.
        index: usize,
        /// Defective items.
        defectives: u64,
        /// Items inspected.
        size: u64,
    },
    /// No point of the series belongs to the baseline, or a part of the baseline lies outside.
    #[error(
        "baseline {baseline} holds no point of the series of {points} points, or reaches beyond it"
    )]
    Baseline {
        /// The baseline as given.
        baseline: String,
        /// Points in the series.
        points: usize,
    },
    /// A parameter outside its range.
    #[error("{name} is {value}, expected {expected}")]
    Parameter {
        /// The parameter.
        name: &'static str,
        /// Its value.
        value: f64,
        /// The range, in words.
        expected: &'static str,
    },
    /// All x of a regression are equal, so no line is defined.
    #[error("all {points} x values are {value}: a line needs two different ones")]
    ConstantX {
        /// Points in the series.
        points: usize,
        /// The x value.
        value: f64,
    },
}

/// Checks that a series has values and that all of them are finite.
pub(crate) fn expect_finite(what: &'static str, values: &[f64]) -> Result<(), Error> {
    if values.is_empty() {
        return Err(Error::Empty { what });
    }
    match values.iter().position(|value| !value.is_finite()) {
        None => Ok(()),
        Some(index) => Err(Error::NotFinite {
            what,
            index,
            value: values[index],
        }),
    }
}

/// Checks that every area is positive and finite, one for each count.
pub(crate) fn expect_areas(areas_cm2: &[f64], counts: usize) -> Result<(), Error> {
    expect_length("areas", areas_cm2.len(), counts)?;
    expect_finite("areas", areas_cm2)?;
    match areas_cm2.iter().position(|&area| area <= 0.0) {
        None => Ok(()),
        Some(index) => Err(Error::Area {
            index,
            value: areas_cm2[index],
        }),
    }
}

/// Checks the length of a series that goes with another.
pub(crate) fn expect_length(
    what: &'static str,
    found: usize,
    expected: usize,
) -> Result<(), Error> {
    if found == expected {
        return Ok(());
    }
    Err(Error::Length {
        what,
        found,
        expected,
    })
}
