//! Whatever a reply names as a link, what passes the gate is an address of a known scheme without a
//! hidden part, and passes again unchanged.
//!
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none url_gate -- -max_total_time=600`

#![no_main]

use libfuzzer_sys::fuzz_target;
use url::Url;

/// The longest address that may pass, in bytes.
const LONGEST: usize = 2048;

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let Some(link) = markdown::gate(&text) else {
        return;
    };
    let url = Url::parse(&link.address).expect("what passes is an address");
    assert!(
        matches!(url.scheme(), "https" | "http" | "mailto"),
        "{} passed",
        url.scheme()
    );
    assert!(url.username().is_empty() && url.password().is_none());
    assert!(link.address.len() <= LONGEST, "longer than anybody reads");
    assert!(!link.address.chars().any(char::is_control));
    let again = markdown::gate(&link.address).expect("what passed once passes again");
    assert_eq!(again.address, link.address);
});
