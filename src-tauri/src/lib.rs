//! The shell.
/// Runs the app.
pub fn run() {
    let result = tauri::Builder::default().run(tauri::generate_context!());
    drop(result);
}
