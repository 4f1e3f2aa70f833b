//! What the server is told from outside: flags, each with an environment variable.

use std::net::SocketAddr;
use std::path::PathBuf;
use std::time::Duration;

use clap::{Args, ValueEnum};

use crate::service::evidence;

/// Where the data and the database are; every command that needs a database takes these.
#[derive(Args, Clone, Debug)]
pub struct Place {
    /// Folder for the local database cluster and the secrets
    #[arg(
        long,
        env = "WAFERMAPS_DATA",
        default_value = "data",
        value_name = "DIR"
    )]
    pub data: PathBuf,
    /// PostgreSQL to use; without it the server keeps its own cluster in the data folder
    #[arg(long, env = "DATABASE_URL", hide_env_values = true, value_name = "URL")]
    pub database_url: Option<String>,
    /// Where images and spectra go, `s3://bucket/prefix`, with keys, region and endpoint from AWS_*; without it
    /// they lie in the folder `objects` of the data folder
    #[arg(
        long,
        env = "WAFERMAPS_OBJECTS",
        hide_env_values = true,
        value_name = "URL"
    )]
    pub objects: Option<String>,
    /// How large images and spectra may be
    #[command(flatten)]
    pub evidence: EvidenceArgs,
}

/// How large images and spectra may be; what is larger is refused.
#[derive(Args, Clone, Copy, Debug)]
pub struct EvidenceArgs {
    /// Largest TIFF file, in MiB
    #[arg(
        long,
        env = "WAFERMAPS_TIFF_LIMIT_MIB",
        default_value_t = 1024,
        value_name = "MIB"
    )]
    pub tiff_limit_mib: u64,
    /// Largest PNG or JPEG file, in MiB
    #[arg(
        long,
        env = "WAFERMAPS_IMAGE_LIMIT_MIB",
        default_value_t = 64,
        value_name = "MIB"
    )]
    pub image_limit_mib: u64,
    /// Largest image, or page of one, in megapixels
    #[arg(
        long,
        env = "WAFERMAPS_IMAGE_LIMIT_MPX",
        default_value_t = 64,
        value_name = "MPX"
    )]
    pub image_limit_mpx: u64,
}

impl From<EvidenceArgs> for evidence::Limits {
    fn from(args: EvidenceArgs) -> Self {
        Self {
            tiff_bytes: args.tiff_limit_mib << 20,
            image_bytes: args.image_limit_mib << 20,
            pixels: args.image_limit_mpx * 1_000_000,
            ..Self::default()
        }
    }
}

/// How the server runs.
#[derive(Args, Clone, Debug)]
pub struct ServeArgs {
    /// Data folder and database
    #[command(flatten)]
    pub place: Place,
    /// Address and port to listen on; port 0 takes a free one
    #[arg(long, env = "WAFERMAPS_LISTEN", default_value = "127.0.0.1:8080")]
    pub listen: SocketAddr,
    /// File to write the port to once the server listens
    #[arg(long, value_name = "PATH")]
    pub port_file: Option<PathBuf>,
    /// Folder with the built web pages
    #[arg(
        long,
        env = "WAFERMAPS_DIST",
        default_value = "dist",
        value_name = "DIR"
    )]
    pub dist: PathBuf,
    /// Address under which browsers reach the server; https makes the session cookie `Secure`, and its pages may open
    /// sockets for live updates also behind a proxy that asks by another name
    #[arg(long, env = "WAFERMAPS_PUBLIC_URL", value_name = "URL")]
    pub public_url: Option<String>,
    /// Take the client's address from `x-forwarded-for`: only behind a proxy that sets it
    #[arg(long, env = "WAFERMAPS_TRUST_PROXY")]
    pub trust_proxy: bool,
    /// Largest body of an import, in MiB
    #[arg(long, env = "WAFERMAPS_IMPORT_LIMIT_MIB", default_value_t = 20 * 1024, value_name = "MIB")]
    pub import_limit_mib: u64,
    /// Memory for answers of analyses, kept until the data changes, in MiB; 0 keeps none
    #[arg(
        long,
        env = "WAFERMAPS_ANSWER_CACHE_MIB",
        default_value_t = 64,
        value_name = "MIB"
    )]
    pub answer_cache_mib: u64,
}

/// Form of the log.
#[derive(ValueEnum, Clone, Copy, Debug, PartialEq, Eq)]
pub enum LogFormat {
    /// Lines for people
    Text,
    /// One JSON object a line
    Json,
}

/// What the running server knows of its configuration.
#[derive(Clone, Debug)]
pub struct Config {
    /// Folder with the built web pages.
    pub dist: PathBuf,
    /// Whether browsers reach the server by https.
    pub is_https: bool,
    /// Address under which browsers reach the server, where it is another than the one they ask for.
    pub public_url: Option<String>,
    /// Whether `x-forwarded-for` is believed.
    pub trust_proxy: bool,
    /// Largest body of an import, in bytes.
    pub import_limit_bytes: u64,
    /// How long the sender of an import may fall silent.
    pub import_silence: Duration,
    /// How long an access token counts.
    pub access_token_life: Duration,
    /// How long a refresh token counts.
    pub refresh_token_life: Duration,
    /// How often one may try to sign in and to refresh.
    pub limits: Limits,
    /// Memory for answers of analyses, in bytes; 0 keeps none.
    pub answer_cache_bytes: u64,
    /// Threads that answer requests; 0 takes one a core.
    pub workers: usize,
}

/// Attempts per minute; as many may come at once.
#[derive(Clone, Copy, Debug)]
pub struct Limits {
    /// Sign-ins from one address.
    pub logins_per_address: u32,
    /// Sign-ins of one username, from wherever: an attacker with many addresses is slowed too.
    pub logins_per_username: u32,
    /// Refreshes from one address.
    pub refreshes_per_address: u32,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            logins_per_address: 30,
            logins_per_username: 10,
            refreshes_per_address: 120,
        }
    }
}

impl Default for Config {
    fn default() -> Self {
        Self {
            dist: PathBuf::from("dist"),
            is_https: false,
            public_url: None,
            trust_proxy: false,
            import_limit_bytes: 20 << 30,
            import_silence: Duration::from_secs(60),
            access_token_life: Duration::from_secs(15 * 60),
            refresh_token_life: Duration::from_secs(14 * 24 * 3600),
            limits: Limits::default(),
            answer_cache_bytes: 64 << 20,
            workers: 0,
        }
    }
}

impl From<&ServeArgs> for Config {
    fn from(args: &ServeArgs) -> Self {
        Self {
            dist: args.dist.clone(),
            is_https: args
                .public_url
                .as_deref()
                .is_some_and(|url| url.starts_with("https://")),
            public_url: args.public_url.clone(),
            trust_proxy: args.trust_proxy,
            import_limit_bytes: args.import_limit_mib << 20,
            answer_cache_bytes: args.answer_cache_mib << 20,
            ..Self::default()
        }
    }
}
