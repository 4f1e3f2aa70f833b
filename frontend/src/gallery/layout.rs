//! Where tiles lie: groups below each other, each with a head and rows of tiles. Only what is in sight
//! is drawn, so that thousands cost no more than a screenful.

use std::ops::Range;

/// Distance between tiles and around them, px.
pub const GAP_PX: f64 = 8.0;
/// Height of a tile's caption, px.
pub const CAPTION_PX: f64 = 34.0;
/// Height of a group's head, px.
pub const HEAD_PX: f64 = 32.0;
/// Rows drawn above and below those in sight.
const BEYOND: usize = 2;

/// Sizes that the layout follows from.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Metrics {
    /// Room for tiles, px.
    pub width_px: f64,
    /// Side of a picture, px.
    pub side_px: f64,
}

/// A group of tiles.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Section {
    /// First of its tiles, among all.
    pub start: usize,
    /// One past its last.
    pub end: usize,
    /// Where it begins, px from the top of all.
    pub top_px: f64,
    /// Its height with its head, px.
    pub height_px: f64,
}

/// Where a key moves to.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Step {
    /// The tile before.
    Left,
    /// The tile after.
    Right,
    /// The tile above.
    Up,
    /// The tile below.
    Down,
    /// The first of all.
    First,
    /// The last of all.
    Last,
}

impl Metrics {
    /// Sizes for a room `width_px` wide: pictures of at least `wanted_px`, as large as fills their rows.
    #[must_use]
    pub fn fitted(width_px: f64, wanted_px: f64) -> Self {
        let wanted = Self {
            width_px,
            side_px: wanted_px,
        };
        let columns = wanted.columns() as f64;
        let side_px = ((width_px - GAP_PX * (columns + 1.0)) / columns).floor();
        Self {
            width_px,
            side_px: side_px.max(wanted_px.min(64.0)),
        }
    }

    /// Tiles in a row.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "a small positive number"
    )]
    pub fn columns(self) -> usize {
        let room = (self.width_px - GAP_PX) / (self.side_px + GAP_PX);
        room.floor().clamp(1.0, 1000.0) as usize
    }

    fn row_px(self) -> f64 {
        self.side_px + CAPTION_PX + GAP_PX
    }

    /// Left and top of the tile at `place` of its section, px from the section's upper left corner.
    #[must_use]
    pub fn place_of(self, place: usize) -> [f64; 2] {
        let columns = self.columns();
        let (row, column) = (place / columns, place % columns);
        [
            GAP_PX + column as f64 * (self.side_px + GAP_PX),
            HEAD_PX + row as f64 * self.row_px(),
        ]
    }

    /// Groups of these sizes, one below the other.
    #[must_use]
    pub fn sections(self, sizes: &[usize]) -> Vec<Section> {
        let (mut start, mut top_px) = (0, 0.0);
        let section = |&size: &usize| {
            let rows = size.div_ceil(self.columns());
            let section = Section {
                start,
                end: start + size,
                top_px,
                height_px: HEAD_PX + rows as f64 * self.row_px(),
            };
            start += size;
            top_px += section.height_px;
            section
        };
        sizes.iter().map(section).collect()
    }

    /// Tiles of a section that are in sight, or nearly, when `height_px` are shown from `scroll_px` on.
    #[must_use]
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_sign_loss,
        reason = "clamped to the rows there are"
    )]
    pub fn visible(self, section: Section, scroll_px: f64, height_px: f64) -> Range<usize> {
        let columns = self.columns();
        let rows = (section.end - section.start).div_ceil(columns);
        let above_px = scroll_px - section.top_px - HEAD_PX;
        let first = (above_px / self.row_px()).floor() - BEYOND as f64;
        let last = ((above_px + height_px) / self.row_px()).ceil() + BEYOND as f64;
        let [first, last] = [first, last].map(|row| row.clamp(0.0, rows as f64) as usize);
        let end = section.start + (last * columns).min(section.end - section.start);
        (section.start + first * columns).min(end)..end
    }

    /// Top and bottom of a tile, px from the top of all.
    #[must_use]
    pub fn extent_of(self, sections: &[Section], index: usize) -> Option<[f64; 2]> {
        let section = sections
            .iter()
            .find(|section| (section.start..section.end).contains(&index))?;
        let top_px = section.top_px + self.place_of(index - section.start)[1];
        Some([top_px, top_px + self.side_px + CAPTION_PX])
    }

    /// The tile that a key moves to from the one at `index`.
    #[must_use]
    pub fn step(self, sections: &[Section], index: usize, step: Step) -> usize {
        let last = sections
            .last()
            .map_or(0, |section| section.end.saturating_sub(1));
        let columns = self.columns();
        let here = sections
            .iter()
            .position(|section| (section.start..section.end).contains(&index));
        let Some(here) = here else {
            return last.min(index);
        };
        let section = sections[here];
        let column = (index - section.start) % columns;
        match step {
            Step::Left => index.saturating_sub(1),
            Step::Right => (index + 1).min(last),
            Step::First => 0,
            Step::Last => last,
            Step::Up if index >= section.start + columns => index - columns,
            Step::Up => match here.checked_sub(1).map(|above| sections[above]) {
                Some(above) => {
                    let last_row = (above.end - above.start - 1) / columns * columns;
                    (above.start + last_row + column).min(above.end - 1)
                }
                None => index,
            },
            Step::Down => {
                let row = (index - section.start) / columns;
                let rows = (section.end - section.start).div_ceil(columns);
                match sections.get(here + 1) {
                    _ if row + 1 < rows => (index + columns).min(section.end - 1),
                    Some(below) => (below.start + column).min(below.end - 1),
                    None => index,
                }
            }
        }
    }
}

/// How far down to scroll so that a tile is in sight when `height_px` are shown from `shown_px` on; `None` where it is.
#[must_use]
pub fn scroll_for([top_px, bottom_px]: [f64; 2], shown_px: f64, height_px: f64) -> Option<f64> {
    // Below the head of the group, which stays.
    let top_px = top_px - HEAD_PX;
    if top_px < shown_px {
        Some(top_px)
    } else if bottom_px > shown_px + height_px {
        Some(bottom_px + GAP_PX - height_px)
    } else {
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Four tiles in a row.
    const METRICS: Metrics = Metrics {
        width_px: 440.0,
        side_px: 100.0,
    };

    #[test]
    fn pictures_fill_their_rows() {
        for (width_px, wanted_px, columns) in
            [(440.0, 100.0, 4), (500.0, 100.0, 4), (366.0, 128.0, 2)]
        {
            let metrics = Metrics::fitted(width_px, wanted_px);
            assert_eq!(metrics.columns(), columns);
            let right_px = metrics.place_of(columns - 1)[0] + metrics.side_px + GAP_PX;
            assert!(
                (0.0..columns as f64).contains(&(width_px - right_px)),
                "{right_px} of {width_px}"
            );
        }
    }

    #[test]
    fn groups_lie_below_each_other_with_their_heads() {
        let sections = METRICS.sections(&[5, 2]);
        assert_eq!(METRICS.columns(), 4);
        assert_eq!((sections[0].start, sections[0].end), (0, 5));
        assert_eq!((sections[1].start, sections[1].end), (5, 7));
        assert!((sections[0].height_px - (HEAD_PX + 2.0 * 142.0)).abs() < 1e-9);
        assert!((sections[1].top_px - sections[0].height_px).abs() < 1e-9);
    }

    #[test]
    fn of_thousands_only_a_screenful_is_drawn() {
        let sections = METRICS.sections(&[20_000]);
        let seen = METRICS.visible(sections[0], 70_000.0, 600.0);
        assert!(seen.len() <= (600 / 142 + 2 + 2 * BEYOND) * 4, "{seen:?}");
        let [top, bottom] = METRICS
            .extent_of(&sections, seen.start + 4 * BEYOND)
            .expect("a tile");
        assert!(top <= 70_000.0 + 142.0 && bottom >= 70_000.0 - 142.0);
    }

    #[test]
    fn a_group_out_of_sight_draws_nothing() {
        let sections = METRICS.sections(&[40, 40]);
        assert!(METRICS.visible(sections[1], 0.0, 300.0).is_empty());
        assert!(METRICS.visible(sections[0], 5_000.0, 300.0).is_empty());
    }

    #[test]
    fn keys_keep_their_column_from_group_to_group() {
        let sections = METRICS.sections(&[6, 3, 9]);
        for (from, step, to) in [
            (1, Step::Down, 5),
            (3, Step::Down, 5),
            (5, Step::Down, 7),
            (8, Step::Down, 11),
            (7, Step::Up, 5),
            (9, Step::Up, 6),
            (0, Step::Up, 0),
            (17, Step::Right, 17),
            (5, Step::Right, 6),
            (4, Step::Last, 17),
        ] {
            assert_eq!(METRICS.step(&sections, from, step), to, "{from} {step:?}");
        }
    }

    #[test]
    fn a_tile_out_of_sight_is_scrolled_to_the_nearer_edge() {
        let height_px = 500.0;
        let tile = [1_000.0, 1_100.0];
        assert_eq!(scroll_for(tile, 800.0, height_px), None);
        assert_eq!(
            scroll_for(tile, 2_000.0, height_px),
            Some(1_000.0 - HEAD_PX)
        );
        assert_eq!(scroll_for(tile, 0.0, height_px), Some(600.0 + GAP_PX));
    }
}
