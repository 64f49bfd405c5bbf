//! The parser's own HTML, with what we read otherwise brought to the same form first.

use super::{escaped, is_bare};
use markdown::gate;
use pulldown_cmark::{
    CowStr, Event, LinkType, Options, Parser, Tag, TagEnd, TextMergeStream, html::push_html,
};
use std::ops::Range;

type Placed<'a> = (Event<'a>, Range<usize>);

/// The HTML of a text: raw HTML as text, formulas as `<math>`, refused links as their source, bare
/// addresses and titles left out.
pub(super) fn html(source: &str) -> String {
    let options = Options::ENABLE_TABLES
        | Options::ENABLE_STRIKETHROUGH
        | Options::ENABLE_TASKLISTS
        | Options::ENABLE_FOOTNOTES
        | Options::ENABLE_MATH
        | Options::ENABLE_GFM;
    let events: Vec<Placed<'_>> = Parser::new_ext(source, options)
        .into_offset_iter()
        .collect();
    let events = html_as_text(source, events);
    let events = without_refused(source, &events);
    let mut html = String::new();
    push_html(&mut html, TextMergeStream::new(events.into_iter()));
    html
}

fn html_as_text<'a>(source: &str, events: Vec<Placed<'a>>) -> Vec<Placed<'a>> {
    let mut block: Option<String> = None;
    let mut out = Vec::new();
    let tight = in_tight_items(&events);
    for (index, (event, place)) in events.into_iter().enumerate() {
        let event = match event {
            Event::Start(Tag::HtmlBlock) => {
                block = Some(String::new());
                if tight.contains(&index) {
                    continue;
                }
                Event::Start(Tag::Paragraph)
            }
            Event::End(TagEnd::HtmlBlock) => {
                let text = block.take().unwrap_or_default();
                for (number, line) in text.trim_end_matches('\n').split('\n').enumerate() {
                    if number > 0 {
                        out.push((Event::HardBreak, place.clone()));
                    }
                    out.push((Event::Text(line.to_owned().into()), place.clone()));
                }
                if tight.contains(&index) {
                    continue;
                }
                Event::End(TagEnd::Paragraph)
            }
            Event::Html(text) | Event::Text(text) if block.is_some() => {
                block.as_mut().expect("it is some").push_str(&text);
                continue;
            }
            Event::InlineHtml(text) => Event::Text(text),
            Event::InlineMath(_)
                if source[place.end..].starts_with(|next: char| next.is_ascii_digit()) =>
            {
                Event::Text(source[place.clone()].to_owned().into())
            }
            Event::InlineMath(_) | Event::DisplayMath(_) => Event::InlineHtml("<math>".into()),
            other => other,
        };
        out.push((event, place));
    }
    out
}

/// Where blocks of HTML begin and end in items that show their paragraphs without marks.
fn in_tight_items(events: &[Placed<'_>]) -> Vec<usize> {
    let mut open: Vec<usize> = Vec::new();
    let mut html: Vec<(usize, usize)> = Vec::new();
    let mut loose: Vec<usize> = Vec::new();
    for (index, (event, _)) in events.iter().enumerate() {
        let around = |levels: usize| open.len().checked_sub(levels).map(|at| open[at]);
        let in_item = around(1).is_some_and(|at| matches!(events[at].0, Event::Start(Tag::Item)));
        let list = around(2).filter(|_| in_item);
        match event {
            Event::Start(Tag::Paragraph) => loose.extend(list),
            Event::Start(Tag::HtmlBlock) => html.extend(list.map(|list| (list, index))),
            _ => {}
        }
        match event {
            Event::Start(_) => open.push(index),
            Event::End(end) => {
                let start = open.pop();
                if *end == TagEnd::HtmlBlock {
                    let known = html.iter().find(|(_, at)| Some(*at) == start).copied();
                    html.extend(known.map(|(list, _)| (list, index)));
                }
            }
            _ => {}
        }
    }
    let tight = html.into_iter().filter(|(list, _)| !loose.contains(list));
    tight.map(|(_, index)| index).collect()
}

fn without_refused<'a>(source: &str, events: &[Placed<'a>]) -> Vec<Event<'a>> {
    let mut out = Vec::new();
    let mut index = 0;
    while let Some((event, place)) = events.get(index) {
        index += 1;
        let (kind, address, image) = match event {
            Event::Start(Tag::Link {
                link_type,
                dest_url,
                ..
            }) => (*link_type, dest_url, false),
            Event::Start(Tag::Image {
                link_type,
                dest_url,
                ..
            }) => (*link_type, dest_url, true),
            Event::Start(Tag::BlockQuote(Some(kind))) => {
                let name: CowStr<'_> = format!("{kind:?}").into();
                out.extend([
                    Event::Start(Tag::BlockQuote(None)),
                    Event::Start(Tag::Paragraph),
                    Event::Start(Tag::Strong),
                    Event::Text(name),
                    Event::End(TagEnd::Strong),
                    Event::End(TagEnd::Paragraph),
                ]);
                continue;
            }
            other => {
                out.push(other.clone());
                continue;
            }
        };
        let mail = kind == LinkType::Email;
        let address = if mail {
            format!("mailto:{address}")
        } else {
            address.to_string()
        };
        let rest = &events[index..];
        let end = end_of(rest);
        out.extend(link(source, &address, image, place.clone(), &rest[..end]));
        index += end + 1;
    }
    out
}

/// What stands for a link or an image with `inner` in it.
fn link<'a>(
    source: &str,
    address: &str,
    image: bool,
    place: Range<usize>,
    inner: &[Placed<'a>],
) -> Vec<Event<'a>> {
    let passed = gate(address).filter(|link| !(image && link.mail));
    let written = |range: Range<usize>| Event::Text(source[range].to_owned().into());
    let first = inner.first().map_or(place.end, |(_, inner)| inner.start);
    let last = inner.iter().map(|(_, inner)| inner.end).max();
    let last = last.unwrap_or(place.end);
    let inner = without_refused(source, inner);
    let shown: String = inner.iter().filter_map(text_of).collect();
    let around = |before, after| [vec![before], inner.clone(), vec![after]].concat();
    match passed {
        None if image => vec![written(place)],
        None => around(written(place.start..first), written(last..place.end)),
        Some(link) if image => {
            let (address, shown) = (escaped(&link.address), escaped(&shown));
            vec![html_event(format!(
                "<img src=\"{address}\" alt=\"{shown}\">"
            ))]
        }
        Some(link) if is_bare(&shown, &link.address) => inner,
        Some(link) => {
            let address = escaped(&link.address);
            let before = html_event(format!("<a href=\"{address}\">"));
            around(before, html_event("</a>".to_owned()))
        }
    }
}

fn html_event<'a>(html: String) -> Event<'a> {
    Event::InlineHtml(html.into())
}

/// How many events there are before the one that ends what was opened before them.
fn end_of(events: &[Placed<'_>]) -> usize {
    let mut depth = 0;
    let end = events.iter().position(|(event, _)| {
        match event {
            Event::Start(_) => depth += 1,
            Event::End(_) => depth -= 1,
            _ => {}
        }
        depth < 0
    });
    end.expect("what begins ends")
}

fn text_of<'a>(event: &'a Event<'_>) -> Option<&'a str> {
    match event {
        Event::Text(text) | Event::Code(text) => Some(text),
        Event::SoftBreak | Event::HardBreak => Some("\n"),
        Event::InlineHtml(html) if html.starts_with("<img ") => {
            let alt = html.split("alt=\"").nth(1)?;
            alt.strip_suffix("\">")
        }
        _ => None,
    }
}
