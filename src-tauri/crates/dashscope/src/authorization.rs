//! The one place that turns a key into a header, after checking who would receive it.
//!
//! It stores no key and knows no keychain.

use http::{HeaderMap, HeaderValue, header};
use network::Origin;
use secrecy::{ExposeSecret as _, SecretString};
use url::Url;

use crate::error::{Error, ErrorKind};
use crate::regions::Regions;

/// A key and the origin it was saved for. It prints neither.
#[derive(Clone)]
pub struct ApiKey {
    secret: SecretString,
    bound: Origin,
}

impl ApiKey {
    /// Binds a key to the origin it was saved for.
    pub fn new(secret: SecretString, bound: Origin) -> Self {
        Self { secret, bound }
    }
}

impl std::fmt::Debug for ApiKey {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("[REDACTED]")
    }
}

/// Adds `Authorization` to a request for `url`, if its origin may receive the key.
///
/// # Errors
/// [`ErrorKind::KeyNotForEndpoint`] when it may not, [`ErrorKind::KeyRefused`] when the key cannot be
/// a header at all.
pub(crate) fn authorize(
    headers: &mut HeaderMap,
    url: &Url,
    key: &ApiKey,
    regions: &Regions,
) -> Result<(), Error> {
    let origin = Origin::of(url).ok_or_else(|| Error::new(ErrorKind::KeyNotForEndpoint))?;
    if !regions.same_group(&key.bound, &origin) {
        return Err(Error::new(ErrorKind::KeyNotForEndpoint).at_host(origin.host()));
    }
    let text = format!("Bearer {}", key.secret.expose_secret());
    let mut value = HeaderValue::try_from(text)
        .map_err(|_holds_the_key| Error::new(ErrorKind::KeyRefused).at_host(origin.host()))?;
    value.set_sensitive(true);
    headers.insert(header::AUTHORIZATION, value);
    Ok(())
}
