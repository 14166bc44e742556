//! The proof of a backtest, from repositories on disk to the document that keeps it.

use super::tree::{Pack, Tree, forewarn};

/// A bare look-alike of a folder of repositories, each with a flawed and a mended commit, and what they are called.
struct Repositories {
    folder: Tree,
}

impl Repositories {
    fn new() -> Self {
        Self { folder: Tree::new(&[]) }
    }

    /// Commits files to a repository and tells the commit.
    fn commit(&self, name: &str, day: &str, files: &[(&str, &str)]) -> String {
        let place = format!("{}/repo", name.replace('/', "+"));
        let root = self.folder.path(&place);
        let git = |arguments: &[&str]| {
            let mut git = std::process::Command::new("git");
            git.args(["-c", "user.name=a", "-c", "user.email=a@b.example"]).arg("-C").arg(&root);
            let date = format!("{day}T12:00:00Z");
            git.env("GIT_COMMITTER_DATE", &date).env("GIT_AUTHOR_DATE", &date);
            let output = git.args(arguments).output().expect("git");
            assert!(output.status.success(), "{arguments:?}");
            String::from_utf8(output.stdout).expect("text").trim().to_owned()
        };
        if !root.exists() {
            std::fs::create_dir_all(&root).expect("a folder");
            git(&["init", "--quiet"]);
        }
        files.iter().for_each(|(path, text)| self.folder.write(&format!("{place}/{path}"), text));
        git(&["add", "--all"]);
        git(&["commit", "--quiet", "-m", "x"]);
        git(&["rev-parse", "HEAD"])
    }
}

#[test]
fn cases_and_controls_prove_the_score_and_sealed_ones_tell_no_findings() {
    let repositories = Repositories::new();
    let flawed = repositories.commit("o/wallet", "2021-01-01", &[("a.ts", "danger(1);\n")]);
    let fixed = repositories.commit("o/wallet", "2021-03-01", &[("a.ts", "safety(1);\n")]);
    let sealed = repositories.commit("o/sealed", "2021-01-01", &[("a.ts", "danger(1);\n")]);
    let control = repositories.commit("o/control", "2021-01-01", &[("a.ts", "safety(1);\n")]);
    let incident = |id: &str, repo: &str, commit: &str, more: &str| {
        format!(
            "[[incident]]\nid = '{id}'\nrepo = '{repo}'\nclass = 'c'\nvulnerable_commit = '{commit}'\nintroduced_date = '2020-12-01'\n\
             disclosed_date = '2021-02-01'\nfiles = ['a.ts:1']\ndetectable = 'yes'\nrules = ['own-danger']\n{more}\n"
        )
    };
    let told = incident("told", "o/wallet", &flawed, &format!("fixed_commit = '{fixed}'"))
        + &format!("[[control]]\nid = 'kept'\nrepo = 'o/control'\ncommit = '{control}'\ndate = '2021-01-01'\n");
    repositories.folder.write("corpus.toml", told);
    repositories.folder.write("sealed.toml", incident("secret", "o/sealed", &sealed, ""));
    repositories.folder.write("doc.md", "# Score\n<!-- proof: made by forewarn backtest -->\n<!-- end of proof -->\n");
    let pack = Pack::danger("high");
    let rules = pack.arguments(&[]);
    let run = |more: &[&str]| {
        let arguments =
            ["backtest", "corpus.toml", "--sealed", "sealed.toml", "--repos", ".", "--proof", "--quiet", rules[0], rules[1]];
        let said = forewarn(repositories.folder.root(), &[&arguments[..], more].concat());
        assert_eq!(said.code, 0, "{}", said.err);
        said.out
    };
    let json = run(&["--format", "json", "--proof-into", "doc.md", "--plot", "plot.svg", "--jobs", "2"]);
    let result: serde_json::Value = serde_json::from_str(&json).expect("JSON");
    let (told, secret) = (&result["incidents"][0], &result["incidents"][1]);
    assert_eq!(
        (told["id"].as_str(), told["located"].as_bool(), told["hits"][0]["rule"].as_str()),
        (Some("told"), Some(true), Some("own-danger"))
    );
    assert!(secret["hits"].is_null() && secret["run"]["severe"].as_array().is_some_and(Vec::is_empty), "{secret}");
    let proof = &result["proof"];
    assert_eq!((proof["cases"].as_u64(), proof["controls"].as_u64()), (Some(2), Some(1)));
    assert!(proof["auc"]["value"].is_f64() && proof["unseen"]["cases"].as_u64() == Some(1), "{proof}");
    assert_eq!((proof["pairs"]["falls"].as_u64(), proof["named"]["located"].as_u64()), (Some(1), Some(2)));
    // From the day on which the defect had come in: two months.
    assert_eq!(proof["lead"]["days"][1].as_f64(), Some(62.0));
    assert!(repositories.folder.read("doc.md").contains("### Does it rank cases above controls?"));
    assert!(repositories.folder.read("plot.svg").starts_with("<svg"));
    // Times are the only thing that may differ.
    let table = |jobs: &str| run(&["--jobs", jobs]).split("### ").skip(1).collect::<Vec<_>>().concat();
    assert_eq!(table("1"), table("3"));
}
