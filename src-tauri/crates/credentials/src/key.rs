//! What a person pastes as a key, brought into the form that can be sent, or refused with a reason.
//!
//! Whether the key works is for the endpoint to say; nothing here asks it.

use secrecy::{ExposeSecret as _, SecretString};
use zeroize::Zeroizing;

/// Characters of the longest key accepted: with its origin it must fit into one keychain item.
const MAX_CHARACTERS: usize = 800;

/// Characters after the prefix of the shortest key accepted.
const MIN_CHARACTERS: usize = 4;

/// Characters after the prefix from which the last four may be shown.
const SHOWN_FROM: usize = 12;

/// Bytes of input looked at; more is no key, whatever it is.
const MAX_INPUT_BYTES: usize = 64 * 1024;

/// A key without what came along with it.
#[derive(Clone, Debug)]
pub struct NormalisedKey {
    /// The key as it is to be sent.
    pub secret: SecretString,
    /// What the prefix says about it.
    pub shape: KeyShape,
    /// What may be shown: the prefix and the last four characters, as in `sk-••••1a2b`. A short key
    /// shows nothing of itself.
    pub hint: String,
}

/// What the prefix of a key says about it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum KeyShape {
    /// `sk-`: a key of Model Studio.
    Standard,
    /// `sk-sp-`: a key of a Coding Plan or a Token Plan, which other hosts refuse. The vendor gives
    /// both this shape (help.aliyun.com, Token Plan quick start, 2026-11).
    CodingPlan,
    /// `st-`: a temporary key, which stops working soon.
    Temporary,
    /// Anything else: a key of another service.
    Other,
}

/// Why the input is no key.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum KeyProblem {
    /// Nothing is left after trimming.
    #[error("the key is empty")]
    Empty,
    /// An address, not a key.
    #[error("this is an address, not a key")]
    LooksLikeUrl,
    /// White space inside: a sentence, or two keys.
    #[error("the key contains spaces")]
    ContainsSpaces,
    /// Characters that no key has and no header can carry.
    #[error("the key contains characters outside ascii")]
    NotAscii,
    /// Longer than any key.
    #[error("the key has {characters} characters")]
    TooLong {
        /// Characters of the input after trimming.
        characters: usize,
    },
    /// Shorter than any key.
    #[error("the key is too short")]
    TooShort,
}

/// Finds the key in what was pasted: quotes, brackets, `Bearer `, `Authorization:`, `NAME=`,
/// `export NAME=`, JSON `"name": "key"`, invisible characters and line breaks are taken away.
///
/// # Errors
/// The first [`KeyProblem`] of what is left.
pub fn normalise(input: &str) -> Result<NormalisedKey, KeyProblem> {
    if input.len() > MAX_INPUT_BYTES {
        return Err(KeyProblem::TooLong {
            characters: input.chars().count(),
        });
    }
    let visible = without_invisible(input);
    let key = unwrap(&visible);
    if key.is_empty() {
        return Err(KeyProblem::Empty);
    }
    if looks_like_url(key) {
        return Err(KeyProblem::LooksLikeUrl);
    }
    if !key.is_ascii() {
        return Err(KeyProblem::NotAscii);
    }
    if key.contains(' ') {
        return Err(KeyProblem::ContainsSpaces);
    }
    if key.len() > MAX_CHARACTERS {
        return Err(KeyProblem::TooLong {
            characters: key.len(),
        });
    }
    let (shape, prefix) = shape_of(key);
    let body = key.strip_prefix(prefix).unwrap_or(key);
    if body.len() < MIN_CHARACTERS {
        return Err(KeyProblem::TooShort);
    }
    Ok(NormalisedKey {
        secret: SecretString::from(key),
        shape,
        hint: hint(prefix, body),
    })
}

/// What the shape of a stored key says about it.
///
/// # Errors
/// Why it cannot be sent: a key is stored normalised, so anything around it is a fault of the item.
pub fn inspect(stored: &SecretString) -> Result<KeyShape, KeyProblem> {
    let stored = stored.expose_secret();
    let normalised = normalise(stored)?;
    if normalised.secret.expose_secret() != stored {
        return Err(KeyProblem::ContainsSpaces);
    }
    Ok(normalised.shape)
}

/// One line of visible characters: invisible ones and line breaks (with the indentation after them)
/// are gone, and every other white space is a plain space.
fn without_invisible(input: &str) -> Zeroizing<String> {
    // Replacing white space never needs more room than was there.
    let mut visible = Zeroizing::new(String::with_capacity(input.len()));
    let mut at_line_start = false;
    for character in input.chars() {
        if matches!(character, '\n' | '\r' | '\u{2028}' | '\u{2029}') {
            while visible.ends_with(' ') {
                visible.pop();
            }
            at_line_start = true;
        } else if is_invisible(character) {
        } else if character.is_whitespace() {
            if !at_line_start {
                visible.push(' ');
            }
        } else {
            at_line_start = false;
            visible.push(character);
        }
    }
    visible
}

/// Controls, zero-width and direction marks, variation selectors and tags.
fn is_invisible(character: char) -> bool {
    (character.is_control() && !character.is_whitespace())
        || matches!(character,
            '\u{ad}' | '\u{34f}' | '\u{61c}' | '\u{180e}' | '\u{200b}'..='\u{200f}'
            | '\u{202a}'..='\u{202e}' | '\u{2060}'..='\u{206f}' | '\u{fe00}'..='\u{fe0f}'
            | '\u{feff}' | '\u{e0000}'..='\u{e01ef}')
}

/// Takes wrappings off until nothing changes.
fn unwrap(text: &str) -> &str {
    let mut text = text;
    loop {
        let trimmed = text.trim_matches(is_wrapping);
        let inner = without_label(trimmed);
        if inner.len() == text.len() {
            return inner;
        }
        text = inner;
    }
}

fn is_wrapping(character: char) -> bool {
    matches!(
        character,
        ' ' | '"'
            | '\''
            | '`'
            | ','
            | ';'
            | '('
            | ')'
            | '['
            | ']'
            | '{'
            | '}'
            | '<'
            | '>'
            | '“'
            | '”'
            | '‘'
            | '’'
            | '「'
            | '」'
            | '，'
            | '；'
            | '。'
    )
}

/// What follows `export `, `Bearer `, or the name of a key and `=` or `:`.
fn without_label(text: &str) -> &str {
    if let Some((word, rest)) = text.split_once(' ')
        && ["export", "set", "bearer"]
            .iter()
            .any(|label| word.eq_ignore_ascii_case(label))
    {
        return rest;
    }
    if text.eq_ignore_ascii_case("bearer") {
        return "";
    }
    if let Some((name, rest)) = text.split_once(['=', ':', '：'])
        && is_key_name(name.trim_matches(is_wrapping))
    {
        return rest;
    }
    text
}

/// `DASHSCOPE_API_KEY`, `$env:DASHSCOPE_API_KEY`'s first part, `apiKey`, `api key`, `X-Api-Key`,
/// `Authorization`, `token`.
fn is_key_name(name: &str) -> bool {
    let mut plain = Zeroizing::new(name.replace(['_', '-', ' ', '$'], ""));
    plain.make_ascii_lowercase();
    plain
        .chars()
        .all(|character| character.is_ascii_alphanumeric())
        && (plain.ends_with("key")
            || plain.ends_with("token")
            || *plain == "authorization"
            || *plain == "env")
}

fn looks_like_url(text: &str) -> bool {
    let text = Zeroizing::new(text.to_ascii_lowercase());
    text.contains("://")
        || text.starts_with("www.")
        || text
            .split(['/', ' '])
            .any(|part| part.ends_with(".aliyuncs.com"))
}

fn shape_of(key: &str) -> (KeyShape, &'static str) {
    [
        (KeyShape::CodingPlan, "sk-sp-"),
        (KeyShape::Standard, "sk-"),
        (KeyShape::Temporary, "st-"),
    ]
    .into_iter()
    .find(|(_, prefix)| key.starts_with(prefix))
    .unwrap_or((KeyShape::Other, ""))
}

fn hint(prefix: &str, body: &str) -> String {
    let shown = body.len() >= SHOWN_FROM;
    let last = if shown {
        body.get(body.len() - 4..).unwrap_or_default()
    } else {
        ""
    };
    format!("{prefix}••••{last}")
}

#[cfg(test)]
mod tests;
