//! What a person takes out of a reply: code, tables, links, images.

use serde::{Deserialize, Serialize};
use specta::Type;
use specta::datatype::DataType;
use tauri::ipc::{InvokeResponseBody, IpcResponse};

/// How a table is copied.
#[derive(Debug, Clone, Copy, Deserialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) enum TableFormat {
    /// For a spreadsheet.
    TabSeparated,
    /// As it was written.
    Markdown,
}

impl From<TableFormat> for engine::TableFormat {
    fn from(format: TableFormat) -> Self {
        match format {
            TableFormat::TabSeparated => Self::TabSeparated,
            TableFormat::Markdown => Self::Markdown,
        }
    }
}

/// A code block that was put on the clipboard.
#[derive(Debug, Clone, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct CopiedCode {
    /// How many characters in it cannot be seen.
    pub(crate) hidden: u32,
}

/// Where a link leads.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Type)]
#[serde(rename_all = "camelCase")]
pub(crate) struct LinkTarget {
    /// The address that would be opened, written anew.
    pub(crate) address: String,
    /// The host as it is looked up: letters of other scripts are encoded.
    pub(crate) host: String,
    /// The host to read: in its own script, unless it could be taken for another.
    pub(crate) host_shown: String,
    /// Whether the connection would be encrypted.
    pub(crate) secure: bool,
    /// Whether the host mixes scripts or imitates another one.
    pub(crate) mixed_script: bool,
}

/// The pixels of an image as PNG; the page gets them as an `ArrayBuffer`.
#[derive(Debug)]
pub(crate) struct Picture(pub(crate) Vec<u8>);

impl IpcResponse for Picture {
    fn body(self) -> tauri::Result<InvokeResponseBody> {
        Ok(InvokeResponseBody::Raw(self.0))
    }
}

impl Type for Picture {
    fn definition(_types: &mut specta::Types) -> DataType {
        specta_typescript::define("ArrayBuffer").into()
    }
}
