//! Forms that the parser does not know, taken out of a script: Flow's types, and re-exports of a proposal that Babel reads.
//!
//! Whatever is taken out is replaced by as many bytes, so that places keep their offsets.

use std::sync::LazyLock;

use regex::Regex;
use swc_common::input::StringInput;
use swc_common::{BytePos, Span, Spanned};
use swc_ecma_ast::{
    BindingIdent, ClassProp, Decl, DefaultDecl, ModuleDecl, Stmt, TsAsExpr, TsTypeAnn, TsTypeParamDecl, TsTypeParamInstantiation,
};
use swc_ecma_parser::{FlowSyntax, Parser, Syntax};
use swc_ecma_visit::{Visit, VisitWith};

/// Longer scripts are not tried: people write no such files, and a second parser costs as much again.
const MOST_BYTES: usize = 1 << 20;

/// `export name from "module"` or `export name, { other } from "module"`, the proposal `export-default-from`.
static RE_EXPORT: LazyLock<Option<Regex>> = LazyLock::new(|| {
    Regex::new(r#"(?m)^([ \t]*)export([ \t]+)(default|[A-Za-z_$][\w$]*)((?:[ \t]*,[ \t]*\{[^}]*\})?[ \t]+from[ \t]*['"])"#).ok()
});

/// The script without Flow's types and with re-exports as imports; None if nothing is left out or it is not to be read that way.
pub(super) fn plain(text: &str) -> Option<String> {
    if text.len() > MOST_BYTES {
        return None;
    }
    let imports = as_imports(text);
    let text = imports.as_deref().unwrap_or(text);
    without_types(text).filter(|plain| plain != text).or(imports)
}

/// Re-exports by name as imports of the same length: what is exported is lost, and the rest of the script is not.
fn as_imports(text: &str) -> Option<String> {
    let replaced = RE_EXPORT.as_ref()?.replace_all(text, |found: &regex::Captures<'_>| {
        let name = if &found[3] == "default" { "_efault" } else { &found[3] };
        format!("{}import{}{name}{}", &found[1], &found[2], &found[4])
    });
    (replaced != text).then(|| replaced.into_owned())
}

/// The script with every type replaced by spaces; None if it does not parse as Flow.
fn without_types(text: &str) -> Option<String> {
    let syntax = Syntax::Flow(FlowSyntax { jsx: true, all: true, enums: true, ..FlowSyntax::default() });
    // Positions of this parser begin at 1.
    let input = StringInput::new(text, BytePos(1), BytePos(1 + text.len() as u32));
    let program = Parser::new(syntax, input, None).parse_program().ok()?;
    let mut blank = Blank { bytes: text.as_bytes().to_vec() };
    program.visit_with(&mut blank);
    String::from_utf8(blank.bytes).ok()
}

/// Writes spaces over types.
struct Blank {
    bytes: Vec<u8>,
}

impl Blank {
    /// Lines stay where they are.
    fn range(&mut self, from: usize, to: usize) {
        let bytes = self.bytes.get_mut(from..to).unwrap_or_default();
        bytes.iter_mut().filter(|byte| !matches!(byte, b'\n' | b'\r')).for_each(|byte| *byte = b' ');
    }

    fn span(&mut self, span: Span) {
        self.range(offset(span.lo), offset(span.hi));
    }

    /// The mark after the name of an optional parameter: with a default value it is none of TypeScript's.
    fn question_mark(&mut self, from: usize) {
        let rest = self.bytes.get(from..).unwrap_or_default();
        let spaces = rest.iter().take_while(|byte| byte.is_ascii_whitespace()).count();
        if rest.get(spaces) == Some(&b'?') {
            self.range(from + spaces, from + spaces + 1);
        }
    }
}

fn offset(position: BytePos) -> usize {
    (position.0 as usize).saturating_sub(1)
}

impl Visit for Blank {
    fn visit_ts_type_ann(&mut self, node: &TsTypeAnn) {
        // The span of an annotation in an arrow function's head covers the name of the parameter too: the colon is looked for.
        let kind = node.type_ann.span();
        let before = self.bytes.get(..offset(kind.lo)).unwrap_or_default();
        let spaces = before.iter().rev().take_while(|byte| byte.is_ascii_whitespace()).count();
        let colon = before[..before.len() - spaces].last() == Some(&b':');
        let from = if colon { before.len() - spaces - 1 } else { before.len() };
        self.range(from, offset(kind.hi).max(offset(node.span.hi)));
    }

    fn visit_ts_type_param_decl(&mut self, node: &TsTypeParamDecl) {
        self.span(node.span);
    }

    fn visit_ts_type_param_instantiation(&mut self, node: &TsTypeParamInstantiation) {
        self.span(node.span);
    }

    fn visit_ts_as_expr(&mut self, node: &TsAsExpr) {
        self.range(offset(node.expr.span().hi), offset(node.type_ann.span().hi));
        node.expr.visit_with(self);
    }

    fn visit_binding_ident(&mut self, node: &BindingIdent) {
        if node.optional {
            self.question_mark(offset(node.id.span.lo) + node.id.sym.len());
        }
        node.visit_children_with(self);
    }

    fn visit_class_prop(&mut self, node: &ClassProp) {
        let at = offset(node.span.lo);
        if matches!(self.bytes.get(at), Some(b'+' | b'-')) {
            self.range(at, at + 1);
        }
        node.visit_children_with(self);
    }

    fn visit_stmt(&mut self, node: &Stmt) {
        match node {
            Stmt::Decl(decl) if is_type(decl) => self.span(node.span()),
            _ => node.visit_children_with(self),
        }
    }

    fn visit_module_decl(&mut self, node: &ModuleDecl) {
        let is_type = match node {
            ModuleDecl::Import(import) => import.type_only,
            ModuleDecl::ExportNamed(export) => export.type_only,
            ModuleDecl::ExportAll(export) => export.type_only,
            ModuleDecl::ExportDecl(export) => is_type(&export.decl),
            ModuleDecl::ExportDefaultDecl(export) => matches!(export.decl, DefaultDecl::TsInterfaceDecl(_)),
            _ => false,
        };
        if is_type {
            self.span(node.span());
        } else {
            node.visit_children_with(self);
        }
    }
}

/// Whether a declaration is there for the type checker alone.
fn is_type(decl: &Decl) -> bool {
    match decl {
        Decl::TsInterface(_) | Decl::TsTypeAlias(_) => true,
        Decl::Var(var) => var.declare,
        Decl::Fn(function) => function.declare,
        Decl::Class(class) => class.declare,
        Decl::TsModule(module) => module.declare,
        Decl::TsEnum(decl) => decl.declare,
        Decl::Using(_) => false,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn types_become_spaces_and_nothing_moves() {
        let text =
            "// @flow\nexport type A = {| +key: ?string |};\nconst f = (a?: A = {}, b: Class<*>): Promise<void> => (a: any);\n";
        let plain = plain(text).unwrap_or_default();
        assert_eq!(plain.len(), text.len());
        assert_eq!(plain.split_whitespace().collect::<Vec<_>>().join(" "), "// @flow const f = (a = {}, b ) => (a );");
        assert_eq!(plain.find("const f"), text.find("const f"));
    }

    #[test]
    fn re_exports_of_the_proposal_become_imports() {
        let text = "export a from './a';\nexport default from './b';\nexport c, { d } from './c';\nexport { e } from './e';\n";
        let expected = "import a from './a';\nimport _efault from './b';\nimport c, { d } from './c';\nexport { e } from './e';\n";
        assert_eq!(plain(text).as_deref(), Some(expected));
    }

    #[test]
    fn what_needs_no_help_gets_none() {
        assert_eq!(plain("const a = 1;\n"), None);
        assert_eq!(plain("this is no script"), None);
    }
}
