//! The report as PDF: the page that `--format html` writes, printed by a browser of this machine.

use std::ffi::OsString;
use std::fs::{self, File};
use std::io::{self, BufWriter, Write};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};

use forewarn::report::{REPORTERS, Report, Reporter, Style};

use super::output::variable;

/// The PDF format.
#[derive(Debug)]
pub(super) struct Pdf;

/// The variable that names the browser, with options if it needs some.
const BROWSER: &str = "FOREWARN_BROWSER";

/// Names under which systems install browsers that print without a window.
const NAMES: &[&str] =
    &["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "msedge", "brave-browser"];

impl Reporter for Pdf {
    fn name(&self) -> &'static str {
        "pdf"
    }

    fn write(&self, report: &Report, style: Style, out: &mut dyn Write) -> io::Result<()> {
        let folder = tempfile::tempdir()?;
        let page = folder.path().join("report.html");
        let html = REPORTERS.iter().find(|reporter| reporter.name() == "html").expect("HTML is a format");
        let mut file = BufWriter::new(File::create(&page)?);
        html.write(report, style, &mut file).and_then(|()| file.flush())?;
        out.write_all(&print(browser()?, folder.path(), &page)?)
    }
}

/// Lets a browser print a page, with a profile of its own and nothing from the network: the page asks for nothing.
#[expect(clippy::disallowed_methods, reason = "it is what the browser wrote, and no part of a tree")]
fn print(mut browser: Command, folder: &Path, page: &Path) -> io::Result<Vec<u8>> {
    let printed = folder.join("report.pdf");
    browser
        .args(["--headless", "--disable-gpu", "--disable-extensions", "--no-first-run", "--no-pdf-header-footer"])
        .arg(joined("--user-data-dir=", &folder.join("profile")))
        .arg(joined("--print-to-pdf=", &printed))
        .arg(joined("file://", page))
        .stdin(Stdio::null());
    let name = browser.get_program().to_string_lossy().into_owned();
    let ended = browser.output().map_err(|error| io::Error::other(format!("cannot run {name}: {error}")))?;
    fs::read(&printed).map_err(|_| {
        let said = String::from_utf8_lossy(&ended.stderr);
        let reason = said.lines().rev().find(|line| !line.trim().is_empty()).unwrap_or("it gave no reason");
        // The browser begins its lines with a mark of its own: `[123:45:ERROR:file.cc:6]`.
        let reason = forewarn::finding::fit_to_show(reason.rsplit_once("] ").map_or(reason, |(_, reason)| reason));
        let hint = if said.contains("--no-sandbox") {
            format!("; in a container: {BROWSER}='{name} --no-sandbox'")
        } else {
            String::new()
        };
        io::Error::other(format!("{name} printed nothing: {reason}{hint}"))
    })
}

fn joined(option: &str, path: &Path) -> OsString {
    let mut joined = OsString::from(option);
    joined.push(path);
    joined
}

/// The browser that the user names, else the first that the system has: never one of the current folder, which may be the scanned tree.
fn browser() -> io::Result<Command> {
    if let Some(named) = variable(BROWSER) {
        if Path::new(&named).is_file() {
            return Ok(Command::new(named));
        }
        let text = named.to_string_lossy().into_owned();
        let mut words = text.split_whitespace();
        if let Some(program) = words.next() {
            let mut command = Command::new(program);
            command.args(words);
            return Ok(command);
        }
    }
    let folders = variable("PATH").unwrap_or_default();
    let folders: Vec<PathBuf> = std::env::split_paths(&folders).filter(|folder| folder.is_absolute()).collect();
    let found = NAMES.iter().flat_map(|name| folders.iter().map(move |folder| folder.join(name))).find(|path| is_file(path));
    found.map(Command::new).ok_or_else(|| {
        io::Error::other(format!(
            "a PDF is printed by Chromium, Chrome or Edge, and none was found: install one, name it with {BROWSER}, or open the HTML \
             report in any browser and print it"
        ))
    })
}

fn is_file(path: &Path) -> bool {
    fs::metadata(path).is_ok_and(|metadata| metadata.is_file())
}
