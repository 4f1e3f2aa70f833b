//! The live socket: one connection, from its opening to its end.

use contract::live::{CLOSE_TOKEN_EXPIRED, LiveMessage, SUBPROTOCOL};
use js_sys::Array;
use leptos::prelude::*;
use wasm_bindgen::JsCast;
use wasm_bindgen::prelude::Closure;
use web_sys::{CloseEvent, MessageEvent, WebSocket};

use super::{Api, ApiError};

/// What a socket tells.
#[derive(Clone, Debug)]
pub enum Heard {
    /// A message.
    Message(Box<LiveMessage>),
    /// It has ended. `token_expired`: a new one opens it again at once.
    Ended {
        /// The server closed it because its access token has expired.
        token_expired: bool,
    },
}

/// A connection; dropping it closes it without another word.
pub struct Socket {
    socket: WebSocket,
    _on_message: Closure<dyn FnMut(MessageEvent)>,
    _on_close: Closure<dyn FnMut(CloseEvent)>,
}

impl Socket {
    fn open(url: &str, token: &str, heard: impl Fn(Heard) + Clone + 'static) -> Option<Self> {
        let protocols = Array::of2(&SUBPROTOCOL.into(), &format!("bearer.{token}").into());
        let socket = WebSocket::new_with_str_sequence(url, &protocols).ok()?;
        let tell = heard.clone();
        let on_message = Closure::new(move |event: MessageEvent| {
            let text = event.data().as_string().unwrap_or_default();
            // A newer server may tell what this version does not know: that is no fault.
            if let Ok(message) = serde_json::from_str(&text) {
                tell(Heard::Message(message));
            }
        });
        let on_close = Closure::new(move |event: CloseEvent| {
            heard(Heard::Ended {
                token_expired: event.code() == CLOSE_TOKEN_EXPIRED,
            });
        });
        socket.set_onmessage(Some(on_message.as_ref().unchecked_ref()));
        socket.set_onclose(Some(on_close.as_ref().unchecked_ref()));
        Some(Self {
            socket,
            _on_message: on_message,
            _on_close: on_close,
        })
    }
}

impl Drop for Socket {
    fn drop(&mut self) {
        self.socket.set_onmessage(None);
        self.socket.set_onclose(None);
        // It is gone either way.
        let _ = self.socket.close();
    }
}

impl Api {
    /// Opens the live socket as the signed-in user; `renewed` takes a new access token for it.
    ///
    /// # Errors
    /// When there is no token, or the browser refuses to open a socket.
    pub async fn socket(
        self,
        renewed: bool,
        heard: impl Fn(Heard) + Clone + 'static,
    ) -> Result<Socket, ApiError> {
        if renewed {
            self.refresh().await?;
        }
        let token = self.fresh_token().await?.ok_or(ApiError::Unreachable)?;
        let origin = window().location().origin().unwrap_or_default();
        // `http` becomes `ws`, `https` becomes `wss`.
        let url = format!("{}/ws", origin.replacen("http", "ws", 1));
        Socket::open(&url, &token, heard).ok_or(ApiError::Unreachable)
    }
}
