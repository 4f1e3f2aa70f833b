//! Any bytes are read or refused; each defect's texts and images can be asked for.
#![no_main]

use klarf::{Event, Reader};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let mut reader = Reader::new(bytes);
    while let Ok(Some(event)) = reader.next_event() {
        match event {
            Event::Defects(batch) => {
                for row in 0..batch.len() {
                    batch.texts(row).for_each(drop);
                    batch.images(row).iter().for_each(drop);
                }
            }
            Event::WaferEnd(end) => drop(end.wafer.placed_dies()),
            _ => {}
        }
    }
});
