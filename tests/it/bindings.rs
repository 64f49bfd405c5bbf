//! The committed TypeScript client is what the commands of today generate.

use std::path::Path;

/// Set to write the file instead of comparing it.
const UPDATE: &str = "UPDATE_BINDINGS";

#[test]
fn the_committed_bindings_are_current() {
    let file = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/src/ipc/bindings.ts");
    let generated = dashdesk::bindings().expect("the bindings can be written");
    if std::env::var_os(UPDATE).is_some() {
        std::fs::write(&file, &generated).expect("the file can be written");
    }
    let committed = std::fs::read_to_string(&file).expect("the bindings are committed");
    assert!(
        committed == generated,
        "{} is out of date: run `{UPDATE}=1 cargo test --test it bindings`",
        file.display()
    );
}
