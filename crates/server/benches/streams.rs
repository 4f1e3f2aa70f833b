//! Long answers in all their forms, of a wafer with 100,000 and one with 1,000,000 defects: bytes a defect, time to the first and
//! to the last byte, and the memory of the server while ten callers read at once. The server is a process of its own.
//!
//! `cargo bench -p server --bench streams`, or with a part of the forms' names to measure only these: `... -- arrow`

use std::io::{BufRead, BufReader};
use std::net::TcpListener;
use std::path::Path;
use std::process::{Child, Command, Stdio};
use std::time::Instant;
use std::{env, fs, process};

use contract::columns::{ARROW_STREAM, CSV};
use contract::user::{Role, UserCreate};
use futures::StreamExt;
use futures::future::join_all;
use reqwest::header::{
    ACCEPT, ACCEPT_ENCODING, AUTHORIZATION, CONTENT_ENCODING, HeaderMap, HeaderValue,
};
use sea_orm::{ConnectionTrait, TransactionTrait};
use serde_json::{Value, json};
use server::app::{self, State};
use server::config::Config;
use server::service::evidence::{Intake, Limits};
use store::cluster::Cluster;
use store::object::Objects;
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
    let args: Vec<String> = env::args().skip(1).collect();
    if let [word, url, folder] = &args[..]
        && word == "serve"
    {
        return serve(url, Path::new(folder)).await;
    }
    let wanted = args.into_iter().find(|arg| !arg.starts_with('-'));
    let folder = env::temp_dir().join(format!("wafermaps-bench-{}", process::id()));
    let cluster = Cluster::start(&folder).await.expect("cluster starts");
    let db = store::connect(&cluster.url(), &Options::default())
        .await
        .expect("connects");
    fill(&db).await;
    let mut bench = Bench::start(&db, &cluster.url(), &folder).await;
    bench.compare(wanted.as_deref().unwrap_or_default()).await;
    bench.memory().await;
    bench.server.kill().expect("ends");
    bench.server.wait().expect("has ended");
    db.close().await.expect("closes");
    cluster.stop().await.expect("stops");
    if let Ok(elsewhere) = folder.join("postgres").canonicalize() {
        fs::remove_dir_all(elsewhere).ok();
    }
    fs::remove_dir_all(&folder).ok();
}

/// Serves until it is killed; tells its address first.
async fn serve(url: &str, folder: &Path) {
    let db = store::connect(url, &Options::default())
        .await
        .expect("connects");
    let objects = Objects::in_folder(&folder.join("objects")).expect("a folder for objects");
    let intake = Intake::new(objects, Limits::default(), folder.join("uploads"));
    let intake = intake.expect("a folder for uploads");
    let state = State::new(db, intake, Config::default(), &[7; 32]);
    let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
    println!("http://{}", listener.local_addr().expect("is bound"));
    app::serve(state, listener)
        .expect("listens")
        .await
        .expect("serves");
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
        let program = env::current_exe().expect("this program");
        let mut server = Command::new(program)
            .arg("serve")
            .arg(url)
            .arg(folder)
            .stdout(Stdio::piped())
            .spawn()
            .expect("starts");
        let mut told = String::new();
        let out = server.stdout.take().expect("is piped");
        BufReader::new(out)
            .read_line(&mut told)
            .expect("tells its address");
        let base = format!("{}{}", told.trim(), contract::API_PREFIX);
        Self {
            server,
            http: signed_in(db, &base).await,
            base,
            db: db.clone(),
        }
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
        println!(
            "\nmemory of the server, MB: {:.0} now",
            self.status("VmRSS")
        );
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

async fn signed_in(db: &Db, base: &str) -> reqwest::Client {
    let password = "correct horse battery".to_owned();
    let login = json!({"username": "bench", "password": password});
    let user = UserCreate {
        username: "bench".to_owned(),
        display_name: "Bench".to_owned(),
        role: Role::Viewer,
        password,
    };
    let made = server::service::user::create(db, None, user).await;
    made.expect("user is made");
    let asked = reqwest::Client::new()
        .post(format!("{base}/auth/login"))
        .json(&login);
    let answer = asked.send().await.expect("answers");
    let answer: Value = answer.json().await.expect("JSON");
    let token = answer["data"]["access_token"].as_str().expect("a token");
    let bearer = HeaderValue::from_str(&format!("Bearer {token}")).expect("a header");
    let headers = HeaderMap::from_iter([(AUTHORIZATION, bearer)]);
    let client = reqwest::Client::builder().default_headers(headers);
    client.build().expect("a client")
}
