//! How an input differs from what somebody wrote: by a few changes that get past the first line of a parser.

use fastrand::Rng;

use super::corpus::Input;
use super::target::Target;

/// Pieces of syntaxes: brackets, quotes, words of many languages, beginnings of files, and bytes that upset counting.
const PIECES: &[&str] = &[
    "{",
    "}",
    "[",
    "]",
    "(",
    ")",
    "<",
    ">",
    "</a>",
    "<a b=\"c\">",
    "<script>",
    "<!--",
    "-->",
    "<![CDATA[",
    "/*",
    "*/",
    "//",
    "#",
    "'",
    "\"",
    "\"\"\"",
    "`",
    "${",
    "#{",
    "\\",
    "\\u{",
    "\n",
    "\r\n",
    "\r",
    "\t",
    " ",
    ",",
    ";",
    ":",
    "=",
    "=>",
    "->",
    "::",
    "..",
    "...",
    "?",
    "?.",
    "!",
    "&",
    "*",
    "@",
    "|",
    "||",
    "- ",
    "---\n",
    "<<EOF\n",
    "<<: *a\n",
    "&a ",
    "*a\n",
    "? ",
    "| \n  text\n",
    "é",
    "\u{202e}",
    "\u{feff}",
    "\u{2028}",
    "\u{1F511}",
    "\u{1b}[31m",
    "\0",
    "0x",
    "1e999",
    "-1",
    "18446744073709551616",
    "4294967295",
    "1.2.3",
    "^1.0.0",
    ">=1, <2",
    "1.*",
    "${a}",
    "$(a)",
    "mnemonic",
    "privateKey",
    "seed",
    "return ",
    "await ",
    "async ",
    "if (x) {",
    "else {",
    "for (;;) {",
    "while true {",
    "switch (x) { case 1:",
    "match x {",
    "try {",
    "catch (e) {",
    "let x = ",
    "var x = ",
    "new A(",
    "this.",
    "self.",
    "super.",
    "class A: B {",
    "import a from 'a';",
    "require('bip39').generateMnemonic()",
    "console.log(x)",
    "println!(\"{}\", x);",
    "\n::error file=a::b\n",
    "forewarn: ignore[secret-to-log] why\n",
    "../../../etc/passwd",
    "https://user:token@h.example/?key=abc",
];

/// What encloses: nested deeper than anybody would write it.
const PAIRS: &[(&str, &str)] = &[
    ("(", ")"),
    ("[", "]"),
    ("{", "}"),
    ("<a>", "</a>"),
    ("{\"a\":", "}"),
    ("f(", ")"),
    ("if (a) {", "}"),
    ("(x) => ", ""),
    ("- ", ""),
    ("a: ", ""),
    ("!", ""),
    ("-", ""),
    ("a.", ""),
    ("a + ", ""),
    ("`${", "}`"),
    ("\"", "\""),
    ("/*", "*/"),
];

/// Inputs do not grow beyond this, but for one in many.
const MOST_BYTES: usize = 4_000;
/// One input of so many is much longer.
const LONG_ONE: u32 = 5_000;

/// The input of a target with a number: always the same.
pub(super) fn input(target: &Target, number: u64) -> Input {
    let name =
        target.name.bytes().fold(0xcbf2_9ce4_8422_2325_u64, |hash, byte| (hash ^ u64::from(byte)).wrapping_mul(0x100_0000_01b3));
    let mut rng = Rng::with_seed(name ^ number.wrapping_mul(0x9e37_79b9_7f4a_7c15));
    let mut input = rng.choice(&target.seeds).expect("every target has seeds").clone();
    if rng.u8(..) < 16 {
        input.bytes = (0..rng.usize(..60)).flat_map(|_| piece(&mut rng).bytes()).collect();
    }
    // The first inputs of a target are what somebody wrote.
    for _ in 0..if number < 2 { 0 } else { 1 + rng.usize(..rng.clone().usize(1..8)) } {
        change(&mut rng, &mut input.bytes, target);
    }
    if rng.u32(..LONG_ONE) == 0 {
        input.bytes = input.bytes.repeat(1 + 60_000 / input.bytes.len().max(1));
    } else {
        input.bytes.truncate(MOST_BYTES);
    }
    input
}

fn piece(rng: &mut Rng) -> &'static str {
    rng.choice(PIECES).expect("pieces")
}

/// A part of a text.
fn range(rng: &mut Rng, bytes: &[u8]) -> std::ops::Range<usize> {
    let most = if rng.bool() { 12 } else { bytes.len() };
    let start = rng.usize(..=bytes.len());
    start..(start + rng.usize(..=most)).min(bytes.len())
}

/// One change.
fn change(rng: &mut Rng, bytes: &mut Vec<u8>, target: &Target) {
    let part = range(rng, bytes);
    let at = part.start;
    match rng.u8(..16) {
        0 if at < bytes.len() => bytes[at] ^= 1 << rng.u8(..8),
        1 if at < bytes.len() => bytes[at] = rng.u8(..),
        2 | 3 => drop(bytes.splice(at..at, piece(rng).bytes())),
        4 => drop(bytes.splice(part, piece(rng).bytes())),
        5 => drop(bytes.drain(part)),
        6 => bytes.truncate(at),
        7 => {
            let copy = bytes[part].to_vec();
            let to = rng.usize(..=bytes.len());
            bytes.splice(to..to, copy);
        }
        8 => {
            let copy = bytes[part].repeat(rng.usize(2..40));
            bytes.splice(at..at, copy.into_iter().take(MOST_BYTES));
        }
        9 | 10 => graft(rng, bytes, target),
        11 => nest(rng, bytes, part),
        12 => exchange_lines(rng, bytes),
        13 => change_number(rng, bytes, at),
        14 => rejoin_lines(rng, bytes),
        _ => exchange_word(rng, bytes, at, target),
    }
}

/// Something of another text of the target: its end in place of one's own, or some lines.
fn graft(rng: &mut Rng, bytes: &mut Vec<u8>, target: &Target) {
    let other = &rng.choice(&target.seeds).expect("every target has seeds").bytes;
    let (at, part) = (rng.usize(..=bytes.len()), range(rng, other));
    if rng.bool() {
        bytes.truncate(at);
        bytes.extend(&other[part.start..]);
    } else {
        bytes.splice(at..at, other[part].iter().copied());
    }
}

fn nest(rng: &mut Rng, bytes: &mut Vec<u8>, part: std::ops::Range<usize>) {
    let (open, close) = rng.choice(PAIRS).expect("pairs");
    let times = if rng.u8(..) < 8 { rng.usize(100..600) } else { rng.usize(1..40) };
    let inner = bytes[part.clone()].to_vec();
    let nested = [open.repeat(times).into_bytes(), inner, close.repeat(times).into_bytes()].concat();
    bytes.splice(part, nested);
}

fn exchange_lines(rng: &mut Rng, bytes: &mut Vec<u8>) {
    let mut lines: Vec<Vec<u8>> = bytes.split_inclusive(|&byte| byte == b'\n').map(<[u8]>::to_vec).collect();
    if lines.len() > 1 {
        let (a, b) = (rng.usize(..lines.len()), rng.usize(..lines.len()));
        lines.swap(a, b);
        *bytes = lines.concat();
    }
}

fn change_number(rng: &mut Rng, bytes: &mut Vec<u8>, from: usize) {
    let digits = bytes[from..].iter().position(u8::is_ascii_digit).map(|offset| from + offset);
    if let Some(start) = digits {
        let end = bytes[start..].iter().position(|byte| !byte.is_ascii_digit()).map_or(bytes.len(), |length| start + length);
        let numbers = ["0", "-1", "99999999999999999999", "1e400", "0x7fffffffffffffff", "2147483648", "00", "NaN", "1.", ""];
        bytes.splice(start..end, rng.choice(numbers).expect("numbers").bytes());
    }
}

/// Ends of lines of another kind, or none.
fn rejoin_lines(rng: &mut Rng, bytes: &mut Vec<u8>) {
    let end: &[u8] = rng.choice([&b"\r\n"[..], b"\r", b" ", b""]).expect("ends");
    *bytes = bytes.split(|&byte| byte == b'\n').collect::<Vec<_>>().join(end);
}

/// A word in place of another one: names that are declared twice, keywords where none may stand.
fn exchange_word(rng: &mut Rng, bytes: &mut Vec<u8>, from: usize, target: &Target) {
    let other = &rng.choice(&target.seeds).expect("every target has seeds").bytes;
    let start = rng.usize(..=other.len());
    if let (Some(from), Some(to)) = (word(bytes, from), word(other, start)) {
        bytes.splice(from, other[to].iter().copied());
    }
}

/// The first word that begins at or behind a place.
fn word(bytes: &[u8], from: usize) -> Option<std::ops::Range<usize>> {
    let is_part = |byte: &u8| byte.is_ascii_alphanumeric() || *byte == b'_';
    let start = from + bytes[from..].iter().position(is_part)?;
    let end = bytes[start..].iter().position(|byte| !is_part(byte)).map_or(bytes.len(), |length| start + length);
    Some(start..end)
}
