//! One server-sent event and its layout in bytes.
//! It decides nothing about content.

use crate::ordered_json::render;
use crate::script::Framing;

/// One server-sent event.
#[derive(Clone, Debug)]
pub(crate) struct Event {
    pub(crate) id: Option<u64>,
    pub(crate) name: Option<&'static str>,
    /// Sent as a comment, the way the native protocol tells the logical status.
    pub(crate) status: Option<u16>,
    /// Whether a space follows `data:`.
    pub(crate) spaced: bool,
    pub(crate) data: String,
}

impl Event {
    /// An event of the compatible protocol.
    pub(crate) fn data(data: String) -> Self {
        Self {
            id: None,
            name: None,
            status: None,
            spaced: true,
            data,
        }
    }

    /// A result of the native protocol.
    pub(crate) fn result(number: u64, data: String) -> Self {
        Self {
            id: Some(number),
            name: Some("result"),
            status: Some(200),
            spaced: false,
            data,
        }
    }

    /// The event in the layout that recordings have.
    pub(crate) fn to_text(&self) -> String {
        self.laid_out(Framing::default(), &mut 0)
    }

    /// The event in this layout; `line` counts lines across events, for mixed line ends.
    pub(crate) fn laid_out(&self, framing: Framing, line: &mut u64) -> String {
        let mut text = String::with_capacity(self.data.len() + 64);
        let mut end = |text: &mut String| {
            text.push_str(framing.line_end.text(*line));
            *line += 1;
        };
        if let Some(id) = self.id {
            text.push_str("id:");
            text.push_str(&id.to_string());
            end(&mut text);
        }
        if let Some(name) = self.name {
            text.push_str("event:");
            text.push_str(name);
            end(&mut text);
        }
        if let Some(status) = self.status {
            text.push_str(":HTTP_STATUS/");
            text.push_str(&status.to_string());
            end(&mut text);
        }
        let field = if self.spaced == framing.swap_space {
            "data:"
        } else {
            "data: "
        };
        for data in self.data_lines(framing.multiline) {
            text.push_str(field);
            text.push_str(&data);
            end(&mut text);
        }
        if !framing.no_blank {
            end(&mut text);
        }
        text
    }

    fn data_lines(&self, multiline: bool) -> Vec<String> {
        let spread = multiline
            .then(|| serde_json::from_str(&self.data).ok())
            .flatten();
        match spread {
            Some(serde_json::Value::Object(fields)) => spread_fields(&fields),
            _ => vec![self.data.clone()],
        }
    }
}

/// An object with a line for each of its fields.
fn spread_fields(fields: &serde_json::Map<String, serde_json::Value>) -> Vec<String> {
    let last = fields.len().saturating_sub(1);
    let mut lines = vec![String::from("{")];
    lines.extend(fields.iter().enumerate().map(|(position, (key, value))| {
        let comma = if position == last { "" } else { "," };
        format!("{}:{}{comma}", render(key), render(value))
    }));
    lines.push(String::from("}"));
    lines
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::script::LineEnd;

    #[test]
    fn the_default_layout_is_the_recorded_one() {
        let native = Event::result(3, String::from(r#"{"a":1}"#));
        assert_eq!(
            native.to_text(),
            "id:3\nevent:result\n:HTTP_STATUS/200\ndata:{\"a\":1}\n\n"
        );
        let compatible = Event::data(String::from("[DONE]"));
        assert_eq!(compatible.to_text(), "data: [DONE]\n\n");
    }

    #[test]
    fn other_layouts_change_bytes_and_nothing_else() {
        let event = Event::data(String::from(r#"{"a":1,"b":"x"}"#));
        let crlf = Framing {
            line_end: LineEnd::Crlf,
            ..Framing::default()
        };
        assert_eq!(
            event.laid_out(crlf, &mut 0),
            "data: {\"a\":1,\"b\":\"x\"}\r\n\r\n"
        );
        let multiline = Framing {
            multiline: true,
            ..Framing::default()
        };
        assert_eq!(
            event.laid_out(multiline, &mut 0),
            "data: {\ndata: \"a\":1,\ndata: \"b\":\"x\"\ndata: }\n\n"
        );
        let tight = Framing {
            no_blank: true,
            swap_space: true,
            ..Framing::default()
        };
        assert_eq!(
            event.laid_out(tight, &mut 0),
            "data:{\"a\":1,\"b\":\"x\"}\n"
        );
        let mixed = Framing {
            line_end: LineEnd::Mixed,
            ..Framing::default()
        };
        assert_eq!(
            event.laid_out(mixed, &mut 0),
            "data: {\"a\":1,\"b\":\"x\"}\n\r\n"
        );
    }
}
