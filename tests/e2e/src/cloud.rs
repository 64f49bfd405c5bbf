//! A DashScope of two regions on loopback, in this process.

use fake_dashscope::{FakeServer, Options};

use crate::Launch;

/// Two regions; which keys they take is the test's choice.
#[derive(Debug)]
pub struct Cloud {
    /// The region `cn-beijing`, asked first.
    pub beijing: FakeServer,
    /// The region `ap-southeast-1`.
    pub singapore: FakeServer,
}

impl Cloud {
    /// A cloud whose Beijing takes these keys, and whose Singapore takes those.
    pub fn taking(beijing: &[&str], singapore: &[&str]) -> Self {
        Self {
            beijing: region(beijing),
            singapore: region(singapore),
        }
    }

    /// A cloud whose Beijing takes the server's usual key.
    pub fn new() -> Self {
        Self::taking(&[FakeServer::KEY], &[])
    }

    /// Starts the app with these two as its official regions.
    pub fn launch(&self) -> Launch {
        Launch::with_regions(format!(
            "cn-beijing={},ap-southeast-1={}",
            self.beijing.base_url(),
            self.singapore.base_url()
        ))
    }
}

impl Default for Cloud {
    fn default() -> Self {
        Self::new()
    }
}

fn region(keys: &[&str]) -> FakeServer {
    let accepted_keys = keys.iter().map(|key| (*key).to_owned()).collect();
    FakeServer::start(Options {
        accepted_keys,
        ..Options::default()
    })
}
