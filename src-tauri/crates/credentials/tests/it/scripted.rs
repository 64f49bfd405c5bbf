//! A vault on a scripted keychain, with deadlines short enough to wait for.

use std::time::{Duration, Instant};

use credentials::memory::MemoryBackend;
use credentials::{Deadlines, Error, StoredKey, Vault};
use secrecy::{ExposeSecret as _, SecretString};

pub(crate) const ACCOUNT: &str = "019a0000-0000-7000-8000-000000000001";
pub(crate) const OTHER: &str = "019a0000-0000-7000-8000-000000000002";
pub(crate) const ORIGIN: &str = "https://dashscope.example";

pub(crate) fn vault(backend: &MemoryBackend) -> Vault {
    Vault::with_backend(Box::new(backend.clone())).with_deadlines(Deadlines {
        read: Duration::from_millis(300),
        write: Duration::from_millis(300),
        reconnect: Duration::from_millis(300),
    })
}

pub(crate) fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

pub(crate) fn put(backend: &MemoryBackend, account: &str, key: &str) {
    let item = format!(r#"{{"v":1,"key":"{key}","origin":"{ORIGIN}","created":7}}"#);
    backend.put(account, item.as_bytes());
}

pub(crate) fn text(key: Result<StoredKey, Error>) -> Result<String, Error> {
    key.map(|key| key.secret.expose_secret().to_owned())
}

/// Waits until the backend holds up so many threads.
pub(crate) async fn until_hanging(backend: &MemoryBackend, count: usize) {
    let start = Instant::now();
    while backend.hanging() != count {
        assert!(start.elapsed() < Duration::from_secs(5), "no access hangs");
        tokio::time::sleep(Duration::from_millis(2)).await;
    }
}
