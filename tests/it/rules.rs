//! Every embedded rule does in its own examples what it should.

use forewarn::rule::RuleSet;
use forewarn::scan::check_examples;
use rayon::prelude::*;

#[test]
fn every_embedded_rule_passes_its_examples() {
    let rules = RuleSet::embedded().expect("the embedded rules load");
    let failures: Vec<_> =
        rules.rules.par_iter().flat_map_iter(|rule| check_examples(rule, &rules).err().unwrap_or_default()).collect();
    let text: Vec<_> = failures.iter().map(ToString::to_string).collect();
    assert!(failures.is_empty(), "{} failures:\n{}", failures.len(), text.join("\n"));
}
