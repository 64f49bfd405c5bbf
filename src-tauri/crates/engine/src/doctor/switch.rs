//! Moving an account and its key to the region the key belongs to.

use crate::{AccountDraft, Engine, Failure, FailureKind, Keep};
use credentials::Place;
use dashscope::{ApiKey, Endpoint, EndpointKind, RegionId};
use network::Origin;
use store::Account;

impl Engine {
    /// Asks the region whether it takes the account's key, binds the key to it and moves the account
    /// there. Only a key that was saved for an official host moves, and only to an official one.
    ///
    /// # Errors
    /// [`FailureKind::EndpointInvalid`] when the account or the region is not an official one,
    /// otherwise why the region did not take the key or why it could not be kept. Nothing has
    /// changed then.
    pub async fn switch_region(&self, account: &str, region: &str) -> Result<Account, Failure> {
        let account = self.account(account).await?;
        let regions = self.inner.client.regions();
        let target = regions
            .probe_order()
            .find(|known| known.id == RegionId::new(region))
            .and_then(Endpoint::of_region)
            .ok_or(FailureKind::EndpointInvalid)?;
        let stored = self.inner.vault.read(&account.id).await?;
        let bound: Option<Origin> = stored.origin.parse().ok();
        let was_official = bound.is_some_and(|bound| regions.region_of(&bound).is_some())
            && is_official(&self.endpoint_of(&account)?);
        if !was_official {
            return Err(FailureKind::EndpointInvalid.into());
        }
        let key = ApiKey::new(stored.secret.clone(), target.origin().clone());
        let client = self.client_for(Some(&account.id)).await?;
        let models = client
            .models(&target, Some(&key))
            .await
            .map_err(|error| Failure::from(error).about_endpoint(&target))?;
        let keep = match stored.place {
            Place::Session => Keep::Session,
            Place::Keychain => Keep::Keychain,
            // It was read, so the file is open.
            Place::File => Keep::File(None),
        };
        let key_place = self
            .keep(&account.id, &stored.secret, &target, keep)
            .await?;
        self.save_account(AccountDraft {
            id: account.id,
            endpoint: target,
            key_hint: account.key_hint,
            key_place,
            model_count: u32::try_from(models.len()).ok(),
        })
        .await
    }
}

/// Whether it is one of the vendor's hosts that take pay-as-you-go keys.
pub(super) fn is_official(endpoint: &Endpoint) -> bool {
    matches!(
        endpoint.kind(),
        EndpointKind::Official | EndpointKind::Workspace
    )
}
