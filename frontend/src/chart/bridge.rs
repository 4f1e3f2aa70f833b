//! The border to `echarts-entry.js`, which is loaded when the first chart is shown.

use std::cell::RefCell;

use js_sys::Promise;
use leptos::prelude::document;
use wasm_bindgen::prelude::*;
use wasm_bindgen_futures::JsFuture;
use web_sys::HtmlElement;

#[wasm_bindgen]
extern "C" {
    /// A chart on the page.
    pub type Mounted;

    #[wasm_bindgen(catch, js_namespace = wafermapsCharts)]
    pub fn mount(
        host: &HtmlElement,
        on_click: &Closure<dyn FnMut(i32)>,
        on_brush: &JsValue,
    ) -> Result<Mounted, JsValue>;

    #[wasm_bindgen(js_namespace = wafermapsCharts)]
    pub fn draw(mounted: &Mounted, option_json: &str);

    #[wasm_bindgen(js_namespace = wafermapsCharts)]
    pub fn point(mounted: &Mounted, index: i32);

    #[wasm_bindgen(js_namespace = wafermapsCharts)]
    pub fn unmount(mounted: &Mounted);

    #[wasm_bindgen(js_namespace = wafermapsCharts)]
    pub fn download(option_json: &str, kind: &str, file_name: &str, background: &str);

    #[wasm_bindgen(js_namespace = wafermapsCharts, js_name = downloadText)]
    pub fn download_text(text: &str, media_type: &str, file_name: &str);
}

thread_local! {
    static LOADING: RefCell<Option<Promise>> = const { RefCell::new(None) };
}

/// Waits until the chart library is there; fetches it on the first call, and again after a failure.
///
/// # Errors
/// When the script could not be fetched.
pub async fn load() -> Result<(), JsValue> {
    let loading =
        LOADING.with_borrow_mut(|loading| loading.get_or_insert_with(fetch_script).clone());
    let loaded = JsFuture::from(loading).await;
    if loaded.is_err() {
        LOADING.set(None);
    }
    loaded.map(drop)
}

fn fetch_script() -> Promise {
    Promise::new(&mut |resolve, reject| {
        let refuse = reject.clone();
        let added = document().create_element("script").and_then(|script| {
            script.set_attribute("src", concat!("/vendor/", env!("WAFERMAPS_ECHARTS")))?;
            script.add_event_listener_with_callback("load", &resolve)?;
            script.add_event_listener_with_callback("error", &reject)?;
            document()
                .head()
                .map_or(Err(JsValue::NULL), |head| head.append_child(&script))
        });
        if let Err(fault) = added {
            let _ = refuse.call1(&JsValue::NULL, &fault);
        }
    })
}
