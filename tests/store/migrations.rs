//! The schema: up and down, what the entities say about it, and rules every table keeps.

use std::collections::BTreeSet;

use sea_orm::{
    ColumnTrait, ColumnType, ConnectionTrait, DbBackend, EntityTrait, Iden, Iterable, Statement,
};
use store::Db;
use wafermaps_tests::TestDb;

async fn texts(db: &Db, sql: &str) -> Vec<String> {
    let rows = db
        .query_all_raw(Statement::from_string(DbBackend::Postgres, sql))
        .await
        .expect("query");
    rows.iter()
        .map(|row| row.try_get_by_index(0).expect("text"))
        .collect()
}

const OBJECTS: &str = "
    select 'relation ' || relname from pg_class where relnamespace = 'public'::regnamespace and relname !~ '^seaql_'
    union all select 'function ' || proname from pg_proc where pronamespace = 'public'::regnamespace
    order by 1";

#[tokio::test]
async fn migrations_run_up_down_and_up_again_and_leave_nothing_between() {
    let db = TestDb::new().await.db;
    let first = texts(&db, OBJECTS).await;
    let steps = store::migrate::status(&db).await.expect("status");
    assert!(steps.iter().all(|step| step.applied), "{steps:?}");

    store::migrate::down(&db, u32::try_from(steps.len()).expect("few"))
        .await
        .expect("down");
    assert_eq!(texts(&db, OBJECTS).await, Vec::<String>::new());
    assert!(
        store::migrate::status(&db)
            .await
            .expect("status")
            .iter()
            .all(|step| !step.applied)
    );

    assert_eq!(store::migrate::up(&db).await.expect("up"), steps.len());
    assert_eq!(texts(&db, OBJECTS).await, first);
    assert_eq!(store::migrate::up(&db).await.expect("up"), 0);
}

#[tokio::test]
async fn servers_that_migrate_at_the_same_moment_do_it_once() {
    let db = TestDb::new().await.db;
    let steps = store::migrate::status(&db).await.expect("status").len();
    store::migrate::down(&db, u32::try_from(steps).expect("few"))
        .await
        .expect("down");

    let (one, other) = tokio::join!(store::migrate::up(&db), store::migrate::up(&db));

    assert_eq!(one.expect("up") + other.expect("up"), steps);
}

/// `name type null?` of each column, as the entity sees it.
fn entity_columns<E: EntityTrait>(_: E) -> BTreeSet<String> {
    let describe = |column: E::Column| {
        let definition = column.def();
        let null = if definition.is_null() {
            "null"
        } else {
            "not null"
        };
        format!(
            "{} {} {null}",
            column.to_string(),
            sql_type(definition.get_column_type())
        )
    };
    E::Column::iter().map(describe).collect()
}

fn sql_type(column_type: &ColumnType) -> String {
    match column_type {
        ColumnType::Text => "text".to_owned(),
        ColumnType::Integer => "integer".to_owned(),
        ColumnType::SmallInteger => "smallint".to_owned(),
        ColumnType::BigInteger => "bigint".to_owned(),
        ColumnType::Float => "real".to_owned(),
        ColumnType::Double => "double precision".to_owned(),
        ColumnType::Date => "date".to_owned(),
        ColumnType::Boolean => "boolean".to_owned(),
        ColumnType::Uuid => "uuid".to_owned(),
        ColumnType::JsonBinary => "jsonb".to_owned(),
        ColumnType::VarBinary(_) => "bytea".to_owned(),
        ColumnType::TimestampWithTimeZone => "timestamp with time zone".to_owned(),
        ColumnType::String(_) => "text".to_owned(),
        ColumnType::Array(element) => format!("{}[]", sql_type(element)),
        other => format!("{other:?}"),
    }
}

#[tokio::test]
async fn entities_name_the_columns_of_the_schema_with_their_types() {
    let db = TestDb::new().await.db;
    let entities = [
        ("adder_queue", entity_columns(entity::adder_queue::Entity)),
        ("alert", entity_columns(entity::alert::Entity)),
        ("app_user", entity_columns(entity::app_user::Entity)),
        ("audit_log", entity_columns(entity::audit_log::Entity)),
        ("bin_map", entity_columns(entity::bin_map::Entity)),
        (
            "chart_evaluation",
            entity_columns(entity::chart_evaluation::Entity),
        ),
        (
            "chart_violation",
            entity_columns(entity::chart_violation::Entity),
        ),
        (
            "control_chart",
            entity_columns(entity::control_chart::Entity),
        ),
        (
            "control_limit",
            entity_columns(entity::control_limit::Entity),
        ),
        ("data_change", entity_columns(entity::data_change::Entity)),
        ("data_version", entity_columns(entity::data_version::Entity)),
        ("defect", entity_columns(entity::defect::Entity)),
        (
            "defect_element",
            entity_columns(entity::defect_element::Entity),
        ),
        ("defect_image", entity_columns(entity::defect_image::Entity)),
        (
            "defect_spectrum",
            entity_columns(entity::defect_spectrum::Entity),
        ),
        ("defect_type", entity_columns(entity::defect_type::Entity)),
        ("equipment", entity_columns(entity::equipment::Entity)),
        (
            "image_reference",
            entity_columns(entity::image_reference::Entity),
        ),
        ("import_file", entity_columns(entity::import_file::Entity)),
        ("inspection", entity_columns(entity::inspection::Entity)),
        (
            "inspection_adder",
            entity_columns(entity::inspection_adder::Entity),
        ),
        (
            "inspection_descriptor",
            entity_columns(entity::inspection_descriptor::Entity),
        ),
        (
            "inspection_type_count",
            entity_columns(entity::inspection_type_count::Entity),
        ),
        ("job", entity_columns(entity::job::Entity)),
        ("session", entity_columns(entity::session::Entity)),
        (
            "stored_object",
            entity_columns(entity::stored_object::Entity),
        ),
        ("wafer", entity_columns(entity::wafer::Entity)),
    ];
    for (table, columns) in &entities {
        let sql = format!(
            "select attname || ' ' || format_type(atttypid, atttypmod) || case when attnotnull then ' not null' else ' null' end
             from pg_attribute where attrelid = '{table}'::regclass and attnum > 0 and not attisdropped"
        );
        let in_schema = texts(&db, &sql).await;
        assert_eq!(
            &in_schema.into_iter().collect::<BTreeSet<_>>(),
            columns,
            "{table}"
        );
    }
    let tables = texts(
        &db,
        "select relname::text from pg_class where relnamespace = 'public'::regnamespace and relkind in ('r', 'p')
         and not relispartition and relname !~ '^seaql_' order by 1",
    );
    assert_eq!(
        tables.await,
        entities
            .iter()
            .map(|(table, _)| (*table).to_owned())
            .collect::<Vec<_>>()
    );
}

#[tokio::test]
async fn every_foreign_key_has_an_index_that_leads_with_it() {
    let db = TestDb::new().await.db;
    let unindexed = texts(
        &db,
        "select conname::text from pg_constraint c where contype = 'f' and not exists (
             select from pg_index i where i.indrelid = c.conrelid and (i.indkey::int2[])[0] = c.conkey[1])",
    );
    assert_eq!(unindexed.await, Vec::<String>::new());
}

#[tokio::test]
async fn every_text_that_comes_from_outside_is_bounded() {
    let db = TestDb::new().await.db;
    let unbounded = texts(
        &db,
        "select attrelid::regclass || '.' || attname from pg_attribute a join pg_class t on t.oid = attrelid
         where relnamespace = 'public'::regnamespace and relkind in ('r', 'p') and relname !~ '^seaql_' and attnum > 0
           and atttypid = 'text'::regtype and not exists (
               select from pg_constraint c where c.conrelid = attrelid and contype in ('c', 'f') and attnum = any(conkey))",
    );
    assert_eq!(unbounded.await, Vec::<String>::new());
}

#[tokio::test]
async fn the_only_index_of_all_defects_is_their_key_which_leads_with_the_inspection() {
    let db = TestDb::new().await.db;
    let whole = "select indexdef from pg_indexes where tablename = 'defect' and indexdef not like '% WHERE %'";
    let indexes = texts(&db, whole).await;
    assert_eq!(indexes.len(), 1);
    assert!(
        indexes[0].contains("UNIQUE") && indexes[0].ends_with("(inspection_id, defect_no)"),
        "{indexes:?}"
    );
}

/// A month's partition is made beside the table and attached: its indexes come with that.
#[tokio::test]
async fn a_partition_has_the_indexes_of_the_table() {
    let db = TestDb::new().await.db;
    db.execute_unprepared("select ensure_defect_partition(timestamptz '2025-06-01Z')")
        .await
        .expect("is made");
    let of = |table: &str| format!("select indexdef from pg_indexes where tablename = '{table}'");
    let (table, partition) = (of("defect"), of("defect_y2025m06"));
    let table = texts(&db, &table).await;
    assert_eq!(table.len(), texts(&db, &partition).await.len());
}

#[tokio::test]
async fn the_audit_log_refuses_every_change() {
    let db = TestDb::new().await.db;
    db.execute_unprepared(
        "insert into audit_log (action, entity, entity_id) values ('create', 'wafer', 'W1')",
    )
    .await
    .expect("may be written");
    for change in [
        "update audit_log set action = 'x'",
        "delete from audit_log",
        "truncate audit_log",
    ] {
        let refused = db.execute_unprepared(change).await.expect_err(change);
        assert!(refused.to_string().contains("append only"), "{refused}");
    }
}
