//! A programme of the graphics card.

use wasm_bindgen::JsValue;
use web_sys::{WebGl2RenderingContext as Gl, WebGlProgram, WebGlShader};

/// Compiles and links two shaders; `None`, with a warning on the console, where the graphics card refuses them.
#[must_use]
pub fn program(gl: &Gl, vertex: &str, fragment: &str) -> Option<WebGlProgram> {
    let program = gl.create_program()?;
    for (kind, source) in [(Gl::VERTEX_SHADER, vertex), (Gl::FRAGMENT_SHADER, fragment)] {
        gl.attach_shader(&program, &shader(gl, kind, source)?);
    }
    gl.link_program(&program);
    let linked = gl.get_program_parameter(&program, Gl::LINK_STATUS);
    if linked != JsValue::TRUE {
        warn(gl.get_program_info_log(&program));
        return None;
    }
    Some(program)
}

fn shader(gl: &Gl, kind: u32, source: &str) -> Option<WebGlShader> {
    let shader = gl.create_shader(kind)?;
    gl.shader_source(&shader, source);
    gl.compile_shader(&shader);
    let compiled = gl.get_shader_parameter(&shader, Gl::COMPILE_STATUS);
    if compiled != JsValue::TRUE {
        warn(gl.get_shader_info_log(&shader));
        return None;
    }
    Some(shader)
}

fn warn(log: Option<String>) {
    leptos::logging::warn!(
        "this graphics card does not take the map's shaders: {}",
        log.unwrap_or_default()
    );
}
