//! The calibration as a picture.

use std::io;

use askama::Template;

use super::Proof;

/// The square in which probabilities are drawn.
const LEFT: f64 = 64.0;
const SIDE: f64 = 320.0;
const TOP: f64 = 84.0;

/// The picture.
#[derive(Debug, Template)]
#[template(path = "calibration.svg")]
struct Picture {
    about: String,
    bins: Vec<Point>,
    ticks: Vec<Tick>,
}

#[derive(Debug)]
struct Point {
    x: String,
    y: String,
    radius: String,
    says: String,
}

#[derive(Debug)]
struct Tick {
    x: String,
    y: String,
    text: String,
}

/// Writes what was said beside what was as a picture (SVG): on the diagonal a probability is right.
///
/// # Errors
/// If the writer fails.
pub fn write_plot(proof: &Proof, out: &mut dyn io::Write) -> io::Result<()> {
    let place = |number: f64| format!("{number:.1}");
    let (x, y) = (|share: f64| LEFT + SIDE * share, |share: f64| TOP + SIDE * (1.0 - share));
    let most = proof.calibration.iter().map(|bin| bin.trees).max().unwrap_or(1) as f64;
    let point = |bin: &super::Bin| Point {
        x: place(x(bin.said)),
        y: place(y(bin.was)),
        // The area says how many trees they are.
        radius: place(3.0 + 13.0 * (bin.trees as f64 / most).sqrt()),
        says: format!("{} trees: said {:.0} %, were cases {:.0} %", bin.trees, 100.0 * bin.said, 100.0 * bin.was),
    };
    let bins: Vec<_> = proof.calibration.iter().map(point).collect();
    let tick = |quarter: u32| {
        let share = f64::from(quarter) / 4.0;
        Tick { x: place(x(share)), y: place(y(share)), text: (25 * quarter).to_string() }
    };
    let about = bins.iter().map(|bin| bin.says.as_str()).collect::<Vec<_>>().join("; ");
    Picture { about, bins, ticks: (0..=4).map(tick).collect() }.write_into(out)?;
    writeln!(out)
}
