//! The data folder: who may read it, who may write it, and that there is one writer.

use std::fs;
use std::os::unix::fs::PermissionsExt as _;
use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::{Duration, Instant};

use e2e::{Bus, Cloud, Computer, Error, Launch, Result};
use fake_dashscope::FakeServer;

/// The database of a computer's data folder.
pub(crate) fn database(computer: &Computer) -> PathBuf {
    computer.data().join("dashdesk.db")
}

/// Runs SQL on the database while the app does not, as a person with a tool could.
pub(crate) fn change(computer: &Computer, sql: &str) -> Result<()> {
    let script = "import sqlite3, sys\nwith sqlite3.connect(sys.argv[1]) as database:\n    database.executescript(sys.argv[2])\n";
    let said = Command::new("python3")
        .args(["-c", script])
        .arg(database(computer))
        .arg(sql)
        .output();
    let said = said.map_err(|source| Error::Io {
        doing: "starting python3",
        source,
    })?;
    if said.status.success() {
        return Ok(());
    }
    let said = String::from_utf8_lossy(&said.stderr).into_owned();
    Err(Error::Program {
        program: "python3",
        said,
    })
}

/// Every entry below a folder, and the folder, with its mode.
fn modes(folder: &Path) -> Vec<(PathBuf, bool, u32)> {
    let mut found = Vec::new();
    let mut waiting = vec![folder.to_path_buf()];
    while let Some(path) = waiting.pop() {
        let Ok(metadata) = fs::symlink_metadata(&path) else {
            continue;
        };
        if metadata.is_dir() {
            let entries = fs::read_dir(&path).into_iter().flatten().flatten();
            waiting.extend(entries.map(|entry| entry.path()));
        }
        found.push((
            path,
            metadata.is_dir(),
            metadata.permissions().mode() & 0o777,
        ));
    }
    found
}

#[tokio::test]
async fn f_01_files_are_private_even_where_nothing_masks_modes() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer
        .start(&Launch {
            umask: 0,
            ..cloud.launch()
        })
        .await?;
    window.first_run(FakeServer::KEY).await?;
    window.ask_until("a question", "complete").await?;
    let found = modes(&computer.data());
    assert!(
        found.len() >= 4,
        "database, journal, lock and log are there: {found:?}"
    );
    for (path, is_folder, mode) in &found {
        let private = if *is_folder { 0o700 } else { 0o600 };
        assert_eq!(mode & !private, 0, "{} has mode {mode:o}", path.display());
    }
    // What the web view keeps is below the user's folders.
    for folder in ["share", "cache"] {
        let folder = computer.folder().join(folder);
        for (path, _, mode) in modes(&folder)
            .into_iter()
            .filter(|(path, ..)| *path != folder)
        {
            assert_eq!(mode & 0o077, 0, "{} has mode {mode:o}", path.display());
        }
    }
    Ok(())
}

#[tokio::test]
async fn d_08_a_second_start_on_a_bus_brings_up_the_first_window_and_ends() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::new().await?;
    let window = computer.start(&cloud.launch()).await?;
    window.first_run(FakeServer::KEY).await?;
    let mut second = computer.start_alone(&cloud.launch())?;
    let until = Instant::now() + Duration::from_secs(20);
    let ended = loop {
        match second.try_wait() {
            Ok(Some(status)) => break status,
            _ if Instant::now() > until => {
                second.kill().expect("the second start can be ended");
                panic!("the second start goes on");
            }
            _ => tokio::time::sleep(Duration::from_millis(50)).await,
        }
    };
    assert!(ended.success(), "{ended}");
    window.ask_until("still here?", "complete").await?;
    Ok(())
}

#[tokio::test]
async fn d_08_a_second_start_without_a_bus_says_so_and_writes_nothing() -> Result<()> {
    let cloud = Cloud::new();
    let computer = Computer::with_bus(Bus::Absent).await?;
    let first = computer.start(&cloud.launch()).await?;
    first.click("try-demo").await?;
    first.find("composer").await?;
    let second = computer.start(&cloud.launch()).await?;
    second.find("storage-recovery").await?;
    let text = second.text().await?;
    assert!(text.contains("DashDesk is already running"), "{text}");
    assert!(
        text.contains(&first.app().number().to_string()),
        "the other process is named: {text}"
    );
    let refused = second.invoke("demo_start", serde_json::json!({})).await?;
    assert_eq!(refused.kind(), Some("storageUnavailable"), "{refused:?}");

    // The first goes on writing, and its end lets the second in.
    first.ask_until("hello", "complete").await?;
    first.close().await?;
    second.click("storage-retry").await?;
    second.find("composer").await?;
    Ok(())
}
