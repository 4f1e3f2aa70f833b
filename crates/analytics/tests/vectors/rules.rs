use analytics::{
    rules::{RuleSet, find},
    spc::{p_chart, u_chart},
};

use crate::case::{Case, Outcome};

fn check_rules(case: &Case, z: &[Option<f64>], values: &[f64]) {
    for set in [RuleSet::WesternElectric, RuleSet::Nelson] {
        for rule in set.rules() {
            let found = find(rule, z, values);
            let indices: Vec<usize> = found.iter().map(|violation| violation.index).collect();
            case.indices(rule.id.as_str(), &indices);
        }
    }
}

pub fn standardised(case: &Case) -> Outcome {
    let z = case.optional_numbers("z")?;
    let values: Vec<f64> = z.iter().map(|z| z.unwrap_or(f64::NAN)).collect();
    check_rules(case, &z, &values);
    Ok(())
}

pub fn varying_limits(case: &Case) -> Outcome {
    let chart = match case.input("defectives") {
        None => {
            let (counts, areas) = (case.counts("counts")?, case.numbers("areas")?);
            u_chart(&counts, &areas, &case.setup(counts.len()))?
        }
        Some(_) => {
            let (defectives, sizes) = (case.counts("defectives")?, case.counts("sizes")?);
            p_chart(&defectives, &sizes, &case.setup(defectives.len()))?
        }
    };
    case.number("center", chart.centre);
    case.list("points", &chart.values[..]);
    let z = chart.z();
    case.list("z", &z[..]);
    check_rules(case, &z, &chart.values);
    Ok(())
}
