//! What was changed about an address that a person typed, so that they can be told.

use url::Url;

use super::{Endpoint, OPERATIONS, WEB_PROXY, is_decoration, read_url};

/// One change. Addresses hold no query and no user information by then.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum AddressChange {
    /// Quotes, brackets or invisible characters around it are gone.
    DecorationRemoved,
    /// The scheme was missing.
    SchemeAdded {
        /// `https` or `http`.
        scheme: &'static str,
    },
    /// The path of a single operation, copied from an example, is gone.
    OperationRemoved,
    /// A path that only the web proxy of another chat program knows is gone.
    WebProxyRemoved,
    /// `/v1/v1` became `/v1`.
    VersionFolded,
    /// Slashes too many are gone.
    SlashRemoved,
    /// There was no path; the usual one of such servers was added.
    PathAdded {
        /// The path.
        path: String,
    },
    /// The host is known to answer under another path.
    PathReplaced {
        /// The path.
        path: String,
    },
}

/// What was done to `input` until it became `endpoint`.
pub(super) fn changes(input: &str, endpoint: &Endpoint) -> Vec<AddressChange> {
    let mut changes = Vec::new();
    let text = input.trim();
    if text.starts_with(is_decoration) || text.ends_with(is_decoration) {
        changes.push(AddressChange::DecorationRemoved);
    }
    if !text.contains("://") {
        let scheme = endpoint.origin().scheme();
        changes.push(AddressChange::SchemeAdded { scheme });
    }
    if let Ok(url) = read_url(input) {
        of_path(&url, endpoint, &mut changes);
    }
    changes
}

fn of_path(url: &Url, endpoint: &Endpoint, changes: &mut Vec<AddressChange>) {
    let typed = url.path();
    let bare = typed.trim_end_matches('/');
    let before = changes.len();
    if bare.contains("/services/") || OPERATIONS.iter().any(|path| bare.ends_with(path)) {
        changes.push(AddressChange::OperationRemoved);
    }
    let behind_proxy = bare.strip_prefix(WEB_PROXY);
    if behind_proxy.is_some_and(|rest| rest.is_empty() || rest.starts_with('/')) {
        changes.push(AddressChange::WebProxyRemoved);
    }
    if bare.contains("/v1/v1") {
        changes.push(AddressChange::VersionFolded);
    }
    if typed.len() > 1 && (typed.ends_with('/') || typed.contains("//")) {
        changes.push(AddressChange::SlashRemoved);
    }
    let path = endpoint.compatible_base().path().to_owned();
    if bare.is_empty() {
        changes.push(AddressChange::PathAdded { path });
    } else if bare != path && changes.len() == before {
        changes.push(AddressChange::PathReplaced { path });
    }
}
