//! How long it takes to compare two inspections of a wafer.
//!
//! `cargo bench -p analytics --bench adders`

// The macros of criterion make public functions without a doc.
#![allow(missing_docs)]

use analytics::spatial::{Route, register};
use criterion::{Criterion, criterion_group, criterion_main};

/// Defects of a 300 mm wafer, spread evenly, and as many again of which half lie on the first, shifted by 20 um and turned.
fn wafers(count: usize) -> [Vec<(f64, f64)>; 2] {
    let mut state = 7_u64;
    let mut number = move || {
        // Knuth's MMIX generator: enough for even points.
        state = state
            .wrapping_mul(6_364_136_223_846_793_005)
            .wrapping_add(1_442_695_040_888_963_407);
        (state >> 11) as f64 / (1_u64 << 53) as f64
    };
    let mut place = move || {
        let (radius, angle) = (147.0 * number().sqrt(), std::f64::consts::TAU * number());
        (radius * angle.cos(), radius * angle.sin())
    };
    let first: Vec<_> = (0..count).map(|_| place()).collect();
    let mut second = Vec::with_capacity(count);
    for (index, &(x, y)) in first.iter().enumerate() {
        let error = place();
        second.push(if index % 2 == 0 {
            let (x, y) = (x + 2e-4 * -y, y + 2e-4 * x);
            (x + 0.02 + 5e-5 * error.0, y - 0.01 + 5e-5 * error.1)
        } else {
            place()
        });
    }
    [first, second]
}

fn adders(criterion: &mut Criterion) {
    for count in [100_000, 1_000_000] {
        let [first, second] = wafers(count);
        let mut group = criterion.benchmark_group(format!("{count} x {count} defects"));
        group.sample_size(10);
        group.bench_function("registration", |bench| {
            bench.iter(|| register(&first, &second, Some((11.0, 9.0))));
        });
        let mut route = Route::new(None, Some((11.0, 9.0))).expect("no parameter is wrong");
        let judged = route.judge(&first).expect("positions are finite");
        route.join(&first, &judged);
        group.bench_function("adders", |bench| bench.iter(|| route.judge(&second)));
        group.finish();
    }
}

criterion_group!(benches, adders);
criterion_main!(benches);
