use crate::{Error, error::expect_parameter};

/// Adjusted p-values of many tests, and which of them stand. Lists are in the order of the input.
#[derive(Clone, Debug, PartialEq)]
pub struct FalseDiscovery {
    /// Adjusted p-values (q-values), 0 to 1.
    pub adjusted: Vec<f64>,
    /// Whether each test is rejected: adjusted p at most alpha.
    pub rejected: Vec<bool>,
}

/// Benjamini-Hochberg: of the tests rejected at `alpha`, no more than that share are false in the
/// long run. The adjusted p of the i-th smallest of m is `min over j ≥ i of m p₍ⱼ₎/j`, at most 1.
///
/// `p_values` lie in 0 to 1, in any order; none is fine.
/// # Errors
/// [`Error::Probability`], [`Error::Parameter`] for an alpha outside 0 to 1.
/// # Source
/// Y. Benjamini and Y. Hochberg, Journal of the Royal Statistical Society B 57 (1995). Holds for
/// tests that are independent or positively dependent.
/// # Example
/// ```
/// let found = analytics::relation::benjamini_hochberg(&[0.04, 0.03, 0.9], 0.07)?;
/// assert_eq!(found.rejected, [true, true, false]);
/// # Ok::<(), analytics::Error>(())
/// ```
pub fn benjamini_hochberg(p_values: &[f64], alpha: f64) -> Result<FalseDiscovery, Error> {
    let is_probability = |p: f64| (0.0..=1.0).contains(&p);
    expect_parameter(is_probability(alpha), "alpha", alpha, "0 to 1")?;
    if let Some(index) = p_values.iter().position(|&p| !is_probability(p)) {
        return Err(Error::Probability {
            what: "p_values",
            index,
            value: p_values[index],
        });
    }
    let tests = p_values.len() as f64;
    let mut order: Vec<usize> = (0..p_values.len()).collect();
    order.sort_unstable_by(|&a, &b| p_values[a].total_cmp(&p_values[b]));
    let mut adjusted = vec![1.0; p_values.len()];
    let mut least = 1.0_f64;
    for (place, &index) in order.iter().enumerate().rev() {
        least = least.min(tests * p_values[index] / (place as f64 + 1.0));
        adjusted[index] = least;
    }
    Ok(FalseDiscovery {
        rejected: adjusted.iter().map(|&p| p <= alpha).collect(),
        adjusted,
    })
}
