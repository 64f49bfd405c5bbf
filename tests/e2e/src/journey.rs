//! The steps a person takes: the first run, a question, a look at the reply.

use std::time::Duration;

use serde::Deserialize;
use serde_json::json;

use crate::{Result, Window, by_test_id};

/// A reply as the window shows it.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Reply {
    /// `streaming`, `complete`, `stopped`, `interrupted` or `failed`.
    pub status: String,
    /// Its text without thinking, notes and buttons.
    pub text: String,
}

/// Reads every reply; blocks are separated by an empty line, lines of code by a line break.
const REPLIES: &str = r"
const words = (node) => {
  if (node.nodeType === Node.TEXT_NODE) return node.data;
  if (!(node instanceof Element) || node.matches('button, figcaption, .hidden-note, .status')) return '';
  if (node.localName === 'br') return '\n';
  const inside = [...node.childNodes].map(words).join('');
  return node.matches('.code-line') && node.nextSibling !== null ? inside + '\n' : inside;
};
return [...document.querySelectorAll('[data-testid=message-assistant]')].map((message) => ({
  status: message.dataset.status,
  text: [...message.querySelectorAll('[data-testid=answer] .reply > section > *')].map(words).join('\n\n'),
}));
";

impl Window {
    /// Types a key into the first run and starts a chat with it.
    ///
    /// # Errors
    /// When the key is not accepted.
    pub async fn first_run(&self, key: &str) -> Result<()> {
        self.hand_over(key).await?;
        self.click("start-chat").await?;
        self.find("composer").await?;
        Ok(())
    }

    /// Types a key and has it verified; what comes of it is the caller's to see.
    ///
    /// # Errors
    /// When there is no place for a key.
    pub async fn hand_over(&self, key: &str) -> Result<()> {
        self.type_into("key-input", key).await?;
        self.click("key-verify").await
    }

    /// Opens the list of conversations when it is not shown.
    ///
    /// # Errors
    /// When there is nothing that opens it.
    pub async fn open_sidebar(&self) -> Result<()> {
        if !self.has("sidebar").await? {
            self.click("sidebar-toggle").await?;
        }
        self.find("sidebar").await?;
        Ok(())
    }

    /// Opens the list of conversations when it is not shown, and clicks something in it.
    ///
    /// # Errors
    /// When there is no such thing in it.
    pub async fn click_in_sidebar(&self, id: &str) -> Result<()> {
        self.open_sidebar().await?;
        self.click(id).await
    }

    /// Goes to a chat without messages and waits until it is there.
    ///
    /// # Errors
    /// When it does not open.
    pub async fn new_chat(&self) -> Result<()> {
        self.click_in_sidebar("new-chat").await?;
        self.find("empty-chat").await?;
        Ok(())
    }

    /// Types a message and sends it.
    ///
    /// # Errors
    /// When there is no composer, or it does not take the message.
    pub async fn ask(&self, message: &str) -> Result<()> {
        let before = self.count("message-assistant").await?;
        self.type_into("composer", message).await?;
        self.click("send").await?;
        let more = format!(
            "document.querySelectorAll({}).length > {before}",
            json!(by_test_id("message-assistant"))
        );
        self.wait_for("the reply to begin", &more).await
    }

    /// Asks and waits for the whole reply.
    ///
    /// # Errors
    /// When the reply does not end as `status` says.
    pub async fn ask_until(&self, message: &str, status: &str) -> Result<Reply> {
        self.ask(message).await?;
        self.reply_ends(status, Duration::from_mins(1)).await
    }

    /// Waits until the last reply has this status, and returns it.
    ///
    /// # Errors
    /// When it does not get it within `limit`.
    pub async fn reply_ends(&self, status: &str, limit: Duration) -> Result<Reply> {
        let last = format!(
            "[...document.querySelectorAll({})].at(-1)?.dataset.status === {}",
            json!(by_test_id("message-assistant")),
            json!(status)
        );
        self.wait_up_to(limit, &format!("a reply that is {status}"), &last)
            .await?;
        self.last_reply().await
    }

    /// Waits until the last reply shows at least so many characters.
    ///
    /// # Errors
    /// When it does not.
    pub async fn reply_grows_to(&self, characters: usize) -> Result<()> {
        let last = format!(
            "([...document.querySelectorAll('{} {}')].at(-1)?.textContent.length ?? 0) >= {characters}",
            by_test_id("message-assistant"),
            by_test_id("answer")
        );
        self.wait_for(&format!("{characters} characters of a reply"), &last)
            .await
    }

    /// Every reply in the window, oldest first.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn replies(&self) -> Result<Vec<Reply>> {
        self.script(REPLIES, vec![]).await
    }

    /// The last reply in the window; without one it has neither status nor text.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn last_reply(&self) -> Result<Reply> {
        let nothing = Reply {
            status: String::new(),
            text: String::new(),
        };
        Ok(self.replies().await?.pop().unwrap_or(nothing))
    }
}
