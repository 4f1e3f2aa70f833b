//! The messages of an Arrow IPC stream: where each begins and ends.

use arrow_ipc::root_as_message;

/// What each message of a stream begins with.
const CONTINUES: [u8; 4] = [0xff; 4];

/// The lengths of a message that is here in full.
pub struct Framed {
    metadata: usize,
    body: usize,
}

impl Framed {
    /// The message that begins here; `None` while part of it is missing.
    ///
    /// # Errors
    /// When no message of a stream begins so.
    pub fn at(bytes: &[u8]) -> Result<Option<Self>, String> {
        let Some((prefix, rest)) = bytes.split_at_checked(8) else {
            return Ok(None);
        };
        if prefix[..4] != CONTINUES {
            return Err("the answer is no Arrow stream".to_owned());
        }
        let metadata = u32::from_le_bytes([prefix[4], prefix[5], prefix[6], prefix[7]]) as usize;
        let Some(header) = rest.get(..metadata) else {
            return Ok(None);
        };
        let body = match metadata {
            0 => 0,
            _ => length(message_of(header)?.bodyLength())?,
        };
        let framed = Self { metadata, body };
        Ok((framed.length() <= bytes.len()).then_some(framed))
    }

    /// Bytes of the whole message.
    pub fn length(&self) -> usize {
        8 + self.metadata + self.body
    }

    /// Its metadata and its body.
    pub fn parts<'a>(&self, bytes: &'a [u8]) -> (&'a [u8], &'a [u8]) {
        bytes[8..self.length()].split_at(self.metadata)
    }
}

/// The message that the metadata describe.
///
/// # Errors
/// When they are damaged.
pub fn message_of(metadata: &[u8]) -> Result<arrow_ipc::Message<'_>, String> {
    root_as_message(metadata).map_err(|_| "a message of the map is damaged".to_owned())
}

/// A length or a place as a message gives it.
///
/// # Errors
/// When it is negative.
pub fn length(value: i64) -> Result<usize, String> {
    usize::try_from(value).map_err(|_| format!("a message of the map has a length of {value}"))
}
