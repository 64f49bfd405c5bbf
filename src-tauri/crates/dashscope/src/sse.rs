//! Server-sent events as DashScope sends them, with limits and flat cost.
//!
//! eventsource-stream reads the fields of one event. The guard around it does what that crate does
//! not: it cuts lines at LF, CR and CRLF however the bytes arrive, limits lines and events, survives
//! invalid UTF-8, keeps the `:HTTP_STATUS/NNN` comment, and ends an event where a separator is
//! missing. It hands over whole lines one by one, because that crate copies what is left after each
//! line.

use std::convert::Infallible;

use eventsource_stream::EventStream;
use futures_util::{FutureExt as _, StreamExt as _, stream};

use crate::limits;

/// One event with data.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Frame {
    /// The `event:` field, `message` when there was none.
    pub(crate) event: String,
    /// The data lines, joined with LF.
    pub(crate) data: String,
    /// The logical status of the comment line, where there was one.
    pub(crate) status: Option<u16>,
}

/// A line or an event is longer than its limit.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) struct TooLong;

/// Bytes in, frames out.
#[derive(Debug, Default)]
pub(crate) struct Decoder {
    /// The start of a line whose end has not come yet.
    partial: Vec<u8>,
    /// The last byte was a CR, so an LF next belongs to it.
    after_cr: bool,
    /// Something other than a byte order mark was seen.
    started: bool,
    /// Lines of the event so far, each with its LF.
    lines: Vec<String>,
    has_data: bool,
    data_bytes: usize,
    status: Option<u16>,
    /// A field of the protocol was seen.
    has_fields: bool,
    /// A line that is neither a field nor a comment was seen.
    has_other_text: bool,
}

impl Decoder {
    /// Reads a chunk, appending the frames it completes.
    ///
    /// # Errors
    /// [`TooLong`] when a limit is exceeded; the frames before it are there.
    pub(crate) fn push(&mut self, chunk: &[u8], frames: &mut Vec<Frame>) -> Result<(), TooLong> {
        let mut rest = chunk;
        if self.after_cr && !rest.is_empty() {
            self.after_cr = false;
            rest = rest.strip_prefix(b"\n").unwrap_or(rest);
        }
        while let Some(end) = rest.iter().position(|byte| matches!(byte, b'\n' | b'\r')) {
            let (line, after) = rest.split_at(end);
            rest = if let Some(after) = after.strip_prefix(b"\r\n") {
                after
            } else {
                self.after_cr = after == b"\r";
                after.get(1..).unwrap_or_default()
            };
            self.whole_line(line, frames)?;
        }
        self.extend_partial(rest)
    }

    /// Reads the end of the body: a last line and a last event need no separator.
    ///
    /// # Errors
    /// [`TooLong`] as in [`Decoder::push`].
    pub(crate) fn finish(&mut self, frames: &mut Vec<Frame>) -> Result<(), TooLong> {
        if !self.partial.is_empty() {
            self.whole_line(&[], frames)?;
        }
        self.commit(frames);
        Ok(())
    }

    /// Whether all there was is text of another kind.
    pub(crate) fn is_other_text(&self) -> bool {
        self.has_other_text && !self.has_fields
    }

    fn extend_partial(&mut self, bytes: &[u8]) -> Result<(), TooLong> {
        if self.partial.len() + bytes.len() > limits::LINE_BYTES {
            return Err(TooLong);
        }
        self.partial.extend_from_slice(bytes);
        Ok(())
    }

    fn whole_line(&mut self, end: &[u8], frames: &mut Vec<Frame>) -> Result<(), TooLong> {
        if self.partial.is_empty() {
            if end.len() > limits::LINE_BYTES {
                return Err(TooLong);
            }
            return self.line(end, frames);
        }
        self.extend_partial(end)?;
        let mut line = std::mem::take(&mut self.partial);
        let result = self.line(&line, frames);
        line.clear();
        self.partial = line;
        result
    }

    fn line(&mut self, line: &[u8], frames: &mut Vec<Frame>) -> Result<(), TooLong> {
        let line = match line.strip_prefix(b"\xef\xbb\xbf") {
            Some(rest) if !self.started => rest,
            Some(_) | None => line,
        };
        self.started = true;
        if line.is_empty() {
            self.commit(frames);
            return Ok(());
        }
        let line = String::from_utf8_lossy(line);
        let (name, value) = line.split_once(':').unwrap_or((&line, ""));
        match name {
            "data" | "event" | "id" | "retry" => self.has_fields = true,
            "" => {}
            _ => self.has_other_text = true,
        }
        match name {
            "" => self.status = status_in(value).or(self.status),
            // Job streams say it in a field instead of a comment.
            "status" => self.status = value.trim().parse().ok().or(self.status),
            "data" => {
                self.data_bytes += value.len();
                if self.data_bytes > limits::EVENT_BYTES {
                    return Err(TooLong);
                }
                self.has_data = true;
                self.keep(line.into_owned());
            }
            "id" | "event" => {
                // Older gateways leave the blank line out.
                if self.has_data {
                    self.commit(frames);
                }
                if name == "event" {
                    // Only the last name counts.
                    self.lines.clear();
                    self.keep(line.into_owned());
                }
            }
            _ => {}
        }
        Ok(())
    }

    fn keep(&mut self, mut line: String) {
        line.push('\n');
        self.lines.push(line);
    }

    /// Ends the event.
    fn commit(&mut self, frames: &mut Vec<Frame>) {
        let status = self.status.take();
        let has_data = std::mem::take(&mut self.has_data);
        self.data_bytes = 0;
        let mut lines = std::mem::take(&mut self.lines);
        if !has_data {
            return;
        }
        lines.push("\n".to_owned());
        let lines = stream::iter(lines.into_iter().map(Ok::<_, Infallible>));
        let event = EventStream::new(lines).next().now_or_never().flatten();
        if let Some(Ok(event)) = event {
            frames.push(Frame {
                event: event.event,
                data: event.data,
                status,
            });
        }
    }
}

fn status_in(comment: &str) -> Option<u16> {
    comment
        .trim()
        .strip_prefix("HTTP_STATUS/")?
        .trim()
        .parse()
        .ok()
}

#[cfg(test)]
mod tests;
