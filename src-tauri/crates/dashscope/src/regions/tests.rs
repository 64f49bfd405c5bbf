use super::*;
use std::collections::HashSet;

#[test]
fn the_table_is_sound() {
    let regions = Regions::official();
    assert_eq!(regions.all().count(), OFFICIAL.len());
    let mut ids = HashSet::new();
    let mut hosts = HashSet::new();
    for (region, row) in regions.all().zip(OFFICIAL) {
        assert!(
            ids.insert(region.id.clone()),
            "{} is listed twice",
            region.id
        );
        assert_eq!(
            region.shared.is_some(),
            row.shared.is_some(),
            "{} has a bad origin",
            region.id
        );
        assert!(
            region.shared.is_some() || region.workspace_suffix.is_some(),
            "{}",
            region.id
        );
        if let Some(shared) = &region.shared {
            assert!(shared.is_https() && shared.has_default_port(), "{shared}");
            assert!(hosts.insert(shared.clone()), "{shared} is in two regions");
            assert_eq!(regions.region_of(shared), Some(region));
        }
        assert!(
            !region.probe || region.shared.is_some(),
            "{} cannot be probed",
            region.id
        );
    }
}

#[test]
fn keys_are_probed_in_the_order_of_their_users() {
    let regions = Regions::official();
    let order: Vec<&str> = regions
        .probe_order()
        .map(|region| region.id.as_str())
        .collect();
    assert_eq!(
        order,
        ["cn-beijing", "ap-southeast-1", "us-east-1", "cn-hongkong"]
    );
}

#[test]
fn a_plan_host_is_no_workspace() {
    let regions = Regions::official();
    let token: Origin = "https://token-plan.cn-beijing.maas.aliyuncs.com"
        .parse()
        .unwrap();
    assert_eq!(regions.plan_of(&token), Some(Plan::Token));
    let beijing: Origin = "https://llm-x.cn-beijing.maas.aliyuncs.com"
        .parse()
        .unwrap();
    assert_eq!(regions.plan_of(&beijing), Some(Plan::Standard));
    assert!(!regions.same_group(&token, &beijing));
}

#[test]
fn workspace_labels_follow_the_vendors_pattern() {
    for good in ["llm-abc_1", "9", "a"] {
        assert!(is_workspace(good), "{good}");
    }
    for bad in ["", "-a", "_a", "a.b", "汉", &"a".repeat(65)] {
        assert!(!is_workspace(bad), "{bad}");
    }
}
