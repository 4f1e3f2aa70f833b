//! SEM review images of defects: grey-scale, procedural, the same bytes for the same [`Subject`] on every machine.
//!
//! # What is imitated
//! A review SEM that drives to a defect and takes one top-down image of it. The wafer surface is a map of heights and of
//! secondary electron yields ([`Background`] first, then the defect after its [`Kind`]), and the image follows from it:
//! more electrons from slopes and edges, fewer from crevices and from the side turned away from the detector, a dark
//! halo and streaks along the scan direction where a defect charges up, a beam spot with defocus and astigmatism, shot
//! noise that grows with the square root of the signal and is slightly correlated along a scan line, line edge
//! roughness with a correlation length, a small error of the stage, and a data bar with scale bar. The field of view is
//! one of the steps 1, 1.5, 2, 3, 5, 7 times a power of ten, such that the defect takes a sixth to a third of its width.
//!
//! # What is not
//! No electron is traced: yields and contrasts are chosen by eye, not by material and beam energy, so that nothing can
//! be measured from grey levels. There are no backscattered, tilted or voltage-contrast images, no drift, vibration or
//! contamination, no circuits beyond parallel lines and square arrays of holes.

mod background;
mod data_bar;
mod defect;
mod grain;
mod optics;
mod outline;
mod pattern;
mod png_file;
mod surface;
#[cfg(test)]
mod tests;

use rand::{Rng, SeedableRng};
use rand_chacha::ChaCha8Rng;

pub use background::{Background, LineMaterial};

use crate::Kind;
use surface::{Surface, Texture};

/// Width of every image, in pixels.
pub const WIDTH_PX: u32 = 256;
/// Height of every image with its data bar, in pixels.
pub const HEIGHT_PX: u32 = 256;
/// Height of the data bar at the foot of every image, in pixels.
pub const DATA_BAR_PX: u32 = 24;

/// Width of the print that magnifications refer to: the long side of a 4 x 5 inch instant film, in mm.
const PRINT_WIDTH_MM: f64 = 127.0;

/// What is put under the microscope.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Subject {
    /// All that chance decides follows from it.
    pub seed: u64,
    /// What the defect is.
    pub kind: Kind,
    /// The longer side of the defect's bounding box, in um. Drawn as 0.01 or 1000 um where it lies outside of these.
    pub size_um: f64,
    /// Extent in x over extent in y. Drawn as 1/8 or 8 where it lies outside of these.
    pub aspect: f64,
    /// What the defect lies on. Defects of the pattern are drawn on lines where it has none, with a pitch of the
    /// defect's order; faults of the crystal are drawn on bare silicon.
    pub background: Background,
    /// How much the defect charges up, from 0 (conductive) to 1 (strong halo and streaks).
    pub charging: f64,
}

/// An image and what the microscope says about it.
#[derive(Clone, Debug, PartialEq)]
pub struct Image {
    /// PNG, grey-scale with 16 levels.
    pub png: Vec<u8>,
    /// Width in pixels.
    pub width_px: u32,
    /// Height in pixels, data bar included.
    pub height_px: u32,
    /// Edge length of a pixel on the wafer, in nm.
    pub pixel_size_nm: f64,
    /// Width of the image on the wafer, in um.
    pub field_of_view_um: f64,
    /// Magnification on a print 127 mm wide.
    pub magnification: f64,
    /// Landing energy of the beam, in kV.
    pub beam_kv: f64,
    /// Working distance, in mm.
    pub working_distance_mm: f64,
    /// Detector that took the image: `TLD` (through the lens) or `ETD` (Everhart-Thornley, at the side: more shading).
    pub detector: &'static str,
    /// Length of the scale bar on the wafer, in um: 1, 2 or 5 times a power of ten.
    pub scale_bar_um: f64,
    /// Length of the scale bar, in pixels.
    pub scale_bar_px: u32,
}

/// The image of a defect.
#[must_use]
pub fn image(subject: &Subject) -> Image {
    take(subject, true)
}

/// The same place, as it would look without the defect: same pattern, optics and noise.
///
/// A review SEM takes such an image on a neighbouring die to find the defect by comparison.
#[must_use]
pub fn reference_image(subject: &Subject) -> Image {
    take(subject, false)
}

fn take(subject: &Subject, with_defect: bool) -> Image {
    let view = View::of(subject);
    let mut surface = Surface::new(WIDTH_PX as usize, (HEIGHT_PX - DATA_BAR_PX) as usize);
    let texture = Texture::new(&mut Stream::Texture.of(subject.seed));
    let pattern = background::lay(&mut surface, subject, &view, &texture);
    if with_defect {
        defect::lay(&mut surface, subject, &view, &pattern, &texture);
    }
    let exposure = optics::Exposure::of(subject, &view);
    let mut levels = exposure.expose(&surface, &mut Stream::Noise.of(subject.seed));
    levels.resize((WIDTH_PX * HEIGHT_PX) as usize, 0);
    let (scale_bar_um, scale_bar_px) = data_bar::scale_bar(view.field_um);
    let mut image = Image {
        png: Vec::new(),
        width_px: WIDTH_PX,
        height_px: HEIGHT_PX,
        pixel_size_nm: view.pixel_nm(),
        field_of_view_um: view.field_um,
        magnification: PRINT_WIDTH_MM * 1000.0 / view.field_um,
        beam_kv: exposure.beam_kv,
        working_distance_mm: exposure.working_distance_mm,
        detector: exposure.detector.name(),
        scale_bar_um,
        scale_bar_px,
    };
    data_bar::draw(&mut levels, &image);
    image.png = png_file::encode(&levels);
    image
}

/// Independent streams of chance: a defect more or less does not change the noise.
#[derive(Clone, Copy)]
enum Stream {
    View,
    Texture,
    Pattern,
    Defect,
    Optics,
    Noise,
}

impl Stream {
    fn of(self, seed: u64) -> ChaCha8Rng {
        let mut rng = ChaCha8Rng::seed_from_u64(seed);
        rng.set_stream(self as u64);
        rng
    }
}

/// Where the microscope looks and where the defect lies in the field, in pixels from the left and from the top.
#[derive(Clone, Copy)]
struct View {
    field_um: f64,
    x: f32,
    y: f32,
    /// Half the defect's extent in x and y, in pixels.
    half_width: f32,
    half_height: f32,
}

impl View {
    fn of(subject: &Subject) -> Self {
        let mut rng = Stream::View.of(subject.seed);
        let size_um = within(subject.size_um, 0.01, 1000.0);
        let aspect = within(subject.aspect, 0.125, 8.0);
        let field_um = field_of_view(size_um, &mut rng);
        let half = (size_um / field_um * f64::from(WIDTH_PX) / 2.0) as f32;
        let aspect = aspect as f32;
        Self {
            field_um,
            x: WIDTH_PX as f32 / 2.0 + rng.random_range(-7.0..7.0),
            y: (HEIGHT_PX - DATA_BAR_PX) as f32 / 2.0 + rng.random_range(-7.0..7.0),
            half_width: half * aspect.min(1.0),
            half_height: half / aspect.max(1.0),
        }
    }

    fn pixel_nm(&self) -> f64 {
        self.field_um * 1000.0 / f64::from(WIDTH_PX)
    }

    fn px_from_nm(&self, nm: f64) -> f32 {
        (nm / self.pixel_nm()) as f32
    }

    /// The longer half of the defect's extent, in pixels.
    fn half(&self) -> f32 {
        self.half_width.max(self.half_height)
    }
}

/// A step of the microscope, in um, in which something of `size_um` takes a sixth to a third of the width.
fn field_of_view(size_um: f64, rng: &mut impl Rng) -> f64 {
    const STEPS: [f64; 6] = [1.0, 1.5, 2.0, 3.0, 5.0, 7.0];
    let fits = |field: f64| (3.0..=6.0).contains(&(field / size_um));
    let steps = (-2..=3).flat_map(|power| STEPS.map(|step| step * decade(power)));
    let fitting: Vec<f64> = steps.filter(|&field| fits(field)).collect();
    // Steps are less than a factor of two apart: one fits at least.
    fitting[rng.random_range(0..fitting.len())]
}

/// The value, or the limit that it is beyond; the lower one for what is no number.
fn within(value: f64, lower: f64, upper: f64) -> f64 {
    if value.is_nan() {
        lower
    } else {
        value.clamp(lower, upper)
    }
}

/// Ten to the `power`, the same on every machine.
fn decade(power: i32) -> f64 {
    libm::pow(10.0, f64::from(power))
}
