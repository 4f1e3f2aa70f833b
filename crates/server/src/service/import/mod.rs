//! Imports: bytes in, inspections and a report out.
//!
//! Three parts work at once, each held up by the one behind it: whoever has the bytes sends chunks
//! ([`source`]), a thread reads KLARF and encodes rows ([`reading`]), a task writes them in one transaction
//! a file ([`loading`]). Nothing of a KLARF file is held longer than its chunk. Images are held until the import ends:
//! what they show, the KLARF files beside them say ([`images`]).

mod arrival;
mod facts;
mod identity;
mod images;
mod job;
mod klarf_file;
mod loading;
mod local_time;
mod progress;
mod reading;
mod report;
mod source;

pub use arrival::Incoming;
pub use identity::{Delivered, WaferIdentity, identify};
pub use job::{Order, Running, start};
pub use progress::{Counts, Live};
pub use report::{cancel, get, list};
pub use source::{Chunks, Sender, channel};
