//! A label answers what was read, and says unknown of the rest.

use super::tree::{Tree, forewarn, repository};

fn label(tree: &std::path::Path, more: &[&str]) -> String {
    let said = forewarn(tree, &[&["label", ".", "--no-db", "--as-of", "2026-11-01"], more].concat());
    assert_eq!(said.code, 0, "{}", said.err);
    said.out
}

/// The sign and the word before a question.
fn answer<'t>(text: &'t str, question: &str) -> (&'t str, &'t str) {
    let line = text.lines().find(|line| line.contains(question)).unwrap_or_else(|| panic!("{question} is not in\n{text}"));
    let mut words = line.split_whitespace();
    (words.next().expect("a sign"), words.next().expect("a word"))
}

fn word<'t>(text: &'t str, question: &str) -> &'t str {
    answer(text, question).1
}

#[test]
fn a_wallet_with_planted_defects_gets_bad_answers_and_its_clean_twin_none() {
    let wallet = label(&repository().join("sample-wallets/electron-desktop/wallet"), &[]);
    assert_eq!(answer(&wallet, "encrypted on my device"), ("✗", "NO"), "{wallet}");
    assert_ne!(word(&wallet, "real randomness"), "YES", "{wallet}");
    assert_eq!(answer(&wallet, "website or message"), ("✗", "YES"), "{wallet}");
    assert_eq!(word(&wallet, "known vulnerabilities"), "YES", "{wallet}");
    let clean = label(&repository().join("sample-wallets/electron-desktop/clean"), &[]);
    for (question, bad) in [("real randomness", "NO"), ("website or message", "YES"), ("leave my device", "YES")] {
        assert_ne!(word(&clean, question), bad, "{clean}");
    }
    assert_eq!(answer(&clean, "leave my device"), ("✓", "NO"), "{clean}");
    assert_eq!(answer(&clean, "learn my addresses"), ("?", "UNKNOWN"), "{clean}");
}

#[test]
fn languages_that_the_rules_do_not_know_are_named() {
    let kotlin = "fun make(): String { val mnemonic = generateMnemonic(); return mnemonic }\n".repeat(20);
    let text = label(Tree::new(&[("app/Keys.kt", &kotlin)]).root(), &[]);
    assert_eq!(word(&text, "real randomness"), "UNKNOWN", "{text}");
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("100 % of the code is in kotlin, which these rules do not know well"), "{text}");
}

#[test]
fn what_was_not_read_is_unknown() {
    let tree = Tree::new(&[
        ("src/a.ts", "export const make = () => bip39.generateMnemonic();\n"),
        ("app/Keys.kt", &"fun x() {}\n".repeat(300)),
        ("forewarn.toml", "exclude = ['**']\n"),
    ]);
    let text = label(tree.root(), &[]);
    assert_eq!(word(&text, "real randomness"), "UNKNOWN", "{text}");
    assert_eq!(word(&text, "known vulnerabilities"), "UNKNOWN", "{text}");
    assert!(!text.contains(" YES ") && !text.contains("reassuring"), "{text}");
}

#[test]
fn a_submodule_that_is_not_there_leaves_the_answer_open() {
    let code = "export const show = (mnemonic) => render(mnemonic);\n";
    let tree = Tree::new(&[("src/a.ts", code)]);
    assert_eq!(word(&label(tree.root(), &[]), "leave my device"), "NO");
    tree.write(".gitmodules", "[submodule \"core\"]\n\tpath = core\n\turl = ../core\n");
    let text = label(tree.root(), &[]);
    assert_eq!(word(&text, "leave my device"), "UNKNOWN", "{text}");
    let flat = text.split_whitespace().collect::<Vec<_>>().join(" ");
    assert!(flat.contains("a submodule with further code is not checked out"), "{text}");
}

#[test]
fn the_picture_holds_ten_rows_and_nothing_of_the_tree_acts_in_it() {
    let tree = Tree::new(&[("package.json", r#"{ "name": "<script>x</script>&", "version": "1.0.0" }"#)]);
    let card = label(tree.root(), &["--format", "svg"]);
    assert_eq!(card.matches("class=\"asks\"").count(), 10);
    assert!(!card.contains("<script") && card.contains("&lt;script&gt;"), "{card}");
    assert!(events(&card) > 50, "{card}");
}

/// Reads a text as XML to its end.
fn events(text: &str) -> usize {
    let mut reader = quick_xml::Reader::from_str(text);
    let mut count = 0;
    loop {
        match reader.read_event() {
            Ok(quick_xml::events::Event::Eof) => return count,
            Ok(_) => count += 1,
            Err(error) => panic!("{error}"),
        }
    }
}
