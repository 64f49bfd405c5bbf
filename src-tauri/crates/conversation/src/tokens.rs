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

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_script_has_its_cost() {
        for (text, expected) in [
            ("", 0),
            (" ", 1),
            ("a", 1),
            // 10 letters at 0.3 and a space at 0.2
            ("hello world", 4),
            // numbers are split into digits
            ("1234567890", 10),
            ("x=1;", 3),
            ("千问是什么", 5),
            ("カタカナ", 4),
            ("한국어", 3),
            ("，。！", 3),
            ("Привет", 3),
            ("naïve", 2),
            ("สวัสดี", 6),
            ("😀", 3),
            // four people of 3 each and three joiners of 1 each
            ("👨\u{200D}👩\u{200D}👧\u{200D}👦", 15),
            // outside the basic plane
            ("𠮷", 3),
            ("❤\u{FE0F}", 2),
        ] {
            assert_eq!(estimate_tokens(text), expected, "{text:?}");
        }
    }

    #[test]
    fn code_and_prose_cost_more_than_their_characters_suggest() {
        let code = "fn main() {\n    let x = 42;\n}\n";
        let words = "mainly letters and such thing";
        assert!(estimate_tokens(code) > estimate_tokens(words));
    }
}
