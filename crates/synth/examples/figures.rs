//! What a fab holds, and how fast it is made: `cargo run --release -p synth --example figures -- SEED SCALE`.

use std::time::Instant;

use chrono::NaiveDate;
use synth::{Fab, Plan, Truth};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let mut arguments = std::env::args().skip(1);
    let seed = arguments.next().map_or(Ok(1), |text| text.parse())?;
    let scale = arguments.next().map_or(Ok(1.0), |text| text.parse())?;
    let end = NaiveDate::from_ymd_opt(2026, 1, 1).ok_or("no such day")?;
    let fab = Fab::new(Plan {
        scale,
        ..Plan::new(seed, end)
    })?;
    let start = Instant::now();
    let mut truth = Truth::new(&fab);
    for lot in fab.lots() {
        truth.add(&fab, &lot);
    }
    let seconds = start.elapsed().as_secs_f64();
    println!("{:#?}", truth.counts);
    for excursion in &truth.excursions {
        let id = excursion.excursion.id;
        let (touched, made) = (excursion.touched_inspections, excursion.made_defects);
        println!("{id}: {touched} inspections, {made} defects");
        println!("    {}", excursion.excursion.story);
    }
    let rate = truth.counts.defects as f64 / seconds;
    println!("{seconds:.1} s, {rate:.0} defects/s, one thread");
    Ok(())
}
