//! The crate's tests, one file for each thing it promises.

#![expect(
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    clippy::string_slice,
    clippy::wildcard_enum_match_arm,
    clippy::format_push_string,
    reason = "a test says what it expects and stops there"
)]

mod copy;
mod examples;
mod found;
mod gate;
mod heal;
mod highlight;
mod hostile;
mod html;
mod katex;
mod math;
mod messages;
mod properties;
mod replay;
mod sample;
mod stream;
