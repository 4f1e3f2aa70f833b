use analytics::{
    rules::{RuleSet, Violation, violations},
    spc::{Setup, u_chart},
};

use crate::case::{Case, check};

fn check_rules(case: &Case, set: RuleSet, z: &[Option<f64>], values: &[f64]) {
    let found = violations(set, z, values);
    for rule in set.rules() {
        let of_rule = |violation: &&Violation| violation.rule == rule.id;
        let indices: Vec<usize> = found.iter().filter(of_rule).map(|v| v.index).collect();
        case.indices(rule.id.as_str(), &indices);
    }
}

fn check_standardised(case: &Case, set: RuleSet) {
    let values = case.numbers("z");
    let z: Vec<Option<f64>> = values.iter().copied().map(Some).collect();
    check_rules(case, set, &z, &values);
}

#[test]
fn western_electric_rules_flag_the_reference_points() {
    check("rules_western_electric", 14, |case| {
        check_standardised(case, RuleSet::WesternElectric);
    });
}

#[test]
fn nelson_rules_flag_the_reference_points() {
    check("rules_nelson", 21, |case| {
        check_standardised(case, RuleSet::Nelson)
    });
}

#[test]
fn rules_on_varying_limits_flag_the_reference_points() {
    check("rules_varying_limits", 2, |case| {
        let (counts, areas) = (case.counts("counts"), case.numbers("areas"));
        let chart = u_chart(&counts, &areas, &Setup::default()).unwrap();
        case.number("center", chart.centre);
        case.list("z", chart.z());
        check_rules(case, RuleSet::WesternElectric, &chart.z(), &chart.values);
        check_rules(case, RuleSet::Nelson, &chart.z(), &chart.values);
    });
}
