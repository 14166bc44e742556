//! How comments and strings are written, language by language: as much as is needed to tell them from code.

/// The marks of a family of languages.
#[derive(Debug)]
pub(super) struct Syntax {
    /// Extensions, in lower case.
    extensions: &'static [&'static str],
    /// Beginnings of names of files, in lower case, for those without an extension.
    names: &'static [&'static str],
    /// Marks that make the rest of the line a comment.
    pub(super) line: &'static [&'static str],
    /// Where such a mark counts.
    pub(super) line_at: LineAt,
    /// Pairs of marks with a comment between them.
    pub(super) block: &'static [(&'static str, &'static str)],
    /// Whether comments nest.
    pub(super) nests: bool,
    /// Strings; the longer delimiters first.
    pub(super) strings: &'static [Quote],
    /// Beginnings of comments that document.
    pub(super) documents: &'static [&'static str],
    /// Further habits.
    pub(super) habits: &'static [Habit],
}

/// Where the mark of a line comment counts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum LineAt {
    /// Anywhere.
    Anywhere,
    /// Behind white space, or at the beginning of a line.
    Word,
    /// At the beginning of a line only.
    Start,
}

/// How a string is written.
#[derive(Clone, Copy, Debug)]
pub(super) struct Quote {
    pub(super) open: &'static str,
    pub(super) close: &'static str,
    /// What takes the meaning from the next character.
    pub(super) escape: Option<u8>,
    /// Whether it goes on behind the end of a line.
    pub(super) is_long: bool,
}

/// What only some languages have.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Habit {
    /// `/…/` is a regular expression where a value may begin.
    Regex,
    /// A quotation mark may begin a lifetime: `'a`.
    Lifetime,
    /// `r#"…"#`.
    RawHashes,
    /// A long string that stands alone is documentation.
    Docstring,
    /// `#if` and its like are directives.
    Directives,
    /// `#[…]` stands before an item or a statement.
    RustAttributes,
    /// `@Name` stands before a declaration.
    Annotations,
    /// `[Name]` stands before a declaration.
    BracketAttributes,
    /// Scripts stand between tags.
    Scripts,
    /// Blocks stand in braces.
    Braces,
}

const fn short(open: &'static str) -> Quote {
    Quote { open, close: open, escape: Some(b'\\'), is_long: false }
}

const fn long(open: &'static str) -> Quote {
    Quote { open, close: open, escape: Some(b'\\'), is_long: true }
}

const fn plain(open: &'static str, close: &'static str) -> Quote {
    Quote { open, close, escape: None, is_long: true }
}

const DOUBLE: Quote = short("\"");
const SINGLE: Quote = short("'");
const SLASHES: &[&str] = &["//"];
const STARS: &[(&str, &str)] = &[("/*", "*/")];
const HASH: &[&str] = &["#"];
const DOCUMENTS: &[&str] = &["///", "//!", "/**", "/*!"];

const NONE: Syntax = Syntax {
    extensions: &[],
    names: &[],
    line: &[],
    line_at: LineAt::Anywhere,
    block: &[],
    nests: false,
    strings: &[],
    documents: &[],
    habits: &[],
};

const C: Syntax = Syntax { line: SLASHES, block: STARS, strings: &[DOUBLE, SINGLE], documents: DOCUMENTS, ..NONE };

/// Every family; the first that names a file counts.
static SYNTAXES: &[Syntax] = &[
    Syntax {
        extensions: &["js", "jsx", "ts", "tsx", "mjs", "cjs", "mts", "cts"],
        strings: &[long("`"), DOUBLE, SINGLE],
        habits: &[Habit::Regex, Habit::Braces],
        ..C
    },
    Syntax {
        extensions: &["rs"],
        nests: true,
        strings: &[long("\"")],
        habits: &[Habit::Lifetime, Habit::RawHashes, Habit::RustAttributes, Habit::Braces],
        ..C
    },
    Syntax {
        extensions: &["swift"],
        nests: true,
        strings: &[long("\"\"\""), DOUBLE],
        habits: &[Habit::Directives, Habit::Annotations, Habit::Braces],
        ..C
    },
    Syntax {
        extensions: &["kt", "kts", "scala", "groovy", "gradle", "java"],
        strings: &[plain("\"\"\"", "\"\"\""), DOUBLE, SINGLE],
        habits: &[Habit::Annotations, Habit::Braces],
        ..C
    },
    Syntax { extensions: &["go"], strings: &[plain("`", "`"), DOUBLE, SINGLE], habits: &[Habit::Braces], ..C },
    Syntax {
        extensions: &["cs"],
        strings: &[plain("\"\"\"", "\"\"\""), plain("@\"", "\""), DOUBLE, SINGLE],
        habits: &[Habit::Directives, Habit::BracketAttributes, Habit::Braces],
        ..C
    },
    Syntax {
        extensions: &["c", "cc", "cpp", "cxx", "h", "hh", "hpp", "m", "mm", "ino"],
        habits: &[Habit::Directives, Habit::Braces],
        ..C
    },
    Syntax {
        extensions: &["dart"],
        nests: true,
        strings: &[long("\"\"\""), long("'''"), DOUBLE, SINGLE],
        habits: &[Habit::Annotations, Habit::Braces],
        ..C
    },
    Syntax { extensions: &["sol", "move", "cairo", "json", "json5", "jsonc", "proto"], habits: &[Habit::Braces], ..C },
    Syntax { extensions: &["php"], line: &["//", "#"], strings: &[long("\""), long("'")], habits: &[Habit::Braces], ..C },
    Syntax { extensions: &["css", "scss", "less"], block: STARS, strings: &[DOUBLE, SINGLE], ..NONE },
    Syntax {
        extensions: &["py", "pyi", "pyx", "vy"],
        line: HASH,
        strings: &[long("\"\"\""), long("'''"), DOUBLE, SINGLE],
        habits: &[Habit::Docstring],
        ..NONE
    },
    Syntax {
        extensions: &["rb", "podspec", "cr"],
        names: &["podfile", "fastfile", "gemfile", "rakefile", "appfile", "vagrantfile"],
        line: HASH,
        line_at: LineAt::Word,
        block: &[("\n=begin", "\n=end")],
        strings: &[long("\""), long("'")],
        ..NONE
    },
    Syntax {
        extensions: &["sh", "bash", "zsh", "fish", "ps1", "yml", "yaml", "mk", "cmake", "r", "pl", "pm", "ex", "exs", "nix"],
        names: &["makefile", "cmakelists.txt", "justfile"],
        line: HASH,
        line_at: LineAt::Word,
        ..NONE
    },
    Syntax { extensions: &["toml"], line: HASH, strings: &[long("\"\"\""), plain("'''", "'''"), DOUBLE, SINGLE], ..NONE },
    Syntax {
        extensions: &["env", "properties", "dockerfile", "gitignore", "npmrc", "tf", "hcl", "conf", "cfg", "ini", "list"],
        names: &["dockerfile", "containerfile", ".env", ".npmrc", ".yarnrc", "requirements"],
        line: &["#", ";", "!"],
        line_at: LineAt::Start,
        ..NONE
    },
    Syntax { extensions: &["bat", "cmd"], line: &["rem ", "REM ", "::"], line_at: LineAt::Start, ..NONE },
    Syntax { extensions: &["html", "htm", "vue", "svelte"], block: &[("<!--", "-->")], habits: &[Habit::Scripts], ..NONE },
    Syntax {
        extensions: &["xml", "xaml", "svg", "plist", "storyboard", "xib", "csproj", "props"],
        block: &[("<!--", "-->")],
        ..NONE
    },
    Syntax { extensions: &["sql"], line: &["--"], block: STARS, strings: &[Quote { escape: None, ..long("'") }], ..NONE },
    Syntax { extensions: &["lua"], line: &["--"], block: &[("--[[", "]]")], strings: &[DOUBLE, SINGLE], ..NONE },
    Syntax { extensions: &["hs", "elm", "purs"], line: &["--"], block: &[("{-", "-}")], nests: true, strings: &[DOUBLE], ..NONE },
];

impl Syntax {
    /// The family of a file, by its name.
    pub(super) fn of(name: &str) -> Option<&'static Self> {
        let lower = name.to_ascii_lowercase();
        let extension = lower.rsplit_once('.').map_or("", |(_, extension)| extension);
        let by_name = |syntax: &&Self| syntax.names.iter().any(|start| lower.starts_with(start));
        SYNTAXES.iter().find(|syntax| syntax.extensions.contains(&extension)).or_else(|| SYNTAXES.iter().find(by_name))
    }

    /// Whether the family has a habit.
    pub(super) fn has(&self, habit: Habit) -> bool {
        self.habits.contains(&habit)
    }
}
