//! The tools that look at wafers: eight inspectors, two review SEMs, two metrology tools.

use chrono::{Duration, NaiveDate};
use fake::Fake;
use fake::faker::number::en::NumberWithFormat;
use fake::rand::RngExt;
use serde::Serialize;

use crate::Plan;
use crate::stream::{FakeStream, Purpose, fake_stream};

/// What a tool is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Use {
    /// Finds defects.
    Inspection,
    /// Takes images and spectra of defects that were found.
    Review,
    /// Measures widths, overlay, films.
    Metrology,
}

/// A tool of the fab.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct Equipment {
    /// Id, a KLARF file's third text of `InspectionStationID`.
    pub equipment_id: &'static str,
    /// Name that people use.
    pub name: &'static str,
    /// What it is for.
    pub purpose: Use,
    /// Maker; there is none of this name.
    pub manufacturer: &'static str,
    /// Model; there is none of this name.
    pub model: &'static str,
    /// Bay.
    pub location: String,
    /// Serial number.
    pub serial_number: String,
    /// Version of its software.
    pub software_version: String,
    /// When it was installed.
    pub installed: NaiveDate,
    /// When it was calibrated last.
    pub last_calibration: NaiveDate,
    /// When it is due.
    pub next_calibration: NaiveDate,
    /// Days on which it was serviced, oldest first, with what was done.
    pub maintenance: Vec<(NaiveDate, &'static str)>,
    /// How well it sees; `None` for tools that find no defects.
    pub sight: Option<Sight>,
}

/// How well an inspection tool sees.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Sight {
    /// Smallest size reported, um.
    pub limit_um: f64,
    /// Probability that a defect above the limit is reported.
    pub capture: f64,
    /// Where it reports a defect, less where the defect is, mm: the same for all of them.
    pub offset_mm: (f64, f64),
    /// Standard deviation of each coordinate around that, mm.
    pub registration_mm: f64,
    /// Standard deviation of the logarithm of a size, at most [`Sight::MOST_SIZING`].
    pub sizing: f64,
    /// Minutes a wafer.
    pub minutes: f64,
}

impl Sight {
    /// Bound of [`Sight::sizing`].
    pub const MOST_SIZING: f64 = 0.03;
    /// Errors of sizes are cut off at so many standard deviations.
    pub const SIZING_REACH: f64 = 4.0;
}

/// Indices of the inspectors.
pub(crate) mod tool {
    pub const SURFACE: usize = 0;
    pub const DARK_1: usize = 1;
    pub const DARK_2: usize = 2;
    pub const DARK_3: usize = 3;
    pub const BRIGHT_1: usize = 4;
    pub const BRIGHT_2: usize = 5;
    pub const BRIGHT_3: usize = 6;
    pub const MACRO: usize = 7;
    /// The two review SEMs.
    pub const REVIEW: [usize; 2] = [8, 9];
}

/// Id, name, use, maker, model.
type Label = (&'static str, &'static str, Use, &'static str, &'static str);

const LABELS: [Label; 12] = [
    (
        "INS-SP1",
        "Surface scan 1",
        Use::Inspection,
        "Lumetra",
        "Glint SP-70",
    ),
    (
        "INS-DF1",
        "Dark field 1",
        Use::Inspection,
        "Lumetra",
        "Umbra DF-9",
    ),
    (
        "INS-DF2",
        "Dark field 2",
        Use::Inspection,
        "Lumetra",
        "Umbra DF-9",
    ),
    (
        "INS-DF3",
        "Dark field 3",
        Use::Inspection,
        "Lumetra",
        "Umbra DF-7",
    ),
    (
        "INS-BF1",
        "Bright field 1",
        Use::Inspection,
        "Halden Optics",
        "Corona 3900",
    ),
    (
        "INS-BF2",
        "Bright field 2",
        Use::Inspection,
        "Halden Optics",
        "Corona 3900",
    ),
    (
        "INS-BF3",
        "Bright field 3",
        Use::Inspection,
        "Halden Optics",
        "Corona 2900",
    ),
    (
        "INS-MA1",
        "Macro 1",
        Use::Inspection,
        "Panoptis",
        "Overview M4",
    ),
    (
        "REV-SEM1",
        "Review SEM 1",
        Use::Review,
        "Tessera Beam",
        "Closer R5",
    ),
    (
        "REV-SEM2",
        "Review SEM 2",
        Use::Review,
        "Tessera Beam",
        "Closer R5",
    ),
    (
        "MET-CD1",
        "CD-SEM 1",
        Use::Metrology,
        "Tessera Beam",
        "Caliper C3",
    ),
    (
        "MET-OV1",
        "Overlay 1",
        Use::Metrology,
        "Halden Optics",
        "Plumb O2",
    ),
];

/// Limit um, capture, offset mm, registration mm, sizing, minutes.
type Seeing = (f64, f64, (f64, f64), f64, f64, f64);

const SEEING: [Seeing; 8] = [
    (0.060, 0.95, (0.004, -0.006), 0.010, 0.02, 3.0),
    (0.160, 0.92, (0.008, 0.003), 0.008, 0.02, 4.0),
    (0.150, 0.90, (-0.005, 0.009), 0.008, 0.02, 4.0),
    (0.180, 0.86, (0.012, -0.010), 0.012, 0.03, 4.6),
    (0.100, 0.94, (0.001, 0.002), 0.003, 0.02, 6.0),
    (0.100, 0.92, (-0.002, 0.001), 0.003, 0.02, 6.0),
    (0.115, 0.90, (0.003, -0.003), 0.004, 0.03, 6.8),
    (2.000, 0.88, (0.020, 0.015), 0.020, 0.03, 1.5),
];

/// The twelve tools, inspectors first.
pub(crate) fn equipment(plan: &Plan) -> Vec<Equipment> {
    let mut rng = fake_stream(plan.seed, Purpose::Equipment);
    let all = LABELS.iter().enumerate();
    all.map(|(index, label)| one(&mut rng, plan, index, label))
        .collect()
}

fn one(rng: &mut FakeStream, plan: &Plan, index: usize, label: &Label) -> Equipment {
    let &(equipment_id, name, purpose, manufacturer, model) = label;
    let days = |days: i64| plan.end - Duration::days(days);
    let every = 90;
    let calibrated = rng.random_range(5..every);
    let services =
        (1..=4).map(|quarter| (days(calibrated + quarter * every - every), "Calibration"));
    let mut maintenance: Vec<_> = services.collect();
    maintenance.reverse();
    Equipment {
        equipment_id,
        name,
        purpose,
        manufacturer,
        model,
        location: format!(
            "Bay {}",
            NumberWithFormat("^#").fake_with_rng::<String, _>(rng)
        ),
        serial_number: NumberWithFormat("^####-###").fake_with_rng(rng),
        software_version: NumberWithFormat("^.#.#").fake_with_rng(rng),
        installed: days(rng.random_range(700..3_000)),
        last_calibration: days(calibrated),
        next_calibration: days(calibrated - every),
        maintenance,
        sight: SEEING.get(index).map(|&seeing| {
            let (limit_um, capture, offset_mm, registration_mm, sizing, minutes) = seeing;
            Sight {
                limit_um,
                capture,
                offset_mm,
                registration_mm,
                sizing,
                minutes,
            }
        }),
    }
}
