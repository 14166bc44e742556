//! The site of the rules: a page for each, links that lead somewhere, and texts that stay texts.

use std::collections::BTreeMap;

use forewarn::report::site::{SiteFile, pages};
use forewarn::risk::Tally;
use forewarn::rule::RuleSet;
use regex::Regex;

use super::tree::{Tree, danger_rule, forewarn};

fn site() -> (RuleSet, Vec<SiteFile>) {
    let rules = RuleSet::embedded().expect("the embedded rules load");
    let files = pages(&rules, &BTreeMap::new());
    (rules, files)
}

#[test]
fn every_rule_has_a_page_and_a_line_of_the_index() {
    let (rules, files) = site();
    let text = |path: &str| files.iter().find(|file| file.path == path).map(|file| file.text.as_str());
    let index = text("index.html").expect("an index");
    for rule in &rules.rules {
        let path = format!("{}.html", rule.id);
        let page = text(&path).unwrap_or_else(|| panic!("{path} is missing"));
        assert!(index.contains(&format!("href=\"{path}\"")), "the index lacks {path}");
        for part in ["What it detects", "Why it matters", "How to fix it", "How to silence it", rule.body.severity.name()] {
            assert!(page.contains(part), "{path} lacks {part}");
        }
        assert!(page.contains(&rule.body.known_since.to_string()), "{path} lacks its day");
    }
    assert_eq!(files.len(), rules.rules.len() + 3);
}

#[test]
fn links_lead_to_files_of_the_site_or_to_the_web() {
    let (_, files) = site();
    let link = Regex::new(r#"(?:href|src)="([^"]*)""#).expect("a pattern");
    let mut wrong = Vec::new();
    for file in files.iter().filter(|file| file.path.ends_with(".html")) {
        for found in link.captures_iter(&file.text) {
            let target = &found[1];
            let path = target.split(['?', '#']).next().unwrap_or_default();
            let is_anchor = path.is_empty() && file.text.contains(&format!("id=\"{}\"", target.trim_start_matches('#')));
            let is_file = files.iter().any(|other| other.path == path);
            if !is_anchor && !is_file && !target.starts_with("https://") && !target.starts_with("http://") {
                wrong.push(format!("{}: {target}", file.path));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn what_a_rule_says_is_text_on_its_page() {
    let hostile = danger_rule("high")
        .replace("It calls danger.", "<script>acted()</script> \"onmouseover=\"acted() ` `<b>`")
        .replace("Call safety.", "<img src=x onerror=acted()>")
        .replace("danger(1)", "danger(1) // </span></pre><script>acted()</script> \u{202e}");
    let own = Tree::new(&[("own/own-danger.toml", &hostile)]);
    let out = Tree::new(&[]);
    let folder = own.root().to_str().expect("temporary paths are UTF-8");
    let said = forewarn(out.root(), &["rules", "site", "site", "--rules", folder]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(said.out.contains("index.html"), "{}", said.out);
    for path in ["site/own-danger.html", "site/index.html"] {
        let page = out.read(path);
        assert!(page.contains("&lt;script&gt;acted()"), "{path}");
        let raw = page.replace("<script src=\"site.js\" defer></script>", "");
        assert!(!raw.contains("<script") && !raw.contains("<img") && !raw.contains("\"onmouseover"), "{path}");
        assert!(!page.contains('\u{202e}'), "{path}");
    }
}

#[test]
fn a_page_says_how_often_its_rule_was_right() {
    let rules = RuleSet::from_texts([("packs/own/own-danger.toml", danger_rule("high").as_str())]).expect("the rule loads");
    let page = |ledger: &BTreeMap<String, Tally>| {
        let files = pages(&rules, ledger);
        files.into_iter().find(|file| file.path == "own-danger.html").expect("its page").text
    };
    let tally = Tally { right: 3, overstated: 1, wrong: 1 };
    let told = page(&BTreeMap::from([("own-danger".to_owned(), tally)]));
    assert!(told.contains("judged 5 findings") && told.contains("4 right (80 %)"), "{told}");
    assert!(!page(&BTreeMap::new()).contains("How often it is right"));
}
