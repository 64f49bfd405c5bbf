//! Letters of another shape, written as the characters that have that shape: not every engine
//! draws a `mathvariant`.

/// The first characters of a shape's capitals, small letters and digits.
struct Shape {
    capitals: u32,
    smalls: u32,
    digits: Option<u32>,
}

/// The letters that stood elsewhere before the others came.
const EARLIER: [(u32, char); 24] = [
    (0x1D455, 'ℎ'),
    (0x1D49D, 'ℬ'),
    (0x1D4A0, 'ℰ'),
    (0x1D4A1, 'ℱ'),
    (0x1D4A3, 'ℋ'),
    (0x1D4A4, 'ℐ'),
    (0x1D4A7, 'ℒ'),
    (0x1D4A8, 'ℳ'),
    (0x1D4AD, 'ℛ'),
    (0x1D4BA, 'ℯ'),
    (0x1D4BC, 'ℊ'),
    (0x1D4C4, 'ℴ'),
    (0x1D506, 'ℭ'),
    (0x1D50B, 'ℌ'),
    (0x1D50C, 'ℑ'),
    (0x1D515, 'ℜ'),
    (0x1D51D, 'ℨ'),
    (0x1D53A, 'ℂ'),
    (0x1D53F, 'ℍ'),
    (0x1D545, 'ℕ'),
    (0x1D547, 'ℙ'),
    (0x1D548, 'ℚ'),
    (0x1D549, 'ℝ'),
    (0x1D551, 'ℤ'),
];

/// A text in the shape that a `mathvariant` names; nothing for one that is not known.
pub(super) fn shaped(text: &str, variant: &str) -> Option<String> {
    let (capitals, smalls, digits) = match variant {
        "bold" => (0x1D400, 0x1D41A, Some(0x1D7CE)),
        "italic" => (0x1D434, 0x1D44E, None),
        "bold-italic" => (0x1D468, 0x1D482, None),
        "script" => (0x1D49C, 0x1D4B6, None),
        "bold-script" => (0x1D4D0, 0x1D4EA, None),
        "fraktur" => (0x1D504, 0x1D51E, None),
        "double-struck" => (0x1D538, 0x1D552, Some(0x1D7D8)),
        "bold-fraktur" => (0x1D56C, 0x1D586, None),
        "sans-serif" => (0x1D5A0, 0x1D5BA, Some(0x1D7E2)),
        "bold-sans-serif" => (0x1D5D4, 0x1D5EE, Some(0x1D7EC)),
        "sans-serif-italic" => (0x1D608, 0x1D622, None),
        "sans-serif-bold-italic" => (0x1D63C, 0x1D656, None),
        "monospace" => (0x1D670, 0x1D68A, Some(0x1D7F6)),
        _ => return None,
    };
    let shape = Shape {
        capitals,
        smalls,
        digits,
    };
    let greek = greek_capitals(variant);
    Some(text.chars().map(|letter| shape.of(letter, greek)).collect())
}

/// A formula with the letters that the typesetter knows by a command only.
pub(super) fn named(source: &str) -> String {
    let mut named = String::with_capacity(source.len());
    for letter in source.chars() {
        let place = "ℂℍℕℙℚℝℤ".chars().zip("CHNPQRZ".chars());
        match place.clone().find(|(known, _)| *known == letter) {
            Some((_, plain)) => named.extend(["\\mathbb{", plain.encode_utf8(&mut [0; 4]), "}"]),
            None => named.push(letter),
        }
    }
    named
}

impl Shape {
    fn of(&self, letter: char, greek: Option<u32>) -> char {
        let place = match (letter, greek, self.digits) {
            ('A'..='Z', ..) => self.capitals + (u32::from(letter) - u32::from('A')),
            ('a'..='z', ..) => self.smalls + (u32::from(letter) - u32::from('a')),
            ('0'..='9', _, Some(digits)) => digits + (u32::from(letter) - u32::from('0')),
            ('Α'..='Ω', Some(greek), _) => greek + (u32::from(letter) - u32::from('Α')),
            // The small letters stand 26 places after the capitals, with nabla between them.
            ('α'..='ω', Some(greek), _) => greek + 26 + (u32::from(letter) - u32::from('α')),
            _ => return letter,
        };
        let earlier = EARLIER.iter().find(|(hole, _)| *hole == place);
        earlier.map_or_else(
            || char::from_u32(place).unwrap_or(letter),
            |(_, known)| *known,
        )
    }
}

fn greek_capitals(variant: &str) -> Option<u32> {
    match variant {
        "bold" => Some(0x1D6A8),
        "italic" => Some(0x1D6E2),
        "bold-italic" => Some(0x1D71C),
        "bold-sans-serif" => Some(0x1D756),
        "sans-serif-bold-italic" => Some(0x1D790),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn letters_take_the_shape_they_are_to_have() {
        let shapes = [
            ("R", "double-struck", "ℝ"),
            ("AB1", "double-struck", "𝔸𝔹𝟙"),
            ("LB", "script", "ℒℬ"),
            ("g", "fraktur", "𝔤"),
            ("A0", "bold", "𝐀𝟎"),
            ("θΩ", "bold-italic", "𝜽𝜴"),
            ("Ab0", "monospace", "𝙰𝚋𝟶"),
            ("速", "bold", "速"),
        ];
        for (text, variant, shape) in shapes {
            assert_eq!(
                shaped(text, variant).as_deref(),
                Some(shape),
                "{text} {variant}"
            );
        }
        assert_eq!(shaped("x", "url(evil)"), None);
    }
}
