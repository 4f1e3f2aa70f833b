//! Writes that break off in the middle.

use std::{
    net::SocketAddr,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicU64, Ordering::SeqCst},
    },
    time::Duration,
};

use bytes::Bytes;
use futures::poll;
use store::{Error, object::Key};
use tokio::{
    io::{AsyncReadExt, AsyncWriteExt},
    net::{TcpListener, TcpStream},
    time::{sleep, timeout},
};
use wafermaps_tests::{TestDb, TestFolder};

use super::{
    AT_ONCE,
    place::{Place, s3_at},
    put, stored, sweep,
};

/// More than three parts of an upload.
fn large() -> Bytes {
    (0..26_000_000_u32)
        .map(|i| (i >> 9) as u8 ^ i as u8)
        .collect()
}

/// A wire to a server that breaks after so many bytes towards it.
#[derive(Clone)]
struct Wire {
    rest: Arc<AtomicU64>,
    /// Once broken, connections hang instead of being cut.
    hangs: Arc<AtomicBool>,
}

impl Wire {
    async fn to(server: SocketAddr, bytes: u64, hangs: bool) -> (Self, SocketAddr) {
        let wire = Self {
            rest: Arc::new(AtomicU64::new(bytes)),
            hangs: Arc::new(AtomicBool::new(hangs)),
        };
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("binds");
        let address = listener.local_addr().expect("address");
        let own = wire.clone();
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                tokio::spawn(own.clone().carry(client, server));
            }
        });
        (wire, address)
    }

    fn mend(&self) {
        self.rest.store(u64::MAX, SeqCst);
    }

    async fn carry(self, client: TcpStream, server: SocketAddr) {
        let server = TcpStream::connect(server).await.expect("connects");
        let (mut from_client, mut to_client) = client.into_split();
        let (mut from_server, mut to_server) = server.into_split();
        let answers = tokio::spawn(async move {
            tokio::io::copy(&mut from_server, &mut to_client).await.ok();
        });
        let mut buffer = vec![0; 16 << 10];
        while let Ok(read @ 1..) = from_client.read(&mut buffer).await {
            if self.rest.load(SeqCst) < read as u64 {
                if self.hangs.load(SeqCst) {
                    std::future::pending::<()>().await;
                }
                // Both directions at once, as when a machine dies.
                answers.abort();
                return;
            }
            if self.rest.load(SeqCst) != u64::MAX {
                self.rest.fetch_sub(read as u64, SeqCst);
            }
            if to_server.write_all(&buffer[..read]).await.is_err() {
                return;
            }
        }
    }
}

#[tokio::test]
async fn a_cut_connection_leaves_no_object_and_the_next_put_stores_it() {
    for (content, cut_at) in [
        (large().slice(..6_000_000), 3_000_000),
        (large(), 3_000_000),
        (large(), 20_000_000),
    ] {
        let (db, place) = (TestDb::new().await.db, Place::s3().await);
        let (wire, address) = Wire::to(place.server(), cut_at, false).await;
        let objects = s3_at(address);

        let failed = objects.put(&db, content.clone()).await;

        assert!(matches!(failed, Err(Error::Objects(_))), "{failed:?}");
        assert_eq!(place.files(), Vec::<String>::new(), "cut at {cut_at}");
        wire.mend();
        let key = put(&db, &objects, content.clone()).await;
        let read = place.objects.get(&key, None).await.expect("is there");
        assert!(read.bytes().await.expect("reads") == content);
    }
}

#[tokio::test]
async fn an_upload_to_s3_that_is_given_up_half_way_is_aborted_and_leaves_nothing() {
    let folder = TestFolder::new();
    let file = folder.path().join("large");
    std::fs::write(&file, large()).expect("writes");
    let (db, place) = (TestDb::new().await.db, Place::s3().await);
    let (wire, address) = Wire::to(place.server(), 14_000_000, true).await;
    let objects = s3_at(address);

    let given_up = timeout(Duration::from_secs(4), objects.put_file(&db, &file)).await;

    assert!(given_up.is_err(), "it has to hang");
    assert_ne!(place.parts(), 0, "one part was through");
    wire.mend();
    for _ in 0..100 {
        if place.parts() == 0 {
            break;
        }
        sleep(Duration::from_millis(100)).await;
    }
    assert_eq!(place.parts(), 0, "the upload was not aborted");
    assert_eq!(place.files(), Vec::<String>::new());
    assert_eq!(sweep(&db, &place.objects, AT_ONCE).await.rows, 1);
    assert_eq!(stored(&db).await, Vec::<String>::new());
}

#[tokio::test]
async fn a_write_to_a_folder_that_is_given_up_at_any_moment_leaves_the_whole_file_or_none() {
    let folder = TestFolder::new();
    let file = folder.path().join("large");
    std::fs::write(&file, large()).expect("writes");
    let key = Key::of(&large());
    let mut given_up = 0;
    for polls in 1..40 {
        let (db, place) = (TestDb::new().await.db, Place::folder());
        let mut unfinished = false;
        {
            let mut writing = std::pin::pin!(place.objects.put_file(&db, &file));
            for _ in 0..polls {
                unfinished = poll!(&mut writing).is_pending();
                if !unfinished {
                    break;
                }
                sleep(Duration::from_millis(5)).await;
            }
        }
        given_up += u32::from(unfinished);
        // What was handed to another thread ends there.
        for _ in 0..100 {
            if place.files().iter().all(|name| !name.contains('#')) {
                break;
            }
            sleep(Duration::from_millis(20)).await;
        }
        for name in place.files() {
            assert_eq!(name, key.as_str(), "after {polls} polls");
            let written = std::fs::read(place.file_of(&key)).expect("reads");
            assert!(written == large(), "half a file after {polls} polls");
        }
        sweep(&db, &place.objects, AT_ONCE).await;
        assert_eq!(place.files(), Vec::<String>::new(), "after {polls} polls");
        assert_eq!(stored(&db).await, Vec::<String>::new());
        if !unfinished {
            break;
        }
    }
    assert!(given_up > 3, "it was too quick to be given up: {given_up}");
}
