//! What a reply shows, by the selectors that tests and the page agree on.

use serde_json::json;

use crate::{Result, Window, by_test_id};

/// Where the answer of a reply is, without its thinking, notes and buttons.
pub const ANSWER: &str = "[data-testid=answer]";
/// A link of a reply.
pub const LINK: &str = "[data-testid=answer] [role=link]";
/// The same, looked for inside one reply.
pub const LINK_WITHIN: &str = "[role=link]";
/// The sheet that names where a link leads.
pub const LINK_SHEET: &str = "link-sheet";

/// The code of a code block, whose children are its lines.
pub const CODE: &str = "[data-testid=answer] pre code";
/// The marker of a character that is not seen.
pub const HIDDEN: &str = "[data-testid=answer] .hidden-character";
/// Copies a code block.
pub const CODE_COPY: &str = "code-copy";
/// Copies it without hidden characters, where there are some.
pub const COPY_CLEAN: &str = "copy-clean";
/// Copies it with them.
pub const COPY_AS_IS: &str = "copy-as-is";
/// Copies a table for a spreadsheet.
pub const TABLE_COPY_TABS: &str = "table-copy-tabs";
/// Copies a table as Markdown.
pub const TABLE_COPY_MARKDOWN: &str = "table-copy-markdown";
/// What stands in place of an image that is not loaded.
pub const IMAGE_CARD: &str = "image-card";
/// Loads it.
pub const IMAGE_LOAD: &str = "image-load";
/// Says why it did not load.
pub const IMAGE_ERROR: &str = "image-error";
/// Where one types what to find in a conversation.
pub const FIND_FIELD: &str = "find-input";
/// Which hit of how many.
pub const FIND_COUNT: &str = "find-count";
/// Beside a conversation whose reply runs.
pub const ROW_RUNNING: &str = "running";
/// Beside a conversation whose reply has ended unseen.
pub const ROW_UNREAD: &str = "unread";

/// Opens whatever holds the ways to copy a table.
///
/// # Errors
/// When there is no such thing.
pub async fn open_table_menu(window: &Window) -> Result<()> {
    if !window.has(TABLE_COPY_TABS).await? {
        window.click("table-menu").await?;
    }
    Ok(())
}

/// An expression that holds once there is no element of this test id.
pub fn gone(id: &str) -> String {
    format!("!document.querySelector({})", json!(by_test_id(id)))
}
