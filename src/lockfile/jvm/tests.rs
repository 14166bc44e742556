use crate::lockfile::{Dependencies, Purpose, find};
use crate::source::{FileId, SourceFile};

fn read(path: &str, text: &str) -> Dependencies {
    let file = SourceFile::in_memory(FileId(0), path, text);
    let (dependencies, notices) = find(&file).expect("a reader").read(&file);
    assert!(notices.is_empty(), "{notices:?}");
    dependencies.expect("dependencies")
}

#[test]
fn every_way_to_ask_is_understood() {
    let pom = "<project><artifactId>w</artifactId><properties><bc>1.77</bc></properties><dependencies>
<dependency><groupId>org.x</groupId><artifactId>keys</artifactId><version>${bc}</version></dependency>
<dependency><groupId>org.x</groupId><artifactId>probe</artifactId><version>2</version><scope>test</scope></dependency>
</dependencies></project>";
    let groovy =
        "def bc = '1.77'\ndependencies {\n    implementation \"org.x:keys:$bc\"\n    testImplementation 'org.x:probe:2'\n}\n";
    let kotlin = "val bc = \"1.77\"\ndependencies {\n    implementation(\"org.x:keys:${bc}\")\n    testImplementation(\"org.x:probe:2\")\n}\n";
    for (path, text) in [("pom.xml", pom), ("app/build.gradle", groovy), ("build.gradle.kts", kotlin)] {
        let wishes = read(path, text).manifest.expect("a manifest").requirements;
        let told: Vec<_> = wishes.iter().map(|wish| (&*wish.name, &*wish.range, wish.purpose)).collect();
        assert_eq!(told, [("org.x:keys", "1.77", Purpose::Production), ("org.x:probe", "2", Purpose::Development)], "{path}");
    }
    let catalog =
        "[versions]\nbc = \"1.77\"\n[libraries]\na = { module = \"org.x:keys\", version.ref = \"bc\" }\nb = \"org.x:probe:2\"\n";
    let wishes = read("gradle/libs.versions.toml", catalog).manifest.expect("a manifest").requirements;
    let told: Vec<_> = wishes.iter().map(|wish| (&*wish.name, &*wish.range)).collect();
    assert_eq!(told, [("org.x:keys", "1.77"), ("org.x:probe", "2")]);
}

#[test]
fn a_lockfile_knows_tests() {
    let text = "# comment\norg.x:keys:1.77=compileClasspath,testRuntimeClasspath\norg.x:probe:2=testCompileClasspath\nempty=\n";
    let packages = read("gradle.lockfile", text).lockfile.expect("a lockfile").packages;
    let told: Vec<_> = packages.iter().map(|package| (&*package.name, &*package.version, package.is_development)).collect();
    assert_eq!(told, [("org.x:keys", "1.77", false), ("org.x:probe", "2", true)]);
}
