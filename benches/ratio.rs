//! How many times as long as parsing alone a whole scan takes: both in turn in one run, so that a busy machine slows both.

mod tree;

use std::time::Instant;

/// Rounds; the median counts.
const ROUNDS: usize = 7;

#[expect(clippy::print_stdout, reason = "printing is what this program is for")]
fn main() {
    let tree = tree::Tree::from_environment();
    let (mut parsing, mut scanning, mut lines) = (Vec::new(), Vec::new(), 0);
    for _ in 0..ROUNDS {
        parsing.push(seconds(|| {
            std::hint::black_box(tree::parse_only(&tree));
        }));
        scanning.push(seconds(|| lines = tree::whole_scan(&tree)));
    }
    let (parsing, scanning) = (median(parsing), median(scanning));
    println!("lines of code  {lines}");
    println!("parse-only     {parsing:.3} s");
    println!("whole scan     {scanning:.3} s");
    println!("ratio          {:.2}", scanning / parsing);
}

fn seconds(work: impl FnOnce()) -> f64 {
    let begun = Instant::now();
    work();
    begun.elapsed().as_secs_f64()
}

fn median(mut values: Vec<f64>) -> f64 {
    values.sort_by(f64::total_cmp);
    values[values.len() / 2]
}
