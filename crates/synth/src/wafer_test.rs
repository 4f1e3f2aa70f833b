//! The electrical test of finished wafers: defects kill dies, and some dies fail without one.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;

use chrono::{DateTime, Duration, Utc};
use rand::Rng;
use serde::Serialize;

use crate::stream::{Place, Purpose, stream};
use crate::{Defect, Fab, Geometry, Kind, Lot};

/// One lot in so many is tested within the records.
const TESTED_LOTS: u32 = 5;
/// Share of dies without a defect that fail: design, parametric drift, the test itself.
pub const FAILS_WITHOUT_DEFECT: f64 = 0.03;
/// Days from the last inspection to the test.
const DAYS_TO_TEST: i64 = 2;
/// Code of places without a die.
const NULL_BIN: &str = "FF";

/// A bin of the test program.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
pub enum TestBin {
    /// The die works.
    Good,
    /// A line or contact is open.
    Open,
    /// Two nets are joined.
    Short,
    /// Too much current at rest.
    Leakage,
    /// A function fails.
    Functional,
    /// A value is outside its limits.
    Parametric,
}

impl TestBin {
    const ALL: [Self; 6] = [
        Self::Good,
        Self::Open,
        Self::Short,
        Self::Leakage,
        Self::Functional,
        Self::Parametric,
    ];

    /// Two hexadecimal digits.
    #[must_use]
    pub fn code(self) -> &'static str {
        match self {
            Self::Good => "01",
            Self::Open => "11",
            Self::Short => "12",
            Self::Leakage => "13",
            Self::Functional => "14",
            Self::Parametric => "1F",
        }
    }

    fn description(self) -> &'static str {
        match self {
            Self::Good => "good",
            Self::Open => "open",
            Self::Short => "short",
            Self::Leakage => "leakage",
            Self::Functional => "functional fail",
            Self::Parametric => "parametric fail",
        }
    }
}

impl Kind {
    /// Probability that a defect of this kind kills the die it lies on.
    #[must_use]
    pub fn kill_probability(self) -> f64 {
        match self {
            Self::Particle => 0.15,
            Self::EmbeddedParticle => 0.5,
            Self::MetalParticle => 0.6,
            Self::Scratch => 0.7,
            Self::Residue => 0.1,
            Self::SlurryResidue => 0.05,
            Self::Pit => 0.1,
            Self::Void => 0.65,
            Self::Bridge => 0.8,
            Self::BrokenLine => 0.85,
            Self::MissingPattern => 0.75,
            Self::PatternCollapse => 0.9,
            Self::CrystalOriginatedParticle => 0.04,
            Self::StackingFault => 0.2,
            Self::Corrosion => 0.5,
            Self::Discoloration => 0.0,
            Self::Watermark => 0.02,
            Self::Flake => 0.6,
        }
    }

    /// The bin of a die that it kills.
    fn fail_bin(self) -> TestBin {
        match self {
            Self::BrokenLine | Self::MissingPattern | Self::Void => TestBin::Open,
            Self::Bridge | Self::MetalParticle | Self::PatternCollapse => TestBin::Short,
            Self::StackingFault
            | Self::CrystalOriginatedParticle
            | Self::Pit
            | Self::EmbeddedParticle
            | Self::Corrosion => TestBin::Leakage,
            _ => TestBin::Functional,
        }
    }
}

/// The test of one wafer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct WaferTest {
    /// Index of the wafer in its lot.
    pub wafer: usize,
    /// When it ended.
    pub tested_at: DateTime<Utc>,
    /// Bin of each whole die of the inspected area, by column and row.
    pub dies: BTreeMap<(i32, i32), TestBin>,
}

impl Fab {
    /// The tests of a lot's wafers that were inspected at the last step: of one lot in five.
    #[must_use]
    pub fn wafer_tests(&self, lot: &Lot) -> Vec<WaferTest> {
        if lot.number % TESTED_LOTS != 1 {
            return Vec::new();
        }
        let last_step = self.steps().len() - 1;
        let finished: BTreeMap<usize, DateTime<Utc>> = lot
            .inspections
            .iter()
            .filter(|inspection| inspection.step == last_step)
            .map(|inspection| (inspection.wafer, inspection.inspected_at))
            .collect();
        let tests = finished.into_iter().map(|(wafer, at)| WaferTest {
            wafer,
            tested_at: at + Duration::days(DAYS_TO_TEST),
            dies: self.tested_dies(lot, wafer),
        });
        tests
            .filter(|test| test.tested_at < self.plan().to())
            .collect()
    }

    fn tested_dies(&self, lot: &Lot, wafer: usize) -> BTreeMap<(i32, i32), TestBin> {
        let place = Place {
            lot: lot.number,
            slot: lot.wafers[wafer].slot,
            ..Place::default()
        };
        let mut rng = stream(self.plan().seed, Purpose::WaferTest, place);
        let killers = killers(lot, wafer);
        let geometry = &self.products()[lot.product].geometry;
        let mut tested = BTreeMap::new();
        for die in whole_dies(geometry) {
            let mut bin = match rng.random_bool(FAILS_WITHOUT_DEFECT) {
                true => TestBin::Parametric,
                false => TestBin::Good,
            };
            for kind in killers.get(&die).into_iter().flatten() {
                let is_killed = rng.random_bool(kind.kill_probability());
                if is_killed && bin == TestBin::Good {
                    bin = kind.fail_bin();
                }
            }
            tested.insert(die, bin);
        }
        tested
    }
}

/// The kinds of the defects on each die of a wafer, each defect once, however many inspections saw it.
#[must_use]
pub fn killers(lot: &Lot, wafer: usize) -> BTreeMap<(i32, i32), Vec<Kind>> {
    let inspections = lot.inspections.iter().filter(|one| one.wafer == wafer);
    let mut seen = BTreeSet::new();
    let mut killers: BTreeMap<(i32, i32), Vec<Kind>> = BTreeMap::new();
    let defects = inspections.flat_map(|inspection| &inspection.defects);
    for Defect {
        truth,
        kind,
        die_x,
        die_y,
        ..
    } in defects
    {
        if seen.insert(truth.origin) {
            killers.entry((*die_x, *die_y)).or_default().push(*kind);
        }
    }
    killers
}

/// Dies that lie in the inspected area with all four corners.
fn whole_dies(geometry: &Geometry) -> impl Iterator<Item = (i32, i32)> {
    let radius = geometry.usable_radius_mm();
    let (origin, pitch) = (geometry.die_origin_mm, geometry.pitch_mm);
    let far = |index: i32, origin: f64, pitch: f64| {
        let low = origin + f64::from(index) * pitch;
        low.abs().max((low + pitch).abs())
    };
    let dies = geometry.dies.iter().copied();
    dies.filter(move |&(x, y)| {
        let corner = libm::hypot(far(x, origin.x, pitch.x), far(y, origin.y, pitch.y));
        corner <= radius
    })
}

impl WaferTest {
    /// The first column and the lowest row of its dies.
    #[must_use]
    pub fn first_die(&self) -> (i32, i32) {
        let bounds = self.bounds();
        (bounds.0.0, bounds.1.0)
    }

    /// The map as the prober writes it: SEMI G85, notch down, the top row first.
    #[must_use]
    pub fn g85(&self, lot: &Lot) -> String {
        let wafer = &lot.wafers[self.wafer];
        let ((left, right), (bottom, top)) = self.bounds();
        let (columns, rows) = (right - left + 1, top - bottom + 1);
        let mut text = format!(
            "<?xml version=\"1.0\" encoding=\"utf-8\"?>\n<Maps>\n<Map WaferId=\"{}\" FormatRevision=\"G85-1101\">\n\
             <Device LotId=\"{}\" CreateDate=\"{}\" Rows=\"{rows}\" Columns=\"{columns}\" Orientation=\"0\" \
             OriginLocation=\"LowerLeft\" BinType=\"HexaDecimal\" NullBin=\"{NULL_BIN}\">\n",
            wafer.wafer_id,
            lot.lot_id,
            self.tested_at.format("%Y%m%d%H%M%S")
        );
        for bin in TestBin::ALL {
            let count = self.dies.values().filter(|of| **of == bin).count();
            let quality = if bin == TestBin::Good { "Pass" } else { "Fail" };
            let (code, description) = (bin.code(), bin.description());
            let _ = writeln!(
                text,
                "<Bin BinCode=\"{code}\" BinCount=\"{count}\" BinQuality=\"{quality}\" BinDescription=\"{description}\"/>"
            );
        }
        text.push_str("<Data MapName=\"wafer sort\" Version=\"1\">\n");
        for y in (bottom..=top).rev() {
            text.push_str("<Row>");
            for x in left..=right {
                text.push_str(self.dies.get(&(x, y)).map_or(NULL_BIN, |bin| bin.code()));
            }
            text.push_str("</Row>\n");
        }
        text.push_str("</Data>\n</Device>\n</Map>\n</Maps>\n");
        text
    }

    /// Least and greatest column, least and greatest row.
    fn bounds(&self) -> ((i32, i32), (i32, i32)) {
        let of = |part: fn(&(i32, i32)) -> i32| {
            let indices = self.dies.keys().map(part);
            let (least, most) = (indices.clone().min(), indices.max());
            (least.unwrap_or_default(), most.unwrap_or_default())
        };
        (of(|die| die.0), of(|die| die.1))
    }
}
