//! The HTML report in a real browser: Chromium, spoken to over two pipes. Without Chromium these tests say so and pass.
//!
//! `FOREWARN_AXE=…/axe.min.js` adds the accessibility rules of axe-core (docs/reading-a-report.md); `FOREWARN_SHOTS=DIR` keeps
//! pictures of the pages.

#![allow(clippy::print_stderr, reason = "a test that is skipped says so")]

use std::fs;
use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, ChildStdin, ChildStdout, Command, Stdio};

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};
use tempfile::TempDir;

use super::tree::{Pack, Said, Tree, repository};

/// Names under which systems install it.
const NAMES: &[&str] = &["chromium", "chromium-browser", "google-chrome", "chrome"];

/// A browser with one page.
struct Browser {
    process: Child,
    to: ChildStdin,
    from: BufReader<ChildStdout>,
    session: String,
    number: u64,
    /// What the page said and asked for since it was opened.
    events: Vec<Value>,
    _profile: TempDir,
}

impl Drop for Browser {
    fn drop(&mut self) {
        // It may be gone already.
        let _ = self.process.kill();
        let _ = self.process.wait();
    }
}

fn chromium() -> Option<PathBuf> {
    let folders = std::env::var_os("PATH")?;
    let candidates: Vec<_> =
        std::env::split_paths(&folders).flat_map(|folder| NAMES.iter().map(move |name| folder.join(name))).collect();
    let found = candidates.into_iter().find(|path| path.is_file());
    if found.is_none() {
        eprintln!("skipped: there is no Chromium on this machine (Debian: apt-get install chromium)");
    }
    found
}

impl Browser {
    /// A browser, if the machine has one.
    fn start() -> Option<Self> {
        let profile = TempDir::new().expect("a temporary folder");
        let mut process = Command::new("sh")
            .args(["-c", "exec \"$0\" \"$@\" 3<&0 4>&1 </dev/null >/dev/null 2>&1"])
            .arg(chromium()?)
            .args(["--headless", "--no-sandbox", "--disable-gpu", "--disable-dev-shm-usage", "--remote-debugging-pipe"])
            .arg(format!("--user-data-dir={}", profile.path().display()))
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .spawn()
            .expect("a shell starts");
        let to = process.stdin.take().expect("a pipe");
        let from = BufReader::new(process.stdout.take().expect("a pipe"));
        let mut browser = Self { process, to, from, session: String::new(), number: 0, events: Vec::new(), _profile: profile };
        let target = browser.ask("Target.createTarget", json!({ "url": "about:blank" }));
        let attached = browser.ask("Target.attachToTarget", json!({ "targetId": target["targetId"], "flatten": true }));
        browser.session = attached["sessionId"].as_str().expect("a session").to_owned();
        for domain in ["Page", "Runtime", "Log", "Network", "Performance"] {
            browser.ask(&format!("{domain}.enable"), json!({}));
        }
        Some(browser)
    }

    fn ask(&mut self, method: &str, parameters: Value) -> Value {
        self.number += 1;
        let mut message = json!({ "id": self.number, "method": method, "params": parameters });
        if !self.session.is_empty() {
            message["sessionId"] = json!(self.session);
        }
        write!(self.to, "{message}\0").and_then(|()| self.to.flush()).expect("the browser listens");
        loop {
            let answer = self.receive();
            if answer["id"] == self.number {
                assert!(answer["error"].is_null(), "{method}: {answer}");
                return answer["result"].clone();
            }
        }
    }

    fn receive(&mut self) -> Value {
        let mut text = Vec::new();
        self.from.read_until(0, &mut text).expect("the browser answers");
        assert!(text.pop() == Some(0), "the browser has ended");
        let message: Value = serde_json::from_slice(&text).expect("messages are JSON");
        if message["id"].is_null() {
            self.events.push(message.clone());
        }
        message
    }

    /// Opens a file and waits until it is there. `width` is that of the screen.
    fn open(&mut self, file: &Path, width: u32) {
        let screen = json!({ "width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500 });
        self.ask("Emulation.setDeviceMetricsOverride", screen);
        self.events.clear();
        self.ask("Page.navigate", json!({ "url": format!("file://{}", file.display()) }));
        while !self.events.iter().any(|event| event["method"] == "Page.loadEventFired") {
            self.receive();
        }
    }

    /// The value of an expression, which may be a promise.
    fn value(&mut self, expression: &str) -> Value {
        let asked = json!({ "expression": expression, "returnByValue": true, "awaitPromise": true });
        let answer = self.ask("Runtime.evaluate", asked);
        assert!(answer["exceptionDetails"].is_null(), "{expression}: {answer}");
        answer["result"]["value"].clone()
    }

    /// What was written to the console, thrown, or refused by the policy of the page.
    fn complaints(&self) -> Vec<&Value> {
        let loud = ["Log.entryAdded", "Runtime.consoleAPICalled", "Runtime.exceptionThrown"];
        self.events.iter().filter(|event| loud.iter().any(|method| event["method"] == *method)).collect()
    }

    /// The addresses that the page asked for.
    fn requests(&self) -> Vec<&str> {
        let sent = self.events.iter().filter(|event| event["method"] == "Network.requestWillBeSent");
        sent.filter_map(|event| event["params"]["request"]["url"].as_str()).collect()
    }

    fn picture(&mut self, name: &str) {
        if let Some(folder) = std::env::var_os("FOREWARN_SHOTS") {
            let picture = self.ask("Page.captureScreenshot", json!({}));
            let bytes = STANDARD.decode(picture["data"].as_str().expect("a picture")).expect("base64");
            fs::write(Path::new(&folder).join(name), bytes).expect("the folder is there");
        }
    }
}

/// The report of a sample wallet as a file.
fn sample(folder: &Path) -> PathBuf {
    let tree = repository().join("sample-wallets/electron-desktop/wallet");
    let page = folder.join("report.html");
    let path = page.to_str().expect("a path in UTF-8");
    let said = super::tree::forewarn(&tree, &["scan", ".", "--no-db", "--format", "html", "--output", path]);
    assert!(said.code <= 1, "{}", said.err);
    page
}

const VISIBLE: &str = "Array.from(document.querySelectorAll('details.finding')).filter((row) => row.checkVisibility())";

#[test]
fn filters_work_and_nothing_leaves_the_page() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = TempDir::new().expect("a temporary folder");
    let page = sample(folder.path());
    browser.open(&page, 1280);
    let all = browser.value(&format!("{VISIBLE}.length")).as_u64().expect("a number");
    assert!(all > 10, "{all} rows");

    let set = |name: &str, value: &str| {
        format!(
            "{{ const form = document.forms[0]; form.elements['{name}'].value = '{value}'; \
             form.dispatchEvent(new Event('input', {{ bubbles: true }})); }}"
        )
    };
    browser.value(&set("severity", "high"));
    let chip = browser.value("document.querySelector('[data-count=high]').textContent");
    let rows = browser.value(&format!("{VISIBLE}.length"));
    assert_eq!(chip.as_str().map(str::parse), rows.as_u64().map(Ok), "as many rows as the chip says");
    browser.value(&set("severity", ""));
    for (field, value, attribute) in
        [("area", "key storage", "area"), ("confidence", "medium", "confidence"), ("file", "src/MAIN", "file")]
    {
        browser.value(&set(field, value));
        let wrong = format!("{VISIBLE}.filter((row) => !row.dataset.{attribute}.includes('{}')).length", value.to_lowercase());
        assert_eq!(browser.value(&wrong), 0, "{field}");
        let left = browser.value(&format!("{VISIBLE}.length")).as_u64().expect("a number");
        assert!(left > 0 && left < all, "{field}: {left} of {all}");
        browser.value(&set(field, ""));
    }
    browser.value(&set("search", "localStorage phrase"));
    assert!(browser.value(&format!("{VISIBLE}.length")).as_u64().is_some_and(|left| left > 0 && left < all));
    browser.value("document.querySelector('button[type=reset]').click(), new Promise((done) => setTimeout(done, 50))");
    assert_eq!(browser.value(&format!("{VISIBLE}.length")), all, "reset shows every row");

    let opened = "{ const row = document.querySelectorAll('details.finding')[3]; location.hash = row.id; }";
    browser.value(&format!("{opened} new Promise((done) => setTimeout(done, 50))"));
    assert_eq!(browser.value("document.querySelectorAll('details.finding')[3].open"), true, "an anchor opens its finding");
    let copied = "const row = Array.from(document.querySelectorAll('details.finding')).find((row) => row.dataset.in); \
                  row.open = true; new Promise((done) => setTimeout(() => done(row.querySelectorAll('.about h4').length), 50))";
    assert!(browser.value(copied).as_u64().is_some_and(|parts| parts >= 2), "a row shows what the first of its rule explains");
    browser.picture("desktop.png");

    assert!(browser.complaints().is_empty(), "{:?}", browser.complaints());
    assert_eq!(browser.requests(), [format!("file://{}", page.display())], "only the page itself is asked for");
}

#[test]
fn a_phone_does_not_scroll_sideways_and_paper_shows_everything() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = TempDir::new().expect("a temporary folder");
    let page = sample(folder.path());
    browser.open(&page, 375);
    browser.value("document.querySelectorAll('details').forEach((row) => { row.open = true; })");
    assert_eq!(browser.value("document.documentElement.scrollWidth"), 375);
    browser.picture("phone.png");
    browser.open(&page, 1280);
    browser.ask("Emulation.setEmulatedMedia", json!({ "media": "print" }));
    browser.value("window.dispatchEvent(new Event('beforeprint'))");
    assert_eq!(browser.value("document.querySelectorAll('details:not([open])').length"), 0);
    browser.value("window.dispatchEvent(new Event('afterprint'))");
    assert_eq!(browser.value("document.querySelectorAll('details[open]').length"), 0);
    assert!(browser.complaints().is_empty(), "{:?}", browser.complaints());
}

#[test]
fn hostile_names_and_texts_do_nothing() {
    let Some(mut browser) = Browser::start() else { return };
    let pack = Pack::danger("high");
    let folder = TempDir::new().expect("a temporary folder");
    let page = folder.path().join("report.html");
    let attack = "danger(1) // <script>window.acted = 1</script><img src=x onerror='window.acted=1'> \"'--> </style> </pre> `";
    let tree = Tree::new(&[
        ("<script>window.acted=1<.ts", attack),
        ("\"onmouseover=\"window.acted=1\" x.ts", attack),
        ("{{ name }}{% if %}.ts", "danger(2)"),
        ("package.json", r#"{ "name": "<script>window.acted=1</script>", "version": "\"><svg onload=window.acted=1>" }"#),
    ]);
    let said = tree.scan(&pack.arguments(&["--format", "html", "--output", page.to_str().expect("UTF-8")]));
    assert_eq!(said.code, 1, "{}", said.err);
    browser.open(&page, 1280);
    browser.value("document.querySelectorAll('details').forEach((row) => { row.open = true; })");
    assert_eq!(browser.value(&format!("{VISIBLE}.length")), 3);
    assert_eq!(browser.value("typeof window.acted"), "undefined");
    let elements =
        "[document.scripts.length, document.images.length, document.querySelectorAll('[onmouseover], [onerror]').length]";
    assert_eq!(browser.value(elements), json!([1, 0, 0]));
    assert!(browser.value("document.body.textContent").as_str().is_some_and(|text| text.contains("<script>window.acted=1<.ts")));
    assert!(browser.complaints().is_empty(), "{:?}", browser.complaints());
    assert_eq!(browser.requests().len(), 1);
}

#[test]
fn a_report_is_printed_as_pdf() {
    let tree = repository().join("sample-wallets/electron-desktop/wallet");
    let folder = TempDir::new().expect("a temporary folder");
    let file = folder.path().join("report.pdf");
    let arguments = ["scan", ".", "--no-db", "--quiet", "--output", file.to_str().expect("UTF-8")];
    let without = Said::of(super::tree::command(&tree, &arguments).env("PATH", folder.path()));
    assert_eq!(without.code, 2);
    assert!(without.err.contains("FOREWARN_BROWSER") && !file.exists(), "{}", without.err);
    let Some(browser) = chromium() else { return };
    let named = format!("{} --no-sandbox --disable-dev-shm-usage", browser.display());
    let said = Said::of(super::tree::command(&tree, &arguments).env("FOREWARN_BROWSER", named));
    assert_eq!(said.code, 1, "{}", said.err);
    let bytes = fs::read(&file).expect("the report is there");
    let pages = bytes.windows(11).filter(|part| part == b"/Type /Page").count();
    assert!(bytes.starts_with(b"%PDF-") && pages > 3, "{} bytes, {pages} pages", bytes.len());
}

#[test]
fn two_thousand_findings_open_in_two_seconds() {
    let Some(mut browser) = Browser::start() else { return };
    let pack = Pack::danger("high");
    let folder = TempDir::new().expect("a temporary folder");
    let page = folder.path().join("report.html");
    let text =
        |file: usize| (0..20).map(|line| format!("const value{line} = danger({file}{line}); // called\n")).collect::<String>();
    let files: Vec<_> = (0..100).map(|file| (format!("src/part{file}/module.ts"), text(file))).collect();
    let files: Vec<_> = files.iter().map(|(path, text)| (path.as_str(), text.as_str())).collect();
    let said = Tree::new(&files).scan(&pack.arguments(&["--format", "html", "--output", page.to_str().expect("UTF-8")]));
    assert_eq!(said.code, 1, "{}", said.err);
    let bytes = fs::metadata(&page).expect("the report is there").len();
    assert!(bytes < 10_000_000, "{bytes} bytes");
    browser.open(&page, 1280);
    let told = browser.value("document.getElementById('shown').textContent");
    assert_eq!(told, "2000 rows, dependencies included");
    let rows = "document.querySelectorAll('details.finding').length";
    assert_eq!(browser.value(rows), 4, "further places of a rule are folded, and not read");
    let spent = "performance.getEntriesByType('navigation')[0].loadEventEnd";
    let spent = browser.value(spent).as_f64().expect("a number");
    let work = browser.ask("Performance.getMetrics", json!({}));
    let work = work["metrics"].as_array().and_then(|all| all.iter().find(|one| one["name"] == "TaskDuration")).cloned();
    let work = work.and_then(|one| one["value"].as_f64()).expect("a number") * 1000.0;
    eprintln!("2,000 findings: {bytes} bytes, loaded in {spent:.0} ms with {work:.0} ms of work");
    // A machine that is busy with other tests is no measure; a page that takes ten times as long is slow anywhere.
    assert!(spent < 20_000.0, "{spent} ms");
    let unfolded = "document.querySelector('details.more').open = true, new Promise((done) => setTimeout(done, 200))";
    browser.value(unfolded);
    assert_eq!(browser.value(rows), 2000);
    let built = "const row = document.querySelectorAll('details.finding')[1234]; row.open = true; \
                 new Promise((done) => setTimeout(() => done([row.querySelectorAll('.l').length, row.querySelectorAll('h4').length]), 50))";
    let parts = browser.value(built);
    assert!(parts[0].as_u64() > Some(1) && parts[1].as_u64() > Some(2), "what opens is there once it is opened: {parts}");
    let search = "document.forms[0].elements.search.value = 'part99 value19'; \
                  document.forms[0].dispatchEvent(new Event('input', { bubbles: true }));";
    browser.value(search);
    let left = browser.value(&format!("{VISIBLE}.length")).as_u64().expect("a number");
    assert!((1..=5).contains(&left), "texts that were never opened are searched: {left} rows");
    browser.value("window.dispatchEvent(new Event('beforeprint'))");
    let unread = "document.querySelectorAll('.more > noscript, .list > .finding > noscript').length";
    assert_eq!(browser.value(unread), 0, "paper has every row, and more than its line of the first of each rule");
    assert!(browser.complaints().is_empty(), "{:?}", browser.complaints());
    browser.picture("large.png");
}

#[test]
fn the_site_of_the_rules_filters_and_fits_a_phone() {
    let Some(mut browser) = Browser::start() else { return };
    let folder = TempDir::new().expect("a temporary folder");
    let said = super::tree::forewarn(folder.path(), &["rules", "site", "."]);
    assert_eq!(said.code, 0, "{}", said.err);
    let index = folder.path().join("index.html");
    browser.open(&index, 1280);
    let shown = "Array.from(document.querySelectorAll('.rule-row')).filter((row) => row.checkVisibility())";
    let all = browser.value(&format!("{shown}.length")).as_u64().expect("a number");
    assert!(all > 300, "{all} rules");
    for (field, value) in [("pack", "electron"), ("severity", "critical"), ("reads", "rust"), ("search", "nodeIntegration")] {
        let set = |value: &str| {
            format!(
                "{{ const form = document.forms[0]; form.elements['{field}'].value = '{value}'; \
                 form.dispatchEvent(new Event('input', {{ bubbles: true }})); }}"
            )
        };
        browser.value(&set(value));
        let left = browser.value(&format!("{shown}.length")).as_u64().expect("a number");
        assert!(left > 0 && left < all, "{field}: {left} of {all}");
        if field == "search" {
            browser.picture("rules.png");
        }
        browser.value(&set(""));
    }
    assert!(browser.complaints().is_empty(), "{:?}", browser.complaints());
    let foreign: Vec<_> = browser.requests().into_iter().filter(|address| !address.starts_with("file://")).collect();
    assert!(foreign.is_empty(), "{foreign:?}");
    for page in ["index.html", "keygen-wordlist-altered.html", "electron-contextbridge-overexposed.html"] {
        browser.open(&folder.path().join(page), 375);
        assert_eq!(browser.value("document.documentElement.scrollWidth"), 375, "{page}");
        browser.picture(&format!("phone-{page}.png"));
    }
    browser.open(&folder.path().join("electron-node-integration.html"), 1280);
    browser.picture("rule.png");
}

/// Serious violations of the accessibility rules of axe-core, where its script is given.
#[test]
fn axe_finds_no_serious_violation() {
    let Some(axe) = std::env::var_os("FOREWARN_AXE") else { return };
    let axe = fs::read_to_string(axe).expect("the script of axe-core");
    let Some(mut browser) = Browser::start() else { return };
    let folder = TempDir::new().expect("a temporary folder");
    let page = sample(folder.path());
    for scheme in ["light", "dark"] {
        let features = json!({ "features": [{ "name": "prefers-color-scheme", "value": scheme }] });
        browser.ask("Emulation.setEmulatedMedia", features);
        browser.open(&page, 1280);
        browser.value("document.querySelectorAll('details').forEach((row) => { row.open = true; })");
        browser.value(&format!("{axe}; 0"));
        let found = browser.value(
            "axe.run().then((all) => all.violations.filter((one) => one.impact === 'serious' || one.impact === 'critical')\
             .map((one) => `${one.id}: ${one.nodes.slice(0, 3).map((node) => node.html.slice(0, 120)).join(' | ')}`))",
        );
        assert_eq!(found, json!([]), "{scheme}");
    }
}
