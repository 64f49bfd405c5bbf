//! Which grammar a language's name means.

use std::sync::LazyLock;
use syntect::parsing::{SyntaxReference, SyntaxSet};

/// Grammars are read once and compiled piece by piece as code needs them.
static GRAMMARS: LazyLock<SyntaxSet> = LazyLock::new(two_face::syntax::extra_newlines);

/// Names that models write and grammars do not have, beside what the grammar is found by.
const ALIASES: [(&str, &str); 59] = [
    ("assembly", "asm"),
    ("bat", "Batch File"),
    ("c#", "cs"),
    ("cjs", "js"),
    ("cmd", "Batch File"),
    ("console", "sh"),
    ("containerfile", "Dockerfile"),
    ("csharp", "cs"),
    ("cts", "ts"),
    ("cu", "cpp"),
    ("cuda", "cpp"),
    ("cxx", "cpp"),
    ("django", "jinja2"),
    ("docker", "Dockerfile"),
    ("ejs", "html"),
    ("elisp", "lisp"),
    ("erl", "Erlang"),
    ("golang", "go"),
    ("gql", "graphql"),
    ("h", "C"),
    ("h++", "cpp"),
    ("handlebars", "html"),
    ("hcl", "tf"),
    ("hlsl", "glsl"),
    ("html5", "html"),
    ("ipython", "py"),
    ("javascriptreact", "tsx"),
    ("json5", "json"),
    ("jsonc", "json"),
    ("jsonl", "json"),
    ("jsx", "tsx"),
    ("kts", "kt"),
    ("make", "Makefile"),
    ("mjs", "js"),
    ("mk", "Makefile"),
    ("mts", "ts"),
    ("mysql", "sql"),
    ("node", "js"),
    ("obj-c", "Objective-C"),
    ("objc", "Objective-C"),
    ("objectivec", "Objective-C"),
    ("patch", "diff"),
    ("pgsql", "sql"),
    ("plsql", "sql"),
    ("postgres", "sql"),
    ("postgresql", "sql"),
    ("protobuf", "proto"),
    ("python3", "py"),
    ("rlang", "r"),
    ("scheme", "lisp"),
    ("shell", "sh"),
    ("shell-session", "sh"),
    ("shellscript", "sh"),
    ("sqlite", "sql"),
    ("svg", "xml"),
    ("tsql", "sql"),
    ("typescriptreact", "tsx"),
    ("yml", "yaml"),
    ("zsh", "sh"),
];

/// What would be found by the ending of another language's files.
const UNKNOWN: [&str; 3] = ["f#", "fs", "fsharp"];

/// What a reply is most likely to hold: these are compiled before the first code arrives. Others are compiled
/// when they come, within a tenth of a second or so: each keeps ten to twenty megabytes from then on.
pub(super) const COMMON: [(&str, &str); 2] = [
    (
        "py",
        "import os\n\n@cached\nclass A(B):\n    \"\"\"text\"\"\"\n    async def f(self, x: int = 1) -> str:\n        # note\n        return f\"{x} {os.name}\" if not x else [1.5, None, 'a\\n']\n",
    ),
    (
        "json",
        "{ \"k\": [1, -2.5, true, null, \"a\\n\"], \"m\": { \"n\": {} } }\n",
    ),
];

/// The grammar of a language as a code fence names it.
pub(super) fn find(language: &str) -> Option<&'static SyntaxReference> {
    let name = plain_name(language);
    if UNKNOWN.contains(&name.as_str()) {
        return None;
    }
    let known = ALIASES.iter().find(|(alias, _)| *alias == name);
    let name = known.map_or(name.as_str(), |(_, grammar)| grammar);
    let found = (!name.is_empty()).then(|| GRAMMARS.find_syntax_by_token(name))?;
    found.filter(|grammar| grammar.name != "Plain Text")
}

/// The grammars, which every lexer needs.
pub(super) fn all() -> &'static SyntaxSet {
    &GRAMMARS
}

/// `Rust,ignore`, `{.python}` and `language-js title="a"` name their language too.
fn plain_name(language: &str) -> String {
    let mut words = language.split(|character: char| {
        character.is_whitespace() || matches!(character, ',' | ';' | ':' | '{' | '}' | '(')
    });
    let word = words.find(|word| !word.is_empty()).unwrap_or_default();
    let word = word.strip_prefix('.').unwrap_or(word);
    let word = word.to_lowercase();
    word.strip_prefix("language-")
        .map_or_else(|| word.clone(), str::to_owned)
}
