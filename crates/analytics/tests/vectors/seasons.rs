use analytics::season::{self, SeasonalWindow, Smoother, StlSetup};

use crate::case::{Case, Outcome};

pub fn acf(case: &Case) -> Outcome {
    let max_lag = case.needed("max_lag")? as usize;
    let found = season::autocorrelation(&case.numbers("values")?, max_lag)?;
    case.list("acf", found.coefficients.as_deref());
    case.number("bound95", found.bound95);
    let test = found.ljung_box;
    case.number("ljung_box_q", test.map(|test| test.statistic));
    case.probability("ljung_box_p", test.map(|test| test.p));
    Ok(())
}

pub fn stl(case: &Case) -> Outcome {
    let values = case.numbers("values")?;
    let setup = setup(case)?;
    let parts = season::stl(&values, &setup)?;
    case.list("seasonal", &parts.seasonal[..]);
    case.list("seasonal_one_cycle", &parts.seasonal[..setup.period]);
    case.list("trend", &parts.trend[..]);
    case.list("remainder", &parts.remainder[..]);
    case.list("weights", &parts.weights[..]);
    case.number("seasonal_strength", parts.seasonal_strength);
    case.number("trend_strength", parts.trend_strength);
    Ok(())
}

/// Jumps are 1, passes and degrees those of the definitions, unless stated.
fn setup(case: &Case) -> Result<StlSetup, String> {
    let whole = |key: &str| case.number_of(key).map(|value| value as usize);
    let smoother = |name: &str, window: usize, degree: usize| Smoother {
        window: whole(&format!("{name}_window")).unwrap_or(window),
        degree: whole(&format!("{name}_degree")).unwrap_or(degree) as u8,
        jump: whole(&format!("{name}_jump")).unwrap_or(1),
    };
    let period = case.needed("period")? as usize;
    let is_robust = case.parameter("robust").and_then(|robust| robust.as_bool());
    let is_periodic = case
        .parameter("seasonal_window")
        .is_some_and(|w| w == "periodic");
    let usual = match is_periodic {
        true => StlSetup::periodic(period, is_robust.unwrap_or(false)),
        false => {
            let window = case.needed("seasonal_window")? as usize;
            StlSetup::changing(period, window, is_robust.unwrap_or(false))
        }
    };
    let seasonal = smoother("seasonal", 7, usize::from(!is_periodic));
    let setup = StlSetup {
        period,
        seasonal: match is_periodic {
            true => SeasonalWindow::Periodic {
                jump: seasonal.jump,
            },
            false => SeasonalWindow::Smooth(seasonal),
        },
        trend: smoother("trend", usual.trend.window, 1),
        low_pass: smoother("low_pass", usual.low_pass.window, 1),
        inner_passes: whole("inner_iter").unwrap_or(usual.inner_passes),
        outer_passes: whole("outer_iter").unwrap_or(usual.outer_passes),
    };
    // What a periodic window comes to is said beside the word.
    case.parameter("seasonal_window_used");
    if is_periodic && seasonal.degree != 0 {
        return Err("a periodic season has degree 0".to_owned());
    }
    Ok(setup)
}
