//! What covers or attacks the surface without much height.

use rand::Rng;

use super::super::outline::Outline;
use super::super::surface::smoothstep;
use super::Site;

/// A thin film of what was not cleaned away: dark, patchy, with a thicker rim.
pub(super) fn residue(mut site: Site) {
    let outline = Outline::lobed(&mut site.rng, site.half, 0.20, 9);
    let thin = 2.5 / site.radius();
    let texture = site.texture;
    site.draw(2.0, |dx, dy, cell| {
        let inside_px = outline.inside_px(dx, dy);
        let inside = smoothstep(-1.0, 1.0, inside_px);
        let patchy = 0.72 + 0.28 * smoothstep(-0.35, 0.35, texture.rough(dx * thin, dy * thin));
        let rim = smoothstep(-0.8, 0.4, inside_px) * smoothstep(3.5, 1.2, inside_px);
        cell.height += inside * 1.5 + 1.2 * rim - 0.25 * inside * cell.height;
        cell.tint(inside * patchy, 0.42);
        cell.emission += 0.16 * rim;
        cell.charge = 0.4 * inside;
    });
}

/// Attacked metal: a crust like cauliflower, blistered at its edge, eaten to black holes between.
pub(super) fn corrosion(mut site: Site) {
    let outline = Outline::lobed(&mut site.rng, site.half, 0.30, 9);
    let radius = site.radius();
    let fine = 3.6 / radius;
    let (ground, texture) = (site.ground(), site.texture);
    site.draw(2.0, |dx, dy, cell| {
        let rough = texture.rough(dx * fine, dy * fine);
        let inside = smoothstep(-1.2, 1.2, outline.inside_px(dx, dy) + 2.0 * rough);
        let blister = 0.34 * radius * f32::sqrt(rough.abs());
        let eaten = smoothstep(-0.18, -0.40, rough);
        let height =
            ground.max(0.0) + 0.10 * radius + blister * (1.0 - eaten) - 0.5 * radius * eaten;
        cell.cover(inside, height, (0.40 + 0.25 * rough) * (1.0 - 0.85 * eaten));
        cell.charge = 0.6 * inside * (1.0 - eaten);
    });
}

/// Another shade without relief, its border soft, its middle uneven.
pub(super) fn discoloration(mut site: Site) {
    let outline = Outline::lobed(&mut site.rng, site.half, 0.22, 5);
    let factor = if site.rng.random_bool(0.7) {
        0.62
    } else {
        1.36
    };
    let wide = 1.2 / site.radius();
    let texture = site.texture;
    site.draw(4.0, |dx, dy, cell| {
        let soft = smoothstep(1.10, 0.72, outline.depth(dx, dy));
        cell.tint(
            soft * (0.85 + 0.15 * texture.at(dx * wide, dy * wide)),
            factor,
        );
    });
}

/// What a drop left as it dried: an outer ring, fainter rings within, a speck in the middle.
pub(super) fn watermark(mut site: Site) {
    let outline = Outline::lobed(&mut site.rng, site.half, 0.05, 4);
    let radius = site.radius();
    let rings: Vec<(f32, f32)> = [
        (0.955, 1.0),
        (0.80, 0.35),
        (0.68, 0.55),
        (0.50, 0.30),
        (0.33, 0.4),
    ]
    .map(|(at, strength)| {
        (
            at + site.rng.random_range(-0.03..0.03) * (1.0 - at) * 5.0,
            strength,
        )
    })
    .to_vec();
    let speck = site.rng.random_range(0.07..0.12);
    let texture = site.texture;
    site.draw(2.0, |dx, dy, cell| {
        let depth = outline.depth(dx, dy);
        let uneven = 0.75 + 0.4 * texture.at(dx * 0.06, dy * 0.06);
        let width = 2.0 / radius;
        let ring = |&(at, strength): &(f32, f32)| {
            strength * uneven * smoothstep(1.2 * width, 0.4 * width, (depth - at).abs())
        };
        let dark = rings.iter().map(ring).fold(0.0, f32::max);
        cell.tint(smoothstep(1.0, 0.94, depth), 0.90);
        cell.tint(dark.min(1.0), 0.42);
        cell.emission += 0.08
            * smoothstep(0.97 + 1.5 * width, 0.97, depth)
            * smoothstep(0.955, 0.97 + 0.5 * width, depth);
        let middle = smoothstep(1.3 * speck, 0.8 * speck, depth);
        cell.height += 3.0 * middle;
        cell.tint(middle, 0.6);
    });
}
