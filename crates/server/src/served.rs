//! Bytes that never change, as answers: entity tags, ranges, names.

use std::ops::Range;

use actix_web::body::SizedStream;
use actix_web::http::StatusCode;
use actix_web::http::header::{
    self, Charset, ContentDisposition, ContentEncoding, DispositionParam, DispositionType,
    ExtendedValue, HeaderMap, HeaderValue,
};
use actix_web::{HttpRequest, HttpResponse, HttpResponseBuilder};
use bytes::Bytes;
use sha2::{Digest as _, Sha256};
use store::object::{Key, Objects};

use crate::error::{ApiError, ApiResult};

/// The bytes under an id are always the same, and only for who may see them.
const CACHE: &str = "private, max-age=31536000, immutable";

/// What is served.
#[derive(Clone, Copy, Debug)]
pub struct Served<'a> {
    /// Media type.
    pub media_type: &'a str,
    /// Name under which a browser saves it; without one it is shown.
    pub save_as: Option<&'a str>,
}

/// Content of the object store, or the part of it that is asked for, as it comes.
///
/// # Errors
/// [`ApiError::RangeNotSatisfiable`] when the range begins behind the end; when the object store fails.
pub async fn object(
    req: &HttpRequest,
    objects: &Objects,
    key: &Key,
    served: Served<'_>,
) -> ApiResult<HttpResponse> {
    let tag = format!("\"{}\"", key.sha256());
    if is_known(req.headers(), &tag) {
        return Ok(not_modified(&tag));
    }
    let range = match req.headers().contains_key(header::RANGE) {
        true => {
            let total = objects.head(key).await?;
            let total = total.ok_or(store::Error::Missing(store::Reference::Object))?;
            asked_range(req.headers(), &tag, total)?
        }
        false => None,
    };
    let content = objects.get(key, range.clone()).await?;
    let mut response = begin(&tag, served);
    if range.is_some() {
        let (first, last) = (content.range.start, content.range.end.saturating_sub(1));
        let total = content.bytes_total;
        response.status(StatusCode::PARTIAL_CONTENT);
        response.insert_header((
            header::CONTENT_RANGE,
            format!("bytes {first}-{last}/{total}"),
        ));
    }
    let length = content.range.end - content.range.start;
    Ok(response.body(SizedStream::new(length, content.into_stream())))
}

/// Few bytes that are in memory already.
pub fn small(req: &HttpRequest, content: Vec<u8>, served: Served<'_>) -> HttpResponse {
    let digest = Sha256::digest(&content);
    let digits: String = digest.iter().map(|byte| format!("{byte:02x}")).collect();
    let tag = format!("\"{digits}\"");
    if is_known(req.headers(), &tag) {
        return not_modified(&tag);
    }
    begin(&tag, served).body(Bytes::from(content))
}

fn begin(tag: &str, served: Served<'_>) -> HttpResponseBuilder {
    let mut response = HttpResponse::Ok();
    response
        .insert_header((header::CONTENT_TYPE, served.media_type))
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, CACHE))
        .insert_header((header::ACCEPT_RANGES, "bytes"))
        // Otherwise it would be compressed on its way: images are already, and ranges count bytes as they are.
        .insert_header(ContentEncoding::Identity);
    if let Some(name) = served.save_as {
        response.insert_header(attachment(name));
    }
    response
}

fn not_modified(tag: &str) -> HttpResponse {
    HttpResponse::NotModified()
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, CACHE))
        .finish()
}

/// Whether the caller says that it has what this tag names (RFC 9110, 13.1.2: weak comparison).
pub fn is_known(headers: &HeaderMap, tag: &str) -> bool {
    let values = headers.get_all(header::IF_NONE_MATCH);
    let texts = values.filter_map(|value| value.to_str().ok());
    let mut tags = texts.flat_map(|text| text.split(',')).map(str::trim);
    let opaque = tag.trim_start_matches("W/");
    tags.any(|known| known == "*" || known.trim_start_matches("W/") == opaque)
}

/// The one range that is asked for. Several ranges, units other than bytes and what is no range are passed over,
/// as is a range of other bytes than these (RFC 9110, 14.2).
fn asked_range(headers: &HeaderMap, tag: &str, total: u64) -> ApiResult<Option<Range<u64>>> {
    let text = |name| {
        headers
            .get(name)
            .and_then(|value: &HeaderValue| value.to_str().ok())
    };
    if text(header::IF_RANGE).is_some_and(|condition| condition.trim() != tag) {
        return Ok(None);
    }
    let range = text(header::RANGE).and_then(|range| range.trim().strip_prefix("bytes="));
    let Some((first, last)) = range.and_then(|range| range.split_once('-')) else {
        return Ok(None);
    };
    let number = |text: &str| -> Option<Option<u64>> {
        match text.trim() {
            "" => Some(None),
            digits if digits.bytes().all(|digit| digit.is_ascii_digit()) => {
                // More digits than fit lie behind any end.
                Some(Some(digits.parse().unwrap_or(u64::MAX)))
            }
            _ => None,
        }
    };
    let range = match (number(first), number(last)) {
        (Some(Some(first)), Some(None)) => first..total,
        (Some(Some(first)), Some(Some(last))) if first <= last => {
            first..last.saturating_add(1).min(total)
        }
        (Some(None), Some(Some(length))) => total.saturating_sub(length)..total,
        _ => return Ok(None),
    };
    if range.is_empty() {
        return Err(ApiError::RangeNotSatisfiable(total));
    }
    Ok(Some(range))
}

/// Names the file for saving: in ASCII for old programs, and as it is (RFC 6266).
pub fn attachment(name: &str) -> ContentDisposition {
    let plain = |letter: char| match letter {
        ' '..='~' if !"\"\\%/".contains(letter) => letter,
        _ => '_',
    };
    ContentDisposition {
        disposition: DispositionType::Attachment,
        parameters: vec![
            DispositionParam::Filename(name.chars().map(plain).collect()),
            DispositionParam::FilenameExt(ExtendedValue {
                charset: Charset::Ext("UTF-8".to_owned()),
                language_tag: None,
                value: name.as_bytes().to_vec(),
            }),
        ],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TAG: &str = "\"a\"";

    fn headers(pairs: &[(&'static str, &'static str)]) -> HeaderMap {
        let mut headers = HeaderMap::new();
        for (name, value) in pairs {
            headers.append(
                header::HeaderName::from_static(name),
                HeaderValue::from_static(value),
            );
        }
        headers
    }

    fn check(range: &'static str, expected: Option<Range<u64>>) {
        let found = asked_range(&headers(&[("range", range)]), TAG, 10).expect("is satisfiable");
        assert_eq!(found, expected, "{range}");
    }

    #[test]
    fn a_range_is_cut_off_at_the_end() {
        check("bytes=0-3", Some(0..4));
        check("bytes=4-", Some(4..10));
        check("bytes=-3", Some(7..10));
        check("bytes=-99", Some(0..10));
        check("bytes=8-99999999999999999999", Some(8..10));
    }

    #[test]
    fn what_is_no_single_range_of_bytes_asks_for_everything() {
        for range in [
            "bytes=0-1,3-4",
            "lines=1-2",
            "bytes=3-1",
            "bytes=x-",
            "bytes=-",
            "bytes=1",
        ] {
            check(range, None);
        }
    }

    #[test]
    fn a_range_behind_the_end_cannot_be_satisfied() {
        for range in ["bytes=10-", "bytes=99999999999999999999-", "bytes=-0"] {
            let found = asked_range(&headers(&[("range", range)]), TAG, 10);
            assert!(
                matches!(found, Err(ApiError::RangeNotSatisfiable(10))),
                "{range}"
            );
        }
    }

    #[test]
    fn a_range_of_other_bytes_asks_for_everything() {
        let asked = |condition| {
            asked_range(
                &headers(&[("range", "bytes=0-1"), ("if-range", condition)]),
                TAG,
                10,
            )
            .expect("is satisfiable")
        };
        assert_eq!(asked("\"a\""), Some(0..2));
        assert_eq!(asked("\"b\""), None);
        assert_eq!(asked("W/\"a\""), None);
    }

    #[test]
    fn any_of_several_tags_is_enough_to_know_the_bytes() {
        let is_known = |tags| is_known(&headers(&[("if-none-match", tags)]), TAG);
        assert!(is_known("\"b\", \"a\"") && is_known("W/\"a\"") && is_known("*"));
        assert!(!is_known("\"b\"") && !is_known("a"));
    }

    #[test]
    fn a_name_cannot_break_out_of_its_header() {
        let header = attachment("a\"; x=\"b\u{e9}.tif").to_string();
        assert!(
            header.starts_with("attachment; filename=\"a_; x=_b_.tif\""),
            "{header}"
        );
        assert!(header.contains("filename*=UTF-8''a%22%3B"), "{header}");
    }
}
