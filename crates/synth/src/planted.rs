//! The five excursions of the fab, with their stories.
//!
//! They lie apart, in time or by step, with quiet months between; the tool that went bad is in the
//! last four weeks. Tool and reticle are those that most lots pass just then, so that each story
//! has enough wafers to be found.

use chrono::{DateTime, Duration, Utc};

use crate::excursion::{Cause, Effect, Excursion, FoundBy};
use crate::fab::Fab;
use crate::schedule::{Route, route};
use crate::step::place;
use crate::{Kind, Plan, Shift};

/// Lots that start so many days before the end matter for the choice of tool and reticle.
const RECENT_DAYS: f64 = 120.0;
/// Recipe of the contact etch after its change.
const NEW_CONTACT_RECIPE: &str = "CT-E4";

/// All of them, the oldest first.
pub(crate) fn excursions(fab: &Fab) -> Vec<Excursion> {
    let recent = recent_routes(fab);
    vec![
        humid_nights(fab),
        contact_recipe(fab),
        metal_chamber(fab),
        dirty_reticle(fab, &recent),
        tool_after_maintenance(fab, &recent),
    ]
}

fn days(plan: &Plan, from: f64, to: f64) -> (DateTime<Utc>, DateTime<Utc>) {
    (plan.days_before_end(from), plan.days_before_end(to))
}

fn date(at: DateTime<Utc>) -> String {
    at.format("%Y-%m-%d").to_string()
}

fn recent_routes(fab: &Fab) -> Vec<Route> {
    let plan = fab.plan();
    let lots = plan.lots();
    let span = Plan::DAYS as f64 + crate::schedule::CYCLE_DAYS;
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a part of the lots"
    )]
    let recent = (f64::from(lots) * RECENT_DAYS / span).ceil() as u32;
    let recent = recent.min(MOST_LOOKED_AT);
    (lots.saturating_sub(recent)..lots)
        .map(|lot| route(fab, lot))
        .collect()
}

/// Beyond that every tool and reticle has lots enough.
const MOST_LOOKED_AT: u32 = 5_000;

fn found_by(
    excursion: (DateTime<Utc>, DateTime<Utc>),
    step_id: &'static str,
    kind: Kind,
) -> FoundBy {
    FoundBy {
        metric: "density",
        from: excursion.0 - Duration::days(60),
        to: excursion.1,
        step_id,
        product_id: None,
        equipment_id: None,
        kind,
        rules: &["we1", "n1"],
        group_by: "equipment",
    }
}

fn excursion(
    id: &'static str,
    cause: Cause,
    (from, to): (DateTime<Utc>, DateTime<Utc>),
    (effect, kind): (Effect, Kind),
    found_by: FoundBy,
) -> Excursion {
    Excursion {
        id,
        story: String::new(),
        cause,
        is_abrupt: true,
        from,
        to,
        equipment_id: None,
        process_tool: None,
        chamber: None,
        reticle: None,
        shift: None,
        process_recipe: None,
        step_id: Some(found_by.step_id),
        product_id: None,
        kind,
        zone: "everywhere",
        found_by,
        effect,
    }
}

/// Wafers wait wet before the metal clean; in the humid months the nights make it worse.
fn humid_nights(fab: &Fab) -> Excursion {
    let period = days(fab.plan(), 290.0, 230.0);
    let step_id = fab.steps()[place::METAL_CMP].step_id;
    let found = FoundBy {
        rules: &["we1", "n1"],
        group_by: "shift",
        ..found_by(period, step_id, Kind::Corrosion)
    };
    let effect = (Effect::Raise { factor: 4.5 }, Kind::Corrosion);
    Excursion {
        story: format!(
            "From {} to {} the night shift finds several times more corrosion after {step_id} than the day shift: \
             in the humid season the dry air of the fab is weak at night, and polished wafers corrode while they wait.",
            date(period.0),
            date(period.1)
        ),
        shift: Some(Shift::Night),
        ..excursion("humid-nights", Cause::Season, period, effect, found)
    }
}

/// The good news: half of the residue is gone, for good.
fn contact_recipe(fab: &Fab) -> Excursion {
    let period = (fab.plan().days_before_end(180.0), fab.plan().to());
    let step = &fab.steps()[place::CONTACT_ETCH];
    let found = FoundBy {
        to: period.0 + Duration::days(60),
        rules: &["we4", "n2"],
        group_by: "process_recipe",
        ..found_by(period, step.step_id, Kind::Residue)
    };
    Excursion {
        story: format!(
            "On {} the contact etch went from recipe {} to {NEW_CONTACT_RECIPE}, with a longer ash: residue after \
             {} is half of what it was, and stays so. Limits from before do not describe the step any more.",
            date(period.0),
            step.process_recipe,
            step.step_id
        ),
        process_recipe: Some(NEW_CONTACT_RECIPE),
        ..excursion(
            "contact-recipe",
            Cause::Recipe,
            period,
            (Effect::Lower { kept: 0.5 }, Kind::Residue),
            found,
        )
    }
}

/// A chamber wears out over ten weeks, until somebody replaces its shield.
fn metal_chamber(fab: &Fab) -> Excursion {
    let period = days(fab.plan(), 160.0, 90.0);
    let step = &fab.steps()[place::METAL_DEPOSITION];
    let tool = step.process_tools[0];
    let chamber = tool.chambers[1];
    let found = FoundBy {
        rules: &["we1", "we2", "n1", "n5"],
        group_by: "chamber",
        ..found_by(period, step.step_id, Kind::MetalParticle)
    };
    Excursion {
        story: format!(
            "From {} on the shield of chamber {chamber} wears: metal particles after {} rise slowly, on \
             every other wafer of the lots that go there, until the shield is replaced on {}.",
            date(period.0),
            step.step_id,
            date(period.1)
        ),
        is_abrupt: false,
        process_tool: Some(tool.process_tool),
        chamber: Some(chamber),
        ..excursion(
            "metal-chamber",
            Cause::ChamberDrift,
            period,
            (Effect::Drift { most: 9.0 }, Kind::MetalParticle),
            found,
        )
    }
}

/// Haze on one of two copies of a reticle prints a bridge at one place of every field.
fn dirty_reticle(fab: &Fab, recent: &[Route]) -> Excursion {
    let period = days(fab.plan(), 62.0, 41.0);
    let step_id = fab.steps()[place::GATE_LITHO].step_id;
    let lots = |product: usize, copy: usize| {
        let of_copy = |route: &&Route| {
            let at = route.visits[place::GATE_LITHO].at;
            (route.product, route.reticle) == (product, copy) && (period.0..period.1).contains(&at)
        };
        recent.iter().filter(of_copy).count()
    };
    let copies = (0..fab.products().len()).flat_map(|product| [(product, 0), (product, 1)]);
    let (product, copy) = copies
        .max_by_key(|&(product, copy)| lots(product, copy))
        .unwrap_or_default();
    let product = &fab.products()[product];
    let reticle = product.reticles[copy];
    let found = FoundBy {
        product_id: Some(product.product_id),
        group_by: "reticle",
        ..found_by(period, step_id, Kind::Bridge)
    };
    Excursion {
        story: format!(
            "From {} to {} reticle {reticle} of product {} prints a bridge at one place of about every second field: \
             haze grew on it until it was cleaned. The other copy of the reticle is clean.",
            date(period.0),
            date(period.1),
            product.product_id
        ),
        reticle: Some(reticle),
        product_id: Some(product.product_id),
        zone: "one place of every reticle field",
        ..excursion(
            "dirty-reticle",
            Cause::Reticle,
            period,
            (Effect::Repeater, Kind::Bridge),
            found,
        )
    }
}

/// For three days after its service a tool's robot marks the wafers that it holds.
fn tool_after_maintenance(fab: &Fab, recent: &[Route]) -> Excursion {
    let step = &fab.steps()[place::METAL_CMP];
    let plan = fab.plan();
    let wafers = |tool: usize, (from, to): (DateTime<Utc>, DateTime<Utc>)| -> usize {
        let visits = recent.iter().filter(|route| {
            let visit = &route.visits[place::METAL_CMP];
            visit.tool == tool && (from..to).contains(&visit.at)
        });
        visits.map(|route| route.slots.len()).sum()
    };
    let starts = (8..=24).map(|start| days(plan, f64::from(start), f64::from(start) - 3.0));
    let choices = starts.flat_map(|period| step.tools.iter().map(move |&tool| (tool, period)));
    let (tool, period) = choices
        .max_by_key(|&(tool, period)| wafers(tool, period))
        .expect("there are tools and days to choose from");
    let equipment_id = fab.equipment()[tool].equipment_id;
    let found = found_by(period, step.step_id, Kind::Particle);
    Excursion {
        story: format!(
            "{equipment_id} was serviced on {} and came back with its robot taught wrong: for three days it left \
             particles at the three places where the fingers hold a wafer, on every wafer it inspected.",
            date(period.0)
        ),
        equipment_id: Some(equipment_id),
        step_id: None,
        zone: "rim at 30, 150 and 270 degrees",
        ..excursion(
            "tool-after-maintenance",
            Cause::Maintenance,
            period,
            (Effect::Handling { mean: 24.0 }, Kind::Particle),
            found,
        )
    }
}
