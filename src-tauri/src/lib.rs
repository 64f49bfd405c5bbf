//! The shell: a Tauri window around the engine.
//!
//! It composes plugins, state and commands, and translates between the page and the engine. It
//! makes no HTTP request, writes no SQL and builds no prompt.

mod clipboard;
mod command_line;
mod commands;
mod data_folder;
mod desk;
mod doctor;
mod error;
mod hardening;
mod ipc;
mod key_candidates;
mod links;
mod logging;
mod regions;
mod view;
mod window;

use std::process::ExitCode;
use tauri::{Manager as _, RunEvent};

pub use data_folder::data_folder;
pub use desk::Desk;
pub use ipc::bindings;

/// Composes the app on any runtime: the real one, or the mock runtime of the tests.
pub fn app<R: tauri::Runtime>(builder: tauri::Builder<R>, desk: Desk) -> tauri::Builder<R> {
    builder
        .manage(desk)
        .invoke_handler(ipc::commands::<R>().invoke_handler())
}

/// The configuration, capabilities and embedded page, for any runtime.
#[expect(
    clippy::exit,
    reason = "the macro writes it for a page that was not embedded"
)]
pub fn context<R: tauri::Runtime>() -> tauri::Context<R> {
    tauri::generate_context!()
}

/// Does what the command line says: checks the connection in the terminal, or runs the app until
/// its window closes.
pub fn run() -> ExitCode {
    hardening::apply();
    let order = command_line::Order::read(std::env::args().skip(1));
    if order == command_line::Order::Window {
        run_window()
    } else {
        command_line::obey(order)
    }
}

fn run_window() -> ExitCode {
    let folder = data_folder();
    logging::start(&folder);
    let desk = Desk::open(folder);
    let single = tauri_plugin_single_instance::init(|app, _arguments, _folder| window::focus(app));
    let built = app(tauri::Builder::default().plugin(single), desk)
        .setup(|app| Ok(window::open(app)?))
        .build(context());
    let app = match built {
        Ok(app) => app,
        Err(error) => {
            tracing::error!(%error, "the window could not be made");
            return ExitCode::FAILURE;
        }
    };
    app.run(|app, event| {
        if let RunEvent::Exit = event {
            // Every reply and every draft is stored before the process ends.
            tauri::async_runtime::block_on(app.state::<Desk>().close());
        }
    });
    ExitCode::SUCCESS
}
