use crate::lockfile::{Dependencies, PackageSource, Purpose, find};
use crate::source::{FileId, SourceFile};

fn read(path: &str, text: &str) -> Dependencies {
    let file = SourceFile::in_memory(FileId(0), path, text);
    let (dependencies, notices) = find(&file).expect("a reader").read(&file);
    assert!(notices.is_empty(), "{notices:?}");
    dependencies.expect("dependencies")
}

#[test]
fn requirements_are_wishes_and_pins() {
    let text = "# keys\nrequests[socks]>=2,<3 ; python_version > '3'\n-r other.txt\n--extra-index-url https://i.example\necdsa==0.19.0 \\\n    --hash=sha256:aa \\\n    --hash=sha256:bb\n-e git+https://h.example/x.git@main#egg=own\nfork @ git+https://h.example/y@0123456789abcdef\n";
    let found = read("requirements.txt", text);
    let manifest = found.manifest.expect("a manifest");
    let wishes: Vec<_> = manifest.requirements.iter().map(|wish| (&*wish.name, &*wish.range)).collect();
    assert_eq!(wishes, [("requests", ">=2,<3"), ("ecdsa", "==0.19.0"), ("own", ""), ("fork", "")]);
    assert!(manifest.requirements[1].has_hashes && !manifest.requirements[0].has_hashes);
    assert!(matches!(&manifest.requirements[2].source, PackageSource::Git { reference: Some(branch), .. } if branch == "main"));
    assert_eq!(manifest.further_indexes[0].0, "https://i.example");
    assert!(found.lockfile.is_none());
    let pinned = read("requirements-dev.txt", "pytest==8.0.0\n").lockfile.expect("a lockfile");
    assert!(pinned.packages[0].is_development && pinned.packages[0].version == "8.0.0");
}

#[test]
fn blanks_before_a_requirement_are_no_part_of_it() {
    for text in ["  left>=1\n", "\u{2028}left>=1\n", "\tleft>=1 # why\n"] {
        let wish = read("requirements.txt", text).manifest.expect("a manifest").requirements.remove(0);
        assert_eq!(&text[wish.span.start as usize..wish.span.end as usize], "left>=1", "{text:?}");
    }
}

#[test]
fn three_lockfiles_tell_the_same_story() {
    let poetry = "[[package]]\nname = \"left\"\nversion = \"1.0\"\ncategory = \"main\"\n[package.dependencies]\nDeep_er = \"*\"\n[[package]]\nname = \"deep-er\"\nversion = \"2.0\"\ncategory = \"dev\"\nfiles = [{file = \"x\", hash = \"sha256:aa\"}]\n";
    let uv = "[[package]]\nname = \"app\"\nsource = { virtual = \".\" }\ndependencies = [{ name = \"left\" }]\n[[package]]\nname = \"left\"\nversion = \"1.0\"\nsource = { registry = \"https://i.example\" }\ndependencies = [{ name = \"deep-er\" }]\n[[package]]\nname = \"deep-er\"\nversion = \"2.0\"\nsource = { git = \"https://h.example/d?rev=main#c0ffee1\" }\n";
    let pipfile = r#"{"default": {"left": {"version": "==1.0", "hashes": ["sha256:aa"], "index": "i"}}, "develop": {"deep-er": {"version": "==2.0"}}}"#;
    let pdm = "[[package]]\nname = \"left\"\nversion = \"1.0\"\ngroups = [\"default\"]\ndependencies = [\"Deep_er>=1; python_version > '3'\"]\nfiles = [{file = \"x\", hash = \"sha256:aa\"}]\n[[package]]\nname = \"deep-er\"\nversion = \"2.0\"\ngroups = [\"dev\"]\n";
    for (path, text) in [("poetry.lock", poetry), ("uv.lock", uv), ("Pipfile.lock", pipfile), ("pdm.lock", pdm)] {
        let lockfile = read(path, text).lockfile.expect("a lockfile");
        let packages: Vec<_> = lockfile.packages.iter().map(|package| (&*package.name, &*package.version)).collect();
        assert_eq!(packages, [("left", "1.0"), ("deep-er", "2.0")], "{path}");
        assert!(path == "Pipfile.lock" || lockfile.packages[0].dependencies == [1], "{path}");
    }
    let pdm = read("pdm.lock", pdm).lockfile.expect("a lockfile").packages;
    assert!(pdm[1].is_development && !pdm[0].is_development && pdm[0].integrity.is_some());
    let uv = read("uv.lock", uv).lockfile.expect("a lockfile");
    assert_eq!(uv.importers[0].requirements[0].1, Some(0));
    assert!(matches!(&uv.packages[1].source, PackageSource::Git { reference: Some(commit), .. } if commit == "c0ffee1"));
}

#[test]
fn a_project_file_has_groups_and_sources() {
    let text = "[project]\nname = \"w\"\ndependencies = [\"ecdsa>=0.18\"]\n[dependency-groups]\ndev = [\"pytest\"]\n[tool.poetry.dependencies]\npython = \"^3\"\nfork = { git = \"https://h.example/f\", branch = \"main\" }\n";
    let manifest = read("pyproject.toml", text).manifest.expect("a manifest");
    let wishes: Vec<_> = manifest.requirements.iter().map(|wish| (&*wish.name, wish.purpose)).collect();
    assert_eq!(wishes, [("ecdsa", Purpose::Production), ("pytest", Purpose::Development), ("fork", Purpose::Production)]);
    assert!(matches!(manifest.requirements[2].source, PackageSource::Git { .. }));
}
