#version 300 es
// The shape of a mark, by its distance from each pixel: the same shapes as `shape.rs`, y down.
precision highp float;

uniform vec2 u_size_px;
uniform int u_shape;
uniform vec3 u_colour;
uniform vec3 u_rim;
uniform float u_rim_strength;

flat in vec2 v_middle_px;
flat in float v_radius_px;
flat in float v_strength;

out vec4 o_colour;

// Negative inside; about 1 is where the mark ends.
float distance_to(int shape, vec2 p) {
  vec2 q = abs(p);
  switch (shape) {
    case 0: return length(p) - 0.9;
    case 1: return max(q.x, q.y) - 0.8;
    case 2: return max(max(-0.95 - p.y, p.y - 0.75), (q.x - 0.6 * (p.y + 0.95)) / 1.166);
    case 3: return (q.x + q.y - 1.0) / 1.414;
    case 4: return min(max(q.x - 0.34, q.y - 1.0), max(q.y - 0.34, q.x - 1.0));
    case 5: return max(max(p.y - 0.95, -0.75 - p.y), (q.x - 0.6 * (0.95 - p.y)) / 1.166);
    case 6: return max((abs(q.x - q.y) - 0.48) / 1.414, max(q.x, q.y) - 0.85);
    default: {
      float turn = fract(atan(p.x, -p.y) / 6.2831853 * 5.0);
      float valley = 2.0 * abs(turn - floor(turn + 0.5));
      return (length(p) - (1.05 - 0.6 * valley)) / 1.5;
    }
  }
}

void main() {
  vec2 away = vec2(gl_FragCoord.x, u_size_px.y - gl_FragCoord.y) - v_middle_px;
  float edge = distance_to(u_shape, away / v_radius_px) * v_radius_px;
  float fill = clamp(0.5 - edge, 0.0, 1.0);
  // However small: the pixel of the defect has its colour in full.
  if (max(abs(away.x), abs(away.y)) < 0.5) fill = 1.0;
  float rim = v_radius_px >= 2.0 ? clamp(1.5 - edge, 0.0, 1.0) * u_rim_strength * (1.0 - fill) : 0.0;
  float alpha = fill + rim;
  if (alpha == 0.0) discard;
  o_colour = vec4(u_colour * fill + u_rim * rim, alpha) * v_strength;
}
