//! The repository's own text files, without what is fetched or made from them.

use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

/// Folders that hold no source of ours, wherever they are.
const NOT_OURS: [&str; 7] = [
    ".git",
    "target",
    "node_modules",
    "dist",
    "gen",
    "paraglide",
    "coverage",
];

/// Which files are read; pictures and recorded bytes are not.
const READ: [&str; 10] = [
    "rs", "ts", "js", "svelte", "css", "html", "toml", "json", "md", "yml",
];

/// Text by path, relative to the root and with `/` on every system.
pub(super) struct Sources(BTreeMap<String, String>);

impl Sources {
    /// The repository.
    pub(super) fn of_repository() -> Self {
        let mut files = BTreeMap::new();
        collect(Path::new(env!("CARGO_MANIFEST_DIR")), "", &mut files);
        assert!(
            files.contains_key("Cargo.toml"),
            "the walk starts at the root"
        );
        Self(files)
    }

    /// Files that exist only in a test.
    pub(super) fn of(files: &[(&str, &str)]) -> Self {
        let own = |(path, text): &(&str, &str)| ((*path).to_owned(), (*text).to_owned());
        Self(files.iter().map(own).collect())
    }

    /// Every path, for rules about names.
    pub(super) fn paths(&self) -> impl Iterator<Item = &str> {
        self.0.keys().map(String::as_str)
    }

    /// Files below `folder` (empty for all) whose name ends so.
    pub(super) fn below<'a>(
        &'a self,
        folder: &'a str,
        ends: &'a [&str],
    ) -> impl Iterator<Item = (&'a str, &'a str)> {
        let files = self
            .0
            .iter()
            .map(|(path, text)| (path.as_str(), text.as_str()));
        files.filter(move |(path, _)| {
            path.starts_with(folder) && ends.iter().any(|end| path.ends_with(end))
        })
    }

    /// One file, which must exist.
    pub(super) fn file(&self, path: &str) -> &str {
        self.0
            .get(path)
            .unwrap_or_else(|| panic!("{path} is missing"))
    }
}

fn collect(folder: &Path, prefix: &str, files: &mut BTreeMap<String, String>) {
    for entry in fs::read_dir(folder).expect("the repository can be read") {
        let entry = entry.expect("the repository can be read");
        let name = entry
            .file_name()
            .into_string()
            .expect("our names are UTF-8");
        let path = format!("{prefix}{name}");
        if entry.file_type().expect("a file has a type").is_dir() {
            if !NOT_OURS.contains(&name.as_str()) {
                collect(&entry.path(), &format!("{path}/"), files);
            }
        } else if name
            .rsplit_once('.')
            .is_some_and(|(_, end)| READ.contains(&end))
        {
            let text = fs::read_to_string(entry.path()).unwrap_or_default();
            files.insert(path, text);
        }
    }
}
