//! Which defects are chosen, and where the keyboard stands. Values in, values out.

use std::collections::BTreeSet;

/// Chosen defects and the tile that the keyboard is on.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Selection {
    /// Numbers of the chosen defects.
    pub chosen: BTreeSet<i32>,
    /// Tile that the keyboard is on.
    pub cursor: usize,
    /// Tile from which a range runs.
    anchor: usize,
}

impl Selection {
    /// A click: this one alone; with Shift all from where the last click was; with Ctrl this one too, or
    /// no longer. `numbers` are the defects of all tiles, in their order.
    pub fn click(&mut self, index: usize, numbers: &[i32], shift: bool, ctrl: bool) {
        match (shift, ctrl) {
            (true, _) => self.extend_to(index, numbers),
            (false, true) => {
                self.stand_on(index);
                self.toggle(numbers);
            }
            (false, false) => {
                self.stand_on(index);
                self.chosen = numbers.get(index).copied().into_iter().collect();
            }
        }
    }

    /// The keyboard goes to a tile; with Shift it takes all on its way.
    pub fn go_to(&mut self, index: usize, numbers: &[i32], shift: bool) {
        if shift {
            self.extend_to(index, numbers);
        } else {
            self.stand_on(index);
        }
    }

    /// Chooses the tile that the keyboard is on, or no longer.
    pub fn toggle(&mut self, numbers: &[i32]) {
        if let Some(&number) = numbers.get(self.cursor)
            && !self.chosen.remove(&number)
        {
            self.chosen.insert(number);
        }
    }

    /// Chooses all.
    pub fn all(&mut self, numbers: &[i32]) {
        self.chosen = numbers.iter().copied().collect();
    }

    /// What a change is about: the chosen defects, or, with none chosen, the one the keyboard is on.
    #[must_use]
    pub fn meant(&self, numbers: &[i32]) -> Vec<i32> {
        match self.chosen.is_empty() {
            false => self.chosen.iter().copied().collect(),
            true => numbers.get(self.cursor).copied().into_iter().collect(),
        }
    }

    /// Takes out what is no longer shown.
    pub fn keep(&mut self, numbers: &[i32]) {
        let shown: BTreeSet<i32> = numbers.iter().copied().collect();
        self.chosen.retain(|number| shown.contains(number));
        let last = numbers.len().saturating_sub(1);
        self.cursor = self.cursor.min(last);
        self.anchor = self.anchor.min(last);
    }

    fn stand_on(&mut self, index: usize) {
        (self.cursor, self.anchor) = (index, index);
    }

    fn extend_to(&mut self, index: usize, numbers: &[i32]) {
        self.cursor = index;
        let (first, last) = (self.anchor.min(index), self.anchor.max(index));
        let range = numbers.get(first..=last.min(numbers.len().saturating_sub(1)));
        self.chosen = range.unwrap_or_default().iter().copied().collect();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const NUMBERS: [i32; 6] = [10, 11, 12, 12, 13, 14];

    fn chosen(selection: &Selection) -> Vec<i32> {
        selection.chosen.iter().copied().collect()
    }

    #[test]
    fn shift_takes_all_from_the_last_click_in_either_direction() {
        let mut selection = Selection::default();
        selection.click(2, &NUMBERS, false, false);
        selection.click(4, &NUMBERS, true, false);
        assert_eq!(chosen(&selection), [12, 13]);
        selection.click(0, &NUMBERS, true, false);
        assert_eq!(chosen(&selection), [10, 11, 12]);
    }

    #[test]
    fn ctrl_adds_and_takes_back_single_ones() {
        let mut selection = Selection::default();
        selection.click(0, &NUMBERS, false, false);
        selection.click(4, &NUMBERS, false, true);
        assert_eq!(chosen(&selection), [10, 13]);
        selection.click(0, &NUMBERS, false, true);
        assert_eq!(chosen(&selection), [13]);
    }

    #[test]
    fn two_images_of_one_defect_are_one_defect() {
        let mut selection = Selection::default();
        selection.all(&NUMBERS);
        assert_eq!(selection.meant(&NUMBERS).len(), 5);
    }

    #[test]
    fn without_a_choice_the_tile_under_the_keyboard_is_meant() {
        let mut selection = Selection::default();
        selection.go_to(5, &NUMBERS, false);
        assert_eq!(selection.meant(&NUMBERS), [14]);
        selection.toggle(&NUMBERS);
        selection.go_to(0, &NUMBERS, false);
        assert_eq!(
            selection.meant(&NUMBERS),
            [14],
            "the choice stays while the keyboard moves"
        );
    }

    #[test]
    fn what_is_no_longer_shown_is_no_longer_chosen() {
        let mut selection = Selection::default();
        selection.all(&NUMBERS);
        selection.go_to(5, &NUMBERS, false);
        selection.keep(&NUMBERS[..2]);
        assert_eq!(chosen(&selection), [10, 11]);
        assert_eq!(selection.cursor, 1);
        selection.keep(&[]);
        assert!(selection.meant(&[]).is_empty());
    }
}
