//! The gate: which addresses a reply may point at, and how their host is to be shown.

use std::collections::HashSet;
use unicode_script::{Script, UnicodeScript as _};
use url::Url;

/// The longest address, in bytes.
const LONGEST: usize = 2_048;

/// Scripts that one name may mix, with Latin too.
const EAST_ASIAN: [Script; 5] = [
    Script::Han,
    Script::Hiragana,
    Script::Katakana,
    Script::Hangul,
    Script::Bopomofo,
];

/// An address that passed the gate.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Link {
    /// The address, written anew from its parts.
    pub address: String,
    /// The host in ASCII, or the domain of a mail address.
    pub host: String,
    /// The host as people read it; in ASCII where its letters could deceive.
    pub host_shown: String,
    /// Whether the way there is encrypted.
    pub secure: bool,
    /// Whether the host mixes letters of scripts that look alike.
    pub mixed_script: bool,
    /// Whether it is a mail address.
    pub mail: bool,
}

/// Lets `https`, `http` and `mailto` pass: no user name, no password, no control character, not long.
pub fn gate(address: &str) -> Option<Link> {
    if address.len() > LONGEST || address.chars().any(char::is_control) {
        return None;
    }
    let url = Url::parse(address).ok()?;
    let mail = url.scheme() == "mailto";
    if !(mail || matches!(url.scheme(), "https" | "http")) {
        return None;
    }
    if !url.username().is_empty() || url.password().is_some() || url.as_str().len() > LONGEST {
        return None;
    }
    let host = if mail {
        let domain = url.path().rsplit_once('@').map(|(_, domain)| domain);
        domain.unwrap_or_default().to_owned()
    } else {
        url.host_str().filter(|host| !host.is_empty())?.to_owned()
    };
    let (unicode, read) = idna::domain_to_unicode(&host);
    let mixed_script = read.is_err() || mixes_scripts(&unicode);
    Some(Link {
        host_shown: if mixed_script { host.clone() } else { unicode },
        secure: url.scheme() == "https",
        address: url.into(),
        host,
        mixed_script,
        mail,
    })
}

/// Whether a name holds letters of a script beside others that may be mistaken for them.
fn mixes_scripts(host: &str) -> bool {
    let scripts: HashSet<Script> = host.chars().map(|character| character.script()).collect();
    let known = [Script::Common, Script::Inherited];
    let (usual, others): (Vec<Script>, Vec<Script>) = scripts
        .into_iter()
        .filter(|script| !known.contains(script))
        .partition(|script| *script == Script::Latin || EAST_ASIAN.contains(script));
    others.len() > 1 || (!others.is_empty() && !usual.is_empty())
}
