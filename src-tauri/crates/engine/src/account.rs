//! Accounts: where to ask, and with which key.
//!
//! The row holds no key. The key's own keychain item says which origin it was saved for, and only
//! an origin of the same group ever gets it.

use crate::{DashScopeSource, Engine, Failure, FailureKind, PasswordChange};
use dashscope::{AddressChange, ApiKey, Endpoint, EndpointKind, Protocol};
use network::Origin;
use std::time::Instant;
use store::Account;

/// Longer addresses are refused, in bytes.
const LONGEST_ADDRESS: usize = 2048;

/// What a new account needs besides its key.
#[derive(Debug, Clone)]
pub struct AccountDraft {
    /// The account's id; the keychain item carries it too.
    pub id: String,
    /// Where to ask.
    pub endpoint: Endpoint,
    /// The key as a person may recognise it, like `sk-••••1a2b`.
    pub key_hint: Option<String>,
    /// Where the key is kept: `keychain`, `session`, `file` or `none`.
    pub key_place: &'static str,
    /// How many models the endpoint listed.
    pub model_count: Option<u32>,
}

/// What would change with another address.
#[derive(Debug, Clone)]
pub struct AddressPreview {
    /// The address as it would be used.
    pub endpoint: Endpoint,
    /// What was changed about what was typed.
    pub changes: Vec<AddressChange>,
    /// Whether the stored key may go there.
    pub same_group: bool,
    /// The host that is asked now.
    pub from_host: Option<String>,
}

/// The answer to "does this account work?".
#[derive(Debug, Clone)]
pub struct CheckedAccount {
    /// How long the model list took, in milliseconds.
    pub milliseconds: u64,
    /// The models the endpoint listed.
    pub models: Vec<String>,
    /// The host that was asked.
    pub host: String,
}

impl Engine {
    /// The account with this id.
    ///
    /// # Errors
    /// [`FailureKind::NoAccount`] when there is none, or the store's error.
    pub async fn account(&self, id: &str) -> Result<Account, Failure> {
        let accounts = self.with_store(store::Store::accounts).await?;
        accounts
            .into_iter()
            .find(|account| account.id == id)
            .ok_or(FailureKind::NoAccount.into())
    }

    /// The endpoint an account's row names.
    ///
    /// # Errors
    /// [`FailureKind::EndpointInvalid`] when the row was damaged by hand.
    pub fn endpoint_of(&self, account: &Account) -> Result<Endpoint, Failure> {
        self.endpoint(&account.address)
    }

    /// The endpoint an address names, as a person typed it.
    ///
    /// # Errors
    /// [`FailureKind::EndpointInvalid`] or [`FailureKind::NotHttps`].
    pub(crate) fn endpoint(&self, address: &str) -> Result<Endpoint, Failure> {
        if address.len() > LONGEST_ADDRESS {
            return Err(FailureKind::EndpointInvalid.into());
        }
        Ok(Endpoint::parse(address, self.inner.client.regions())?)
    }

    /// Whether the account has no key that may go to its address.
    pub fn needs_key(&self, account: &Account) -> bool {
        let Ok(endpoint) = self.endpoint_of(account) else {
            return true;
        };
        if !endpoint.needs_key() && account.key_place == "none" {
            return false;
        }
        let bound = account.origin.parse::<Origin>();
        account.key_place == "none"
            || !bound.is_ok_and(|bound| {
                self.inner
                    .client
                    .regions()
                    .same_group(&bound, endpoint.origin())
            })
    }

    /// Asks the account's endpoint for its models.
    ///
    /// # Errors
    /// Why the key could not be read, or why the endpoint did not answer.
    pub async fn check_account(&self, id: &str) -> Result<CheckedAccount, Failure> {
        let source = self.source_of_account(id).await?;
        let asked = Instant::now();
        let models = source
            .client
            .models(&source.endpoint, source.key.as_ref())
            .await
            .map_err(|error| Failure::from(error).about_endpoint(&source.endpoint))?;
        Ok(CheckedAccount {
            milliseconds: u64::try_from(asked.elapsed().as_millis()).unwrap_or(u64::MAX),
            models,
            host: source.endpoint.origin().host().to_owned(),
        })
    }

    /// Reads the account's key once, so that its keychain state is known.
    ///
    /// # Errors
    /// The keychain's state, as a failure.
    pub async fn check_key(&self, id: &str) -> Result<Account, Failure> {
        let account = self.account(id).await?;
        if account.key_place != "none" {
            self.inner.vault.read(id).await?;
        }
        Ok(account)
    }

    /// Deletes the account's key, then its row.
    ///
    /// # Errors
    /// When the keychain refuses (the row stays then), or the store's error.
    pub async fn delete_account(&self, id: &str) -> Result<(), Failure> {
        let account = self.account(id).await?;
        if account.key_place != "none" {
            match self.inner.vault.delete(id).await {
                Ok(()) | Err(credentials::Error::Missing) => {}
                Err(error) => return Err(error.into()),
            }
        }
        self.set_route(Some(id), None, PasswordChange::Keep).await?;
        self.with_store(move |store| store.delete_account(&account.id))
            .await
    }

    /// What would change if the account asked at `address`.
    ///
    /// # Errors
    /// [`FailureKind::EndpointInvalid`] or [`FailureKind::NotHttps`].
    pub async fn preview_address(
        &self,
        address: &str,
        account: Option<&str>,
    ) -> Result<AddressPreview, Failure> {
        let regions = self.inner.client.regions();
        let endpoint = self.endpoint(address)?;
        let (_same, changes) = Endpoint::explain(address, regions)?;
        let Some(id) = account else {
            return Ok(AddressPreview {
                endpoint,
                changes,
                same_group: false,
                from_host: None,
            });
        };
        let account = self.account(id).await?;
        let from_host = self
            .endpoint_of(&account)
            .ok()
            .map(|from| from.origin().host().to_owned());
        let bound = account
            .origin
            .parse::<Origin>()
            .ok()
            .filter(|_| account.key_place != "none");
        let same_group = bound.is_some_and(|bound| regions.same_group(&bound, endpoint.origin()));
        Ok(AddressPreview {
            endpoint,
            changes,
            same_group,
            from_host,
        })
    }

    /// Changes where the account asks. The key stays bound to where it was saved for.
    ///
    /// # Errors
    /// As [`Engine::preview_address`], or the store's error.
    pub async fn set_address(&self, id: &str, address: &str) -> Result<Account, Failure> {
        let endpoint = self.endpoint(address)?;
        let mut account = self.account(id).await?;
        account.address = endpoint.address();
        account.region = endpoint.region().map(ToString::to_string);
        let row = account.clone();
        self.with_store(move |store| store.save_account(&row))
            .await?;
        Ok(account)
    }

    /// Stores the row of a new or changed account.
    ///
    /// # Errors
    /// The store's error.
    pub async fn save_account(&self, draft: AccountDraft) -> Result<Account, Failure> {
        let before = self.account(&draft.id).await.ok();
        let account = Account {
            name: before
                .as_ref()
                .map(|account| account.name.clone())
                .unwrap_or_default(),
            address: draft.endpoint.address(),
            protocol: "compatible".to_owned(),
            region: draft.endpoint.region().map(ToString::to_string),
            origin: draft.endpoint.origin().to_string(),
            key_hint: draft.key_hint,
            key_place: draft.key_place.to_owned(),
            model_count: draft.model_count,
            created_ms: before.map_or_else(|| self.now_ms(), |account| account.created_ms),
            id: draft.id,
        };
        let row = account.clone();
        self.with_store(move |store| store.save_account(&row))
            .await?;
        Ok(account)
    }

    /// The network source of an account, with its key read from the keychain.
    ///
    /// # Errors
    /// The keychain's state, a missing account, or a damaged address.
    pub(crate) async fn source_of_account(&self, id: &str) -> Result<DashScopeSource, Failure> {
        let account = self.account(id).await?;
        let endpoint = self.endpoint_of(&account)?;
        let keyless = endpoint.kind() == EndpointKind::Local && account.key_place == "none";
        let key = if keyless {
            None
        } else {
            Some(self.key_of(&account).await?)
        };
        let protocol = match account.protocol.as_str() {
            "native" => Protocol::Native,
            _ => Protocol::Compatible,
        };
        Ok(DashScopeSource {
            client: self.client_for(Some(id)).await?,
            endpoint,
            key,
            protocol,
        })
    }

    async fn key_of(&self, account: &Account) -> Result<ApiKey, Failure> {
        let stored = self.inner.vault.read(&account.id).await?;
        let bound: Origin = stored
            .origin
            .parse()
            .map_err(|_error| FailureKind::KeychainCorrupt)?;
        Ok(ApiKey::new(stored.secret, bound))
    }
}
