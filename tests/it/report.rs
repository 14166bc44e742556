//! All formats tell the same, and nothing of a scanned tree acts in them.

use serde_json::Value;

use super::tree::{Pack, Tree};

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

#[test]
fn formats_agree_on_what_was_found() {
    let pack = Pack::danger("high");
    let text = "danger(1)\n".repeat(7) + "danger(2) // forewarn: ignore[own-danger] a drill\n";
    let tree = Tree::new(&[("src/a.ts", &text), ("b.zig", "x\n")]);
    let run = |format| tree.scan(&pack.arguments(&["--format", format])).out;
    let report = json(&run("json"));
    let log = json(&run("sarif"));
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(7));
    let results = log["runs"][0]["results"].as_array().expect("results");
    assert_eq!(results.iter().filter(|result| result["suppressions"].is_null()).count(), 7);
    assert_eq!(results.iter().filter(|result| result["suppressions"].is_array()).count(), 1);
    for finding in report["findings"].as_array().expect("findings") {
        let same = |result: &&Value| result["partialFingerprints"]["forewarn/v1"] == finding["fingerprint"];
        let result = results.iter().find(same).expect("the same finding");
        assert_eq!(result["locations"][0]["physicalLocation"]["region"]["startLine"], finding["place"]["line"]);
    }
    let properties = &log["runs"][0]["properties"];
    assert_eq!(properties["coverage"]["share"], report["coverage"]["share"]);
    let flat = |text: &str| text.split_whitespace().collect::<Vec<_>>().join(" ");
    let (screen, markdown) = (flat(&run("table")), flat(&run("markdown")));
    assert!(screen.contains("7 high · 1 silenced in 8 lines of code, 1 file (typescript)"), "{screen}");
    assert!(markdown.contains("7 findings (7 high) in 1 analysed file (typescript)"), "{markdown}");
    for text in [&screen, &markdown] {
        assert!(text.contains("zig 1 file (no reader for this language)"), "{text}");
    }
    let table = tree.scan(&pack.arguments(&["--full"])).out;
    assert!(table.contains("and 4 more places: src/a.ts:4:1, src/a.ts:5:1, src/a.ts:6:1, src/a.ts:7:1"), "{table}");
    assert!(table.contains("Slope Wallet, August 2022, about USD 4 million"), "{table}");
}

#[test]
fn a_score_is_given_traced_and_withheld_for_unread_code() {
    let pack = Pack::danger("critical");
    let folder = pack.folder();
    let scored = |tree: &Tree, more: &[&str]| tree.scan(&[&["--no-db", "--rules", &folder], more].concat()).out;
    let report = json(&scored(&Tree::new(&[("a.ts", "danger(1)")]), &["--format", "json"]));
    let score = &report["assessment"]["score"];
    assert!(score["value"].as_f64().is_some_and(|value| (5.0..95.0).contains(&value)), "{score}");
    let (low, high) = (score["low"].as_f64(), score["high"].as_f64());
    assert!(low <= score["value"].as_f64() && score["value"].as_f64() <= high, "{score}");
    assert_eq!(report["assessment"]["fixFirst"][0]["rule"], "own-danger");
    let fixed = report["assessment"]["fixFirst"][0]["score"].as_f64();
    assert!(fixed < score["value"].as_f64(), "{report}");
    assert_eq!(report["findings"][0]["worth"]["judged"], 0, "a rule of one's own was never judged");
    assert!(report["assessment"]["warningResemblance"].is_null(), "only on request");

    let unread = Tree::new(&[("a.ts", "danger(1)"), ("b.zig", &"x\n".repeat(50))]);
    let report = json(&scored(&unread, &["--format", "json"]));
    assert!(report["assessment"]["score"].is_null());
    assert_eq!(report["findings"].as_array().map(Vec::len), Some(1));
    let table = scored(&unread, &[]);
    assert!(table.contains("no score: 1 % of the code was analysed, 60 % are needed"), "{table}");
}

#[test]
fn silence_is_never_called_clean() {
    let pack = Pack::danger("high");
    let tree = Tree::new(&[("a.ts", "safety(1)"), ("b.zig", "x")]);
    for format in ["table", "markdown", "html"] {
        let text = tree.scan(&pack.arguments(&["--format", format])).out;
        let text = text.split_whitespace().collect::<Vec<_>>().join(" ");
        let read = ["1 line of code, 1 file (typescript)", "1 analysed file (typescript)"];
        assert!(read.iter().any(|read| text.contains(&format!("no findings in {read}"))), "{text}");
        assert!(text.contains("Not analysed: zig 1 file") || text.contains("Not read: zig 1 file"), "{text}");
        assert!(!text.to_lowercase().contains("clean"), "{text}");
    }
}

#[test]
fn nothing_of_the_tree_acts_in_a_report() {
    let pack = Pack::danger("high");
    let tree = Tree::new(&[
        ("src/\u{1b}[31m\u{202e}<b>x`y.ts", "danger(1) // \u{1b}[2J \u{9b}5m \u{202e} <script>alert(1)</script> ```\n"),
        ("src/broken\u{1b}]0;x\u{7}.json", "{ \u{1b}[2J"),
    ]);
    for format in ["table", "json", "sarif", "markdown", "html"] {
        let said = tree.scan(&pack.arguments(&["--format", format]));
        assert_eq!(said.code, 1, "{format}: {}", said.err);
        let acting = |char: char| forewarn::finding::acts(char) && char != '\n' && char != '\t';
        assert!(!said.out.contains(acting), "{format}: {:?}", said.out);
        assert!(!said.err.contains(acting), "{format}: {:?}", said.err);
    }
    let html = tree.scan(&pack.arguments(&["--format", "html"])).out;
    assert_eq!(html.matches("<script").count(), 1, "the script of the page alone: {html}");
    assert!(!html.contains("<b>x") && html.contains("&lt;script&gt;"), "{html}");
    let markdown = tree.scan(&pack.arguments(&["--format", "markdown"])).out;
    let outside: Vec<_> = markdown.split("````").step_by(2).collect();
    assert!(outside.iter().all(|text| !text.contains("<script>")), "{markdown}");
}
