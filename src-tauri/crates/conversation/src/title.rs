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
