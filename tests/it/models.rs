//! Every row of every model speaks about an example of its file.

use forewarn::frontend;
use forewarn::program::Program;
use forewarn::rule::RuleSet;
use forewarn::target::Workspace;
use forewarn::taint;

#[test]
fn every_row_is_fired_by_an_example() {
    let knowledge = RuleSet::embedded_knowledge().expect("the embedded models load");
    let mut silent = Vec::new();
    for (index, model) in knowledge.models.files.iter().enumerate() {
        let fired: Vec<_> = model
            .examples
            .iter()
            .flat_map(|example| {
                let workspace = Workspace::in_memory([(example.path.as_str(), example.code.as_str())]);
                let file = &workspace.files[0];
                let lowered = frontend::find(file).unwrap_or_else(|| panic!("{}: no front end for {}", model.path, file.path)).lower(file);
                assert!(lowered.notices.is_empty(), "{}: {:?}", model.path, lowered.notices);
                let (program, _) = Program::link(&workspace, vec![(file.id, &lowered.unit)], &[]);
                taint::solve(&workspace, &program, &knowledge).0.fired
            })
            .collect();
        let rows = knowledge.models.rows().filter(|(id, row)| row.file == index && !fired.contains(id));
        silent.extend(rows.map(|(_, row)| format!("{}: {:?} {:?}", model.path, row.effect, row.patterns[0].1.text())));
    }
    assert!(silent.is_empty(), "{} rows are not fired:\n{}", silent.len(), silent.join("\n"));
}
