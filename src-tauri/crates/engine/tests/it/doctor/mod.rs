//! The doctor names the hop that is broken, its cause and what to do, and changes nothing.

mod clinic;
mod computer;
mod key;
mod way;
