//! Where DashDesk keeps its data.

use std::path::PathBuf;

/// The identifier that names the folder; the same as in `tauri.conf.json`.
const IDENTIFIER: &str = "app.dashdesk.desktop";

/// The data folder: `DASHDESK_DATA_DIR` when set, else the platform's data folder for our
/// identifier. It depends on nothing else, so that no installer or update can lose the history.
pub fn data_folder() -> PathBuf {
    match std::env::var_os("DASHDESK_DATA_DIR") {
        Some(folder) if !folder.is_empty() => PathBuf::from(folder),
        _ => platform_folder()
            .unwrap_or_else(std::env::temp_dir)
            .join(IDENTIFIER),
    }
}

fn platform_folder() -> Option<PathBuf> {
    dirs::data_dir()
}
