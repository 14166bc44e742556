//! Every row of every model speaks about an example of its file.

use std::path::Path;

use forewarn::frontend;
use forewarn::program::Program;
use forewarn::rule::RuleSet;
use forewarn::taint;
use forewarn::target::Workspace;
use forewarn::timing::Timings;

#[test]
fn every_row_is_fired_by_an_example() {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("rules");
    let knowledge = RuleSet::default().with_folder(&folder).expect("the models load").knowledge;
    let mut silent = Vec::new();
    for (index, model) in knowledge.models.files.iter().enumerate() {
        let fired: Vec<_> = model
            .examples
            .iter()
            .flat_map(|example| {
                let workspace = Workspace::in_memory([(example.path.as_str(), example.code.as_str())]);
                let file = &workspace.files[0];
                let lowered =
                    frontend::find(file).unwrap_or_else(|| panic!("{}: no front end for {}", model.path, file.path)).lower(file);
                assert!(lowered.notices.is_empty(), "{}: {:?}", model.path, lowered.notices);
                let (program, _) = Program::link(&workspace, vec![(file.id, &lowered.unit)], &[], &knowledge.models);
                taint::solve(&workspace, &program, &knowledge, &Timings::default()).0.fired
            })
            .collect();
        let rows = knowledge.models.rows().filter(|(id, row)| row.file == index && !fired.contains(id));
        silent.extend(rows.map(|(_, row)| format!("{}: {:?} {:?}", model.path, row.effect, row.patterns[0].1.text())));
    }
    assert!(silent.is_empty(), "{} rows are not fired:\n{}", silent.len(), silent.join("\n"));
}
