//! What goes into the surface, and faults of the crystal below it.

use std::f32::consts::TAU;

use rand::Rng;

use super::super::outline::Outline;
use super::super::surface::smoothstep;
use super::Site;

/// A curved groove from corner to corner of the bounding box, with pushed-up rims, interrupted where the contact chattered.
pub(super) fn scratch(mut site: Site) {
    let (half_x, half_y) = site.half;
    let length = 2.0 * f32::sqrt(half_x * half_x + half_y * half_y);
    let falls = if site.rng.random_bool(0.5) { 1.0 } else { -1.0 };
    let (cos, sin) = (2.0 * half_x / length, falls * 2.0 * half_y / length);
    let bow = site.rng.random_range(-0.22..0.22) * half_x.min(half_y);
    let groove = (0.016 * length).clamp(1.2, 3.5);
    let chatter = site.rng.random_range(0.25..0.6);
    let phase = site.rng.random_range(0.0..TAU);
    let beside = site.rng.random_range(3.0..5.0) * groove * falls;
    let texture = site.texture;
    site.draw(8.0, |dx, dy, cell| {
        let along = (dx * cos + dy * sin) / length + 0.5;
        if !(-0.05..=1.05).contains(&along) {
            return;
        }
        let curve =
            bow * (1.0 - 4.0 * (along - 0.5) * (along - 0.5)) + 1.5 * texture.at(along * 9.0, 0.5);
        let across = dy * cos - dx * sin - curve;
        let ends = smoothstep(0.0, 0.06, along) * smoothstep(1.0, 0.94, along);
        let skip = smoothstep(-0.2, 0.3, libm::sinf(along * 75.0 + phase) + 1.0 - chatter);
        plough(cell, across, groove, ends * (0.3 + 0.7 * skip));
        let second = smoothstep(0.2, 0.35, along) * smoothstep(0.8, 0.6, along);
        plough(cell, across - beside, 0.55 * groove, second * skip);
    });
}

/// A groove of half the width `groove`, `strength` deep, at a distance across it.
fn plough(cell: &mut super::Cell, across: f32, groove: f32, strength: f32) {
    let distance = across.abs();
    let inside = strength * smoothstep(groove, 0.3 * groove, distance);
    let rim = strength
        * smoothstep(0.8 * groove, 1.2 * groove, distance)
        * smoothstep(2.2 * groove, 1.5 * groove, distance);
    cell.height += groove * (2.2 * rim - 4.0 * inside);
    cell.tint(inside, 0.45);
    cell.tint(rim, 1.35);
}

/// A round hole with steep walls and a bright rim.
pub(super) fn pit(mut site: Site) {
    let radius = site.radius();
    let outline = Outline::lobed(&mut site.rng, site.half, 0.10, 5);
    site.draw(3.0, |dx, dy, cell| {
        let depth = outline.depth(dx, dy);
        let inside = smoothstep(1.0, 0.55, depth);
        let rim = smoothstep(1.18, 1.0, depth) * smoothstep(0.80, 0.95, depth);
        cell.emission += 0.22 * rim;
        cell.cover(inside, -1.1 * radius, 0.12);
    });
}

/// A cavity that opens through a thinned film: black, with a crisp ragged edge in a soft dark halo.
pub(super) fn void(mut site: Site) {
    let halo = Outline::lobed(&mut site.rng, site.half, 0.12, 3);
    let opening = (site.half.0 * 0.62, site.half.1 * 0.62);
    let opening = Outline::lobed(&mut site.rng, opening, 0.5, 7);
    let thinned = site.rng.random_range(0.52..0.62);
    site.draw(2.0, |dx, dy, cell| {
        cell.tint(smoothstep(1.03, 0.90, halo.depth(dx, dy)), thinned);
        let inside_px = opening.inside_px(dx, dy);
        let inside = smoothstep(-0.6, 0.6, inside_px);
        cell.emission += 0.14 * smoothstep(-2.5, -0.6, inside_px) * (1.0 - inside);
        cell.cover(inside, -4.0, 0.06);
    });
}

/// An octahedral void of the ingot cut by the surface: an inverted pyramid on a square, often a twin.
pub(super) fn octahedral_pit(mut site: Site) {
    let (half_x, half_y) = site.half;
    let twin = site.rng.random_bool(0.5);
    // A twin's squares overlap and hold the bounding box from two corners.
    let (share, shift) = if twin { (0.72, 0.28) } else { (1.0, 0.0) };
    for sign in if twin {
        &[-1.0f32, 1.0][..]
    } else {
        &[1.0][..]
    } {
        let (offset_x, offset_y) = (sign * shift * half_x, sign * shift * half_y);
        site.draw(3.0, |dx, dy, cell| {
            let (x, y) = (
                (dx - offset_x) / (share * half_x),
                (dy - offset_y) / (share * half_y),
            );
            let from_centre = x.abs().max(y.abs());
            let wall = 1.2 / half_x.min(half_y);
            let inside = smoothstep(1.0 + wall, 1.0 - wall, from_centre);
            // {111} walls, each at its own angle to the detector.
            let facet = match (x.abs() > y.abs(), x > 0.0, y > 0.0) {
                (true, false, _) => 0.32,
                (true, true, _) => 0.62,
                (false, _, false) => 0.42,
                (false, _, true) => 0.78,
            };
            let edge = smoothstep(4.0 * wall, 0.0, (x.abs() - y.abs()).abs()) * inside;
            let bottom = -0.45 * share * half_x.min(half_y) * (1.0 - from_centre).max(0.0);
            let emission = 0.27 * facet + 0.10 * edge;
            if bottom < cell.height || inside < 1.0 {
                cell.cover(inside, bottom.min(cell.height), emission);
            }
            cell.emission += 0.16 * smoothstep(2.5 * wall, 0.0, (from_centre - 1.0).abs());
        });
    }
}

/// The outline of a stacking fault in an epitaxial layer: a square on (100), a triangle on (111), raised lines on a flat field.
pub(super) fn stacking_fault(mut site: Site) {
    let (half_x, half_y) = site.half;
    let triangle = site.rng.random_bool(0.35);
    let up = if site.rng.random_bool(0.5) { 1.0 } else { -1.0 };
    let line = (0.04 * site.radius()).max(1.1);
    site.draw(3.0, |dx, dy, cell| {
        // Distance inwards from the nearest side, and from the ridges that run from the corners to the middle.
        let (side, ridge) = if triangle {
            // The base lies at dy = up * half_y, the apex opposite to it.
            let from_base = half_y - up * dy;
            let slanted = |dx: f32| (half_x - dx - from_base * half_x / (2.0 * half_y)) * 0.894;
            let mut sorted = [from_base, slanted(dx), slanted(-dx)];
            sorted.sort_by(f32::total_cmp);
            (sorted[0], sorted[1] - sorted[0])
        } else {
            let (x, y) = (half_x - dx.abs(), half_y - dy.abs());
            (x.min(y), (x - y).abs())
        };
        let edge = smoothstep(1.6 * line, 0.6 * line, (side - line).abs());
        let within = smoothstep(-1.0, 1.0, side);
        let ridge = within * smoothstep(2.0 * line, 0.0, ridge);
        cell.height += 3.0 * edge + 1.2 * ridge;
        cell.emission += 0.24 * edge + 0.05 * ridge;
        cell.tint(within, 0.86);
    });
}
