//! Which defects of a map.

use contract::defect::DefectChoice;
use store::defect::{Choice, Rectangle, Zone};

use super::defect::review_row;
use crate::error::{ApiResult, invalid};

/// The choice as the database takes it.
///
/// # Errors
/// Names the bound that is no number, lies behind its counterpart, or lacks it.
pub fn choice(query: DefectChoice) -> ApiResult<Choice> {
    range(
        ("min_size_um", query.min_size_um),
        ("max_size_um", query.max_size_um),
    )?;
    let zone = zone([
        query.inner_mm,
        query.outer_mm,
        query.from_deg,
        query.sweep_deg,
    ])?;
    Ok(Choice {
        rectangle: rectangle(&query)?,
        zone,
        defect_types: query.defect_type,
        class_nos: query.class_no,
        cluster_nos: query.cluster_no,
        review_statuses: query.review_status.into_iter().map(review_row).collect(),
        min_size_um: query.min_size_um,
        max_size_um: query.max_size_um,
        adders: query.adders.unwrap_or(false),
    })
}

fn rectangle(query: &DefectChoice) -> ApiResult<Option<Rectangle>> {
    let edges = [
        ("x_min_mm", query.x_min_mm),
        ("x_max_mm", query.x_max_mm),
        ("y_min_mm", query.y_min_mm),
        ("y_max_mm", query.y_max_mm),
    ];
    range(edges[0], edges[1])?;
    range(edges[2], edges[3])?;
    match edges.map(|(_, edge)| edge) {
        [Some(left), Some(right), Some(bottom), Some(top)] => Ok(Some(Rectangle {
            x_mm: (left, right),
            y_mm: (bottom, top),
        })),
        [None, None, None, None] => Ok(None),
        _ => {
            let given = edges.into_iter().find(|(_, edge)| edge.is_some());
            let (name, value) = given.unwrap_or(edges[0]);
            let rule = "has to come with all four edges of the rectangle";
            Err(invalid(name, value, rule))
        }
    }
}

/// A zone by what a query says of it: inner and outer radius, where it begins, how far it goes round.
///
/// # Errors
/// When it has no outer radius but something else, or its values break a rule.
pub fn zone(
    [inner_mm, outer_mm, from_deg, sweep_deg]: [Option<f64>; 4],
) -> ApiResult<Option<Zone>> {
    let Some(outer_mm) = outer_mm else {
        let needing = [
            ("inner_mm", inner_mm),
            ("from_deg", from_deg),
            ("sweep_deg", sweep_deg),
        ];
        return match needing.into_iter().find(|(_, value)| value.is_some()) {
            Some((name, value)) => Err(invalid(name, value, "needs `outer_mm`")),
            None => Ok(None),
        };
    };
    let inner_mm = inner_mm.unwrap_or(0.0);
    finite("outer_mm", Some(outer_mm))?;
    finite("from_deg", from_deg)?;
    if !(inner_mm >= 0.0 && inner_mm.is_finite()) {
        return Err(invalid("inner_mm", inner_mm, "has to be 0 or more"));
    }
    if outer_mm <= inner_mm {
        return Err(invalid(
            "outer_mm",
            outer_mm,
            "has to be more than `inner_mm`",
        ));
    }
    let sweep_deg = sweep_deg.unwrap_or(360.0);
    if !(sweep_deg > 0.0 && sweep_deg <= 360.0) {
        let rule = "has to be more than 0 and at most 360";
        return Err(invalid("sweep_deg", sweep_deg, rule));
    }
    Ok(Some(Zone {
        inner_mm,
        outer_mm,
        from_deg: from_deg.unwrap_or(0.0),
        sweep_deg,
    }))
}

/// Two bounds, each finite where it is given, the lower one first.
fn range(lower: (&str, Option<f64>), upper: (&str, Option<f64>)) -> ApiResult<()> {
    finite(lower.0, lower.1)?;
    finite(upper.0, upper.1)?;
    match lower.1.zip(upper.1) {
        Some((from, to)) if from > to => {
            let rule = format!("must not be more than `{}`", upper.0);
            Err(invalid(lower.0, from, rule))
        }
        _ => Ok(()),
    }
}

fn finite(name: &str, value: Option<f64>) -> ApiResult<()> {
    match value {
        // JSON has no word for such a number.
        Some(value) if !value.is_finite() => Err(invalid(
            name,
            value.to_string(),
            "has to be a finite number",
        )),
        _ => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::error::ApiError;

    fn refused(query: DefectChoice) -> (String, String) {
        match choice(query) {
            Err(ApiError::Invalid {
                field, constraint, ..
            }) => (field, constraint),
            other => panic!("{other:?}"),
        }
    }

    fn asked(change: impl FnOnce(&mut DefectChoice)) -> DefectChoice {
        let mut query = DefectChoice::default();
        change(&mut query);
        query
    }

    #[test]
    fn a_rectangle_needs_all_its_edges() {
        let (field, rule) = refused(asked(|query| query.y_min_mm = Some(1.0)));
        assert_eq!(field, "y_min_mm");
        assert!(rule.contains("all four edges"), "{rule}");
    }

    #[test]
    fn an_inner_radius_or_an_angle_needs_an_outer_radius() {
        let inner = refused(asked(|query| query.inner_mm = Some(1.0)));
        let sweep = refused(asked(|query| query.sweep_deg = Some(90.0)));
        assert_eq!(
            (inner.0, sweep.0),
            ("inner_mm".to_owned(), "sweep_deg".to_owned())
        );
        assert_eq!(inner.1, "needs `outer_mm`");
    }

    #[test]
    fn bounds_are_finite_and_in_order() {
        let crossed = refused(asked(|query| {
            query.min_size_um = Some(2.0);
            query.max_size_um = Some(1.0);
        }));
        assert_eq!(crossed.0, "min_size_um");
        let endless = refused(asked(|query| query.max_size_um = Some(f64::INFINITY)));
        assert_eq!(endless.0, "max_size_um");
        let inside_out = refused(asked(|query| {
            query.inner_mm = Some(5.0);
            query.outer_mm = Some(5.0);
        }));
        assert_eq!(inside_out.0, "outer_mm");
        let too_far = refused(asked(|query| {
            query.outer_mm = Some(5.0);
            query.sweep_deg = Some(361.0);
        }));
        assert_eq!(too_far.0, "sweep_deg");
    }

    #[test]
    fn a_disc_is_a_zone_that_goes_all_the_way_round() {
        let found = choice(asked(|query| query.outer_mm = Some(50.0)));
        let zone = found.expect("is valid").zone.expect("a zone");
        assert_eq!((zone.inner_mm, zone.sweep_deg), (0.0, 360.0));
    }
}
