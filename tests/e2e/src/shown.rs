//! What a reply shows, by the selectors that tests and the page agree on.

use serde_json::json;

use crate::{Result, Window, by_test_id};

/// Where the answer of a reply is, without its thinking, notes and buttons.
pub const ANSWER: &str = "[data-testid=answer]";
/// A link of a reply.
pub const LINK: &str = "[data-testid=answer] [role=link]";
/// The host in the sheet that says where a link leads.
pub const LINK_HOST: &str = "link-host";
/// The whole address in that sheet.
pub const LINK_ADDRESS: &str = "link-address";
/// The code of a code block, whose children are its lines.
pub const CODE: &str = "[data-testid=answer] pre code";
/// The marker of a character that is not seen.
pub const HIDDEN: &str = "[data-testid=answer] .hidden-character";
/// Copies a code block, or asks what of it.
pub const CODE_COPY: &str = "[data-testid=code-copy]";
/// Copies it without what is not seen, where there is some.
pub const COPY_CLEAN: &str = "[data-testid=copy-clean]";
/// Copies it with that.
pub const COPY_AS_IS: &str = "[data-testid=copy-as-is]";
/// Copies a table for a spreadsheet.
pub const TABLE_COPY_CELLS: &str = "[data-testid=table-copy-tabs]";
/// Copies a table as Markdown.
pub const TABLE_COPY_MARKDOWN: &str = "[data-testid=table-copy-markdown]";
/// Offers the ways to copy a table.
pub const TABLE_MENU: &str = "[data-testid=table-menu]";
/// What stands in place of an image that is not loaded.
pub const IMAGE_CARD: &str = "[data-testid=answer] .image-card";
/// Loads it.
pub const IMAGE_LOAD: &str = "[data-testid=image-load]";
/// Says why it was not loaded.
pub const IMAGE_ERROR: &str = "[data-testid=image-error]";
/// Where one types what to find in a conversation.
pub const FIND_FIELD: &str = "find-input";
/// Which hit of how many.
pub const FIND_COUNT: &str = "find-count";
/// Beside a conversation whose reply runs.
pub const ROW_RUNNING: &str = "running";
/// Beside a conversation whose reply has ended unseen.
pub const ROW_UNREAD: &str = "unread";

/// An expression that holds once there is no element of this test id.
pub fn gone(id: &str) -> String {
    format!("!document.querySelector({})", json!(by_test_id(id)))
}

impl Window {
    /// The texts of every element of a selector.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn texts(&self, selector: &str) -> Result<Vec<String>> {
        self.script(
            "return [...document.querySelectorAll(arguments[0])].map((found) => found.textContent)",
            vec![json!(selector)],
        )
        .await
    }
}
