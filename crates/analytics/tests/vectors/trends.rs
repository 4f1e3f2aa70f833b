use analytics::trend;

use crate::case::{Case, Outcome};

pub fn moving_average(case: &Case) -> Outcome {
    let values = case.numbers("values")?;
    let window = case.needed("window")? as usize;
    case.list("trailing", &trend::trailing_average(&values, window)?[..]);
    let partial = trend::trailing_average_from_start(&values, window)?;
    case.list("trailing_partial_start", &partial[..]);
    // An even window has no middle: the library refuses, the case has `null`.
    let centred = trend::centred_average(&values, window).ok();
    case.list("centred", centred.as_deref());
    Ok(())
}

pub fn linear(case: &Case) -> Outcome {
    let line = trend::linear(&case.numbers("x")?, &case.numbers("y")?)?;
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
    Ok(())
}

pub fn mann_kendall(case: &Case) -> Outcome {
    let trend = trend::mann_kendall(&case.optional_numbers("values")?)?;
    case.number("n", trend.n as f64);
    case.number("s", trend.s as f64);
    case.number("var_s", trend.variance);
    case.number("tau_a", trend.tau_a);
    case.number("tau_b", trend.tau_b);
    case.number("z", trend.z);
    case.probability("p_two_sided", trend.p_two_sided);
    case.number("sen_slope", trend.sen_slope);
    case.number("sen_intercept", trend.sen_intercept);
    let limits = trend.sen_interval95.map(|(low, high)| [low, high]);
    case.alternative("sen_ci95_rounded_ranks", limits.as_ref().map(|l| &l[..]));
    Ok(())
}
