//! How defect types move together.

use analytics::relation::{
    Coefficient as Measure, correlation_matrix, cross_correlation, pearson, spearman,
};
use contract::analytics::{
    Bucket, Coefficient, CorrelationDetail, CorrelationMatrix, CorrelationPairQuery,
    CorrelationQuery, LagResult, Metric, TrendPoint,
};
use store::analytics::{self as rows, Point, Series, TypeCounts, TypeSeries};

use super::{POINTS_MOST, trend};
use crate::error::{ApiError, ApiResult, Thing, invalid};
use crate::view::correlation as show;
use crate::{validate, view};

/// Types in the matrix when the caller does not say.
const TYPES: u32 = 15;
/// Level of relations and lags when the caller does not say.
const ALPHA: f64 = 0.05;
/// Lags on either side when the caller does not say.
const MAX_LAG: u32 = 10;
/// Lags reach over a quarter of the points at most: beyond, few pairs are left to tell anything (Box and Jenkins).
const POINTS_A_LAG: usize = 4;
/// Points below which no lag is looked at.
const LAGGED_FROM: usize = 8;

/// The relations between the densities of the types with most defects.
///
/// # Errors
/// When the query breaks a rule or the database fails.
pub async fn correlation(db: &store::Db, query: &CorrelationQuery) -> ApiResult<CorrelationMatrix> {
    validate::within("types", query.types, 2..=40)?;
    validate::within("alpha", query.alpha, 0.001..=0.2)?;
    let coefficient = query.coefficient.unwrap_or(Coefficient::Spearman);
    let bucket = query.bucket.unwrap_or(Bucket::Lot);
    let alpha = query.alpha.unwrap_or(ALPHA);
    let filter = view::filter::filter(query.filter())?;
    let most = query.types.unwrap_or(TYPES);
    let (series, types) = read(db, &filter, bucket, most).await?;
    let per = Per::of(&series.points);
    let densities: Vec<Vec<f64>> = match series.points.is_empty() {
        true => Vec::new(),
        false => types
            .types
            .iter()
            .map(|one| per.values(&series.points, one))
            .collect(),
    };
    let densities: Vec<&[f64]> = densities.iter().map(Vec::as_slice).collect();
    let measure = match coefficient {
        Coefficient::Pearson => Measure::Pearson,
        Coefficient::Spearman => Measure::Spearman,
    };
    let pairs = correlation_matrix(&densities, measure, alpha).map_err(anyhow::Error::from)?;
    Ok(CorrelationMatrix {
        coefficient,
        bucket,
        points: i64::try_from(series.points.len()).unwrap_or(i64::MAX),
        per: per.word().to_owned(),
        types: types.types.into_iter().map(show::kind).collect(),
        pairs: pairs.iter().map(show::pair).collect(),
        alpha,
        types_left_out: types.left_out,
        left_out: series.left_out,
    })
}

/// Two types in full.
///
/// # Errors
/// When the query breaks a rule, a type does not exist, or the database fails.
pub async fn correlation_pair(
    db: &store::Db,
    query: &CorrelationPairQuery,
) -> ApiResult<CorrelationDetail> {
    validate::within("max_lag", query.max_lag, 1..=50)?;
    let (first, second) = two_types(query)?;
    let bucket = query.bucket.unwrap_or(Bucket::Lot);
    // The pair says which types count, whatever the filter bar does.
    let filter = store::Filter {
        defect_types: vec![first, second],
        killers: false,
        ..view::filter::filter(query.filter())?
    };
    let (series, found) = read(db, &filter, bucket, 2).await?;
    let first = of_type(db, first, &found, series.points.len()).await?;
    let second = of_type(db, second, &found, series.points.len()).await?;
    let per = Per::of(&series.points);
    let (x, y) = (
        per.values(&series.points, &first),
        per.values(&series.points, &second),
    );
    let max_lag = (query.max_lag.unwrap_or(MAX_LAG) as usize).min(x.len() / POINTS_A_LAG);
    let (lags, strongest_lag) = lags(&x, &y, max_lag)?;
    let points = series.points.into_iter().zip(&x).zip(&first.defects);
    let points = points.map(|((point, &value), &count)| TrendPoint {
        value: Some(value),
        count,
        ..view::analytics::point(point, bucket, Metric::Count)
    });
    Ok(CorrelationDetail {
        bucket,
        per: per.word().to_owned(),
        points: points.collect(),
        first: show::kind(first),
        second: show::kind(second),
        pearson: coefficient(&x, &y, pearson)?,
        spearman: coefficient(&x, &y, spearman)?,
        second_values: y.into_iter().map(Some).collect(),
        lags,
        strongest_lag,
        left_out: series.left_out,
    })
}

fn two_types(query: &CorrelationPairQuery) -> ApiResult<(i32, i32)> {
    let missing = |field: &str| {
        invalid(
            field,
            serde_json::Value::Null,
            "has to be the id of a defect type",
        )
    };
    let first = query.first.ok_or_else(|| missing("first"))?;
    let second = query.second.ok_or_else(|| missing("second"))?;
    if first == second {
        return Err(invalid(
            "second",
            second,
            "has to be another type than `first`",
        ));
    }
    Ok((first, second))
}

async fn read(
    db: &store::Db,
    filter: &store::Filter,
    bucket: Bucket,
    most: u32,
) -> ApiResult<(Series, TypeSeries)> {
    let moment = rows::one_moment(db).await?;
    // Points are those of all types; counting some of them there would be work for nothing.
    let all_types = store::Filter {
        defect_types: Vec::new(),
        killers: false,
        ..filter.clone()
    };
    let series = trend::series(&moment, &all_types, bucket, POINTS_MOST).await?;
    let types = trend::types(&moment, filter, bucket, POINTS_MOST, &series.points, most).await?;
    Ok((series, types))
}

/// A type among those that were counted, or one without a defect.
async fn of_type(
    db: &store::Db,
    defect_type_id: i32,
    found: &TypeSeries,
    points: usize,
) -> ApiResult<TypeCounts> {
    let mut counted = found.types.iter();
    if let Some(counted) = counted.find(|one| one.defect_type_id == defect_type_id) {
        return Ok(counted.clone());
    }
    let kind = store::defect_type::get(db, defect_type_id).await?;
    let kind =
        kind.ok_or_else(|| ApiError::NotFound(Thing::DefectType, defect_type_id.to_string()))?;
    Ok(TypeCounts {
        defect_type_id,
        name: kind.name,
        colour: kind.colour,
        total: 0,
        defects: vec![0; points],
        defects_in_area: vec![0; points],
    })
}

/// What counts are divided by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Per {
    Cm2,
    /// Where an area is missing: densities of some points and counts of others have nothing in common.
    Inspection,
}

impl Per {
    fn of(points: &[Point]) -> Self {
        match points.iter().all(|point| point.area_cm2.is_some()) {
            true => Self::Cm2,
            false => Self::Inspection,
        }
    }

    fn word(self) -> &'static str {
        match self {
            Self::Cm2 => "cm2",
            Self::Inspection => "inspection",
        }
    }

    fn values(self, points: &[Point], of: &TypeCounts) -> Vec<f64> {
        let counts = match self {
            Self::Cm2 => &of.defects_in_area,
            Self::Inspection => &of.defects,
        };
        let pairs = points.iter().zip(counts);
        let value = |(point, &count): (&Point, &i64)| match (self, point.area_cm2) {
            (Self::Cm2, Some(area)) => count as f64 / area,
            _ => count as f64 / point.inspections.max(1) as f64,
        };
        pairs.map(value).collect()
    }
}

type Correlate = fn(&[f64], &[f64]) -> Result<analytics::relation::Correlation, analytics::Error>;

fn coefficient(
    x: &[f64],
    y: &[f64],
    correlate: Correlate,
) -> ApiResult<contract::analytics::CorrelationResult> {
    if x.is_empty() {
        return Ok(show::no_result());
    }
    let found = correlate(x, y).map_err(anyhow::Error::from)?;
    Ok(show::result(&found))
}

/// The correlation at each lag, and the strongest that stands out.
fn lags(x: &[f64], y: &[f64], max_lag: usize) -> ApiResult<(Vec<LagResult>, Option<u32>)> {
    if x.len() < LAGGED_FROM {
        return Ok((Vec::new(), None));
    }
    let found = cross_correlation(x, y, max_lag).map_err(anyhow::Error::from)?;
    let stands = |&index: &usize| found.lags[index].adjusted_p <= ALPHA;
    let strongest = found.strongest.filter(stands).map(view::spc::index);
    Ok((found.lags.iter().map(show::lag).collect(), strongest))
}
