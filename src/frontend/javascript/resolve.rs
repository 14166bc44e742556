//! Which file an import of a script means.

use std::collections::{HashMap, HashSet};
use std::io;
use std::path::{Component, Path, PathBuf};
use std::sync::{Arc, LazyLock};

use oxc_resolver::{
    AliasValue, FileMetadata, FileSystem, Resolution, ResolveError, ResolveOptions, ResolverGeneric, TsconfigDiscovery,
};
use regex::Regex;

use crate::frontend::{LocalPackage, ModuleResolver};
use crate::source::SourceFile;

/// Resolves module names of scripts as bundlers do, over the files of the workspace alone.
pub(super) struct ScriptResolver {
    resolver: ResolverGeneric<Files>,
    /// For trees whose TypeScript settings cannot be used.
    plain: ResolverGeneric<Files>,
    folders: HashSet<PathBuf>,
}

impl ScriptResolver {
    pub(super) fn new(files: &[SourceFile], packages: &[LocalPackage]) -> Self {
        let extensions =
            ["ts", "tsx", "js", "jsx", "mjs", "cjs", "mts", "cts", "vue", "svelte", "native.js", "native.ts", "native.tsx"]
                .map(|extension| format!(".{extension}"));
        let swap = |from: &str, to: &[&str]| (from.to_owned(), to.iter().map(|&to| to.to_owned()).collect());
        let alias =
            packages.iter().map(|package| (package.name.clone(), vec![AliasValue::Path(format!("/{}", package.folder))])).collect();
        let options = ResolveOptions {
            alias,
            extensions: extensions.into(),
            extension_alias: vec![
                swap(".js", &[".ts", ".tsx", ".js", ".jsx"]),
                swap(".mjs", &[".mts", ".mjs"]),
                swap(".cjs", &[".cts", ".cjs"]),
            ],
            // Built entry points are not in the tree, so sources are tried before them.
            main_fields: ["source", "module", "main"].map(str::to_owned).into(),
            main_files: ["index", "src/index", "lib/index"].map(str::to_owned).into(),
            exports_fields: Vec::new(),
            tsconfig: Some(TsconfigDiscovery::Auto),
            symlinks: false,
            node_path: false,
            modules: Vec::new(),
            ..ResolveOptions::default()
        };
        let plain = ResolveOptions { tsconfig: None, ..options.clone() };
        let all = Files::of(files);
        Self {
            folders: all.folders.clone(),
            resolver: ResolverGeneric::new_with_file_system(Files::of(files), options),
            plain: ResolverGeneric::new_with_file_system(all, plain),
        }
    }
}

impl ModuleResolver for ScriptResolver {
    fn resolve(&self, path: &str, name: &str) -> Option<String> {
        let from = Path::new("/").join(path);
        let resolution = self.resolver.resolve_file(&from, name);
        let resolution = match resolution {
            Err(_) if name.starts_with('.') => self.plain.resolve_file(&from, name).ok()?,
            Err(_) => self.nearest_above(&from, name)?,
            Ok(resolution) => resolution,
        };
        Some(resolution.path().to_str()?.strip_prefix('/')?.to_owned())
    }
}

impl ScriptResolver {
    /// Bundlers are often told that names begin at a folder of sources: `components/field` from any file below `src`. Such a name
    /// is taken to mean the nearest folder above that has it.
    fn nearest_above(&self, from: &Path, name: &str) -> Option<Resolution> {
        let (first, _) = name.split_once('/').filter(|(first, _)| !first.is_empty() && !first.starts_with(['@', '~', '#']))?;
        let above = from.ancestors().skip(1).find(|folder| self.folders.contains(&folder.join(first)))?;
        self.plain.resolve_file(above.join("index.js"), &format!("./{name}")).ok()
    }
}

/// The files of a workspace as a read-only file system rooted at `/`.
#[derive(Default)]
struct Files {
    /// The texts of JSON files only: the resolver reads nothing else.
    texts: HashMap<PathBuf, Arc<str>>,
    files: HashSet<PathBuf>,
    folders: HashSet<PathBuf>,
}

impl Files {
    fn of(files: &[SourceFile]) -> Self {
        let mut result = Self::default();
        result.folders.insert(PathBuf::from("/"));
        for file in files {
            let path = Path::new("/").join(&*file.path);
            for folder in path.ancestors().skip(1).take_while(|folder| !result.folders.contains(*folder)).collect::<Vec<_>>() {
                result.folders.insert(folder.to_owned());
            }
            if file.extension() == "json" {
                result.texts.insert(path.clone(), Arc::clone(&file.text));
            }
            result.files.insert(path);
        }
        result.forget_absent_bases();
        result
    }

    /// Takes bases that are not in the tree out of the settings of TypeScript: they come with packages, and one that cannot be
    /// read would make every name of the project unknown.
    fn forget_absent_bases(&mut self) {
        let settings: Vec<_> = self.texts.keys().filter(|path| is_settings(path)).cloned().collect();
        for path in settings {
            let text = without_bases(&self.texts[&path], |base| self.has_base(&path, base));
            self.texts.insert(path, text);
        }
    }

    fn has_base(&self, settings: &Path, base: &str) -> bool {
        let Some(folder) = settings.parent().filter(|_| base.starts_with('.')) else { return false };
        let mut path = PathBuf::new();
        for part in folder.join(base).components() {
            match part {
                Component::ParentDir => drop(path.pop()),
                Component::CurDir => {}
                part => path.push(part),
            }
        }
        self.files.contains(&path) || self.files.contains(&path.with_added_extension("json"))
    }

    fn absent() -> io::Error {
        io::ErrorKind::NotFound.into()
    }
}

fn is_settings(path: &Path) -> bool {
    let name = path.file_name().and_then(|name| name.to_str()).unwrap_or_default();
    name.starts_with("tsconfig") || name.starts_with("jsconfig")
}

/// Settings without an `extends` that names anything but bases that are there.
fn without_bases(text: &Arc<str>, is_there: impl Fn(&str) -> bool) -> Arc<str> {
    static EXTENDS: LazyLock<Regex> = LazyLock::new(|| {
        Regex::new(r#""extends"\s*:\s*("[^"]*"|\[[^\]]*\])\s*,?"#).expect("the expression is a constant and compiles")
    });
    let Some(found) = EXTENDS.captures(text) else { return Arc::clone(text) };
    let mut bases = found[1].split('"').skip(1).step_by(2);
    if bases.all(is_there) { Arc::clone(text) } else { EXTENDS.replace(text, "").into() }
}

impl FileSystem for Files {
    fn new() -> Self {
        Self::default()
    }

    fn read(&self, path: &Path) -> io::Result<Vec<u8>> {
        self.read_to_string(path).map(String::into_bytes)
    }

    fn read_to_string(&self, path: &Path) -> io::Result<String> {
        self.texts.get(path).map(|text| text.to_string()).ok_or_else(Self::absent)
    }

    fn metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        let (is_file, is_dir) = (self.files.contains(path), self.folders.contains(path));
        if is_file || is_dir { Ok(FileMetadata::new(is_file, is_dir, false)) } else { Err(Self::absent()) }
    }

    fn symlink_metadata(&self, path: &Path) -> io::Result<FileMetadata> {
        self.metadata(path)
    }

    fn read_link(&self, _: &Path) -> Result<PathBuf, ResolveError> {
        Err(Self::absent().into())
    }

    fn canonicalize(&self, path: &Path) -> io::Result<PathBuf> {
        Ok(path.to_owned())
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::target::Workspace;

    #[test]
    fn scripts_resolve_relative_names_extensions_folders_and_packages_of_the_tree() {
        let workspace = Workspace::in_memory([
            ("tsconfig.json", r#"{"compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["src/*"]}}}"#),
            ("src/app.ts", ""),
            ("src/keys/index.ts", ""),
            ("src/log.js", ""),
            ("src/parts/field.jsx", ""),
            ("src/parts/react/index.js", ""),
            ("packages/core/package.json", r#"{"name": "@w/core", "main": "dist/index.js"}"#),
            ("packages/core/src/index.ts", ""),
        ]);
        let packages = [LocalPackage { name: "@w/core".into(), folder: "packages/core".into() }];
        let resolver = ScriptResolver::new(&workspace.files, &packages);
        for (name, expected) in [
            ("./keys", Some("src/keys/index.ts")),
            ("./log.js", Some("src/log.js")),
            ("@/log", Some("src/log.js")),
            ("@w/core", Some("packages/core/src/index.ts")),
            ("parts/field", Some("src/parts/field.jsx")),
            ("react/jsx-runtime", None),
            ("electron", None),
            ("../../etc/passwd", None),
        ] {
            assert_eq!(resolver.resolve("src/app.ts", name).as_deref(), expected, "{name}");
        }
    }
    #[test]
    fn settings_of_typescript_with_absent_bases_lose_nothing_else() {
        let base = r#"{ "extends": "@someone/config/base.json", /* kept */ "compilerOptions": {"baseUrl": ".", "paths": {"@/*": ["src/*"]}} }"#;
        let workspace = Workspace::in_memory([
            ("tsconfig.json", r#"{"extends": "./tsconfig.base"}"#),
            ("tsconfig.base.json", base),
            ("app/tsconfig.json", r#"{"include": ["**/*"], "extends": ["./made/tsconfig.json"]}"#),
            ("broken/tsconfig.json", "{"),
            ("src/a.ts", ""),
            ("src/b.ts", ""),
            ("app/a.ts", ""),
            ("app/b.ts", ""),
            ("broken/a.ts", ""),
            ("broken/b.ts", ""),
        ]);
        let resolver = ScriptResolver::new(&workspace.files, &[]);
        for (file, name, expected) in [
            ("src/a.ts", "@/b", "src/b.ts"),
            ("src/a.ts", "./b", "src/b.ts"),
            ("app/a.ts", "./b", "app/b.ts"),
            ("broken/a.ts", "./b", "broken/b.ts"),
        ] {
            assert_eq!(resolver.resolve(file, name).as_deref(), Some(expected), "{name} in {file}");
        }
    }
}
