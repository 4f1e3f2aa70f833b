use analytics::yields::{YieldModel, inspected_density};

use crate::case::{Case, Outcome};

/// The models, those without a clustering parameter where the case has none.
fn models_of(case: &Case) -> Vec<(&'static str, YieldModel)> {
    let mut models = vec![
        ("poisson", YieldModel::Poisson),
        ("murphy", YieldModel::Murphy),
        ("murphy_uniform", YieldModel::MurphyUniform),
        ("seeds_reciprocal", YieldModel::SeedsReciprocal),
        ("seeds_sqrt_exponential", YieldModel::SeedsSqrtExponential),
    ];
    if let Ok(alpha) = case.number_in("alpha") {
        models.push(("negative_binomial", YieldModel::NegativeBinomial { alpha }));
    }
    models
}

pub fn models(case: &Case) -> Outcome {
    let (area, d0) = (case.number_in("area")?, case.number_in("d0")?);
    case.number("lambda", area * d0);
    for (name, model) in models_of(case) {
        case.number(name, model.expected_yield(area, d0)?);
    }
    Ok(())
}

pub fn d0(case: &Case) -> Outcome {
    if case.input("counts").is_some() {
        let (counts, areas) = (case.counts("counts")?, case.numbers("areas_cm2")?);
        let density = inspected_density(&counts, &areas)?;
        case.number("total_defects", density.total_defects as f64);
        case.number("total_area", density.total_area_cm2);
        case.number("d0", density.defects_per_cm2);
        return Ok(());
    }
    let (of_dies, area) = (case.number_in("yield")?, case.number_in("area")?);
    for (name, model) in models_of(case) {
        case.number(name, model.defect_density(of_dies, area)?);
    }
    Ok(())
}
