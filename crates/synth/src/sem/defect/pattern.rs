//! Defects of the pattern itself.

use rand::Rng;

use super::super::outline::Outline;
use super::super::pattern::{Lines, Pattern};
use super::super::surface::smoothstep;
use super::Site;

/// Two lines joined across the space between them, at full height, with necks where they meet.
pub(super) fn bridge(mut site: Site) {
    let Pattern::Lines(lines) = site.pattern else {
        return;
    };
    let outline = Outline::lobed(&mut site.rng, site.half, 0.16, 5);
    site.draw(lines.pitch, |dx, dy, cell| {
        let (u, v) = lines.across_along(dx, dy);
        let line = lines.share(u, v);
        let joined = smoothstep(-1.0, 1.0, outline.inside_px(dx, dy));
        lines.paint(line.max(joined), cell);
    });
}

/// One line interrupted, its ends rounded.
pub(super) fn broken_line(site: Site) {
    let Pattern::Lines(lines) = site.pattern else {
        return;
    };
    let mut site = site;
    let gap = site.half.0.max(site.half.1);
    let slant = site.rng.random_range(-0.25f32..0.25);
    let end = lines.width / 2.0;
    site.surface
        .around(site.centre, (f32::MAX, f32::MAX), |dx, dy, cell| {
            let (u, v) = lines.across_along(dx, dy);
            let number = lines.nearest(u);
            if number != 0 || v.abs() > gap + 2.0 * end {
                return;
            }
            let from_axis = (lines.off_centre(u, 0) / end).clamp(-1.0, 1.0);
            let round = end * (1.0 - f32::sqrt(1.0 - from_axis * from_axis));
            let past_end = v.abs() - gap - round - slant * lines.off_centre(u, 0);
            lines.paint(lines.share(u, v) * smoothstep(-1.0, 1.0, past_end), cell);
        });
}

/// A patch where nothing was printed: lines end in it, holes are closed.
pub(super) fn missing(mut site: Site) {
    let outline = Outline::lobed(&mut site.rng, site.half, 0.20, 6);
    let texture = site.texture;
    match site.pattern {
        Pattern::Lines(lines) => site.draw(3.0, |dx, dy, cell| {
            let (u, v) = lines.across_along(dx, dy);
            let ragged = 1.5 * texture.at(dx * 0.2, dy * 0.2);
            let kept = smoothstep(1.2, -1.2, outline.inside_px(dx, dy) + ragged);
            lines.paint(lines.share(u, v) * kept, cell);
        }),
        Pattern::Holes(holes) => site.draw(holes.pitch, |dx, dy, cell| {
            let (share, centre) = holes.share(dx, dy);
            let closed = outline.depth(centre.0, centre.1) < 1.0;
            holes.paint(if closed { 0.1 * share } else { share }, cell);
        }),
        Pattern::Nothing => {}
    }
}

/// Lines that fell against their neighbours in pairs, bent where they still stand.
pub(super) fn collapse(mut site: Site) {
    let Pattern::Lines(lines) = site.pattern else {
        return;
    };
    let outline = Outline::lobed(&mut site.rng, site.half, 0.10, 4);
    let touch = (lines.pitch - lines.width) / 2.0;
    let texture = site.texture;
    site.draw(lines.pitch, |dx, dy, cell| {
        let (u, v) = lines.across_along(dx, dy);
        let fallen = smoothstep(1.0, 0.72, outline.depth(dx, dy));
        if fallen == 0.0 {
            return;
        }
        let nearest = lines.nearest(u);
        let share = (nearest - 1..=nearest + 1)
            .map(|number| {
                lines.share_of(
                    number,
                    u,
                    v,
                    fallen * lean(lines, number, v, touch, texture),
                )
            })
            .fold(0.0, f32::max);
        lines.paint(share, cell);
        cell.emission += 0.06 * share * fallen;
    });
}

/// How far a fallen line leans across, in pixels: to its partner, and both with a sway along them.
fn lean(lines: &Lines, number: i32, v: f32, touch: f32, texture: &super::Texture) -> f32 {
    let to_partner = if number.rem_euclid(2) == 0 {
        touch
    } else {
        -touch
    };
    let pair = number.div_euclid(2) as f32;
    let bend = texture.at(v / (3.0 * lines.pitch), 3.7 * pair + 0.5);
    to_partner + 0.8 * touch * bend
}
