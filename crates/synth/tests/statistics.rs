//! The statistics of the generator. Seeds are fixed; each bound says how often chance would break it
//! with another seed.

use std::collections::HashMap;

use chrono::NaiveDate;
use statrs::distribution::{ChiSquared, ContinuousCDF};
use synth::{Defect, Fab, Inspection, Kind, LOT_SPREAD, Lot, Plan, Signature, WAFER_SPREAD};

fn fab(seed: u64, scale: f64, size_exponent: f64) -> Fab {
    let end = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    let plan = Plan {
        scale,
        size_exponent,
        ..Plan::new(seed, end)
    };
    Fab::new(plan).expect("the plan is possible")
}

/// Those of the background that the inspection's own step made: independent of each other.
fn adders(inspection: &Inspection) -> impl Iterator<Item = &Defect> {
    let own = |defect: &&Defect| {
        let truth = defect.truth;
        let is_background = truth.signature.is_none() && truth.excursion.is_none();
        is_background && truth.first_step == inspection.step
    };
    inspection.defects.iter().filter(own)
}

/// Probability of so uneven counts, were all cells equally likely.
fn chi_square_p(cells: &[u64]) -> f64 {
    let mean = cells.iter().sum::<u64>() as f64 / cells.len() as f64;
    let squares = cells.iter().map(|&count| (count as f64 - mean).powi(2));
    let statistic = squares.sum::<f64>() / mean;
    let degrees = ChiSquared::new(cells.len() as f64 - 1.0).expect("cells");
    degrees.sf(statistic)
}

/// Chance breaks one of the two bounds in 1 of 500 seeds.
#[test]
fn the_background_is_uniform_over_rings_and_sectors_of_equal_area() {
    let fab = fab(21, 1.0, 3.0);
    let (mut rings, mut sectors) = ([0_u64; 20], [0_u64; 24]);
    for lot in fab.lots() {
        let radius = fab.products()[lot.product].geometry.usable_radius_mm();
        for inspection in lot.inspections.iter().filter(|one| !one.is_repetition) {
            for defect in adders(inspection) {
                let part = (defect.x_mm.powi(2) + defect.y_mm.powi(2)) / radius.powi(2);
                let turn = defect.y_mm.atan2(defect.x_mm) / std::f64::consts::TAU + 0.5;
                rings[((part * 20.0) as usize).min(19)] += 1;
                sectors[((turn * 24.0) as usize).min(23)] += 1;
            }
        }
    }
    assert!(rings.iter().sum::<u64>() > 40_000);
    let (p_rings, p_sectors) = (chi_square_p(&rings), chi_square_p(&sectors));
    assert!(p_rings > 0.001, "p = {p_rings}: {rings:?}");
    assert!(p_sectors > 0.001, "p = {p_sectors}: {sectors:?}");
}

/// The test above can fail: the edge signature is no background.
#[test]
fn signatures_are_not_uniform() {
    let fab = fab(21, 0.5, 3.0);
    let mut rings = [0_u64; 10];
    for lot in fab.lots() {
        let radius = fab.products()[lot.product].geometry.usable_radius_mm();
        let defects = lot.inspections.iter().flat_map(|one| &one.defects);
        for defect in defects.filter(|one| one.truth.signature == Some(Signature::Edge)) {
            let part = (defect.x_mm.powi(2) + defect.y_mm.powi(2)) / radius.powi(2);
            rings[((part * 10.0) as usize).min(9)] += 1;
        }
    }
    assert!(chi_square_p(&rings) < 1e-9, "{rings:?}");
    // The rim of 6 mm is 8 to 12 % of the area.
    assert_eq!(rings[..8], [0; 8]);
}

/// Counts of wafers of one diameter on one tool at a step, by lot.
fn counts_by_lot(fab: &Fab, lots: &[Lot], step: usize, tool: usize) -> Vec<Vec<f64>> {
    let of_lot = |lot: &Lot| -> Vec<f64> {
        let wanted = lot.inspections.iter().filter(|one| {
            (one.step, one.equipment, one.is_repetition) == (step, tool, false)
                && !one
                    .excursions
                    .iter()
                    .any(|&index| fab.excursions()[index].id == "contact-recipe")
        });
        wanted.map(|one| adders(one).count() as f64).collect()
    };
    let large = lots
        .iter()
        .filter(|lot| fab.products()[lot.product].geometry.diameter_mm == 300.0);
    large
        .map(of_lot)
        .filter(|counts| !counts.is_empty())
        .collect()
}

/// `E[N (N - 1)] / E[N]^2`, which for a mixture of Poisson counts is `E[rate^2] / E[rate]^2`.
fn factorial_moment_ratio<'a>(lots: impl Iterator<Item = &'a Vec<f64>> + Clone) -> f64 {
    let counts = lots.flatten();
    let n = counts.clone().count() as f64;
    let mean = counts.clone().sum::<f64>() / n;
    counts.map(|count| count * (count - 1.0)).sum::<f64>() / n / (mean * mean)
}

/// Two-sided at 4 standard errors over 15 pairs of step and tool: chance breaks it in 1 of 1,000 seeds.
#[test]
fn counts_have_the_dispersion_asked_for_at_every_step_and_tool() {
    let fab = fab(22, 4.0, 3.0);
    let lots: Vec<Lot> = fab.lots().collect();
    for (index, step) in fab.steps().iter().enumerate() {
        let wafers = (LOT_SPREAD.powi(2) + WAFER_SPREAD.powi(2)).exp();
        let expected = (1.0 + 1.0 / step.shape) * wafers;
        for &tool in step.tools {
            let lots = counts_by_lot(&fab, &lots, index, tool);
            let ratio = factorial_moment_ratio(lots.iter());
            let error = jackknife_error(&lots);
            assert!(
                (ratio - expected).abs() < 4.0 * error,
                "{} on tool {tool}: {ratio} +- {error}, expected {expected}",
                step.step_id
            );
            assert!(error < 0.15, "the test says nothing: {error}");
        }
    }
}

/// Standard error of the ratio; lots are independent, their wafers are not.
fn jackknife_error(lots: &[Vec<f64>]) -> f64 {
    let n = lots.len();
    let without = |left_out: usize| {
        let others = lots
            .iter()
            .enumerate()
            .filter(move |(index, _)| *index != left_out);
        factorial_moment_ratio(others.map(|(_, lot)| lot))
    };
    let estimates: Vec<f64> = (0..n).map(without).collect();
    let mean = estimates.iter().sum::<f64>() / n as f64;
    let squares: f64 = estimates
        .iter()
        .map(|estimate| (estimate - mean).powi(2))
        .sum();
    (squares * (n as f64 - 1.0) / n as f64).sqrt()
}

/// Maximum likelihood (Clauset, Shalizi, Newman 2009, equation 3.1); 4 standard errors, 14 estimates:
/// chance breaks it in 1 of 1,000 seeds.
#[test]
fn sizes_follow_the_power_law_asked_for_above_each_tools_limit() {
    for exponent in [3.0, 4.2] {
        let fab = fab(23, 1.0, exponent);
        let mut logarithms: HashMap<usize, Vec<f64>> = HashMap::new();
        for inspection in fab.lots().flat_map(|lot| lot.inspections) {
            let tool = &fab.equipment()[inspection.equipment];
            let limit = tool.sight.expect("an inspector").limit_um;
            let particles = adders(&inspection).filter(|defect| defect.kind == Kind::Particle);
            let sizes = particles.map(|defect| (defect.extent.size_um / limit).ln());
            logarithms
                .entry(inspection.equipment)
                .or_default()
                .extend(sizes);
        }
        // The macro inspection has no plain particles.
        assert_eq!(
            logarithms
                .values()
                .filter(|sizes| !sizes.is_empty())
                .count(),
            7
        );
        for (tool, sizes) in logarithms.iter().filter(|(_, sizes)| !sizes.is_empty()) {
            let n = sizes.len() as f64;
            assert!(n > 500.0);
            let estimate = 1.0 + n / sizes.iter().sum::<f64>();
            let error = (estimate - 1.0) / n.sqrt();
            let distance = (estimate - exponent).abs() / error;
            assert!(
                distance < 4.0,
                "tool {tool}: {estimate} +- {error}, asked for {exponent}"
            );
        }
    }
}

/// One defect seen twice by one tool: how it was placed.
struct Pair {
    tool: usize,
    is_seen_again: bool,
    dx_mm: f64,
    dy_mm: f64,
}

/// Defects of first inspections, well above the limit, and what the repetition made of them.
fn repeated(fab: &Fab) -> Vec<Pair> {
    let mut pairs = Vec::new();
    for lot in fab.lots() {
        for second in lot.inspections.iter().filter(|one| one.is_repetition) {
            let is_first = |one: &&Inspection| {
                (one.wafer, one.step, one.is_repetition) == (second.wafer, second.step, false)
            };
            let Some(first) = lot.inspections.iter().find(is_first) else {
                continue;
            };
            let limit = fab.equipment()[first.equipment]
                .sight
                .expect("an inspector")
                .limit_um;
            let again: HashMap<u32, &Defect> = second
                .defects
                .iter()
                .map(|defect| (defect.truth.origin, defect))
                .collect();
            for defect in first
                .defects
                .iter()
                .filter(|one| one.extent.size_um > 1.4 * limit)
            {
                let found = again.get(&defect.truth.origin);
                pairs.push(Pair {
                    tool: first.equipment,
                    is_seen_again: found.is_some(),
                    dx_mm: found.map_or(0.0, |found| found.x_mm - defect.x_mm),
                    dy_mm: found.map_or(0.0, |found| found.y_mm - defect.y_mm),
                });
            }
        }
    }
    pairs
}

/// 4 standard errors over 8 tools: chance breaks it in 1 of 2,000 seeds.
#[test]
fn a_repeated_inspection_sees_the_share_of_the_defects_that_its_tool_captures() {
    let fab = fab(24, 5.0, 3.0);
    let pairs = repeated(&fab);
    for (tool, equipment) in fab.equipment().iter().enumerate() {
        let Some(sight) = equipment.sight else {
            continue;
        };
        let of_tool: Vec<&Pair> = pairs.iter().filter(|pair| pair.tool == tool).collect();
        let n = of_tool.len() as f64;
        assert!(
            n > 400.0,
            "{}: {n} defects say little",
            equipment.equipment_id
        );
        let seen = of_tool.iter().filter(|pair| pair.is_seen_again).count() as f64;
        let error = (sight.capture * (1.0 - sight.capture) / n).sqrt();
        let distance = (seen / n - sight.capture).abs() / error;
        assert!(
            distance < 4.0,
            "{}: {} of {n}",
            equipment.equipment_id,
            seen
        );
    }
}

/// 5 standard errors of a variance over 16 of them: chance breaks it in 1 of 10,000 seeds.
#[test]
fn a_defect_is_placed_with_the_registration_error_of_its_tool() {
    let fab = fab(25, 3.0, 3.0);
    let pairs = repeated(&fab);
    for (tool, equipment) in fab.equipment().iter().enumerate() {
        let Some(sight) = equipment.sight else {
            continue;
        };
        let seen = pairs
            .iter()
            .filter(|pair| pair.tool == tool && pair.is_seen_again);
        let (x, y): (Vec<f64>, Vec<f64>) = seen.map(|pair| (pair.dx_mm, pair.dy_mm)).unzip();
        for differences in [x, y] {
            let n = differences.len() as f64;
            let variance = differences.iter().map(|d| d * d).sum::<f64>() / n;
            let expected = 2.0 * sight.registration_mm.powi(2);
            let distance = (variance / expected - 1.0).abs() / (2.0 / n).sqrt();
            assert!(
                distance < 5.0,
                "{}: {variance}, expected {expected}",
                equipment.equipment_id
            );
        }
    }
}

#[test]
fn earlier_defects_show_again_at_later_steps_and_their_steps_survival_decides_how_many() {
    let fab = fab(26, 1.0, 3.0);
    let (mut present, mut again) = (0.0, 0.0);
    for lot in fab.lots() {
        // From the gate etch to the contact etch, both on bright field tools with the same limit or nearly.
        let at = |step: usize| {
            lot.inspections
                .iter()
                .filter(move |one| one.step == step && !one.is_repetition)
        };
        for later in at(4) {
            let Some(earlier) = at(3).find(|one| one.wafer == later.wafer) else {
                continue;
            };
            let seen: Vec<u32> = later.defects.iter().map(|one| one.truth.origin).collect();
            for defect in earlier
                .defects
                .iter()
                .filter(|one| one.extent.size_um > 0.2)
            {
                let capture = fab.equipment()[later.equipment]
                    .sight
                    .expect("an inspector")
                    .capture;
                present += fab.steps()[4].survival * capture;
                again += f64::from(u8::from(seen.contains(&defect.truth.origin)));
            }
        }
    }
    assert!(present > 1_000.0);
    let distance = (again - present).abs() / (0.55 * present).sqrt();
    assert!(distance < 4.0, "{again} seen again, {present} expected");
}

#[test]
fn a_repeater_sits_at_one_place_of_every_field_and_fingers_at_three_angles() {
    let fab = fab(27, 1.0, 3.0);
    let mut repeated = Vec::new();
    for lot in fab.lots() {
        let geometry = &fab.products()[lot.product].geometry;
        for defect in lot.inspections.iter().flat_map(|one| &one.defects) {
            match defect.truth.signature {
                Some(Signature::ReticleRepeater) => {
                    let (columns, rows) = geometry.field_dies;
                    let origin = geometry.die_origin_mm;
                    let (width, height) = (
                        geometry.pitch_mm.x * f64::from(columns),
                        geometry.pitch_mm.y * f64::from(rows),
                    );
                    repeated.push((
                        (defect.x_mm - origin.x).rem_euclid(width),
                        (defect.y_mm - origin.y).rem_euclid(height),
                    ));
                }
                Some(Signature::HandlingMarks) => {
                    let degrees = defect
                        .y_mm
                        .atan2(defect.x_mm)
                        .to_degrees()
                        .rem_euclid(360.0);
                    let nearest = [30.0, 150.0, 270.0].map(|finger: f64| (degrees - finger).abs());
                    assert!(
                        nearest.into_iter().fold(f64::INFINITY, f64::min) < 8.0,
                        "{degrees}"
                    );
                    assert!(defect.x_mm.hypot(defect.y_mm) > geometry.usable_radius_mm() - 7.0);
                }
                _ => {}
            }
        }
    }
    assert!(repeated.len() > 200);
    let first = repeated[0];
    let is_near =
        |place: &(f64, f64)| (place.0 - first.0).abs() < 0.2 && (place.1 - first.1).abs() < 0.2;
    assert!(repeated.iter().all(is_near));
}
