//! Regions and hosts as data, and the rule which origins share a key.
//!
//! It decides nothing about paths: see [`crate::Endpoint`].

use std::fmt;

use network::Origin;

/// The vendor's id of a region or plan, as in `cn-beijing`.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct RegionId(String);

/// One place with keys of its own.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Region {
    /// The vendor's id.
    pub id: RegionId,
    /// The host that every key of the region may use, where there is one.
    pub shared: Option<Origin>,
    /// `{workspace}.` in front of this is a workspace host, as in `cn-beijing.maas.aliyuncs.com`.
    pub workspace_suffix: Option<String>,
    /// Whether a key of unknown origin may be tried here, with the user's consent.
    pub probe: bool,
}

/// The known regions.
#[derive(Clone, Debug)]
pub struct Regions {
    places: Vec<Place>,
}

/// How a host of a region is billed, which decides its paths.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Plan {
    /// Pay as you go: both protocols.
    Standard,
    /// The subscription for coding agents: `/v1` only.
    Coding,
    /// The token subscription: the compatible path only.
    Token,
}

#[derive(Clone, Debug)]
struct Place {
    region: Region,
    plan: Plan,
}

/// One row of the official table.
struct Row {
    id: &'static str,
    shared: Option<&'static str>,
    workspace_suffix: Option<&'static str>,
    probe: bool,
    plan: Plan,
}

/// The label of the trial host, which stands where a workspace id would and takes any region key.
const TRIAL_LABEL: &str = "trial";

/// Regions in probe order, then plans. From the vendor's region page of 2026-06-30 and the ASR page
/// of 2026-10-30; plan hosts from the vendor's own skills of 2026-04-30. The finance host is named
/// by gateway authors only.
static OFFICIAL: &[Row] = &[
    Row {
        id: "cn-beijing",
        shared: Some("https://dashscope.aliyuncs.com"),
        workspace_suffix: Some("cn-beijing.maas.aliyuncs.com"),
        probe: true,
        plan: Plan::Standard,
    },
    Row {
        id: "ap-southeast-1",
        shared: Some("https://dashscope-intl.aliyuncs.com"),
        workspace_suffix: Some("ap-southeast-1.maas.aliyuncs.com"),
        probe: true,
        plan: Plan::Standard,
    },
    Row {
        id: "us-east-1",
        shared: Some("https://dashscope-us.aliyuncs.com"),
        workspace_suffix: Some("us-east-1.maas.aliyuncs.com"),
        probe: true,
        plan: Plan::Standard,
    },
    Row {
        id: "cn-hongkong",
        shared: Some("https://cn-hongkong.dashscope.aliyuncs.com"),
        workspace_suffix: Some("cn-hongkong.maas.aliyuncs.com"),
        probe: true,
        plan: Plan::Standard,
    },
    Row {
        id: "eu-central-1",
        shared: None,
        workspace_suffix: Some("eu-central-1.maas.aliyuncs.com"),
        probe: false,
        plan: Plan::Standard,
    },
    Row {
        id: "ap-northeast-1",
        shared: None,
        workspace_suffix: Some("ap-northeast-1.maas.aliyuncs.com"),
        probe: false,
        plan: Plan::Standard,
    },
    Row {
        id: "finance",
        shared: Some("https://dashscope-finance.aliyuncs.com"),
        workspace_suffix: None,
        probe: false,
        plan: Plan::Standard,
    },
    Row {
        id: "coding-plan-cn",
        shared: Some("https://coding.dashscope.aliyuncs.com"),
        workspace_suffix: None,
        probe: false,
        plan: Plan::Coding,
    },
    Row {
        id: "coding-plan-intl",
        shared: Some("https://coding-intl.dashscope.aliyuncs.com"),
        workspace_suffix: None,
        probe: false,
        plan: Plan::Coding,
    },
    Row {
        id: "token-plan-cn-beijing",
        shared: Some("https://token-plan.cn-beijing.maas.aliyuncs.com"),
        workspace_suffix: None,
        probe: false,
        plan: Plan::Token,
    },
    Row {
        id: "token-plan-ap-southeast-1",
        shared: Some("https://token-plan.ap-southeast-1.maas.aliyuncs.com"),
        workspace_suffix: None,
        probe: false,
        plan: Plan::Token,
    },
];

impl Regions {
    /// The vendor's regions and plans.
    pub fn official() -> Self {
        let places = OFFICIAL.iter().map(Row::place).collect();
        Self { places }
    }

    /// Regions of one's own, as tests use to put them on loopback.
    pub fn new(regions: Vec<Region>) -> Self {
        let places = regions
            .into_iter()
            .map(|region| Place {
                region,
                plan: Plan::Standard,
            })
            .collect();
        Self { places }
    }

    /// Every region, in order.
    pub fn all(&self) -> impl Iterator<Item = &Region> {
        self.places.iter().map(|place| &place.region)
    }

    /// The region with this id.
    pub fn get(&self, id: &RegionId) -> Option<&Region> {
        self.all().find(|region| region.id == *id)
    }

    /// The region an origin belongs to: its shared host, or `{workspace}.` before its suffix over
    /// https on the default port.
    pub fn region_of(&self, origin: &Origin) -> Option<&Region> {
        self.place_of(origin).map(|place| &place.region)
    }

    /// The regions a key of unknown origin may be tried in, in order.
    pub fn probe_order(&self) -> impl Iterator<Item = &Region> {
        self.all().filter(|region| region.probe)
    }

    /// The places of the subscriptions, whose keys no other host takes.
    pub fn subscriptions(&self) -> impl Iterator<Item = &Region> {
        let places = self.places.iter();
        places
            .filter(|place| place.plan != Plan::Standard)
            .map(|place| &place.region)
    }

    /// The rule that binds a key: true for equal origins, and for two hosts of one official region
    /// over https on the default port. Nothing else may ever receive a key saved for the other.
    pub fn same_group(&self, left: &Origin, right: &Origin) -> bool {
        if left == right {
            return true;
        }
        let plain = |origin: &Origin| origin.is_https() && origin.has_default_port();
        match (self.region_of(left), self.region_of(right)) {
            (Some(one), Some(other)) => plain(left) && plain(right) && one.id == other.id,
            (Some(_) | None, None) | (None, Some(_)) => false,
        }
    }

    /// The plan of an origin's region.
    pub(crate) fn plan_of(&self, origin: &Origin) -> Option<Plan> {
        self.place_of(origin).map(|place| place.plan)
    }

    fn place_of(&self, origin: &Origin) -> Option<&Place> {
        // Shared hosts first: a token plan host would also pass for a workspace of its region.
        let shared = |place: &&Place| place.region.shared.as_ref() == Some(origin);
        let workspace = |place: &&Place| place.region.workspace_label(origin).is_some();
        self.places
            .iter()
            .find(shared)
            .or_else(|| self.places.iter().find(workspace))
    }
}

impl Region {
    /// The workspace label of an origin of this region's workspace hosts, trial host excluded.
    pub(crate) fn workspace_of<'a>(&self, origin: &'a Origin) -> Option<&'a str> {
        self.workspace_label(origin)
            .filter(|label| *label != TRIAL_LABEL)
    }

    fn workspace_label<'a>(&self, origin: &'a Origin) -> Option<&'a str> {
        if !origin.is_https() || !origin.has_default_port() {
            return None;
        }
        let suffix = self.workspace_suffix.as_deref()?;
        let label = origin.host().strip_suffix(suffix)?.strip_suffix('.')?;
        is_workspace(label).then_some(label)
    }
}

impl Row {
    fn place(&self) -> Place {
        let region = Region {
            id: RegionId::new(self.id),
            shared: self.shared.and_then(|text| text.parse().ok()),
            workspace_suffix: self.workspace_suffix.map(str::to_owned),
            probe: self.probe,
        };
        Place {
            region,
            plan: self.plan,
        }
    }
}

impl RegionId {
    /// Names a region.
    pub fn new(id: impl Into<String>) -> Self {
        Self(id.into())
    }

    /// The id as text.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for RegionId {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// One label of at most 64 characters that starts with a letter or a digit, as the vendor's SDK
/// checks a workspace id.
fn is_workspace(label: &str) -> bool {
    let mut characters = label.chars();
    label.len() <= 64
        && characters
            .next()
            .is_some_and(|first| first.is_ascii_alphanumeric())
        && characters.all(|rest| rest.is_ascii_alphanumeric() || rest == '_' || rest == '-')
}

#[cfg(test)]
mod tests;
