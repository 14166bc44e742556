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

#[test]
fn verification_metadata_lists_checksums() {
    let text = r#"<verification-metadata><configuration><verify-metadata>true</verify-metadata></configuration><components>
<component group="org.x" name="keys" version="1.77"><artifact name="keys-1.77.jar"><sha1 value="aa"/><sha256 value="bb"/></artifact></component>
<component group="org.x" name="probe" version="2"><artifact name="probe-2.jar"><md5 value="cc"/></artifact></component>
</components></verification-metadata>"#;
    let lockfile = read("gradle/verification-metadata.xml", text).lockfile.expect("a lockfile");
    let told: Vec<_> =
        lockfile.packages.iter().map(|package| (&*package.name, &*package.version, package.integrity.as_deref())).collect();
    assert_eq!(told, [("org.x:keys", "1.77", Some("sha256-bb")), ("org.x:probe", "2", Some("md5-cc"))]);
    assert!(lockfile.is_checksum_list);
}

#[test]
fn managed_versions_and_inherited_properties_hold() {
    let pom = "<project><parent><groupId>org.x</groupId><version>3</version></parent><artifactId>w</artifactId><dependencyManagement><dependencies>
<dependency><groupId>org.x</groupId><artifactId>keys</artifactId><version>${project.parent.version}</version></dependency>
</dependencies></dependencyManagement><dependencies>
<dependency><groupId>org.x</groupId><artifactId>keys</artifactId></dependency>
<dependency><groupId>${project.groupId}</groupId><artifactId>probe</artifactId><version>2-${flavour}</version><optional>true</optional></dependency>
</dependencies><properties><flavour>jre</flavour></properties></project>";
    let manifest = read("pom.xml", pom).manifest.expect("a manifest");
    let told: Vec<_> = manifest.requirements.iter().map(|wish| (&*wish.name, &*wish.range, wish.purpose)).collect();
    assert_eq!(told, [("org.x:keys", "3", Purpose::Production), ("org.x:probe", "2-jre", Purpose::Optional)]);
    assert_eq!(manifest.shared.len(), 1);
}
