//! Which way requests take: what was chosen for the app and for an account, and what it comes to.
//!
//! The choice is a setting; a proxy's password is kept as keys are, bound to the proxy it was typed for.

mod password;
mod scheme;

pub use password::{PasswordChange, PasswordPlace};

use crate::copy::off_the_workers;
use crate::{Engine, Failure, FailureKind};
use dashscope::Endpoint;
use network::{
    ExtraCertificates, ManualProxy, ProxyScheme, ProxyServer, Route, RouteChoice, RouteSource,
};
use secrecy::SecretString;
use serde::{Deserialize, Serialize};
use std::path::PathBuf;

/// Longer names, passwords and entries are refused, in bytes: SOCKS takes no longer ones.
const LONGEST_WORD: usize = 255;

/// More entries in the list of exceptions are refused.
const MOST_EXCEPTIONS: usize = 200;

/// The settings table's name for the file of extra certificates.
const EXTRA_CERTIFICATES: &str = "extra_certificates";

/// Whose proxies are used.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum RouteMode {
    /// What the environment and the desktop say.
    #[default]
    System,
    /// None.
    Direct,
    /// The one that was typed.
    Manual,
}

/// What was chosen. The proxy stays typed while another mode is in use.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct RouteSetting {
    /// Whose proxies are used.
    pub mode: RouteMode,
    /// The proxy that was typed.
    #[serde(default)]
    pub proxy: Option<ProxySetting>,
}

/// A proxy that was typed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ProxySetting {
    /// How it is spoken to.
    #[serde(with = "scheme")]
    pub scheme: ProxyScheme,
    /// Its host.
    pub host: String,
    /// Its port.
    pub port: u16,
    /// The name to sign in with.
    #[serde(default)]
    pub user: Option<String>,
    /// Hosts that are asked straight.
    #[serde(default)]
    pub bypass: Vec<String>,
    /// Where its password is.
    #[serde(default)]
    pub password: PasswordPlace,
}

/// Everything about the route.
#[derive(Debug, Clone)]
pub struct RouteSettings {
    /// What was chosen for the app.
    pub app: RouteSetting,
    /// What was chosen for the account, if anything.
    pub account: Option<RouteSetting>,
    /// The route of the next request, or why there is none.
    pub effective: Result<Route, FailureKind>,
    /// Whether the system leaves the choice of the proxy to a script.
    pub system_has_script: bool,
    /// The file of extra certificates.
    pub extra_certificates: Option<ExtraCertificatesSetting>,
}

/// The file of extra certificates.
#[derive(Debug, Clone)]
pub struct ExtraCertificatesSetting {
    /// Where it is.
    pub path: String,
    /// How many certificates it holds, or why it is not used.
    pub count: Result<usize, FailureKind>,
}

impl Engine {
    /// The protocol client on the route of an account, else of the app. Every request goes through
    /// here, so a change holds from the next one on.
    ///
    /// # Errors
    /// The keychain's state, when the proxy's password cannot be read, or the store's error.
    pub async fn client_for(&self, account: Option<&str>) -> Result<dashscope::Client, Failure> {
        let certificates = &self.inner.certificates;
        certificates
            .get_or_init(|| async { self.trust_extra_certificates().await })
            .await;
        let client = &self.inner.client;
        if let Some(account) = account
            && let Some(setting) = self.stored_route(Some(account)).await?
        {
            return Ok(client.routed(self.choice(&setting, Some(account)).await?));
        }
        let setting = self.stored_route(None).await?.unwrap_or_default();
        let choice = self.choice(&setting, None).await?;
        client.network().set_route(choice);
        Ok(client.clone())
    }

    /// What was chosen, and what it comes to for this account, else for the first region.
    ///
    /// # Errors
    /// [`FailureKind::NoAccount`] or the store's error.
    pub async fn route_settings(&self, account: Option<&str>) -> Result<RouteSettings, Failure> {
        let app = self.stored_route(None).await?.unwrap_or_default();
        let (own, endpoint) = if let Some(id) = account {
            let row = self.account(id).await?;
            let endpoint = self.endpoint_of(&row)?;
            (self.stored_route(Some(id)).await?, Some(endpoint))
        } else {
            let regions = self.inner.client.regions();
            (None, regions.probe_order().find_map(Endpoint::of_region))
        };
        let network = self.inner.client.network();
        // The password plays no part in where a request goes.
        let routed = match &own {
            Some(own) => network.routed(own.choice(None), RouteSource::Account),
            None => network.routed(app.choice(None), RouteSource::Manual),
        };
        let effective = match endpoint {
            Some(endpoint) => routed.route_to(endpoint.origin()).await,
            None => Ok(Route::Direct),
        };
        Ok(RouteSettings {
            effective: effective
                .map_err(|error| Failure::from(dashscope::Error::from(&error)).kind),
            system_has_script: network.system_has_script().await,
            extra_certificates: self.extra_certificates().await?,
            app,
            account: own,
        })
    }

    /// Chooses the route of the app, or of an account; `None` lets the account go the app's way.
    ///
    /// # Errors
    /// [`FailureKind::InvalidInput`] for a proxy that makes no sense, the keychain's state when
    /// the password cannot be kept (nothing is changed then), or the store's error.
    pub async fn set_route(
        &self,
        account: Option<&str>,
        setting: Option<RouteSetting>,
        password: PasswordChange,
    ) -> Result<(), Failure> {
        match account {
            Some(id) => drop(self.account(id).await?),
            // Only an account has another's way to go.
            None if setting.is_none() => return Err(FailureKind::InvalidInput.into()),
            None => {}
        }
        let before = self.stored_route(account).await?;
        let mut setting = setting.map(RouteSetting::checked).transpose()?;
        let kept = before.and_then(|before| before.proxy);
        let proxy = setting.as_mut().and_then(|setting| setting.proxy.as_mut());
        self.change_password(account, kept.as_ref(), proxy, password)
            .await?;
        let text = match &setting {
            Some(setting) => {
                serde_json::to_string(setting).map_err(|_json| FailureKind::Internal)?
            }
            None => String::new(),
        };
        let name = name(account);
        self.with_store(move |store| store.set_setting(&name, &text))
            .await
    }

    /// Trusts the certificates of a file beside the system's; `None` trusts the system alone.
    ///
    /// # Errors
    /// [`FailureKind::ExtraCertificatesUnreadable`], [`FailureKind::ExtraCertificatesInvalid`], or
    /// the store's error. Nothing is changed then.
    pub async fn set_extra_certificates(&self, path: Option<String>) -> Result<(), Failure> {
        let path = path.unwrap_or_default();
        let read = read_certificates(path.clone()).await?;
        self.with_store(move |store| store.set_setting(EXTRA_CERTIFICATES, &path))
            .await?;
        let network = self.inner.client.network();
        network.set_extra_certificates(read.unwrap_or_default());
        Ok(())
    }

    /// Opens a connection for the first request of an account. Nothing is sent over it, and nobody
    /// is asked for a password.
    ///
    /// # Errors
    /// What keeps the connection from being opened.
    pub async fn warm(&self, account: &str) -> Result<(), Failure> {
        let endpoint = self.endpoint_of(&self.account(account).await?)?;
        let own = self.stored_route(Some(account)).await?;
        let app = self.stored_route(None).await?;
        if [own, app]
            .into_iter()
            .flatten()
            .any(|setting| setting.needs_password())
        {
            return Ok(());
        }
        let client = self.client_for(Some(account)).await?;
        let warmed = client.network().warm(endpoint.origin()).await;
        warmed.map_err(|error| dashscope::Error::from(&error).into())
    }

    async fn stored_route(&self, account: Option<&str>) -> Result<Option<RouteSetting>, Failure> {
        let name = name(account);
        let text = self.with_store(move |store| store.setting(&name)).await?;
        // A setting that was damaged by hand counts as none.
        let setting: Option<RouteSetting> = text.and_then(|text| serde_json::from_str(&text).ok());
        Ok(setting.map(|setting| self.with_its_password(setting, account)))
    }

    async fn choice(
        &self,
        setting: &RouteSetting,
        account: Option<&str>,
    ) -> Result<RouteChoice, Failure> {
        let proxy = setting.proxy.as_ref();
        let proxy = proxy.filter(|_| setting.needs_password());
        let Some(proxy) = proxy else {
            return Ok(setting.choice(None));
        };
        Ok(setting.choice(self.password_of(proxy, account).await?))
    }

    async fn trust_extra_certificates(&self) {
        let stored = self
            .with_store(|store| store.setting(EXTRA_CERTIFICATES))
            .await;
        let path = stored.ok().flatten().unwrap_or_default();
        match read_certificates(path).await {
            Ok(read) => {
                let network = self.inner.client.network();
                network.set_extra_certificates(read.unwrap_or_default());
            }
            Err(error) => tracing::warn!(%error, "the extra certificates are not used"),
        }
    }

    async fn extra_certificates(&self) -> Result<Option<ExtraCertificatesSetting>, Failure> {
        let stored = self
            .with_store(|store| store.setting(EXTRA_CERTIFICATES))
            .await?;
        let Some(path) = stored.filter(|path| !path.is_empty()) else {
            return Ok(None);
        };
        let read = read_certificates(path.clone()).await;
        let count = read.map(|read| read.unwrap_or_default().count());
        Ok(Some(ExtraCertificatesSetting {
            path,
            count: count.map_err(|failure| failure.kind),
        }))
    }
}

impl RouteSetting {
    /// The setting in its canonical form.
    fn checked(mut self) -> Result<Self, Failure> {
        let invalid = || Failure::new(FailureKind::InvalidInput);
        let Some(proxy) = &mut self.proxy else {
            return if self.mode == RouteMode::Manual {
                Err(invalid())
            } else {
                Ok(self)
            };
        };
        let server = ProxyServer::at(proxy.scheme, &proxy.host, proxy.port).ok_or_else(invalid)?;
        proxy.host = server.host;
        proxy.user = proxy.user.take().filter(|user| !user.is_empty());
        let words = proxy.user.iter().chain(&proxy.bypass).chain([&proxy.host]);
        let longest = words.map(String::len).max().unwrap_or_default();
        if longest > LONGEST_WORD || proxy.bypass.len() > MOST_EXCEPTIONS {
            return Err(Failure::new(FailureKind::InputTooLong).with_limit(LONGEST_WORD));
        }
        Ok(self)
    }

    fn needs_password(&self) -> bool {
        self.mode == RouteMode::Manual
            && self.proxy.as_ref().is_some_and(ProxySetting::has_password)
    }

    fn choice(&self, password: Option<SecretString>) -> RouteChoice {
        match (self.mode, &self.proxy) {
            (RouteMode::Manual, Some(proxy)) => RouteChoice::Manual(ManualProxy {
                server: ProxyServer {
                    scheme: proxy.scheme,
                    host: proxy.host.clone(),
                    port: proxy.port,
                    user: proxy.user.clone(),
                    password,
                },
                bypass: proxy.bypass.clone(),
            }),
            (RouteMode::Direct, _) => RouteChoice::Direct,
            (RouteMode::System | RouteMode::Manual, _) => RouteChoice::System,
        }
    }
}

/// The settings table's name for a choice.
fn name(account: Option<&str>) -> String {
    match account {
        Some(account) => format!("route:{account}"),
        None => "route".to_owned(),
    }
}

async fn read_certificates(path: String) -> Result<Option<ExtraCertificates>, Failure> {
    if path.is_empty() {
        return Ok(None);
    }
    let read = off_the_workers(move || ExtraCertificates::read(&PathBuf::from(path))).await?;
    Ok(Some(read?))
}
