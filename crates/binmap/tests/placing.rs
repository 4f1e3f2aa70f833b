//! Where maps come to lie.

use binmap::{BinMap, DieGrid, Misplaced, Origin, PlacedDie, Placement, Reference, place};

/// The dies of a round wafer of 11 x 9 dies that begins at column -5 and row -3; the corners are cut unevenly, so
/// that no turn and no shift leaves it as it is.
fn grid_dies() -> Vec<(i32, i32)> {
    let mut dies = Vec::new();
    for y in 0..9 {
        for x in 0..11 {
            let (dx, dy) = ((x - 5) as f64 / 5.6, (y - 4) as f64 / 4.6);
            if dx.hypot(dy) <= 1.0 && (x, y) != (5, 0) && (x, y) != (9, 1) {
                dies.push((x - 5, y - 3));
            }
        }
    }
    dies
}

fn grid(dies: &[(i32, i32)]) -> DieGrid<'_> {
    DieGrid {
        dies,
        pitch_mm: (10.0, 12.0),
        origin_mm: (-5.0, -18.0),
    }
}

/// A map of those dies, the notch down, each die with a bin of its own.
fn map_of(dies: &[(i32, i32)]) -> BinMap {
    let mut map = BinMap {
        columns: 11,
        rows: 9,
        cells: vec![None; 99],
        ..BinMap::default()
    };
    for (bin, (x, y)) in dies.iter().enumerate() {
        let (column, row) = (*x + 5, 8 - (*y + 3));
        map.cells[(row * 11 + column) as usize] = u16::try_from(bin).ok();
    }
    map
}

/// The map as a prober writes it whose wafers lie with the notch at these degrees.
fn turned(map: &BinMap, notch_deg: u16) -> BinMap {
    let mut now = map.clone();
    for _ in 0..notch_deg / 90 {
        // A quarter turn clockwise: what was at the bottom comes to the left.
        let (columns, rows) = (now.rows, now.columns);
        let mut cells = vec![None; columns * rows];
        for row in 0..now.rows {
            for column in 0..now.columns {
                cells[column * columns + (columns - 1 - row)] =
                    now.cells[row * now.columns + column];
            }
        }
        now = BinMap {
            columns,
            rows,
            cells,
            ..now
        };
    }
    now
}

fn expected(dies: &[(i32, i32)]) -> Vec<PlacedDie> {
    let dies = dies.iter().enumerate();
    let mut all: Vec<PlacedDie> = dies
        .map(|(bin, &(x, y))| PlacedDie {
            x,
            y,
            bin: bin as u16,
        })
        .collect();
    all.sort_by_key(|die| (die.y, die.x));
    all
}

#[test]
fn a_map_with_its_notch_anywhere_comes_to_lie_on_the_dies_inspected() {
    let dies = grid_dies();
    for notch_deg in [0, 90, 180, 270] {
        let mut map = turned(&map_of(&dies), notch_deg);
        map.notch_deg = Some(notch_deg);
        let placed = place(&map, &Placement::default(), Some(&grid(&dies))).expect("fits");
        assert_eq!(placed.dies, expected(&dies), "notch at {notch_deg}");
        assert!(
            placed
                .how
                .contains("first column is die column -5 and lowest row die row -3"),
            "{}",
            placed.how
        );
        assert!(placed.how.contains("by the outline"), "{}", placed.how);
    }
}

#[test]
fn the_callers_notch_counts_more_than_the_files() {
    let dies = grid_dies();
    let mut map = turned(&map_of(&dies), 180);
    map.notch_deg = Some(0);
    let placement = Placement {
        notch_deg: Some(180),
        ..Placement::default()
    };
    let placed = place(&map, &placement, Some(&grid(&dies))).expect("fits");
    assert_eq!(placed.dies, expected(&dies));
    let odd = Placement {
        notch_deg: Some(45),
        ..Placement::default()
    };
    assert_eq!(place(&map, &odd, None), Err(Misplaced::Notch(45)));
}

#[test]
fn a_map_seen_from_the_back_is_mirrored() {
    let dies = grid_dies();
    let mut map = map_of(&dies);
    for row in map.cells.chunks_exact_mut(11) {
        row.reverse();
    }
    map.is_back_side = true;
    let placed = place(&map, &Placement::default(), Some(&grid(&dies))).expect("fits");
    assert_eq!(placed.dies, expected(&dies));
}

#[test]
fn a_named_first_die_needs_no_grid() {
    let dies = grid_dies();
    let placement = Placement {
        first_die_x: Some(-5),
        first_die_y: Some(-3),
        ..Placement::default()
    };
    let placed = place(&map_of(&dies), &placement, None).expect("is told");
    assert_eq!(placed.dies, expected(&dies));
    let half = Placement {
        first_die_x: Some(-5),
        ..Placement::default()
    };
    assert_eq!(
        place(&map_of(&dies), &half, None),
        Err(Misplaced::HalfPlace)
    );
    assert_eq!(
        place(&map_of(&dies), &Placement::default(), None),
        Err(Misplaced::NoGrid)
    );
}

#[test]
fn a_reference_device_with_its_distance_places_a_map_that_its_outline_cannot() {
    // A plan of nine dies in the middle: the map covers them at many places.
    let dies = grid_dies();
    let few: Vec<(i32, i32)> = (-1..=1)
        .flat_map(|x| (0..=2).map(move |y| (x, y)))
        .collect();
    let mut map = map_of(&dies);
    let ambiguous = place(&map, &Placement::default(), Some(&grid(&few)));
    assert!(
        matches!(ambiguous, Err(Misplaced::Ambiguous(2..))),
        "{ambiguous:?}"
    );
    // Die (2, 1): its centre is 20 mm right of the wafer centre and 0 mm above it. Counted from 1 from the lower left it is column 8, row 5.
    map.origin = Some(Origin::LowerLeft);
    map.references = vec![Reference {
        x: 8,
        y: 5,
        position_mm: Some((20.0, 0.0)),
    }];
    let placed = place(&map, &Placement::default(), Some(&grid(&dies))).expect("is told");
    assert_eq!(placed.dies, expected(&dies));
    assert!(placed.how.contains("counted from 1"), "{}", placed.how);
    // The same counted from 0 from the upper left.
    map.origin = Some(Origin::UpperLeft);
    map.references = vec![Reference {
        x: 7,
        y: 4,
        position_mm: Some((20.0, 0.0)),
    }];
    let placed = place(&map, &Placement::default(), Some(&grid(&dies))).expect("is told");
    assert_eq!(placed.dies, expected(&dies));
}

#[test]
fn a_map_of_another_product_is_refused() {
    let dies: Vec<(i32, i32)> = (0..40).flat_map(|x| (0..40).map(move |y| (x, y))).collect();
    let sparse: Vec<(i32, i32)> = dies
        .iter()
        .copied()
        .filter(|(x, y)| (x + y) % 2 == 0)
        .collect();
    let refused = place(
        &map_of(&grid_dies()),
        &Placement::default(),
        Some(&grid(&sparse)),
    );
    assert!(
        matches!(refused, Err(Misplaced::Outline { .. })),
        "{refused:?}"
    );
}
