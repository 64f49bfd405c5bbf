//! A key saved for one address goes to another only when both are the same server, or hosts of one
//! official region; whatever is typed.
//!
//! The first two lines of the input are two addresses.
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none origin_binding -- -max_total_time=600`

#![no_main]

use std::sync::LazyLock;

use dashscope::{Endpoint, Regions};
use libfuzzer_sys::fuzz_target;
use network::Origin;
use url::Url;

static OFFICIAL: LazyLock<Regions> = LazyLock::new(Regions::official);

fuzz_target!(|bytes: &[u8]| {
    let text = String::from_utf8_lossy(bytes);
    let mut lines = text.lines();
    let (Some(left), Some(right)) = (lines.next(), lines.next()) else {
        return;
    };
    typed(left);
    typed(right);
    let (Some(left), Some(right)) = (origin(left), origin(right)) else {
        return;
    };
    let bound = OFFICIAL.same_group(&left, &right);
    assert_eq!(bound, OFFICIAL.same_group(&right, &left), "both ways");
    if left == right {
        assert!(bound, "the same server");
    } else if bound {
        for origin in [&left, &right] {
            assert!(origin.is_https() && origin.has_default_port(), "{origin}");
            assert!(origin.host().ends_with(".aliyuncs.com"), "{origin}");
        }
        let region = |origin| OFFICIAL.region_of(origin).map(|region| &region.id);
        assert_eq!(region(&left), region(&right));
    }
});

/// An address that is taken is asked over TLS or on this computer, and reads back as itself.
fn typed(text: &str) {
    let Ok((endpoint, _changes)) = Endpoint::explain(text, &OFFICIAL) else {
        return;
    };
    let origin = endpoint.origin();
    assert!(origin.is_https() || origin.is_loopback(), "{text}");
    assert_eq!(Origin::of(endpoint.compatible_base()).as_ref(), Some(origin));
    let again = Endpoint::parse(&endpoint.address(), &OFFICIAL).expect("what was taken is taken");
    assert_eq!(again.address(), endpoint.address(), "{text}");
    assert_eq!((again.origin(), again.kind()), (origin, endpoint.kind()), "{text}");
}

fn origin(text: &str) -> Option<Origin> {
    let origin = Origin::of(&Url::parse(text).ok()?)?;
    assert_eq!(origin.to_string().parse().as_ref(), Ok(&origin), "{text}");
    Some(origin)
}
