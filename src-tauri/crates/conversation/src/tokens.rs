//! Estimates how many tokens a text costs, without a tokenizer.
//!
//! It serves to stay inside a model's input limit, so it errs upwards; what was really used is
//! in the vendor's usage figures, never here.

/// Costs are summed in tenths of a token.
const TENTHS: u64 = 10;

/// Estimated tokens of `text`; 0 only for the empty text.
///
/// By character: 0.3 for ASCII letters, 0.2 for white space, 1 for a digit (Qwen's tokenizer
/// splits numbers into digits), 0.7 for other ASCII, 0.5 for other Latin, Greek and Cyrillic
/// letters, 1 for Han, kana, Hangul and CJK punctuation, 3 beyond the basic plane (emoji, rare
/// Han: they fall back to bytes), 1 for everything else.
pub fn estimate_tokens(text: &str) -> u32 {
    let tenths: u64 = text.chars().map(tenths_of).sum();
    u32::try_from(tenths.div_ceil(TENTHS)).unwrap_or(u32::MAX)
}

fn tenths_of(character: char) -> u64 {
    match character {
        'a'..='z' | 'A'..='Z' => 3,
        ' ' | '\t' | '\n' | '\r' => 2,
        '0'..='9' => 10,
        '\0'..='\u{7F}' => 7,
        // Latin-1 letters to Latin Extended-B, Greek, Cyrillic.
        '\u{C0}'..='\u{24F}' | '\u{370}'..='\u{52F}' => 5,
        '\u{1_0000}'.. => 30,
        _ => 10,
    }
}
