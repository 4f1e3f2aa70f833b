//! Bytes from a socket or a disk, as the reader's thread takes them: pulled, counted, hashed.

use std::collections::VecDeque;
use std::io::{self, Read};
use std::sync::{Arc, Mutex, PoisonError};

use bytes::{Buf as _, Bytes};
use sha2::{Digest as _, Sha256};
use tokio::sync::mpsc;

use super::progress::Live;
use crate::service::evidence::HEAD;

/// Length and hash of what has been read so far.
#[derive(Debug, Default)]
pub(super) struct Tally {
    pub bytes: i64,
    hash: Sha256,
}

impl Tally {
    /// SHA-256, hexadecimal.
    pub fn sha256(&self) -> String {
        self.hash
            .clone()
            .finalize()
            .iter()
            .map(|byte| format!("{byte:02x}"))
            .collect()
    }
}

/// Chunks that may wait between sender and reader; with the 64 kB of an upload's chunk, a few hundred kB.
const WAITING: usize = 8;

/// The sender's end of a file on its way in.
#[derive(Debug)]
pub struct Sender(mpsc::Sender<Option<Bytes>>);

/// The reader's end.
#[derive(Debug)]
pub struct Chunks {
    receiver: mpsc::Receiver<Option<Bytes>>,
    /// Chunks that were looked at and not taken yet.
    seen: VecDeque<Option<Bytes>>,
}

impl Chunks {
    /// The first bytes, enough to tell what the file is, or all of it; they stay to be read.
    pub(super) async fn head(&mut self) -> Vec<u8> {
        let mut head = Vec::new();
        while head.len() < HEAD {
            let Some(next) = self.receiver.recv().await else {
                break;
            };
            let is_end = next.is_none();
            head.extend_from_slice(next.as_deref().unwrap_or_default());
            self.seen.push_back(next);
            if is_end {
                break;
            }
        }
        head
    }

    /// The next bytes; `Some(None)` when the file is whole, `None` when it broke off.
    pub(super) async fn next(&mut self) -> Option<Option<Bytes>> {
        match self.seen.pop_front() {
            Some(chunk) => Some(chunk),
            None => self.receiver.recv().await,
        }
    }

    fn blocking_next(&mut self) -> Option<Option<Bytes>> {
        match self.seen.pop_front() {
            Some(chunk) => Some(chunk),
            None => self.receiver.blocking_recv(),
        }
    }
}

/// A file on its way in, from whoever has its bytes to the reader.
///
/// Who sends waits when the reader is behind, so a slow database slows the sender down and nothing piles
/// up. A sender that goes without [`Sender::finish`] leaves a file that is broken off.
#[must_use]
pub fn channel() -> (Sender, Chunks) {
    let (sender, receiver) = mpsc::channel(WAITING);
    let chunks = Chunks {
        receiver,
        seen: VecDeque::new(),
    };
    (Sender(sender), chunks)
}

impl Sender {
    /// Hands over the next bytes; `false` when nobody wants them any more.
    pub async fn send(&self, bytes: Bytes) -> bool {
        self.0.send(Some(bytes)).await.is_ok()
    }

    /// Says that the file is whole.
    pub async fn finish(self) {
        // A reader that is gone has decided already.
        let _ = self.0.send(None).await;
    }
}

/// Chunks as a stream of bytes for the reader.
#[derive(Debug)]
pub(super) struct Source {
    chunks: Chunks,
    current: Bytes,
    is_whole: bool,
    tally: Arc<Mutex<Tally>>,
    live: Arc<Live>,
}

impl Source {
    pub fn new(chunks: Chunks, live: Arc<Live>) -> (Self, Arc<Mutex<Tally>>) {
        let tally = Arc::new(Mutex::new(Tally::default()));
        let source = Self {
            chunks,
            current: Bytes::new(),
            is_whole: false,
            tally: Arc::clone(&tally),
            live,
        };
        (source, tally)
    }
}

impl Read for Source {
    fn read(&mut self, buffer: &mut [u8]) -> io::Result<usize> {
        if self.live.is_cancelled() {
            return Err(io::Error::other("the import was cancelled"));
        }
        while self.current.is_empty() && !self.is_whole {
            match self.chunks.blocking_next() {
                Some(Some(chunk)) => self.current = chunk,
                Some(None) => self.is_whole = true,
                None => return Err(io::ErrorKind::UnexpectedEof.into()),
            }
        }
        let length = buffer.len().min(self.current.len());
        buffer[..length].copy_from_slice(&self.current[..length]);
        self.current.advance(length);
        self.live.add_bytes(length);
        let mut tally = self.tally.lock().unwrap_or_else(PoisonError::into_inner);
        tally.bytes += i64::try_from(length).unwrap_or(i64::MAX);
        tally.hash.update(&buffer[..length]);
        Ok(length)
    }
}
