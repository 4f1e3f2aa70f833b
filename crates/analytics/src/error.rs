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
    /// NaN, infinity, or a number so large that its square could overflow, in a series.
    #[error("{what}[{index}] is {value}, expected a finite number, at most 1e100 in size")]
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
    /// Fewer values than a method needs.
    #[error("{what}: {found} values, at least {needed} are needed")]
    TooFew {
        /// The series.
        what: &'static str,
        /// Its length.
        found: usize,
        /// The least length.
        needed: usize,
    },
    /// A subgroup without spread: a range or deviation needs two values.
    #[error("subgroup {index} has {size} values, expected {expected}")]
    Subgroup {
        /// Place of the subgroup.
        index: usize,
        /// Its size.
        size: usize,
        /// The sizes that are allowed, in words.
        expected: &'static str,
    },
    /// A weight below 0.
    #[error("{what}[{index}] is {value}, expected at least 0")]
    Negative {
        /// The series.
        what: &'static str,
        /// Place in the series.
        index: usize,
        /// The value.
        value: f64,
    },
    /// A stage, an exclusion or an event that does not fit the series.
    #[error("{what} {index}: {rule}")]
    Entry {
        /// What it is.
        what: &'static str,
        /// Its place in its list.
        index: usize,
        /// The rule it breaks.
        rule: &'static str,
    },
    /// A probability outside 0 to 1.
    #[error("{what}[{index}] is {value}, expected a probability, 0 to 1")]
    Probability {
        /// The series.
        what: &'static str,
        /// Place in the series.
        index: usize,
        /// The value.
        value: f64,
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

/// Checks a parameter against its range.
pub(crate) fn expect_parameter(
    holds: bool,
    name: &'static str,
    value: f64,
    expected: &'static str,
) -> Result<(), Error> {
    if holds {
        return Ok(());
    }
    Err(Error::Parameter {
        name,
        value,
        expected,
    })
}

/// Finite, and sums of its squares are finite too.
pub(crate) fn is_usable(value: f64) -> bool {
    value.abs() <= 1e100
}

/// Checks a parameter that has to be a finite number above 0.
pub(crate) fn expect_positive(name: &'static str, value: f64) -> Result<(), Error> {
    let expected = "a finite number above 0";
    expect_parameter(is_usable(value) && value > 0.0, name, value, expected)
}

/// Checks that a series has values and that all of them are finite.
pub(crate) fn expect_finite(what: &'static str, values: &[f64]) -> Result<(), Error> {
    if values.is_empty() {
        return Err(Error::Empty { what });
    }
    match values.iter().position(|&value| !is_usable(value)) {
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
    // A smaller area than this is none: densities on it have no finite square.
    match areas_cm2.iter().position(|&area| area < 1e-100) {
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
