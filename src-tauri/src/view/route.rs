//! The route as the page sees and sets it; passwords go in and never come out.

use crate::error::ErrorKind;
use engine::ProxySetting;
use serde::{Deserialize, Serialize};
use specta::Type;

/// Whose proxies are used.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RouteMode {
    /// What the environment and the desktop say.
    System,
    /// None.
    Direct,
    /// The one that was typed.
    Manual,
}

/// How a proxy is spoken to.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum ProxyScheme {
    /// `CONNECT` over plain HTTP.
    Http,
    /// `CONNECT` over TLS.
    Https,
    /// SOCKS 5; names are resolved on this computer.
    Socks5,
    /// SOCKS 5; the proxy resolves names.
    Socks5h,
}

/// Who named a proxy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum RouteSource {
    /// A variable like `HTTPS_PROXY`.
    Environment,
    /// The desktop's settings.
    System,
    /// The app's own setting.
    Manual,
    /// The account's own setting.
    Account,
}

/// A proxy that was typed.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct ManualProxy {
    /// How it is spoken to.
    pub(crate) scheme: ProxyScheme,
    /// Its host.
    pub(crate) host: String,
    /// Its port.
    pub(crate) port: u16,
    /// The name to sign in with.
    pub(crate) user: Option<String>,
    /// Hosts that are asked straight: names with all below them, addresses, ranges.
    pub(crate) bypass: Vec<String>,
}

/// What is chosen for the app or for an account. The proxy stays typed in another mode.
#[derive(Debug, Clone, Serialize, Deserialize, Type)]
#[serde(rename_all = "camelCase", deny_unknown_fields)]
pub(crate) struct RouteChoice {
    /// Whose proxies are used.
    pub(crate) mode: RouteMode,
    /// The proxy that was typed.
    pub(crate) proxy: Option<ManualProxy>,
}

/// A choice with what the keychain has for it.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ChosenRoute {
    /// The choice.
    pub(crate) choice: RouteChoice,
    /// Where the proxy's password is.
    pub(crate) password: PasswordPlace,
}

/// Where a proxy's password is kept.
#[derive(Debug, Clone, Copy, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum PasswordPlace {
    /// There is none.
    None,
    /// The operating system's keychain.
    Keychain,
    /// The passphrase file.
    File,
    /// Memory, until the program ends.
    Session,
}

/// The route a request takes.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase", tag = "kind")]
pub(crate) enum Route {
    /// To this computer, never through a proxy.
    Loopback,
    /// Straight to the host.
    Direct,
    /// Through a proxy.
    Proxy {
        /// How it is spoken to.
        scheme: ProxyScheme,
        /// Its `host:port`.
        address: String,
        /// Who named it.
        source: RouteSource,
    },
    /// Nowhere: nothing would be sent.
    Blocked {
        /// Why.
        why: ErrorKind,
    },
}

/// Everything about the route.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct RouteSettings {
    /// What is chosen for the app.
    pub(crate) app: ChosenRoute,
    /// What is chosen for the account; `null` goes the app's way.
    pub(crate) account: Option<ChosenRoute>,
    /// The route of the account's next request.
    pub(crate) effective: Route,
    /// Whether the system leaves the choice of the proxy to a script, which cannot be run here.
    pub(crate) system_has_script: bool,
    /// The file of extra certificates.
    pub(crate) extra_certificates: Option<ExtraCertificates>,
}

/// The file of extra certificates.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct ExtraCertificates {
    /// Where it is.
    pub(crate) path: String,
    /// How many certificates it holds.
    pub(crate) count: Option<u32>,
    /// Why it is not used.
    pub(crate) problem: Option<ErrorKind>,
}

impl From<engine::RouteSettings> for RouteSettings {
    fn from(settings: engine::RouteSettings) -> Self {
        Self {
            app: settings.app.into(),
            account: settings.account.map(Into::into),
            effective: match settings.effective {
                Ok(route) => route.into(),
                Err(kind) => Route::Blocked { why: kind.into() },
            },
            system_has_script: settings.system_has_script,
            extra_certificates: settings.extra_certificates.map(Into::into),
        }
    }
}

impl From<engine::ExtraCertificatesSetting> for ExtraCertificates {
    fn from(setting: engine::ExtraCertificatesSetting) -> Self {
        let count = setting.count.as_ref().ok();
        Self {
            count: count.and_then(|count| u32::try_from(*count).ok()),
            problem: setting.count.err().map(Into::into),
            path: setting.path,
        }
    }
}

impl From<network::Route> for Route {
    fn from(route: network::Route) -> Self {
        match route {
            network::Route::Loopback => Self::Loopback,
            network::Route::Direct => Self::Direct,
            network::Route::Proxy {
                scheme,
                address,
                source,
            } => Self::Proxy {
                scheme: scheme.into(),
                address,
                source: source.into(),
            },
        }
    }
}

impl From<network::RouteSource> for RouteSource {
    fn from(source: network::RouteSource) -> Self {
        match source {
            network::RouteSource::Environment => Self::Environment,
            network::RouteSource::System => Self::System,
            network::RouteSource::Manual => Self::Manual,
            network::RouteSource::Account => Self::Account,
        }
    }
}

impl From<network::ProxyScheme> for ProxyScheme {
    fn from(scheme: network::ProxyScheme) -> Self {
        match scheme {
            network::ProxyScheme::Http => Self::Http,
            network::ProxyScheme::Https => Self::Https,
            network::ProxyScheme::Socks5 => Self::Socks5,
            network::ProxyScheme::Socks5h => Self::Socks5h,
        }
    }
}

impl From<ProxyScheme> for network::ProxyScheme {
    fn from(scheme: ProxyScheme) -> Self {
        match scheme {
            ProxyScheme::Http => Self::Http,
            ProxyScheme::Https => Self::Https,
            ProxyScheme::Socks5 => Self::Socks5,
            ProxyScheme::Socks5h => Self::Socks5h,
        }
    }
}

impl From<engine::RouteSetting> for ChosenRoute {
    fn from(setting: engine::RouteSetting) -> Self {
        let proxy = setting.proxy;
        Self {
            password: match proxy.as_ref().map(|proxy| proxy.password) {
                None | Some(engine::PasswordPlace::None) => PasswordPlace::None,
                Some(engine::PasswordPlace::Keychain) => PasswordPlace::Keychain,
                Some(engine::PasswordPlace::File) => PasswordPlace::File,
                Some(engine::PasswordPlace::Session) => PasswordPlace::Session,
            },
            choice: RouteChoice {
                mode: match setting.mode {
                    engine::RouteMode::System => RouteMode::System,
                    engine::RouteMode::Direct => RouteMode::Direct,
                    engine::RouteMode::Manual => RouteMode::Manual,
                },
                proxy: proxy.map(|proxy| ManualProxy {
                    scheme: proxy.scheme.into(),
                    host: proxy.host,
                    port: proxy.port,
                    user: proxy.user,
                    bypass: proxy.bypass,
                }),
            },
        }
    }
}

impl From<RouteChoice> for engine::RouteSetting {
    fn from(choice: RouteChoice) -> Self {
        Self {
            mode: match choice.mode {
                RouteMode::System => engine::RouteMode::System,
                RouteMode::Direct => engine::RouteMode::Direct,
                RouteMode::Manual => engine::RouteMode::Manual,
            },
            proxy: choice.proxy.map(|proxy| ProxySetting {
                scheme: proxy.scheme.into(),
                host: proxy.host,
                port: proxy.port,
                user: proxy.user,
                bypass: proxy.bypass,
                password: engine::PasswordPlace::None,
            }),
        }
    }
}
