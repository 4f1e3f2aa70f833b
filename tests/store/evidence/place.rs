//! Places for objects: a folder, and a real S3 server in this process.

use std::{
    net::SocketAddr,
    path::{Path, PathBuf},
};

use hyper_util::{
    rt::{TokioExecutor, TokioIo},
    server::conn::auto,
};
use s3s::{auth::SimpleAuth, service::S3ServiceBuilder};
use s3s_fs::FileSystem;
use store::object::{Key, Objects};
use tokio::net::TcpListener;
use wafermaps_tests::TestFolder;

const BUCKET: &str = "fab";
const PREFIX: &str = "evidence";

/// Objects, and the folder that they end up in.
pub struct Place {
    pub name: &'static str,
    pub objects: Objects,
    pub files: PathBuf,
    folder: TestFolder,
    server: Option<SocketAddr>,
}

impl Place {
    pub fn folder() -> Self {
        let folder = TestFolder::new();
        let files = folder.path().join("objects");
        Self {
            name: "folder",
            objects: Objects::in_folder(&files).expect("opens"),
            files,
            folder,
            server: None,
        }
    }

    /// A bucket on an S3 server that checks signatures.
    pub async fn s3() -> Self {
        let folder = TestFolder::new();
        let address = serve_s3(folder.path()).await;
        Self {
            name: "s3",
            objects: s3_at(address),
            files: folder.path().join(BUCKET).join(PREFIX),
            folder,
            server: Some(address),
        }
    }

    pub async fn each() -> [Self; 2] {
        [Self::folder(), Self::s3().await]
    }

    /// Everything that lies there, whole or not, by path.
    pub fn files(&self) -> Vec<String> {
        let mut found = Vec::new();
        walk(&self.files, &mut found);
        let mut names: Vec<String> = found
            .iter()
            .filter_map(|path| path.strip_prefix(&self.files).ok())
            .map(|path| path.to_string_lossy().into_owned())
            .collect();
        names.sort();
        names
    }

    /// The S3 server.
    pub fn server(&self) -> SocketAddr {
        self.server.expect("a place in S3")
    }

    /// Parts of uploads that the S3 server keeps until they are completed or aborted.
    pub fn parts(&self) -> usize {
        let entries = std::fs::read_dir(self.folder.path()).expect("folder");
        let names = entries.map(|entry| entry.expect("entry").file_name());
        names
            .filter(|name| name.to_string_lossy().contains(".part-"))
            .count()
    }

    /// Where the bytes of a key lie.
    pub fn file_of(&self, key: &Key) -> PathBuf {
        self.files.join(key.as_str())
    }
}

fn walk(folder: &Path, found: &mut Vec<PathBuf>) {
    let Ok(entries) = std::fs::read_dir(folder) else {
        return;
    };
    for entry in entries {
        let path = entry.expect("entry").path();
        if path.is_dir() {
            walk(&path, found);
        } else {
            found.push(path);
        }
    }
}

/// Serves the buckets in `folder`, [`BUCKET`] among them, until the test ends.
pub async fn serve_s3(folder: &Path) -> SocketAddr {
    std::fs::create_dir_all(folder.join(BUCKET)).expect("bucket");
    let mut service = S3ServiceBuilder::new(FileSystem::new(folder).expect("file system"));
    service.set_auth(SimpleAuth::from_single("tester", "not a secret"));
    let service = service.build();
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
    let address = listener.local_addr().expect("address");
    tokio::spawn(async move {
        let http = auto::Builder::new(TokioExecutor::new());
        while let Ok((socket, _)) = listener.accept().await {
            let connection = http
                .serve_connection(TokioIo::new(socket), service.clone())
                .into_owned();
            tokio::spawn(connection);
        }
    });
    address
}

/// The bucket of the server at `address`.
pub fn s3_at(address: SocketAddr) -> Objects {
    let endpoint = format!("http://{address}");
    let settings = [
        ("aws_endpoint", endpoint.as_str()),
        ("aws_access_key_id", "tester"),
        ("aws_secret_access_key", "not a secret"),
        ("aws_region", "us-east-1"),
    ];
    Objects::at_with(&format!("s3://{BUCKET}/{PREFIX}"), settings).expect("opens")
}
