//! Schema steps of the WaferMaps database, PostgreSQL 15 or newer.
//!
//! Each step is a folder with `up.sql` and `down.sql`, run inside one transaction. Plain SQL, because what matters here
//! (partitions, triggers with transition tables, partial indexes) has no form in a schema builder.
//! A step that has been released is never edited; a change is a new step.

use sea_orm_migration::prelude::*;

/// All steps, oldest first.
#[derive(Debug)]
pub struct Migrator;

impl MigratorTrait for Migrator {
    fn migrations() -> Vec<Box<dyn MigrationTrait>> {
        vec![
            step!("m0001_accounts"),
            step!("m0002_fab"),
            step!("m0003_inspections"),
            step!("m0004_imports"),
            step!("m0005_evidence"),
            step!("m0006_data_version"),
            step!("m0007_control_charts"),
            step!("m0008_packed_type_counts"),
            step!("m0010_adders"),
            step!("m0011_inspection_descriptor"),
            step!("m0012_bin_maps"),
            step!("m0013_unplaced_defects"),
        ]
    }
}

/// One schema step: its name and the SQL of both directions.
struct Step {
    name: &'static str,
    up: &'static str,
    down: &'static str,
}

impl MigrationName for Step {
    fn name(&self) -> &str {
        self.name
    }
}

#[async_trait::async_trait]
impl MigrationTrait for Step {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .get_connection()
            .execute_unprepared(self.up)
            .await
            .map(drop)
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager
            .get_connection()
            .execute_unprepared(self.down)
            .await
            .map(drop)
    }
}

macro_rules! step {
    ($name:literal) => {
        Box::new(Step {
            name: $name,
            up: include_str!(concat!($name, "/up.sql")),
            down: include_str!(concat!($name, "/down.sql")),
        })
    };
}
use step;
