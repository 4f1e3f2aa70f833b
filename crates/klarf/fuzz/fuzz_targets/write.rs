//! What can be read and written is read again as it was.
#![no_main]

use klarf::read_document;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Ok(document) = read_document(bytes) else {
        return;
    };
    let mut written = Vec::new();
    if document.write(&mut written).is_ok() {
        assert_eq!(
            read_document(&written).expect("what was written is read"),
            document
        );
    }
});
