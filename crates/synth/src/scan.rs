//! What a tool reports of a wafer's defects.

use chrono::{DateTime, Duration, Utc};
use rand::Rng;
use rand_distr::{Distribution, StandardNormal};

use crate::equipment::{Sight, tool};
use crate::fab::Fab;
use crate::flaw::Flaw;
use crate::inspection::{Defect, DefectTruth, Evidence, Review};
use crate::schedule::pick;
use crate::size::Extent;
use crate::stream::{Place, Purpose, Stream, stream};
use crate::{Geometry, Point};

/// Share of the defects without an image that somebody looked at.
const ANALYZED: f64 = 0.06;

/// Where and with what a wafer is scanned.
#[derive(Clone, Copy, Debug)]
pub struct Scan<'a> {
    pub fab: &'a Fab,
    pub geometry: &'a Geometry,
    pub sight: &'a Sight,
    pub place: Place,
    pub at: DateTime<Utc>,
}

impl Scan<'_> {
    /// The defects reported: by rows of dies from the top, numbered from 1.
    pub fn defects(&self, flaws: &[Flaw]) -> Vec<Defect> {
        let seed = self.fab.plan().seed;
        let mut rng = stream(seed, Purpose::Capture, self.place);
        let seen = flaws.iter().filter_map(|flaw| self.seen(&mut rng, flaw));
        let mut seen: Vec<(u16, Defect)> = seen.collect();
        let order = |defect: &Defect| (-defect.die_y, defect.die_x);
        seen.sort_by(|(_, a), (_, b)| {
            let same_die = order(a).cmp(&order(b));
            same_die
                .then(b.y_mm.total_cmp(&a.y_mm))
                .then(a.truth.origin.cmp(&b.truth.origin))
        });
        let mut groups = Vec::new();
        let mut review = stream(seed, Purpose::Review, self.place);
        let numbered = (1..).zip(seen).map(|(defect_no, (group, mut defect))| {
            defect.defect_no = defect_no;
            defect.cluster_no = cluster_no(&mut groups, group);
            self.review(&mut review, &mut defect);
            defect
        });
        numbered.collect()
    }

    /// The report of a flaw, if it is seen, with its group. As many numbers are drawn either way.
    fn seen(&self, rng: &mut Stream, flaw: &Flaw) -> Option<(u16, Defect)> {
        let mut error = || -> f64 { StandardNormal.sample(rng) };
        let sizing = error().clamp(-Sight::SIZING_REACH, Sight::SIZING_REACH);
        let (dx, dy) = (error(), error());
        let is_captured = rng.random::<f64>() < self.sight.capture;
        let confidence = rng.random_range(0.0..0.35_f64);
        let size_um = flaw.size_um * libm::exp(self.sight.sizing * sizing);
        if !is_captured || size_um < self.sight.limit_um {
            return None;
        }
        let (offset, registration) = (self.sight.offset_mm, self.sight.registration_mm);
        let at = flaw
            .at
            .plus(offset.0 + registration * dx, offset.1 + registration * dy);
        let at = to_the_nm(at.within(self.geometry.usable_radius_mm()));
        let (die_x, die_y) = self.geometry.die_at(at);
        let defect = Defect {
            defect_no: 0,
            x_mm: at.x,
            y_mm: at.y,
            die_x,
            die_y,
            extent: Extent::of(size_um, flaw.aspect, flaw.angle),
            kind: flaw.kind,
            class_no: flaw.kind.class_no(),
            cluster_no: 0,
            confidence: ((0.99 - confidence) * 1e3).round() / 1e3,
            review: Review::Detected,
            evidence: None,
            truth: DefectTruth {
                origin: flaw.origin,
                first_step: flaw.first_step,
                signature: flaw.signature,
                excursion: flaw.excursion,
            },
        };
        Some((flaw.group, defect))
    }

    /// A greater share of images adds images, and leaves those of a smaller one as they are.
    fn review(&self, rng: &mut Stream, defect: &mut Defect) {
        let plan = self.fab.plan();
        let (image, spectrum): (f64, f64) = (rng.random(), rng.random());
        let (image_seed, spectrum_seed) = (rng.random(), rng.random());
        let after_minutes = rng.random_range(40..600_i64);
        let review_tool = *pick(rng, &tool::REVIEW);
        if image >= plan.image_share {
            if image > 1.0 - ANALYZED {
                defect.review = Review::Analyzed;
            }
            return;
        }
        defect.review = Review::Reviewed;
        defect.evidence = Some(Evidence {
            image_seed,
            spectrum_seed: (spectrum < plan.spectrum_share).then_some(spectrum_seed),
            equipment_id: self.fab.equipment()[review_tool].equipment_id,
            taken_at: (self.at + Duration::minutes(after_minutes)).min(plan.to()),
        });
    }
}

fn to_the_nm(at: Point) -> Point {
    let nm = |mm: f64| (mm * 1e6).round() / 1e6;
    Point {
        x: nm(at.x),
        y: nm(at.y),
    }
}

/// The inspection's own number of a group: 1 for the first that is seen.
fn cluster_no(groups: &mut Vec<u16>, group: u16) -> i32 {
    if group == 0 {
        return 0;
    }
    let known = groups.iter().position(|known| *known == group);
    let index = known.unwrap_or_else(|| {
        groups.push(group);
        groups.len() - 1
    });
    i32::try_from(index + 1).unwrap_or(i32::MAX)
}
