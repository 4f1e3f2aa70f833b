//! Arrow streams, read.

use arrow_array::cast::AsArray;
use arrow_array::{ArrowPrimitiveType, RecordBatch};
use arrow_ipc::reader::StreamReader;
use arrow_schema::SchemaRef;
use contract::analytics::WaferMap;
use contract::columns::{ARROW_STREAM, MAP_HEAD};
use reqwest::{Method, StatusCode};

use crate::harness::{Client, TestApp};
use crate::seed;

/// What came through a stream.
pub struct Table {
    pub schema: SchemaRef,
    pub batches: Vec<RecordBatch>,
}

impl Table {
    pub fn read(bytes: &[u8]) -> Self {
        let reader = StreamReader::try_new(bytes, None).expect("an Arrow stream");
        Self {
            schema: reader.schema(),
            batches: reader.collect::<Result<_, _>>().expect("whole batches"),
        }
    }

    pub fn column<T: ArrowPrimitiveType>(&self, name: &str) -> Vec<T::Native> {
        let columns = self.batches.iter().map(|batch| {
            let column = batch.column_by_name(name).expect("the column");
            column.as_primitive::<T>().values().to_vec()
        });
        columns.collect::<Vec<_>>().concat()
    }

    pub fn head(&self) -> WaferMap {
        serde_json::from_str(&self.schema.metadata()[MAP_HEAD]).expect("a map")
    }
}

pub async fn arrow(client: &Client, path: &str) -> Table {
    let request = client.request(Method::GET, path);
    let response = request.header("accept", ARROW_STREAM).send().await;
    let response = response.expect("an answer");
    assert_eq!(response.status(), StatusCode::OK, "{path}");
    assert_eq!(response.headers()["content-type"], ARROW_STREAM);
    Table::read(&response.bytes().await.expect("a whole body"))
}
/// An inspection with `count` defects, all but the last ten with a position.
pub async fn inspection_of(app: &TestApp, engineer: &Client, slot: i32, count: u32) -> String {
    let wafer = seed::wafer(engineer, slot).await;
    let id = seed::inspection(engineer, &wafer, "M1", 3).await;
    let scratch = seed::defect_type(engineer, &format!("Scratch {slot}"), 3, false).await;
    let insert = format!(
        "insert into defect (inspection_id, defect_no, defect_type_id, x_mm, y_mm, die_x, die_y, size_um, class_no, cluster_no, review_status)
         select '{id}', n, case when n % 3 = 0 then {scratch} else 1 end, x, n % 137 * 0.7 - 48.000001, n % 7, nullif(n % 11, 0) - 5,
             nullif(n % 13, 0) / 8.0, n % 5, nullif(n % 4, 0), n % 3
         from (select n, case when n <= {count} - 10 then n % 151 * 0.6 - 45.1234567 end as x from generate_series(1, {count}) n) t"
    );
    app.db.execute(&insert).await;
    id
}
