//! Accounts, keys and addresses as the page sees them.

use super::keep::KeepIn;
use crate::error::{CommandError, ErrorKind};
use credentials::{KeyShape, NormalisedKey};
use dashscope::Endpoint;
use engine::{CheckedAccount, Engine, VerificationProgress};
use serde::{Deserialize, Serialize};
use specta::Type;
use uuid::Uuid;

/// What kind of address an account asks.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum EndpointKind {
    /// A shared official host.
    Official,
    /// A workspace's own official host.
    Workspace,
    /// The Coding Plan's host.
    CodingPlan,
    /// The Token Plan's host.
    TokenPlan,
    /// A server on this computer.
    Local,
    /// Anything else.
    Custom,
}

impl From<dashscope::EndpointKind> for EndpointKind {
    fn from(kind: dashscope::EndpointKind) -> Self {
        match kind {
            dashscope::EndpointKind::Official => Self::Official,
            dashscope::EndpointKind::Workspace => Self::Workspace,
            dashscope::EndpointKind::CodingPlan => Self::CodingPlan,
            dashscope::EndpointKind::TokenPlan => Self::TokenPlan,
            dashscope::EndpointKind::Local => Self::Local,
            dashscope::EndpointKind::Custom => Self::Custom,
        }
    }
}

/// Where a key is kept.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum KeyPlace {
    /// The system's keychain.
    Keychain,
    /// Memory, until the app quits.
    Session,
    /// The file that a passphrase opens.
    File,
    /// There is no key.
    None,
}

impl From<&str> for KeyPlace {
    fn from(place: &str) -> Self {
        match place {
            "keychain" => Self::Keychain,
            "session" => Self::Session,
            "file" => Self::File,
            _ => Self::None,
        }
    }
}

/// An account, without its key.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct Account {
    /// Its id.
    pub(crate) id: String,
    /// The name a person gave it, or empty.
    pub(crate) name: String,
    /// The base address.
    pub(crate) address: String,
    /// The host of the address.
    pub(crate) host: String,
    /// What kind of address it is.
    pub(crate) endpoint: EndpointKind,
    /// The official region.
    pub(crate) region: Option<String>,
    /// Like `sk-••••1a2b`.
    pub(crate) key_hint: Option<String>,
    /// Where the key is kept.
    pub(crate) key_place: KeyPlace,
    /// Whether there is no key that may go to this address.
    pub(crate) needs_key: bool,
    /// How many models the endpoint listed.
    pub(crate) model_count: Option<u32>,
}

impl Account {
    /// The view of a row.
    ///
    /// # Errors
    /// [`ErrorKind::EndpointInvalid`] when the address was damaged by hand.
    pub(crate) fn new(engine: &Engine, row: store::Account) -> Result<Self, CommandError> {
        let endpoint = engine.endpoint_of(&row)?;
        Ok(Self {
            needs_key: engine.needs_key(&row),
            host: host(&endpoint),
            endpoint: endpoint.kind().into(),
            region: row.region,
            key_place: row.key_place.as_str().into(),
            id: row.id,
            name: row.name,
            address: row.address,
            key_hint: row.key_hint,
            model_count: row.model_count,
        })
    }
}

/// The host of an endpoint, with its port when that is unusual.
fn host(endpoint: &Endpoint) -> String {
    let origin = endpoint.origin().to_string();
    origin
        .split_once("://")
        .map_or(origin.clone(), |(_, host)| host.to_owned())
}

/// What a key looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum KeyForm {
    /// `sk-…`.
    Standard,
    /// `sk-sp-…`: of a Coding Plan or a Token Plan.
    CodingPlan,
    /// `st-…`.
    Temporary,
    /// Anything else.
    Other,
}

/// A key that waits in Rust to be verified.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct KeyCandidate {
    /// Names it in `key_verify`.
    pub(crate) id: String,
    /// Like `sk-••••1a2b`.
    pub(crate) hint: String,
    /// What it looks like.
    pub(crate) shape: KeyForm,
    /// The hosts a key of this shape is for, when it is one of a subscription; empty otherwise.
    pub(crate) plan_hosts: Vec<String>,
}

impl KeyCandidate {
    pub(crate) fn new(id: Uuid, key: &NormalisedKey) -> Self {
        let shape = match key.shape {
            KeyShape::Standard => KeyForm::Standard,
            KeyShape::CodingPlan => KeyForm::CodingPlan,
            KeyShape::Temporary => KeyForm::Temporary,
            KeyShape::Other => KeyForm::Other,
        };
        Self {
            id: id.to_string(),
            hint: key.hint.clone(),
            plan_hosts: if shape == KeyForm::CodingPlan {
                plan_hosts()
            } else {
                Vec::new()
            },
            shape,
        }
    }
}

fn plan_hosts() -> Vec<String> {
    let official = dashscope::Regions::official();
    let origins = official
        .subscriptions()
        .filter_map(|region| region.shared.as_ref());
    origins.map(|origin| origin.host().to_owned()).collect()
}

/// Where to ask for a key.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase", tag = "scope", deny_unknown_fields)]
pub(crate) enum VerifyScope {
    /// Every official region, in order.
    AllRegions,
    /// Beijing only.
    BeijingOnly,
    /// This address only.
    Address {
        /// As typed.
        address: String,
    },
}

/// A key to verify and keep.
#[derive(Debug, Clone, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct VerifyRequest {
    /// The waiting key; `null` only for a local address.
    pub(crate) candidate: Option<String>,
    /// Where to ask.
    pub(crate) scope: VerifyScope,
    /// The account whose key and address it replaces.
    pub(crate) account: Option<String>,
    /// Where to keep the key.
    pub(crate) keep: KeepIn,
}

/// How far a verification has come.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "event"
)]
pub(crate) enum VerifyEvent {
    /// This host is being asked.
    Checking {
        /// Its region.
        region: Option<String>,
        /// The host.
        host: String,
    },
    /// It did not accept the key.
    Refused {
        /// Its region.
        region: Option<String>,
        /// The host.
        host: String,
    },
    /// It could not be asked.
    Unreachable {
        /// Its region.
        region: Option<String>,
        /// The host.
        host: String,
        /// Why.
        kind: ErrorKind,
    },
    /// It accepted the key.
    Accepted {
        /// Its region.
        region: Option<String>,
        /// The host.
        host: String,
        /// How long it took.
        milliseconds: u64,
    },
    /// The key is kept.
    Stored {
        /// Where.
        place: KeyPlace,
    },
    /// The endpoint listed its models.
    Models {
        /// How many.
        count: u32,
    },
}

impl From<VerificationProgress<'_>> for VerifyEvent {
    fn from(progress: VerificationProgress<'_>) -> Self {
        let region = |endpoint: &Endpoint| endpoint.region().map(ToString::to_string);
        match progress {
            VerificationProgress::Checking(endpoint) => Self::Checking {
                region: region(endpoint),
                host: host(endpoint),
            },
            VerificationProgress::Refused(endpoint) => Self::Refused {
                region: region(endpoint),
                host: host(endpoint),
            },
            VerificationProgress::Unreachable(endpoint, failure) => Self::Unreachable {
                region: region(endpoint),
                host: host(endpoint),
                kind: failure.kind.into(),
            },
            VerificationProgress::Accepted(endpoint, milliseconds) => Self::Accepted {
                region: region(endpoint),
                host: host(endpoint),
                milliseconds,
            },
            VerificationProgress::Stored(place) => Self::Stored {
                place: place.into(),
            },
            VerificationProgress::Models(count) => Self::Models { count },
        }
    }
}

/// What was changed about an address that was typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(
    rename_all = "camelCase",
    rename_all_fields = "camelCase",
    tag = "change"
)]
pub(crate) enum AddressChange {
    /// Quotes or invisible characters around it are gone.
    DecorationRemoved,
    /// The scheme was missing.
    SchemeAdded {
        /// `https` or `http`.
        scheme: String,
    },
    /// The path of a single operation, like `/chat/completions`, is gone.
    OperationRemoved,
    /// A path of another chat program's web proxy, `/api/alibaba`, is gone.
    WebProxyRemoved,
    /// `/v1/v1` became `/v1`.
    VersionFolded,
    /// Slashes too many are gone.
    SlashRemoved,
    /// There was no path.
    PathAdded {
        /// The path that was added.
        path: String,
    },
    /// The official host answers under another path.
    PathReplaced {
        /// The path that is used.
        path: String,
    },
}

impl From<dashscope::AddressChange> for AddressChange {
    fn from(change: dashscope::AddressChange) -> Self {
        use dashscope::AddressChange as Change;
        match change {
            Change::DecorationRemoved => Self::DecorationRemoved,
            Change::SchemeAdded { scheme } => Self::SchemeAdded {
                scheme: scheme.to_owned(),
            },
            Change::OperationRemoved => Self::OperationRemoved,
            Change::WebProxyRemoved => Self::WebProxyRemoved,
            Change::VersionFolded => Self::VersionFolded,
            Change::SlashRemoved => Self::SlashRemoved,
            Change::PathAdded { path } => Self::PathAdded { path },
            Change::PathReplaced { path } => Self::PathReplaced { path },
        }
    }
}

/// What would change with another address.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct AddressPreview {
    /// The address as it would be used.
    pub(crate) address: String,
    /// Its host.
    pub(crate) host: String,
    /// What kind it is.
    pub(crate) endpoint: EndpointKind,
    /// Its official region.
    pub(crate) region: Option<String>,
    /// What was changed about what was typed, in order.
    pub(crate) changes: Vec<AddressChange>,
    /// Whether the key has to be entered.
    pub(crate) needs_key: bool,
    /// Whether the stored key may go there.
    pub(crate) same_group: bool,
    /// The host asked now.
    pub(crate) from_host: Option<String>,
}

impl From<engine::AddressPreview> for AddressPreview {
    fn from(preview: engine::AddressPreview) -> Self {
        let endpoint = &preview.endpoint;
        Self {
            address: endpoint.address(),
            host: host(endpoint),
            endpoint: endpoint.kind().into(),
            region: endpoint.region().map(ToString::to_string),
            changes: preview
                .changes
                .iter()
                .cloned()
                .map(AddressChange::from)
                .collect(),
            needs_key: endpoint.needs_key() && !preview.same_group,
            same_group: preview.same_group,
            from_host: preview.from_host,
        }
    }
}

/// An account that answered.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct TestResult {
    /// How long it took.
    pub(crate) milliseconds: u64,
    /// How many models it listed.
    pub(crate) model_count: u32,
    /// The host that answered.
    pub(crate) host: String,
}

impl From<&CheckedAccount> for TestResult {
    fn from(checked: &CheckedAccount) -> Self {
        Self {
            milliseconds: checked.milliseconds,
            model_count: u32::try_from(checked.models.len()).unwrap_or(u32::MAX),
            host: checked.host.clone(),
        }
    }
}
