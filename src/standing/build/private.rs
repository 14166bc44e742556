//! Files that only tests or a private chain read: keys beside them, genesis blocks and what starts such a chain.

use std::collections::BTreeSet;

use super::{Claim, Tree};
use crate::source::{Role, SourceFile};
use crate::standing::name;

/// Ends of names of files that hold a key and nothing else.
const KEYS: &[&str] = &["asc", "der", "jks", "key", "p12", "p8", "pem", "pfx"];
/// Ends of names of the files that start a chain.
const SETTINGS: &[&str] = &["bat", "env", "json", "ps1", "sh", "toml", "txt", "yaml", "yml"];
/// Files that are looked through for the name of a key.
const MOST_KEYS: usize = 64;

/// Keys that only tests read, and the folders of private chains.
pub(super) fn claims(tree: &Tree<'_>) -> Vec<Claim> {
    let mut claims = keys_of_tests(tree);
    claims.extend(chains(tree));
    claims
}

fn keys_of_tests(tree: &Tree<'_>) -> Vec<Claim> {
    let is_key = |file: &&SourceFile| KEYS.contains(&&*file.extension()) && matches!(file.role, Role::Product | Role::Build);
    let keys = tree.files.iter().filter(is_key).take(MOST_KEYS);
    keys.filter(|key| are_tests(tree, key)).map(|key| Claim::file(key.path.to_string(), Role::Test, "only tests read it")).collect()
}

/// Whether some file names a key, and all that do are tests.
fn are_tests(tree: &Tree<'_>, key: &SourceFile) -> bool {
    let mut readers = tree.files.iter().filter(|file| file.path != key.path && file.text.contains(key.name())).peekable();
    readers.peek().is_some() && readers.all(|file| file.role == Role::Test)
}

/// A genesis block beside the settings that start its chain: whoever writes the block owns what is in it. A program that ships the
/// block of a public chain keeps it among its sources.
fn chains(tree: &Tree<'_>) -> Vec<Claim> {
    let is_genesis = |file: &&SourceFile| {
        let name = file.name().to_ascii_lowercase();
        let begins = ["genesis", "chainspec", "chain-spec", "chainconfig", "chain_config"].iter().any(|it| name.starts_with(it));
        begins && SETTINGS.contains(&&*file.extension()) && !name::is_below_sources(file.folder())
    };
    let folders: BTreeSet<&str> = tree.files.iter().filter(is_genesis).map(SourceFile::folder).collect();
    let beside = folders.into_iter().filter(|folder| !folder.is_empty()).flat_map(|folder| {
        let files = tree.below(folder).into_iter().filter_map(|path| tree.get(path));
        files.filter(move |file| file.folder() == folder && SETTINGS.contains(&&*file.extension()))
    });
    beside
        .map(|file| {
            Claim::file(file.path.to_string(), Role::Tool, "it belongs to a private chain: there is a genesis block next to it")
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::super::super::assign;
    use crate::source::Role;
    use crate::target::Workspace;

    #[test]
    fn keys_of_tests_and_private_chains_are_no_product() {
        let mut workspace = Workspace::in_memory([
            ("src/crypto/signer.pem", "x"),
            ("src/crypto/signer.test.ts", "read('signer.pem')"),
            ("src/crypto/server.pem", "x"),
            ("src/crypto/server.ts", "read('server.pem')"),
            ("src/crypto/server.test.ts", "read('server.pem')"),
            ("src/crypto/alone.pem", "x"),
            ("deploy/node/genesis.yaml", "x"),
            ("deploy/node/secret.yaml", "x"),
            ("src/chain/genesis.json", "x"),
            ("src/chain/key.json", "x"),
        ]);
        assign(&mut workspace.files);
        let role = |path: &str| workspace.find(path).map(|file| file.role).expect("the file");
        for (path, expected) in [
            ("src/crypto/signer.pem", Role::Test),
            ("src/crypto/server.pem", Role::Product),
            ("src/crypto/alone.pem", Role::Product),
            ("deploy/node/secret.yaml", Role::Tool),
            ("src/chain/key.json", Role::Product),
        ] {
            assert_eq!(role(path), expected, "{path}");
        }
    }
}
