//! Tools, wafers, lots and defect types that a file names: found, or made.

use entity::{defect_type, equipment, wafer};
use sea_orm::{
    ActiveValue::Set, ConnectionTrait, EntityTrait, TryInsertResult, sea_query::OnConflict,
};

use super::{EquipmentFacts, File};
use crate::{Result, sql::Sql};

/// The seeded type of defects without a class name.
const UNCLASSIFIED: &str = "unclassified";

impl File {
    /// The defect type with this class name, whatever the case of its letters; made where it is new. No name, as class 0
    /// has none, is the type `Unclassified`. Asked again, it costs no query.
    ///
    /// # Errors
    /// [`crate::Error::Invalid`] when the name is longer than 128 characters.
    pub async fn defect_type_id(&mut self, name: &str) -> Result<i32> {
        let name = name.replace('\0', "");
        let name = name.trim();
        let key = if name.is_empty() {
            UNCLASSIFIED.to_owned()
        } else {
            name.to_lowercase()
        };
        if let Some(id) = self.types.get(&key) {
            return Ok(*id);
        }
        self.end_copy().await?;
        let id = match self.find_defect_type(&key).await? {
            Some(id) => id,
            None => self.make_defect_type(name, &key).await?,
        };
        self.types.insert(key, id);
        Ok(id)
    }

    async fn find_defect_type(&self, key: &str) -> Result<Option<i32>> {
        let mut sql = Sql::new("select * from defect_type where lower(name) = lower(");
        sql.bind(key).push(")");
        let found: Option<defect_type::Model> = sql.one(&self.own).await?;
        Ok(found.map(|row| row.defect_type_id))
    }

    async fn make_defect_type(&mut self, name: &str, key: &str) -> Result<i32> {
        self.lock_reference_data().await?;
        if let Some(id) = self.find_defect_type(key).await? {
            return Ok(id);
        }
        let name = if name.is_empty() {
            "Unclassified"
        } else {
            name
        };
        let row = defect_type::ActiveModel {
            name: Set(name.to_owned()),
            ..Default::default()
        };
        let made = crate::defect_type::insert(&self.own, row).await?;
        self.created.defect_types.push(made.name);
        Ok(made.defect_type_id)
    }

    pub(super) async fn ensure_equipment(&mut self, facts: EquipmentFacts) -> Result<()> {
        if crate::equipment::get(&self.own, &facts.equipment_id)
            .await?
            .is_some()
        {
            return Ok(());
        }
        self.lock_reference_data().await?;
        let row = equipment::ActiveModel {
            equipment_id: Set(facts.equipment_id.clone()),
            name: Set(facts.equipment_id.clone()),
            manufacturer: Set(facts.manufacturer),
            model: Set(facts.model),
            ..Default::default()
        };
        let key = OnConflict::column(equipment::Column::EquipmentId)
            .do_nothing()
            .to_owned();
        let made = equipment::Entity::insert(row)
            .on_conflict(key)
            .try_insert()
            .exec(&self.own)
            .await?;
        if matches!(made, TryInsertResult::Inserted(_)) {
            self.created.equipment.push(facts.equipment_id);
        }
        Ok(())
    }

    pub(super) async fn ensure_wafer(&mut self, row: wafer::ActiveModel) -> Result<()> {
        let wafer_id = row.wafer_id.try_as_ref().cloned().unwrap_or_default();
        if crate::wafer::get(&self.own, &wafer_id).await?.is_some() {
            return Ok(());
        }
        self.lock_reference_data().await?;
        let key = OnConflict::column(wafer::Column::WaferId)
            .do_nothing()
            .to_owned();
        let made = wafer::Entity::insert(row)
            .on_conflict(key)
            .try_insert()
            .exec(&self.own)
            .await?;
        if matches!(made, TryInsertResult::Inserted(_)) {
            self.created.wafers.push(wafer_id);
        }
        Ok(())
    }

    /// A lot is new when no wafer and no inspection names it yet. Call it before either is made.
    pub(super) async fn note_lot(&mut self, row: &wafer::ActiveModel) -> Result<()> {
        let Some(lot_id) = row.lot_id.try_as_ref().filter(|lot_id| !lot_id.is_empty()) else {
            return Ok(());
        };
        let mut sql = Sql::new("select (exists (select from wafer where lot_id = ");
        sql.bind(lot_id.as_str())
            .push(") or exists (select from inspection where lot_id = ")
            .bind(lot_id.as_str());
        sql.push("))::int::bigint");
        if sql.number(&self.own).await? == 0 {
            self.created.lots.push(lot_id.clone());
        }
        Ok(())
    }

    /// Waits for other imports that make something new; see the head of the module above.
    async fn lock_reference_data(&mut self) -> Result<()> {
        if !self.makes_reference_data {
            self.own
                .execute_unprepared(
                    "select pg_advisory_xact_lock(hashtext('wafermaps import reference data'))",
                )
                .await?;
            self.makes_reference_data = true;
        }
        Ok(())
    }
}
