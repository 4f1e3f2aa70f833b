//! Chance, divided into streams: each part of the fab draws from its own, named by what it is for.
//! So a lot is the same whether it is made first, last, alone, or on another thread.

use rand::SeedableRng;
use rand_chacha::ChaCha8Rng;

/// ChaCha gives the same numbers on every machine and in every version of its library.
pub(crate) type Stream = ChaCha8Rng;
pub(crate) type FakeStream = fake::rand::rngs::ChaCha8Rng;

/// What a stream is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Purpose {
    People,
    Equipment,
    Lot,
    LotEffect,
    WaferEffect,
    Adders,
    Signatures,
    Excursion,
    Survival,
    Capture,
    Review,
    WaferTest,
}

/// Where a stream belongs: the parts that do not apply are 0.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub(crate) struct Place {
    pub lot: u32,
    pub slot: u8,
    pub step: u8,
    /// 1 for the repetition of an inspection.
    pub repeat: u8,
}

/// The stream for a purpose at a place.
pub(crate) fn stream(seed: u64, purpose: Purpose, place: Place) -> Stream {
    Stream::from_seed(key(seed, purpose, place))
}

/// The same for the crate `fake`, which has a version of `rand` of its own.
pub(crate) fn fake_stream(seed: u64, purpose: Purpose) -> FakeStream {
    use fake::rand::SeedableRng;
    FakeStream::from_seed(key(seed, purpose, Place::default()))
}

/// Seed, purpose and place are the 256-bit key, so no two streams overlap.
fn key(seed: u64, purpose: Purpose, place: Place) -> [u8; 32] {
    let mut key = [0; 32];
    key[..8].copy_from_slice(&seed.to_le_bytes());
    key[8] = purpose as u8;
    key[9] = place.slot;
    key[10] = place.step;
    key[11] = place.repeat;
    key[12..16].copy_from_slice(&place.lot.to_le_bytes());
    key[16..].copy_from_slice(b"WaferMaps synth ");
    key
}
