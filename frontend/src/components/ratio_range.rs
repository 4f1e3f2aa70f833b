//! A ratio with its confidence interval, drawn on a logarithmic axis: what is right of 1 is more, left of it less.

use leptos::prelude::*;

use crate::format;

/// Width and height of the drawing, in its own units.
const WIDTH: f64 = 120.0;
const HEIGHT: f64 = 16.0;
/// Ratios beyond these are drawn at the end of the axis.
const WIDEST: f64 = 64.0;

/// A ratio and its 95 % confidence limits; what is absent is unbounded.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Range {
    /// The ratio.
    pub ratio: Option<f64>,
    /// Lower limit, 0 or more.
    pub low: f64,
    /// Upper limit.
    pub high: Option<f64>,
}

impl Range {
    /// `×2.30 (1.80 to 2.90)`.
    pub fn words(self) -> String {
        let ratio = match self.ratio {
            Some(ratio) => format!("×{}", format::significant(ratio)),
            None => "new".to_owned(),
        };
        let low = format::significant(self.low);
        match self.high {
            Some(high) => format!("{ratio} ({low} to {})", format::significant(high)),
            None => format!("{ratio} ({low} or more)"),
        }
    }
}

/// An axis on which all ranges of a table stand: from 1/n to n, n a power of 2.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct RatioAxis {
    widest: f64,
}

impl RatioAxis {
    /// The narrowest axis that holds all bounded ranges.
    pub fn of(ranges: impl Iterator<Item = Range>) -> Self {
        let far = |value: f64| if value < 1.0 { 1.0 / value } else { value };
        let ends = ranges.flat_map(|range| [range.ratio, Some(range.low), range.high]);
        let farthest = ends
            .flatten()
            .filter(|&value| value > 0.0 && value.is_finite())
            .map(far)
            .fold(2.0, f64::max);
        Self {
            widest: 2.0_f64.powf(farthest.min(WIDEST).log2().ceil()),
        }
    }

    /// Where a ratio stands, 0 to 1 from the left; beyond the ends, at them.
    pub fn place(self, ratio: f64) -> f64 {
        let turns = ratio.max(f64::MIN_POSITIVE).log2() / self.widest.log2();
        turns.clamp(-1.0, 1.0).mul_add(0.5, 0.5)
    }
}

/// Head of a column of ranges: the ends of its axis.
#[component]
pub fn RatioScale(
    /// The axis of the table.
    #[prop(into)]
    axis: Signal<RatioAxis>,
) -> impl IntoView {
    let end = move || format::count(axis.read().widest as i64);
    view! { <span class="ratio-scale" aria-hidden="true"><span>{move || format!("÷{}", end())}</span><span>"1"</span><span>{move || format!("×{}", end())}</span></span> }
}

/// A range; hidden from screen readers, for it stands beside its figures.
#[component]
pub fn RatioRange(
    /// What is drawn.
    range: Range,
    /// The axis of the table.
    axis: RatioAxis,
    /// More or less than chance would do.
    stands_out: bool,
) -> impl IntoView {
    let at = move |ratio: f64| axis.place(ratio) * (WIDTH - 8.0) + 4.0;
    let (from, to) = (at(range.low), range.high.map_or(WIDTH, at));
    let is_more = range.ratio.is_none_or(|ratio| ratio >= 1.0);
    let class = match (stands_out, is_more) {
        (false, _) => "ratio-range",
        (true, true) => "ratio-range is-more",
        (true, false) => "ratio-range is-less",
    };
    let middle = HEIGHT / 2.0;
    view! {
        <svg class=class viewBox=format!("0 0 {WIDTH} {HEIGHT}") aria-hidden="true" focusable="false">
            <line class="ratio-one" x1=at(1.0) x2=at(1.0) y1="0" y2=HEIGHT></line>
            <line class="ratio-interval" x1=from x2=to y1=middle y2=middle></line>
            {range.ratio.map(|ratio| view! { <circle cx=at(ratio) cy=middle r="3.5"></circle> })}
        </svg>
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn range(ratio: f64, low: f64, high: f64) -> Range {
        Range {
            ratio: Some(ratio),
            low,
            high: Some(high),
        }
    }

    #[test]
    fn twice_and_half_stand_equally_far_from_one() {
        let axis = RatioAxis::of([range(2.0, 0.5, 3.0)].into_iter());
        assert!((axis.place(1.0) - 0.5).abs() < 1e-12);
        assert!((axis.place(2.0) + axis.place(0.5) - 1.0).abs() < 1e-12);
        assert!(
            (axis.place(4.0) - 1.0).abs() < 1e-12,
            "the axis ends at a power of 2"
        );
    }

    #[test]
    fn what_lies_beyond_the_axis_stands_at_its_end() {
        let axis = RatioAxis::of([range(1000.0, 0.0, 4000.0)].into_iter());
        assert_eq!((axis.place(1000.0), axis.place(0.0)), (1.0, 0.0));
    }

    #[test]
    fn an_unbounded_range_says_so() {
        let new = Range {
            ratio: None,
            low: 1.8,
            high: None,
        };
        assert_eq!(new.words(), "new (1.80 or more)");
        assert_eq!(range(2.3, 1.8, 2.9).words(), "×2.30 (1.80 to 2.90)");
    }
}
