//! What inspections that are bad have in common, however they were told from the good ones.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use analytics::relation::{Inspected, commonality, likely_first};
use contract::analytics::Suspect;
use store::analytics::{self as rows, Attributes};
use uuid::Uuid;

use crate::error::ApiResult;
use crate::view;

/// Values that are told at most.
const SUSPECTS_MOST: usize = 200;

/// An inspection that was judged.
#[derive(Clone, Copy, Debug)]
pub(super) struct Judged {
    /// The inspection.
    pub inspection_id: Uuid,
    /// Whether it is bad.
    pub is_bad: bool,
    /// Whether it is in question; those that are not are evidence.
    pub is_asked: bool,
}

/// Suspects of judged inspections, the likeliest first; none where all are bad or all are good.
///
/// # Errors
/// When the database fails.
pub(super) async fn suspects(
    db: &store::Db,
    judged: &[Judged],
    alpha: f64,
) -> ApiResult<Vec<Suspect>> {
    let bad = judged.iter().filter(|one| one.is_bad).count();
    if bad == 0 || bad == judged.len() {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = judged.iter().map(|one| one.inspection_id).collect();
    let delivered = rows::attributes(db, &ids).await?;
    let judged: HashMap<Uuid, &Judged> =
        judged.iter().map(|one| (one.inspection_id, one)).collect();
    let named = named(&delivered);
    let inspected = delivered
        .iter()
        .zip(named)
        .map(|(of, attributes)| Inspected {
            is_bad: judged[&of.inspection_id].is_bad,
            attributes,
        });
    let inspected: Vec<Inspected<String>> = inspected.collect();
    let groups = delivered
        .iter()
        .map(|of| (of.lot_id.as_str(), judged[&of.inspection_id].is_asked));
    let groups: Vec<(&str, bool)> = groups.collect();
    let mut found = commonality(&inspected, alpha).map_err(anyhow::Error::from)?;
    likely_first(&mut found, &inspected, &groups);
    let suspects = found.suspects.into_iter().take(SUSPECTS_MOST);
    Ok(suspects.map(view::cause::suspect).collect())
}

/// The attributes of each inspection: what every inspection has, and the parameters that tell something.
fn named(delivered: &[Attributes]) -> Vec<Vec<(String, String)>> {
    let mut named: Vec<Vec<(String, String)>> = delivered.iter().map(known).collect();
    for name in parameters(delivered) {
        for (of, attributes) in delivered.iter().zip(&mut named) {
            if let Some(value) = parameter(of, name) {
                attributes.push((name.to_owned(), value.to_owned()));
            }
        }
    }
    named
}

/// What is known of an inspection by its own columns.
fn known(of: &Attributes) -> Vec<(String, String)> {
    let slot = of.slot.map(|slot| slot.to_string());
    let all = [
        ("equipment", of.equipment_id.as_deref()),
        ("recipe", of.recipe.as_deref()),
        ("operator", of.operator.as_deref()),
        ("slot", slot.as_deref()),
        ("lot", Some(of.lot_id.as_str())),
        ("step", Some(of.step_id.as_str())),
        ("product", Some(of.device_id.as_str())),
        ("run", of.run_id.as_deref()),
    ];
    let given = all
        .into_iter()
        .filter_map(|(name, value)| Some((name, value?)));
    let given = given.filter(|(_, value)| !value.is_empty());
    given
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .collect()
}

fn parameter<'a>(of: &'a Attributes, name: &str) -> Option<&'a str> {
    let value = of.parameters.get(name)?.as_str()?;
    (!value.is_empty()).then_some(value)
}

/// The parameters with two values or more that repeat, and that say something of their own: not what differs on nearly every
/// inspection, such as a time, and not a column under another name.
fn parameters(delivered: &[Attributes]) -> Vec<&str> {
    let objects = delivered.iter().filter_map(|of| of.parameters.as_object());
    let names: BTreeSet<&str> = objects
        .flat_map(|of| of.keys().map(String::as_str))
        .collect();
    let mut known_as: BTreeSet<Vec<Option<usize>>> = BTreeSet::new();
    let columns: Vec<Vec<(String, String)>> = delivered.iter().map(known).collect();
    for name in [
        "equipment",
        "recipe",
        "operator",
        "slot",
        "lot",
        "step",
        "product",
        "run",
    ] {
        let of_name = |all: &Vec<(String, String)>| {
            let found = all.iter().find(|(known, _)| known == name);
            found.map(|(_, value)| value.clone())
        };
        known_as.insert(partition(columns.iter().map(of_name)).0);
    }
    let tells = |name: &&str| {
        let values = delivered
            .iter()
            .map(|of| parameter(of, name).map(str::to_owned));
        let (parts, distinct) = partition(values);
        let given = parts.iter().flatten().count();
        distinct >= 2 && 2 * distinct <= given && !known_as.contains(&parts)
    };
    names.into_iter().filter(tells).collect()
}

/// Each value as the number of its first appearance, and how many there are: equal for attributes that say the same.
fn partition(values: impl Iterator<Item = Option<String>>) -> (Vec<Option<usize>>, usize) {
    let mut numbers: BTreeMap<String, usize> = BTreeMap::new();
    let parts = values.map(|value| {
        let next = numbers.len();
        value.map(|value| *numbers.entry(value).or_insert(next))
    });
    let parts = parts.collect();
    (parts, numbers.len())
}
