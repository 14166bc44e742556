//! How many times as long as parsing alone a whole scan takes: both in turn in one run, so that a busy machine slows both.

mod tree;

use std::time::Instant;

/// Rounds; the median counts. `FOREWARN_BENCH_ROUNDS` says another number.
const ROUNDS: usize = 7;

/// What a piece of work took.
#[derive(Clone, Copy)]
struct Cost {
    seconds: f64,
    /// Of all processors together, where the system tells.
    busy: Option<f64>,
}

#[expect(clippy::print_stdout, reason = "printing is what this program is for")]
fn main() {
    let tree = tree::Tree::from_environment();
    let (mut parsing, mut scanning, mut lines) = (Vec::new(), Vec::new(), 0);
    for _ in 0..rounds() {
        parsing.push(cost(|| {
            std::hint::black_box(tree::parse_only(&tree));
        }));
        scanning.push(cost(|| lines = tree::whole_scan(&tree)));
    }
    println!("lines of code  {lines}");
    tell("wall clock", &parsing, &scanning, |cost| Some(cost.seconds));
    tell("processors", &parsing, &scanning, |cost| cost.busy);
}

#[expect(clippy::print_stdout, reason = "printing is what this program is for")]
fn tell(clock: &str, parsing: &[Cost], scanning: &[Cost], of: impl Fn(&Cost) -> Option<f64>) {
    let median = |costs: &[Cost]| {
        let mut values: Vec<f64> = costs.iter().filter_map(&of).collect();
        values.sort_by(f64::total_cmp);
        values.get(values.len() / 2).copied()
    };
    if let Some((parsing, scanning)) = median(parsing).zip(median(scanning)) {
        println!("{clock}: parse-only {parsing:.3} s, whole scan {scanning:.3} s, ratio {:.2}", scanning / parsing);
    }
}

#[expect(clippy::disallowed_methods, reason = "a bench is a command line")]
fn rounds() -> usize {
    std::env::var("FOREWARN_BENCH_ROUNDS").ok().and_then(|rounds| rounds.parse().ok()).unwrap_or(ROUNDS)
}

fn cost(work: impl FnOnce()) -> Cost {
    let (begun, busy) = (Instant::now(), busy_seconds());
    work();
    Cost { seconds: begun.elapsed().as_secs_f64(), busy: busy_seconds().zip(busy).map(|(after, before)| after - before) }
}

/// The processor time of this process so far; None where there is no `/proc`. It is counted in hundredths.
#[expect(clippy::disallowed_methods, reason = "a bench looks at itself")]
fn busy_seconds() -> Option<f64> {
    const TICKS: f64 = 100.0;
    let text = std::fs::read_to_string("/proc/self/stat").ok()?;
    // The name of the program may hold spaces; user and system time are the 14th and 15th fields.
    let mut fields = text.rsplit(')').next()?.split_whitespace().skip(11);
    let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((user + system) / TICKS)
}
