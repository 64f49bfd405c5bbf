//! How long a server asks to wait, in every form it may say so.
//!
//! `Retry-After` is a number of seconds or an HTTP date (RFC 9110, section 10.2.3); the vendor's own
//! clients also read `retry-after-ms`. Whatever is none of these is as good as silence.

use std::time::{Duration, SystemTime};

use http::{HeaderMap, HeaderName, header};

const MILLISECONDS: HeaderName = HeaderName::from_static("retry-after-ms");

/// The wait that the headers of an answer ask for; `now` is what a date is compared with.
pub(crate) fn from_headers(headers: &HeaderMap, now: SystemTime) -> Option<Duration> {
    let text = |name: &HeaderName| headers.get(name)?.to_str().ok();
    let exact = text(&MILLISECONDS).and_then(|value| number(value, 1_000.0));
    exact.or_else(|| parse(text(&header::RETRY_AFTER)?, now))
}

/// The wait that one `Retry-After` value asks for. A moment that has passed asks for none at all.
pub fn parse(value: &str, now: SystemTime) -> Option<Duration> {
    let seconds = number(value, 1.0);
    seconds.or_else(|| {
        let until = httpdate::parse_http_date(value.trim()).ok()?;
        Some(until.duration_since(now).unwrap_or_default())
    })
}

/// A plain number of parts of a second, not negative and not beyond all reason.
fn number(value: &str, parts_per_second: f64) -> Option<Duration> {
    let value = value.trim();
    let plain = |byte: u8| byte.is_ascii_digit() || byte == b'.';
    if value.is_empty() || !value.bytes().all(plain) {
        return None;
    }
    let number: f64 = value.parse().ok()?;
    Duration::try_from_secs_f64(number / parts_per_second).ok()
}

#[cfg(test)]
mod tests {
    use super::*;
    use http::HeaderValue;

    fn at(seconds: u64) -> SystemTime {
        SystemTime::UNIX_EPOCH + Duration::from_secs(seconds)
    }

    #[test]
    fn h_08_every_form_is_read_and_garbage_is_silence() {
        // Sun, 06 Nov 1994 08:49:37 GMT
        let now = at(784_111_777);
        let cases = [
            ("7", Some(7_000)),
            (" 7 ", Some(7_000)),
            ("0", Some(0)),
            ("0.5", Some(500)),
            ("3600", Some(3_600_000)),
            ("Sun, 06 Nov 1994 08:49:47 GMT", Some(10_000)),
            ("Sunday, 06-Nov-94 08:49:47 GMT", Some(10_000)),
            ("Sun Nov  6 08:49:47 1994", Some(10_000)),
            ("Sun, 06 Nov 1994 08:49:27 GMT", Some(0)),
            ("-5", None),
            ("", None),
            ("soon", None),
            ("1e3", None),
            ("inf", None),
            ("NaN", None),
            ("1.2.3", None),
            ("99999999999999999999999999", None),
        ];
        for (value, milliseconds) in cases {
            let expected = milliseconds.map(Duration::from_millis);
            assert_eq!(parse(value, now), expected, "{value:?}");
        }
    }

    #[test]
    fn milliseconds_are_more_exact_and_win() {
        let mut headers = HeaderMap::new();
        headers.insert(header::RETRY_AFTER, HeaderValue::from_static("7"));
        assert_eq!(from_headers(&headers, at(0)), Some(Duration::from_secs(7)));
        headers.insert(MILLISECONDS, HeaderValue::from_static("1500"));
        let exact = from_headers(&headers, at(0));
        assert_eq!(exact, Some(Duration::from_millis(1_500)));
        headers.insert(MILLISECONDS, HeaderValue::from_static("-1"));
        assert_eq!(from_headers(&headers, at(0)), Some(Duration::from_secs(7)));
    }
}
