//! No secret of a scanned tree is repeated in any report.

use super::tree::{Pack, Tree};

/// Values that are planted, and the part of each that may not show.
const SECRETS: &[&str] = &[
    "8f2a55949038a9610f50fb23b5883af3b4ecb3c3bb792cbcefbd1542c692be63",
    "KwDiBf89QgGbjEhKnhXJuH7LrciVrZi3qYjgd9M7rFU73sVHnoWn",
    "xprv9s21ZrQH143K3QTDL4LXw2F7HEK3wJUD2nW2nRk4stbPy6cq3jPPqjiChkVvvNKmPGJxWUtg6LnF5kejMRNNU3TGtRBeJgk33yuGBxrMPHi",
    "army van defense carry jealous true garbage claim echo media make crunch",
    "MHQCAQEEIKZpYm9uYWNjaSBpcyBub3QgYSBzZWNyZXQga2V5IGF0IGFsbA",
    "tr0ub4dor-and-3",
];

fn planted() -> Tree {
    let [hex, wif, xprv, phrase, pem, password] = SECRETS else { unreachable!("six secrets") };
    let code = format!(
        "import {{ ethers }} from 'ethers'\n\
         const privateKey = '0x{hex}'\nconst wif = \"{wif}\"\nconst master = `{xprv}`\n\
         const mnemonic = '{phrase}'\n\
         export const wallet = new ethers.Wallet(privateKey)\nconst password = '{password}'\n\
         console.log(mnemonic, privateKey)\nlocalStorage.setItem('seed', '{phrase}')\n\
         \n\n\n// far from the others\n\n\n\ndanger({password}, '{phrase}')\n\
         // forewarn: ignore[own-danger] as if {hex} were no key\ndanger(1)\n"
    );
    let key = format!("-----BEGIN EC PRIVATE KEY-----\n{pem}\n-----END EC PRIVATE KEY-----\n");
    let environment = format!("PRIVATE_KEY={hex}\nMNEMONIC=\"{phrase}\"\nRPC=https://me:{password}@node.example\n");
    let config = format!("{{\"mnemonic\": \"{phrase}\", \"key\": \"{hex}\", \"wif\": \"{wif}\", \"broken\": ");
    let rust = format!("const KEY: &str = \"{hex}\";\nfn main() {{ println!(\"{{}} {phrase}\", KEY); }}\n");
    Tree::new(&[
        ("src/wallet.ts", &code),
        ("src/key.pem", &key),
        (".env", &environment),
        ("config.json", &config),
        ("src/main.rs", &rust),
        ("package.json", "{\"dependencies\": {\"ethers\": \"^6.0.0\"}}"),
    ])
}

#[test]
fn no_format_repeats_a_planted_secret() {
    let tree = planted();
    let pack = Pack::danger("high");
    let own = pack.arguments(&[]);
    let rules = [own[0], own[1]];
    let mut found = 0;
    for format in ["table", "json", "sarif", "markdown", "html", "junit", "gitlab", "github"] {
        let said = tree.scan(&[&rules[..], &["--format", format, "--full", "--write-baseline", "known.json"]].concat());
        assert_eq!(said.code, 0, "{format}: what is accepted does not fail: {}", said.err);
        let baseline = tree.read("known.json");
        for secret in SECRETS {
            for text in [&said.out, &said.err, &baseline] {
                assert!(!text.contains(secret), "{format} shows {secret}:\n{text}");
                let half = &secret[..secret.len() / 2 + 4];
                assert!(!text.contains(half), "{format} shows the half of {secret}:\n{text}");
            }
        }
        found += said.out.matches("[redacted]").count();
    }
    assert!(found >= 8, "secrets were met and hidden, {found} times");
}

#[test]
fn names_of_files_and_addresses_repeat_no_secret() {
    let [hex, wif, ..] = SECRETS else { unreachable!("six secrets") };
    let api_key = "8f2a55949038a9610f50fb23b5883af3";
    let token = "ghp_0aB1cD2eF3gH4iJ5kL6mN7oP8qR9sT0uV1wX";
    let code = format!(
        "import {{ generateMnemonic }} from 'bip39'\nconst m = generateMnemonic()\nconsole.log(m) // https://node.example/v3/{api_key}\n\
         fetch('https://node.example/?apikey={token}&x=1')\ndanger(1)\n"
    );
    let tree = Tree::new(&[
        (&format!("keys/{hex}.ts"), &code),
        (&format!("{wif}/a.ts"), &code),
        (&format!("{hex}/broken.json"), "{"),
        (&format!("{hex}/gone.ts"), "\u{0}\u{0}"),
        ("package.json", &format!("{{\"dependencies\": {{\"left\": \"git+https://{token}:x@code.example/o/left.git\"}}}}")),
        ("forewarn.toml", &format!("exclude = ['{wif}/excluded.ts']\n")),
        (&format!("{wif}/excluded.ts"), &code),
    ]);
    let pack = Pack::danger("high");
    let folder = pack.arguments(&[])[1];
    for format in ["table", "json", "sarif", "markdown", "html", "junit", "gitlab", "github", "cyclonedx", "openvex"] {
        let said = tree.scan(&["--format", format, "--full", "--rules", folder, "--write-baseline", "known.json"]);
        for secret in [hex, wif, api_key, token] {
            for text in [&said.out, &said.err, &tree.read("known.json")] {
                let line = text.lines().find(|line| line.contains(secret));
                assert!(line.is_none(), "{format} shows {secret}: {line:?}");
            }
        }
    }
}
