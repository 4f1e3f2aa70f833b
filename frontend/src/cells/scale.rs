//! From values to colours: one scale for many pictures.

use crate::format;

/// How values lie along the colours.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScaleKind {
    /// Every factor has the same step: small counts stay apart beside large ones.
    Log,
    /// Every difference has the same step.
    Linear,
}

impl ScaleKind {
    /// What the URL says; logarithmic where it says nothing.
    #[must_use]
    pub fn of_url(value: Option<&str>) -> Self {
        match value {
            Some("linear") => Self::Linear,
            _ => Self::Log,
        }
    }
}

/// Values from `low` to `high` along the colours.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Scale {
    kind: ScaleKind,
    low: f64,
    high: f64,
    whole: bool,
}

/// A value that the legend names.
#[derive(Clone, Debug, PartialEq)]
pub struct Tick {
    /// Where, from 0 to 1 along the colours.
    pub place: f64,
    /// Its value as people read it.
    pub text: String,
}

/// Ticks nearer to each other than this share of the scale would run into each other.
const APART: f64 = 0.14;

impl Scale {
    /// Of counts from 1 to `most`.
    #[must_use]
    pub fn of_counts(kind: ScaleKind, most: u32) -> Self {
        Self {
            kind,
            low: 1.0,
            high: f64::from(most.max(1)),
            whole: true,
        }
    }

    /// Of other values, such as densities: the smallest and the largest of those above 0 are the ends of a
    /// logarithmic scale; a linear one begins at 0.
    #[must_use]
    pub fn of_values(kind: ScaleKind, values: impl Iterator<Item = f64>) -> Self {
        let (mut low, mut high) = (f64::INFINITY, 0.0_f64);
        for value in values.filter(|&value| value > 0.0 && value.is_finite()) {
            low = low.min(value);
            high = high.max(value);
        }
        let low = match kind {
            ScaleKind::Linear => 0.0,
            ScaleKind::Log => low.min(high),
        };
        Self {
            kind,
            low,
            high,
            whole: false,
        }
    }

    /// Where a value lies, from 0 to 1; a scale of a single value puts it at the end.
    #[must_use]
    pub fn place(self, value: f64) -> f64 {
        let place = match self.kind {
            _ if self.high <= self.low => 1.0,
            ScaleKind::Linear => (value - self.low) / (self.high - self.low),
            ScaleKind::Log => (value.max(self.low) / self.low).ln() / (self.high / self.low).ln(),
        };
        place.clamp(0.0, 1.0)
    }

    /// Values to name: both ends and round ones between them, as many as have room.
    #[must_use]
    pub fn ticks(self) -> Vec<Tick> {
        let tick = |value: f64| Tick {
            place: self.place(value),
            text: self.text(value),
        };
        if self.high <= self.low {
            return vec![tick(self.high)];
        }
        let mut ticks = vec![tick(self.low)];
        for value in self.round_values() {
            let tick = tick(value);
            let before = ticks.last().map_or(0.0, |last: &Tick| last.place);
            if tick.place - before >= APART && 1.0 - tick.place >= APART {
                ticks.push(tick);
            }
        }
        ticks.push(tick(self.high));
        ticks
    }

    fn text(self, value: f64) -> String {
        match self.whole {
            true => format::count(value.round() as i64),
            false => format::significant(value),
        }
    }

    /// Round values between the ends, ascending.
    fn round_values(self) -> Vec<f64> {
        match self.kind {
            ScaleKind::Log => {
                let decades = (self.high / self.low).log10();
                let steps: &[f64] = if decades > 2.0 {
                    &[1.0]
                } else {
                    &[1.0, 2.0, 5.0]
                };
                let (first, last) = (self.low.log10().floor(), self.high.log10().ceil());
                let mut values = Vec::new();
                let mut power = first;
                while power <= last {
                    values.extend(steps.iter().map(|step| step * 10_f64.powf(power)));
                    power += 1.0;
                }
                values.retain(|value| *value > self.low && *value < self.high);
                values
            }
            ScaleKind::Linear => {
                let step = crate::canvas::round_length((self.high - self.low) / 3.0);
                let step = if self.whole { step.max(1.0) } else { step };
                let mut value = (self.low / step).floor() * step + step;
                let mut values = Vec::new();
                while value < self.high {
                    values.push(value);
                    value += step;
                }
                values
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(scale: Scale) -> Vec<String> {
        scale.ticks().into_iter().map(|tick| tick.text).collect()
    }

    #[test]
    fn the_ends_of_the_scale_are_the_ends_of_the_colours() {
        for kind in [ScaleKind::Log, ScaleKind::Linear] {
            let scale = Scale::of_counts(kind, 500);
            assert!(scale.place(1.0).abs() < 1e-12 && (scale.place(500.0) - 1.0).abs() < 1e-12);
            assert!((scale.place(9000.0) - 1.0).abs() < 1e-12);
        }
        let half = Scale::of_counts(ScaleKind::Log, 100).place(10.0);
        assert!((half - 0.5).abs() < 1e-12);
    }

    #[test]
    fn the_legend_names_the_ends_and_round_values_between_them() {
        assert_eq!(
            texts(Scale::of_counts(ScaleKind::Log, 640)),
            ["1", "10", "100", "640"]
        );
        assert_eq!(
            texts(Scale::of_counts(ScaleKind::Linear, 640)),
            ["1", "200", "400", "640"]
        );
        assert_eq!(texts(Scale::of_counts(ScaleKind::Log, 3)), ["1", "2", "3"]);
    }

    #[test]
    fn wafers_with_single_defects_have_a_scale_of_one_value() {
        let scale = Scale::of_counts(ScaleKind::Log, 1);
        assert_eq!(texts(scale), ["1"]);
        assert!((scale.place(1.0) - 1.0).abs() < f64::EPSILON);
        assert_eq!(texts(Scale::of_counts(ScaleKind::Linear, 0)), ["1"]);
    }

    #[test]
    fn a_linear_scale_of_densities_begins_at_0_and_a_logarithmic_one_at_the_smallest() {
        let values = [0.0, 0.02, 4.0];
        assert_eq!(
            texts(Scale::of_values(ScaleKind::Linear, values.into_iter()))[0],
            "0"
        );
        assert_eq!(
            texts(Scale::of_values(ScaleKind::Log, values.into_iter())),
            ["0.0200", "0.100", "1.00", "4.00"]
        );
        assert_eq!(
            texts(Scale::of_values(ScaleKind::Log, std::iter::empty())),
            ["0"]
        );
    }
}
