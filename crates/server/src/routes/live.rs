//! Live updates over a WebSocket.

use std::pin::pin;
use std::sync::Arc;
use std::time::Duration;

use actix_web::web::{Data, Payload};
use actix_web::{HttpRequest, HttpResponse, get, rt};
use actix_ws::{CloseCode, CloseReason, Message, MessageStream, Session};
use chrono::Utc;
use contract::Failure;
use contract::live::{CLOSE_TOKEN_EXPIRED, LiveMessage, SUBPROTOCOL};
use futures::StreamExt;
use tokio::sync::broadcast::{Receiver, error::RecvError};
use tokio::time::{Instant, interval_at, sleep, timeout};
use utoipa_actix_web::service_config::ServiceConfig;

use crate::app::State;
use crate::auth::Subscriber;
use crate::error::{ApiResult, invalid};
use crate::service::live;

/// Largest message that a client may send; nothing it says matters.
const FROM_CLIENT: usize = 4096;
/// How often a client is asked whether it is there.
const PING: Duration = Duration::from_secs(25);
/// How long a message may wait for a client that does not read.
const UNREAD: Duration = Duration::from_secs(10);

pub fn configure(config: &mut ServiceConfig<'_>) {
    config.service(open_live_updates);
}

/// Opens a WebSocket that tells what happens: alerts as they are raised and change, and that data has changed.
///
/// Browsers offer the subprotocols `wafermaps.v1` and `bearer.<access token>`, tools may send the header `authorization`
/// instead; the answer names `wafermaps.v1` alone. Messages are JSON text frames, the first is `hello`, which comes again
/// whenever messages were missed. The server pings every 25 s. It closes with 4401 when the token expires or the session
/// ends (connect again with a new one) and with 1001 when it stops.
#[utoipa::path(tag = "live", security(("bearer" = [])), responses(
    (status = 101, description = "The socket is open; messages are like this", body = LiveMessage),
    (status = 400, description = "`INVALID_INPUT`: no WebSocket handshake, or from a page of another site", body = Failure)))]
#[get("/ws")]
async fn open_live_updates(
    subscriber: Subscriber,
    state: Data<State>,
    req: HttpRequest,
    body: Payload,
) -> ApiResult<HttpResponse> {
    // Before it is asked where things stand, so that nothing is missed in between.
    let told = state.live.subscribe();
    let hello = hello(&state).await?;
    let opened = actix_ws::handle_with_protocols(&req, body, &[SUBPROTOCOL]);
    let (response, session, messages) = opened.map_err(|error| {
        let rule = format!("has to be that of a WebSocket handshake: {error}");
        invalid("upgrade", serde_json::Value::Null, rule)
    })?;
    rt::spawn(async move {
        let mut socket = Socket {
            session: session.clone(),
            messages: messages.max_frame_size(FROM_CLIENT),
            told,
        };
        let reason = converse(&subscriber, &state, &mut socket, hello).await;
        if let Some(reason) = reason {
            drop(timeout(UNREAD, session.close(Some(reason))).await);
        }
    });
    Ok(response)
}

/// Both ends of a conversation.
struct Socket {
    session: Session,
    messages: MessageStream,
    told: Receiver<Arc<str>>,
}

/// Tells until somebody ends it; why, where it is us.
async fn converse(
    subscriber: &Subscriber,
    state: &State,
    socket: &mut Socket,
    first: String,
) -> Option<CloseReason> {
    let Socket {
        session,
        messages,
        told,
    } = socket;
    in_time(session.text(first)).await?;
    let left = (subscriber.expires_at - Utc::now()).to_std();
    let mut expired = pin!(sleep(left.unwrap_or_default()));
    let mut closed = pin!(state.live.closed());
    let mut pings = interval_at(Instant::now() + PING, PING);
    let mut is_there = true;
    loop {
        tokio::select! {
            message = messages.next() => match message {
                Some(Ok(Message::Ping(bytes))) => {
                    is_there = true;
                    in_time(session.pong(&bytes)).await?;
                }
                Some(Ok(Message::Close(_))) => return Some(CloseCode::Normal.into()),
                Some(Ok(_)) => is_there = true,
                Some(Err(_)) => return Some(CloseCode::Size.into()),
                None => return None,
            },
            message = told.recv() => match message {
                Ok(text) => in_time(session.text(text.to_string())).await?,
                Err(RecvError::Lagged(_)) => in_time(session.text(hello(state).await.ok()?)).await?,
                Err(RecvError::Closed) => return Some(CloseCode::Away.into()),
            },
            _ = pings.tick() => {
                if !is_there {
                    return Some(reason(CloseCode::Away, "no answer to a ping"));
                }
                // The database may be away for a while; the token's own end holds all the same.
                if matches!(subscriber.still_counts(state).await, Ok(false)) {
                    return Some(reason(CloseCode::Other(CLOSE_TOKEN_EXPIRED), "the session has ended"));
                }
                is_there = false;
                in_time(session.ping(b"")).await?;
            }
            () = &mut expired => {
                return Some(reason(CloseCode::Other(CLOSE_TOKEN_EXPIRED), "the access token has expired"));
            }
            () = &mut closed => return Some(reason(CloseCode::Away, "the server stops")),
        }
    }
}

fn reason(code: CloseCode, text: &str) -> CloseReason {
    CloseReason {
        code,
        description: Some(text.to_owned()),
    }
}

/// `None` where nothing can be sent any more: the client is gone, or does not read.
async fn in_time(sending: impl Future<Output = Result<(), actix_ws::Closed>>) -> Option<()> {
    timeout(UNREAD, sending).await.ok()?.ok()
}

/// Where things stand, as it is sent.
async fn hello(state: &State) -> ApiResult<String> {
    let hello = live::hello(&state.db).await?;
    Ok(serde_json::to_string(&hello).map_err(anyhow::Error::from)?)
}
