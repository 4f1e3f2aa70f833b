//! Where evidence is put, how much of it is taken, and how much is decoded at a time.

use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::{Duration, SystemTime};

use store::Db;
use store::object::{Key, Objects};
use tokio::sync::Semaphore;

use super::picture::{ImageFile, Picture};
use super::{Format, Limits, Refusal, Spool, Spooling};

/// Files decoded at a time: each takes some hundred MB at the worst.
const DECODED_AT_ONCE: usize = 2;

/// Where evidence is put, how much of it is taken, and how much is decoded at a time. Cheap to clone.
#[derive(Clone, Debug)]
pub struct Intake {
    objects: Objects,
    limits: Limits,
    folder: PathBuf,
    turns: Arc<Semaphore>,
}

/// Why evidence cannot be taken.
#[derive(Debug)]
pub enum Fault {
    /// The file is at fault.
    Refused(Refusal),
    /// The disk is.
    Disk(io::Error),
    /// Database or object store are.
    Store(store::Error),
}

impl From<Refusal> for Fault {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(refusal)
    }
}

impl From<io::Error> for Fault {
    fn from(error: io::Error) -> Self {
        Self::Disk(error)
    }
}

impl From<store::Error> for Fault {
    fn from(error: store::Error) -> Self {
        Self::Store(error)
    }
}

/// A page of an image file whose bytes are in the object store; nothing refers to them yet.
#[derive(Clone, Debug)]
pub struct StoredPage {
    /// Name of the file.
    pub file_name: String,
    /// The file as delivered.
    pub original_key: Key,
    /// What it is.
    pub format: Format,
    /// What a browser is shown.
    pub display_key: Key,
    /// What is known of the page.
    pub picture: Picture,
}

/// An image file whose pages can be stored one by one.
pub struct OpenedImage {
    file: ImageFile,
    file_name: String,
    original_key: Key,
    format: Format,
}

impl Intake {
    /// Evidence goes to `objects`; files that are large wait in `folder`, which is made where it is missing.
    ///
    /// # Errors
    /// When the folder cannot be made.
    pub fn new(objects: Objects, limits: Limits, folder: PathBuf) -> io::Result<Self> {
        std::fs::create_dir_all(&folder)?;
        Ok(Self {
            objects,
            limits,
            folder,
            turns: Arc::new(Semaphore::new(DECODED_AT_ONCE)),
        })
    }

    /// Where bytes of evidence lie.
    #[must_use]
    pub fn objects(&self) -> &Objects {
        &self.objects
    }

    /// How large evidence may be.
    #[must_use]
    pub fn limits(&self) -> &Limits {
        &self.limits
    }

    /// A file of this name begins.
    #[must_use]
    pub fn spooling(&self, name: &str) -> Spooling<'_> {
        Spooling::new(name, &self.limits, &self.folder)
    }

    /// Puts a file to the object store as it is.
    ///
    /// # Errors
    /// When database or object store fail.
    pub async fn put(&self, db: &Db, spool: &Spool) -> Result<Key, Fault> {
        Ok(match spool.path() {
            Some(path) => self.objects.put_file(db, path).await?,
            None => self.objects.put(db, spool.read()?).await?,
        })
    }

    /// Opens an image file and puts it to the object store.
    ///
    /// # Errors
    /// When it is no image, damaged, or beyond the limits; when database or object store fail.
    pub async fn open(&self, db: &Db, spool: &Arc<Spool>) -> Result<OpenedImage, Fault> {
        let (own, limits) = (Arc::clone(spool), self.limits);
        let file = self
            .unblocked(&spool.name, move || ImageFile::open(&own, &limits))
            .await??;
        Ok(OpenedImage {
            file,
            file_name: spool.name.clone(),
            original_key: self.put(db, spool).await?,
            format: spool.format,
        })
    }

    /// Puts what a browser is shown of a page to the object store; `None` where there is no such page. Pages are
    /// asked for in their order.
    ///
    /// # Errors
    /// As [`Intake::open`].
    pub async fn page(
        &self,
        db: &Db,
        image: OpenedImage,
        page: u32,
    ) -> Result<(OpenedImage, Option<StoredPage>), Fault> {
        let OpenedImage {
            mut file,
            file_name,
            original_key,
            format,
        } = image;
        let (file, picture) = self
            .unblocked(&file_name, move || {
                let picture = file.page(page);
                (file, picture)
            })
            .await?;
        let stored = match picture? {
            None => None,
            Some(mut picture) => {
                let display_key = match picture.display.take() {
                    Some(png) => self.objects.put(db, png.into()).await?,
                    None => original_key.clone(),
                };
                Some(StoredPage {
                    file_name: file_name.clone(),
                    original_key: original_key.clone(),
                    format,
                    display_key,
                    picture,
                })
            }
        };
        let image = OpenedImage {
            file,
            file_name,
            original_key,
            format,
        };
        Ok((image, stored))
    }

    /// Work on a file that takes its time, on a thread that may block, when its turn has come.
    ///
    /// # Errors
    /// When a decoder gives up in a way that it should not: that is the file's fault too.
    pub async fn unblocked<T: Send + 'static>(
        &self,
        file: &str,
        work: impl FnOnce() -> T + Send + 'static,
    ) -> Result<T, Refusal> {
        let turn = Arc::clone(&self.turns).acquire_owned().await;
        let done = tokio::task::spawn_blocking(move || {
            // Also when whoever asked has gone: the work goes on, and takes its turn.
            let _turn = turn;
            work()
        });
        done.await.map_err(|panic| {
            tracing::error!(file, %panic, "a decoder gave up");
            Refusal::file(file, "cannot be decoded")
        })
    }

    /// Removes files that a process which was killed left waiting.
    ///
    /// # Errors
    /// When the folder cannot be read.
    pub fn forget_waiting(&self, older_than: Duration) -> io::Result<u64> {
        let before = SystemTime::now() - older_than;
        let mut removed = 0;
        for file in std::fs::read_dir(&self.folder)? {
            removed += u64::from(remove_older(&file?.path(), before));
        }
        Ok(removed)
    }
}

/// Whether the file was older and is gone; whoever has it open keeps it.
fn remove_older(path: &Path, before: SystemTime) -> bool {
    let modified = path.metadata().and_then(|about| about.modified());
    modified.is_ok_and(|at| at < before) && std::fs::remove_file(path).is_ok()
}
