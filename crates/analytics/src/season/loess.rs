//! Local regression on evenly spaced values, as STL uses it: W. S. Cleveland (1979).

/// A smoother: how many neighbours it weighs, the degree of its local polynomial, and at how many
/// points it is evaluated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Smoother {
    /// Width of the window in points, odd. A window beyond the series widens the weights further.
    pub window: usize,
    /// 0 for a local mean, 1 for a local line.
    pub degree: u8,
    /// Evaluated at every `jump`-th point, with straight lines between; 1 evaluates everywhere.
    pub jump: usize,
}

impl Smoother {
    /// A smoother that is evaluated everywhere.
    pub fn new(window: usize, degree: u8) -> Self {
        Self {
            window,
            degree,
            jump: 1,
        }
    }

    /// The same, evaluated ten times in each window, which is what the authors of STL recommend
    /// for long series: time then no longer grows with the window.
    pub fn with_recommended_jump(self) -> Self {
        Self {
            jump: self.window.div_ceil(10),
            ..self
        }
    }

    /// The smooth series at its own places.
    pub(super) fn smooth(&self, values: &[f64], weights: Option<&[f64]>) -> Vec<f64> {
        let n = values.len();
        if n < 2 {
            return values.to_vec();
        }
        let jump = self.jump.min(n - 1);
        let evaluate = |place: usize, window: (usize, usize)| {
            let fitted = self.at(place as f64 + 1.0, window, values, weights);
            fitted.unwrap_or(values[place])
        };
        let mut smooth = vec![0.0; n];
        let mut window = self.window_at(0, n);
        for place in (0..n).step_by(jump) {
            window = self.window_at(place, n);
            smooth[place] = evaluate(place, window);
        }
        let last = (n - 1) / jump * jump;
        for place in (0..last).step_by(jump) {
            interpolate(&mut smooth, place, place + jump);
        }
        if last != n - 1 {
            smooth[n - 1] = evaluate(n - 1, window);
            interpolate(&mut smooth, last, n - 1);
        }
        smooth
    }

    /// The smooth value at any place `x` (1 is the first value), by the values of a window of
    /// places, first and last included; `None` where no value has weight.
    pub(super) fn at(
        &self,
        x: f64,
        (first, last): (usize, usize),
        values: &[f64],
        weights: Option<&[f64]>,
    ) -> Option<f64> {
        let n = values.len();
        let mut reach = (x - first as f64).max(last as f64 - x);
        if self.window > n {
            reach += ((self.window - n) / 2) as f64;
        }
        let mut shares: Vec<f64> = (first..=last)
            .map(|place| {
                let share = tricube((place as f64 - x).abs(), reach);
                share * weights.map_or(1.0, |weights| weights[place - 1])
            })
            .collect();
        let total: f64 = shares.iter().sum();
        if total <= 0.0 {
            return None;
        }
        shares.iter_mut().for_each(|share| *share /= total);
        if reach > 0.0 && self.degree > 0 {
            tilt(&mut shares, first, x, n);
        }
        let window = &values[first - 1..last];
        Some(shares.iter().zip(window).map(|(s, value)| s * value).sum())
    }

    /// The window of places (from 1) around a place (from 0), moved inwards at both ends.
    fn window_at(&self, place: usize, n: usize) -> (usize, usize) {
        if self.window >= n {
            return (1, n);
        }
        let half = self.window.div_ceil(2);
        let first = (place + 2)
            .saturating_sub(half)
            .clamp(1, n - self.window + 1);
        (first, first + self.window - 1)
    }
}

/// Weight of a value at a distance: 1 nearby, 0 from the reach on.
fn tricube(distance: f64, reach: f64) -> f64 {
    if distance <= 0.001 * reach {
        1.0
    } else if distance <= 0.999 * reach {
        (1.0 - (distance / reach).powi(3)).powi(3)
    } else {
        0.0
    }
}

/// Turns the weights of a mean into those of a line at `x`, unless the places hardly differ.
fn tilt(shares: &mut [f64], first: usize, x: f64, n: usize) {
    let places = || (first..).map(|place| place as f64);
    let mean: f64 = shares.iter().zip(places()).map(|(s, p)| s * p).sum();
    let spread = shares
        .iter()
        .zip(places())
        .map(|(s, p)| s * (p - mean).powi(2));
    let spread: f64 = spread.sum();
    if spread.sqrt() > 0.001 * (n as f64 - 1.0) {
        let slope = (x - mean) / spread;
        for (share, place) in shares.iter_mut().zip(places()) {
            *share *= slope * (place - mean) + 1.0;
        }
    }
}

/// Straight line between two places that are set.
fn interpolate(values: &mut [f64], from: usize, to: usize) {
    let step = (values[to] - values[from]) / (to - from) as f64;
    for place in from + 1..to {
        values[place] = values[from] + step * (place - from) as f64;
    }
}
