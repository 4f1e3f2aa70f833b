//! Exact limits of counts.

use analytics::spc::{CountModel, Setup, THREE_SIGMA_TAIL, probability_chart};

/// Limits and their tails by scipy 1.x, `stats.poisson` and `stats.nbinom`.
#[test]
fn probability_limits_are_the_quantiles_of_the_distribution() {
    let check = |model: CountModel, mean: f64, lower: u64, upper: u64, p_above: f64| {
        let limits = model.limits(mean, THREE_SIGMA_TAIL).unwrap();
        assert_eq!(
            (limits.lower, limits.upper),
            (lower, upper),
            "{model:?} {mean}"
        );
        let difference = (limits.p_above - p_above).abs();
        assert!(
            difference < 1e-9 * p_above,
            "{model:?} {mean}: {}",
            limits.p_above
        );
        assert!(limits.p_below <= THREE_SIGMA_TAIL);
    };
    for (mean, lower, upper, p_above) in [
        (0.2, 0, 2, 0.0011484812448621328),
        (0.5, 0, 4, 0.00017211562995584072),
        (1.0, 0, 5, 0.000594184817581693),
        (4.0, 0, 11, 0.0009152291472700608),
        (9.0, 2, 19, 0.0010559536843590066),
        (100.5, 72, 132, 0.0011153241890577996),
        (2_500.0, 2_351, 2_651, 0.0013347069741668424),
    ] {
        check(CountModel::Poisson, mean, lower, upper, p_above);
    }
    for (mean, alpha, lower, upper, p_above) in [
        (0.5, 0.3, 0, 9, 0.0010886677453469376),
        (4.0, 1.0, 0, 29, 0.0012379400392853797),
        (10.0, 2.5, 0, 43, 0.0012698978392358244),
        (50.0, 5.0, 6, 149, 0.0012600488659206643),
        (1_000.0, 0.7, 0, 8_255, 0.0013490046864577123),
        (3.0, 1e6, 0, 9, 0.001102512434894769),
    ] {
        check(
            CountModel::NegativeBinomial { alpha },
            mean,
            lower,
            upper,
            p_above,
        );
    }
}

#[test]
fn a_count_on_a_probability_limit_is_no_signal_and_scores_follow_the_counts() {
    let counts = [4, 5, 3, 4, 11, 12, 0];
    let setup = Setup {
        standard_centre: Some(4.0),
        ..Setup::default()
    };
    let areas = [1.0; 7];
    let chart = probability_chart(
        &counts,
        &areas,
        CountModel::Poisson,
        THREE_SIGMA_TAIL,
        &setup,
    )
    .unwrap();
    assert_eq!(chart.beyond, [5]);
    assert_eq!((chart.lower[0], chart.upper[0]), (0.0, 11.0));
    let z: Vec<f64> = chart.z.iter().map(|z| z.unwrap()).collect();
    assert!(z[5] > 3.0 && z[4] > 2.5 && z[4] < z[5] && z[6] < -1.5 && z[1] > z[0]);
}
