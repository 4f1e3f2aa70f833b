//! What bad inspections under a filter have in common.

use std::collections::{BTreeMap, HashSet};

use analytics::rules::RuleSet;
use analytics::spc::{Point, find_high};
use contract::analytics::{Bucket, Commonality, CommonalityQuery, Metric, TrendPoint};
use uuid::Uuid;

use super::POINTS_MOST;
use super::chart::{self, Charted, Question, Wording};
use super::compare::ALPHA;
use super::suspects::{Judged, suspects};
use crate::error::{ApiResult, invalid};
use crate::{validate, view};

/// What bad inspections have in common that good ones have not.
///
/// # Errors
/// When the query breaks a rule or the database fails.
pub async fn commonality(db: &store::Db, query: &CommonalityQuery) -> ApiResult<Commonality> {
    validate::within("alpha", query.alpha, 0.001..=0.2)?;
    validate::within("bad_above", query.bad_above, 0.0..=1e9)?;
    if let (Some(above), false) = (query.bad_above, query.bad.is_empty()) {
        let rule = "says again which inspections are bad: give it or `bad`";
        return Err(invalid("bad_above", above, rule));
    }
    let question = Question::new(&Wording {
        metric: Some(query.metric.unwrap_or(Metric::Density)),
        bucket: Some(Bucket::Inspection),
        ..Wording::default()
    })?;
    let filter = view::filter::filter(query.filter())?;
    let charted = chart::read(db, &filter, &question, POINTS_MOST).await?;
    let (is_bad, rule) = tell(query, &charted)?;
    let ids = charted
        .points
        .iter()
        .filter_map(|point| point.inspection_id);
    let judged = ids.zip(&is_bad).map(|(inspection_id, &is_bad)| Judged {
        inspection_id,
        is_bad,
        is_asked: true,
    });
    let judged: Vec<Judged> = judged.collect();
    let alpha = query.alpha.unwrap_or(ALPHA);
    let bad = is_bad.iter().filter(|&&is_bad| is_bad).count();
    Ok(Commonality {
        bad: view::cause::count(bad),
        good: view::cause::count(is_bad.len() - bad),
        rule,
        bad_above: query.bad_above,
        metric: charted.metric,
        from: charted.points.first().map(|point| point.at),
        to: query.to.or(charted.points.last().map(|point| point.at)),
        suspects: suspects(db, &judged, alpha).await?,
        alpha,
        left_out: charted.left_out,
    })
}

/// Which points are bad, and by which rule, in words.
fn tell(query: &CommonalityQuery, charted: &Charted) -> ApiResult<(Vec<bool>, String)> {
    if !query.bad.is_empty() {
        return Ok((
            named(&query.bad, &charted.points)?,
            "Bad are the inspections that were named.".to_owned(),
        ));
    }
    if let Some(above) = query.bad_above {
        let unit = match charted.metric {
            Metric::Density => "defects per cm2",
            Metric::Count => "defects",
        };
        let is_bad = charted
            .points
            .iter()
            .map(|point| point.value.is_some_and(|value| value > above));
        return Ok((
            is_bad.collect(),
            format!("Bad are inspections with more than {above} {unit}."),
        ));
    }
    let rule = "Bad are inspections that signal on the high side of the recommended chart of their step (Western Electric \
                rules), with limits from those that do not signal themselves.";
    Ok((high(charted)?, rule.to_owned()))
}

fn named(bad: &[Uuid], points: &[TrendPoint]) -> ApiResult<Vec<bool>> {
    let known: HashSet<Uuid> = points
        .iter()
        .filter_map(|point| point.inspection_id)
        .collect();
    if let Some(unknown) = bad.iter().find(|id| !known.contains(id)) {
        let rule = "names an inspection that is not among those under the filter";
        return Err(invalid("bad", unknown.to_string(), rule));
    }
    let bad: HashSet<&Uuid> = bad.iter().collect();
    let is_bad = |point: &TrendPoint| {
        point
            .inspection_id
            .as_ref()
            .is_some_and(|id| bad.contains(id))
    };
    Ok(points.iter().map(is_bad).collect())
}

/// The points that are high on the chart of their step.
fn high(charted: &Charted) -> ApiResult<Vec<bool>> {
    let mut steps: BTreeMap<Option<&str>, Vec<usize>> = BTreeMap::new();
    for (index, point) in charted.points.iter().enumerate() {
        steps
            .entry(point.step_id.as_deref())
            .or_default()
            .push(index);
    }
    let rules: Vec<_> = RuleSet::WesternElectric.ids().collect();
    let mut is_bad = vec![false; charted.points.len()];
    for indices in steps.into_values() {
        let points: Vec<Point> = indices.iter().map(|&index| charted.values[index]).collect();
        let high = find_high(&points, &rules).map_err(anyhow::Error::from)?;
        for (index, high) in indices.into_iter().zip(high) {
            is_bad[index] = high;
        }
    }
    Ok(is_bad)
}
