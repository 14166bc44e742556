//! A history as a picture: the score over time, what it is made of, and what happened.

use std::fmt::Write as _;
use std::io;

use askama::Template;

use super::write::named;
use super::{History, Scored, Step};
use crate::finding::fit_to_show;
use crate::report::TOOL_VERSION;
use crate::rule::{Date, Incident};
use crate::target::Release;

/// Where the curve is drawn.
const LEFT: f64 = 64.0;
const RIGHT: f64 = 924.0;
const TOP: f64 = 128.0;
const BOTTOM: f64 = 348.0;
/// Where the findings are drawn.
const FINDINGS_TOP: f64 = 384.0;
const FINDINGS_BOTTOM: f64 = 464.0;
/// Where the steps are told, and how high a line of them is.
const TOLD_TOP: usize = 528;
const TOLD_ROW: usize = 20;
/// So many steps are told: the greatest.
const MOST_TOLD: usize = 8;
/// A step that changes the score by less is not told.
const LEAST_STEP: f64 = 2.0;
/// Characters that fit into a line.
const LINE: usize = 128;

/// The picture.
#[derive(Debug, Template)]
#[template(path = "history.svg")]
struct Picture {
    height: usize,
    title: String,
    about: String,
    tool: &'static str,
    levels: Vec<Mark>,
    years: Vec<Mark>,
    band: String,
    curve: String,
    points: Vec<Point>,
    incidents: Vec<Event>,
    grave: String,
    critical: String,
    most: usize,
    told: Vec<Told>,
}

/// A line of a scale.
#[derive(Debug)]
struct Mark {
    at: String,
    text: String,
}

#[derive(Debug)]
struct Point {
    x: String,
    y: String,
    says: String,
}

#[derive(Debug)]
struct Event {
    x: String,
    y: usize,
    anchor: &'static str,
    text_x: String,
    text: String,
}

/// A step that is told below the curve.
#[derive(Debug)]
struct Told {
    number: usize,
    x: String,
    y: String,
    row: usize,
    text: String,
}

/// Writes a picture (SVG) without scripts, fonts or anything else from elsewhere.
///
/// # Errors
/// If the writer fails.
pub fn write_svg(history: &History, out: &mut dyn io::Write) -> io::Result<()> {
    picture(history).write_into(out)?;
    writeln!(out)
}

/// Days to places.
#[derive(Clone, Copy, Debug)]
struct Scale {
    first: i64,
    last: i64,
}

impl Scale {
    fn of(history: &History) -> Self {
        let days = || {
            let releases = history.scanned().map(|(release, _)| release.day.days());
            releases.chain(history.incidents.iter().map(|incident| incident.date.last_day().days()))
        };
        let first = days().min().unwrap_or(0);
        Self { first, last: days().max().unwrap_or(0).max(first + 1) }
    }

    fn x(self, day: Date) -> f64 {
        LEFT + (RIGHT - LEFT) * (day.days() - self.first) as f64 / (self.last - self.first) as f64
    }

    /// The first days of years, or of months where there is no whole year, few enough to be told apart.
    fn ticks(self) -> Vec<(Date, String)> {
        let (from, to) = (Date::from_days(self.first), Date::from_days(self.last));
        let years = usize::from(to.year - from.year);
        if years >= 2 {
            let step = years.div_ceil(12).max(1);
            let years = (from.year + 1..=to.year).step_by(step);
            return years.map(|year| (Date { year, month: 1, day: 1 }, year.to_string())).collect();
        }
        let months = (from.year..=to.year).flat_map(|year| (1..=12).map(move |month| Date { year, month, day: 1 }));
        let months: Vec<_> = months.filter(|day| (from..=to).contains(day)).collect();
        let step = months.len().div_ceil(10).max(1);
        months.into_iter().step_by(step).map(|day| (day, format!("{}-{:02}", day.year, day.month))).collect()
    }
}

fn score_y(value: f64) -> f64 {
    BOTTOM - (BOTTOM - TOP) * value / 100.0
}

fn picture(history: &History) -> Picture {
    let scale = Scale::of(history);
    let scored: Vec<_> = history.scanned().filter_map(|(release, step)| Some((release, step.score.as_ref()?))).collect();
    let grave = |step: &Step| step.counts[0] + step.counts[1];
    let most = history.scanned().map(|(_, step)| grave(step)).max().unwrap_or(0).max(1);
    let height_of = |count: usize| FINDINGS_BOTTOM - (FINDINGS_BOTTOM - FINDINGS_TOP) * count as f64 / most as f64;
    let area = |count: &dyn Fn(&Step) -> usize| {
        let places: Vec<_> = history.scanned().map(|(release, step)| (scale.x(release.day), height_of(count(step)))).collect();
        closed(&stairs(&places), &places, FINDINGS_BOTTOM)
    };
    let told = told(history, scale);
    let curve: Vec<_> = scored.iter().map(|(release, score)| (scale.x(release.day), score_y(score.value))).collect();
    Picture {
        height: TOLD_TOP + TOLD_ROW * told.len() + 24,
        title: fit_to_show(&history.name),
        about: about(history, &scored),
        tool: TOOL_VERSION,
        levels: (0..=4).map(|quarter| mark(score_y(f64::from(quarter) * 25.0), (quarter * 25).to_string())).collect(),
        years: scale.ticks().into_iter().map(|(day, text)| mark(scale.x(day), text)).collect(),
        band: band(&scored, scale),
        curve: stairs(&curve),
        points: scored.iter().map(|&(release, score)| point(release, score, scale)).collect(),
        incidents: events(history, scale),
        grave: area(&grave),
        critical: area(&|step| step.counts[0]),
        most,
        told,
    }
}

fn place(number: f64) -> String {
    format!("{number:.1}")
}

fn mark(at: f64, text: String) -> Mark {
    Mark { at: place(at), text }
}

/// A line through places that stays at the height of each until the next one: a release is what users have until there is a new one.
fn stairs(places: &[(f64, f64)]) -> String {
    let Some((first, rest)) = places.split_first() else { return String::new() };
    let mut path = format!("M{:.1} {:.1}", first.0, first.1);
    for (x, y) in rest {
        let _ = write!(path, "H{x:.1}V{y:.1}");
    }
    path
}

/// The area between a line and a height.
fn closed(path: &str, places: &[(f64, f64)], floor: f64) -> String {
    match (places.first(), places.last()) {
        (Some((first, _)), Some((last, _))) => format!("{path}H{last:.1}V{floor:.1}H{first:.1}Z"),
        _ => String::new(),
    }
}

/// The area in which the score probably lies.
fn band(scored: &[(&Release, &Scored)], scale: Scale) -> String {
    let edge =
        |of: &dyn Fn(&Scored) -> f64| scored.iter().map(|(release, score)| (scale.x(release.day), score_y(of(score)))).collect();
    let (upper, lower): (Vec<_>, Vec<_>) = (edge(&|score| score.range.1), edge(&|score| score.range.0));
    let mut path = stairs(&upper);
    for pair in lower.windows(2).rev() {
        let _ = write!(path, "{}{:.1} {:.1}H{:.1}", if path.ends_with('Z') { "M" } else { "L" }, pair[1].0, pair[0].1, pair[0].0);
    }
    if path.is_empty() { path } else { path + "Z" }
}

fn point(release: &Release, score: &Scored, scale: Scale) -> Point {
    let Scored { value, range: (low, high), band } = score;
    let says = format!("{} of {}: {value:.0} ({low:.0} to {high:.0}), {band}", fit_to_show(&release.name), release.day);
    Point { x: place(scale.x(release.day)), y: place(score_y(*value)), says }
}

fn events(history: &History, scale: Scale) -> Vec<Event> {
    let event = |(number, incident): (usize, &Incident)| {
        let x = scale.x(incident.date.last_day());
        let is_left = x > (LEFT + RIGHT) / 2.0;
        Event {
            x: place(x),
            y: TOP as usize - 10 - 15 * (number % 2),
            anchor: if is_left { "end" } else { "start" },
            text_x: place(if is_left { x - 5.0 } else { x + 5.0 }),
            text: incident.heading(),
        }
    };
    history.incidents.iter().enumerate().map(event).collect()
}

/// The greatest steps of the score, in the order of time.
fn told(history: &History, scale: Scale) -> Vec<Told> {
    let scored: Vec<_> =
        history.scanned().filter_map(|(release, step)| Some((release, step, step.score.as_ref()?.value))).collect();
    let mut steps: Vec<_> = scored.windows(2).map(|pair| (pair[1].0, pair[1].1, pair[0].2, pair[1].2)).collect();
    steps.retain(|(.., before, now)| (now - before).abs() >= LEAST_STEP);
    steps.sort_by(|a, b| (b.3 - b.2).abs().total_cmp(&(a.3 - a.2).abs()));
    steps.truncate(MOST_TOLD);
    steps.sort_by_key(|(release, ..)| release.day);
    let tell = |(number, (release, step, before, now)): (usize, (&Release, &Step, f64, f64))| {
        let (introduced, removed) = step.net();
        let came = (!introduced.is_empty()).then(|| format!("new: {}", named(&introduced)));
        let went = (!removed.is_empty()).then(|| format!("gone: {}", named(&removed)));
        let why: Vec<_> = came.into_iter().chain(went).collect();
        let text = format!("{} of {}: {before:.0} to {now:.0}; {}", fit_to_show(&release.name), release.day, why.join("; "));
        Told {
            number: number + 1,
            x: place(scale.x(release.day)),
            y: place(score_y(now) - 13.0),
            row: TOLD_TOP + TOLD_ROW * number,
            text: shortened(&text),
        }
    };
    steps.into_iter().enumerate().map(tell).collect()
}

fn shortened(text: &str) -> String {
    if text.chars().count() <= LINE { text.to_owned() } else { text.chars().take(LINE - 1).chain(['…']).collect() }
}

/// The picture in words, for those who do not see it.
fn about(history: &History, scored: &[(&Release, &Scored)]) -> String {
    let value =
        |(release, score): &(&Release, &Scored)| format!("{:.0} at {} ({})", score.value, fit_to_show(&release.name), release.day);
    let ends = [scored.first(), scored.last()].into_iter().flatten().map(value).collect::<Vec<_>>().join(", then ");
    let highest = scored.iter().max_by(|a, b| a.1.value.total_cmp(&b.1.value)).map(value).unwrap_or_default();
    let incidents: Vec<_> = history.incidents.iter().map(Incident::heading).collect();
    let happened = if incidents.is_empty() { String::new() } else { format!(" What happened: {}.", incidents.join("; ")) };
    format!("The score of {} releases: {ends}; highest {highest}.{happened}", scored.len())
}
