//! Signatures of an inspection.

use analytics::spatial::{self, Found, Pattern, Place, Sector};
use contract::spatial::{Signature, SignatureKind, SignatureQuery, Signatures};
use store::Filter;
use uuid::Uuid;

use super::sight::{Sight, count, sight};
use super::zone::zone_shape;
use crate::error::ApiResult;
use crate::validate;
use crate::view::map::to_nanometres;

/// Level when the caller does not say.
const ALPHA: f64 = 0.01;

/// The patterns of an inspection.
///
/// # Errors
/// When the query breaks a rule; that there is no such inspection.
pub async fn signatures(db: &store::Db, id: Uuid, query: &SignatureQuery) -> ApiResult<Signatures> {
    validate::within("alpha", query.alpha, 0.0001..=0.2)?;
    let filter = Filter {
        defect_types: query.defect_type.clone(),
        adders: query.adders.unwrap_or(false),
        ..Filter::default()
    };
    let sight = sight(db, id, &filter).await?;
    let (alpha, with_members) = (query.alpha.unwrap_or(ALPHA), query.members.unwrap_or(false));
    // Many defects take a while, during which others want to be answered.
    let found = tokio::task::spawn_blocking(move || find(&sight, alpha, with_members)).await;
    found.map_err(anyhow::Error::from)?
}

fn find(sight: &Sight, alpha: f64, with_members: bool) -> ApiResult<Signatures> {
    let inspected = &sight.area.inspected;
    let found =
        spatial::signatures(&sight.points, inspected, alpha).map_err(anyhow::Error::from)?;
    let tests = u32::try_from(found.tests).unwrap_or(u32::MAX);
    let mut patterns = found.found;
    let excess = |found: &Found| found.members.len() as f64 - found.expected;
    patterns.sort_by(|a, b| excess(b).total_cmp(&excess(a)));
    let claimed: usize = patterns.iter().map(|found| found.members.len()).sum();
    Ok(Signatures {
        seen: sight.seen(),
        main: patterns
            .first()
            .map_or(SignatureKind::Random, |found| kind(found.pattern)),
        tests,
        alpha,
        left: count(sight.points.len() - claimed) + sight.unplaced,
        outside: count(found.outside),
        found: patterns
            .iter()
            .map(|found| signature(sight, found, with_members))
            .collect(),
    })
}

fn signature(sight: &Sight, found: &Found, with_members: bool) -> Signature {
    let members = count(found.members.len());
    let die = match found.place {
        Place::Die(die) => sight.area.delivered(die),
        _ => None,
    };
    let expected = match found.expected {
        few if few < 0.1 => "next to none was".to_owned(),
        few if few < 10.0 => format!("{few:.1} were"),
        many => format!("{many:.0} were"),
    };
    Signature {
        kind: kind(found.pattern),
        count: members,
        expected: found.expected,
        ratio: (found.expected > 0.0).then(|| members as f64 / found.expected),
        p_value: found.p_value,
        adjusted_p: found.adjusted_p,
        test: format!("{}.", found.test),
        description: format!(
            "{}: {members} defects where {expected} expected",
            place(found, die)
        ),
        types: sight.types(&found.members),
        defect_nos: with_members.then(|| sight.numbers(&found.members)),
        zone: match &found.place {
            Place::Zone(zone) => Some(zone_shape(zone)),
            _ => None,
        },
        path_mm: match &found.place {
            Place::Path(path) => Some(
                path.iter()
                    .map(|&(x, y)| [to_nanometres(x), to_nanometres(y)])
                    .collect(),
            ),
            _ => None,
        },
        die,
        place_mm: match found.place {
            Place::InDie { at_mm, .. } => Some([to_nanometres(at_mm.0), to_nanometres(at_mm.1)]),
            _ => None,
        },
    }
}

fn kind(pattern: Pattern) -> SignatureKind {
    match pattern {
        Pattern::Scratch => SignatureKind::Scratch,
        Pattern::Ring => SignatureKind::Ring,
        Pattern::Edge => SignatureKind::Edge,
        Pattern::Centre => SignatureKind::Centre,
        Pattern::Sector => SignatureKind::Sector,
        Pattern::HotDie => SignatureKind::HotDie,
        Pattern::Repeater => SignatureKind::Repeater,
        Pattern::Cluster => SignatureKind::Cluster,
    }
}

/// The pattern in words, with its place and size.
fn place(found: &Found, die: Option<[i32; 2]>) -> String {
    match &found.place {
        Place::Zone(zone) => zone_in_words(found.pattern, zone),
        Place::Path(path) => path_in_words(found.pattern, path),
        Place::Die(_) => match die {
            Some([x, y]) => format!("hot die at column {x}, row {y}"),
            None => "hot die at the rim".to_owned(),
        },
        Place::InDie {
            at_mm: (x, y),
            dies,
            field,
        } => {
            let field = match field {
                (1, 1) => String::new(),
                (columns, rows) => format!(", in fields of {columns} by {rows} dies"),
            };
            format!("repeater at {x:.2} mm, {y:.2} mm of {dies} dies{field}")
        }
    }
}

fn zone_in_words(pattern: Pattern, zone: &Sector) -> String {
    let middle = (zone.inner_mm + zone.outer_mm) / 2.0;
    let width = zone.outer_mm - zone.inner_mm;
    let arc = match zone.sweep_deg >= 360.0 {
        true => String::new(),
        false => {
            let to = (zone.from_deg + zone.sweep_deg) % 360.0;
            format!(" from {:.0} to {to:.0} degrees", zone.from_deg)
        }
    };
    match pattern {
        Pattern::Ring => format!("ring at {middle:.0} mm, {width:.1} mm wide"),
        Pattern::Edge => format!("edge{arc}, {width:.1} mm wide"),
        Pattern::Sector => format!("sector{arc}"),
        _ => format!("centre, within {:.0} mm", zone.outer_mm),
    }
}

fn path_in_words(pattern: Pattern, path: &[(f64, f64)]) -> String {
    let Ok(shape) = spatial::measure(path) else {
        return "defects".to_owned();
    };
    let (x, y) = shape.centre_mm;
    let (length, width) = (shape.length_mm, shape.width_mm);
    match pattern {
        Pattern::Scratch => format!("scratch around {x:.0} mm, {y:.0} mm, {length:.1} mm long"),
        _ => format!("cluster around {x:.0} mm, {y:.0} mm, {length:.1} mm by {width:.1} mm"),
    }
}
