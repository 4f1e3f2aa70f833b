//! The defects by WebGL 2: one point sprite for each, type by type, all of them on the graphics card.
//!
//! The card holds place, size and a byte of flags of every defect in the order of drawing (13 bytes a defect). What a
//! type looks like, whether it stands out or is hidden, and where the camera stands are uniforms: nothing but the flags
//! is sent again while one looks around. Marks that are larger than the card's largest sprite are drawn as squares of
//! two triangles by instancing.

use std::ops::Range;
use std::sync::{Arc, Weak};

use wasm_bindgen::JsCast;
use web_sys::{
    HtmlCanvasElement, WebGl2RenderingContext as Gl, WebGlBuffer, WebGlContextAttributes,
    WebGlProgram, WebGlUniformLocation,
};

use super::camera::Camera;
use super::columns::NM_PER_MM;
use super::look::{LARGER, Look, Rim, SUBDUED};
use super::marks::in_view;
use super::program::program;
use super::scene::Scene;
use super::select::Selection;
use crate::canvas::Viewport;

/// Bytes of a defect's place and size.
const STRIDE: usize = 12;
/// Bytes of the card for each defect.
pub const BYTES_A_DEFECT: usize = STRIDE + 1;
/// Defects that are sent to the card at a time.
const CHUNK: usize = 65_536;
/// Two ranges with fewer defects than this between them are drawn as one.
const GAP: usize = 1_024;
/// A mark with its contour reaches less than this beyond its radius, device px.
const BEYOND_PX: f64 = 3.0;
/// How strong the contour of a mark is.
const RIM_STRENGTH: f32 = 0.667;

/// The defects of a scene on the graphics card.
pub struct Points {
    gl: Gl,
    uniforms: Uniforms,
    places: WebGlBuffer,
    flags: WebGlBuffer,
    corners: WebGlBuffer,
    largest_sprite_px: f64,
    /// Whose defects the card holds.
    holds: Weak<Scene>,
    /// What the flags say.
    flagged: Option<Arc<Selection>>,
}

struct Uniforms {
    origin_nm: Option<WebGlUniformLocation>,
    px_per_nm: Option<WebGlUniformLocation>,
    size_px: Option<WebGlUniformLocation>,
    margin_px: Option<WebGlUniformLocation>,
    least_px: Option<WebGlUniformLocation>,
    px_per_um: Option<WebGlUniformLocation>,
    growth: Option<WebGlUniformLocation>,
    strength: Option<WebGlUniformLocation>,
    subdued: Option<WebGlUniformLocation>,
    shape: Option<WebGlUniformLocation>,
    colour: Option<WebGlUniformLocation>,
    rim: Option<WebGlUniformLocation>,
    rim_strength: Option<WebGlUniformLocation>,
}

impl Points {
    /// Takes a canvas into use; `None` where the browser has no WebGL 2.
    #[must_use]
    pub fn new(canvas: &HtmlCanvasElement) -> Option<Self> {
        let wanted = WebGlContextAttributes::new();
        wanted.set_antialias(false);
        wanted.set_depth(false);
        wanted.set_stencil(false);
        let gl: Gl = canvas
            .get_context_with_context_options("webgl2", &wanted)
            .ok()
            .flatten()?
            .dyn_into()
            .ok()?;
        let program = program(
            &gl,
            include_str!("points.vert"),
            include_str!("points.frag"),
        )?;
        gl.use_program(Some(&program));
        gl.enable(Gl::BLEND);
        gl.blend_func(Gl::ONE, Gl::ONE_MINUS_SRC_ALPHA);
        let corners = gl.create_buffer()?;
        gl.bind_buffer(Gl::ARRAY_BUFFER, Some(&corners));
        let square: [f32; 8] = [-1.0, -1.0, 1.0, -1.0, -1.0, 1.0, 1.0, 1.0];
        gl.buffer_data_with_u8_array(
            Gl::ARRAY_BUFFER,
            square.map(f32::to_le_bytes).as_flattened(),
            Gl::STATIC_DRAW,
        );
        let sprites = gl.get_parameter(Gl::ALIASED_POINT_SIZE_RANGE).ok()?;
        let largest = js_sys::Reflect::get_u32(&sprites, 1).ok()?.as_f64()?;
        Some(Self {
            uniforms: Uniforms::of(&gl, &program),
            places: gl.create_buffer()?,
            flags: gl.create_buffer()?,
            corners,
            largest_sprite_px: largest,
            holds: Weak::new(),
            flagged: None,
            gl,
        })
    }

    /// Whether the browser has taken the graphics card away.
    pub fn is_lost(&self) -> bool {
        self.gl.is_context_lost()
    }

    /// Shows nothing.
    pub fn clear(&self) {
        self.gl.clear_color(0.0, 0.0, 0.0, 0.0);
        self.gl.clear(Gl::COLOR_BUFFER_BIT);
    }

    /// Draws the defects of a scene as a camera sees them.
    ///
    /// `canvas` is the one it was made with.
    pub fn draw(
        &mut self,
        canvas: &HtmlCanvasElement,
        scene: &Arc<Scene>,
        camera: &Camera,
        viewport: Viewport,
        look: &Look<'_>,
        selection: Option<&Arc<Selection>>,
    ) {
        self.upload(scene, selection);
        let (width, height) = viewport.device_size(look.pixel_ratio);
        if (canvas.width(), canvas.height()) != (width, height) {
            canvas.set_width(width);
            canvas.set_height(height);
        }
        let sizes = scene.sizes(camera, viewport);
        let largest_px = LARGER * sizes.radius_px(scene.largest_um) * look.pixel_ratio;
        let margin_px = (largest_px + BEYOND_PX).ceil().min(self.largest_sprite_px);
        self.see(camera, look.pixel_ratio, [width, height], margin_px);
        self.clear();
        let gl = &self.gl;
        gl.uniform1f(
            self.uniforms.least_px.as_ref(),
            (sizes.least_px * look.pixel_ratio) as f32,
        );
        gl.uniform1f(
            self.uniforms.px_per_um.as_ref(),
            (sizes.px_per_um * look.pixel_ratio) as f32,
        );
        gl.uniform1f(self.uniforms.subdued.as_ref(), SUBDUED as f32 / 255.0);
        let sprites = 2.0 * (largest_px + BEYOND_PX) <= self.largest_sprite_px;
        self.bind(sprites, 0);
        let view = in_view(
            camera,
            viewport,
            (largest_px + BEYOND_PX) * camera.mm_per_px,
        );
        for place in look.order(scene) {
            self.dress(scene, place, look);
            for range in merged(scene.order.touched(place, view)) {
                self.draw_range(range, sprites);
            }
        }
    }

    /// Tells the shader where the camera stands.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        reason = "sizes of a canvas, and a place on a wafer in nm"
    )]
    fn see(&self, camera: &Camera, pixel_ratio: f64, [width, height]: [u32; 2], margin_px: f64) {
        let (gl, uniforms) = (&self.gl, &self.uniforms);
        let margin = margin_px as i32;
        gl.viewport(
            -margin,
            -margin,
            width as i32 + 2 * margin,
            height as i32 + 2 * margin,
        );
        gl.uniform2f(uniforms.size_px.as_ref(), width as f32, height as f32);
        gl.uniform1f(uniforms.margin_px.as_ref(), margin as f32);
        let [x, y] = camera
            .centre_mm
            .map(|value| (value * NM_PER_MM).round() as i32);
        gl.uniform2i(uniforms.origin_nm.as_ref(), x, y);
        let px_per_nm = pixel_ratio / camera.mm_per_px / NM_PER_MM;
        let [right, down] = camera
            .turn
            .matrix()
            .map(|row| row.map(|part| (part * px_per_nm) as f32));
        // Column by column.
        let matrix = [right[0], down[0], right[1], down[1]];
        gl.uniform_matrix2fv_with_f32_array(uniforms.px_per_nm.as_ref(), false, &matrix);
    }

    /// Tells the shader what a type looks like.
    fn dress(&self, scene: &Scene, place: usize, look: &Look<'_>) {
        let (gl, uniforms) = (&self.gl, &self.uniforms);
        let kind = &scene.kinds[place];
        let colour = |of: &Option<WebGlUniformLocation>, rgb: [u8; 3]| {
            let [red, green, blue] = rgb.map(|channel| f32::from(channel) / 255.0);
            gl.uniform3f(of.as_ref(), red, green, blue);
        };
        colour(&uniforms.colour, kind.rgb);
        colour(&uniforms.rim, Rim::of(kind.rgb, look).rgb);
        gl.uniform1f(uniforms.rim_strength.as_ref(), RIM_STRENGTH);
        gl.uniform1i(uniforms.shape.as_ref(), kind.shape.number());
        gl.uniform1f(
            uniforms.growth.as_ref(),
            look.growth(kind.defect_type_id) as f32,
        );
        let strength = match look.is_subdued(kind.defect_type_id) {
            true => SUBDUED as f32 / 255.0,
            false => 1.0,
        };
        gl.uniform1f(uniforms.strength.as_ref(), strength);
    }

    /// Points the attributes at the defects from `first` on.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        reason = "a map has less than 2^27 defects"
    )]
    fn bind(&self, sprites: bool, first: usize) {
        let gl = &self.gl;
        let (stride, start) = (STRIDE as i32, (first * STRIDE) as i32);
        gl.bind_buffer(Gl::ARRAY_BUFFER, Some(&self.places));
        gl.vertex_attrib_i_pointer_with_i32(0, 2, Gl::INT, stride, start);
        gl.vertex_attrib_pointer_with_i32(1, 1, Gl::FLOAT, false, stride, start + 8);
        gl.bind_buffer(Gl::ARRAY_BUFFER, Some(&self.flags));
        gl.vertex_attrib_i_pointer_with_i32(2, 1, Gl::UNSIGNED_BYTE, 1, first as i32);
        let divisor = u32::from(!sprites);
        for attribute in 0..3 {
            gl.enable_vertex_attrib_array(attribute);
            gl.vertex_attrib_divisor(attribute, divisor);
        }
        if sprites {
            gl.disable_vertex_attrib_array(3);
            gl.vertex_attrib2f(3, 0.0, 0.0);
        } else {
            gl.bind_buffer(Gl::ARRAY_BUFFER, Some(&self.corners));
            gl.enable_vertex_attrib_array(3);
            gl.vertex_attrib_pointer_with_i32(3, 2, Gl::FLOAT, false, 8, 0);
        }
    }

    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        reason = "a map has less than 2^31 defects"
    )]
    fn draw_range(&self, range: Range<usize>, sprites: bool) {
        let count = range.len() as i32;
        if sprites {
            self.gl.draw_arrays(Gl::POINTS, range.start as i32, count);
        } else {
            self.bind(false, range.start);
            self.gl
                .draw_arrays_instanced(Gl::TRIANGLE_STRIP, 0, 4, count);
        }
    }

    /// Sends what the card does not hold yet.
    fn upload(&mut self, scene: &Arc<Scene>, selection: Option<&Arc<Selection>>) {
        let is_new = !std::ptr::eq(self.holds.as_ptr(), Arc::as_ptr(scene));
        if is_new {
            self.holds = Arc::downgrade(scene);
            let columns = &scene.data.defects;
            self.fill(
                &self.places,
                scene,
                STRIDE,
                Gl::STATIC_DRAW,
                |index, bytes| {
                    bytes.extend_from_slice(&columns.x_nm[index].to_le_bytes());
                    bytes.extend_from_slice(&columns.y_nm[index].to_le_bytes());
                    bytes.extend_from_slice(&columns.size_um[index].to_le_bytes());
                },
            );
        }
        let is_same = match (&self.flagged, selection) {
            (None, None) => true,
            (Some(one), Some(other)) => Arc::ptr_eq(one, other),
            _ => false,
        };
        if is_new || !is_same {
            self.flagged = selection.cloned();
            self.fill(&self.flags, scene, 1, Gl::DYNAMIC_DRAW, |index, bytes| {
                let place_mm = scene.data.defects.place_mm(index);
                bytes.push(u8::from(selection.is_some_and(|of| !of.holds(place_mm))));
            });
        }
    }

    /// Writes a buffer in the order of drawing, a part at a time: all of it at once would double the memory.
    #[expect(
        clippy::cast_possible_truncation,
        clippy::cast_possible_wrap,
        reason = "a map has less than 2^27 defects"
    )]
    fn fill(
        &self,
        buffer: &WebGlBuffer,
        scene: &Scene,
        width: usize,
        usage: u32,
        write: impl Fn(usize, &mut Vec<u8>),
    ) {
        let indices = scene.order.indices();
        self.gl.bind_buffer(Gl::ARRAY_BUFFER, Some(buffer));
        self.gl
            .buffer_data_with_i32(Gl::ARRAY_BUFFER, (indices.len() * width) as i32, usage);
        let mut bytes = Vec::with_capacity(CHUNK.min(indices.len()) * width);
        for (turn, chunk) in indices.chunks(CHUNK).enumerate() {
            bytes.clear();
            for &index in chunk {
                write(index as usize, &mut bytes);
            }
            let start = (turn * CHUNK * width) as i32;
            self.gl
                .buffer_sub_data_with_i32_and_u8_array(Gl::ARRAY_BUFFER, start, &bytes);
        }
    }
}

/// Ranges with hardly anything between them as one.
fn merged(ranges: impl Iterator<Item = Range<usize>>) -> Vec<Range<usize>> {
    let mut merged: Vec<Range<usize>> = Vec::new();
    for range in ranges {
        match merged.last_mut() {
            Some(last) if range.start < last.end + GAP => last.end = range.end,
            _ => merged.push(range),
        }
    }
    merged
}

impl Uniforms {
    fn of(gl: &Gl, program: &WebGlProgram) -> Self {
        let named = |name| gl.get_uniform_location(program, name);
        Self {
            origin_nm: named("u_origin_nm"),
            px_per_nm: named("u_px_per_nm"),
            size_px: named("u_size_px"),
            margin_px: named("u_margin_px"),
            least_px: named("u_least_px"),
            px_per_um: named("u_px_per_um"),
            growth: named("u_growth"),
            strength: named("u_strength"),
            subdued: named("u_subdued"),
            shape: named("u_shape"),
            colour: named("u_colour"),
            rim: named("u_rim"),
            rim_strength: named("u_rim_strength"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::merged;

    #[test]
    fn ranges_that_are_close_are_drawn_as_one() {
        let ranges = [0..10, 10..20, 500..600, 5_000..5_001];
        assert_eq!(merged(ranges.into_iter()), [0..600, 5_000..5_001]);
    }
}
