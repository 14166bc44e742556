//! What a file takes from others and gives to others.

use super::Lowering;
use crate::ir::{Export, Expr, Import, NodeId, VariableId, VariableKind};
use crate::source::Span;

impl Lowering {
    /// Binds a name to a module, or to a member of one.
    pub(in crate::frontend) fn import(&mut self, module: &str, member: Option<&str>, local: &str, span: Span) {
        self.mention(module, span);
        let module = self.builder.name(module);
        let base = self.node(Expr::Module(module), span);
        let value = match member {
            Some(member) => self.field(base, member, span),
            None => base,
        };
        let variable = self.declare(local, VariableKind::Import, span);
        self.builder.define(variable, value);
    }

    /// Notes an import that binds no name.
    pub(in crate::frontend) fn mention(&mut self, module: &str, span: Span) {
        let module = self.builder.name(module);
        self.builder.import(Import { module, is_type_only: false, is_dynamic: false, span });
    }

    /// Gives a declaration of the file to other files.
    pub(in crate::frontend) fn export(&mut self, name: &str, value: NodeId) {
        let name = self.builder.name(name);
        self.builder.export(Export { name, value });
    }

    /// Gives a variable of the file to other files, if the place is the top of the file.
    pub(in crate::frontend) fn export_variable(&mut self, name: &str, variable: VariableId, span: Span) {
        if self.scopes.is_module() {
            let value = self.read(variable, span);
            self.export(name, value);
        }
    }

    /// Gives what a file takes from another to further ones.
    pub(in crate::frontend) fn export_import(&mut self, local: &str, span: Span) {
        let name = self.builder.name(local);
        if let Some(variable) = self.scopes.find(name) {
            self.export_once(local, variable, span);
        }
    }

    /// The same for a name that is assigned again and again.
    pub(in crate::frontend) fn export_once(&mut self, name: &str, variable: VariableId, span: Span) {
        let unit = self.builder.unit();
        if !unit.exports.iter().any(|export| unit.name(export.name) == name) {
            self.export_variable(name, variable, span);
        }
    }
}
