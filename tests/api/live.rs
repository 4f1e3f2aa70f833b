//! Live updates over a WebSocket.

use std::net::TcpListener;
use std::time::{Duration, Instant};

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use contract::live::{CLOSE_TOKEN_EXPIRED, LiveKind, LiveMessage, SUBPROTOCOL};
use futures::{SinkExt, StreamExt};
use serde_json::json;
use server::app::{self, State};
use server::config::Config;
use server::service::live::{self, Tasks};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_tungstenite::tungstenite::client::IntoClientRequest;
use tokio_tungstenite::tungstenite::handshake::client::Response;
use tokio_tungstenite::tungstenite::http::{HeaderName, HeaderValue};
use tokio_tungstenite::tungstenite::{self, Message};
use tokio_tungstenite::{MaybeTlsStream, WebSocketStream, connect_async};

use crate::control_chart::{c_chart, create, history, import};
use crate::harness::{Client, TestApp, intake};
use crate::seed;

type Socket = WebSocketStream<MaybeTlsStream<TcpStream>>;

/// Another server on the database of `app`, with connections of its own.
struct SecondServer {
    state: Data<State>,
    base: String,
    handle: ServerHandle,
    _tasks: Tasks,
}

impl SecondServer {
    async fn start(app: &TestApp) -> Self {
        let options = store::Options::default();
        let db = store::connect(&app.db.url, &options).await;
        let db = db.expect("database answers");
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let base = format!("http://{}", listener.local_addr().expect("is bound"));
        let config = Config {
            workers: 1,
            ..Config::default()
        };
        let state = State::new(db, intake(&app.folder, &None), config, &[7; 32]);
        let server = app::serve(state.clone(), listener).expect("listens");
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self {
            _tasks: listen(&state).await,
            state,
            base,
            handle,
        }
    }
}

impl Drop for SecondServer {
    fn drop(&mut self) {
        drop(self.handle.stop(false));
    }
}

/// Starts the tasks behind live updates and waits until they hear what happens.
async fn listen(state: &Data<State>) -> Tasks {
    let mut told = state.live.subscribe();
    let tasks = live::start(state);
    told.recv().await.expect("where things stand");
    tasks
}

/// Asks for a socket with these headers.
async fn open(
    base: &str,
    headers: &[(&'static str, &str)],
) -> Result<(Socket, Response), tungstenite::Error> {
    let url = format!("{}/ws", base.replace("http://", "ws://"));
    let mut request = url.into_client_request().expect("is a request");
    for (name, value) in headers {
        let value = HeaderValue::from_str(value).expect("a header");
        request
            .headers_mut()
            .append(HeaderName::from_static(name), value);
    }
    connect_async(request).await
}

/// A socket as a browser opens it, past its hello.
async fn subscribe(base: &str, client: &Client) -> Socket {
    let token = client.token.as_deref().expect("a token");
    let offered = format!("{SUBPROTOCOL}, bearer.{token}");
    let (mut socket, response) = open(base, &[("sec-websocket-protocol", &offered)])
        .await
        .expect("opens");
    assert_eq!(response.headers()["sec-websocket-protocol"], SUBPROTOCOL);
    assert_eq!(next(&mut socket).await.kind, LiveKind::Hello);
    socket
}

async fn next_frame(socket: &mut Socket) -> Message {
    let frame = timeout(Duration::from_secs(20), socket.next()).await;
    let frame = frame.expect("something comes").expect("is open");
    frame.expect("is a frame")
}

async fn next(socket: &mut Socket) -> LiveMessage {
    loop {
        match next_frame(socket).await {
            Message::Text(text) => return serde_json::from_str(&text).expect("is a message"),
            Message::Ping(_) => {}
            other => panic!("{other:?}"),
        }
    }
}

/// The next message of this kind, others passed over.
async fn next_of(socket: &mut Socket, kind: LiveKind) -> LiveMessage {
    loop {
        let message = next(socket).await;
        if message.kind == kind {
            return message;
        }
    }
}

async fn close_code(socket: &mut Socket) -> u16 {
    loop {
        if let Message::Close(frame) = next_frame(socket).await {
            return frame.expect("says why").code.into();
        }
    }
}

fn refused(outcome: Result<(Socket, Response), tungstenite::Error>) -> u16 {
    match outcome {
        Err(tungstenite::Error::Http(response)) => response.status().as_u16(),
        other => panic!("{other:?}"),
    }
}

#[actix_web::test]
async fn an_alert_reaches_a_socket_of_another_server_within_two_seconds() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    history(&engineer, &[4, 6, 5, 4, 6]).await;
    let chart = create(&engineer, &c_chart("M1")).await;
    let _tasks = listen(&app.state).await;
    let second = SecondServer::start(&app).await;
    let viewer = app.viewer().await;
    let mut socket = subscribe(&second.base, &viewer).await;

    import(&engineer, 6, 30).await;
    let began = Instant::now();
    let raised = next_of(&mut socket, LiveKind::AlertRaised).await;

    assert!(
        began.elapsed() < Duration::from_secs(2),
        "{:?}",
        began.elapsed()
    );
    let alert = raised.alert.expect("an alert");
    assert_eq!(alert.control_chart_id.to_string(), chart);
    assert_eq!(alert.control_chart_name, "M1");
    assert_eq!(raised.alerts.expect("counts").open, 1);
    let path = format!("/alerts/{}/acknowledge", alert.alert_id);
    engineer.post(&path, &json!({})).await.data();
    let changed = next_of(&mut socket, LiveKind::AlertChanged).await;
    let counts = changed.alerts.expect("counts");
    assert_eq!((counts.open, counts.acknowledged), (0, 1));
    assert_eq!(engineer.get("/alerts").await.rows().len(), 1);
    engineer.delete(&format!("/control-charts/{chart}")).await;
    let gone = next_of(&mut socket, LiveKind::Hello).await;
    assert_eq!(gone.alerts.expect("counts").acknowledged, 0);
}

#[actix_web::test]
async fn changes_of_data_are_told_once_a_second_at_most() {
    let app = TestApp::start().await;
    let engineer = app.engineer().await;
    let _tasks = listen(&app.state).await;
    let mut socket = subscribe(&app.base, &engineer).await;
    let began = Instant::now();
    for slot in 1..=20 {
        seed::wafer(&engineer, slot).await;
    }
    let mut told = 0;
    while timeout(
        Duration::from_millis(1500),
        next_of(&mut socket, LiveKind::Data),
    )
    .await
    .is_ok()
    {
        told += 1;
    }
    assert!(told >= 1 && told <= 1 + began.elapsed().as_secs(), "{told}");
}

#[actix_web::test]
async fn without_a_valid_token_no_socket_opens() {
    let app = TestApp::start().await;
    let viewer = app.viewer().await;
    let token = viewer.token.as_deref().expect("a token");
    let foreign = server::auth::token::Keys::new(&[8; 32])
        .issue(
            uuid::Uuid::nil(),
            contract::user::Role::Admin,
            uuid::Uuid::nil(),
            Duration::from_secs(60),
        )
        .expect("is signed");
    let expired = TestApp::start_with(|config| config.access_token_life = Duration::ZERO).await;
    let old = expired.admin().await;
    let old = old.token.as_deref().expect("a token");
    for offered in [
        SUBPROTOCOL.to_owned(),
        format!("{SUBPROTOCOL}, bearer."),
        format!("{SUBPROTOCOL}, bearer.{foreign}"),
    ] {
        let outcome = open(&app.base, &[("sec-websocket-protocol", &offered)]).await;
        assert_eq!(refused(outcome), 401, "{offered}");
    }
    let offered = format!("{SUBPROTOCOL}, bearer.{old}");
    let outcome = open(&expired.base, &[("sec-websocket-protocol", &offered)]).await;
    assert_eq!(refused(outcome), 401);
    // A tool sends the header instead and offers nothing.
    let bearer = format!("Bearer {token}");
    let (mut socket, response) = open(&app.base, &[("authorization", &bearer)])
        .await
        .expect("opens");
    assert!(response.headers().get("sec-websocket-protocol").is_none());
    assert_eq!(next(&mut socket).await.kind, LiveKind::Hello);
}

#[actix_web::test]
async fn a_page_of_another_site_opens_no_socket() {
    let app = TestApp::start().await;
    let viewer = app.viewer().await;
    let bearer = format!("Bearer {}", viewer.token.as_deref().expect("a token"));
    let foreign = [
        ("authorization", bearer.as_str()),
        ("origin", "https://evil.example"),
    ];
    assert_eq!(refused(open(&app.base, &foreign).await), 400);
    let own = [
        ("authorization", bearer.as_str()),
        ("origin", app.base.as_str()),
    ];
    assert!(open(&app.base, &own).await.is_ok());
}

#[actix_web::test]
async fn a_socket_closes_when_its_token_expires() {
    let app = TestApp::start_with(|config| config.access_token_life = Duration::from_secs(3)).await;
    let viewer = app.viewer().await;
    let mut socket = subscribe(&app.base, &viewer).await;
    assert_eq!(close_code(&mut socket).await, CLOSE_TOKEN_EXPIRED);
}

#[actix_web::test]
async fn what_a_client_says_is_passed_over_unless_it_is_too_large() {
    let app = TestApp::start().await;
    let viewer = app.viewer().await;
    let mut socket = subscribe(&app.base, &viewer).await;
    socket.send(Message::text("hello?")).await.expect("is sent");
    socket
        .send(Message::Ping(vec![7].into()))
        .await
        .expect("is sent");
    assert_eq!(next_frame(&mut socket).await, Message::Pong(vec![7].into()));
    socket
        .send(Message::text("x".repeat(5000)))
        .await
        .expect("is sent");
    assert_eq!(close_code(&mut socket).await, 1009);
}

#[actix_web::test]
async fn a_server_that_stops_closes_its_sockets() {
    let app = TestApp::start().await;
    let viewer = app.viewer().await;
    let second = SecondServer::start(&app).await;
    let mut socket = subscribe(&second.base, &viewer).await;
    let began = Instant::now();
    second.state.live.close();
    let stopped = second.handle.stop(true);
    assert_eq!(close_code(&mut socket).await, 1001);
    stopped.await;
    assert!(
        began.elapsed() < Duration::from_secs(5),
        "{:?}",
        began.elapsed()
    );
}
