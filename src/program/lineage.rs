//! What a class has of its own, from its other parts, and from what it extends or implements.

use rustc_hash::FxHashMap;

use super::call::Given;
use super::class::{enclosing_class, named};
use super::{ClassRef, FunctionRef, Linkage, UnitId, Value, argument};
use crate::ir::{Class, ClassId};

/// How many steps the name of a base is followed.
const MAX_DEPTH: u32 = 12;

/// So many methods of one name that take the arguments are looked at.
const MAX_OVERLOADS: usize = 4;

/// So many ancestors of a class are looked at.
const MAX_ANCESTORS: usize = 64;

/// By class: the classes of the tree that it extends or implements, the nearest first.
pub(super) type Ancestors = FxHashMap<ClassRef, Vec<ClassRef>>;

impl<'a> Linkage<'a> {
    pub(super) fn super_methods(&self, at: Value, name: &str, given: Given<'_>) -> Vec<FunctionRef> {
        let ancestors = self.enclosing_class(at).map_or(&[][..], |class| self.ancestors_of(class));
        self.methods_of(ancestors.iter().copied(), name, given)
    }

    /// The method of a class, its other parts (implementations beside the type's declaration), or its bases.
    pub(super) fn method(&self, class: ClassRef, name: &str) -> Option<FunctionRef> {
        self.lineage(class).find_map(|class| {
            let own = self.own_method(class, name);
            own.or_else(|| self.parts(class).find_map(|part| self.own_method(part, name)))
        })
    }

    /// The methods of a class, its parts or its bases that a call of a name may reach.
    pub(super) fn methods(&self, class: ClassRef, name: &str, given: Given<'_>) -> Vec<FunctionRef> {
        if !self.realms.language(class.unit).overloads {
            return self.method(class, name).into_iter().collect();
        }
        self.methods_of(self.lineage(class), name, given)
    }

    /// The methods of the first of some classes that has one which takes the arguments.
    pub(super) fn methods_of(&self, classes: impl Iterator<Item = ClassRef>, name: &str, given: Given<'_>) -> Vec<FunctionRef> {
        let mut other = None;
        for class in classes {
            let parts = std::iter::once(class).chain(self.parts(class).filter(|part| *part != class));
            let own: Vec<_> = parts.flat_map(|part| self.own_methods(part, name)).collect();
            let fitting: Vec<_> = own.iter().copied().filter(|&method| self.fits(method, given)).take(MAX_OVERLOADS).collect();
            if !fitting.is_empty() {
                return fitting;
            }
            other = other.or_else(|| own.first().copied());
        }
        other.into_iter().collect()
    }

    /// Whether a function takes what a call gives; where a language has no overloads, every function does.
    pub(super) fn fits(&self, function: FunctionRef, given: Given<'_>) -> bool {
        let unit = self.unit(function.unit);
        !self.realms.language(function.unit).overloads
            || argument::fits(given.unit, given.arguments, (unit, unit.function(function.function)))
    }

    /// A class and what it extends or implements, the nearest first.
    pub(super) fn lineage(&self, class: ClassRef) -> impl Iterator<Item = ClassRef> {
        std::iter::once(class).chain(self.ancestors_of(class).iter().copied())
    }

    pub(super) fn ancestors_of(&self, class: ClassRef) -> &[ClassRef] {
        self.ancestors.get(&self.classes.whole(class)).map_or(&[], |ancestors| ancestors)
    }

    /// The ancestors of every class that has any.
    pub(super) fn all_ancestors(&self) -> Ancestors {
        let mut ancestors = Ancestors::default();
        for (index, (_, unit)) in self.units.iter().enumerate() {
            for (number, class) in unit.classes.iter().enumerate().filter(|(_, class)| !class.bases.is_empty()) {
                let part = ClassRef { unit: UnitId(index as u32), class: ClassId(number as u32) };
                let whole = self.classes.whole(part);
                let known = ancestors.entry(whole).or_default();
                let bases = class.bases.iter().filter_map(|&base| self.base(Value { unit: part.unit, node: base }));
                for base in bases.filter(|&base| base != whole) {
                    if !known.contains(&base) {
                        known.push(base);
                    }
                }
            }
        }
        self.closed(&ancestors)
    }

    /// The bases of bases, too.
    pub(super) fn closed(&self, direct: &Ancestors) -> Ancestors {
        let close = |(&class, bases): (&ClassRef, &Vec<ClassRef>)| {
            let mut all = bases.clone();
            let mut next = 0;
            while let Some(&base) = all.get(next).filter(|_| all.len() < MAX_ANCESTORS) {
                let further = direct.get(&base).map_or(&[][..], Vec::as_slice);
                let new: Vec<_> = further.iter().copied().filter(|it| *it != class && !all.contains(it)).collect();
                all.extend(new);
                next += 1;
            }
            (class, all)
        };
        #[allow(clippy::iter_over_hash_type, reason = "each class is a matter of its own")]
        direct.iter().map(close).collect()
    }

    /// The class that a base names.
    pub(super) fn base(&self, base: Value) -> Option<ClassRef> {
        self.class_named_by(base, MAX_DEPTH).map(|base| self.classes.whole(base))
    }

    /// The fields that classes declare, or that their methods write to `this`.
    pub(super) fn class_fields(&self) -> impl Iterator<Item = (ClassRef, &'a str)> {
        let declared = self.units.iter().enumerate().flat_map(|(index, &(_, unit))| {
            let classes = unit.classes.iter().enumerate();
            classes.flat_map(move |(number, class)| {
                let reference = ClassRef { unit: UnitId(index as u32), class: ClassId(number as u32) };
                class.fields.iter().map(move |field| (reference, unit.name(field.name)))
            })
        });
        let written = self.classes.written.keys().map(|&(class, name)| (class, self.unit(class.unit).name(name)));
        declared.chain(written)
    }

    /// Classes of the same name: those of the same unit first.
    pub(super) fn parts(&self, class: ClassRef) -> impl Iterator<Item = ClassRef> {
        let name = self.unit(class.unit).name(self.class(class).name);
        let same = named(&self.classes.by_name, self.realms.family(class.unit), name);
        let near = same.iter().filter(move |part| part.unit == class.unit);
        let far = same.iter().filter(move |part| part.unit != class.unit && self.realms.is_together(part.unit, class.unit));
        near.chain(far).copied().filter(move |_| !name.is_empty())
    }

    pub(super) fn own_method(&self, class: ClassRef, name: &str) -> Option<FunctionRef> {
        self.own_methods(class, name).next()
    }

    pub(super) fn own_methods(&self, class: ClassRef, name: &str) -> impl Iterator<Item = FunctionRef> {
        let unit = self.unit(class.unit);
        let wanted = unit.names.find(name);
        let methods = self.class(class).methods.iter().filter(move |method| Some(unit.function(**method).name) == wanted);
        methods.map(move |&function| FunctionRef { unit: class.unit, function })
    }

    pub(super) fn class(&self, class: ClassRef) -> &'a Class {
        self.unit(class.unit).class(class.class)
    }

    /// The class in one of whose methods a node stands.
    pub(super) fn enclosing_class(&self, at: Value) -> Option<ClassRef> {
        let class = enclosing_class(self.unit(at.unit), at.node)?;
        Some(ClassRef { unit: at.unit, class })
    }
}
