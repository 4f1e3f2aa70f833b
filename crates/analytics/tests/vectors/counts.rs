use analytics::{
    dispersion::{ChiSquareTest, negative_binomial, of_counts, of_densities, of_fractions},
    pareto::pareto,
};

use crate::case::check;

#[test]
fn dispersion_of_counts_agrees_with_the_references() {
    check("overdispersion", 5, |case| {
        let counts = case.counts("counts");
        let dispersion = of_counts(&counts).unwrap();
        let of_test = |value: fn(&ChiSquareTest) -> f64| dispersion.test.as_ref().map(value);
        case.number("n", dispersion.n as f64);
        case.number("mean", dispersion.mean);
        case.number("variance", dispersion.variance);
        case.number("vmr", dispersion.vmr);
        case.number("df", dispersion.degrees_of_freedom as f64);
        case.number("statistic", of_test(|test| test.statistic));
        case.probability("p_over", of_test(|test| test.p_over));
        case.probability("p_under", of_test(|test| test.p_under));
        case.probability("p_two_sided", of_test(|test| test.p_two_sided));
        case.number("z_bohning", of_test(|test| test.z));
        case.number("alpha_moment", dispersion.alpha_moment);
        let fitted = negative_binomial(&counts).unwrap();
        if case.expects("alpha_mle") {
            case.number("alpha_mle", fitted.map(|fitted| fitted.alpha));
            case.number(
                "nb_log_likelihood",
                fitted.map(|fitted| fitted.log_likelihood),
            );
        } else {
            assert_eq!(fitted, None, "{}", case.name);
        }
    });
}

#[test]
fn dispersion_around_a_rate_agrees_with_the_references() {
    check("overdispersion_exposure", 2, |case| {
        let dispersion = if case.has_parameter("kind") {
            of_fractions(&case.counts("defectives"), &case.counts("sizes")).unwrap()
        } else {
            of_densities(&case.counts("counts"), &case.numbers("areas")).unwrap()
        };
        case.number("n", dispersion.n as f64);
        case.number("rate", dispersion.rate);
        case.number("fraction", dispersion.rate);
        case.number("df", dispersion.degrees_of_freedom as f64);
        case.number("dispersion_ratio", dispersion.ratio);
        case.number("pearson_chi2", dispersion.test.map(|test| test.statistic));
        case.probability("p_over", dispersion.test.map(|test| test.p_over));
        case.probability("p_under", dispersion.test.map(|test| test.p_under));
    });
}

#[test]
fn paretos_have_the_reference_order_and_percentages() {
    check("pareto", 2, |case| {
        let categories = case.input("categories").as_array().unwrap().iter();
        let counts: Vec<(&str, u64)> = categories
            .map(|row| {
                (
                    row["category"].as_str().unwrap(),
                    row["count"].as_u64().unwrap(),
                )
            })
            .collect();
        let found = pareto(&counts, case.parameter("threshold_percent").unwrap()).unwrap();

        case.number("total", found.total as f64);
        let expected = case.expected()["rows"].as_array().unwrap();
        assert_eq!(found.rows.len(), expected.len(), "{}", case.name);
        for (row, expected) in found.rows.iter().zip(expected) {
            assert_eq!(
                Some(row.name),
                expected["category"].as_str(),
                "{}",
                case.name
            );
            assert_eq!(Some(row.count), expected["count"].as_u64());
            assert_eq!(Some(row.cumulative), expected["cumulative"].as_u64());
            for (got, key) in [
                (row.percent, "percent"),
                (row.cumulative_percent, "cumulative_percent"),
            ] {
                let expected = expected[key].as_f64();
                assert_eq!(got.is_some(), expected.is_some(), "{}: {key}", case.name);
                let difference = got.unwrap_or_default() - expected.unwrap_or_default();
                assert!(
                    difference.abs() <= 1e-8,
                    "{}: {key} of {}",
                    case.name,
                    row.name
                );
            }
        }
        let vital = case.expected()["vital_few"].as_array().unwrap().iter();
        let vital: Vec<&str> = vital.map(|name| name.as_str().unwrap()).collect();
        let found: Vec<&str> = found.rows[..found.vital_few]
            .iter()
            .map(|row| row.name)
            .collect();
        assert_eq!(found, vital, "{}", case.name);
    });
}
