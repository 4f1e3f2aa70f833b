//! How far an import has come, for everybody who asks while it runs.

use std::sync::atomic::{AtomicI64, Ordering::Relaxed};

use tokio_util::sync::CancellationToken;

/// Counters of one import, over all its files. Readers and writers share it.
#[derive(Debug, Default)]
pub struct Live {
    bytes: AtomicI64,
    wafers: AtomicI64,
    defects: AtomicI64,
    stop: CancellationToken,
}

/// The counters at one moment.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Counts {
    /// Bytes read.
    pub bytes: i64,
    /// Wafers begun.
    pub wafers: i64,
    /// Defects read.
    pub defects: i64,
}

impl Live {
    /// The counters now.
    #[must_use]
    pub fn counts(&self) -> Counts {
        Counts {
            bytes: self.bytes.load(Relaxed),
            wafers: self.wafers.load(Relaxed),
            defects: self.defects.load(Relaxed),
        }
    }

    /// Asks the import to stop; it undoes the file at hand.
    pub fn cancel(&self) {
        self.stop.cancel();
    }

    /// Whether the import has been asked to stop.
    #[must_use]
    pub fn is_cancelled(&self) -> bool {
        self.stop.is_cancelled()
    }

    /// Waits until the import is asked to stop, for ever where nobody asks.
    pub async fn cancelled(&self) {
        self.stop.cancelled().await;
    }

    pub(super) fn add_bytes(&self, bytes: usize) {
        self.bytes
            .fetch_add(i64::try_from(bytes).unwrap_or(i64::MAX), Relaxed);
    }

    pub(super) fn add_wafer(&self) {
        self.wafers.fetch_add(1, Relaxed);
    }

    pub(super) fn add_defects(&self, defects: usize) {
        self.defects
            .fetch_add(i64::try_from(defects).unwrap_or(i64::MAX), Relaxed);
    }
}
