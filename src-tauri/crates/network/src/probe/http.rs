//! What the service answers, to us without a key and to a browser that asks for permission.

use std::time::{Duration, UNIX_EPOCH};

use http::{HeaderMap, HeaderValue, Method, StatusCode, header};
use url::Url;

use crate::{Client, Error, Request, Response};

/// How long an answer is waited for; a service that is well answers these within milliseconds.
const DEADLINE: Duration = Duration::from_secs(10);

/// Bytes of a page that are searched for its title.
const PAGE_BYTES: usize = 16 * 1024;

/// Characters of a title that are kept.
const LONGEST_TITLE: usize = 200;

/// Characters of a header that are kept.
const LONGEST_HEADER: usize = 200;

/// What answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status.
    pub status: StatusCode,
    /// The server's clock, in milliseconds since 1970, when it told it.
    pub date_ms: Option<i64>,
    /// The title of the page that answered, empty without one; `None` when no page did.
    pub page: Option<String>,
}

/// What the server said to a browser's question.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Preflight {
    /// The status.
    pub status: StatusCode,
    /// `Access-Control-Allow-Origin`.
    pub allow_origin: Option<String>,
    /// `Access-Control-Allow-Headers`.
    pub allow_headers: Option<String>,
    /// `Access-Control-Allow-Methods`.
    pub allow_methods: Option<String>,
}

impl Preflight {
    /// Whether a browser would go on and send a page's request with a key and a JSON body.
    ///
    /// <https://fetch.spec.whatwg.org/#cors-preflight-fetch>: the status must be a success, the
    /// origin must be named or `*`, and `authorization` must be named, since `*` does not cover it.
    pub fn permits(&self, origin: &str) -> bool {
        let listed = |list: &Option<String>, wanted: &str| {
            list.as_deref()
                .unwrap_or_default()
                .split(',')
                .any(|name| name.trim().eq_ignore_ascii_case(wanted))
        };
        let names_origin = matches!(self.allow_origin.as_deref(), Some(allowed) if allowed == "*" || allowed == origin);
        let content_type =
            listed(&self.allow_headers, "content-type") || listed(&self.allow_headers, "*");
        self.status.is_success()
            && names_origin
            && listed(&self.allow_headers, "authorization")
            && content_type
    }
}

/// Asks without a key.
pub(super) async fn ask(client: &Client, url: &Url) -> Result<Answer, Error> {
    let response = client
        .send(request(Method::GET, url, HeaderMap::new()))
        .await?;
    let status = response.status();
    let date_ms = text(&response, &header::DATE)
        .and_then(|date| httpdate::parse_http_date(&date).ok())
        .and_then(|date| date.duration_since(UNIX_EPOCH).ok())
        .and_then(|since| i64::try_from(since.as_millis()).ok());
    let is_page = text(&response, &header::CONTENT_TYPE)
        .is_some_and(|kind| kind.to_ascii_lowercase().starts_with("text/html"));
    let page = if is_page {
        // A page that breaks off was a page all the same.
        let body = tokio::time::timeout(DEADLINE, response.read_up_to(PAGE_BYTES)).await;
        let bytes = body.ok().and_then(Result::ok).map(|body| body.bytes);
        Some(title(&String::from_utf8_lossy(&bytes.unwrap_or_default())))
    } else {
        None
    };
    Ok(Answer {
        status,
        date_ms,
        page,
    })
}

/// Asks what a browser asks before it lets a page send a key.
pub(super) async fn preflight(
    client: &Client,
    url: &Url,
    origin: &str,
) -> Result<Preflight, Error> {
    let mut headers = HeaderMap::new();
    if let Ok(origin) = HeaderValue::from_str(origin) {
        headers.insert(header::ORIGIN, origin);
    }
    headers.insert(
        header::ACCESS_CONTROL_REQUEST_METHOD,
        HeaderValue::from_static("POST"),
    );
    headers.insert(
        header::ACCESS_CONTROL_REQUEST_HEADERS,
        HeaderValue::from_static("authorization, content-type"),
    );
    let response = client.send(request(Method::OPTIONS, url, headers)).await?;
    Ok(Preflight {
        status: response.status(),
        allow_origin: text(&response, &header::ACCESS_CONTROL_ALLOW_ORIGIN),
        allow_headers: text(&response, &header::ACCESS_CONTROL_ALLOW_HEADERS),
        allow_methods: text(&response, &header::ACCESS_CONTROL_ALLOW_METHODS),
    })
}

fn request(method: Method, url: &Url, headers: HeaderMap) -> Request {
    Request {
        method,
        url: url.clone(),
        headers,
        body: None,
        first_byte: DEADLINE,
        earlier_tries: 0,
    }
}

fn text(response: &Response, name: &header::HeaderName) -> Option<String> {
    let value = response.headers().get(name)?.to_str().ok()?;
    Some(value.chars().take(LONGEST_HEADER).collect())
}

/// What stands in a page's title, on one line.
fn title(page: &str) -> String {
    let lower = page.to_ascii_lowercase();
    let inside = lower.find("<title").and_then(|at| {
        let begin = at + lower.get(at..)?.find('>')? + 1;
        let end = begin + lower.get(begin..)?.find("</title")?;
        page.get(begin..end)
    });
    let words: Vec<&str> = inside.unwrap_or_default().split_whitespace().collect();
    words
        .join(" ")
        .chars()
        .filter(|character| !character.is_control())
        .take(LONGEST_TITLE)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn answer(status: u16, origin: Option<&str>, headers: Option<&str>) -> Preflight {
        Preflight {
            status: StatusCode::from_u16(status).unwrap(),
            allow_origin: origin.map(str::to_owned),
            allow_headers: headers.map(str::to_owned),
            allow_methods: None,
        }
    }

    #[test]
    fn a_browser_goes_on_only_when_status_origin_and_headers_allow_it() {
        let page = "https://chat.example";
        let all = Some("Authorization, Content-Type");
        assert!(answer(204, Some("*"), all).permits(page));
        assert!(answer(200, Some(page), Some("authorization,*")).permits(page));
        for refused in [
            answer(403, Some("*"), all),
            answer(200, None, all),
            answer(200, Some("https://other.example"), all),
            answer(200, Some("*"), None),
            answer(200, Some("*"), Some("*")),
            answer(200, Some("*"), Some("authorization")),
        ] {
            assert!(!refused.permits(page), "{refused:?}");
        }
    }

    #[test]
    fn a_title_is_one_line_of_text() {
        assert_eq!(
            title("<html><TITLE class=x>\n Sign  in\u{7} </title>"),
            "Sign in"
        );
        assert_eq!(title("<title>never ends"), "");
        assert_eq!(title("İ<title>ok</title>"), "ok");
        assert_eq!(
            title(&format!("<title>{}</title>", "x".repeat(900))).len(),
            200
        );
    }
}
