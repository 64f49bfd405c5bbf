//! The operating system's keychain, on its own thread.
