//! Seeded Markdown of a wanted length, so that a client's rendering can be looked at and measured.
//! The mixed document holds one and the same probe at several places: what a client pays for it
//! early and late is what a long reply costs.

use std::ops::Range;

use crate::answer::{Language, generated, tokenised};
use crate::random::Random;

/// Where the probe begins at the earliest, in tokens.
const PROBES: [usize; 4] = [1_000, 5_000, 10_000, 19_000];

/// The probe: prose, code, a table, a nested list, a formula and a quote, about 430 tokens.
const PROBE: &str = include_str!("../data/probe.md");

/// Pieces of code, one after another.
const CODE: &str = include_str!("../data/code.md");

/// What a document is made of.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum Kind {
    /// Prose, headings, code, tables, formulas, lists, quotes, images.
    #[default]
    Mixed,
    /// One code block.
    Code,
    /// One list.
    List,
    /// One table.
    Table,
    /// One paragraph.
    Paragraph,
}

impl Kind {
    /// Every kind, the mixed one first.
    pub const ALL: [Self; 5] = [
        Self::Mixed,
        Self::Code,
        Self::List,
        Self::Table,
        Self::Paragraph,
    ];

    /// Its name in a directive.
    pub fn name(self) -> &'static str {
        match self {
            Self::Mixed => "mixed",
            Self::Code => "code",
            Self::List => "list",
            Self::Table => "table",
            Self::Paragraph => "paragraph",
        }
    }

    pub(crate) fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }
}

/// Seeded Markdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Document {
    /// The Markdown, cut as an answer sends it.
    pub tokens: Vec<String>,
    /// Where the probes are, in tokens; none in a document that is one block.
    pub probes: Vec<Range<usize>>,
}

impl Document {
    /// At least this many tokens of this kind; equal seeds give equal text.
    pub fn seeded(kind: Kind, tokens: usize, seed: u64) -> Self {
        let random = Random::new(seed);
        let writer = Writer {
            random,
            tokens: Vec::new(),
            probes: Vec::new(),
        };
        match kind {
            Kind::Mixed => writer.mixed(tokens),
            Kind::Code => writer.code_alone(tokens),
            Kind::List => writer.rows(tokens, "", |writer, row| {
                let words = writer.words(9);
                let depth = if row % 5 == 3 { "  " } else { "" };
                format!("{depth}- {words}\n")
            }),
            Kind::Table => {
                let head = "| name | 说明 | value |\n| :-- | --- | --: |\n";
                writer.rows(tokens, head, |writer, row| {
                    format!(
                        "| {} | {} | {row} |\n",
                        writer.words(3),
                        writer.chinese_words(4)
                    )
                })
            }
            Kind::Paragraph => writer.rows(tokens, "", |writer, row| {
                let words = writer.words(12);
                let link = match row % 9 {
                    0 => " with **bold words**",
                    4 => " and `a code` of it",
                    7 => " or [a link](https://example.com/a)",
                    _ => "",
                };
                format!("{words}{link}. ")
            }),
        }
    }

    /// The Markdown in one piece.
    pub fn text(&self) -> String {
        self.tokens.concat()
    }
}

/// A document being written.
struct Writer {
    random: Random,
    tokens: Vec<String>,
    probes: Vec<Range<usize>>,
}

impl Writer {
    fn mixed(mut self, tokens: usize) -> Document {
        let snippets: Vec<&str> = CODE.split("\n\n\n").collect();
        let mut due = PROBES.iter().copied().peekable();
        let mut section = 0;
        while self.tokens.len() < tokens {
            if due.next_if(|place| *place <= self.tokens.len()).is_some() {
                let from = self.tokens.len();
                self.add(PROBE);
                self.probes.push(from..self.tokens.len());
                continue;
            }
            let text = match section % 11 {
                0 => format!("## {}\n\n", self.words(5).trim()),
                1 | 6 => self.prose(Language::English),
                2 => {
                    let snippet = snippets.get((section / 11) % snippets.len().max(1));
                    format!("{}\n\n", snippet.copied().unwrap_or_default().trim())
                }
                3 | 8 => self.prose(Language::Chinese),
                4 => self.list(),
                5 => self.table(),
                7 => self.formulas(),
                9 => self.quote(),
                _ => self.pictures(),
            };
            section += 1;
            self.add(&text);
        }
        self.finish()
    }

    fn code_alone(mut self, tokens: usize) -> Document {
        self.add("```rust\n");
        let mut line = 0;
        while self.tokens.len() < tokens {
            let (first, second) = (self.words(1), self.words(2));
            let (name, words) = (first.trim().to_lowercase(), second.trim());
            self.add(&match line % 6 {
                0 => format!("/// {words}, the {line}th time.\n"),
                1 => format!("fn {name}_{line}(count: usize) -> Option<String> {{\n"),
                2 => format!("    let {name} = \"{words} 河水\".repeat(count + {line});\n"),
                3 => format!(
                    "    match {name}.len() {{ 0 => None, _ => Some({name}) }} // {words}\n"
                ),
                4 => String::from("}\n"),
                _ => String::from("\n"),
            });
            line += 1;
        }
        self.add("```\n");
        self.finish()
    }

    /// Rows until there are enough tokens.
    fn rows(
        mut self,
        tokens: usize,
        head: &str,
        row: impl Fn(&mut Self, usize) -> String,
    ) -> Document {
        self.add(head);
        let mut number = 0;
        while self.tokens.len() < tokens {
            let text = row(&mut self, number);
            self.add(&text);
            number += 1;
        }
        self.finish()
    }

    fn prose(&mut self, language: Language) -> String {
        let words = generated(language, 90, &mut self.random).concat();
        let (strong, link) = (self.words(2), self.words(3));
        let (strong, link) = (strong.trim(), link.trim());
        match language {
            Language::English => format!(
                "{} **{strong}**, *{link}* and `let x = 1;` [here](https://example.com/{}).\n\n",
                words.trim(),
                self.random.below(90)
            ),
            Language::Chinese => format!(
                "{}**{strong}**，另见[文档](https://example.com/zh/{})与`代码`。\n\n",
                words.trim(),
                self.random.below(90)
            ),
        }
    }

    fn list(&mut self) -> String {
        let mut text = String::new();
        for row in 0..6 {
            let words = self.words(8);
            let words = words.trim();
            let line = match row {
                0 => format!("1. {words}\n"),
                1 | 2 => format!("   - {words} `{row}`\n"),
                3 => format!("2. **{words}**\n"),
                4 => format!("\n- [x] {words}\n"),
                _ => format!("- [ ] {}\n\n", self.chinese_words(6)),
            };
            text.push_str(&line);
        }
        text
    }

    fn table(&mut self) -> String {
        let mut text = String::from("| what | how many | 说明 |\n| --- | ---: | :-: |\n");
        for row in 0..5 {
            let (words, chinese) = (self.words(3), self.chinese_words(3));
            let row = format!("| {} | {row}.{row} | {chinese} |\n", words.trim());
            text.push_str(&row);
        }
        text + "\n"
    }

    fn formulas(&mut self) -> String {
        let (before, after) = (self.words(6), self.chinese_words(8));
        let power = self.random.below(9) + 2;
        format!(
            "{} $a^{power} + b_{{{power}}} \\le \\frac{{c}}{{2}}$ {after}：\n\n\
             $$\\sum_{{k=1}}^{{n}} k^{power} = \\int_0^1 x^{power}\\,dx + \\sqrt{{\\alpha}}$$\n\n",
            before.trim()
        )
    }

    fn quote(&mut self) -> String {
        let (words, chinese) = (self.words(20), self.chinese_words(20));
        format!("> {}\n>\n> {chinese}\n\n", words.trim())
    }

    fn pictures(&mut self) -> String {
        let words = self.words(12);
        let number = self.random.below(90);
        format!(
            "{} ![a picture of {number}](https://example.com/{number}.png) ~~{number}~~\n\n---\n\n",
            words.trim()
        )
    }

    fn words(&mut self, count: u32) -> String {
        generated(Language::English, count, &mut self.random)
            .concat()
            .replace("\n\n", " ")
    }

    fn chinese_words(&mut self, count: u32) -> String {
        generated(Language::Chinese, count, &mut self.random)
            .concat()
            .replace("\n\n", "")
    }

    fn add(&mut self, text: &str) {
        self.tokens.extend(tokenised(text));
    }

    fn finish(self) -> Document {
        Document {
            tokens: self.tokens,
            probes: self.probes,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_mixed_document_holds_its_probe_at_four_places() {
        let document = Document::seeded(Kind::Mixed, 20_000, 7);
        let tokens = &document.tokens;
        assert!((20_000..21_000).contains(&tokens.len()), "{}", tokens.len());
        assert_eq!(document.probes.len(), 4);
        for (probe, place) in document.probes.iter().zip(PROBES) {
            assert!((place..place + 300).contains(&probe.start), "{probe:?}");
            assert!((380..520).contains(&probe.len()), "{probe:?}");
            assert_eq!(tokens[probe.clone()].concat(), PROBE);
        }
        let fences = document.text().matches("\n```").count();
        assert!((56..=80).contains(&fences), "{fences}");
        assert_eq!(document, Document::seeded(Kind::Mixed, 20_000, 7));
        assert_ne!(document, Document::seeded(Kind::Mixed, 20_000, 8));
    }

    #[test]
    fn the_other_documents_are_one_block() {
        for kind in Kind::ALL.into_iter().skip(1) {
            let document = Document::seeded(kind, 3_000, 7);
            let tokens = document.tokens.len();
            assert!((3_000..3_100).contains(&tokens), "{kind:?}: {tokens}");
            if kind != Kind::Code {
                assert!(!document.text().contains("\n\n"), "{kind:?}");
            }
        }
    }
}
