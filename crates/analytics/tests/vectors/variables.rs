use analytics::spc::{
    Constants, CusumSetup, DeviationEstimator, EwmaSetup, Panel, SubgroupChart, cusum_chart,
    ewma_chart, individuals_chart, xbar_r_chart, xbar_s_chart,
};

use crate::{
    case::{Case, Outcome},
    counts::{beyond, phases},
};

pub fn constants(case: &Case) -> Outcome {
    let constants = Constants::of(case.number_in("n")? as usize)?;
    case.number("d2", constants.d2);
    case.number("d3", constants.d3);
    case.number("c4", constants.c4);
    case.number("A2", constants.mean_factor_of_range);
    case.number("A3", constants.mean_factor_of_deviation);
    case.number("B3", constants.lower_deviation_factor);
    case.number("B4", constants.upper_deviation_factor);
    case.number("D3", constants.lower_range_factor);
    case.number("D4", constants.upper_range_factor);
    Ok(())
}

pub fn individuals(case: &Case) -> Outcome {
    if case.number_of("span").is_some_and(|span| span != 2.0) {
        return Err("no test knows another span than 2".into());
    }
    let key = "phase2_values";
    let later = case
        .input(key)
        .is_some()
        .then(|| case.numbers(key))
        .transpose()?;
    let (values, first) = phases(case.numbers("values")?, later);
    let chart = individuals_chart(&values, &case.setup(first))?;
    case.number("center", chart.centre);
    case.list("moving_ranges", &chart.moving_ranges[..first - 1]);
    case.number("mr_bar", chart.mean_moving_range);
    case.number("sigma", chart.sigma);
    case.number("ucl", chart.upper);
    case.number("lcl", chart.lower);
    case.number("mr_ucl", chart.moving_range_upper);
    case.number("mr_lcl", 0.0);
    beyond(case, "beyond_limits", &chart.beyond, first);
    beyond(case, "mr_beyond_limits", &chart.moving_range_beyond, first);
    Ok(())
}

/// The subgroups of both phases, and how many are of phase I.
fn subgroups(case: &Case) -> Result<(Vec<Vec<f64>>, usize), String> {
    let groups = |key: &str| -> Result<Vec<Vec<f64>>, String> {
        let groups = case.input(key).and_then(|groups| groups.as_array());
        let groups = groups.ok_or_else(|| format!("no input {key}"))?.iter();
        let group = groups.map(|group| {
            let values = group.as_array()?.iter();
            values.map(serde_json::Value::as_f64).collect()
        });
        group
            .collect::<Option<_>>()
            .ok_or_else(|| format!("{key} has a gap"))
    };
    let key = "phase2_subgroups";
    let later = case.input(key).is_some().then(|| groups(key)).transpose()?;
    Ok(phases(groups("subgroups")?, later))
}

fn panel(case: &Case, name: &str, panel: &Panel, first: usize) {
    case.list(&format!("{name}_center"), &panel.centres[..first]);
    case.list(&format!("{name}_ucl"), &panel.upper[..first]);
    case.list(&format!("{name}_lcl"), &panel.lower[..first]);
    let (key, later) = (
        format!("{name}_beyond_limits"),
        format!("phase2_{name}_beyond_limits"),
    );
    let split = panel.beyond.partition_point(|&index| index < first);
    case.indices(&key, &panel.beyond[..split]);
    let of_later: Vec<usize> = panel.beyond[split..]
        .iter()
        .map(|index| index - first)
        .collect();
    case.indices(&later, &of_later);
}

fn subgroup_chart(case: &Case, chart: &SubgroupChart, first: usize, spread: (&str, &str, &str)) {
    let (values, mean, name) = spread;
    let sizes: Vec<f64> = chart.sizes[..first]
        .iter()
        .map(|&size| size as f64)
        .collect();
    case.list("n", &sizes[..]);
    case.list("xbar", &chart.means.values[..first]);
    case.list(values, &chart.spreads.values[..first]);
    case.number("center", chart.centre);
    case.number(mean, chart.mean_spread);
    case.number("sigma", chart.sigma);
    panel(case, "xbar", &chart.means, first);
    panel(case, name, &chart.spreads, first);
}

pub fn xbar_r(case: &Case) -> Outcome {
    let (groups, first) = subgroups(case)?;
    let chart = xbar_r_chart(&groups, &case.setup(first))?;
    subgroup_chart(case, &chart, first, ("ranges", "r_bar", "r"));
    Ok(())
}

pub fn xbar_s(case: &Case) -> Outcome {
    let (groups, first) = subgroups(case)?;
    let estimator = match case.parameter("sigma").and_then(|name| name.as_str()) {
        None | Some("mean_s_over_c4") => DeviationEstimator::MeanOverC4,
        Some("pooled_unbiased") => DeviationEstimator::PooledUnbiased,
        Some(other) => return Err(format!("no test knows sigma by {other}").into()),
    };
    let chart = xbar_s_chart(&groups, estimator, &case.setup(first))?;
    subgroup_chart(case, &chart, first, ("s", "s_bar", "s"));
    Ok(())
}

pub fn ewma(case: &Case) -> Outcome {
    let setup = EwmaSetup {
        lambda: case.needed("lambda")?,
        width: case.number_of("L").unwrap_or(3.0),
        target: case.needed("target")?,
        sigma: case.needed("sigma")?,
    };
    let chart = ewma_chart(&case.numbers("values")?, &setup)?;
    case.list("ewma", &chart.averages[..]);
    case.list("ucl", &chart.upper[..]);
    case.list("lcl", &chart.lower[..]);
    case.number("ucl_steady", chart.steady_upper);
    case.number("lcl_steady", chart.steady_lower);
    case.indices("beyond_limits", &chart.beyond);
    case.indices("beyond_steady_limits", &chart.steady_beyond);
    Ok(())
}

pub fn cusum(case: &Case) -> Outcome {
    let is_reset = case
        .parameter("reset_after_signal")
        .and_then(|reset| reset.as_bool());
    let setup = CusumSetup {
        target: case.needed("target")?,
        sigma: case.needed("sigma")?,
        k: case.needed("k")?,
        h: case.needed("h")?,
        head_start: case.number_of("head_start").unwrap_or(0.0),
        is_reset_after_signal: is_reset.unwrap_or(false),
    };
    let chart = cusum_chart(&case.numbers("values")?, &setup)?;
    case.number("K", chart.allowance);
    case.number("H", chart.interval);
    for (side, name, signals) in [
        (&chart.upper, "plus", "upper"),
        (&chart.lower, "minus", "lower"),
    ] {
        case.list(&format!("c_{name}"), &side.sums[..]);
        case.indices(&format!("n_{name}"), &side.runs);
        case.indices(&format!("signals_{signals}"), &side.signals);
    }
    Ok(())
}
