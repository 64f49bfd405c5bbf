//! Looks for a secret in everything a run leaves behind: files, arguments, environments.

use std::fs;
use std::path::{Path, PathBuf};

use crate::Computer;

/// What is looked for: a secret, in the encodings it could be written in.
#[derive(Clone, Debug)]
pub struct Traces {
    needles: Vec<Vec<u8>>,
}

impl Traces {
    /// Looks for this secret as it is and as UTF-16, which web storage uses.
    pub fn of(secret: &str) -> Self {
        let wide = secret.encode_utf16().flat_map(u16::to_le_bytes).collect();
        Self {
            needles: vec![secret.as_bytes().to_vec(), wide],
        }
    }

    /// Whether these bytes hold the secret.
    pub fn are_in(&self, bytes: &[u8]) -> bool {
        self.needles.iter().any(|needle| {
            bytes
                .windows(needle.len())
                .any(|window| window == needle.as_slice())
        })
    }

    /// Every file below `folder` that holds the secret, or could not be read.
    pub fn in_files(&self, folder: &Path) -> Vec<String> {
        let mut found = Vec::new();
        let mut folders = vec![folder.to_path_buf()];
        while let Some(folder) = folders.pop() {
            for path in entries(&folder) {
                match fs::symlink_metadata(&path) {
                    Ok(metadata) if metadata.is_dir() => folders.push(path),
                    Ok(metadata) if metadata.is_file() => match fs::read(&path) {
                        Ok(bytes) if self.are_in(&bytes) => found.push(path.display().to_string()),
                        Ok(_) => {}
                        Err(error) => found.push(format!("{}: {error}", path.display())),
                    },
                    // Sockets and links hold nothing of their own.
                    Ok(_) | Err(_) => {}
                }
            }
        }
        found
    }

    /// Every process of the computer whose arguments or environment hold the secret.
    pub fn in_processes(&self, computer: &Computer) -> Vec<String> {
        let told = |process: &crate::Process| {
            self.are_in(&process.arguments()) || self.are_in(&process.environment())
        };
        computer
            .processes()
            .into_iter()
            .filter(told)
            .map(super::process::Process::name)
            .collect()
    }
}

fn entries(folder: &Path) -> Vec<PathBuf> {
    fs::read_dir(folder)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path())
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_is_found_in_both_encodings_and_nothing_else_is() {
        let traces = Traces::of("sk-CANARY");
        let folder = tempfile::tempdir().unwrap();
        let below = folder.path().join("a/b");
        fs::create_dir_all(&below).unwrap();
        fs::write(below.join("plain"), "key=sk-CANARY;").unwrap();
        let wide: Vec<u8> = "xsk-CANARY"
            .encode_utf16()
            .flat_map(u16::to_le_bytes)
            .collect();
        fs::write(folder.path().join("wide"), wide).unwrap();
        fs::write(folder.path().join("other"), "sk-canary sk-CANAR Y").unwrap();
        let mut found = traces.in_files(folder.path());
        found.sort();
        assert_eq!(found.len(), 2, "{found:?}");
        assert!(found.iter().any(|file| file.ends_with("a/b/plain")));
        assert!(found.iter().any(|file| file.ends_with("wide")));
    }
}
