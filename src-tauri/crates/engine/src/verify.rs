//! Finds out where a key belongs and stores it there.
//!
//! Keys are locked to a region and the vendor's refusal does not say to which, so the official
//! hosts are asked one after the other, with the user's consent, until one accepts.

use crate::{AccountDraft, Engine, Failure, FailureKind};
use credentials::KeyShape;
use dashscope::{ApiKey, Endpoint, EndpointKind};
use secrecy::SecretString;
use std::time::Instant;
use store::Account;
use uuid::Uuid;

/// Where to ask.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum VerificationScope {
    /// Every official region, in order, until one accepts.
    AllRegions,
    /// The first official region only.
    FirstRegion,
    /// This address only.
    Address(String),
}

/// A key to verify.
pub struct Verification {
    /// The key; `None` only for a local address.
    pub key: Option<credentials::NormalisedKey>,
    /// Where to ask.
    pub scope: VerificationScope,
    /// The account whose key and address it replaces; `None` makes a new one.
    pub account: Option<String>,
    /// Where to keep the key.
    pub keep: Keep,
}

/// Where a person wants a key kept.
pub enum Keep {
    /// In the operating system's keychain.
    Keychain,
    /// In memory, until the program ends.
    Session,
    /// In the passphrase file; without a passphrase where the file is open.
    File(Option<SecretString>),
}

/// How far a verification has come.
#[derive(Debug, Clone)]
pub enum VerificationProgress<'a> {
    /// This endpoint is being asked.
    Checking(&'a Endpoint),
    /// It did not accept the key.
    Refused(&'a Endpoint),
    /// It could not be reached.
    Unreachable(&'a Endpoint, &'a Failure),
    /// It accepted the key, after so many milliseconds.
    Accepted(&'a Endpoint, u64),
    /// The key is kept: `keychain`, `session`, `file` or `none`.
    Stored(&'static str),
    /// The endpoint lists so many models.
    Models(u32),
}

/// A key that is kept, with what its endpoint listed.
#[derive(Debug, Clone)]
pub struct Verified {
    /// The account that was made or changed.
    pub account: Account,
    /// The models the endpoint listed; `None` when it has no list.
    pub models: Option<Vec<String>>,
}

/// An endpoint that accepted the key.
struct Accepted {
    endpoint: Endpoint,
    models: Option<Vec<String>>,
}

impl Engine {
    /// Asks the endpoints of the scope in order and stores the key for the first that accepts it.
    ///
    /// # Errors
    /// The last refusal when none accepts, the network's failure when none could be reached, or why
    /// the key could not be kept. Nothing is stored then.
    pub async fn verify(
        &self,
        verification: Verification,
        report: impl Fn(VerificationProgress<'_>) + Send + Sync,
    ) -> Result<Verified, Failure> {
        let endpoints = self.endpoints_in(&verification)?;
        let secret = verification.key.as_ref().map(|key| key.secret.clone());
        let client = self.client_for(verification.account.as_deref()).await?;
        let accepted = self
            .first_accepting(&client, endpoints, secret.as_ref(), &report)
            .await?;
        let id = match &verification.account {
            Some(id) => self.account(id).await?.id,
            None => Uuid::now_v7().to_string(),
        };
        let place = match &secret {
            Some(secret) => {
                self.keep(&id, secret, &accepted.endpoint, verification.keep)
                    .await?
            }
            None => "none",
        };
        report(VerificationProgress::Stored(place));
        let count = accepted
            .models
            .as_ref()
            .and_then(|models| u32::try_from(models.len()).ok());
        if let Some(count) = count {
            report(VerificationProgress::Models(count));
        }
        let draft = AccountDraft {
            id,
            endpoint: accepted.endpoint,
            key_hint: verification.key.map(|key| key.hint),
            key_place: place,
            model_count: count,
        };
        Ok(Verified {
            account: self.save_account(draft).await?,
            models: accepted.models,
        })
    }

    fn endpoints_in(&self, verification: &Verification) -> Result<Vec<Endpoint>, Failure> {
        let regions = self.inner.client.regions();
        if let VerificationScope::Address(address) = &verification.scope {
            let endpoint = self.endpoint(address)?;
            let plan = matches!(endpoint.kind(), EndpointKind::CodingPlan);
            if has_shape(verification, KeyShape::CodingPlan)
                && !plan
                && matches!(
                    endpoint.kind(),
                    EndpointKind::Official | EndpointKind::Workspace
                )
            {
                return Err(Failure::new(FailureKind::CodingPlanKey).about_endpoint(&endpoint));
            }
            if verification.key.is_none() && endpoint.needs_key() {
                return Err(FailureKind::KeyMissing.into());
            }
            return Ok(vec![endpoint]);
        }
        if verification.key.is_none() {
            return Err(FailureKind::KeyMissing.into());
        }
        if has_shape(verification, KeyShape::CodingPlan) {
            return Err(FailureKind::CodingPlanKey.into());
        }
        let mut endpoints: Vec<Endpoint> = regions
            .probe_order()
            .filter_map(Endpoint::of_region)
            .collect();
        if verification.scope == VerificationScope::FirstRegion {
            endpoints.truncate(1);
        }
        Ok(endpoints)
    }

    async fn first_accepting(
        &self,
        client: &dashscope::Client,
        endpoints: Vec<Endpoint>,
        secret: Option<&SecretString>,
        report: &(impl Fn(VerificationProgress<'_>) + Send + Sync),
    ) -> Result<Accepted, Failure> {
        let mut refusal: Option<Failure> = None;
        let mut unreachable: Option<Failure> = None;
        for endpoint in endpoints {
            report(VerificationProgress::Checking(&endpoint));
            let key = secret.map(|secret| ApiKey::new(secret.clone(), endpoint.origin().clone()));
            let asked = Instant::now();
            let answer = client.models(&endpoint, key.as_ref()).await;
            let milliseconds = u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX);
            let failure = match answer {
                Ok(models) => {
                    report(VerificationProgress::Accepted(&endpoint, milliseconds));
                    return Ok(Accepted {
                        endpoint,
                        models: Some(models),
                    });
                }
                Err(error) => Failure::from(error).about_endpoint(&endpoint),
            };
            if has_no_model_list(&endpoint, &failure) {
                report(VerificationProgress::Accepted(&endpoint, milliseconds));
                return Ok(Accepted {
                    endpoint,
                    models: None,
                });
            }
            if is_refusal(failure.kind) {
                report(VerificationProgress::Refused(&endpoint));
                refusal = Some(failure);
            } else {
                report(VerificationProgress::Unreachable(&endpoint, &failure));
                unreachable = Some(failure);
            }
        }
        // A host that could not be asked may be the key's own, so it outranks a refusal.
        Err(unreachable
            .or(refusal)
            .unwrap_or_else(|| FailureKind::EndpointInvalid.into()))
    }

    /// Keeps a key for an endpoint, and says where as the account's row does.
    pub(crate) async fn keep(
        &self,
        id: &str,
        secret: &SecretString,
        endpoint: &Endpoint,
        keep: Keep,
    ) -> Result<&'static str, Failure> {
        let origin = endpoint.origin().to_string();
        let (vault, now_ms) = (&self.inner.vault, self.now_ms());
        match keep {
            Keep::Session => {
                vault.save_for_session(id, secret, &origin, now_ms);
                Ok("session")
            }
            Keep::File(passphrase) => {
                vault
                    .save_in_file(id, secret, &origin, now_ms, passphrase)
                    .await?;
                Ok("file")
            }
            Keep::Keychain => {
                vault.save(id, secret, &origin, now_ms).await?;
                Ok("keychain")
            }
        }
    }
}

fn has_shape(verification: &Verification, shape: KeyShape) -> bool {
    verification
        .key
        .as_ref()
        .is_some_and(|key| key.shape == shape)
}

fn is_refusal(kind: FailureKind) -> bool {
    matches!(
        kind,
        FailureKind::KeyRefused
            | FailureKind::WorkspaceRefused
            | FailureKind::TokenExpired
            | FailureKind::AccessDenied
    )
}

/// The model list is undocumented; an address of the user's own may do without it.
fn has_no_model_list(endpoint: &Endpoint, failure: &Failure) -> bool {
    failure.status == Some(404)
        && matches!(
            endpoint.kind(),
            EndpointKind::Custom | EndpointKind::CodingPlan | EndpointKind::TokenPlan
        )
}
