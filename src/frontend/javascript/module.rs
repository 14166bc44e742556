//! ECMAScript modules and what TypeScript adds to them.
//!
//! The default export, `module.exports = …` and `export = …` are all the export `default`.

use oxc_ast::ast::{
    BindingIdentifier, Declaration, ExportAllDeclaration, ExportDefaultDeclaration, ExportDefaultDeclarationKind,
    ExportFromDeclaration, ExportNamedDeclaration, ImportDeclaration, ImportDeclarationSpecifier, ImportOrExportKind,
    ModuleDeclaration, ModuleExportName, TSImportEqualsDeclaration, TSModuleReference, TSQualifiedName, TSTypeName,
};
use oxc_span::{GetSpan, Span as OxcSpan};

use super::lower::Lowerer;
use crate::ir::{Export, Expr, Import, NameId, NodeId, StatementKind, VariableKind};

impl Lowerer {
    /// Notes an import and gives the module as a value.
    pub(super) fn module(&mut self, module: &str, is_dynamic: bool, span: OxcSpan) -> NodeId {
        self.import(module, false, is_dynamic, span)
    }

    /// Notes an import whose module is computed.
    pub(super) fn computed_import(&mut self, span: OxcSpan) {
        let span = self.span(span);
        self.builder.import(Import { module: NameId::EMPTY, is_type_only: false, is_dynamic: true, span });
    }

    pub(super) fn import(&mut self, module: &str, is_type_only: bool, is_dynamic: bool, span: OxcSpan) -> NodeId {
        let module = self.builder.name(module);
        let node = self.node(Expr::Module(module), span);
        let span = self.span(span);
        self.builder.import(Import { module, is_type_only, is_dynamic, span });
        node
    }

    /// Declares what an import declaration brings, with its value.
    pub(super) fn declare_import(&mut self, import: &ImportDeclaration<'_>) {
        let specifiers = import.specifiers.as_ref().map_or(&[][..], |specifiers| &specifiers[..]);
        let is_type_only =
            import.import_kind == ImportOrExportKind::Type || (!specifiers.is_empty() && specifiers.iter().all(is_type_specifier));
        let module = self.import(&import.source.value, is_type_only, false, import.source.span);
        for specifier in specifiers {
            match specifier {
                ImportDeclarationSpecifier::ImportSpecifier(specifier) => {
                    self.import_member(&specifier.local, module, export_name(&specifier.imported), specifier.span);
                }
                ImportDeclarationSpecifier::ImportDefaultSpecifier(specifier) => {
                    self.import_member(&specifier.local, module, "default", specifier.span);
                }
                ImportDeclarationSpecifier::ImportNamespaceSpecifier(specifier) => {
                    let variable = self.declare(&specifier.local, VariableKind::Import);
                    self.builder.define(variable, module);
                }
            }
        }
    }

    fn import_member(&mut self, local: &BindingIdentifier<'_>, module: NodeId, name: &str, span: OxcSpan) {
        let variable = self.declare(local, VariableKind::Import);
        let name = self.builder.name(name);
        let value = self.node(Expr::Field { base: module, name }, span);
        self.builder.define(variable, value);
    }

    /// `import x = require("y")` and `import x = a.b`
    pub(super) fn import_equals(&mut self, import: &TSImportEqualsDeclaration<'_>) {
        let value = match &import.module_reference {
            TSModuleReference::ExternalModuleReference(reference) => {
                let is_type_only = import.import_kind == ImportOrExportKind::Type;
                self.import(&reference.expression.value, is_type_only, false, reference.span)
            }
            TSModuleReference::IdentifierReference(id) => self.identifier(id),
            TSModuleReference::QualifiedName(name) => self.qualified(name),
        };
        let variable = self.declare(&import.id, VariableKind::Import);
        self.builder.define(variable, value);
    }

    /// `a.b` as a name of a type or namespace.
    pub(super) fn qualified(&mut self, name: &TSQualifiedName<'_>) -> NodeId {
        let span = name.span;
        let base = self.deeper(
            span,
            |this| match &name.left {
                TSTypeName::IdentifierReference(id) => this.identifier(id),
                TSTypeName::QualifiedName(name) => this.qualified(name),
                TSTypeName::ThisExpression(receiver) => this.node(Expr::This, receiver.span),
            },
            |this| this.unknown(Vec::new(), span),
        );
        let name = self.builder.name(&name.right.name);
        self.node(Expr::Field { base, name }, span)
    }

    /// Notes an export.
    pub(super) fn export(&mut self, name: &str, value: NodeId) {
        let name = self.builder.name(name);
        self.builder.export(Export { name, value });
    }

    /// Lowers what stands at the top level only. Imports are declared already.
    pub(super) fn module_declaration(&mut self, declaration: &ModuleDeclaration<'_>) {
        match declaration {
            ModuleDeclaration::ExportDeclaration(export) => {
                self.declaration(&export.declaration);
                self.export_declaration(&export.declaration);
            }
            ModuleDeclaration::ExportDefaultDeclaration(export) => self.export_default(export),
            ModuleDeclaration::ExportNamedDeclaration(export) => self.export_named(export),
            ModuleDeclaration::ExportFromDeclaration(export) => self.export_from(export),
            ModuleDeclaration::ExportAllDeclaration(export) => self.export_all(export),
            ModuleDeclaration::TSExportAssignment(export) => {
                let value = self.expression(&export.expression);
                self.export("default", value);
                self.export_members(value);
            }
            ModuleDeclaration::ImportDeclaration(_) | ModuleDeclaration::TSNamespaceExportDeclaration(_) => {}
        }
    }

    fn export_declaration(&mut self, declaration: &Declaration<'_>) {
        if let Declaration::VariableDeclaration(declaration) = declaration {
            for declarator in &declaration.declarations {
                for id in declarator.id.get_binding_identifiers() {
                    self.export_variable(id);
                }
            }
        } else if let Some(id) = declaration.id() {
            self.export_variable(id);
        }
    }

    /// Exports a declared name. What was only declared (`declare`, overloads, types without members) has no variable.
    pub(super) fn export_variable(&mut self, id: &BindingIdentifier<'_>) {
        let name = self.builder.name(&id.name);
        let Some(variable) = self.scopes.find(name) else { return };
        if let Some(definition) = self.builder.unit().variable(variable).definition {
            self.mark_public(definition);
        }
        let value = self.node(Expr::Variable(variable), id.span);
        self.builder.export(Export { name, value });
    }

    fn mark_public(&mut self, value: NodeId) {
        if let Expr::Closure(function) = *self.builder.unit().expr(value) {
            self.builder.function_mut(function).modifiers.is_public = true;
        }
    }

    fn export_default(&mut self, export: &ExportDefaultDeclaration<'_>) {
        let name = self.builder.name("default");
        let id = match &export.declaration {
            ExportDefaultDeclarationKind::FunctionDeclaration(function) => function.id.as_ref(),
            ExportDefaultDeclarationKind::ClassDeclaration(class) => class.id.as_ref(),
            ExportDefaultDeclarationKind::TSInterfaceDeclaration(interface) => return self.interface(interface),
            _ => None,
        };
        let value = match (&export.declaration, id) {
            (ExportDefaultDeclarationKind::FunctionDeclaration(function), None) => self.function(function, name),
            (ExportDefaultDeclarationKind::ClassDeclaration(class), None) => self.class(class, name),
            (ExportDefaultDeclarationKind::ClassDeclaration(class), Some(id)) => {
                self.class_declaration(class);
                self.variable_of(id)
            }
            (_, Some(id)) => self.variable_of(id),
            (expression, None) => {
                let value = self.named(expression.to_expression(), name);
                // What is made where it is exported is made all the same: `export default connect(select)(View)`.
                if matches!(self.builder.unit().expr(value), Expr::Call { .. }) {
                    self.push(StatementKind::Evaluate(value), export.span);
                }
                value
            }
        };
        self.builder.export(Export { name, value });
    }

    fn variable_of(&mut self, id: &BindingIdentifier<'_>) -> NodeId {
        let name = self.builder.name(&id.name);
        let expr = self.scopes.find(name).map_or(Expr::Global(name), Expr::Variable);
        self.node(expr, id.span)
    }

    fn export_named(&mut self, export: &ExportNamedDeclaration<'_>) {
        for specifier in &export.specifiers {
            let local = self.builder.name(export_name(&specifier.local));
            let expr = self.scopes.find(local).map_or(Expr::Global(local), Expr::Variable);
            let value = self.node(expr, specifier.local.span());
            self.export(export_name(&specifier.exported), value);
        }
    }

    fn export_from(&mut self, export: &ExportFromDeclaration<'_>) {
        let is_type_only = export.export_kind == ImportOrExportKind::Type;
        let module = self.import(&export.source.value, is_type_only, false, export.source.span);
        for specifier in &export.specifiers {
            let name = self.builder.name(export_name(&specifier.local));
            let value = self.node(Expr::Field { base: module, name }, specifier.span);
            self.export(export_name(&specifier.exported), value);
        }
    }

    fn export_all(&mut self, export: &ExportAllDeclaration<'_>) {
        let is_type_only = export.export_kind == ImportOrExportKind::Type;
        let module = self.import(&export.source.value, is_type_only, false, export.source.span);
        self.export(export.exported.as_ref().map_or("*", export_name), module);
    }
}

fn is_type_specifier(specifier: &ImportDeclarationSpecifier<'_>) -> bool {
    matches!(specifier, ImportDeclarationSpecifier::ImportSpecifier(specifier) if specifier.import_kind == ImportOrExportKind::Type)
}

fn export_name<'s>(name: &'s ModuleExportName<'_>) -> &'s str {
    match name {
        ModuleExportName::IdentifierName(id) => &id.name,
        ModuleExportName::IdentifierReference(id) => &id.name,
        ModuleExportName::StringLiteral(text) => &text.value,
    }
}
