//! The gate every link passes before the user's browser opens it.

use crate::error::{CommandError, ErrorKind};
use url::Url;

/// Longer addresses are refused, in bytes.
const LONGEST: usize = 2048;

/// The address to open, written anew from its parts.
///
/// # Errors
/// [`ErrorKind::LinkRefused`] for any scheme but `https`, `http` and `mailto`, for a user name in
/// front of the host, for control characters and for overlong addresses.
pub(crate) fn check(address: &str) -> Result<Url, CommandError> {
    let refused = || CommandError::from(ErrorKind::LinkRefused);
    if address.len() > LONGEST || address.chars().any(char::is_control) {
        return Err(refused());
    }
    let url = Url::parse(address).map_err(|_error| refused())?;
    let web = matches!(url.scheme(), "https" | "http") && url.has_host();
    let plain = url.username().is_empty() && url.password().is_none();
    if (web && plain) || url.scheme() == "mailto" {
        Ok(url)
    } else {
        Err(refused())
    }
}

/// Opens a checked address in the user's browser.
///
/// # Errors
/// [`ErrorKind::LinkRefused`] as [`check`], or when the system has nothing to open it with.
pub(crate) fn open(address: &str) -> Result<(), CommandError> {
    let url = check(address)?;
    tauri_plugin_opener::open_url(url.as_str(), None::<&str>)
        .map_err(|_error| ErrorKind::LinkRefused.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_web_and_mail_addresses_pass() {
        for address in [
            "https://bailian.console.aliyun.com/?tab=model",
            "http://example.com",
            "HTTPS://EXAMPLE.com/%E4%BD%A0",
            "mailto:a@example.com",
        ] {
            let url = check(address).expect(address);
            assert_eq!(
                check(url.as_str()).unwrap(),
                url,
                "writing it again changes nothing"
            );
        }
        for address in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "smb://host/share",
            "vbscript:x",
            "ms-msdt:/id",
            "https://aliyun.com@evil.test/",
            "https://user:pass@host/",
            "java\nscript:alert(1)",
            "https://exa\tmple.com",
            "//evil.test",
            "evil",
            "",
        ] {
            assert!(check(address).is_err(), "{address:?} must not open");
        }
        assert!(check(&format!("https://example.com/{}", "a".repeat(3000))).is_err());
    }
}
