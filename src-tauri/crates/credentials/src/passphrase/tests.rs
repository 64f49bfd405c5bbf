//! K-13: what a passphrase file does when the passphrase or the file is not right.

use super::*;

const RIGHT: &str = "correct horse battery";
const ORIGIN: &str = "https://dashscope.aliyuncs.com";

/// The least a file may ask for, so that hundreds of attempts take no time.
const CHEAP: Cost = Cost {
    memory_kib: 8 * 1024,
    passes: 1,
    lanes: 1,
};

fn secret(text: &str) -> SecretString {
    SecretString::from(text)
}

fn item_of(key: &str) -> Zeroizing<Vec<u8>> {
    item::encode(&secret(key), ORIGIN, 7).expect("an item")
}

struct Fixture {
    folder: tempfile::TempDir,
}

impl Fixture {
    fn new() -> Self {
        let folder = tempfile::tempdir().expect("a folder");
        Self { folder }
    }

    /// A file in which two accounts have keys.
    fn with_two_keys() -> Self {
        let fixture = Self::new();
        let file = fixture.file();
        file.keep("one", &item_of("sk-one"), Some(&secret(RIGHT)))
            .expect("kept");
        file.keep("two", &item_of("sk-two"), None)
            .expect("the passphrase is asked for once");
        fixture
    }

    /// The file as a program that has just started sees it.
    fn file(&self) -> PassphraseFile {
        PassphraseFile::at(self.path(), CHEAP)
    }

    fn path(&self) -> PathBuf {
        self.folder.path().join(PASSPHRASE_FILE)
    }

    fn text(&self) -> String {
        fs::read_to_string(self.path()).expect("the file")
    }
}

fn texts(keys: &[(String, StoredKey)]) -> Vec<(&str, &str)> {
    keys.iter()
        .map(|(account, stored)| (account.as_str(), stored.secret.expose_secret()))
        .collect()
}

#[test]
fn the_right_passphrase_opens_every_key() {
    let fixture = Fixture::with_two_keys();
    let file = fixture.file();
    assert_eq!(file.state(), PassphraseState::Locked);
    assert_eq!(file.holds("one"), Ok(true));
    assert_eq!(file.holds("three"), Ok(false));
    let keys = file.open(&secret(RIGHT)).expect("open");
    assert_eq!(texts(&keys), [("one", "sk-one"), ("two", "sk-two")]);
    assert!(keys.iter().all(|(_, key)| key.place == Place::File));
    assert!(keys.iter().all(|(_, key)| key.origin == ORIGIN));
    assert_eq!(file.state(), PassphraseState::Open);
}

#[test]
fn k_13_a_wrong_passphrase_is_said_and_opens_nothing() {
    let fixture = Fixture::with_two_keys();
    let before = fixture.text();
    let file = fixture.file();
    let long = RIGHT.repeat(1_000);
    for wrong in [
        "",
        "x",
        "correct horse batterx",
        "Correct horse battery",
        " correct horse battery",
        "正确的马",
        long.as_str(),
    ] {
        let answer = file.open(&secret(wrong)).map(drop);
        assert_eq!(answer, Err(Error::PassphraseWrong), "{wrong:.30}");
        assert_eq!(file.state(), PassphraseState::Locked);
        let kept = file.keep("three", &item_of("sk-3"), Some(&secret(wrong)));
        assert_eq!(kept, Err(Error::PassphraseWrong));
    }
    assert_eq!(
        file.keep("three", &item_of("sk-3"), None),
        Err(Error::PassphraseNeeded)
    );
    assert_eq!(fixture.text(), before, "nothing was written");
}

#[test]
fn k_13_a_file_cut_anywhere_is_damaged() {
    let fixture = Fixture::with_two_keys();
    let whole = fixture.text().into_bytes();
    for length in 0..whole.len() {
        fs::write(fixture.path(), &whole[..length]).expect("cut");
        let file = fixture.file();
        let answer = file.open(&secret(RIGHT)).map(drop);
        assert_eq!(answer, Err(Error::FileDamaged), "cut at {length}");
        assert_eq!(file.holds("one"), Err(Error::FileDamaged));
    }
}

#[test]
fn k_13_a_damaged_file_is_set_aside_for_a_new_one() {
    let fixture = Fixture::new();
    fs::write(fixture.path(), "{\"v\":1").expect("cut");
    let file = fixture.file();
    assert_eq!(file.state(), PassphraseState::None);
    let new = secret("another passphrase");
    assert_eq!(file.keep("one", &item_of("sk-new"), Some(&new)), Ok(()));
    let keys = fixture.file().open(&new).expect("open");
    assert_eq!(texts(&keys), [("one", "sk-new")]);
    let aside = fixture.path().with_extension("damaged");
    assert_eq!(fs::read(aside).expect("kept"), b"{\"v\":1");
}

#[test]
fn k_13_a_file_with_one_bit_flipped_is_damaged_or_the_same() {
    let fixture = Fixture::with_two_keys();
    let whole = fixture.text().into_bytes();
    let mut refused = 0;
    for place in 0..whole.len() {
        let mut flipped = whole.clone();
        flipped[place] ^= 1 << (place % 8);
        fs::write(fixture.path(), &flipped).expect("flipped");
        match fixture.file().open(&secret(RIGHT)) {
            // White space between two words of it.
            Ok(keys) => assert_eq!(texts(&keys), [("one", "sk-one"), ("two", "sk-two")]),
            Err(error) => {
                assert_eq!(error, Error::FileDamaged, "bit of byte {place}");
                refused += 1;
            }
        }
    }
    assert!(refused > whole.len() / 2, "{refused} of {}", whole.len());
}

#[test]
fn k_13_a_file_of_an_older_cost_opens_and_is_sealed_anew() {
    let fixture = Fixture::new();
    let older = Cost { passes: 2, ..CHEAP };
    let file = PassphraseFile::at(fixture.path(), older);
    file.keep("one", &item_of("sk-one"), Some(&secret(RIGHT)))
        .expect("kept");
    assert!(fixture.text().contains("\"passes\": 2"));

    let keys = fixture.file().open(&secret(RIGHT)).expect("open");
    assert_eq!(texts(&keys), [("one", "sk-one")]);
    assert!(fixture.text().contains("\"passes\": 1"), "the cost of now");
    let keys = fixture.file().open(&secret(RIGHT)).expect("open again");
    assert_eq!(texts(&keys), [("one", "sk-one")]);
}

#[test]
fn k_13_a_file_that_asks_for_too_little_or_too_much_is_not_tried() {
    let fixture = Fixture::with_two_keys();
    let sealed = || SealedFile::read(fixture.text().as_bytes()).expect("sound");
    for (memory_kib, passes, lanes) in [
        (8, 1, 1),
        (u32::MAX, 1, 1),
        (8 * 1024, 0, 1),
        (8 * 1024, u32::MAX, 1),
        (8 * 1024, 1, 0),
        (8 * 1024, 1, 255),
    ] {
        let hostile = SealedFile {
            cost: Cost {
                memory_kib,
                passes,
                lanes,
            },
            ..sealed()
        };
        let read = SealedFile::read(&hostile.written()).map(drop);
        assert_eq!(
            read,
            Err(Error::FileDamaged),
            "{memory_kib} {passes} {lanes}"
        );
    }
}

#[test]
fn k_13_a_key_moved_to_another_account_does_not_open() {
    let fixture = Fixture::with_two_keys();
    let mut file = SealedFile::read(fixture.text().as_bytes()).expect("sound");
    file.keys.truncate(1);
    file.keys[0].account = String::from("two");
    fs::write(fixture.path(), file.written()).expect("written");
    let opened = fixture.file().open(&secret(RIGHT)).map(drop);
    assert_eq!(opened, Err(Error::PassphraseWrong));
}

#[test]
fn a_new_file_wants_a_passphrase_that_is_long_enough() {
    let fixture = Fixture::new();
    let file = fixture.file();
    let kept = |passphrase: Option<&str>| {
        let passphrase = passphrase.map(secret);
        file.keep("one", &item_of("sk-one"), passphrase.as_ref())
    };
    assert_eq!(kept(None), Err(Error::PassphraseNeeded));
    assert_eq!(kept(Some("1234567")), Err(Error::PassphraseTooShort));
    assert_eq!(file.state(), PassphraseState::None);
    assert_eq!(kept(Some("八个汉字也就够了")), Ok(()));
    assert_eq!(file.state(), PassphraseState::Open);
}

#[test]
fn a_key_is_taken_out_without_the_passphrase_and_the_last_takes_the_file() {
    let fixture = Fixture::with_two_keys();
    let file = fixture.file();
    assert_eq!(file.remove("three"), Ok(false));
    assert_eq!(file.remove("one"), Ok(true));
    let keys = fixture.file().open(&secret(RIGHT)).expect("open");
    assert_eq!(texts(&keys), [("two", "sk-two")]);
    assert_eq!(file.remove("two"), Ok(true));
    assert!(!fixture.path().exists());
    assert_eq!(file.state(), PassphraseState::None);
}

#[test]
fn nothing_of_a_key_can_be_read_in_the_file() {
    let fixture = Fixture::with_two_keys();
    let text = fixture.text();
    for word in ["sk-one", "sk-two", RIGHT, "aliyuncs"] {
        assert!(!text.contains(word), "{word}");
        assert!(!text.contains(&base64_of(word)), "{word}");
    }
    let again = Fixture::with_two_keys().text();
    assert_ne!(text, again, "salt and nonces are drawn anew");
}

fn base64_of(text: &str) -> String {
    use base64::Engine as _;
    let coded = base64::engine::general_purpose::STANDARD.encode(text);
    // The last characters depend on what follows.
    coded.chars().take(coded.len() - 4).collect()
}

#[cfg(unix)]
#[test]
fn only_its_owner_can_read_the_file() {
    use std::os::unix::fs::PermissionsExt as _;
    let fixture = Fixture::with_two_keys();
    let mode = fs::metadata(fixture.path())
        .expect("the file")
        .permissions();
    assert_eq!(mode.mode() & 0o777, 0o600);
}
