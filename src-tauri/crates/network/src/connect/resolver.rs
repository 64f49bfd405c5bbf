//! Answers reqwest's questions for names: with what the system says, or with addresses that were
//! checked before.

use std::io;
use std::net::SocketAddr;

use reqwest::dns::{Addrs, Name, Resolve, Resolving};
use tokio::time::Instant;

use super::{Way, trace};
use crate::names;

/// The names on one way.
pub(crate) struct WayNames(Option<Vec<SocketAddr>>);

impl WayNames {
    pub(crate) fn of(way: &Way) -> Self {
        Self(match way {
            Way::Fixed(addresses) => Some(addresses.clone()),
            Way::Straight | Way::Through(_) => None,
        })
    }
}

impl Resolve for WayNames {
    fn resolve(&self, name: Name) -> Resolving {
        let fixed = self.0.clone();
        Box::pin(async move {
            let began = Instant::now();
            let found = match fixed {
                Some(addresses) => Some(addresses),
                // Port 0 stands for the port of the URL.
                None => names::addresses(name.as_str(), 0).await,
            };
            trace::mark(|trace| trace.resolved(name.as_str(), began.elapsed(), found.is_some()));
            let found = found.ok_or_else(|| io::Error::from(io::ErrorKind::NotFound))?;
            Ok(Box::new(found.into_iter()) as Addrs)
        })
    }
}
