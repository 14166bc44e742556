//! The numbers of a report are the same in every format, each format is what its standard says, and reviews compare runs.

use std::collections::{BTreeMap, BTreeSet};

use quick_xml::events::Event;
use regex::Regex;
use serde_json::Value;

use super::tree::{Tree, danger_rule, forewarn, repository};

/// What every format tells.
#[derive(Debug, PartialEq, Eq)]
struct Numbers {
    by_severity: BTreeMap<String, u64>,
    silenced: u64,
    known: u64,
    unsure: u64,
    excluded: u64,
    notices: u64,
    score: u64,
}

const SEVERITIES: [&str; 5] = ["critical", "high", "medium", "low", "info"];

/// A tree with something of everything: several severities, a silenced finding, one of the baseline, one below the confidence, an
/// excluded file, a notice, vulnerable packages.
struct Mixed {
    tree: Tree,
    rules: Tree,
}

impl Mixed {
    fn new() -> Self {
        let rule = |id: &str, severity: &str, confidence: &str| {
            let rule =
                danger_rule(severity).replace("danger", id).replace("confidence = 'high'", &format!("confidence = '{confidence}'"));
            (format!("packs/own/own-{id}.toml"), rule)
        };
        let mut rules = [rule("alpha", "critical", "high"), rule("beta", "medium", "high"), rule("gamma", "high", "low")];
        // What it finds is no secret: its lines may be told by their hash.
        rules[1].1 = rules[1].1.replace("(?P<secret>[^)]*)", "[^)]*");
        let rules: Vec<_> = rules.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
        let code = "alpha(1)\nalpha(2)\nalpha(3) // forewarn: ignore[own-alpha] a drill\nbeta(1)\nbeta(22)\ngamma(1)\n";
        let lock = r#"{ "name": "w", "version": "1.0.0", "lockfileVersion": 3, "packages": { "": { "dependencies": { "crypto-js": "3.1.9-1" } },
            "node_modules/crypto-js": { "version": "3.1.9-1", "resolved": "https://r.example/crypto-js/-/crypto-js-3.1.9-1.tgz", "integrity": "sha512-AA==" } } }"#;
        let tree = Tree::new(&[
            ("package.json", r#"{ "name": "harbour", "version": "1.4.0", "dependencies": { "crypto-js": "3.1.9-1" } }"#),
            ("package-lock.json", lock),
            ("src/a.ts", code),
            ("src/b.ts", "safety(1)\n"),
            ("src/c.ts", "beta(3)\n"),
            ("src/docs/old.ts", "alpha(4)\n"),
            ("src/generated/b.ts", "alpha(5)\n"),
            ("broken.json", "{ oh"),
            ("forewarn.toml", "exclude = ['src/generated/**']\n"),
        ]);
        Self { tree, rules: Tree::new(&rules) }
    }

    fn run(&self, more: &[&str]) -> String {
        let rules = self.rules.root().to_str().expect("UTF-8");
        let fixed = ["scan", ".", "--no-db", "--rules", rules, "--as-of", "2026-11-01", "--fail-on", "never"];
        let said = forewarn(self.tree.root(), &[&fixed, more].concat());
        assert!(said.code == 0 || said.code == 3, "{}", said.err);
        said.out
    }

    /// The report in a format, with a baseline of which one finding is known.
    fn report(&self, format: &str) -> String {
        self.told(&["--format", format])
    }

    /// The summary of it.
    fn summary(&self) -> String {
        self.told(&["--format", "markdown", "--summary"])
    }

    fn told(&self, look: &[&str]) -> String {
        let path = |name: &str| self.tree.path(name).to_str().expect("UTF-8").to_owned();
        let baseline = path(".baseline");
        self.run(&["--write-baseline", &baseline, "--quiet"]);
        let mut known: Value = json(&self.tree.read(".baseline"));
        let entries = known["findings"].as_object_mut().expect("entries");
        entries.retain(|_, place| place.as_str() == Some("own-beta src/a.ts"));
        let first = entries.keys().next().expect("an entry").clone();
        entries.retain(|print, _| *print == first);
        self.tree.write(".baseline", known.to_string());
        self.run(&[&["--baseline", &baseline, "--min-confidence", "medium"], look].concat())
    }
}

fn json(text: &str) -> Value {
    serde_json::from_str(text).unwrap_or_else(|error| panic!("{error}: {text}"))
}

fn number(value: &Value) -> u64 {
    value.as_u64().unwrap_or_else(|| panic!("{value} is no number"))
}

fn of_json(report: &Value) -> Numbers {
    let count = |severity: &&str| {
        let has = |finding: &&Value| finding["severity"] == **severity;
        let counted = report["findings"].as_array().expect("findings").iter().filter(has).count() as u64;
        assert_eq!(counted, number(&report["counts"]["bySeverity"][*severity]), "{severity}");
        ((*severity).to_owned(), counted)
    };
    Numbers {
        by_severity: SEVERITIES.iter().map(count).collect(),
        silenced: report["suppressed"].as_array().expect("a list").len() as u64,
        known: report["known"].as_array().expect("a list").len() as u64,
        unsure: number(&report["belowConfidence"]),
        excluded: number(&report["adjustments"]["excluded"]["files"]),
        notices: report["notices"].as_array().expect("a list").len() as u64,
        score: report["assessment"]["score"]["value"].as_f64().expect("a score").round() as u64,
    }
}

fn of_sarif(log: &Value) -> Numbers {
    let run = &log["runs"][0];
    let results = run["results"].as_array().expect("results");
    let open = |severity: &str| {
        results.iter().filter(|one| one["suppressions"].is_null() && one["properties"]["severity"] == severity).count() as u64
    };
    let is_known = |one: &&Value| one["suppressions"][0]["justification"] == "in the baseline";
    let aside = results.iter().filter(|one| one["suppressions"].is_array());
    let known = aside.clone().filter(is_known).count() as u64;
    Numbers {
        by_severity: SEVERITIES.iter().map(|&severity| (severity.to_owned(), open(severity))).collect(),
        silenced: aside.count() as u64 - known,
        known,
        unsure: number(&run["properties"]["belowConfidence"]),
        excluded: number(&run["properties"]["excludedFiles"]),
        notices: run["invocations"][0]["toolExecutionNotifications"].as_array().expect("notices").len() as u64,
        score: run["properties"]["riskScore"].as_f64().expect("a score").round() as u64,
    }
}

/// The first number that a pattern finds.
fn found(text: &str, pattern: &str) -> u64 {
    let found = Regex::new(pattern).expect("a pattern").captures(text).unwrap_or_else(|| panic!("{pattern} is not in\n{text}"));
    found[1].parse().expect("a number")
}

fn of_html(page: &str) -> Numbers {
    let tally = |key: &str| found(page, &format!("data-tally=\"{key}\" data-value=\"(\\d+)\""));
    let count = |severity: &str| found(page, &format!("data-count=\"{severity}\">(\\d+)<"));
    Numbers {
        by_severity: SEVERITIES.iter().map(|&severity| (severity.to_owned(), count(severity))).collect(),
        silenced: tally("suppressed"),
        known: tally("known"),
        unsure: tally("unsure"),
        excluded: tally("excluded"),
        notices: tally("notices"),
        score: found(page, r#"class="score"[^>]*>(\d+)<"#),
    }
}

fn of_markdown(text: &str) -> Numbers {
    let row = text.lines().skip_while(|line| !line.starts_with("| Critical | High |")).nth(2).expect("the counts");
    let cells: Vec<u64> = row.split('|').filter_map(|cell| cell.trim().parse().ok()).collect();
    let [critical, high, medium, low, info, silenced, known, unsure, excluded, notices] = cells[..] else { panic!("{row}") };
    let counts = [critical, high, medium, low, info];
    Numbers {
        by_severity: SEVERITIES.iter().map(|name| (*name).to_owned()).zip(counts).collect(),
        silenced,
        known,
        unsure,
        excluded,
        notices,
        score: found(text, r"(?i)risk (\d+) %"),
    }
}

/// The cases of a JUnit report, as a reader counts them, and the numbers in its properties; the suite counts as many.
fn of_junit(text: &str) -> (u64, Numbers) {
    let mut reader = quick_xml::Reader::from_str(text);
    let (mut cases, mut failures, mut said) = (0, 0, None);
    let mut properties = BTreeMap::new();
    loop {
        match reader.read_event().expect("well-formed XML") {
            Event::Eof => break,
            Event::Start(tag) | Event::Empty(tag) => {
                let value = |key: &str| tag.try_get_attribute(key).expect("attributes").expect("an attribute").value.into_owned();
                match tag.name().0 {
                    "testcase" => cases += 1,
                    "failure" => failures += 1,
                    "property" => {
                        let name = value("name").trim_start_matches("forewarn.").to_owned();
                        properties.insert(name, value("value").parse::<u64>().expect("a number"));
                    }
                    "testsuite" => said = Some(["tests", "failures"].map(|key| value(key).parse::<u64>().expect("a number"))),
                    _ => {}
                }
            }
            _ => {}
        }
    }
    assert_eq!(said, Some([cases, failures]));
    let numbers = Numbers {
        by_severity: SEVERITIES.iter().map(|&severity| (severity.to_owned(), properties[severity])).collect(),
        silenced: properties["suppressed"],
        known: properties["known"],
        unsure: properties["belowConfidence"],
        excluded: properties["excludedFiles"],
        notices: properties["notices"],
        score: properties["score"],
    };
    (cases, numbers)
}

/// GitLab's names of severities, in our order.
const GITLAB: [&str; 5] = ["blocker", "critical", "major", "minor", "info"];

/// The ids of the advisories that a report in JSON or a bill of materials names.
fn advisories(report: &Value, bill: &Value) -> [BTreeSet<String>; 2] {
    let text = |value: &Value| value.as_str().map(ToOwned::to_owned);
    let findings = report["findings"].as_array().expect("findings").iter();
    let known = findings.filter_map(|finding| finding["package"]["advisories"].as_array()).flatten();
    let in_bill = bill["vulnerabilities"].as_array().expect("vulnerabilities").iter();
    [known.filter_map(|advisory| text(&advisory["ids"][0])).collect(), in_bill.filter_map(|entry| text(&entry["id"])).collect()]
}

/// Findings by severity, and how many were set aside: silenced, known, below the confidence.
fn of_csv(text: &str) -> (BTreeMap<String, u64>, [u64; 3]) {
    let cell = Regex::new(r#""((?:[^"]|"")*)"(?:,|$)"#).expect("a pattern");
    let rows = text.lines().skip(1).filter(|line| !line.is_empty());
    let rows: Vec<Vec<&str>> =
        rows.map(|line| cell.captures_iter(line).map(|cell| cell.get(1).map_or("", |it| it.as_str())).collect()).collect();
    assert!(rows.iter().all(|row| row.len() == 16), "{rows:?}");
    let count = |severity: &str, status: &str| {
        rows.iter().filter(|row| (severity.is_empty() || row[0] == severity) && row[9] == status).count() as u64
    };
    let by_severity = SEVERITIES.iter().map(|&severity| (severity.to_owned(), count(severity, "open"))).collect();
    (by_severity, ["silenced", "baseline", "below-confidence"].map(|status| count("", status)))
}

/// What the next test compares. PDF is the page, printed.
const COMPARED: [&str; 11] =
    ["table", "json", "sarif", "markdown", "html", "cyclonedx", "openvex", "junit", "csv", "gitlab", "github"];

#[test]
fn numbers_are_the_same_in_every_format() {
    let names: Vec<_> = forewarn::report::REPORTERS.iter().map(|reporter| reporter.name()).collect();
    assert_eq!(names, COMPARED, "a new format is compared too");
    let mixed = Mixed::new();
    let expected = of_json(&json(&mixed.report("json")));
    assert!(expected.by_severity["critical"] >= 2 && expected.by_severity["medium"] >= 1, "{expected:?}");
    assert_eq!((expected.silenced, expected.known, expected.excluded), (1, 1, 1), "{expected:?}");
    assert!(expected.unsure >= 1 && expected.notices >= 1, "{expected:?}");
    assert_eq!(of_sarif(&json(&mixed.report("sarif"))), expected);
    let page = mixed.report("html");
    assert!(!page.contains("\"></a>"), "every link says where it leads");
    assert_eq!(of_html(&page), expected);
    assert_eq!(of_markdown(&mixed.report("markdown")), expected);
    assert_eq!(of_markdown(&mixed.summary()), expected);
    assert_eq!(of_csv(&mixed.report("csv")), (expected.by_severity.clone(), [expected.silenced, expected.known, expected.unsure]));
    let total: u64 = expected.by_severity.values().sum();
    let (cases, numbers) = of_junit(&mixed.report("junit"));
    assert_eq!((cases, numbers), (total + 1, of_json(&json(&mixed.report("json")))), "and a case for the coverage");
    let issues = json(&mixed.report("gitlab"));
    for (name, severity) in GITLAB.iter().zip(SEVERITIES) {
        let count = issues.as_array().expect("issues").iter().filter(|issue| issue["severity"] == **name).count() as u64;
        assert_eq!(count, expected.by_severity[severity], "{severity}");
    }
    let [known, in_bill] = advisories(&json(&mixed.report("json")), &json(&mixed.report("cyclonedx")));
    assert!(!known.is_empty() && known == in_bill, "{known:?} {in_bill:?}");
    let questions = json(&mixed.report("openvex"));
    let statements = questions["statements"].as_array().expect("statements").iter();
    let names: BTreeSet<_> = statements.filter_map(|one| one["vulnerability"]["name"].as_str().map(ToOwned::to_owned)).collect();
    assert!(known.is_subset(&names), "{known:?} {names:?}");
    let marks = mixed.report("github");
    for (level, severities) in [("error", ["critical", "high"]), ("warning", ["medium", "medium"]), ("notice", ["low", "info"])] {
        let of_level: BTreeSet<_> = severities.into_iter().collect();
        let all: u64 = of_level.iter().map(|severity| expected.by_severity[*severity]).sum();
        let marked = marks.lines().filter(|line| line.starts_with(&format!("::{level} "))).count() as u64;
        assert_eq!(marked, all.min(10), "{level}: {marks}");
    }
    let table = mixed.report("table").split_whitespace().collect::<Vec<_>>().join(" ");
    for (severity, count) in &expected.by_severity {
        let told = if *count > 0 { found(&table, &format!(r"(\d+) {severity}")) } else { 0 };
        assert_eq!(told, *count, "{severity}: {table}");
    }
    let told = [
        r"(\d+) known \(baseline\)",
        r"(\d+) silenced",
        r"(\d+) below confidence",
        r"risk (\d+) %",
        r"Excluded by the settings: (\d+) file",
    ];
    let asked = [expected.known, expected.silenced, expected.unsure, expected.score, expected.excluded];
    assert_eq!(told.map(|pattern| found(&table, pattern)), asked, "{table}");
}

/// Reads a number out of a format.
type Reader = fn(&str) -> String;

/// What a reader of each format counts is another number once a finding is: the comparison above can fail.
#[test]
fn a_finding_more_is_seen_in_every_format() {
    let mixed = Mixed::new();
    let readers: [(&str, Reader); 6] = [
        ("json", |text| format!("{:?}", json(text)["counts"]["bySeverity"])),
        ("sarif", |text| format!("{:?}", of_sarif(&json(text)).by_severity)),
        ("html", |text| format!("{:?}", of_html(text).by_severity)),
        ("markdown", |text| format!("{:?}", of_markdown(text).by_severity)),
        ("junit", |text| format!("{:?}", of_junit(text))),
        ("csv", |text| format!("{:?}", of_csv(text))),
    ];
    let told = |format: &str| mixed.report(format);
    let before: Vec<_> = readers.iter().map(|(format, read)| read(&told(format))).collect();
    mixed.tree.write("src/c.ts", "beta(3)\nbeta(4)\n");
    for ((format, read), before) in readers.iter().zip(before) {
        assert_ne!(read(&told(format)), before, "{format}");
    }
}

/// By severity, and within it by expected damage.
#[test]
fn findings_stand_in_one_order_in_every_format() {
    let mixed = Mixed::new();
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let report = json(&mixed.report("json"));
    let listed = report["findings"].as_array().expect("findings");
    let prints: Vec<_> = listed.iter().map(|finding| text(&finding["fingerprint"])).collect();
    let severities = |value: &Value| SEVERITIES.iter().position(|name| *name == value["severity"]);
    assert!(prints.len() > 3 && listed.iter().map(severities).is_sorted(), "{listed:?}");
    let log = json(&mixed.report("sarif"));
    let results = log["runs"][0]["results"].as_array().expect("results").iter();
    let open = results.filter(|result| result["suppressions"].is_null());
    assert_eq!(open.map(|result| text(&result["partialFingerprints"]["forewarn/v1"])).collect::<Vec<_>>(), prints);
    let table = mixed.report("csv");
    let rows = table.lines().skip(1).filter(|line| line.contains("\"open\""));
    assert!(rows.zip(&prints).all(|(row, print)| row.contains(print.as_str())), "{table}");
    let places: Vec<_> =
        listed.iter().map(|finding| format!("{}:{}", text(&finding["place"]["path"]), finding["place"]["line"])).collect();
    let issues = json(&mixed.report("gitlab"));
    let place = |issue: &Value| format!("{}:{}", text(&issue["location"]["path"]), issue["location"]["lines"]["begin"]);
    assert_eq!(issues.as_array().expect("issues").iter().map(place).collect::<Vec<_>>(), places);
    let cases = Regex::new(r#"<testcase [^>]*file="([^"]*)" line="(\d+)""#).expect("a pattern");
    let junit = mixed.report("junit");
    assert_eq!(cases.captures_iter(&junit).map(|case| format!("{}:{}", &case[1], &case[2])).collect::<Vec<_>>(), places);
}

/// GitHub takes the severity of an alert from its rule alone.
#[test]
fn every_alert_has_the_severity_of_its_finding_on_github() {
    let log = json(&Mixed::new().report("sarif"));
    let run = &log["runs"][0];
    let rules = run["tool"]["driver"]["rules"].as_array().expect("rules");
    for result in run["results"].as_array().expect("results") {
        let rule = &rules[number(&result["ruleIndex"]) as usize];
        assert_eq!(rule["id"], result["ruleId"]);
        assert_eq!(rule["properties"]["security-severity"], result["properties"]["security-severity"], "{result}");
        assert_eq!(rule["defaultConfiguration"]["level"], result["level"]);
    }
    let ids: BTreeSet<_> = rules.iter().map(|rule| rule["id"].to_string()).collect();
    assert_eq!(ids.len(), rules.len(), "ids are unique");
    assert!(rules.iter().all(|rule| rule["name"].as_str().is_some_and(|name| !name.contains('-'))));
    assert_eq!(run["automationDetails"]["id"], "forewarn/harbour/");
    let is_advisory = |rule: &&Value| rule["id"].as_str().is_some_and(|id| id.contains("/CVE-") || id.contains("/GHSA-"));
    let of_advisory: Vec<_> = rules.iter().filter(is_advisory).collect();
    assert!(!of_advisory.is_empty(), "a vulnerable package has a rule for its advisory");
    for rule in of_advisory {
        assert!(rule["helpUri"].as_str().is_some_and(|address| address.contains("GHSA-") || address.contains("CVE-")), "{rule}");
        assert!(rule["shortDescription"]["text"].as_str().is_some_and(|title| title.starts_with("crypto-js: ")), "{rule}");
    }
    let hashes = run["results"]
        .as_array()
        .expect("results")
        .iter()
        .filter_map(|one| one["partialFingerprints"]["primaryLocationLineHash"].as_str());
    let hash = Regex::new("^[0-9a-f]{1,16}:[0-9]+$").expect("a pattern");
    assert!(hashes.clone().count() > 0 && hashes.clone().all(|one| hash.is_match(one)));
}

/// Where the pages of `forewarn rules site` are published, each alert leads to the one of its rule; an advisory keeps its own.
#[test]
fn alerts_lead_to_published_pages_of_rules() {
    let mixed = Mixed::new();
    mixed.tree.write("forewarn.toml", "rule-pages = 'https://rules.example/forewarn/'\n");
    let log = json(&mixed.run(&["--format", "sarif"]));
    let driver = &log["runs"][0]["tool"]["driver"];
    assert_eq!(driver["informationUri"], "https://rules.example/forewarn/");
    let rules = driver["rules"].as_array().expect("rules");
    let address = |id: &str| rules.iter().find(|rule| rule["id"] == id).expect("the rule").get("helpUri").cloned();
    assert_eq!(address("own-alpha"), Some("https://rules.example/forewarn/own-alpha.html".into()));
    // Of a place that is no product: another severity of the same rule.
    let all: BTreeSet<_> = rules.iter().filter_map(|rule| rule["helpUri"].as_str()).collect();
    assert!(all.iter().all(|address| address.starts_with("https://")), "{all:?}");
    assert!(all.iter().any(|address| address.contains("GHSA-") || address.contains("CVE-")), "{all:?}");
    let site = Tree::new(&[]);
    let said = forewarn(site.root(), &["rules", "site", ".", "--rules", mixed.rules.root().to_str().expect("UTF-8")]);
    assert_eq!(said.code, 0, "{}", said.err);
    assert!(site.path("own-alpha.html").is_file(), "the address is that of a page");
}

#[test]
fn json_is_what_its_schema_says() {
    let text = std::fs::read_to_string(repository().join("docs/forewarn-v1.schema.json")).expect("the schema");
    let validator = jsonschema::validator_for(&json(&text)).expect("the schema is valid");
    let mixed = Mixed::new();
    let mut reports = vec![mixed.report("json")];
    for sample in ["electron-desktop", "browser-extension", "rust-node"] {
        for kind in ["wallet", "clean"] {
            let tree = repository().join("sample-wallets").join(sample).join(kind);
            reports.push(forewarn(&tree, &["scan", ".", "--no-db", "--format", "json"]).out);
        }
    }
    let review = mixed.tree.path(".review").to_str().expect("UTF-8").to_owned();
    mixed.run(&["--write-review", &review, "--quiet"]);
    reports.push(mixed.run(&["--review", &review, "--format", "json"]));
    for report in reports {
        let report = json(&report);
        let errors: Vec<_> = validator.iter_errors(&report).map(|error| format!("{}: {error}", error.instance_path())).collect();
        assert!(errors.is_empty(), "{}", errors.join("\n"));
    }
    assert!(!validator.is_valid(&serde_json::json!({ "schema": "forewarn/v1" })), "the validator finds faults");
}

#[test]
fn a_second_run_says_what_is_fixed_what_remains_and_what_is_new() {
    let mixed = Mixed::new();
    let path = mixed.tree.path(".review").to_str().expect("UTF-8").to_owned();
    mixed.run(&["--write-review", &path, "--quiet"]);
    let text = mixed.tree.read(".review");
    let decided = text.replacen(
        "status = \"open\"",
        "status = \"accepted\"\nwho = \"Ada\"\nwhy = \"A key of a drill.\"\nuntil = 2027-01-31",
        1,
    );
    mixed.tree.write(".review", &decided);
    mixed.tree.write("src/a.ts", "alpha(1)\nalpha(2)\nbeta(1)\nalpha(77)\n");
    let report = mixed.run(&["--review", &path, "--format", "markdown"]);
    for part in ["Risk accepted", "1 new", "No longer found since the last review", "Ada: A key of a drill. (until 2027-01-31)"] {
        assert!(report.contains(part), "{part} is not in\n{report}");
    }
    let page = mixed.run(&["--review", &path, "--format", "html"]);
    assert!(page.contains("data-status=\"accepted\"") && page.contains("data-status=\"new\""), "{page}");
    let again = mixed.run(&["--review", &path, "--write-review", &path, "--quiet"]);
    assert!(again.is_empty());
    let kept = mixed.tree.read(".review");
    assert!(kept.contains("status = \"accepted\"") && kept.contains("status = \"fixed\""), "{kept}");
    mixed.tree.write(".review", decided.replace("who = \"Ada\"\n", ""));
    let refused = forewarn(mixed.tree.root(), &["scan", ".", "--no-db", "--review", &path]);
    assert_eq!(refused.code, 2);
    assert!(refused.err.contains("needs `who` and `why`"), "{}", refused.err);
}

#[test]
fn a_summary_fits_into_a_comment_on_github() {
    let mixed = Mixed::new();
    let long = format!("src/{}/{}.ts", "deep".repeat(40), "name".repeat(40));
    for file in 0..60 {
        mixed.tree.write(&long.replace("deepdeep", &format!("d{file}")), "alpha(1)\n".repeat(30));
    }
    let summary = mixed.run(&["--format", "markdown", "--summary"]);
    assert!(summary.contains("more are in the full report"), "{summary}");
    let length = summary.chars().count();
    assert!(length < 65_536, "{length} characters");
}
