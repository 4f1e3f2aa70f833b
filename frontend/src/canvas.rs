//! What is drawn on a canvas of our own shares: what hands do on it, how large it is, when it is painted,
//! a scale bar of a round length.

mod gesture;
mod scale;
mod stage;

pub use gesture::{Action, Gesture, place_of, wheel_factor};
pub use scale::round_length;
pub use stage::{Viewport, begin, context, dash, follow_size, once_a_frame};
