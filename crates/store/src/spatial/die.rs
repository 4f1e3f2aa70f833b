//! Defects by the die they lie on.

use entity::inspection;
use sea_orm::{ColumnTrait, ConnectionTrait, EntityTrait, FromQueryResult, QueryFilter};
use uuid::Uuid;

use crate::{Filter, Result, sql::Sql};

/// Defects of one inspection by die and type, as columns of the same length.
#[derive(Clone, Debug, Default, PartialEq, FromQueryResult)]
pub struct DieDefects {
    /// The inspection.
    pub inspection_id: Uuid,
    /// Die column as delivered.
    pub die_x: Vec<i32>,
    /// Die row as delivered.
    pub die_y: Vec<i32>,
    /// Type.
    pub defect_type_id: Vec<i32>,
    /// Defects of the type on the die that the filter counts; 0 where there are only others.
    pub counted: Vec<i64>,
}

/// Defects of some inspections by die and type, in the order of their ids; those that the filter does not count are
/// listed with 0, as a die with them is not free of defects. Defects that lie on no die are left out. Served by the key
/// of `defect`.
///
/// # Errors
/// When the database fails.
pub async fn defects(
    db: &impl ConnectionTrait,
    filter: &Filter,
    inspections: &[Uuid],
) -> Result<Vec<DieDefects>> {
    let mut sql = Sql::new(
        "select g.inspection_id, array_agg(g.die_x) as die_x, array_agg(g.die_y) as die_y,
            array_agg(g.defect_type_id) as defect_type_id, array_agg(g.counted) as counted
         from (select d.inspection_id, d.die_x, d.die_y, d.defect_type_id, count(*) filter (where true",
    );
    filter.push_defects(&mut sql);
    if filter.adders {
        sql.push(" and a.defect_no is not null");
    }
    sql.push(") as counted from defect d");
    if filter.adders {
        sql.push(" left join ");
        filter.push_defects_of(&mut sql, inspections);
        sql.push(" a on a.inspection_id = d.inspection_id and a.defect_no = d.defect_no");
    }
    sql.push(" where d.die_x is not null and d.die_y is not null and d.inspection_id = any(")
        .bind(inspections.to_vec())
        .push(") group by 1, 2, 3, 4) g group by 1 order by 1");
    sql.all(db).await
}

/// Inspections with their die grids, in any order. Served by the key of `inspection`.
///
/// # Errors
/// When the database fails.
pub async fn inspections(
    db: &impl ConnectionTrait,
    ids: &[Uuid],
) -> Result<Vec<inspection::Model>> {
    let ids = ids.iter().copied();
    Ok(inspection::Entity::find()
        .filter(inspection::Column::InspectionId.is_in(ids))
        .all(db)
        .await?)
}
