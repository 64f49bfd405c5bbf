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
/// (<https://github.com/tauri-apps/tauri/issues/9394>), and without a GPU its compositor paints
/// every frame in software, which keeps a core busy while a reply streams. A user's own settings
/// are left alone.
#[cfg(target_os = "linux")]
fn choose_renderer() {
    set_unless_set("WEBKIT_DISABLE_DMABUF_RENDERER");
    if !has_gpu() {
        set_unless_set("WEBKIT_DISABLE_COMPOSITING_MODE");
    }
}

#[cfg(target_os = "linux")]
fn set_unless_set(variable: &str) {
    if let Err(error) = gtk::glib::setenv(variable, "1", false) {
        tracing::warn!(%error, variable, "the renderer setting was not taken");
    }
}

/// A GPU that renders shows itself as a render node.
#[cfg(target_os = "linux")]
fn has_gpu() -> bool {
    let nodes = std::fs::read_dir("/dev/dri")
        .into_iter()
        .flatten()
        .flatten();
    nodes
        .map(|node| node.file_name())
        .any(|name| name.as_encoded_bytes().starts_with(b"renderD"))
}
