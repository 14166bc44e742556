//! Every rule does in its own examples what it should.
//!
//! The rules are read from the folder and not from the program, so that a changed rule can be tested without building anything.

use std::path::Path;

use forewarn::rule::RuleSet;
use forewarn::scan::check_examples;
use rayon::prelude::*;

#[test]
fn every_rule_passes_its_examples() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let rules = RuleSet::embedded().and_then(|rules| rules.with_folder(&folder)).expect("the rules load");
    // A thread that waits for a scan takes up other scans: such nesting needs the stacks that a scan's own threads have.
    let threads = rayon::ThreadPoolBuilder::new().stack_size(64 << 20).build().expect("threads start");
    let failures: Vec<_> = threads
        .install(|| rules.rules.par_iter().flat_map_iter(|rule| check_examples(rule, &rules).err().unwrap_or_default()).collect());
    let text: Vec<_> = failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), text.join("\n"));
}
