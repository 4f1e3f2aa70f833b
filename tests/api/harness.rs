//! A server of its own for each test, and clients for each role.

use std::net::TcpListener;
use std::sync::OnceLock;
use std::time::Duration;

use actix_web::dev::ServerHandle;
use actix_web::web::Data;
use contract::ErrorCode;
use contract::user::{Role, UserCreate};
use reqwest::{Method, StatusCode};
use serde_json::{Value, json};
use server::app::{self, State};
use server::config::Config;
use server::service::evidence::{Intake, Limits};
use store::object::Objects;
use wafermaps_tests::{TestDb, TestFolder};

/// Password of every user that the harness makes.
pub const PASSWORD: &str = "correct horse battery";

/// A running server with a database of its own.
pub struct TestApp {
    pub db: TestDb,
    pub state: Data<State>,
    pub folder: TestFolder,
    pub base: String,
    handle: ServerHandle,
}

impl Drop for TestApp {
    fn drop(&mut self) {
        // Asking is enough: the process ends soon.
        drop(self.handle.stop(false));
    }
}

impl TestApp {
    pub async fn start() -> Self {
        Self::start_with(|_| {}).await
    }

    /// Starts with a configuration that differs from the default.
    pub async fn start_with(change: impl FnOnce(&mut Config)) -> Self {
        Self::start_on(None, change).await
    }

    /// Starts with images and spectra in `objects`, or in a folder.
    pub async fn start_on(objects: Option<Objects>, change: impl FnOnce(&mut Config)) -> Self {
        let db = TestDb::new().await;
        let mut config = Config {
            workers: 1,
            ..Config::default()
        };
        change(&mut config);
        let listener = TcpListener::bind("127.0.0.1:0").expect("a port is free");
        let base = format!("http://{}", listener.local_addr().expect("is bound"));
        let folder = TestFolder::new();
        let intake = intake(&folder, &objects);
        let state = State::new(db.db.clone(), intake, config, &[7; 32]);
        let server = app::serve(state.clone(), listener).expect("listens");
        let handle = server.handle();
        actix_web::rt::spawn(server);
        Self {
            db,
            state,
            folder,
            base,
            handle,
        }
    }

    /// Somebody without a token.
    pub fn anonymous(&self) -> Client {
        Client {
            base: self.base.clone(),
            http: http(),
            token: None,
        }
    }

    /// Somebody who brings this token.
    pub fn bearer(&self, token: &str) -> Client {
        Client {
            token: Some(token.to_owned()),
            ..self.anonymous()
        }
    }

    /// A user of this role, made on the spot and signed in.
    pub async fn as_role(&self, role: Role) -> Client {
        let username = format!("{role}-{}", uuid::Uuid::now_v7().simple());
        self.create_user(&username, role).await;
        self.sign_in(&username).await
    }

    pub async fn viewer(&self) -> Client {
        self.as_role(Role::Viewer).await
    }

    pub async fn operator(&self) -> Client {
        self.as_role(Role::Operator).await
    }

    pub async fn engineer(&self) -> Client {
        self.as_role(Role::Engineer).await
    }

    pub async fn admin(&self) -> Client {
        self.as_role(Role::Admin).await
    }

    pub async fn create_user(&self, username: &str, role: Role) -> contract::user::User {
        let new = UserCreate {
            username: username.to_owned(),
            display_name: username.to_owned(),
            role,
            password: PASSWORD.to_owned(),
        };
        let made = server::service::user::create(&self.db.db, None, new).await;
        made.expect("user is made")
    }

    pub async fn sign_in(&self, username: &str) -> Client {
        let answer = self
            .anonymous()
            .post("/auth/login", &credentials(username, PASSWORD))
            .await;
        let token = answer.data()["access_token"].as_str().map(str::to_owned);
        Client {
            token: Some(token.expect("a token")),
            ..self.anonymous()
        }
    }
}

pub fn intake(folder: &TestFolder, objects: &Option<Objects>) -> Intake {
    let objects = objects.clone().unwrap_or_else(|| {
        Objects::in_folder(&folder.path().join("objects")).expect("a folder for objects")
    });
    let uploads = folder.path().join("uploads");
    Intake::new(objects, Limits::default(), uploads).expect("a folder for uploads")
}

pub fn credentials(username: &str, password: &str) -> Value {
    json!({"username": username, "password": password})
}

fn http() -> reqwest::Client {
    let builder = reqwest::Client::builder()
        .timeout(Duration::from_secs(60))
        .redirect(reqwest::redirect::Policy::none());
    builder.build().expect("a client")
}

/// Sends requests as somebody and checks each answer against the API's description.
#[derive(Clone)]
pub struct Client {
    base: String,
    http: reqwest::Client,
    pub token: Option<String>,
}

impl Client {
    /// The same caller at another server.
    pub fn at(&self, base: &str) -> Self {
        Self {
            base: base.to_owned(),
            ..self.clone()
        }
    }

    pub async fn get(&self, path: &str) -> Answer {
        self.send(Method::GET, path, None).await
    }

    pub async fn post(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::POST, path, Some(body)).await
    }

    pub async fn put(&self, path: &str, body: &Value) -> Answer {
        self.send(Method::PUT, path, Some(body)).await
    }

    pub async fn delete(&self, path: &str) -> Answer {
        self.send(Method::DELETE, path, None).await
    }

    /// Sends to a path below `/api/v1`, or to an absolute one that begins with `//`.
    pub async fn send(&self, method: Method, path: &str, body: Option<&Value>) -> Answer {
        let mut request = self.request(method, path);
        if let Some(body) = body {
            request = request.json(body);
        }
        self.answer(request).await
    }

    /// A request to which more can be added before [`Client::answer`].
    pub fn request(&self, method: Method, path: &str) -> reqwest::RequestBuilder {
        let url = match path.strip_prefix('/') {
            Some(absolute) if absolute.starts_with('/') => format!("{}{absolute}", self.base),
            _ => format!("{}{}{path}", self.base, contract::API_PREFIX),
        };
        let request = self.http.request(method, url);
        match &self.token {
            Some(token) => request.bearer_auth(token),
            None => request,
        }
    }

    pub async fn answer(&self, request: reqwest::RequestBuilder) -> Answer {
        let request = request.build().expect("is a request");
        let (method, path) = (request.method().clone(), request.url().path().to_owned());
        let response = self
            .http
            .execute(request)
            .await
            .expect("the server answers");
        let status = response.status();
        let headers = response.headers().clone();
        let text = response.text().await.expect("a body");
        assert_described(&method, &path, status);
        Answer {
            status,
            headers,
            body: serde_json::from_str(&text).unwrap_or(Value::Null),
            text,
        }
    }
}

/// What came back.
#[derive(Debug)]
pub struct Answer {
    pub status: StatusCode,
    pub headers: reqwest::header::HeaderMap,
    pub body: Value,
    pub text: String,
}

impl Answer {
    /// `data` of an answer that worked.
    pub fn data(&self) -> &Value {
        assert!(self.status.is_success(), "{self:?}");
        assert_eq!(self.body["success"], true, "{self:?}");
        &self.body["data"]
    }

    /// Rows of a list.
    pub fn rows(&self) -> &Vec<Value> {
        self.data().as_array().expect("a list")
    }

    /// Status and code of a refusal.
    pub fn refusal(&self) -> (u16, ErrorCode) {
        assert_eq!(self.body["success"], false, "{self:?}");
        let code = serde_json::from_value(self.body["error"]["code"].clone());
        (self.status.as_u16(), code.expect("a code of the list"))
    }

    /// What a refusal is about.
    pub fn details(&self) -> &Value {
        &self.body["error"]["details"]
    }

    pub fn header(&self, name: &str) -> &str {
        let value = self.headers.get(name).and_then(|v| v.to_str().ok());
        value.unwrap_or_default()
    }

    /// The refresh token that the answer gives.
    pub fn refresh_cookie(&self) -> String {
        let cookie = self.header("set-cookie");
        let pair = cookie.split(';').next().unwrap_or_default();
        let value = pair.strip_prefix("wafermaps_refresh=");
        value.expect("the cookie is set").to_owned()
    }
}

/// The checked-in description of the API.
pub fn document() -> &'static Value {
    static DOCUMENT: OnceLock<Value> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let path = concat!(env!("CARGO_MANIFEST_DIR"), "/../openapi/openapi.json");
        let text = std::fs::read_to_string(path).expect("openapi.json is there");
        serde_json::from_str(&text).expect("is JSON")
    })
}

/// Every operation of the description: method and path.
pub fn operations() -> Vec<(Method, String)> {
    let paths = document()["paths"].as_object().expect("paths");
    let of_path = |(path, item): (&String, &Value)| {
        let methods = item.as_object().expect("operations").keys();
        let pairs =
            methods.map(|name| (name.to_uppercase().parse().expect("a method"), path.clone()));
        pairs.collect::<Vec<_>>()
    };
    paths.iter().flat_map(of_path).collect()
}

/// An answer whose status the description does not know is a fault of one of the two.
fn assert_described(method: &Method, path: &str, status: StatusCode) {
    let matches = |template: &str| {
        let (own, theirs) = (template.split('/'), path.split('/'));
        own.clone().count() == theirs.clone().count()
            && own.zip(theirs).all(|(a, b)| a.starts_with('{') || a == b)
    };
    let found = operations()
        .into_iter()
        .filter(|(m, t)| m == method && matches(t));
    // A path without parameters goes before one with.
    let Some((_, template)) = found.min_by_key(|(_, template)| template.matches('{').count())
    else {
        return;
    };
    let method = method.as_str().to_lowercase();
    let responses = &document()["paths"][&template][&method]["responses"];
    assert!(
        responses.get(status.as_str()).is_some(),
        "{method} {template} answers {status}, which openapi.json does not tell"
    );
}
