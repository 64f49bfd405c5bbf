//! The crate's tests, one file for each thing it promises.

mod copy;
mod examples;
mod found;
mod heal;
mod highlight;
mod katex;
mod math;
mod replay;
mod sample;
mod stream;
