//! Every analysis over HTTP on a fab of 10,000 inspections and 1,000,000 defects: when the data has just changed (cold), when
//! the answer is kept (cached), and when the caller has it (304), beside a bare aggregate over the defect rows.
//!
//! `cargo bench -p server --bench endpoints`, or with a part of the paths to measure only these: `... -- trends`

mod signed_in;

use std::future::Future;
use std::net::TcpListener;
use std::path::Path;
use std::time::Instant;
use std::{env, fs, process};

use reqwest::StatusCode;
use reqwest::header::{ETAG, HeaderValue, IF_NONE_MATCH};
use sea_orm::{ConnectionTrait, DbBackend, Statement, TransactionTrait};
use server::app::{self, State};
use server::config::Config;
use server::service::evidence::{Intake, Limits};
use signed_in::signed_in;
use store::cluster::Cluster;
use store::object::Objects;
use store::{Db, Options};

/// Below `/api/v1`. A new route: add it here. The largest inspection has 100,000 defects, the latest of the others 100.
const PATHS: &[&str] = &[
    "analytics/dashboard",
    "analytics/dashboard?from=2025-07-01T00:00:00Z&to=2025-10-01T00:00:00Z",
    "analytics/trends",
    "analytics/trends?defect_type=2&defect_type=3",
    "analytics/trends?element=Fe",
    "analytics/trends?bucket=week",
    "analytics/trends?bucket=lot",
    "analytics/spc",
    "analytics/spc?step=STEP-1",
    "analytics/pareto",
    "analytics/pareto?by=equipment",
    "analytics/pareto?by=lot&weight=density",
    "analytics/pareto?by=element",
    "analytics/pareto?from=2025-07-01T00:00:00Z&to=2025-10-01T00:00:00Z&step=STEP-1",
    "analytics/facets",
    "analytics/facets?step=STEP-1",
    "analytics/trends?split=type",
    "analytics/correlation",
    "analytics/correlation/pair?first=2&second=3",
    "analytics/seasonality",
    "analytics/backtest",
    "analytics/pareto/compare?from=2025-07-01T00:00:00Z&to=2025-10-01T00:00:00Z",
    "analytics/commonality?step=STEP-1",
    "analytics/stack",
    "analytics/stack?step=STEP-1",
    "analytics/zones?step=STEP-1",
    "analytics/dies?step=STEP-1",
    "lots/L7/maps",
    "wafers/L7:7/adders",
    "inspections/{largest}/clusters",
    "inspections/{largest}/signatures",
    "inspections/{largest}/similar",
    "inspections/{latest}/similar",
];
/// Runs of each; the median is told.
const RUNS: usize = 15;
const FAB: &str = include_str!("../../store/benches/fab.sql");
/// What an analysis costs that reads the defects themselves.
const BARE: &str = "select d.defect_type_id, count(*) from defect d join inspection i using (inspection_id) group by 1";

#[actix_web::main]
async fn main() {
    let wanted = env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let folder = env::temp_dir().join(format!("wafermaps-bench-{}", process::id()));
    let cluster = Cluster::start(&folder).await.expect("cluster starts");
    let db = store::connect(&cluster.url(), &Options::default())
        .await
        .expect("connects");
    fill(&db).await;
    let bench = Bench::start(&db, &folder).await;
    bench.compare(wanted.as_deref().unwrap_or_default()).await;
    db.close().await.expect("closes");
    cluster.stop().await.expect("stops");
    if let Ok(elsewhere) = folder.join("postgres").canonicalize() {
        fs::remove_dir_all(elsewhere).ok();
    }
    fs::remove_dir_all(&folder).ok();
}

async fn fill(db: &Db) {
    let begun = Instant::now();
    store::migrate::up(db).await.expect("migrates");
    let fill = db.begin().await.expect("begins");
    fill.execute_unprepared("set local statement_timeout = 0")
        .await
        .expect("sets");
    fill.execute_unprepared(FAB).await.expect("fills");
    fill.commit().await.expect("commits");
    db.execute_unprepared("vacuum").await.expect("vacuums");
    println!("filled in {:.0} s", begun.elapsed().as_secs_f64());
}

/// A server on a free port, and a caller who is signed in.
struct Bench {
    db: Db,
    base: String,
    http: reqwest::Client,
}

impl Bench {
    async fn start(db: &Db, folder: &Path) -> Self {
        let objects = Objects::in_folder(&folder.join("objects")).expect("a folder for objects");
        let intake = Intake::new(objects, Limits::default(), folder.join("uploads"));
        let intake = intake.expect("a folder for uploads");
        let state = State::new(db.clone(), intake, Config::default(), &[7; 32]);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let root = format!("http://{}", listener.local_addr().expect("is bound"));
        let base = format!("{root}{}", contract::API_PREFIX);
        actix_web::rt::spawn(app::serve(state, listener).expect("listens"));
        Self {
            http: signed_in(db, &base).await,
            db: db.clone(),
            base: format!("{base}/"),
        }
    }

    /// Prints a line a path.
    async fn compare(&self, wanted: &str) {
        let bare = Statement::from_string(DbBackend::Postgres, BARE);
        let bare = median(async || {
            let begun = Instant::now();
            self.db.query_all_raw(bare.clone()).await.expect("counts");
            begun.elapsed().as_secs_f64() * 1e3
        })
        .await;
        println!(
            "\nbare aggregate over the defect rows: {bare:.0} ms; medians of {RUNS} in ms, ratios to that\n"
        );
        println!(
            "{:<72} {:>8} {:>6} {:>8} {:>6} {:>6} {:>8}",
            "/api/v1/", "cold", "", "cached", "", "304", "kB"
        );
        let [largest, latest] = self.inspections().await;
        for path in PATHS.iter().filter(|path| path.contains(wanted)) {
            let path = &path
                .replace("{largest}", &largest)
                .replace("{latest}", &latest);
            let cold = median(async || {
                self.db
                    .execute_unprepared("select note_data_change()")
                    .await
                    .expect("bumps");
                self.get(path, None).await.0
            })
            .await;
            let (_, tag, bytes) = self.get(path, None).await;
            let cached = median(async || self.get(path, None).await.0).await;
            let known = median(async || self.get(path, Some(&tag)).await.0).await;
            println!(
                "{path:<72} {cold:>8.1} {:>6.2} {cached:>8.1} {:>6.3} {known:>6.1} {:>8.0}",
                cold / bare,
                cached / bare,
                bytes as f64 / 1e3
            );
        }
    }

    /// The inspection with 100,000 defects, and the latest of the others.
    async fn inspections(&self) -> [String; 2] {
        let latest =
            "select inspection_id::text from inspection order by inspected_at desc limit 2";
        let latest = Statement::from_string(DbBackend::Postgres, latest);
        let rows = self.db.query_all_raw(latest).await.expect("reads");
        [0, 1].map(|place| rows[place].try_get_by_index(0).expect("a text"))
    }

    /// Milliseconds from the request to the last byte of the answer, its tag and its bytes.
    async fn get(&self, path: &str, known: Option<&HeaderValue>) -> (f64, HeaderValue, usize) {
        let mut request = self.http.get(format!("{}{path}", self.base));
        let mut expected = StatusCode::OK;
        if let Some(tag) = known {
            request = request.header(IF_NONE_MATCH, tag);
            expected = StatusCode::NOT_MODIFIED;
        }
        let begun = Instant::now();
        let response = request.send().await.expect("answers");
        assert_eq!(response.status(), expected, "{path}");
        let tag = response.headers().get(ETAG).expect("a tag").clone();
        let bytes = response.bytes().await.expect("a body").len();
        (begun.elapsed().as_secs_f64() * 1e3, tag, bytes)
    }
}

/// The median of [`RUNS`] runs after one that warms up.
async fn median<F: Future<Output = f64>>(run: impl Fn() -> F) -> f64 {
    run().await;
    let mut millis = Vec::new();
    for _ in 0..RUNS {
        millis.push(run().await);
    }
    millis.sort_unstable_by(f64::total_cmp);
    millis[RUNS / 2]
}
