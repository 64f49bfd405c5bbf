//! Makes a conversation's first title from what the person wrote.

use unicode_segmentation::UnicodeSegmentation as _;

/// Longest title in characters (Unicode scalar values), the "…" of a cut one included.
pub const MAX_TITLE_CHARACTERS: usize = 40;

/// The first line that shows something, its white space folded to single spaces, cut to
/// [`MAX_TITLE_CHARACTERS`] with "…" at the end. Empty when no line shows anything.
///
/// A cut never splits what a reader sees as one character, such as a family emoji.
pub fn title_from(text: &str) -> String {
    let title = text
        .lines()
        .map(fold)
        .find(|line| !line.is_empty())
        .unwrap_or_default();
    if title.chars().count() <= MAX_TITLE_CHARACTERS {
        return title;
    }
    let mut cut = String::new();
    let mut characters = 0;
    for cluster in title.graphemes(true) {
        characters += cluster.chars().count();
        if characters >= MAX_TITLE_CHARACTERS {
            break;
        }
        cut.push_str(cluster);
    }
    cut.truncate(cut.trim_end().len());
    cut.push('…');
    cut
}

fn fold(line: &str) -> String {
    let shown: String = line
        .chars()
        .filter(|character| !is_invisible(*character))
        .collect();
    shown.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// Characters that show nothing, or that would reorder the text beside the title.
fn is_invisible(character: char) -> bool {
    let is_reordering = matches!(character, '\u{200E}' | '\u{200F}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}');
    let is_blank = matches!(character, '\u{200B}' | '\u{2060}' | '\u{FEFF}' | '\u{00AD}');
    is_reordering || is_blank || (character.is_control() && !character.is_whitespace())
}

#[cfg(test)]
mod tests {
    use super::*;

    const FAMILY: &str = "👨\u{200D}👩\u{200D}👧\u{200D}👦";

    #[test]
    fn the_first_line_that_shows_something_becomes_the_title() {
        for (text, expected) in [
            ("", ""),
            (" \n\t\r\n\u{3000}\n", ""),
            ("\u{200B}\u{FEFF}\nhello", "hello"),
            ("  one \t two\r\nthree", "one two"),
            ("\n\n  second line first", "second line first"),
            ("a\u{A0}\u{3000}b", "a b"),
            ("千问\n你好", "千问"),
            ("safe\u{202E}txt.exe", "safetxt.exe"),
            ("bell\u{7}\u{1b}[31m red", "bell[31m red"),
            ("e\u{301}te\u{301}", "e\u{301}te\u{301}"),
            (FAMILY, FAMILY),
        ] {
            assert_eq!(title_from(text), expected, "{text:?}");
        }
    }

    #[test]
    fn a_title_of_forty_characters_is_whole_and_a_longer_one_ends_in_an_ellipsis() {
        for letter in ["a", "汉", "😀"] {
            assert_eq!(title_from(&letter.repeat(40)), letter.repeat(40));
            assert_eq!(
                title_from(&letter.repeat(41)),
                format!("{}…", letter.repeat(39))
            );
        }
    }

    #[test]
    fn a_cut_never_splits_what_is_seen_as_one_character() {
        for whole in [FAMILY, "👍🏽", "🇨🇳", "e\u{301}\u{302}", "각", "❤\u{FE0F}"] {
            let size = whole.chars().count();
            for before in 30..40 {
                let lead = "x".repeat(before);
                let title = title_from(&format!("{lead}{}", whole.repeat(12)));
                assert!(title.chars().count() <= MAX_TITLE_CHARACTERS, "{title:?}");
                let kept = (MAX_TITLE_CHARACTERS - 1 - before) / size;
                assert_eq!(title, format!("{lead}{}…", whole.repeat(kept)), "{whole:?}");
            }
        }
    }

    #[test]
    fn a_cut_leaves_no_space_before_the_ellipsis() {
        let title = title_from(&format!("{} {}", "a".repeat(38), "b".repeat(20)));
        assert_eq!(title, format!("{}…", "a".repeat(38)));
    }
}
