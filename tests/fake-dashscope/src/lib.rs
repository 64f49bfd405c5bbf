//! A loopback server that speaks DashScope's wire protocols.
