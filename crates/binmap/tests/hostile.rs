//! Whatever the bytes are: an answer or an error, never a panic.

use binmap::{DieGrid, Placement, place};
use proptest::prelude::*;

const SAMPLES: [&str; 3] = [
    include_str!("samples/notch_up.sinf"),
    include_str!("samples/two_maps.g85.xml"),
    include_str!("samples/two_substrates.e142.xml"),
];

fn read_and_place(bytes: &[u8]) {
    let Ok(reading) = binmap::read(bytes) else {
        return;
    };
    let dies = [(0, 0), (1, 0), (i32::MAX, i32::MIN)];
    let grid = DieGrid {
        dies: &dies,
        pitch_mm: (1e-3, 1e3),
        origin_mm: (-1e300, 1e300),
    };
    for mut map in reading.maps {
        assert_eq!(map.cells.len(), map.columns * map.rows);
        assert_eq!(
            map.bins.iter().map(|bin| bin.count).sum::<u64>(),
            map.dies() as u64
        );
        map.judge(&[]);
        for notch_deg in [0, 90, 180, 270] {
            let placement = Placement {
                notch_deg: Some(notch_deg),
                ..Placement::default()
            };
            let _ = place(&map, &placement, Some(&grid));
        }
        let far = Placement {
            first_die_x: Some(i32::MAX),
            first_die_y: Some(i32::MIN),
            ..Placement::default()
        };
        let _ = place(&map, &far, None);
    }
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(400))]

    #[test]
    fn any_bytes_are_read_or_refused(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
        read_and_place(&bytes);
    }

    #[test]
    fn a_damaged_file_is_read_or_refused(
        sample in 0..SAMPLES.len(),
        changes in proptest::collection::vec((any::<prop::sample::Index>(), 0..4_u8, any::<u8>()), 1..12),
    ) {
        let mut bytes = SAMPLES[sample].as_bytes().to_vec();
        for (place, kind, byte) in changes {
            let at = place.index(bytes.len());
            match kind {
                0 => bytes[at] = byte,
                1 => { bytes.remove(at); }
                2 => bytes.insert(at, byte),
                // A stretch twice: elements, rows and digits come to be too many.
                _ => {
                    let end = (at + usize::from(byte)).min(bytes.len());
                    let stretch = bytes[at..end].to_vec();
                    bytes.splice(at..at, stretch);
                }
            }
            prop_assume!(!bytes.is_empty());
        }
        read_and_place(&bytes);
    }

    #[test]
    fn a_damaged_number_is_read_or_refused(sample in 0..SAMPLES.len(), number in any::<i64>(), nth in 0..40_usize) {
        let text = SAMPLES[sample];
        let runs: Vec<(usize, &str)> = text.match_indices(|c: char| c.is_ascii_digit()).collect();
        let (at, _) = runs[nth * runs.len() / 40];
        let end = text[at..].find(|c: char| !c.is_ascii_digit()).map_or(text.len(), |end| at + end);
        read_and_place(format!("{}{number}{}", &text[..at], &text[end..]).as_bytes());
    }
}
