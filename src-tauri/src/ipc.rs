//! The one list of commands, and the TypeScript the page calls them with.

use crate::commands::{
    accounts, app, chat, content, doctor, keys, library, models, routes, settings,
};
use specta_typescript::Typescript;
use tauri_specta::{Builder, ErrorHandlingMode, collect_commands};

/// The commands, grouped by feature in the order of their files.
pub(crate) fn commands<R: tauri::Runtime>() -> Builder<R> {
    Builder::new()
        .error_handling(ErrorHandlingMode::Throw)
        .dangerously_cast_bigints_to_number()
        .disable_serde_phases()
        .commands(collect_commands![
            accounts::account_use,
            accounts::account_test,
            accounts::account_key_state,
            accounts::account_delete,
            accounts::address_preview,
            accounts::endpoint_set,
            accounts::account_switch_region,
            app::app_state,
            app::app_ready,
            app::storage_retry,
            app::storage_start_fresh,
            app::demo_start,
            app::demo_leave,
            chat::message_send,
            chat::reply_retry,
            chat::reply_attach,
            chat::reply_stop,
            chat::reply_try_now,
            content::message_copy,
            content::code_copy,
            content::table_copy,
            content::text_copy,
            content::link_inspect,
            content::link_open,
            content::image_load,
            doctor::doctor_run,
            doctor::doctor_stop,
            doctor::doctor_report,
            doctor::requests_recent,
            doctor::requests_keep_bodies,
            keys::key_paste,
            keys::key_type,
            keys::key_verify,
            keys::keychain_retry,
            keys::passphrase_enter,
            library::conversations,
            library::conversation_open,
            library::conversation_window,
            library::conversation_find,
            library::conversation_rename,
            library::conversation_delete,
            library::conversation_restore,
            library::conversation_set_model,
            library::draft_save,
            models::models,
            models::models_refresh,
            routes::route_settings,
            routes::route_set,
            routes::extra_certificates_set,
            settings::settings_save,
        ])
}

/// The text of `ui/src/ipc/bindings.ts`.
///
/// # Errors
/// When a type cannot be written as TypeScript.
pub fn bindings() -> Result<String, Box<dyn std::error::Error>> {
    let folder = std::env::temp_dir().join(format!("dashdesk-bindings-{}", std::process::id()));
    let file = folder.join("bindings.ts");
    std::fs::create_dir_all(&folder)?;
    commands::<tauri::Wry>().export(Typescript::default(), &file)?;
    let text = std::fs::read_to_string(&file)?;
    std::fs::remove_dir_all(&folder)?;
    Ok(text)
}
