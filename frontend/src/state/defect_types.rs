//! The defect types that a defect can be given, and which number key stands for which.

use contract::defect_type::{DefectType, DefectTypeQuery};
use contract::inspection::{InspectionDetail, TypeCount};
use uuid::Uuid;

use super::remote::Remote;
use crate::api::{Api, ApiError, with_query};

/// Keys `1` to `9`.
const KEYS: usize = 9;

/// All types, and those with a number key.
#[derive(Clone, Debug, Default)]
pub struct KnownTypes {
    /// All, by name.
    pub all: Vec<DefectType>,
    /// Ids of the types of the keys `1` to `9`, in this order.
    pub keyed: Vec<i32>,
}

impl KnownTypes {
    /// The type of a number key.
    pub fn of_key(&self, key: &str) -> Option<&DefectType> {
        let digit = key.parse::<usize>().ok().filter(|_| key.len() == 1)?;
        self.get(*self.keyed.get(digit.checked_sub(1)?)?)
    }

    /// The number key of a type.
    pub fn key_of(&self, defect_type_id: i32) -> Option<usize> {
        let place = self.keyed.iter().position(|id| *id == defect_type_id);
        place.map(|place| place + 1)
    }

    /// A type by its id.
    pub fn get(&self, defect_type_id: i32) -> Option<&DefectType> {
        self.all
            .iter()
            .find(|kind| kind.defect_type_id == defect_type_id)
    }
}

/// The types while working on one inspection.
///
/// Keys are given once, from the counts as they are then: classifying must not make them wander.
pub fn known_types(
    inspection: impl Fn() -> Option<Uuid> + Send + Sync + 'static,
) -> Remote<KnownTypes> {
    let api = Api::here();
    Remote::new(inspection, move |id| async move {
        let path = format!("/inspections/{id}");
        let found = api.get::<InspectionDetail>(&path).await?.types;
        let mut all = all_types(api).await?;
        all.sort_by_key(|kind| kind.name.to_lowercase());
        let keyed = keyed(found, &all);
        Ok(KnownTypes { all, keyed })
    })
}

/// The most frequent types of the inspection; where it has few, the most severe others follow.
fn keyed(mut found: Vec<TypeCount>, all: &[DefectType]) -> Vec<i32> {
    found.sort_by_key(|of| std::cmp::Reverse(of.count));
    let mut keyed: Vec<i32> = found.iter().map(|of| of.defect_type_id).collect();
    let mut others: Vec<&DefectType> = all
        .iter()
        .filter(|kind| !keyed.contains(&kind.defect_type_id))
        .collect();
    others.sort_by_key(|kind| (std::cmp::Reverse(kind.severity), kind.defect_type_id));
    keyed.extend(others.iter().map(|kind| kind.defect_type_id));
    keyed.truncate(KEYS);
    keyed
}

/// Every defect type, page by page.
async fn all_types(api: Api) -> Result<Vec<DefectType>, ApiError> {
    let mut types = Vec::new();
    for page in 1.. {
        let question = DefectTypeQuery {
            page: Some(page),
            per_page: Some(100),
            ..DefectTypeQuery::default()
        };
        let listed = api
            .list::<DefectType>(&with_query("/defect-types", &question))
            .await?;
        types.extend(listed.rows);
        if page >= listed.pagination.total_pages {
            break;
        }
    }
    Ok(types)
}
