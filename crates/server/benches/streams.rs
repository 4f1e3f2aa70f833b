//! Long answers in all their forms, of a wafer with 100,000 and one with 1,000,000 defects: bytes a defect, time to the first and
//! to the last byte, and the memory of the server while ten callers read at once. The server is a process of its own.
//!
//! `cargo bench -p server --bench streams`, or with a part of the forms' names to measure only these: `... -- arrow`

mod signed_in;

use std::io::{BufRead, BufReader};
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;
use std::{env, fs, process};

use contract::columns::{ARROW_STREAM, CSV};
use futures::StreamExt;
use futures::future::join_all;
use reqwest::header::{ACCEPT, ACCEPT_ENCODING, CONTENT_ENCODING};
use sea_orm::{ConnectionTrait, TransactionTrait};
use signed_in::signed_in;
use store::cluster::Cluster;
use store::{Db, Options};

const WAFERS: &str = include_str!("wafers.sql");
/// The inspections of [`WAFERS`] and their defects.
const INSPECTIONS: [(&str, usize); 2] = [
    ("01972937-9d00-7000-8000-000000000002", 100_000),
    ("01972900-ae80-7000-8000-000000000001", 1_000_000),
];
/// Name, what of an inspection, and media type. JSON lists come in pages and are left out.
const FORMS: [(&str, &str, &str); 4] = [
    ("map as arrow", "map", ARROW_STREAM),
    ("map as json", "map", "application/json"),
    ("table as arrow", "defects", ARROW_STREAM),
    ("table as csv", "defects", CSV),
];
const ENCODINGS: [&str; 3] = ["identity", "gzip", "zstd"];
const RUNS: usize = 5;
const CALLERS: usize = 10;

#[actix_web::main]
async fn main() {
    let wanted = env::args().skip(1).find(|arg| !arg.starts_with('-'));
    let folder = env::temp_dir().join(format!("wafermaps-bench-{}", process::id()));
    let cluster = Cluster::start(&folder).await.expect("cluster starts");
    let db = store::connect(&cluster.url(), &Options::default())
        .await
        .expect("connects");
    fill(&db).await;
    let mut bench = Bench::start(&db, &cluster.url(), &folder).await;
    bench.compare(wanted.as_deref().unwrap_or_default()).await;
    println!("\nmemory of that server, MB: {:.0}", bench.status("VmRSS"));
    bench.restart(&cluster.url(), &folder);
    bench.memory().await;
    bench.stop();
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
    let endless = "set local statement_timeout = 0";
    fill.execute_unprepared(endless).await.expect("sets");
    fill.execute_unprepared(WAFERS).await.expect("fills");
    fill.commit().await.expect("commits");
    db.execute_unprepared("vacuum").await.expect("vacuums");
    println!("filled in {:.0} s", begun.elapsed().as_secs_f64());
}

/// The program, and the address of its API.
fn serve(url: &str, folder: &Path) -> (Child, String) {
    let mut server = Command::new(env!("CARGO_BIN_EXE_wafermaps"))
        .args([
            "serve",
            "--listen",
            "127.0.0.1:0",
            "--database-url",
            url,
            "--data",
        ])
        .arg(folder.join("server"))
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .expect("starts");
    let out = server.stdout.take().expect("is piped");
    let address = BufReader::new(out).lines().find_map(|line| {
        let line = line.expect("text");
        line.strip_prefix("WaferMaps serves ").map(str::to_owned)
    });
    let address = address.expect("tells its address");
    (server, format!("{address}{}", contract::API_PREFIX))
}

struct Bench {
    server: Child,
    http: reqwest::Client,
    base: String,
    db: Db,
}

/// How one answer came.
#[derive(Clone, Copy)]
struct Came {
    first_millis: f64,
    last_millis: f64,
    bytes: usize,
}

impl Bench {
    async fn start(db: &Db, url: &str, folder: &Path) -> Self {
        let (server, base) = serve(url, folder);
        Self {
            server,
            http: signed_in(db, &base).await,
            base,
            db: db.clone(),
        }
    }

    fn stop(&mut self) {
        self.server.kill().expect("ends");
        self.server.wait().expect("has ended");
    }

    /// A new process, as it is at rest.
    fn restart(&mut self, url: &str, folder: &Path) {
        self.stop();
        (self.server, self.base) = serve(url, folder);
    }

    /// Prints a line for each form, encoding and wafer.
    async fn compare(&self, wanted: &str) {
        println!("\nmedians of {RUNS}; bytes as they cross the wire\n");
        println!(
            "{:<16} {:<9} {:>9} {:>15} {:>14} {:>13}",
            "", "", "defects", "bytes a defect", "first byte ms", "last byte ms"
        );
        for (id, defects) in INSPECTIONS {
            for (name, part, form) in FORMS.iter().filter(|form| form.0.contains(wanted)) {
                for encoding in ENCODINGS {
                    let came = self
                        .median(&format!("/inspections/{id}/{part}"), form, encoding)
                        .await;
                    println!(
                        "{name:<16} {encoding:<9} {defects:>9} {:>15.1} {:>14.1} {:>13.1}",
                        came.bytes as f64 / defects as f64,
                        came.first_millis,
                        came.last_millis
                    );
                }
            }
        }
    }

    async fn median(&self, path: &str, form: &str, encoding: &str) -> Came {
        let mut came = Vec::new();
        for _ in 0..RUNS {
            // Nothing that is kept.
            let changed = "select note_data_change()";
            self.db.execute_unprepared(changed).await.expect("bumps");
            came.push(self.get(path, form, encoding).await);
        }
        came.sort_by(|a, b| a.last_millis.total_cmp(&b.last_millis));
        came[RUNS / 2]
    }

    /// Reads an answer and lets go of each part as it comes.
    async fn get(&self, path: &str, form: &str, encoding: &str) -> Came {
        let begun = Instant::now();
        let millis = || begun.elapsed().as_secs_f64() * 1e3;
        let request = self.http.get(format!("{}{path}", self.base));
        let request = request
            .header(ACCEPT, form)
            .header(ACCEPT_ENCODING, encoding);
        let response = request.send().await.expect("answers");
        let response = response.error_for_status().expect("is well");
        let encoded = response.headers().get(CONTENT_ENCODING);
        assert_eq!(
            encoded.map_or("identity", |name| name.to_str().expect("text")),
            encoding
        );
        let mut came = Came {
            first_millis: 0.0,
            last_millis: 0.0,
            bytes: 0,
        };
        let mut body = response.bytes_stream();
        while let Some(part) = body.next().await {
            let part = part.expect("is whole");
            // The head of the compression says nothing yet.
            if came.bytes < 64 && came.bytes + part.len() >= 64 {
                came.first_millis = millis();
            }
            came.bytes += part.len();
        }
        came.last_millis = millis();
        came
    }

    /// Prints the server's memory at rest and its peak while ten callers read a million defects each.
    async fn memory(&self) {
        println!("\nmemory of a new server, MB: {:.0}", self.status("VmRSS"));
        let (id, _) = INSPECTIONS[1];
        for (name, part, form) in FORMS.iter().filter(|form| form.2 != "application/json") {
            for encoding in ENCODINGS {
                // 5: the peak begins anew.
                let pid = self.server.id();
                fs::write(format!("/proc/{pid}/clear_refs"), "5").expect("resets the peak");
                let path = format!("/inspections/{id}/{part}");
                let begun = Instant::now();
                join_all((0..CALLERS).map(|_| self.get(&path, form, encoding))).await;
                println!(
                    "{name:<16} {encoding:<9} {CALLERS} callers: {:>5.0} at most, {:.1} s",
                    self.status("VmHWM"),
                    begun.elapsed().as_secs_f64()
                );
            }
        }
    }

    /// A line of the server's `/proc/.../status`, in MB.
    fn status(&self, name: &str) -> f64 {
        let status = fs::read_to_string(format!("/proc/{}/status", self.server.id()));
        let status = status.expect("the server runs");
        let line = status.lines().find(|line| line.starts_with(name));
        let kilobytes = line.and_then(|line| line.split_whitespace().nth(1));
        kilobytes
            .expect("a number")
            .parse::<f64>()
            .expect("a number")
            / 1024.0
    }
}
