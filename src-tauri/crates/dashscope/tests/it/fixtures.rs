//! Every recording decodes as its expectation says, however its bytes are cut.

use std::path::{Path, PathBuf};

use dashscope::Protocol;
use dashscope::chat::Head;
use proptest::prelude::*;
use serde_json::Value;

use crate::replay::{Options, decoded};

struct Fixture {
    name: String,
    body: Vec<u8>,
    expected: Value,
}

impl Fixture {
    fn all() -> Vec<Self> {
        let folder =
            Path::new(env!("CARGO_MANIFEST_DIR")).join("../../../tests/fixtures/dashscope");
        let mut paths: Vec<PathBuf> = std::fs::read_dir(&folder)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| !path.to_string_lossy().ends_with(".expect.json"))
            .collect();
        paths.sort();
        assert!(
            paths.len() >= 15,
            "recordings are missing from {}",
            folder.display()
        );
        paths.iter().map(|path| Self::read(path)).collect()
    }

    fn read(path: &Path) -> Self {
        let name = path.file_name().unwrap().to_string_lossy().into_owned();
        let expected = std::fs::read_to_string(path.with_file_name(format!("{name}.expect.json")));
        Self {
            body: std::fs::read(path).unwrap(),
            expected: serde_json::from_str(&expected.unwrap()).unwrap(),
            name,
        }
    }

    fn options(&self) -> Options {
        let protocol = match self.expected["protocol"].as_str() {
            Some("compatible") => Protocol::Compatible,
            Some("native") => Protocol::Native,
            other => panic!("{}: protocol {other:?}", self.name),
        };
        Options {
            protocol: Some(protocol),
            head: Head {
                status: u16::try_from(self.expected["status"].as_u64().unwrap()).unwrap(),
                content_type: self.expected["content_type"].as_str().map(str::to_owned),
                ..Head::default()
            },
            file: self.name.clone(),
        }
    }

    fn check(&self, pieces: &[&[u8]], how: &str) {
        let found = decoded(self.options(), pieces);
        let expected = self.expected["replay"].as_object().unwrap();
        for (name, expected) in expected {
            let found = &found[name.as_str()];
            assert!(
                matches(expected, found),
                "{} cut {how}: {name} is {found}, not {expected}",
                self.name
            );
        }
    }
}

/// Objects may hold more than is expected, as in unknown counts of a usage.
fn matches(expected: &Value, found: &Value) -> bool {
    match (expected, found) {
        (Value::Object(expected), Value::Object(found)) => expected
            .iter()
            .all(|(name, value)| found.get(name).is_some_and(|found| matches(value, found))),
        (expected, found) => expected == found,
    }
}

#[test]
fn every_recording_decodes_to_its_expectation() {
    for fixture in Fixture::all() {
        fixture.check(&[&fixture.body], "nowhere");
    }
}

#[test]
fn the_protocol_is_told_by_the_body() {
    for fixture in Fixture::all() {
        let mut options = fixture.options();
        options.protocol = None;
        let found = decoded(options, &[&fixture.body]);
        assert!(
            matches(&fixture.expected["replay"], &found),
            "{}: {found}",
            fixture.name
        );
    }
}

#[test]
fn w_01_events_split_at_every_byte_offset_give_the_same_reply() {
    for fixture in Fixture::all() {
        for cut in 0..=fixture.body.len() {
            let (left, right) = fixture.body.split_at(cut);
            fixture.check(&[left, right], &format!("at {cut}"));
        }
    }
}

#[test]
fn w_01_single_bytes_give_the_same_reply() {
    for fixture in Fixture::all() {
        let bytes: Vec<&[u8]> = fixture.body.chunks(1).collect();
        fixture.check(&bytes, "everywhere");
    }
}

proptest! {
    #[test]
    fn w_01_random_cuts_and_line_ends_give_the_same_reply(
        which in 0_usize..15,
        cuts in prop::collection::vec(any::<prop::sample::Index>(), 0..12),
        line_end in prop::sample::select(vec!["\n", "\r\n", "\r"]),
    ) {
        let mut fixture = Fixture::all().swap_remove(which);
        fixture.body = String::from_utf8(fixture.body).unwrap().replace('\n', line_end).into_bytes();
        let mut cuts: Vec<usize> = cuts.iter().map(|cut| cut.index(fixture.body.len() + 1)).collect();
        cuts.sort_unstable();
        let mut pieces = Vec::new();
        let mut start = 0;
        for cut in cuts {
            pieces.push(&fixture.body[start..cut]);
            start = cut;
        }
        pieces.push(&fixture.body[start..]);
        fixture.check(&pieces, &format!("at random with {line_end:?}"));
    }
}
