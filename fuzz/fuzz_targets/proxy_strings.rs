//! Whatever an environment or a desktop says of its proxies, the proxy that is read from it has a host
//! and a port, can be written down and read again, and prints no password.
//!
//! The first byte chooses whose words they are.
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none proxy_strings -- -max_total_time=600`

#![no_main]

use libfuzzer_sys::fuzz_target;
use network::{Wording, proxy_in};

const WORDINGS: [Wording; 5] = [
    Wording::Address,
    Wording::Windows,
    Wording::MacOs,
    Wording::Gnome,
    Wording::Kde,
];

fuzz_target!(|bytes: &[u8]| {
    let Some((first, rest)) = bytes.split_first() else {
        return;
    };
    let wording = WORDINGS[usize::from(*first) % WORDINGS.len()];
    let Some(server) = proxy_in(wording, &String::from_utf8_lossy(rest)) else {
        return;
    };
    assert!(!server.host.is_empty(), "a host");
    let odd = |letter: char| letter.is_whitespace() || "@/?#\\".contains(letter);
    assert!(!server.host.contains(odd), "{:?}", server.host);
    let written = format!("{server:?}");
    let again = proxy_in(Wording::Address, &written).expect("what was read can be written");
    assert_eq!(
        (again.scheme, &again.host, again.port),
        (server.scheme, &server.host, server.port)
    );
    assert!(again.user.is_none() && again.password.is_none(), "no name is printed");
});
