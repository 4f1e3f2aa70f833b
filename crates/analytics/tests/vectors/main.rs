//! The reference values of `tests/vectors/spc`, and the published data sets where they are at hand.
//!
//! Every case of every file goes through the public functions. A method, parameter, input or
//! expected value that no test knows is a failure.

mod case;
mod counts;
mod fractions;
mod relations;
mod rules;
mod seasons;
mod trends;
mod variables;
mod yields;

use std::collections::BTreeMap;

use case::{Case, Outcome};

/// Runs one case.
type Run = fn(&Case) -> Outcome;

const METHODS: [(&str, Run); 28] = [
    ("chart_c", counts::c),
    ("chart_cusum", variables::cusum),
    ("chart_ewma", variables::ewma),
    ("chart_imr", variables::individuals),
    ("chart_laney_p", fractions::laney_p),
    ("chart_laney_u", counts::laney_u),
    ("chart_np", fractions::np),
    ("chart_p", fractions::p),
    ("chart_u", counts::u),
    ("chart_xbar_r", variables::xbar_r),
    ("chart_xbar_s", variables::xbar_s),
    ("constants", variables::constants),
    ("correlation", relations::correlation),
    ("dbscan", relations::dbscan),
    ("fdr_benjamini_hochberg", relations::benjamini_hochberg),
    ("moving_average", trends::moving_average),
    ("overdispersion", counts::overdispersion),
    ("overdispersion_exposure", counts::overdispersion_exposure),
    ("pareto", counts::pareto),
    ("rules_nelson", rules::standardised),
    ("rules_varying_limits", rules::varying_limits),
    ("rules_western_electric", rules::standardised),
    ("seasonality_acf", seasons::acf),
    ("seasonality_stl", seasons::stl),
    ("trend_linear", trends::linear),
    ("trend_mann_kendall", trends::mann_kendall),
    ("yield_d0", yields::d0),
    ("yield_models", yields::models),
];

fn run(method: &str, case: Case) -> Vec<String> {
    let known = METHODS.iter().find(|(name, _)| *name == method);
    match known {
        None => case.fail("no test knows this method"),
        Some((_, run)) => {
            if let Err(error) = run(&case) {
                case.fail(error);
            }
        }
    }
    case.failures()
}

#[test]
fn every_reference_case_agrees() {
    let mut ran: BTreeMap<String, Vec<usize>> = BTreeMap::new();
    let mut failures = Vec::new();
    let folders = case::folders();
    for (folder_index, folder) in folders.iter().enumerate() {
        let entries = std::fs::read_dir(folder).expect("a folder of vectors");
        let files = entries.map(|entry| entry.expect("an entry").path());
        for file in files.filter(|file| file.extension().is_some_and(|end| end == "json")) {
            let (method, cases) = case::cases_in(&file);
            let counts = ran
                .entry(method.clone())
                .or_insert_with(|| vec![0; folders.len()]);
            counts[folder_index] += cases.len();
            failures.extend(cases.into_iter().flat_map(|case| run(&method, case)));
        }
    }
    let mut total = 0;
    for (method, counts) in &ran {
        println!("{method}: {counts:?} cases");
        total += counts.iter().sum::<usize>();
    }
    println!("{total} cases of {} methods, own and published", ran.len());
    assert!(failures.is_empty(), "{}", failures.join("\n"));
    for (method, _) in METHODS {
        // Subgroup standard deviations have published cases only.
        let has_own = ran.get(method).is_some_and(|counts| counts[0] > 0);
        assert!(
            has_own || method == "chart_xbar_s",
            "no case of our own for {method}"
        );
    }
}
