//! A page on the mock runtime: calls commands as the real one does and hears its channels.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::indexing_slicing,
    reason = "a test says what it expects and stops there"
)]

use credentials::Vault;
use credentials::memory::MemoryBackend;
use dashdesk::Desk;
use serde_json::{Value, json};
use std::sync::mpsc::{Receiver, channel};
use std::sync::{Arc, Mutex};
use std::time::Duration;
use tauri::ipc::{CallbackFn, InvokeBody, InvokeResponseBody};
use tauri::test::{INVOKE_KEY, MockRuntime, get_ipc_response, mock_builder};
use tauri::webview::InvokeRequest;
use tauri::{WebviewWindow, WebviewWindowBuilder};

/// The argument that stands for a channel.
pub(crate) const CHANNEL: &str = "__CHANNEL__:7";

/// The app with everything real but the window and the keychain.
pub(crate) struct Page {
    window: WebviewWindow<MockRuntime>,
    heard: Receiver<Value>,
    _app: tauri::App<MockRuntime>,
    _folder: tempfile::TempDir,
}

impl Page {
    /// Opens the app on a folder of its own; `label` names the window.
    pub(crate) fn open(label: &str) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let vault = Vault::with_backend(Box::new(MemoryBackend::default()));
        let desk = Desk::with_vault(folder.path().to_owned(), vault);
        let (sender, heard) = channel();
        let sender = Arc::new(Mutex::new(sender));
        let builder = mock_builder().channel_interceptor(move |_webview, _id, _index, body| {
            if let InvokeResponseBody::Json(text) = body {
                let message: Value = serde_json::from_str(text).unwrap();
                // The page may have stopped listening.
                let _sent = sender.lock().unwrap().send(message);
            }
            true
        });
        let app = dashdesk::app(builder, desk)
            .build(dashdesk::context())
            .unwrap();
        let window = WebviewWindowBuilder::new(&app, label, tauri::WebviewUrl::default())
            .build()
            .unwrap();
        Self {
            window,
            heard,
            _app: app,
            _folder: folder,
        }
    }

    /// Calls a command; the error is what the page would catch.
    pub(crate) fn call(&self, command: &str, arguments: Value) -> Result<Value, Value> {
        let request = InvokeRequest {
            cmd: command.to_owned(),
            callback: CallbackFn(0),
            error: CallbackFn(1),
            url: "tauri://localhost".parse().unwrap(),
            body: InvokeBody::Json(arguments),
            headers: tauri::http::HeaderMap::default(),
            invoke_key: INVOKE_KEY.to_owned(),
        };
        let body = get_ipc_response(&self.window, request)?;
        Ok(body.deserialize().unwrap_or(Value::Null))
    }

    /// The next message of a channel.
    pub(crate) fn hear(&self) -> Value {
        self.heard
            .recv_timeout(Duration::from_secs(20))
            .expect("a message on the channel")
    }

    /// Every message of a channel up to and including the one with this event.
    pub(crate) fn hear_until(&self, event: &str) -> Vec<Value> {
        let mut messages = Vec::new();
        loop {
            let message = self.hear();
            let last = message["event"] == event;
            messages.push(message);
            if last {
                return messages;
            }
        }
    }

    /// Makes an account at this address with this key.
    pub(crate) fn sign_in(&self, address: &str, key: &str) -> Value {
        let candidate = self.call("key_type", json!({ "key": key })).unwrap();
        let request = json!({
            "candidate": candidate["id"],
            "scope": { "scope": "address", "address": address },
            "account": null,
            "keep": { "place": "keychain" },
        });
        self.call(
            "key_verify",
            json!({ "request": request, "onEvent": CHANNEL }),
        )
        .unwrap()
    }
}
