use analytics::trend::{
    centred_average, linear, mann_kendall, trailing_average, trailing_average_from_start,
};

use crate::case::check;

#[test]
fn moving_averages_agree_with_the_references() {
    check("moving_average", 5, |case| {
        let values = case.numbers("values");
        let window = case.parameter("window").unwrap() as usize;
        case.list("trailing", trailing_average(&values, window).unwrap());
        case.list(
            "trailing_partial_start",
            trailing_average_from_start(&values, window).unwrap(),
        );
        match case.expected()["centred"].is_null() {
            true => assert!(centred_average(&values, window).is_err(), "{}", case.name),
            false => case.list("centred", centred_average(&values, window).unwrap()),
        }
    });
}

#[test]
fn least_squares_lines_agree_with_the_references() {
    check("trend_linear", 6, |case| {
        let line = linear(&case.numbers("x"), &case.numbers("y")).unwrap();
        case.number("n", line.n as f64);
        case.number("slope", line.slope);
        case.number("intercept", line.intercept);
        case.number("df", line.degrees_of_freedom as f64);
        case.number("residual_sd", line.residual_sd);
        case.number("slope_se", line.slope_error);
        case.number("intercept_se", line.intercept_error);
        case.number("r", line.r);
        case.number("r_squared", line.r_squared);
        case.number("t", line.t);
        case.probability("p_two_sided", line.p_two_sided);
    });
}

#[test]
fn mann_kendall_tests_agree_with_the_references() {
    check("trend_mann_kendall", 3, |case| {
        let trend = mann_kendall(&case.optional_numbers("values")).unwrap();
        case.number("n", trend.n as f64);
        case.number("s", trend.s as f64);
        case.number("var_s", trend.variance);
        case.number("tau_a", trend.tau_a);
        case.number("tau_b", trend.tau_b);
        case.number("z", trend.z);
        case.probability("p_two_sided", Some(trend.p_two_sided));
        case.number("sen_slope", trend.sen_slope);
        case.number("sen_intercept", trend.sen_intercept);
    });
}
