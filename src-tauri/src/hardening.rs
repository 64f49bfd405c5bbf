//! What the process does for its own safety before anything else runs.

/// Files are private from the first one on, a crash leaves no image of the memory that held a key,
/// and WebKit gets the renderer that works everywhere.
pub(crate) fn apply() {
    #[cfg(unix)]
    restrict();
    #[cfg(target_os = "linux")]
    choose_renderer();
}

#[cfg(unix)]
fn restrict() {
    use rustix::fs::Mode;
    use rustix::process::{Resource, Rlimit, setrlimit, umask};

    umask(Mode::RWXG | Mode::RWXO);
    let none = Rlimit {
        current: Some(0),
        maximum: Some(0),
    };
    if let Err(error) = setrlimit(Resource::Core, none) {
        tracing::warn!(%error, "core dumps stay on");
    }
}

/// `WebKitGTK` shows a blank window with its DMA-BUF renderer on several drivers
/// (<https://github.com/tauri-apps/tauri/issues/9394>); a user's own setting is left alone.
#[cfg(target_os = "linux")]
fn choose_renderer() {
    if let Err(error) = gtk::glib::setenv("WEBKIT_DISABLE_DMABUF_RENDERER", "1", false) {
        tracing::warn!(%error, "the renderer setting was not taken");
    }
}
