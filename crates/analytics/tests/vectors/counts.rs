use analytics::{
    dispersion::{
        ChiSquareTest, negative_binomial, negative_binomial_of_densities, of_counts, of_densities,
        of_fractions,
    },
    pareto::pareto as ranked,
    spc::{AttributeChart, c_chart, laney_u_chart, u_chart},
};

use crate::case::{Case, Outcome};

/// A series of phase I with that of phase II behind it, and the length of the former.
pub fn phases<T>(first: Vec<T>, second: Option<Vec<T>>) -> (Vec<T>, usize) {
    let length = first.len();
    (
        first
            .into_iter()
            .chain(second.into_iter().flatten())
            .collect(),
        length,
    )
}

/// The counts of a key, with those of its phase II.
pub fn phases_of_counts(case: &Case, key: &str) -> Result<(Vec<u64>, usize), String> {
    let later = format!("phase2_{key}");
    let second = case
        .input(&later)
        .is_some()
        .then(|| case.counts(&later))
        .transpose()?;
    Ok(phases(case.counts(key)?, second))
}

/// Compares the indices of points beyond their limits in both phases.
pub fn beyond(case: &Case, key: &str, beyond: &[usize], first: usize) {
    let split = beyond.partition_point(|&index| index < first);
    case.indices(key, &beyond[..split]);
    let later: Vec<usize> = beyond[split..].iter().map(|index| index - first).collect();
    case.indices(&format!("phase2_{key}"), &later);
}

/// Compares what all attribute charts have.
pub fn attribute(case: &Case, chart: &AttributeChart, first: usize) {
    case.number("center", chart.centre);
    let lower: Vec<f64> = chart.lower_unclamped().collect();
    for (prefix, range) in [("", 0..first), ("phase2_", first..chart.values.len())] {
        let key = |key: &str| format!("{prefix}{key}");
        case.list(&key("points"), &chart.values[range.clone()]);
        case.list(&key("sigma"), &chart.sigma_within[range.clone()]);
        case.list(&key("sigma_within"), &chart.sigma_within[range.clone()]);
        case.list(&key("ucl"), &chart.upper[range.clone()]);
        case.list(&key("lcl"), &chart.lower[range.clone()]);
        case.list(&key("lcl_unclamped"), &lower[range.clone()]);
        case.list(&key("z"), &chart.z_within[range]);
    }
    case.number("mr_bar_z", chart.mean_moving_range_z);
    case.number("sigma_z", chart.sigma_z);
    beyond(case, "beyond_limits", &chart.beyond, first);
}

pub fn c(case: &Case) -> Outcome {
    let (counts, first) = phases_of_counts(case, "counts")?;
    attribute(case, &c_chart(&counts, &case.setup(first))?, first);
    Ok(())
}

/// Counts and areas of both phases.
fn densities(case: &Case) -> Result<(Vec<u64>, Vec<f64>, usize), String> {
    let (counts, first) = phases_of_counts(case, "counts")?;
    let key = "phase2_areas";
    let later = case
        .input(key)
        .is_some()
        .then(|| case.numbers(key))
        .transpose()?;
    let (areas, _) = phases(case.numbers("areas")?, later);
    Ok((counts, areas, first))
}

pub fn u(case: &Case) -> Outcome {
    let (counts, areas, first) = densities(case)?;
    attribute(case, &u_chart(&counts, &areas, &case.setup(first))?, first);
    Ok(())
}

pub fn laney_u(case: &Case) -> Outcome {
    let (counts, areas, first) = densities(case)?;
    attribute(
        case,
        &laney_u_chart(&counts, &areas, &case.setup(first))?,
        first,
    );
    Ok(())
}

fn chi_square(case: &Case, test: Option<ChiSquareTest>) {
    let of_test = |value: fn(&ChiSquareTest) -> f64| test.as_ref().map(value);
    case.number("statistic", of_test(|test| test.statistic));
    case.number("pearson_chi2", of_test(|test| test.statistic));
    case.probability("p_over", of_test(|test| test.p_over));
    case.probability("p_under", of_test(|test| test.p_under));
    case.probability("p_two_sided", of_test(|test| test.p_two_sided));
    case.number("z_bohning", of_test(|test| test.z));
}

pub fn overdispersion(case: &Case) -> Outcome {
    let counts = case.counts("counts")?;
    let dispersion = of_counts(&counts)?;
    case.number("n", dispersion.n as f64);
    case.number("mean", dispersion.mean);
    case.number("variance", dispersion.variance);
    case.number("vmr", dispersion.vmr);
    case.number("df", dispersion.degrees_of_freedom as f64);
    chi_square(case, dispersion.test);
    case.number("alpha_moment", dispersion.alpha_moment);
    let fitted = negative_binomial(&counts)?;
    case.number("alpha_mle", fitted.map(|fitted| fitted.alpha));
    case.number(
        "nb_log_likelihood",
        fitted.map(|fitted| fitted.log_likelihood),
    );
    Ok(())
}

pub fn overdispersion_exposure(case: &Case) -> Outcome {
    let kind = case.parameter("kind").and_then(|kind| kind.as_str());
    let dispersion = match kind.unwrap_or("poisson") {
        "binomial" => of_fractions(&case.counts("defectives")?, &case.counts("sizes")?)?,
        "poisson" => {
            let (counts, areas) = (case.counts("counts")?, case.numbers("areas")?);
            let fitted = negative_binomial_of_densities(&counts, &areas)?;
            case.number("alpha_mle", fitted.map(|fitted| fitted.alpha));
            case.number(
                "nb_log_likelihood",
                fitted.map(|fitted| fitted.log_likelihood),
            );
            of_densities(&counts, &areas)?
        }
        other => return Err(format!("no test knows the kind {other}").into()),
    };
    case.number("n", dispersion.n as f64);
    case.number("rate", dispersion.rate);
    case.number("fraction", dispersion.rate);
    case.number("df", dispersion.degrees_of_freedom as f64);
    case.number("dispersion_ratio", dispersion.ratio);
    case.number("alpha_moment", dispersion.alpha_moment);
    chi_square(case, dispersion.test);
    Ok(())
}

pub fn pareto(case: &Case) -> Outcome {
    let categories = case.input("categories").and_then(|rows| rows.as_array());
    let rows = categories.ok_or("no categories")?.iter();
    let counts: Option<Vec<(&str, u64)>> = rows
        .map(|row| Some((row["category"].as_str()?, row["count"].as_u64()?)))
        .collect();
    let threshold = case.number_of("threshold_percent").unwrap_or(80.0);
    let found = ranked(
        &counts.ok_or("a category without name or count")?,
        threshold,
    )?;

    case.number("total", found.total as f64);
    let expected = case.expected("rows").and_then(|rows| rows.as_array());
    let expected = expected.ok_or("no expected rows")?;
    if found.rows.len() != expected.len() {
        case.fail(format_args!("{} rows", found.rows.len()));
    }
    for (row, expected) in found.rows.iter().zip(expected) {
        let got = serde_json::json!({
            "category": row.name, "count": row.count, "cumulative": row.cumulative,
            "percent": row.percent, "cumulative_percent": row.cumulative_percent,
        });
        for (key, expected) in expected.as_object().ok_or("a row is an object")? {
            let is_close = match (got[key].as_f64(), expected.as_f64()) {
                (Some(got), Some(expected)) => (got - expected).abs() <= 1e-8,
                _ => got[key] == *expected,
            };
            if !is_close {
                case.fail(format_args!("{key} of {} is {}", row.name, got[key]));
            }
        }
    }
    let vital: Vec<&str> = found.rows[..found.vital_few]
        .iter()
        .map(|row| row.name)
        .collect();
    if case.expected("vital_few") != Some(&serde_json::json!(vital)) {
        case.fail(format_args!("the vital few are {vital:?}"));
    }
    Ok(())
}
