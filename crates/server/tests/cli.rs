//! The `wafermaps` program as a user at a terminal meets it.

use std::fs;
use std::io::{Read, Write};
use std::net::TcpStream;
use std::os::unix::fs::PermissionsExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Output};
use std::time::{Duration, Instant};

fn wafermaps(arguments: &[&str]) -> Output {
    let program = env!("CARGO_BIN_EXE_wafermaps");
    let output = Command::new(program).args(arguments).output();
    output.expect("the program runs")
}

fn sample(name: &str) -> String {
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples/klarf");
    root.join(name).display().to_string()
}

/// A real file, where the folder with them is there.
fn real_sample(name: &str) -> Option<String> {
    let default = || Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../shared/klarf");
    let folder = std::env::var_os("WAFERMAPS_KLARF_SAMPLES").map_or_else(default, PathBuf::from);
    let path = folder.join(name);
    if !path.exists() {
        println!("{} is not there: nothing to test", path.display());
        return None;
    }
    Some(path.display().to_string())
}

#[test]
fn klarf_tells_programs_what_a_file_holds() {
    let output = wafermaps(&["klarf", "--json", &sample("flat-three-wafers.klarf")]);

    assert!(output.status.success());
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("is JSON");
    assert_eq!(report["version"], "1.2");
    assert_eq!(report["wafers"].as_array().map(Vec::len), Some(3));
    assert!(report["diagnostics"].is_array());
}

#[test]
fn klarf_refuses_a_text_file_with_its_place_and_status_1() {
    let output = wafermaps(&["klarf", "--json", &sample("text-renamed.klarf")]);

    assert_eq!(output.status.code(), Some(1));
    let report: serde_json::Value = serde_json::from_slice(&output.stdout).expect("is JSON");
    let fault = &report["refused"];
    assert_eq!(fault["severity"], "error");
    assert_eq!(fault["line"], 1);
}

#[test]
fn klarf_places_the_defects_of_a_real_file_from_the_wafer_centre() {
    let Some(path) = real_sample("klarfkit-CPS3TwithoutReview.001") else {
        return;
    };
    let output = wafermaps(&["klarf", "--defects", &path]);

    let text = String::from_utf8(output.stdout).expect("is text");
    let rows: Vec<&str> = text.lines().collect();
    assert!(
        rows[0].starts_with("file,wafer,defect_no,x_mm,y_mm,DEFECTID,"),
        "{}",
        rows[0]
    );
    assert!(
        rows[1].starts_with(&format!("{path},25,1,-88.990760,-21.386520,1,")),
        "{}",
        rows[1]
    );
    assert!(
        rows[16].starts_with(&format!("{path},25,16,79.037040,-21.923520,16,")),
        "{}",
        rows[16]
    );
    assert_eq!(rows.len(), 17);
}

#[test]
fn openapi_prints_the_document_that_is_checked_in() {
    let kept = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../openapi/openapi.json");
    assert_eq!(
        wafermaps(&["openapi"]).stdout,
        fs::read(kept).expect("is there")
    );
}

/// A data folder that goes with the test, and the server that uses it.
struct Served {
    folder: PathBuf,
    server: Child,
}

impl Drop for Served {
    fn drop(&mut self) {
        // The server stops its cluster on SIGTERM; waiting keeps the folder until then.
        let id = self.server.id().to_string();
        drop(Command::new("kill").arg(id).status());
        drop(self.server.wait());
        // Where the account that runs PostgreSQL cannot reach the folder, its data lie elsewhere.
        if let Ok(elsewhere) = self.folder.join("data/postgres").canonicalize() {
            drop(fs::remove_dir_all(elsewhere));
        }
        drop(fs::remove_dir_all(&self.folder));
    }
}

impl Served {
    fn start() -> Self {
        let name = format!("wafermaps-cli-{}", uuid::Uuid::new_v4().simple());
        let folder = std::env::temp_dir().join(name);
        fs::create_dir(&folder).expect("a folder");
        let server = Command::new(env!("CARGO_BIN_EXE_wafermaps"))
            .args(["serve", "--listen", "127.0.0.1:0"])
            .arg("--data")
            .arg(folder.join("data"))
            .arg("--port-file")
            .arg(folder.join("port"))
            .env_remove("DATABASE_URL")
            .spawn();
        Self {
            server: server.expect("the program runs"),
            folder,
        }
    }

    fn port(&self) -> u16 {
        let deadline = Instant::now() + Duration::from_secs(60);
        while Instant::now() < deadline {
            let text = fs::read_to_string(self.folder.join("port")).unwrap_or_default();
            if let Ok(port) = text.parse() {
                return port;
            }
            std::thread::sleep(Duration::from_millis(50));
        }
        panic!("the server does not start");
    }

    /// Runs a command on the same data.
    fn run(&self, arguments: &[&str]) -> Output {
        let mut command = Command::new(env!("CARGO_BIN_EXE_wafermaps"));
        command
            .args(arguments)
            .arg("--data")
            .arg(self.folder.join("data"));
        let output = command.env_remove("DATABASE_URL").output();
        output.expect("the program runs")
    }

    /// The admin's access token.
    fn token(&self) -> String {
        self.port();
        let path = self.folder.join("data/admin-password");
        let password = fs::read_to_string(path).expect("is text");
        let body = format!(r#"{{"username":"admin","password":"{}"}}"#, password.trim());
        let answer = self.ask(&format!(
            "POST /api/v1/auth/login HTTP/1.0\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
            body.len()
        ));
        let (_, rest) = answer
            .split_once("\"access_token\":\"")
            .expect("has a token");
        rest.split('"').next().expect("has a token").to_owned()
    }

    fn get(&self, path: &str, token: &str) -> serde_json::Value {
        let answer = self.ask(&format!(
            "GET /api/v1{path} HTTP/1.0\r\nauthorization: Bearer {token}\r\n\r\n"
        ));
        let (_, body) = answer.split_once("\r\n\r\n").expect("a body");
        serde_json::from_str(body).unwrap_or_else(|error| panic!("{error}: {answer}"))
    }

    fn ask(&self, request: &str) -> String {
        let mut stream = TcpStream::connect(("127.0.0.1", self.port())).expect("listens");
        stream
            .write_all(request.as_bytes())
            .expect("takes the request");
        let mut answer = String::new();
        stream.read_to_string(&mut answer).expect("answers");
        answer
    }
}

#[test]
fn the_first_start_makes_a_database_and_an_admin_whose_password_only_the_owner_reads() {
    let mut served = Served::start();
    let ready = served.ask("GET /health/ready HTTP/1.0\r\n\r\n");
    assert!(ready.contains("\"database\":true"), "{ready}");

    let data = served.folder.join("data");
    for secret in ["admin-password", "jwt-key"] {
        let metadata = fs::metadata(data.join(secret)).expect("is there");
        assert_eq!(metadata.permissions().mode() & 0o777, 0o600, "{secret}");
    }
    let password = fs::read_to_string(data.join("admin-password")).expect("is text");
    let body = format!(r#"{{"username":"admin","password":"{}"}}"#, password.trim());
    let answer = served.ask(&format!(
        "POST /api/v1/auth/login HTTP/1.0\r\ncontent-type: application/json\r\ncontent-length: {}\r\n\r\n{body}",
        body.len()
    ));
    assert!(answer.contains("\"role\":\"admin\""), "{answer}");

    let id = served.server.id().to_string();
    assert!(
        Command::new("kill")
            .arg(id)
            .status()
            .expect("is sent")
            .success()
    );
    assert!(served.server.wait().expect("ends").success());
    assert!(
        !data.join("postgres/data/postmaster.pid").exists(),
        "the cluster stops with its server"
    );
}

#[test]
fn a_second_server_on_the_same_address_leaves_the_imports_of_the_first_alone() {
    let served = Served::start();
    let port = served.port();
    let data = served.folder.join("data");
    let token = served.token();
    let import_id = uuid::Uuid::now_v7();
    let mut import = TcpStream::connect(("127.0.0.1", port)).expect("listens");
    let part = "--edge\r\ncontent-disposition: form-data; name=\"files\"; filename=\"a.klarf\"\r\n\r\nFileVersion 1 2;\n";
    let head = format!(
        "POST /api/v1/imports?import_id={import_id} HTTP/1.1\r\nhost: localhost\r\nauthorization: Bearer {token}\r\n\
         content-type: multipart/form-data; boundary=edge\r\ncontent-length: 100000\r\n\r\n{part}"
    );
    import
        .write_all(head.as_bytes())
        .expect("takes the request");
    let state = || {
        served.ask(&format!(
            "GET /api/v1/imports?import_id={import_id} HTTP/1.0\r\nauthorization: Bearer {token}\r\n\r\n"
        ))
    };
    let deadline = Instant::now() + Duration::from_secs(20);
    while !state().contains("\"state\":\"running\"") {
        assert!(Instant::now() < deadline, "{}", state());
        std::thread::sleep(Duration::from_millis(50));
    }

    let second = Command::new(env!("CARGO_BIN_EXE_wafermaps"))
        .args(["serve", "--listen", &format!("127.0.0.1:{port}")])
        .arg("--data")
        .arg(&data)
        .env_remove("DATABASE_URL")
        .output();

    assert!(!second.expect("the program runs").status.success());
    assert!(state().contains("\"state\":\"running\""), "{}", state());
}

fn printed(output: &Output) -> String {
    assert!(output.status.success(), "{output:?}");
    String::from_utf8_lossy(&output.stdout).into_owned()
}

#[test]
fn images_beside_a_klarf_file_come_along_and_files_are_attached_to_a_defect() {
    let served = Served::start();
    let token = served.token();
    let lot = served.folder.join("lot");
    fs::create_dir(&lot).expect("a folder");
    let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../tests/samples");
    let klarf = lot.join("a.klarf");
    fs::copy(root.join("images/brace-images.klarf"), &klarf).expect("is copied");
    let picture = image::DynamicImage::new_luma8(30, 20);
    picture.save(lot.join("D1.PNG")).expect("is written");
    picture.save(lot.join("unlisted.png")).expect("is written");

    let imported = printed(&served.run(&["import", &klarf.display().to_string()]));
    assert!(
        imported.contains("a.klarf: 1 wafers, 2 defects"),
        "{imported}"
    );
    assert!(
        imported.contains("D1.PNG: 1 images put to their defects"),
        "{imported}"
    );
    assert!(!imported.contains("unlisted.png"), "{imported}");

    let defects = served.get("/defects", &token);
    let id = |row: usize| defects["data"][row]["defect_id"].as_str().expect("an id");
    assert_eq!(
        (&defects["data"][0]["images"], &defects["data"][1]["images"]),
        (&1.into(), &0.into())
    );
    let spectrum = root.join("emsa/standard.msa").display().to_string();
    let unlisted = lot.join("unlisted.png").display().to_string();
    let attached = printed(&served.run(&[
        "attach",
        id(1),
        &unlisted,
        &spectrum,
        "--pixel-size-nm",
        "2",
    ]));
    assert!(
        attached.contains("unlisted.png: image ") && attached.contains("standard.msa: spectrum "),
        "{attached}"
    );
    let detail = served.get(&format!("/defects/{}", id(1)), &token);
    let defect = &detail["data"]["defect"];
    assert_eq!(
        (&defect["images"], &defect["spectra"]),
        (&1.into(), &1.into())
    );

    let refused = served.run(&["attach", id(1), &klarf.display().to_string()]);
    assert_eq!(refused.status.code(), Some(1));
    let why = String::from_utf8_lossy(&refused.stderr);
    assert!(why.contains("`a.klarf` is none of PNG"), "{why}");
    // All that is there is used, and nothing is missing.
    let swept = printed(&served.run(&["sweep"]));
    assert!(swept.contains("removed 0 entries, 0 objects"), "{swept}");
}

#[test]
fn a_bin_map_of_a_wafer_that_nobody_knows_is_refused_beside_a_klarf_file_that_lands() {
    let served = Served::start();
    // It serves, and will hear that it has to stop.
    served.port();
    let file = served.folder.join("sort.map");
    let sinf =
        "DEVICE:A\nLOT:NOBODY\nWAFER:07\nFNLOC:180\nROWCT:1\nCOLCT:3\nBCEQU:01\nRowData:01 __ 02\n";
    fs::write(&file, sinf).expect("is written");

    let output = served.run(&[
        "import",
        &file.display().to_string(),
        &sample("flat-plain.klarf"),
    ]);

    assert_eq!(output.status.code(), Some(1), "{output:?}");
    let told = String::from_utf8_lossy(&output.stdout);
    assert!(told.contains("flat-plain.klarf: 1 wafers"), "{told}");
    let refusal = "sort.map: refused: names no wafer that is known by `07` of lot `NOBODY`";
    assert!(told.contains(refusal), "{told}");
}
