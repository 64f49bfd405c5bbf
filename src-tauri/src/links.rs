//! Links of a reply: where one leads, and opening it. The gate that both pass is `markdown`'s.

use crate::error::{CommandError, ErrorKind};
use crate::view::LinkTarget;

/// Where an address leads, if it passes the gate.
///
/// # Errors
/// [`ErrorKind::LinkRefused`] when it does not.
pub(crate) fn inspect(address: &str) -> Result<LinkTarget, CommandError> {
    let link = markdown::gate(address).ok_or(ErrorKind::LinkRefused)?;
    Ok(LinkTarget {
        address: link.address,
        host: link.host,
        host_shown: link.host_shown,
        secure: link.secure,
        mixed_script: link.mixed_script,
    })
}

/// Opens an address in the user's browser, if it passes the gate.
///
/// # Errors
/// [`ErrorKind::LinkRefused`] when it does not, or when the system has nothing to open it with.
pub(crate) fn open(address: &str) -> Result<(), CommandError> {
    let link = markdown::gate(address).ok_or(ErrorKind::LinkRefused)?;
    tauri_plugin_opener::open_url(link.address, None::<&str>)
        .map_err(|_error| ErrorKind::LinkRefused.into())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn u_04_a_target_names_the_host_that_is_really_asked() {
        let target = inspect("https://Example.com:8443/%E4%BD%A0?a=1").unwrap();
        assert_eq!(target.address, "https://example.com:8443/%E4%BD%A0?a=1");
        assert_eq!((target.host.as_str(), target.secure), ("example.com", true));
        assert!(!inspect("http://example.com").unwrap().secure);

        let chinese = inspect("https://阿里云.cn/").unwrap();
        assert_eq!(chinese.host_shown, "阿里云.cn");
        assert!(chinese.host.starts_with("xn--") && !chinese.mixed_script);
        for imitation in [
            "https://аliyun.com/",
            "https://аррӏе.com/",
            "https://gοogle.com/",
        ] {
            let target = inspect(imitation).unwrap();
            assert!(target.mixed_script, "{target:?}");
            assert!(target.host_shown.starts_with("xn--"), "{target:?}");
        }
    }

    #[test]
    fn u_03_only_web_and_mail_addresses_have_a_target() {
        for address in [
            "https://bailian.console.aliyun.com/?tab=model",
            "HTTPS://EXAMPLE.com/%E4%BD%A0",
            "mailto:a@example.com",
        ] {
            let target = inspect(address).expect(address);
            assert_eq!(
                inspect(&target.address).unwrap(),
                target,
                "writing it again changes nothing"
            );
        }
        for address in [
            "javascript:alert(1)",
            "file:///etc/passwd",
            "data:text/html,x",
            "smb://host/share",
            "ms-msdt:/id",
            "https://aliyun.com@evil.test/",
            "https://user:pass@host/",
            "java\nscript:alert(1)",
            "https://exa\tmple.com",
            "//evil.test",
            "",
        ] {
            assert!(inspect(address).is_err(), "{address:?} must not open");
        }
        assert!(inspect(&format!("https://example.com/{}", "a".repeat(3000))).is_err());
    }
}
