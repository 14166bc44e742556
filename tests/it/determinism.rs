//! The same tree gives the same report, whatever the number of threads.

use std::path::Path;

use forewarn::report::{REPORTERS, Report, Style};
use forewarn::rule::Date;
use forewarn::scan::{ScanOptions, Series, scan};
use forewarn::target::open_folder;

use crate::tree::{Tree, options, repository};

#[test]
fn threads_do_not_change_the_report() {
    let samples = repository().join("sample-wallets");
    for root in
        [samples.join("electron-desktop/wallet"), samples.join("browser-extension/wallet"), samples.join("rust-node/wallet")]
    {
        let first = text(&with_threads(&root, 1));
        for threads in [2, 2, 8] {
            assert_eq!(text(&with_threads(&root, threads)), first, "{} with {threads} threads", root.display());
        }
    }
}

/// What a series knows of files from trees before: their text is the same, and what is around them is not.
#[test]
fn a_tree_of_a_series_is_reported_as_if_it_were_scanned_alone() {
    let tree = Tree::new(&[
        ("server.pem", "-----BEGIN EC PRIVATE KEY-----\nMHcCAQEEIIrYSSNQFaA2Hwf1duRSxKtLYX5CB04fSeQ6tF1aY/PuoAoGCCqGSM49\n"),
        ("src/tls.js", "const key = require('fs').readFileSync('server.pem');\nexports.serve = (it) => it(key);\n"),
        ("test/tls.test.js", "require('fs').readFileSync('server.pem');\n"),
        ("src/pay.js", "const to = '0x098B716B8Aaf21512996dC57EB0615e2383E2f96';\nexports.pay = (it) => it.send(to);\n"),
    ]);
    let sample = repository().join("sample-wallets/electron-desktop/wallet");
    for name in
        ["package.json", "package-lock.json", "src/keys.js", "src/main.js", "src/preload.js", "src/renderer.js", "src/vault.js"]
    {
        tree.write(name, std::fs::read(sample.join(name)).expect("a file of the sample"));
    }
    let remove = |name: &str| std::fs::remove_file(tree.path(name)).expect("it is there");
    let renew = |name: &str| tree.write(name, format!("\n{}", tree.read(name)));
    let changes: [(&str, &dyn Fn()); 7] = [
        ("2019-01-01", &|| ()),
        // The address is listed from now on.
        ("2026-01-01", &|| ()),
        // Only a test reads the key.
        ("2026-01-01", &|| remove("src/tls.js")),
        ("2026-01-02", &|| renew("src/keys.js")),
        ("2026-01-02", &|| remove("src/vault.js")),
        ("2026-01-03", &|| renew("package-lock.json")),
        // Every number of a file is another one.
        ("2026-01-03", &|| tree.write("a/first.js", "exports.a = () => 1;\n")),
    ];
    let series = Series::new(&options(tree.root())).expect("the embedded rules");
    let mut reports = Vec::new();
    for (number, (day, change)) in changes.into_iter().enumerate() {
        change();
        let options = ScanOptions { as_of: day.parse::<Date>().expect("a day"), ..options(tree.root()) };
        let shared = series.scan(&options, |limits| open_folder(tree.root(), limits)).expect("a folder that is there");
        series.turn();
        assert_eq!(text(&shared), text(&scan(&options).expect("a folder that is there")), "step {number}");
        reports.push(shared);
    }
    assert!(series.saved().known > 50, "{:?}", series.saved());
    let severity =
        |report: &Report, path: &str| report.triage.standing().filter(|it| &*it.place.path == path).map(|it| it.severity).max();
    assert!(severity(&reports[0], "src/pay.js") < severity(&reports[1], "src/pay.js"), "the day decides");
    assert!(severity(&reports[2], "server.pem") < severity(&reports[1], "server.pem"), "what is around a file decides");
}

fn with_threads(root: &Path, threads: usize) -> Report {
    scan(&ScanOptions { threads: Some(threads), ..options(root) }).expect("a scan of a sample")
}

/// Everything that a report says, in every format.
fn text(report: &Report) -> Vec<String> {
    let style = Style { width: 100, full: true, ..Style::default() };
    let written = REPORTERS.iter().map(|reporter| {
        let mut out = Vec::new();
        reporter.write(report, style, &mut out).expect("writing to memory");
        String::from_utf8(out).expect("text")
    });
    written.chain([format!("{:#?}", report.triage)]).collect()
}
