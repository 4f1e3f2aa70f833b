//! How long the clusters of 100,000 defects take, beside sorting the same points: half in heaps, half anywhere; and all anywhere.

use std::f64::consts::TAU;
use std::hint::black_box;
use std::time::{Duration, Instant};

use analytics::spatial::{dbscan, default_reach};

const RADIUS_MM: f64 = 147.0;
const DEFECTS: usize = 100_000;
const HEAPS: usize = 50;
const RUNS: usize = 9;

fn main() {
    let mut state = 1_u64;
    let mut next = || {
        // Knuth's MMIX generator: enough for even points.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut within = |middle: (f64, f64), radius: f64| {
        let (radius, angle) = (radius * next().sqrt(), TAU * next());
        (
            middle.0 + radius * angle.cos(),
            middle.1 + radius * angle.sin(),
        )
    };
    let even: Vec<_> = (0..DEFECTS)
        .map(|_| within((0.0, 0.0), RADIUS_MM))
        .collect();
    let middles: Vec<_> = (0..HEAPS)
        .map(|_| within((0.0, 0.0), 0.9 * RADIUS_MM))
        .collect();
    let in_heaps = (0..DEFECTS).map(|index| match index % 2 {
        0 => within(middles[index / 2 % HEAPS], 3.0),
        _ => even[index],
    });
    let in_heaps: Vec<_> = in_heaps.collect();
    report("half in heaps", &in_heaps);
    report("anywhere", &even);
}

fn report(name: &str, points: &[(f64, f64)]) {
    let area_mm2 = std::f64::consts::PI * RADIUS_MM * RADIUS_MM;
    let default = default_reach(points, area_mm2).expect("the area is above 0");
    let sorting = median(|| {
        let mut sorted = points.to_vec();
        sorted.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1)));
        black_box(sorted);
    });
    let clusters = median(|| {
        let found = dbscan(points, default.reach_mm, default.min_points);
        black_box(found.expect("points are finite"));
    });
    println!(
        "{} defects {name}: reach {:.3} mm, {} neighbours: clusters {:.1} ms, sorting {:.1} ms, ratio {:.1}",
        points.len(),
        default.reach_mm,
        default.min_points,
        milliseconds(clusters),
        milliseconds(sorting),
        clusters.as_secs_f64() / sorting.as_secs_f64()
    );
}

fn median(mut run: impl FnMut()) -> Duration {
    let mut times: Vec<Duration> = (0..RUNS)
        .map(|_| {
            let start = Instant::now();
            run();
            start.elapsed()
        })
        .collect();
    times.sort();
    times[RUNS / 2]
}

fn milliseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e3
}
