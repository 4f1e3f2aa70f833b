use analytics::spc::{
    AttributeChart, Baseline, Constants, Setup, c_chart, individuals_chart, laney_u_chart, u_chart,
};

use crate::case::{Case, check};

fn setup(case: &Case) -> Setup {
    Setup {
        k_sigma: case.parameter("k_sigma").expect("k_sigma"),
        baseline: Baseline::All,
    }
}

#[test]
fn control_chart_constants_are_those_of_their_definitions() {
    check("constants", 24, |case| {
        let constants = Constants::of(case.input("n").as_u64().unwrap() as usize).unwrap();
        case.number("d2", constants.d2);
        case.number("d3", constants.d3);
        case.number("c4", constants.c4);
        case.number("A2", constants.mean_factor_of_range);
        case.number("A3", constants.mean_factor_of_deviation);
        case.number("B3", constants.lower_deviation_factor);
        case.number("B4", constants.upper_deviation_factor);
        case.number("D3", constants.lower_range_factor);
        case.number("D4", constants.upper_range_factor);
    });
}

#[test]
fn c_charts_have_the_reference_limits() {
    check("chart_c", 8, |case| {
        let setup = setup(case);
        let chart = c_chart(&case.counts("counts"), &setup).unwrap();
        case.number("center", chart.centre);
        case.number("sigma", chart.sigma[0]);
        case.number("ucl", chart.upper[0]);
        case.number("lcl", chart.lower[0]);
        case.number(
            "lcl_unclamped",
            chart.centre - setup.k_sigma * chart.sigma[0],
        );
        case.indices("beyond_limits", &chart.beyond);
        if case.has_input("phase2_counts") {
            check_phase_2(case, &setup);
        }
    });
}

/// Limits of the first phase, points of both.
fn check_phase_2(case: &Case, setup: &Setup) {
    let baseline = case.counts("counts");
    let all = [baseline.clone(), case.counts("phase2_counts")].concat();
    let setup = Setup {
        baseline: Baseline::Range(0..baseline.len()),
        ..setup.clone()
    };
    let chart = c_chart(&all, &setup).unwrap();
    case.number("center", chart.centre);
    case.number("ucl", chart.upper[all.len() - 1]);
    let later: Vec<usize> = chart
        .beyond
        .iter()
        .filter_map(|i| i.checked_sub(baseline.len()))
        .collect();
    case.indices("phase2_beyond_limits", &later);
}

fn check_densities(case: &Case, chart: &AttributeChart) {
    case.number("center", chart.centre);
    case.list("points", chart.values.iter().copied());
    case.list("ucl", chart.upper.iter().copied());
    case.list("lcl", chart.lower.iter().copied());
    case.indices("beyond_limits", &chart.beyond);
}

#[test]
fn u_charts_have_the_reference_limits() {
    check("chart_u", 4, |case| {
        let chart = u_chart(&case.counts("counts"), &case.numbers("areas"), &setup(case)).unwrap();
        check_densities(case, &chart);
        case.list("sigma", chart.sigma.iter().copied());
    });
}

#[test]
fn laney_charts_have_the_reference_limits() {
    check("chart_laney_u", 5, |case| {
        let chart =
            laney_u_chart(&case.counts("counts"), &case.numbers("areas"), &setup(case)).unwrap();
        check_densities(case, &chart);
        case.list("z", chart.z_within.iter().copied());
        case.list("sigma_within", chart.sigma_within.iter().copied());
        case.number("mr_bar_z", chart.mean_moving_range_z);
        case.number("sigma_z", chart.sigma_z);
    });
}

#[test]
fn individuals_charts_have_the_reference_limits() {
    check("chart_imr", 6, |case| {
        assert_eq!(case.parameter("span"), Some(2.0));
        let chart = individuals_chart(&case.numbers("values"), &setup(case)).unwrap();
        case.number("center", chart.centre);
        case.list("moving_ranges", chart.moving_ranges.iter().copied());
        case.number("mr_bar", chart.mean_moving_range);
        case.number("sigma", chart.sigma);
        case.number("ucl", chart.upper);
        case.number("lcl", chart.lower);
        case.number("mr_ucl", chart.moving_range_upper);
        case.number("mr_lcl", 0.0);
        case.indices("beyond_limits", &chart.beyond);
        case.indices("mr_beyond_limits", &chart.moving_range_beyond);
    });
}
