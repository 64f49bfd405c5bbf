//! The DashScope protocol client.
