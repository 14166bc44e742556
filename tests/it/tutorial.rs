//! The commands of `docs/tutorial.md`, run one after the other as a reader would run them.

use std::fmt::Write as _;
use std::path::Path;
use std::process::Command;

use super::tree::{Said, Tree, repository};

/// The lines of the ```` ```sh ```` blocks. A line that ends in `# exit code N` must end so; any other must succeed.
fn script(page: &str) -> String {
    let mut script = String::from("set -u\nexpect() { [ \"$1\" -eq \"$2\" ] || { echo \"exit code $1: $3\" >&2; exit 9; }; }\n");
    let blocks = page.split("```sh\n").skip(1).map(|rest| rest.split("```").next().unwrap_or_default());
    for block in blocks {
        for line in block.lines() {
            let wanted = line.split_once("# exit code ").map_or("0", |(_, code)| code.trim());
            let told = line.replace('\'', "");
            writeln!(script, "{line}\nexpect $? {wanted} '{told}'").expect("writing to a string");
        }
    }
    script
}

#[test]
fn the_tutorial_works_as_it_is_written() {
    let page = std::fs::read_to_string(repository().join("docs/tutorial.md")).expect("the tutorial");
    let folder = Tree::new(&[]);
    let samples = repository().join("sample-wallets");
    let copied = Said::of(Command::new("cp").arg("-r").arg(samples).arg(folder.root()));
    assert_eq!(copied.code, 0, "{}", copied.err);
    let program = Path::new(env!("CARGO_BIN_EXE_forewarn")).parent().expect("a folder").to_owned();
    let path = std::env::join_paths([program].into_iter().chain(std::env::split_paths(&std::env::var_os("PATH").expect("PATH"))));
    let mut command = Command::new("bash");
    command.arg("-c").arg(script(&page)).current_dir(folder.root()).env("PATH", path.expect("paths"));
    command.env("XDG_CACHE_HOME", folder.root()).env_remove("FOREWARN_DB").env_remove("GITHUB_ACTIONS");
    for (name, value) in [("NAME", "Reader"), ("EMAIL", "reader@example.org")] {
        command.env(format!("GIT_AUTHOR_{name}"), value).env(format!("GIT_COMMITTER_{name}"), value);
    }
    let said = Said::of(&mut command);
    assert_eq!(said.code, 0, "{}\n{}", said.out, said.err);
    for part in ["FAILED", "PASSED", "Insufficient entropy", "nothing new"] {
        assert!(said.out.contains(part), "{part} is not in the output:\n{}", said.out);
    }
}
