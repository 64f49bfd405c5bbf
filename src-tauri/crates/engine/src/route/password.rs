//! A proxy's password: where it is kept, and what a change makes of it.

use crate::route::{LONGEST_WORD, ProxySetting, RouteSetting};
use crate::{Engine, Failure, FailureKind};
use credentials::{Error, PassphraseState};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};

/// Where a proxy's password is kept.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PasswordPlace {
    /// There is none.
    #[default]
    None,
    /// The operating system's keychain.
    Keychain,
    /// The passphrase file.
    File,
    /// Memory, until the program ends.
    Session,
}

/// What becomes of a proxy's password.
#[derive(Debug, Clone)]
pub enum PasswordChange {
    /// It stays, unless the proxy is another now.
    Keep,
    /// It goes.
    Remove,
    /// This one takes its place.
    Set(SecretString),
}

impl PasswordChange {
    /// A text as it was typed: none keeps the password, an empty one removes it.
    ///
    /// # Errors
    /// [`FailureKind::InputTooLong`].
    pub fn typed(text: Option<String>) -> Result<Self, Failure> {
        match text {
            None => Ok(Self::Keep),
            Some(text) if text.is_empty() => Ok(Self::Remove),
            Some(text) => {
                let length = text.len();
                let password = SecretString::from(text);
                if length > LONGEST_WORD {
                    return Err(Failure::new(FailureKind::InputTooLong).with_limit(LONGEST_WORD));
                }
                Ok(Self::Set(password))
            }
        }
    }
}

impl ProxySetting {
    pub(super) fn has_password(&self) -> bool {
        self.password != PasswordPlace::None
    }

    /// Whom the password is for.
    fn origin(&self) -> String {
        format!("{}://{}:{}", self.scheme.as_str(), self.host, self.port)
    }
}

impl Engine {
    /// Does to the password what was asked, and notes in the new proxy where it is now.
    pub(super) async fn change_password(
        &self,
        account: Option<&str>,
        before: Option<&ProxySetting>,
        proxy: Option<&mut ProxySetting>,
        change: PasswordChange,
    ) -> Result<(), Failure> {
        let had = before.filter(|before| before.has_password());
        let now = match (proxy, change) {
            (Some(proxy), PasswordChange::Set(password)) => {
                proxy.password = self.keep_password(account, &password, proxy).await?;
                proxy.password
            }
            (Some(proxy), PasswordChange::Keep) => {
                let same = had.filter(|before| before.origin() == proxy.origin());
                let same = same.filter(|_| proxy.user.is_some());
                proxy.password = same.map(|before| before.password).unwrap_or_default();
                proxy.password
            }
            (Some(proxy), PasswordChange::Remove) => {
                proxy.password = PasswordPlace::None;
                proxy.password
            }
            (None, _) => PasswordPlace::None,
        };
        if had.is_some() && now == PasswordPlace::None {
            self.inner.vault.delete(&item(account)).await?;
        }
        Ok(())
    }

    /// Where there is no keychain, the file that a person opened for keys will do, else memory.
    async fn keep_password(
        &self,
        account: Option<&str>,
        password: &SecretString,
        proxy: &ProxySetting,
    ) -> Result<PasswordPlace, Failure> {
        let vault = &self.inner.vault;
        let (item, origin, now) = (item(account), proxy.origin(), self.now_ms());
        match vault.save(&item, password, &origin, now).await {
            Ok(()) => return Ok(PasswordPlace::Keychain),
            Err(Error::Unavailable) => {}
            Err(error) => return Err(error.into()),
        }
        if vault.passphrase_state() == PassphraseState::Open {
            let kept = vault.save_in_file(&item, password, &origin, now, None);
            kept.await?;
            return Ok(PasswordPlace::File);
        }
        vault.save_for_session(&item, password, &origin, now);
        Ok(PasswordPlace::Session)
    }

    /// A password that was kept until the program ended is gone after it has.
    pub(super) fn with_its_password(
        &self,
        mut setting: RouteSetting,
        account: Option<&str>,
    ) -> RouteSetting {
        if let Some(proxy) = &mut setting.proxy
            && proxy.password == PasswordPlace::Session
            && !self.inner.vault.is_for_session(&item(account))
        {
            proxy.password = PasswordPlace::None;
        }
        setting
    }

    /// The password for a proxy that has one; `None` when it was saved for another.
    pub(super) async fn password_of(
        &self,
        proxy: &ProxySetting,
        account: Option<&str>,
    ) -> Result<Option<SecretString>, Failure> {
        match self.inner.vault.read(&item(account)).await {
            Ok(stored) => Ok((stored.origin == proxy.origin()).then_some(stored.secret)),
            // The proxy says that it wants one.
            Err(Error::Missing) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}

/// The keychain item of a proxy's password.
fn item(account: Option<&str>) -> String {
    match account {
        Some(account) => format!("proxy:{account}"),
        None => "proxy".to_owned(),
    }
}
