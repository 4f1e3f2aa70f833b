//! The length of a scale bar.

/// The longest of 1, 2, 5 times a power of ten that is not longer than `longest`, in its unit; more than 0.
#[must_use]
pub fn round_length(longest: f64) -> f64 {
    let power = 10_f64.powf(longest.log10().floor());
    [5.0, 2.0, 1.0]
        .map(|step| step * power)
        .into_iter()
        .find(|&length| length <= longest)
        .unwrap_or(power)
}

#[cfg(test)]
mod tests {
    use super::round_length;

    #[test]
    fn the_scale_bar_has_a_round_length() {
        for (longest, length) in [(43.0, 20.0), (50.0, 50.0), (1.9, 1.0), (0.09, 0.05)] {
            assert!((round_length(longest) - length).abs() < 1e-12, "{longest}");
        }
    }
}
