//! The crate's tests, one file for each thing it promises.

mod examples;
mod replay;
mod stream;
