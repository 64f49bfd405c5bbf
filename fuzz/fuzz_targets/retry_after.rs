//! Whatever a server asks to wait, reading it neither fails nor makes up more than was said.
//!
//! The first four bytes are the time now.
//! `RUSTC_BOOTSTRAP=1 cargo fuzz run --sanitizer none retry_after -- -max_total_time=600`

#![no_main]

use std::time::{Duration, UNIX_EPOCH};

use dashscope::retry_after;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    let Some((seconds, value)) = bytes.split_first_chunk::<4>() else {
        return;
    };
    let now = UNIX_EPOCH + Duration::from_secs(u64::from(u32::from_le_bytes(*seconds)));
    let value = String::from_utf8_lossy(value);
    let Some(wait) = retry_after::parse(&value, now) else {
        return;
    };
    assert_eq!(retry_after::parse(value.trim(), now), Some(wait), "{value}");
    if let Ok(whole) = value.trim().parse::<u32>() {
        assert_eq!(wait, Duration::from_secs(u64::from(whole)));
    }
    let later = retry_after::parse(&value, now + Duration::from_secs(1));
    assert!(later.is_some_and(|later| later <= wait), "{value}");
});
