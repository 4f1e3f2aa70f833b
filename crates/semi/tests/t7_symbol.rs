//! The drawn mark, read back from its SVG text.

use datamatrix::DataMatrix;
use proptest::prelude::*;
use semi::{T7, t7_svg};

const ROWS: usize = 8;
const COLUMNS: usize = 32;

/// The cells whose circles the image holds, by their centres in µm.
fn cells(svg: &str) -> Vec<bool> {
    let mut cells = vec![false; ROWS * COLUMNS];
    for circle in svg.split("<circle ").skip(1) {
        let number = |name: &str| -> f64 {
            let (_, rest) = circle.split_once(&format!("{name}=\"")).expect(name);
            rest.split('"').next().unwrap().parse().unwrap()
        };
        assert_eq!(number("r"), 50.0);
        let [column, row] = ["cx", "cy"].map(|name| (number(name) - 62.5) / 125.0);
        assert_eq!(
            (column.fract(), row.fract()),
            (0.0, 0.0),
            "dots stand at 125 µm"
        );
        cells[row as usize * COLUMNS + column as usize] = true;
    }
    cells
}

fn message(text: &str) -> T7 {
    text.parse().unwrap()
}

#[test]
fn the_image_has_the_size_of_the_field_and_a_quiet_zone() {
    let svg = t7_svg(&message("12345678AS"));
    assert!(svg.contains(r#"width="4.25mm" height="1.25mm" viewBox="-125 -125 4250 1250""#));
}

#[test]
fn two_regions_have_full_left_and_lower_borders_and_alternating_upper_and_right_ones() {
    let cells = cells(&t7_svg(&message("M940902-MX")));
    let is_dot = |row: usize, column: usize| cells[row * COLUMNS + column];
    for column in 0..COLUMNS {
        assert!(is_dot(ROWS - 1, column), "lower border, column {column}");
        assert_eq!(
            is_dot(0, column),
            column % 2 == 0,
            "upper border, column {column}"
        );
    }
    for row in 0..ROWS {
        for left in [0, 16] {
            assert!(is_dot(row, left), "left border, row {row}");
            assert_eq!(
                is_dot(row, left + 15),
                row % 2 == 1,
                "right border, row {row}"
            );
        }
    }
}

#[test]
fn five_destroyed_dots_do_not_destroy_the_message() {
    let mut cells = cells(&t7_svg(&message("KK00001-AB")));
    for cell in [1, 2, 3, 4, 5].map(|row| row * COLUMNS + 5) {
        cells[cell] = !cells[cell];
    }
    assert_eq!(DataMatrix::decode(&cells, COLUMNS).unwrap(), b"KK00001-AB");
}

proptest! {
    #[test]
    fn every_message_decodes_from_its_image(text in "[A-Z0-9-]{8}[A-Z0-9]{2}") {
        let cells = cells(&t7_svg(&message(&text)));
        prop_assert_eq!(DataMatrix::decode(&cells, COLUMNS).unwrap(), text.as_bytes());
    }
}
