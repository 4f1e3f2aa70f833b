//! What hands do on a drawing: drag, pinch, draw from one point to another, click. Values in, values out.

use std::collections::BTreeMap;

use leptos::ev::{PointerEvent, WheelEvent};

/// A pointer that has moved less than this still clicks, px.
const CLICK_WITHIN_PX: f64 = 4.0;

/// What a pointer's move or end means. Places are px on the canvas.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Action {
    /// Nothing yet.
    Nothing,
    /// What is drawn follows the hand by so many px.
    Drag([f64; 2]),
    /// Two fingers: nearer by `factor` at `at`, moved along by `by`.
    Pinch {
        /// New distance of the fingers over the old one.
        factor: f64,
        /// Their middle.
        at: [f64; 2],
        /// The way their middle went.
        by: [f64; 2],
    },
    /// A rectangle, or a line, is being drawn.
    Region {
        /// Where it began.
        from: [f64; 2],
        /// Where the pointer is.
        to: [f64; 2],
    },
    /// The rectangle, or the line, is done.
    RegionDone {
        /// Where it began.
        from: [f64; 2],
        /// Where it ended.
        to: [f64; 2],
    },
    /// A click.
    Click([f64; 2]),
}

/// The pointers that are down and what they are about.
#[derive(Debug, Default)]
pub struct Gesture {
    places: BTreeMap<i32, [f64; 2]>,
    began: [f64; 2],
    selecting: bool,
    /// Too far from where it began, or with too many fingers, to be a click.
    moved: bool,
}

impl Gesture {
    /// A pointer goes down; `selecting` when it is to draw a rectangle or a line.
    pub fn down(&mut self, pointer: i32, at: [f64; 2], selecting: bool) {
        self.places.insert(pointer, at);
        if self.places.len() == 1 {
            self.began = at;
            self.selecting = selecting;
            self.moved = false;
        } else {
            self.selecting = false;
            self.moved = true;
        }
    }

    /// Whether no pointer is down.
    #[must_use]
    pub fn is_idle(&self) -> bool {
        self.places.is_empty()
    }

    /// A pointer that is down moves.
    pub fn moves(&mut self, pointer: i32, to: [f64; 2]) -> Action {
        let before = self.pair();
        let Some(place) = self.places.get_mut(&pointer) else {
            return Action::Nothing;
        };
        let by = [to[0] - place[0], to[1] - place[1]];
        self.moved |= distance(to, self.began) >= CLICK_WITHIN_PX;
        if !self.moved {
            // The place stays, so that a drag that begins does not lose its first pixels.
            return Action::Nothing;
        }
        *place = to;
        if let (Some((first, second)), Some((new_first, new_second))) = (before, self.pair()) {
            let (middle, new_middle) = (between(first, second), between(new_first, new_second));
            return Action::Pinch {
                factor: distance(new_first, new_second).max(1.0) / distance(first, second).max(1.0),
                at: new_middle,
                by: [new_middle[0] - middle[0], new_middle[1] - middle[1]],
            };
        }
        if self.selecting {
            Action::Region {
                from: self.began,
                to,
            }
        } else {
            Action::Drag(by)
        }
    }

    /// A pointer goes up.
    pub fn up(&mut self, pointer: i32, at: [f64; 2]) -> Action {
        if self.places.remove(&pointer).is_none() || !self.places.is_empty() {
            return Action::Nothing;
        }
        match (self.moved, self.selecting) {
            (false, _) => Action::Click(at),
            (true, true) => Action::RegionDone {
                from: self.began,
                to: at,
            },
            (true, false) => Action::Nothing,
        }
    }

    /// A pointer is taken away by the system.
    pub fn cancel(&mut self, pointer: i32) {
        self.places.remove(&pointer);
    }

    fn pair(&self) -> Option<([f64; 2], [f64; 2])> {
        let mut places = self.places.values();
        Some((*places.next()?, *places.next()?))
    }
}

/// Where on the canvas an event of its pointer is, px.
#[must_use]
pub fn place_of(event: &PointerEvent) -> [f64; 2] {
    [f64::from(event.offset_x()), f64::from(event.offset_y())]
}

/// How much nearer a turn of the wheel goes: by half a step at most, whatever the wheel counts in.
#[must_use]
pub fn wheel_factor(event: &WheelEvent) -> f64 {
    let lines = if event.delta_mode() == WheelEvent::DOM_DELTA_LINE {
        18.0
    } else {
        1.0
    };
    (-event.delta_y() * lines * 0.0016).clamp(-0.7, 0.7).exp()
}

fn distance(one: [f64; 2], other: [f64; 2]) -> f64 {
    (one[0] - other[0]).hypot(one[1] - other[1])
}

fn between(one: [f64; 2], other: [f64; 2]) -> [f64; 2] {
    [
        f64::midpoint(one[0], other[0]),
        f64::midpoint(one[1], other[1]),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_hand_that_trembles_still_clicks() {
        let mut gesture = Gesture::default();
        gesture.down(1, [10.0, 10.0], false);
        assert_eq!(gesture.moves(1, [12.0, 11.0]), Action::Nothing);
        assert_eq!(gesture.up(1, [12.0, 11.0]), Action::Click([12.0, 11.0]));
        assert!(gesture.is_idle());
    }

    #[test]
    fn a_drag_moves_by_all_the_way_it_went_and_is_no_click() {
        let mut gesture = Gesture::default();
        gesture.down(1, [10.0, 10.0], false);
        gesture.moves(1, [12.0, 10.0]);
        assert_eq!(gesture.moves(1, [16.0, 13.0]), Action::Drag([6.0, 3.0]));
        assert_eq!(gesture.moves(1, [10.0, 10.0]), Action::Drag([-6.0, -3.0]));
        assert_eq!(gesture.up(1, [10.0, 10.0]), Action::Nothing);
    }

    #[test]
    fn a_rectangle_runs_from_where_the_pointer_went_down() {
        let mut gesture = Gesture::default();
        gesture.down(1, [10.0, 10.0], true);
        let (from, to) = ([10.0, 10.0], [40.0, 5.0]);
        assert_eq!(gesture.moves(1, to), Action::Region { from, to });
        assert_eq!(gesture.up(1, to), Action::RegionDone { from, to });
    }

    #[test]
    fn two_fingers_twice_as_far_apart_zoom_by_two_around_their_middle() {
        let mut gesture = Gesture::default();
        gesture.down(1, [100.0, 100.0], false);
        gesture.down(2, [200.0, 100.0], false);
        let pinch = gesture.moves(2, [300.0, 100.0]);
        assert_eq!(
            pinch,
            Action::Pinch {
                factor: 2.0,
                at: [200.0, 100.0],
                by: [50.0, 0.0]
            }
        );
        assert_eq!(gesture.up(2, [300.0, 100.0]), Action::Nothing);
        assert_eq!(gesture.up(1, [100.0, 100.0]), Action::Nothing);
    }
}
