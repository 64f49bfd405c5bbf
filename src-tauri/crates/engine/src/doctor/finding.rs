//! What a step of the doctor can find, and the one thing to do about it.
//!
//! Both are closed, and hold data instead of sentences: the page, the terminal and the report choose
//! their words by kind. Nothing here can hold a key, a prompt, a URL's path or a proxy's password.

use serde::Serialize;
use specta::Type;

/// What a step found.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Finding {
    // Why a step did not run.
    /// An earlier step broke the chain.
    AfterBreak,
    /// It costs tokens, and nobody asked for it.
    NotAsked,
    /// This endpoint needs no such thing.
    NotNeeded,
    /// There is no account, so there is no key and no model to check.
    NoAccount,
    /// The key could not be read: the keychain's own step says why.
    KeyUnread,
    /// The account's address is none.
    AddressInvalid,

    // Clock and network.
    /// The clock agrees with the server's, or at least is not before this program was made.
    ClockRight,
    /// The computer's clock is ahead of the server's (or behind, when negative).
    ClockOff {
        /// Minutes ahead.
        minutes: i32,
    },
    /// The computer has a way out.
    Online,
    /// The endpoint is this computer: no network is needed.
    ThisComputer,
    /// No interface has an address that leads anywhere.
    NoNetwork,

    // The route.
    /// Nothing stands between this computer and the endpoint that we were told of.
    Direct,
    /// Requests go through this proxy, and it answers.
    ThroughProxy {
        /// `scheme://host:port`, without credentials.
        address: String,
    },
    /// Nothing answers at the proxy's address.
    ProxyUnreachable {
        /// `host:port`.
        address: String,
    },
    /// The proxy wants a name and a password, or refused the ones it got.
    ProxyAuthentication {
        /// `host:port`.
        address: String,
    },
    /// The proxy did not connect to the endpoint.
    ProxyRefused {
        /// `host:port`.
        address: String,
        /// The HTTP status of its answer; `null` when there was none that makes sense, as when what
        /// answers there is no such proxy.
        status: Option<u16>,
    },
    /// The system names a script instead of a proxy, which this program cannot run.
    ProxyScript,
    /// The system's proxy is set in words that make no sense.
    ProxyUnclear,

    // The name.
    /// The name resolved.
    NameFound {
        /// The host.
        host: String,
        /// How many addresses it has.
        addresses: u32,
    },
    /// The proxy resolves the name.
    NameByProxy {
        /// The host.
        host: String,
    },
    /// There is no such name.
    NameNotFound {
        /// The host.
        host: String,
    },
    /// The name server did not answer in time.
    NameTimeout {
        /// The host.
        host: String,
    },

    // The connection.
    /// A TCP connection stands.
    Connected,
    /// The host refused the connection.
    ConnectionRefused {
        /// The host.
        host: String,
    },
    /// The host did not answer in time.
    ConnectTimeout {
        /// The host.
        host: String,
    },
    /// No way leads to the host.
    HostUnreachable {
        /// The host.
        host: String,
    },
    /// The connection closed in the middle.
    ConnectionLost {
        /// The host.
        host: String,
    },

    // The certificate.
    /// The certificate is trusted and comes from a public authority.
    CertificateTrusted {
        /// Whom it names.
        subject: String,
        /// Who issued it.
        issuer: String,
        /// Days until it ends.
        days_left: i32,
        /// As in `TLS 1.3`.
        version: String,
    },
    /// The certificate is trusted by this computer and comes from no public authority we know, as a
    /// server of one's own may have it.
    CertificatePrivate {
        /// Who issued it.
        issuer: String,
    },
    /// An official host's certificate is trusted by this computer, but its issuer is no public authority we know:
    /// somebody on the way reads along.
    Inspected {
        /// Who issued it.
        issuer: String,
    },
    /// Nobody this computer trusts vouches for the certificate.
    CertificateUntrusted {
        /// Who issued it.
        issuer: String,
    },
    /// The certificate has ended.
    CertificateExpired {
        /// Days ago, by this computer's clock.
        days: i32,
        /// Whether the clock, not the certificate, is likely to be wrong.
        clock_suspect: bool,
    },
    /// The certificate has not begun.
    CertificateNotYetValid {
        /// Days until it begins, by this computer's clock.
        days: i32,
    },
    /// The certificate is another host's, as behind the sign-in page of a network.
    CertificateWrongHost {
        /// Whom it names.
        subject: String,
    },
    /// The server speaks only versions of TLS that are no longer safe.
    TlsTooOld,
    /// The handshake failed otherwise.
    TlsFailed,
    /// The handshake did not end in time.
    TlsTimeout,

    // The service.
    /// The service answered.
    Answered {
        /// The HTTP status.
        status: u16,
    },
    /// A page answered instead of the service, as of a network that wants a sign-in.
    Portal {
        /// Where it leads, when it says so.
        host: Option<String>,
        /// The page's title.
        title: Option<String>,
    },
    /// The endpoint answered with a redirect.
    Redirected {
        /// Where it leads, when it says so.
        host: Option<String>,
    },
    /// The server failed.
    ServerFault {
        /// The HTTP status.
        status: u16,
    },
    /// Connected, but no answer came in time.
    NoAnswer,
    /// The answer was not HTTP, or not this service's.
    NotTheService,

    // The key.
    /// The key looks like one of this endpoint's.
    KeyWellFormed {
        /// What the key looks like.
        plan: KeyPlan,
    },
    /// There is no key for this account.
    KeyMissing,
    /// What is stored cannot be a key.
    KeyMalformed {
        /// Why.
        why: KeyFault,
    },
    /// The key is of another plan than the endpoint.
    KeyOfPlan {
        /// What the key looks like.
        plan: KeyPlan,
    },
    /// The key was saved for another address, so it was not sent.
    KeyNotForEndpoint,
    /// The endpoint took the key.
    KeyAccepted {
        /// How many models it lists.
        models: u32,
    },
    /// The endpoint has no model list to try the key with.
    KeyUntested,
    /// The endpoint refused the key.
    KeyRefused {
        /// Whether the other regions were asked too.
        everywhere: bool,
    },
    /// The endpoint refused the key, and this region takes it.
    KeyOfRegion {
        /// The vendor's id of the region.
        region: String,
    },
    /// A temporary or plan token has ended or is of another plan.
    KeyExpired,
    /// The key does not belong to the workspace.
    WorkspaceRefused,
    /// The account may not do this.
    AccessDenied,
    /// The account is not activated for the service.
    NotActivated,
    /// A bill is overdue.
    Arrears,
    /// The free quota is used up.
    FreeQuotaUsed,
    /// The allowance of the plan is used up.
    PlanQuotaUsed,
    /// The plan answers only coding agents.
    PlanOnlyForAgents,
    /// Too much was asked for just now.
    RateLimited {
        /// Seconds to wait.
        seconds: u32,
    },

    // The model.
    /// The endpoint lists the model.
    ModelListed {
        /// The model's id.
        model: String,
    },
    /// The endpoint does not list the model, which some do and answer it all the same.
    ModelNotListed {
        /// The model's id.
        model: String,
    },
    /// The model answered.
    ModelAnswered {
        /// The model's id.
        model: String,
    },
    /// There is no such model here.
    ModelUnknown {
        /// The model's id.
        model: String,
    },
    /// The account may not use the model.
    ModelDenied {
        /// The model's id.
        model: String,
    },
    /// What is sent about thinking fits what is known about the model.
    ThinkingFits,
    /// Nothing is known about the model, so nothing is sent about thinking.
    ThinkingNotSent,
    /// The model does not take what is sent about thinking.
    ThinkingNotTaken,

    // The stream.
    /// The first word came.
    Streamed {
        /// Milliseconds from the request to it.
        milliseconds: u32,
    },
    /// The stream opened and stayed silent.
    SilentStream,
    /// The stream broke off.
    StreamBroke,
    /// The service refused the question for another reason.
    Refused {
        /// The HTTP status.
        status: Option<u16>,
        /// The vendor's code.
        code: Option<String>,
    },

    // This computer.
    /// The keychain gave the key.
    KeychainOpen,
    /// The keychain answers; there is no account, so it has no key to give.
    KeychainReady,
    /// The key of this account lies in memory, or there is none.
    KeychainUnused,
    /// The keychain is locked.
    KeychainLocked,
    /// Access to the keychain was denied.
    KeychainDenied,
    /// There is no keychain.
    KeychainUnavailable,
    /// The keychain does not answer; a password dialog may be open.
    KeychainTimeout,
    /// The keychain has no key of this account.
    KeychainMissing,
    /// The keychain has more than one key of this account.
    KeychainAmbiguous,
    /// What the keychain has is not readable.
    KeychainCorrupt,
    /// The key is in the passphrase file, which is open.
    PassphraseFileOpen,
    /// The key is in the passphrase file, whose passphrase was not given yet.
    PassphraseNeeded,
    /// The passphrase file is damaged, or cannot be read.
    PassphraseFileDamaged,
    /// The database can be read and written.
    DatabaseSound,
    /// The database can be read; whether it can be written was not tried, as another DashDesk may
    /// have it.
    DatabaseReadable,
    /// There is no database yet.
    DatabaseNone,
    /// The database can be read only.
    StorageReadOnly,
    /// The disk is full.
    StorageFull,
    /// The database is damaged.
    StorageDamaged,
    /// Another program holds the database.
    StorageBusy,
    /// The data folder cannot be used.
    StorageUnavailable,
}

/// What the shape of a key says about it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum KeyPlan {
    /// `sk-`: pay as you go.
    Standard,
    /// `sk-sp-`: a Coding Plan or a Token Plan, which share the shape and not the hosts.
    Subscription,
    /// `st-`: temporary.
    Temporary,
    /// Nothing this program knows.
    Other,
}

/// Why something cannot be a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub enum KeyFault {
    /// It is empty.
    Empty,
    /// It is an address.
    Address,
    /// It has white space inside or around it, or invisible characters.
    Spaces,
    /// It has characters outside ASCII.
    NotAscii,
    /// It is longer than any key.
    TooLong,
    /// It is shorter than any key.
    TooShort,
}

/// The one thing to do about a finding; the page offers it as a button.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(
    tag = "kind",
    rename_all = "camelCase",
    rename_all_fields = "camelCase"
)]
pub enum Fix {
    /// Run the doctor again.
    RunAgain,
    /// Set the computer's clock.
    CheckClock,
    /// Look at the computer's network.
    CheckNetwork,
    /// Change the proxy.
    OpenProxySettings,
    /// Go without the proxy this time.
    UseDirectOnce,
    /// Open the network's sign-in page in the browser.
    OpenSignInPage,
    /// Add the network's own certificate authority, after asking who runs it.
    AddCertificate,
    /// Change the account's address.
    ChangeAddress,
    /// Enter a key.
    EnterKey,
    /// Enter another key.
    ReplaceKey,
    /// Ask the other regions for this key: run again with that consent.
    FindRegion,
    /// Move the account and its key to this region.
    SwitchRegion {
        /// The vendor's id of the region.
        region: String,
    },
    /// Open the vendor's console.
    OpenConsole,
    /// Open the vendor's billing page.
    OpenBilling,
    /// Choose another model.
    ChooseModel,
    /// Stop saying anything about thinking.
    ThinkingDefault,
    /// Wait, then run again.
    Wait {
        /// Seconds.
        seconds: u32,
    },
    /// Ask one short question, which costs a few tokens.
    AskOnce,
    /// Unlock the keychain.
    UnlockKeychain,
    /// Give the passphrase of the file that holds the key.
    EnterPassphrase,
    /// Make room on the disk.
    FreeSpace,
    /// See what can be done about the data.
    OpenDataSettings,
}
