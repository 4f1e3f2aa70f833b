//! The electrical test of finished wafers.

use std::collections::BTreeMap;

use chrono::NaiveDate;
use synth::{FAILS_WITHOUT_DEFECT, Fab, Kind, Plan, TestBin, killers};

fn fab() -> Fab {
    let end = NaiveDate::from_ymd_opt(2026, 1, 1).expect("a day");
    let plan = Plan {
        scale: 0.5,
        ..Plan::new(3, end)
    };
    Fab::new(plan).expect("the plan is possible")
}

/// Chance breaks a bound of 4.5 standard deviations, on some 15 numbers, in 1 of 10,000 seeds.
#[test]
fn dies_die_of_their_defects_as_often_as_the_kinds_say() {
    let fab = fab();
    let (mut clean, mut clean_fails) = (0_u32, 0_u32);
    let mut alone: BTreeMap<Kind, (f64, f64)> = BTreeMap::new();
    let mut tested_lots = 0;
    for lot in fab.lots() {
        let tests = fab.wafer_tests(&lot);
        tested_lots += u32::from(!tests.is_empty());
        for test in tests {
            let killers = killers(&lot, test.wafer);
            for (die, bin) in &test.dies {
                match killers.get(die).map(Vec::as_slice) {
                    None => {
                        clean += 1;
                        clean_fails += u32::from(*bin != TestBin::Good);
                    }
                    Some([kind]) => {
                        let (dies, fails) = alone.entry(*kind).or_default();
                        *dies += 1.0;
                        *fails += f64::from(u8::from(*bin != TestBin::Good));
                    }
                    Some(_) => {}
                }
            }
        }
    }
    assert!(
        (15..=20).contains(&tested_lots),
        "{tested_lots} of 100 lots"
    );
    let near = |dies: f64, fails: f64, p: f64| {
        (fails - dies * p).abs() < 4.5 * (dies * p * (1.0 - p)).sqrt() + 1.0
    };
    assert!(
        near(clean.into(), clean_fails.into(), FAILS_WITHOUT_DEFECT),
        "{clean_fails} of {clean}"
    );
    assert!(alone.len() > 10);
    for (kind, (dies, fails)) in alone {
        let p = 1.0 - (1.0 - FAILS_WITHOUT_DEFECT) * (1.0 - kind.kill_probability());
        assert!(
            near(dies, fails, p),
            "{kind:?}: {fails} of {dies} dies, expected {p}"
        );
    }
}

#[test]
fn a_map_is_a_g85_file_of_its_dies_and_always_the_same() {
    let fab = fab();
    let lot = fab
        .lots()
        .find(|lot| !fab.wafer_tests(lot).is_empty())
        .expect("a tested lot");
    let test = &fab.wafer_tests(&lot)[0];
    assert_eq!(&fab.wafer_tests(&fab.lot(lot.number))[0], test);
    let text = test.g85(&lot);
    let rows: Vec<&str> = text
        .lines()
        .filter_map(|line| line.strip_prefix("<Row>"))
        .collect();
    let (left, bottom) = test.first_die();
    for ((x, y), bin) in &test.dies {
        let row = rows[rows.len() - 1 - (y - bottom) as usize];
        let column = 2 * (x - left) as usize;
        assert_eq!(&row[column..column + 2], bin.code());
    }
    let codes = rows
        .iter()
        .map(|row| row.trim_end_matches("</Row>").len() / 2);
    let nulls = rows.iter().map(|row| {
        row.as_bytes()
            .chunks(2)
            .filter(|code| code == b"FF")
            .count()
    });
    assert_eq!(codes.sum::<usize>() - nulls.sum::<usize>(), test.dies.len());
}

#[test]
fn kinds_that_the_fab_calls_killers_kill_more_often_than_the_others() {
    for kind in Kind::ALL {
        let is_killer = kind.defect_type().is_killer;
        assert_eq!(kind.kill_probability() >= 0.5, is_killer, "{kind:?}");
    }
}
