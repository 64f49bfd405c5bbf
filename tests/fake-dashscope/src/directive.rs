//! Reads scripts from text: the `/fake ...` line of a prompt, or the name of a scenario model.
//! What a script then does is `stream`'s business.

use std::fmt;
use std::str::FromStr;
use std::time::Duration;

use crate::document::Kind;
use crate::errors::find_error;
use crate::pace::Stretch;
use crate::script::{BodyEnd, Fault, LineEnd, Oddity, Oversize, Point, Script};
use crate::shape::Shape;

/// The word that starts a directive.
const WORD: &str = "/fake";

/// The model names that are scenarios, with the directive each stands for.
pub const SCENARIO_MODELS: [(&str, &str); 12] = [
    ("fake-long", "tokens=4500 rate=50"),
    ("fake-flood", "tokens=20000 flood"),
    ("fake-stamps", "tokens=5000 rate=200 stamps"),
    ("fake-thinking", "tokens=200 thinking=100"),
    ("fake-tools", "tools=2"),
    ("fake-sources", "sources"),
    ("fake-stall", "tokens=100 stall=after:10"),
    ("fake-silent", "stall=after:0 keepalive=5"),
    ("fake-reset", "tokens=100 reset=after:10"),
    ("fake-midstream", "tokens=100 midstream=F at=20"),
    ("fake-eof", "tokens=100 eof-without-end=20"),
    ("fake-busy", "error=503"),
];

/// Why a text is no script.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum ScriptError {
    /// No knob has this name.
    UnknownKnob(String),
    /// The knob exists but does not take this value.
    BadValue {
        /// The knob.
        knob: String,
        /// What it was given.
        value: String,
    },
}

impl fmt::Display for ScriptError {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::UnknownKnob(knob) => write!(formatter, "unknown knob {knob}"),
            Self::BadValue { knob, value } => write!(formatter, "{knob} does not take {value:?}"),
        }
    }
}

impl std::error::Error for ScriptError {}

impl FromStr for Script {
    type Err = ScriptError;

    /// Reads knobs such as `tokens=5000 rate=200`, with or without `/fake` in front.
    fn from_str(text: &str) -> Result<Self, ScriptError> {
        Self::default().overlaid(text)
    }
}

impl Script {
    /// This script with the knobs of `text` turned.
    ///
    /// # Errors
    ///
    /// The first knob that is unknown or has a bad value.
    pub fn overlaid(mut self, text: &str) -> Result<Self, ScriptError> {
        let text = text.trim();
        let knobs = text.strip_prefix(WORD).unwrap_or(text).trim();
        // `text=` takes the rest of the line, spaces included, with `\n` for line ends.
        let (knobs, literal) = match knobs.split_once("text=") {
            Some((before, rest)) if before.is_empty() || before.ends_with(' ') => {
                (before, Some(rest))
            }
            _ => (knobs, None),
        };
        self.text = literal.map(|text| text.replace("\\n", "\n")).or(self.text);
        for word in knobs.split_whitespace() {
            let (knob, value) = word.split_once('=').unwrap_or((word, ""));
            Turn {
                script: &mut self,
                knob,
                value,
            }
            .turn()?;
        }
        Ok(self)
    }

    /// The script a prompt asks for in its first line, over `base`; `None` when it asks for none.
    pub(crate) fn from_prompt(base: &Self, prompt: &str) -> Option<Result<Self, ScriptError>> {
        let line = prompt.trim_start().lines().next()?;
        let rest = line.strip_prefix(WORD)?;
        let is_word = rest.is_empty() || rest.starts_with(char::is_whitespace);
        is_word.then(|| base.clone().overlaid(rest))
    }

    /// The script a scenario model stands for.
    pub(crate) fn of_model(model: &str) -> Option<Self> {
        let (_, directive) = SCENARIO_MODELS.iter().find(|(name, _)| *name == model)?;
        directive.parse().ok()
    }
}

/// One knob being turned.
struct Turn<'a> {
    script: &'a mut Script,
    knob: &'a str,
    value: &'a str,
}

impl Turn<'_> {
    fn turn(mut self) -> Result<(), ScriptError> {
        if self.turn_answer()? || self.turn_fault()? {
            return Ok(());
        }
        let oddity = match self.knob {
            "odd-deltas" => Oddity::OddDeltas,
            "interleave" => Oddity::Interleave,
            "bad-json" if self.value == "once" => Oddity::BadJsonOnce,
            "bad-json" => Oddity::BadJson,
            "wrong-types" => Oddity::WrongTypes,
            "odd-text" => Oddity::OddText,
            "usage" if self.value == "none" => Oddity::NoUsage,
            "usage" if self.value == "null" => Oddity::NullUsage,
            "finish-twice" => Oddity::FinishTwice,
            "no-done" => Oddity::NoDone,
            "no-finish" => Oddity::NoFinish,
            "after-done" => Oddity::AfterDone,
            "cumulative" => Oddity::Cumulative,
            "array-content" => Oddity::ArrayContent,
            "together" => Oddity::Together,
            "arguments" if self.value == "null" => Oddity::NullArguments,
            "arguments" if self.value == "bad" => Oddity::BadArguments,
            "usage" | "arguments" => return Err(self.bad()),
            _ => return Err(ScriptError::UnknownKnob(self.knob.to_owned())),
        };
        self.script.oddities.push(oddity);
        Ok(())
    }

    fn turn_answer(&mut self) -> Result<bool, ScriptError> {
        match self.knob {
            "tokens" => self.script.tokens = Some(self.number()?),
            "markdown" => self.script.markdown = Some(self.markdown()?),
            "characters" => self.script.characters = true,
            "thinking" => self.script.thinking = Some(self.number()?),
            "rate" => self.script.rate = self.positive()?,
            "stretch" => self.stretch()?,
            "flood" => self.script.rate = f64::INFINITY,
            "seed" => self.script.seed = Some(self.number()?),
            "chunk" => self.script.tokens_per_event = self.number::<u32>()?.max(1),
            "endless" => self.script.endless = true,
            "stamps" => self.script.stamps = true,
            "tools" => {
                self.script.tools = if self.value.is_empty() {
                    1
                } else {
                    self.number()?
                };
            }
            "sources" => self.script.sources = true,
            "delay" => self.script.delay = self.seconds()?,
            "first-token" => self.script.first_token = self.seconds()?,
            "keepalive" => self.script.keepalive = Some(self.seconds()?),
            "drip" => self.script.drip = Some(self.positive()?),
            "framing" => self.framing()?,
            "gzip" => self.script.framing.gzip = true,
            "close-delimited" => self.script.framing.close_delimited = true,
            "finish" => self.script.finish = Some(self.value.to_owned()),
            "content-type" => self.script.content_type = Some(self.value.to_owned()),
            _ => return Ok(false),
        }
        Ok(true)
    }

    fn turn_fault(&mut self) -> Result<bool, ScriptError> {
        let fault = match self.knob {
            "error" => {
                find_error(self.value).ok_or_else(|| self.bad())?;
                Fault::Error {
                    name: self.value.to_owned(),
                    shape: None,
                    retry_after: None,
                }
            }
            "midstream" => self.midstream()?,
            "shape" | "at" | "retry-after" => return self.qualify().map(|()| true),
            "stall" => Fault::Stall(self.point()?),
            "reset" => Fault::Reset(self.point()?),
            "truncate" => self.truncate()?,
            "eof-without-end" if self.value.is_empty() => Fault::EofWithoutEnd { after: None },
            "eof-without-end" => Fault::EofWithoutEnd {
                after: Some(self.number()?),
            },
            "html" => Fault::Html,
            "empty" => Fault::Empty,
            "redirect" => self.redirect()?,
            "oversize" => Fault::Oversize(match self.value {
                "line" => Oversize::Line,
                "event" => Oversize::Event,
                "header" => Oversize::Header,
                "header-count" => Oversize::HeaderCount,
                "header-bytes" => Oversize::HeaderBytes,
                "error-body" => Oversize::ErrorBody,
                "gzip-bomb" => Oversize::GzipBomb,
                _ => return Err(self.bad()),
            }),
            _ => return Ok(false),
        };
        self.script.fault = Some(fault);
        Ok(true)
    }

    /// `markdown=500`, or `markdown=500:table` for one block of that kind.
    fn markdown(&self) -> Result<(Kind, u32), ScriptError> {
        let (count, kind) = self.value.split_once(':').unwrap_or((self.value, "mixed"));
        let kind = Kind::named(kind).ok_or_else(|| self.bad())?;
        let count = count.parse().ok().ok_or_else(|| self.bad())?;
        Ok((kind, count))
    }

    /// `stretch=100:200` for 200 tokens a second from token 100 on, `stretch=100:200:2` after a
    /// pause of two seconds. They stand in their order.
    fn stretch(&mut self) -> Result<(), ScriptError> {
        let stretch = self.read_stretch().ok_or_else(|| self.bad())?;
        self.script.stretches.push(stretch);
        Ok(())
    }

    fn read_stretch(&self) -> Option<Stretch> {
        let mut parts = self.value.splitn(3, ':');
        let from = parts.next()?.parse().ok()?;
        let rate = parts.next()?.parse().ok().filter(|rate| *rate > 0.0)?;
        let pause = parts.next().unwrap_or("0").parse().ok()?;
        let in_order = self
            .script
            .stretches
            .last()
            .is_none_or(|last| last.from <= from);
        in_order.then_some(Stretch {
            from,
            rate,
            pause: Duration::try_from_secs_f64(pause).ok()?,
        })
    }

    /// `midstream=F`, `midstream=429-tpm`, or a bare `midstream`; both after 20 events.
    fn midstream(&self) -> Result<Fault, ScriptError> {
        let shape = Shape::named(self.value);
        let name = match shape {
            Some(_) => "400-inspection-output",
            None if self.value.is_empty() => "400-inspection-output",
            None => find_error(self.value)
                .map(|_| self.value)
                .ok_or_else(|| self.bad())?,
        };
        Ok(Fault::Midstream {
            name: name.to_owned(),
            shape,
            after: 20,
        })
    }

    /// The knobs that say more about an `error` or `midstream` before them.
    fn qualify(&mut self) -> Result<(), ScriptError> {
        let bad = self.bad();
        let named_shape = Shape::named(self.value);
        match (self.knob, &mut self.script.fault) {
            ("shape", Some(Fault::Error { shape, .. } | Fault::Midstream { shape, .. })) => {
                *shape = Some(named_shape.ok_or(bad)?);
            }
            ("at", Some(Fault::Midstream { after, .. })) => {
                *after = self.value.parse().ok().ok_or(bad)?;
            }
            ("retry-after", Some(Fault::Error { retry_after, .. })) => {
                *retry_after = Some(self.value.to_owned());
            }
            _ => return Err(bad),
        }
        Ok(())
    }

    /// `after:10`, `headers`, or nothing for "after the first event".
    fn point(&self) -> Result<Point, ScriptError> {
        match self.value.split_once(':') {
            Some(("after", count)) => {
                Ok(Point::After(count.parse().ok().ok_or_else(|| self.bad())?))
            }
            None if self.value == "headers" => Ok(Point::Head),
            None if self.value.is_empty() => Ok(Point::After(1)),
            _ => Err(self.bad()),
        }
    }

    fn truncate(&self) -> Result<Fault, ScriptError> {
        let (kind, count) = self.value.split_once(':').unwrap_or((self.value, "1"));
        let end = match kind {
            "after" | "chunked" | "" => BodyEnd::Chunked,
            "length" => BodyEnd::Length,
            "clean" => BodyEnd::Clean,
            _ => return Err(self.bad()),
        };
        Ok(Fault::Truncate {
            after: count.parse().ok().ok_or_else(|| self.bad())?,
            end,
        })
    }

    /// `redirect=URL` or `redirect=308:URL`.
    fn redirect(&self) -> Result<Fault, ScriptError> {
        let numbered = self.value.split_once(':').and_then(|(status, location)| {
            let status: u16 = status.parse().ok()?;
            Some((status, location))
        });
        let (status, location) = numbered.unwrap_or((302, self.value));
        if !(300..400).contains(&status) || location.is_empty() {
            return Err(self.bad());
        }
        Ok(Fault::Redirect {
            status,
            location: location.to_owned(),
        })
    }

    fn framing(&mut self) -> Result<(), ScriptError> {
        for name in self.value.split([',', '+']) {
            let framing = &mut self.script.framing;
            match name {
                "lf" => framing.line_end = LineEnd::Lf,
                "crlf" => framing.line_end = LineEnd::Crlf,
                "cr" => framing.line_end = LineEnd::Cr,
                "mixed" => framing.line_end = LineEnd::Mixed,
                "no-blank" => framing.no_blank = true,
                "multiline" => framing.multiline = true,
                "split" => framing.split = true,
                "bom" => framing.byte_order_mark = true,
                "swap-space" => framing.swap_space = true,
                _ => return Err(self.bad()),
            }
        }
        Ok(())
    }

    fn number<N: FromStr>(&self) -> Result<N, ScriptError> {
        self.value.parse().ok().ok_or_else(|| self.bad())
    }

    fn positive(&self) -> Result<f64, ScriptError> {
        let number: f64 = self.number()?;
        if number > 0.0 {
            Ok(number)
        } else {
            Err(self.bad())
        }
    }

    /// Seconds with fractions, or milliseconds with `ms` behind them.
    fn seconds(&self) -> Result<Duration, ScriptError> {
        let (number, unit) = match self.value.strip_suffix("ms") {
            Some(number) => (number, 0.001),
            None => (self.value.strip_suffix('s').unwrap_or(self.value), 1.0),
        };
        let number: f64 = number.parse().ok().ok_or_else(|| self.bad())?;
        Duration::try_from_secs_f64(number * unit)
            .ok()
            .ok_or_else(|| self.bad())
    }

    fn bad(&self) -> ScriptError {
        ScriptError::BadValue {
            knob: self.knob.to_owned(),
            value: self.value.to_owned(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn knobs_are_read_with_and_without_the_word() {
        let script: Script = "/fake tokens=5 flood stall=after:2 framing=crlf,split"
            .parse()
            .unwrap();
        assert_eq!(script.tokens, Some(5));
        assert!(script.rate.is_infinite());
        assert_eq!(script.fault, Some(Fault::Stall(Point::After(2))));
        assert_eq!(script.framing.line_end, LineEnd::Crlf);
        assert!(script.framing.split);
        assert_eq!(
            "tokens=5 flood stall=after:2 framing=crlf,split".parse(),
            Ok(script)
        );
        assert_eq!("".parse(), Ok(Script::default()));
    }

    #[test]
    fn words_take_the_rest_of_the_line() {
        let script: Script = "seed=3 text=tokens=9 and\\nmore".parse().unwrap();
        assert_eq!((script.seed, script.tokens), (Some(3), None));
        assert_eq!(script.text.as_deref(), Some("tokens=9 and\nmore"));
    }

    #[test]
    fn mistakes_are_named() {
        let unknown = "tokns=5".parse::<Script>().unwrap_err();
        assert_eq!(unknown, ScriptError::UnknownKnob(String::from("tokns")));
        for bad in [
            "tokens=x",
            "rate=-1",
            "delay=x",
            "at=5",
            "shape=Z",
            "redirect=200:x",
            "usage=5",
            "markdown=x",
            "markdown=9:poem",
            "stretch=9",
            "stretch=9:0",
        ] {
            let (knob, value) = bad.split_once('=').unwrap();
            let error = ScriptError::BadValue {
                knob: knob.to_owned(),
                value: value.to_owned(),
            };
            assert_eq!(bad.parse::<Script>(), Err(error), "{bad}");
        }
    }

    #[test]
    fn seconds_and_milliseconds() {
        let delay = |text: &str| text.parse::<Script>().unwrap().delay;
        assert_eq!(delay("delay=2"), Duration::from_secs(2));
        assert_eq!(delay("delay=0.5s"), Duration::from_millis(500));
        assert_eq!(delay("delay=250ms"), Duration::from_millis(250));
    }
}
