//! Opening a place for objects.

use std::{fs, path::Path, sync::Arc, time::Duration};

use object_store::{
    BackoffConfig, ObjectStore, RetryConfig,
    aws::{AmazonS3Builder, AmazonS3ConfigKey},
    local::LocalFileSystem,
    prefix::PrefixStore,
};
use url::Url;

use super::{Folder, Objects};
use crate::{Error, Result};

impl Objects {
    /// Objects as files in a folder of the local disk, which is made where it is missing, for nobody else to read (0700).
    ///
    /// # Errors
    /// [`Error::File`] when the folder cannot be made or its mode cannot be set.
    pub fn in_folder(path: &Path) -> Result<Self> {
        make_private(path).map_err(Error::File)?;
        let files = LocalFileSystem::new_with_prefix(path).map_err(Error::Objects)?;
        Ok(Self {
            store: Arc::new(files.clone().with_fsync(true)),
            folder: Some(Folder {
                unflushed: Arc::new(files),
                path: path.to_owned(),
            }),
        })
    }

    /// Objects in S3, below `s3://bucket/prefix`. Credentials, region and, for other servers that speak S3, the endpoint
    /// come from the environment: `AWS_ACCESS_KEY_ID`, `AWS_SECRET_ACCESS_KEY`, `AWS_REGION`, `AWS_ENDPOINT_URL`, and
    /// whatever else `object_store` knows.
    ///
    /// # Errors
    /// [`Error::ObjectsUrl`] when the URL or a setting is wrong. Nothing is sent yet.
    pub fn at(url: &str) -> Result<Self> {
        Self::open(url, AmazonS3Builder::from_env())
    }

    /// As [`Objects::at`], with settings instead of the environment, named as there in lower case (`aws_endpoint`).
    ///
    /// # Errors
    /// As [`Objects::at`].
    pub fn at_with<'a>(
        url: &str,
        settings: impl IntoIterator<Item = (&'a str, &'a str)>,
    ) -> Result<Self> {
        let mut builder = AmazonS3Builder::new();
        for (name, value) in settings {
            let key: AmazonS3ConfigKey = name
                .parse()
                .map_err(|_| wrong(format!("there is no setting `{name}`")))?;
            builder = builder.with_config(key, value);
        }
        Self::open(url, builder)
    }

    fn open(url: &str, builder: AmazonS3Builder) -> Result<Self> {
        let (bucket, prefix) = bucket_and_prefix(url)?;
        let mut builder = builder.with_bucket_name(bucket).with_retry(retries());
        if let Some(endpoint) = endpoint(&builder)? {
            // Who writes http:// wants it.
            builder = builder.with_allow_http(endpoint.scheme() == "http");
        }
        let bucket = builder.build().map_err(|error| wrong(error.to_string()))?;
        let store: Arc<dyn ObjectStore> = if prefix.as_ref().is_empty() {
            Arc::new(bucket)
        } else {
            Arc::new(PrefixStore::new(bucket, prefix))
        };
        Ok(Self {
            store,
            folder: None,
        })
    }
}

/// Somebody waits for the answer: give up after some seconds, not after the library's three minutes.
fn retries() -> RetryConfig {
    RetryConfig {
        backoff: BackoffConfig {
            max_backoff: Duration::from_secs(2),
            ..BackoffConfig::default()
        },
        max_retries: 4,
        retry_timeout: Duration::from_secs(30),
    }
}

fn bucket_and_prefix(url: &str) -> Result<(String, object_store::path::Path)> {
    // The URL itself is never part of a message: it may hold a password.
    let expected = "expected s3://bucket/prefix";
    let url = Url::parse(url).map_err(|error| wrong(format!("{error}; {expected}")))?;
    if url.scheme() != "s3" {
        return Err(wrong(format!(
            "the scheme `{}` is unknown; {expected}",
            url.scheme()
        )));
    }
    no_credentials("the URL", &url)?;
    if url.query().is_some() || url.fragment().is_some() || url.port().is_some() {
        return Err(wrong(format!(
            "port, `?` and `#` have no meaning here; {expected}"
        )));
    }
    let bucket = url
        .host_str()
        .filter(|bucket| !bucket.is_empty())
        .ok_or_else(|| wrong(format!("the bucket is missing; {expected}")))?;
    let prefix = object_store::path::Path::from_url_path(url.path())
        .map_err(|error| wrong(error.to_string()))?;
    Ok((bucket.to_owned(), prefix))
}

fn endpoint(builder: &AmazonS3Builder) -> Result<Option<Url>> {
    let set = [AmazonS3ConfigKey::S3Endpoint, AmazonS3ConfigKey::Endpoint];
    let Some(text) = set.iter().find_map(|key| builder.get_config_value(key)) else {
        return Ok(None);
    };
    let url = Url::parse(&text).map_err(|error| wrong(format!("the endpoint: {error}")))?;
    if !matches!(url.scheme(), "http" | "https") {
        return Err(wrong(
            "the endpoint: expected http://host:port or https://host:port".to_owned(),
        ));
    }
    no_credentials("the endpoint", &url)?;
    Ok(Some(url))
}

fn no_credentials(what: &str, url: &Url) -> Result<()> {
    if url.username().is_empty() && url.password().is_none() {
        return Ok(());
    }
    Err(wrong(format!(
        "{what} must not hold credentials; set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY"
    )))
}

fn wrong(what: String) -> Error {
    Error::ObjectsUrl(what)
}

fn make_private(path: &Path) -> std::io::Result<()> {
    use std::os::unix::fs::{DirBuilderExt, PermissionsExt};
    fs::DirBuilder::new()
        .recursive(true)
        .mode(0o700)
        .create(path)?;
    fs::set_permissions(path, fs::Permissions::from_mode(0o700))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn refusal(url: &str, settings: &[(&str, &str)]) -> String {
        Objects::at_with(url, settings.iter().copied())
            .expect_err(url)
            .to_string()
    }

    #[test]
    fn a_wrong_url_is_refused_with_what_is_wrong_and_what_was_expected() {
        for (url, says) in [
            ("", "relative URL"),
            ("images", "relative URL"),
            ("gs://bucket", "scheme `gs`"),
            ("s3://", "bucket is missing"),
            ("s3:///prefix", "bucket is missing"),
            ("s3://bucket:9000/prefix", "port"),
            ("s3://bucket/prefix?region=x", "`?`"),
        ] {
            let refusal = refusal(url, &[]);
            assert!(refusal.contains(says), "{url}: {refusal}");
            assert!(
                refusal.contains("expected s3://bucket/prefix"),
                "{url}: {refusal}"
            );
        }
    }

    #[test]
    fn a_wrong_setting_is_refused() {
        for (settings, says) in [
            ([("aws_colour", "x")], "aws_colour"),
            ([("aws_endpoint", "localhost")], "endpoint"),
            ([("aws_endpoint", "ftp://localhost")], "endpoint"),
        ] {
            let refusal = refusal("s3://bucket", &settings);
            assert!(refusal.contains(says), "{refusal}");
        }
    }

    #[test]
    fn no_message_repeats_credentials() {
        for refusal in [
            refusal("s3://key:geheim@bucket", &[]),
            refusal("s3://key:geheim@bucket:99999", &[]),
            refusal(
                "s3://bucket",
                &[("aws_endpoint", "http://key:geheim@localhost:9000")],
            ),
            refusal("geheim://key:geheim@@", &[]).replace("scheme `geheim`", ""),
        ] {
            assert!(!refusal.contains("geheim"), "{refusal}");
        }
    }
}
