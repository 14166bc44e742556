//! What names mean where.

use std::collections::{HashMap, HashSet};

use crate::ir::VariableId;

/// The modules of a file and the blocks around the place that is being lowered.
#[derive(Debug)]
pub(super) struct Scopes {
    modules: Vec<Module>,
    current: usize,
    blocks: Vec<HashMap<String, VariableId>>,
}

/// The file, or a module that is written out in it.
#[derive(Debug, Default)]
struct Module {
    parent: Option<usize>,
    names: HashMap<String, VariableId>,
    /// Modules with a body.
    inline: HashMap<String, usize>,
    /// Modules in files of their own.
    files: HashSet<String>,
    /// `use super::*`.
    sees_parent: bool,
}

/// The first segments of a path that lie within this file.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Home {
    /// A module of this file.
    Inside(usize),
    /// The parent of this file, or one further up.
    Above(usize),
}

/// A block, or a module, that was entered.
#[derive(Debug)]
pub(super) struct Entered {
    current: usize,
    blocks: Vec<HashMap<String, VariableId>>,
}

impl Scopes {
    pub(super) fn new() -> Self {
        Self { modules: vec![Module::default()], current: 0, blocks: Vec::new() }
    }

    pub(super) fn enter_block(&mut self) {
        self.blocks.push(HashMap::new());
    }

    pub(super) fn leave_block(&mut self) {
        self.blocks.pop();
    }

    /// Begins a module of the current one: no local is visible in it.
    pub(super) fn enter_module(&mut self, name: &str) -> Entered {
        let parent = self.current;
        let next = self.modules.len();
        let id = *self.modules[parent].inline.entry(name.into()).or_insert(next);
        if id == next {
            self.modules.push(Module { parent: Some(parent), ..Module::default() });
        }
        self.current = id;
        Entered { current: parent, blocks: std::mem::take(&mut self.blocks) }
    }

    pub(super) fn leave_module(&mut self, entered: Entered) {
        self.current = entered.current;
        self.blocks = entered.blocks;
    }

    pub(super) fn declare_file(&mut self, name: &str) {
        self.modules[self.current].files.insert(name.into());
    }

    pub(super) fn see_parent(&mut self) {
        self.modules[self.current].sees_parent = true;
    }

    /// Whether the place is outside all blocks.
    pub(super) fn is_module_level(&self) -> bool {
        self.blocks.is_empty()
    }

    /// Whether the place is outside all blocks and modules.
    pub(super) fn is_file_level(&self) -> bool {
        self.blocks.is_empty() && self.current == 0
    }

    fn innermost(&mut self) -> &mut HashMap<String, VariableId> {
        match self.blocks.last_mut() {
            Some(block) => block,
            None => &mut self.modules[self.current].names,
        }
    }

    /// Declares a name, hiding an earlier one.
    pub(super) fn insert(&mut self, name: &str, variable: VariableId) {
        self.innermost().insert(name.into(), variable);
    }

    /// A name of the innermost block or module only.
    pub(super) fn own(&mut self, name: &str) -> Option<VariableId> {
        self.innermost().get(name).copied()
    }

    /// All names of the current module, in order.
    pub(super) fn own_names(&self) -> Vec<(String, VariableId)> {
        let mut names: Vec<_> = self.modules[self.current].names.iter().map(|(name, id)| (name.clone(), *id)).collect();
        names.sort();
        names
    }

    /// What a name means here.
    pub(super) fn find(&self, name: &str) -> Option<VariableId> {
        let local = self.blocks.iter().rev().find_map(|block| block.get(name)).copied();
        local.or_else(|| self.find_in_module(self.current, name))
    }

    /// What a name means in a module of this file.
    pub(super) fn find_in_module(&self, module: usize, name: &str) -> Option<VariableId> {
        let mut module = &self.modules[module];
        loop {
            let found = module.names.get(name).copied();
            match module.parent.filter(|_| found.is_none() && module.sees_parent) {
                Some(parent) => module = &self.modules[parent],
                None => return found,
            }
        }
    }

    /// The module of this file that a name stands for.
    pub(super) fn inline_module(&self, module: usize, name: &str) -> Option<usize> {
        self.modules[module].inline.get(name).copied()
    }

    pub(super) const fn current_module(&self) -> usize {
        self.current
    }

    /// Whether `mod name;` stands in the current module.
    pub(super) fn is_file(&self, name: &str) -> bool {
        self.modules[self.current].files.contains(name)
    }

    /// The module `levels` above the current one.
    pub(super) fn above(&self, levels: usize) -> Home {
        let mut module = self.current;
        for level in 0..levels {
            match self.modules[module].parent {
                Some(parent) => module = parent,
                None => return Home::Above(levels - level),
            }
        }
        Home::Inside(module)
    }
}
