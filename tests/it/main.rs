//! The contract between the page and Rust, and the rules of ARCHITECTURE.md.

mod architecture;
mod bindings;
mod contract;
mod doctor;
mod page;
