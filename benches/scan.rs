//! A whole scan and parsing alone, over the same tree, with statistics.

mod tree;

use criterion::Criterion;

fn main() {
    let tree = tree::Tree::from_environment();
    let mut criterion = Criterion::default().sample_size(10).configure_from_args();
    let mut group = criterion.benchmark_group("tree");
    group.bench_function("parse-only", |bencher| bencher.iter(|| tree::parse_only(&tree)));
    group.bench_function("whole-scan", |bencher| bencher.iter(|| tree::whole_scan(&tree)));
    group.finish();
    criterion.final_summary();
}
