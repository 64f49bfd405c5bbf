//! The main window: what it shows, and everything it is not allowed to do.

use crate::desk::{Desk, WindowControls};
use std::time::Duration;
use tauri::utils::config::Color;
use tauri::webview::{NewWindowResponse, PermissionResponse};
use tauri::{
    App, AppHandle, Manager as _, Theme, WebviewUrl, WebviewWindow, WebviewWindowBuilder,
    WindowEvent,
};

/// The label the capabilities name.
pub(crate) const MAIN: &str = "main";

/// The thread surface of the light and the dark theme, so that no other colour flashes first.
const PAPER: Color = Color(0xFC, 0xFB, 0xF8, 0xFF);
const NIGHT: Color = Color(0x19, 0x1D, 0x1B, 0xFF);

/// Port 1 is reserved, and only an administrator could listen on it.
const NOWHERE: &str = "http://127.0.0.1:1";

/// How long a closed window's page has for handing over what it has not saved yet.
const LAST_WORDS: Duration = Duration::from_millis(300);

/// Makes the window, hidden until the page has painted.
///
/// # Errors
/// When the system cannot make a window or a web view.
pub(crate) fn open(app: &App) -> tauri::Result<()> {
    let theme = app.state::<Desk>().window_theme();
    let builder = WebviewWindowBuilder::new(app, MAIN, WebviewUrl::App("index.html".into()))
        .title("DashDesk")
        .inner_size(1200.0, 800.0)
        .min_inner_size(400.0, 480.0)
        .visible(false)
        .theme(theme)
        .background_color(if theme == Some(Theme::Dark) {
            NIGHT
        } else {
            PAPER
        })
        .general_autofill_enabled(false)
        .browser_extensions_enabled(false)
        .devtools(cfg!(debug_assertions))
        .on_navigation(is_own_page)
        .on_new_window(|_url, _features| NewWindowResponse::Deny)
        .on_download(|_webview, _event| false)
        .on_permission_request(|_webview, _kind| PermissionResponse::Deny);
    let window = without_network(builder).build()?;
    #[cfg(target_os = "linux")]
    show_preedit(&window);
    close_gently(&window);
    let (shown, themed) = (window.clone(), window);
    app.state::<Desk>().set_window(WindowControls {
        show: Box::new(move || {
            if let Err(error) = shown.show() {
                tracing::error!(%error, "the window stays hidden");
            }
        }),
        set_theme: Box::new(move |theme| {
            if let Err(error) = themed.set_theme(theme) {
                tracing::warn!(%error, "the window keeps its theme");
            }
        }),
    });
    Ok(())
}

/// Hides the window at once when it is closed and ends it a moment later: the page saves its draft
/// when it is hidden.
fn close_gently(window: &WebviewWindow) {
    let closing = window.clone();
    window.on_window_event(move |event| {
        let WindowEvent::CloseRequested { api, .. } = event else {
            return;
        };
        if !closing.is_visible().unwrap_or(false) || closing.hide().is_err() {
            return;
        }
        api.prevent_close();
        let hidden = closing.clone();
        tauri::async_runtime::spawn(async move {
            tokio::time::sleep(LAST_WORDS).await;
            if let Err(error) = hidden.destroy() {
                tracing::error!(%error, "the closed window stays");
            }
        });
    });
}

/// Sends whatever the page asks of a network to a port where nothing can listen. The content
/// policy does not see a preconnect, nor the one a click on a link makes; a proxy does, and names
/// are then not looked up either. Vite serves the page over the network, so `tauri dev` has none
/// of this.
fn without_network(
    builder: WebviewWindowBuilder<'_, tauri::Wry, App>,
) -> WebviewWindowBuilder<'_, tauri::Wry, App> {
    match NOWHERE.parse() {
        Ok(nowhere) if !cfg!(dev) => builder.proxy_url(nowhere),
        _ => builder,
    }
}

/// Brings the window to the front, for a second start of the app.
pub(crate) fn focus(app: &AppHandle) {
    if let Some(window) = app.get_webview_window(MAIN) {
        let shown = window
            .show()
            .and_then(|()| window.unminimize())
            .and_then(|()| window.set_focus());
        if let Err(error) = shown {
            tracing::warn!(%error, "the window did not come to the front");
        }
    }
}

/// The page may show itself and nothing else.
fn is_own_page(url: &tauri::Url) -> bool {
    let own = match url.scheme() {
        "tauri" => url.host_str() == Some("localhost"),
        "http" | "https" => {
            url.host_str() == Some("tauri.localhost")
                || (cfg!(dev) && url.host_str() == Some("localhost") && url.port() == Some(5173))
        }
        _ => false,
    };
    if !own {
        tracing::warn!(scheme = url.scheme(), "a navigation was refused");
    }
    own
}

/// wry switches the inline preview of an input method off on Linux; typing Chinese needs it.
#[cfg(target_os = "linux")]
fn show_preedit(window: &WebviewWindow) {
    use webkit2gtk::{InputMethodContextExt as _, WebViewExt as _};
    let set = window.with_webview(|webview| {
        if let Some(context) = webview.inner().input_method_context() {
            context.set_enable_preedit(true);
        }
    });
    if let Err(error) = set {
        tracing::warn!(%error, "the input method preview stays off");
    }
}
