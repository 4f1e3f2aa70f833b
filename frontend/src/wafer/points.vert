#version 300 es
// A mark for each defect. Places are whole nanometres and so is the origin, the middle of the view: their difference
// is exact near the origin, however far in one has zoomed.
precision highp float;
precision highp int;

layout(location = 0) in ivec2 a_place_nm;
layout(location = 1) in float a_size_um;
layout(location = 2) in uint a_flags;
// Corner of the mark's square, -1 to 1; 0 where the square is a point sprite.
layout(location = 3) in vec2 a_corner;

uniform ivec2 u_origin_nm;
// Device px, y down, from nm on the wafer, y up.
uniform mat2 u_px_per_nm;
uniform vec2 u_size_px;
// The square that is drawn on reaches beyond the canvas, so that a mark whose middle is outside is not lost.
uniform float u_margin_px;
uniform float u_least_px;
uniform float u_px_per_um;
uniform float u_growth;
uniform float u_strength;
uniform float u_subdued;

flat out vec2 v_middle_px;
flat out float v_radius_px;
flat out float v_strength;

void main() {
  vec2 middle = 0.5 * u_size_px + u_px_per_nm * vec2(a_place_nm - u_origin_nm);
  v_radius_px = max(u_least_px, 0.5 * a_size_um * u_px_per_um) * u_growth;
  // A small mark sits on the grid of pixels: all of its kind look the same, and its own pixel has its colour.
  if (v_radius_px < 8.0) middle = floor(middle) + 0.5;
  v_middle_px = middle;
  v_strength = (a_flags & 1u) != 0u ? u_subdued : u_strength;
  // No wider than the mark, with its contour from 2 px on: what is drawn on beyond it is thrown away pixel by pixel,
  // and where a million small marks lie that is most of the work.
  float reach = v_radius_px + (v_radius_px >= 2.0 ? 2.2 : 0.75);
  if (v_radius_px < 8.0) reach = floor(reach) + 0.5;
  vec2 place = (middle + a_corner * reach + u_margin_px) / (u_size_px + 2.0 * u_margin_px);
  gl_Position = vec4(2.0 * place.x - 1.0, 1.0 - 2.0 * place.y, 0.0, 1.0);
  gl_PointSize = 2.0 * reach;
}
