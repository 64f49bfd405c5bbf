//! Calls of the store against real files, one module per topic.

mod settings;
