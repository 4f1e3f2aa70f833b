//! What stands out of the surface.

use std::f32::consts::TAU;

use rand::Rng;

use super::super::outline::Outline;
use super::super::surface::smoothstep;
use super::Site;

/// A stone: flat facets between bright edges, its far side in the shade.
pub(super) fn particle(mut site: Site) {
    let radius = site.radius();
    let sides = site.rng.random_range(6..9);
    let outline = Outline::polygon(&mut site.rng, site.half, sides);
    let emission = site.rng.random_range(0.42..0.56);
    let top = site.rng.random_range(0.45..0.65);
    let fall = (
        site.rng.random_range(-0.4..0.4),
        site.rng.random_range(-0.4..0.4),
    );
    let (ground, texture) = (site.ground(), site.texture);
    site.draw(2.0, |dx, dy, cell| {
        let inside = smoothstep(-0.7, 0.7, outline.inside_px(dx, dy));
        let height = 0.2 * radius
            + radius * outline.stone(dx, dy, top, fall) * 0.8
            + 0.4 * texture.at(dx * 0.3, dy * 0.3);
        cell.cover(inside, ground + height, emission);
        cell.charge = inside;
    });
}

/// A bump: the film and what is printed in it run over the particle.
pub(super) fn embedded_particle(mut site: Site) {
    let radius = site.radius();
    let outline = Outline::lobed(&mut site.rng, site.half, 0.10, 4);
    let texture = site.texture;
    site.draw(6.0, |dx, dy, cell| {
        let depth = outline.depth(dx, dy);
        let dome = smoothstep(1.12, 0.66, depth);
        cell.height += dome * radius * (0.75 + 0.06 * texture.at(dx * 0.12, dy * 0.12));
        cell.charge = 0.3 * dome;
    });
}

/// A shaving: jagged, bright, with the marks of what cut it.
pub(super) fn metal_particle(mut site: Site) {
    let radius = site.radius();
    let sides = site.rng.random_range(5..7);
    let outline = Outline::polygon(&mut site.rng, site.half, sides);
    let (sin, cos) = libm::sincosf(site.rng.random_range(0.3..1.2));
    let pace = TAU / (0.16 * radius).max(3.2);
    let (ground, texture) = (site.ground(), site.texture);
    site.draw(2.0, |dx, dy, cell| {
        let (x, y) = (dx / radius, dy / radius);
        let torn = 0.16 * radius * (texture.rough(2.2 * x, 2.2 * y) - 0.4);
        let inside = smoothstep(-0.7, 0.7, outline.inside_px(dx, dy) + torn);
        let bend = texture.at(1.3 * x, 1.3 * y);
        let mark = libm::sinf((dx * cos + dy * sin) * pace + 4.0 * bend);
        let curl = 0.35 * radius * (1.2 + bend);
        cell.cover(
            inside,
            ground + 0.2 * radius + curl + 0.7 * mark,
            0.70 + 0.07 * mark,
        );
    });
}

/// Grains of an abrasive that dried together, small and angular, some apart.
pub(super) fn slurry(mut site: Site) {
    const GRAINS: usize = 34;
    let (half, radius, ground) = (site.half, site.radius(), site.ground());
    for number in 0..GRAINS {
        let grain = radius * site.rng.random_range(0.10..0.24);
        // The first four hold the bounding box, the others gather in the middle.
        let (x, y) = match number {
            0 => (grain - half.0, 0.0),
            1 => (half.0 - grain, 0.0),
            2 => (0.0, grain - half.1),
            3 => (0.0, half.1 - grain),
            _ => {
                let away = site.rng.random_range(0.0f32..0.72);
                let (sin, cos) = libm::sincosf(site.rng.random_range(0.0..TAU));
                (half.0 * away * cos, half.1 * away * sin)
            }
        };
        let sides = site.rng.random_range(4..7);
        let stretch = site.rng.random_range(0.6..1.0);
        let outline = Outline::polygon(&mut site.rng, (grain, grain * stretch), sides);
        let emission = site.rng.random_range(0.48..0.62);
        site.draw_at((x, y), (grain + 1.0, grain + 1.0), |dx, dy, cell| {
            let inside = smoothstep(-0.6, 0.6, outline.inside_px(dx, dy));
            cell.cover(
                inside,
                ground
                    + 0.4 * cell.charge * grain
                    + grain * (0.5 + 0.6 * outline.stone(dx, dy, 0.6, (0.0, 0.0))),
                emission,
            );
            cell.charge = cell.charge.max(0.7 * inside);
        });
    }
}

/// A sheet of film: flat, sharply broken, lifted on one side, cracked, with a shadow under its rim.
pub(super) fn flake(mut site: Site) {
    let radius = site.radius();
    let sides = site.rng.random_range(4..6);
    let outline = Outline::polygon(&mut site.rng, site.half, sides);
    let (lift_x, lift_y) = libm::sincosf(site.rng.random_range(0.0..TAU));
    let (crack_sin, crack_cos) = libm::sincosf(site.rng.random_range(0.0..TAU));
    let crack_at = site.rng.random_range(-0.25..0.25) * radius;
    let (ground, texture) = (site.ground(), site.texture);
    site.draw(2.0, |dx, dy, cell| {
        let jag =
            1.5 * texture.at(dx * 0.35, dy * 0.35) + 0.05 * radius * texture.at(dx * 0.1, dy * 0.1);
        let inside = smoothstep(-0.6, 0.6, outline.inside_px(dx, dy) + jag - 0.5);
        let lifted = smoothstep(-0.4, 1.2, (dx * lift_x + dy * lift_y) / radius);
        let across =
            dx * crack_cos + dy * crack_sin - crack_at + 3.0 * texture.at(dx * 0.09, dy * 0.09);
        let whole = smoothstep(0.3, 1.4, across.abs());
        let shard = if across > 0.0 { 0.03 } else { 0.0 };
        cell.cover(
            inside * (0.25 + 0.75 * whole),
            ground + 4.0 + lifted * 0.7 * radius,
            0.44 + shard,
        );
        cell.charge = inside * (0.4 + 0.6 * lifted);
    });
}
