//! The same tree gives the same report, whatever the number of threads.

use std::path::Path;

use forewarn::report::{REPORTERS, Report, Style};
use forewarn::scan::{ScanOptions, scan};

use crate::tree::{options, repository};

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
