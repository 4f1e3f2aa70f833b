//! Short ways to fill a database.

use chrono::{DateTime, Utc};
use entity::{app_user, defect, defect_type, equipment, inspection, wafer};
use sea_orm::{ActiveValue::Set, ConnectionTrait, DbBackend, Statement};
use store::Db;
use uuid::Uuid;

/// A time, for instance `2025-03-04T05:06:07Z`.
pub fn at(text: &str) -> DateTime<Utc> {
    text.parse().expect("a time")
}

/// An inspection in the making.
#[derive(Clone)]
pub struct Inspected {
    pub wafer: &'static str,
    pub lot: &'static str,
    pub step: &'static str,
    pub product: &'static str,
    pub equipment: Option<&'static str>,
    pub at: &'static str,
    pub area_cm2: Option<f64>,
    /// Defect types, one a defect; numbers count from 1.
    pub defects: Vec<i32>,
}

impl Default for Inspected {
    fn default() -> Self {
        Self {
            wafer: "LOT1:01",
            lot: "LOT1",
            step: "M1",
            product: "CHIP",
            equipment: Some("INS-1"),
            at: "2025-03-04T05:06:07Z",
            area_cm2: Some(100.0),
            defects: Vec::new(),
        }
    }
}

impl Inspected {
    /// Writes it, with wafer and tool where they are missing, and returns its id.
    pub async fn insert(self, db: &Db) -> Uuid {
        wafer(db, self.wafer, self.lot).await;
        if let Some(tool) = self.equipment {
            equipment(db, tool).await;
        }
        let inspected_at = at(self.at);
        store::defect::ensure_partition(db, inspected_at)
            .await
            .expect("partition");
        let inspection_id = store::inspection::inspection_id(inspected_at);
        let row = inspection::ActiveModel {
            inspection_id: Set(inspection_id),
            wafer_id: Set(self.wafer.to_owned()),
            equipment_id: Set(self.equipment.map(str::to_owned)),
            lot_id: Set(self.lot.to_owned()),
            step_id: Set(self.step.to_owned()),
            device_id: Set(self.product.to_owned()),
            inspected_at: Set(inspected_at),
            area_cm2: Set(self.area_cm2),
            ..Default::default()
        };
        store::inspection::insert(db, row)
            .await
            .expect("inspection");
        for (no, defect_type_id) in (1..).zip(self.defects) {
            store::defect::insert(db, defect(inspection_id, no, defect_type_id))
                .await
                .expect("defect");
        }
        inspection_id
    }
}

pub fn defect(inspection_id: Uuid, defect_no: i32, defect_type_id: i32) -> defect::ActiveModel {
    defect::ActiveModel {
        inspection_id: Set(inspection_id),
        defect_no: Set(defect_no),
        defect_type_id: Set(defect_type_id),
        x_mm: Set(Some(f64::from(defect_no))),
        y_mm: Set(Some(-2.5)),
        die_x: Set(Some(1)),
        die_y: Set(Some(-1)),
        ..Default::default()
    }
}

pub async fn wafer(db: &Db, wafer_id: &str, lot_id: &str) {
    if store::wafer::get(db, wafer_id)
        .await
        .expect("read")
        .is_none()
    {
        let row = wafer::ActiveModel {
            wafer_id: Set(wafer_id.to_owned()),
            id_scheme: Set(wafer::IdScheme::LotSlot),
            lot_id: Set(lot_id.to_owned()),
            ..Default::default()
        };
        store::wafer::insert(db, row).await.expect("wafer");
    }
}

pub async fn equipment(db: &Db, equipment_id: &str) {
    if store::equipment::get(db, equipment_id)
        .await
        .expect("read")
        .is_none()
    {
        let row = equipment::ActiveModel {
            equipment_id: Set(equipment_id.to_owned()),
            name: Set(format!("Tool {equipment_id}")),
            ..Default::default()
        };
        store::equipment::insert(db, row).await.expect("equipment");
    }
}

/// A defect type; returns its id.
pub async fn defect_type(db: &Db, name: &str, severity: i16, killer: bool) -> i32 {
    let row = defect_type::ActiveModel {
        name: Set(name.to_owned()),
        severity: Set(severity),
        killer: Set(killer),
        ..Default::default()
    };
    store::defect_type::insert(db, row)
        .await
        .expect("defect type")
        .defect_type_id
}

pub async fn user(db: &Db, username: &str, role: app_user::Role) -> Uuid {
    let row = app_user::ActiveModel {
        user_id: Set(Uuid::now_v7()),
        username: Set(username.to_owned()),
        display_name: Set(username.to_owned()),
        password_hash: Set("no hash".to_owned()),
        role: Set(role),
        ..Default::default()
    };
    store::user::insert(db, row).await.expect("user").user_id
}

/// `defect_count` and the counts by type of an inspection, and that both say what the rows say.
pub async fn counts(db: &Db, inspection_id: Uuid) -> (i32, Vec<(i32, i32)>) {
    let inspection = store::inspection::get(db, inspection_id)
        .await
        .expect("read")
        .expect("is there");
    let mut by_type: Vec<(i32, i32)> = store::inspection::type_counts(db, inspection_id)
        .await
        .expect("read")
        .into_iter()
        .map(|count| (count.defect_type_id, count.defect_count))
        .collect();
    by_type.sort_unstable();
    let filter = store::defect::Filter::of_inspection(inspection_id);
    let rows = store::defect::after(db, &filter, None, 1000)
        .await
        .expect("read");
    let mut counted = std::collections::BTreeMap::new();
    for row in &rows {
        *counted.entry(row.defect_type_id).or_insert(0) += 1;
    }
    assert_eq!(
        by_type,
        counted.into_iter().collect::<Vec<_>>(),
        "counts by type differ from the rows"
    );
    let packed = by_type.iter().flat_map(|(kind, count)| [kind, count]);
    assert_eq!(
        inspection.type_counts,
        packed.flat_map(|n| n.to_be_bytes()).collect::<Vec<u8>>(),
        "packed counts differ from the rows"
    );
    assert_eq!(
        inspection.defect_count,
        i32::try_from(rows.len()).expect("few"),
        "count differs from the rows"
    );
    (inspection.defect_count, by_type)
}

/// The one column of text that a statement selects.
pub async fn texts(db: &Db, sql: &str) -> Vec<String> {
    let rows = db
        .query_all_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await
        .expect("query");
    rows.iter()
        .map(|row| row.try_get_by_index(0).expect("text"))
        .collect()
}

pub async fn execute(db: &Db, sql: &str) -> Result<u64, store::Error> {
    Ok(db.execute_unprepared(sql).await?.rows_affected())
}
