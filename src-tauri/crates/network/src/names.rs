//! Resolves names with the operating system's resolver, under a deadline.
//!
//! reqwest's own does the same without one, and a hanging name server would then pass for a host that
//! does not answer.

use std::io;
use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};

use crate::limits;

/// The operating system's resolver.
pub(crate) struct SystemNames;

impl Resolve for SystemNames {
    fn resolve(&self, name: Name) -> Resolving {
        Box::pin(async move {
            // Port 0 stands for the port of the URL.
            let lookup = tokio::net::lookup_host((name.as_str(), 0));
            let found = tokio::time::timeout(limits::RESOLVE, lookup)
                .await
                .map_err(|_elapsed| io::Error::from(io::ErrorKind::TimedOut))??;
            let addresses: Vec<SocketAddr> = found.collect();
            Ok(Box::new(addresses.into_iter()) as Addrs)
        })
    }
}
