//! Where text goes: data to standard output or a file, everything else to standard error.

use std::ffi::OsString;
use std::fs::{self, OpenOptions};
use std::io::{self, BufWriter, IsTerminal, Write};
use std::path::Path;

use clap::ValueEnum;
use forewarn::report::Style;
use forewarn::timing::{Stage, Timings};

use super::Failure;

/// When to use colour.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Color {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

/// What the answer of a command that does not scan looks like.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub(super) enum Format {
    Table,
    Json,
}

/// Characters in a line where there is no terminal to ask.
pub(super) const WIDTH: usize = 80;

/// Characters in a line of a job's summary.
pub(super) const STEP_WIDTH: usize = 100;

/// How a report to standard output, or to a file, is to look.
pub(super) fn style(color: Color, to_file: bool) -> Style {
    let is_terminal = !to_file && io::stdout().is_terminal();
    let color = match color {
        Color::Auto => is_terminal && !has_variable("NO_COLOR"),
        Color::Always => true,
        Color::Never => false,
    };
    let width = if is_terminal { comfy_table::Table::new().width().map(usize::from) } else { None };
    Style { width: width.unwrap_or(WIDTH).clamp(40, 160), color, ..Style::default() }
}

fn has_variable(name: &str) -> bool {
    variable(name).is_some()
}

/// A variable of the environment that says something.
#[allow(clippy::disallowed_methods, reason = "the environment is looked at here and nowhere else")]
pub(super) fn variable(name: &str) -> Option<OsString> {
    std::env::var_os(name).filter(|value| !value.is_empty())
}

/// Lets `write` write to a file, or to standard output if there is none.
pub(super) fn write_to(file: Option<&Path>, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> Result<(), Failure> {
    match file {
        Some(path) => {
            let named = |error: io::Error| format!("cannot write {}: {error}", path.display());
            write_whole(path, write).map_err(named)?;
        }
        None => {
            let mut out = BufWriter::new(io::stdout().lock());
            write(&mut out).and_then(|()| out.flush())?;
        }
    }
    Ok(())
}

/// Lets `write` write a file that stands at its place only when all of it is on the disk: a full disk or an interrupt leaves what was
/// there. What is not a regular file (a terminal, a pipe) is written to directly.
fn write_whole(path: &Path, write: impl FnOnce(&mut dyn Write) -> io::Result<()>) -> io::Result<()> {
    let known = fs::metadata(path).ok();
    if known.as_ref().is_some_and(|known| !known.is_file()) {
        let mut out = BufWriter::new(OpenOptions::new().write(true).open(path)?);
        return write(&mut out).and_then(|()| out.flush());
    }
    // A link stays one: what it leads to is replaced.
    let place = if known.is_some() { path.canonicalize()? } else { path.to_owned() };
    let folder = place.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."));
    let beside = beside(folder, known.as_ref())?;
    let mut out = BufWriter::new(beside);
    write(&mut out)?;
    let beside = out.into_inner().map_err(io::IntoInnerError::into_error)?;
    beside.as_file().sync_all()?;
    beside.persist(place)?;
    Ok(())
}

/// A file that nobody else has, with the rights of the one that it is to replace or of any new one.
fn beside(folder: &Path, known: Option<&fs::Metadata>) -> io::Result<tempfile::NamedTempFile> {
    let mut builder = tempfile::Builder::new();
    builder.prefix(".forewarn-");
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        builder.permissions(fs::Permissions::from_mode(0o666));
    }
    let file = builder.tempfile_in(folder)?;
    if let Some(known) = known {
        file.as_file().set_permissions(known.permissions())?;
    }
    Ok(file)
}

/// A table of how long the stages took, if it was measured.
pub(super) fn timing_lines(timings: &Timings) -> Vec<String> {
    let stages = timings.stages();
    let named = |name: &str| name.split_once('/').map_or_else(|| name.to_owned(), |(_, part)| format!("  {part}"));
    let row = |stage: &Stage| format!("{:<18} {:>8.3} s {:>5.1} %", named(stage.name), stage.seconds, 100.0 * stage.share);
    stages.iter().map(row).collect()
}

/// Prints text to standard output.
pub(super) fn print(text: &str) -> Result<(), Failure> {
    write_to(None, |out| out.write_all(text.as_bytes()))
}

/// Whether nobody reads standard output any more, which is the reader's right.
pub(super) fn is_broken_pipe(error: &(dyn std::error::Error + 'static)) -> bool {
    let of_io = error.downcast_ref::<io::Error>().map(io::Error::kind);
    of_io == Some(io::ErrorKind::BrokenPipe)
}

/// Tells what went wrong.
pub(super) fn complain(error: &dyn std::error::Error) {
    remark(&format!("error: {error}"));
}

/// A line for people, beside the data.
pub(super) fn remark(text: &str) {
    // Nothing can be done if even that fails.
    let _ = writeln!(io::stderr(), "{text}");
}
