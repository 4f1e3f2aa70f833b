use analytics::spc::{laney_p_chart, np_chart, p_chart};

use crate::{
    case::{Case, Outcome},
    counts::{attribute, phases_of_counts},
};

pub fn p(case: &Case) -> Outcome {
    let (defectives, first) = phases_of_counts(case, "defectives")?;
    let (sizes, _) = phases_of_counts(case, "sizes")?;
    attribute(
        case,
        &p_chart(&defectives, &sizes, &case.setup(first))?,
        first,
    );
    Ok(())
}

pub fn laney_p(case: &Case) -> Outcome {
    let (defectives, first) = phases_of_counts(case, "defectives")?;
    let (sizes, _) = phases_of_counts(case, "sizes")?;
    let chart = laney_p_chart(&defectives, &sizes, &case.setup(first))?;
    attribute(case, &chart, first);
    Ok(())
}

pub fn np(case: &Case) -> Outcome {
    let (defectives, first) = phases_of_counts(case, "defectives")?;
    let size = case.number_in("size")? as u64;
    let chart = np_chart(&defectives, size, &case.setup(first))?;
    case.number("p_bar", chart.centre / size as f64);
    attribute(case, &chart, first);
    Ok(())
}
