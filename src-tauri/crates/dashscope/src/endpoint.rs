//! What the user typed as an address, turned into the bases that requests go to.
//!
//! It sends nothing and holds no key.

mod change;

use network::Origin;
use url::Url;

use crate::regions::{Plan, Region, RegionId, Regions};

pub use change::AddressChange;

/// A server that speaks one or both protocols.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Endpoint {
    kind: EndpointKind,
    origin: Origin,
    region: Option<RegionId>,
    compatible_base: Url,
    native_base: Option<Url>,
}

/// Whose server it is.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EndpointKind {
    /// The shared or trial host of a region.
    Official,
    /// A workspace host of a region.
    Workspace,
    /// The subscription for coding agents.
    CodingPlan,
    /// The token subscription.
    TokenPlan,
    /// A server on this computer.
    Local,
    /// Anything else.
    Custom,
}

/// Why an address cannot be used.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum EndpointProblem {
    /// Nothing was typed.
    #[error("the address is empty")]
    Empty,
    /// It does not parse, or has no host.
    #[error("the address is not a url")]
    NotAUrl,
    /// It holds a user name or a password.
    #[error("the address holds user information")]
    HasUserInfo,
    /// Plain http to a host that is not this computer.
    #[error("the address is not https")]
    NotHttps,
    /// It holds a query or a fragment.
    #[error("the address holds a query")]
    HasQuery,
    /// A scheme other than http and https.
    #[error("the address has an unsupported scheme")]
    UnsupportedScheme,
}

const COMPATIBLE: &str = "/compatible-mode/v1";
const NATIVE: &str = "/api/v1";
const OPENAI: &str = "/v1";

/// Paths of single operations, which users paste from examples.
const OPERATIONS: &[&str] = &[
    "/chat/completions",
    "/completions",
    "/models",
    "/embeddings",
    "/responses",
    "/files",
];

/// Where the web version of another chat program hides the service behind its own server; people copy
/// it from there, and nothing else answers under it.
const WEB_PROXY: &str = "/api/alibaba";

impl Endpoint {
    /// Reads an address as [`Endpoint::parse`] does, and says what was changed about it.
    ///
    /// # Errors
    /// As [`Endpoint::parse`].
    pub fn explain(
        input: &str,
        regions: &Regions,
    ) -> Result<(Self, Vec<AddressChange>), EndpointProblem> {
        let endpoint = Self::parse(input, regions)?;
        let changes = change::changes(input, &endpoint);
        Ok((endpoint, changes))
    }

    /// Reads an address: a missing scheme, a pasted operation path, trailing slashes and a doubled
    /// `/v1` are mended; official hosts accept any path.
    ///
    /// # Errors
    /// The [`EndpointProblem`] that keeps the address from being used.
    pub fn parse(input: &str, regions: &Regions) -> Result<Self, EndpointProblem> {
        let url = read_url(input)?;
        let origin = Origin::of(&url).ok_or(EndpointProblem::NotAUrl)?;
        if !origin.is_https() && !origin.is_loopback() {
            return Err(EndpointProblem::NotHttps);
        }
        let region = regions.region_of(&origin);
        let kind = kind_of(&origin, region, regions);
        let paths = match kind {
            EndpointKind::Official | EndpointKind::Workspace => Paths::both(""),
            EndpointKind::CodingPlan => Paths::compatible(OPENAI),
            EndpointKind::TokenPlan => Paths::compatible(COMPATIBLE),
            EndpointKind::Local | EndpointKind::Custom => Paths::of(url.path()),
        };
        Ok(Self {
            kind,
            region: region.map(|region| region.id.clone()),
            compatible_base: base(&origin, &paths.compatible)?,
            native_base: match paths.native {
                Some(path) => Some(base(&origin, &path)?),
                None => None,
            },
            origin,
        })
    }

    /// The shared host of a region, or `None` where there are only workspace hosts.
    pub fn of_region(region: &Region) -> Option<Self> {
        let official = Regions::official();
        let regions = match official.get(&region.id) {
            Some(known) if known == region => official,
            Some(_) | None => Regions::new(vec![region.clone()]),
        };
        Self::parse(&region.shared.as_ref()?.to_string(), &regions).ok()
    }

    /// Whose server it is.
    pub fn kind(&self) -> EndpointKind {
        self.kind
    }

    /// Whether the vendor runs it.
    pub fn is_official(&self) -> bool {
        match self.kind {
            EndpointKind::Official
            | EndpointKind::Workspace
            | EndpointKind::CodingPlan
            | EndpointKind::TokenPlan => true,
            EndpointKind::Local | EndpointKind::Custom => false,
        }
    }

    /// Who receives the requests.
    pub fn origin(&self) -> &Origin {
        &self.origin
    }

    /// The official region or plan it belongs to.
    pub fn region(&self) -> Option<&RegionId> {
        self.region.as_ref()
    }

    /// Base of the OpenAI-compatible protocol, without a trailing slash.
    pub fn compatible_base(&self) -> &Url {
        &self.compatible_base
    }

    /// Base of the native protocol, without a trailing slash, where the server has one.
    pub fn native_base(&self) -> Option<&Url> {
        self.native_base.as_ref()
    }

    /// What the user sees and may copy: the compatible base.
    pub fn address(&self) -> String {
        self.compatible_base.to_string()
    }

    /// Whether requests need a key; servers on this computer do not.
    pub fn needs_key(&self) -> bool {
        self.kind != EndpointKind::Local
    }
}

/// The two base paths of a server.
struct Paths {
    compatible: String,
    native: Option<String>,
}

impl Paths {
    fn both(prefix: &str) -> Self {
        Self {
            compatible: format!("{prefix}{COMPATIBLE}"),
            native: Some(format!("{prefix}{NATIVE}")),
        }
    }

    fn compatible(path: &str) -> Self {
        Self {
            compatible: path.to_owned(),
            native: None,
        }
    }

    /// The bases behind a path that a person typed or pasted.
    fn of(typed: &str) -> Self {
        let path = bare(typed);
        if path.is_empty() {
            // OpenAI-like servers answer under /v1; a DashScope-like one is named by its path.
            return Self::compatible(OPENAI);
        }
        if let Some(prefix) = path
            .strip_suffix(COMPATIBLE)
            .or_else(|| path.strip_suffix(NATIVE))
            .or_else(|| path.strip_suffix("/compatible-mode"))
        {
            return Self::both(prefix);
        }
        Self::compatible(&path)
    }
}

fn read_url(input: &str) -> Result<Url, EndpointProblem> {
    let text =
        input.trim_matches(|character: char| character.is_whitespace() || is_decoration(character));
    if text.is_empty() {
        return Err(EndpointProblem::Empty);
    }
    // Browsers read a backslash as a slash, people as anything; what cannot be seen hides something.
    if text.contains('\\') || text.contains(char::is_control) {
        return Err(EndpointProblem::NotAUrl);
    }
    let url = match text.split_once("://") {
        Some((scheme, _)) if is_http(scheme) => Url::parse(text),
        Some((scheme, _)) if is_scheme(scheme) => return Err(EndpointProblem::UnsupportedScheme),
        Some(_) => return Err(EndpointProblem::NotAUrl),
        None => with_scheme(text),
    }
    .map_err(|_discarded| EndpointProblem::NotAUrl)?;
    let authority = text
        .split_once("://")
        .map_or(text, |(_, rest)| rest)
        .split(['/', '?', '#'])
        .next()
        .unwrap_or_default();
    if authority.contains('@') {
        return Err(EndpointProblem::HasUserInfo);
    }
    // A slash or a dot may have hidden a quote at the end; no server has one in its path.
    if url.path().contains(is_decoration) {
        return Err(EndpointProblem::NotAUrl);
    }
    if url.query().is_some() || url.fragment().is_some() {
        return Err(EndpointProblem::HasQuery);
    }
    Ok(url)
}

/// Adds the scheme a person left out: http for this computer, https for the rest of the world.
fn with_scheme(text: &str) -> Result<Url, url::ParseError> {
    let plain = Url::parse(&format!("http://{text}"))?;
    if Origin::of(&plain).is_some_and(|origin| origin.is_loopback()) {
        return Ok(plain);
    }
    Url::parse(&format!("https://{text}"))
}

fn kind_of(origin: &Origin, region: Option<&Region>, regions: &Regions) -> EndpointKind {
    match (region, regions.plan_of(origin)) {
        (Some(_), Some(Plan::Coding)) => EndpointKind::CodingPlan,
        (Some(_), Some(Plan::Token)) => EndpointKind::TokenPlan,
        (Some(region), Some(Plan::Standard)) => match region.workspace_of(origin) {
            Some(_) => EndpointKind::Workspace,
            None => EndpointKind::Official,
        },
        (Some(_) | None, None) | (None, Some(_)) if origin.is_loopback() => EndpointKind::Local,
        (Some(_) | None, None) | (None, Some(_)) => EndpointKind::Custom,
    }
}

/// A base is made from the origin, so that what was checked is what is asked.
fn base(origin: &Origin, path: &str) -> Result<Url, EndpointProblem> {
    Url::parse(&format!("{origin}{path}")).map_err(|_discarded| EndpointProblem::NotAUrl)
}

/// The path without anything that is no part of a base, however often it was pasted.
fn bare(typed: &str) -> String {
    let mut path = folded(typed);
    loop {
        let shorter = folded(&without_web_proxy(without_operation(&path)));
        if shorter == path {
            return path;
        }
        path = shorter;
    }
}

/// The path without empty segments, without a trailing slash and with `/v1/v1` folded.
fn folded(path: &str) -> String {
    let mut segments: Vec<&str> = Vec::new();
    for segment in path.split('/').filter(|segment| !segment.is_empty()) {
        if segment == "v1" && segments.last() == Some(&"v1") {
            continue;
        }
        segments.push(segment);
    }
    segments.iter().fold(String::new(), |mut joined, segment| {
        joined.push('/');
        joined.push_str(segment);
        joined
    })
}

fn without_operation(path: &str) -> String {
    if let Some((base, _)) = path.split_once("/services/") {
        return base.to_owned();
    }
    OPERATIONS
        .iter()
        .find_map(|operation| path.strip_suffix(operation))
        .unwrap_or(path)
        .to_owned()
}

/// What the other program's proxy would have passed on.
fn without_web_proxy(path: String) -> String {
    match path.strip_prefix(WEB_PROXY) {
        Some(rest) if rest.is_empty() || rest.starts_with('/') => rest.to_owned(),
        Some(_) | None => path,
    }
}

fn is_http(scheme: &str) -> bool {
    scheme.eq_ignore_ascii_case("https") || scheme.eq_ignore_ascii_case("http")
}

fn is_scheme(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_alphabetic())
        && text
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || "+-.".contains(character))
}

/// Quotes and invisible characters that come along with a copied address.
fn is_decoration(character: char) -> bool {
    matches!(
        character,
        '"' | '\'' | '`' | '<' | '>' | '“' | '”' | '‘' | '’' | '\u{200b}'
            ..='\u{200f}' | '\u{2060}' | '\u{feff}'
    )
}

#[cfg(test)]
mod tests;
