//! The app's commands, called by a script in the page: what an attacker who got a script into the
//! page could do.

use serde_json::{Value, json};

use crate::{Error, Result, Window};

/// Calls a command; a channel is made of each argument that says `{"$channel": NAME}`, and what
/// arrives on it is kept in `window.heard[NAME]`.
const INVOKE: &str = r"
const [command, given, done] = arguments;
const bridge = window.__TAURI_INTERNALS__;
window.heard ??= {};
const args = given === null ? given : Object.fromEntries(Object.entries(given).map(([name, value]) => {
  if (value === null || typeof value !== 'object' || !('$channel' in value)) return [name, value];
  const heard = window.heard[value.$channel] = [];
  return [name, '__CHANNEL__:' + bridge.transformCallback((sent) => 'message' in sent && heard.push(sent.message))];
}));
const plain = (thrown) => (thrown instanceof Error ? String(thrown) : thrown ?? null);
const call = given === null ? bridge.invoke(command) : bridge.invoke(command, args);
call.then((value) => done({ value: value ?? null }), (thrown) => done({ error: plain(thrown) }));
";

/// What a command answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Answer {
    /// It did what was asked.
    Done(Value),
    /// It was refused, by the command itself or by the rules of the window.
    Refused(Value),
}

impl Answer {
    /// The kind of a typed refusal.
    pub fn kind(&self) -> Option<&str> {
        match self {
            Self::Refused(error) => error.get("kind")?.as_str(),
            Self::Done(_) => None,
        }
    }

    /// Everything it said, as text.
    pub fn text(&self) -> String {
        match self {
            Self::Done(value) | Self::Refused(value) => value.to_string(),
        }
    }
}

impl Window {
    /// Calls a command by its name and arguments, whatever they are.
    ///
    /// # Errors
    /// When the page does not answer at all.
    pub async fn invoke(&self, command: &str, arguments: Value) -> Result<Answer> {
        let answer: Value = self
            .script_later(INVOKE, vec![json!(command), arguments])
            .await?;
        match (answer.get("value"), answer.get("error")) {
            (Some(value), None) => Ok(Answer::Done(value.clone())),
            (None, Some(error)) => Ok(Answer::Refused(error.clone())),
            _ => Err(Error::Unexpected(format!("{command} answered {answer}"))),
        }
    }

    /// Calls a command that has to work.
    ///
    /// # Errors
    /// When it is refused.
    pub async fn command(&self, command: &str, arguments: Value) -> Result<Value> {
        match self.invoke(command, arguments).await? {
            Answer::Done(value) => Ok(value),
            Answer::Refused(error) => Err(Error::Refused {
                command: command.to_owned(),
                error: error.to_string(),
            }),
        }
    }

    /// What arrived so far on the channel of this name.
    ///
    /// # Errors
    /// When the driver refuses.
    pub async fn heard(&self, channel: &str) -> Result<Vec<Value>> {
        self.script(
            "return window.heard?.[arguments[0]] ?? []",
            vec![json!(channel)],
        )
        .await
    }
}
