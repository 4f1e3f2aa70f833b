//! Evidence of a defect: images and spectra, from the bytes of a file to what is stored and shown.
//!
//! What a file is, its content tells ([`sniff`]); its name is text to show. Files that are larger than a
//! piece of memory wait on disk ([`spool`]). Pictures are decoded on threads that may block, a few at a time,
//! after their size has been compared with the limits ([`Limits`]) and before memory is taken for them.

mod intake;
mod limits;
mod name;
mod overlay;
mod picture;
mod pixels;
mod plain;
mod refusal;
mod sniff;
mod spool;
#[cfg(test)]
mod tests;
mod tiff_file;
mod vendor;

pub use intake::{Fault, Intake, OpenedImage, StoredPage};
pub use limits::Limits;
pub use name::plain_name;
pub(crate) use picture::thumbnail_of_quality;
pub use picture::{ImageFile, Picture};
pub use refusal::Refusal;
pub use sniff::{Format, HEAD, sniff};
pub use spool::{Spool, Spooling};
