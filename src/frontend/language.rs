//! What the engine must know of a language beyond its lowered code.

/// A language, as far as the engine asks. What an ordinary language is like stands in [`Language::ORDINARY`].
#[derive(Clone, Copy, Debug)]
pub struct Language {
    /// Languages of one family see each other's packages and classes; empty for one that stands alone.
    pub family: &'static str,
    /// Objects whose members are the global names: `window.fetch` is `fetch`.
    pub global_objects: &'static [&'static str],
    /// Types whose values hold no secret, whatever the name of a variable says.
    pub plain_types: &'static [&'static str],
    /// Types whose values have no members, as a test of a value's type names them.
    pub scalar_types: &'static [&'static str],
    /// Types of the standard library, whose names a class of another language of the family does not take.
    pub standard_types: &'static [&'static str],
    /// Methods that values of the language's own library have: a class of the tree with such a method does not answer for them.
    pub common_methods: &'static [&'static str],
    /// A bare name may mean a member of a value that a block works on: `with(value) { name }`.
    pub blocks_have_receivers: bool,
    /// The name of the type around.
    pub self_type: Option<&'static str>,
    /// What an element runs if its component is a class, and where that class finds the element's attributes.
    pub component: Option<Component>,
    /// Functions of a type that give an instance of it where the type does not say otherwise, since they are derived.
    pub derived_constructors: &'static [&'static str],
    /// One library by one name, however an import spells it.
    pub library: fn(&str) -> &str,
    /// Whether a class may be written in several files.
    pub splits_classes: bool,
    /// Whether functions of one name are told apart by their parameters.
    pub overloads: bool,
    /// Whether the name of a member means that of the receiver where it is written without one.
    pub implicit_receiver: bool,
    /// Whether a function of a class may be called on its first argument, where a file attaches the class to a type.
    pub calls_on_first_argument: bool,
    /// Whether a bare name that nothing declares, where a member of it is used, is a member of the receiver.
    pub bare_receivers_are_members: bool,
    /// The package of files that declare none, where such files see each other's names.
    pub default_package: Option<&'static str>,
    /// Whether what makes an instance is always a literal that gives its fields: there are no constructors.
    pub new_is_literal: bool,
    /// Whether a folder is a module whose members are the modules in it.
    pub folders_are_modules: bool,
    /// Whether the members of a namespace are members of the package.
    pub open_namespaces: bool,
    /// Packages of other families, by family and name, whose names files of this language see: those of headers that they include.
    pub also_sees: &'static [(&'static str, &'static str)],
    /// Whether the folder makes a package, and not the declared name alone.
    pub packages_are_folders: bool,
    /// Whether a field is an instance of its declared type, made from what is written to it.
    pub fields_are_values: bool,
    /// Whether public functions are there for anyone to call, and not for the program alone.
    pub anyone_calls: bool,
    /// Methods that run where a value becomes text.
    pub printers: &'static [&'static str],
    /// Functions without a class that are given an instance and say how it becomes text.
    pub free_printers: &'static [&'static str],
    /// Whether a variable that is declared without a value is room that others fill: who was given it before has what is put there.
    pub room_is_shared: bool,
    /// The method that runs when an element of an instance is written, with the key and the value.
    pub index_writer: Option<&'static str>,
    /// Words before a class by which its instances become text with all their members.
    pub printed_classes: &'static [&'static str],
    /// Methods by which a function that is a value is called.
    pub invokers: &'static [&'static str],
    /// Members that give an instance of the same class: a copy, or what a holder is about, whose type counts as what it holds.
    pub openers: &'static [&'static str],
    /// Members of pairs and tuples, in their order: `first` is the element with the number 0.
    pub places: &'static [&'static [&'static str]],
    /// What is known of tables.
    pub tables: Tables,
    /// The members of what stands for a field that it is delegated to: the one that is read, the one that is written.
    pub delegate: Option<[&'static str; 2]>,
}

/// How a language goes over tables: maps, dictionaries.
#[derive(Clone, Copy, Debug)]
pub struct Tables {
    /// What a loop over a table is given.
    pub each: Each,
    /// Whether what is written by a computed key is an entry, and no member like any other.
    pub are_indexed: bool,
    /// Whether `{key: value}` makes a table, and no object with members.
    pub are_written_out: bool,
}

impl Tables {
    /// Tables of which loops are given what is under their keys.
    pub const ORDINARY: Self = Self { each: Each::Value, are_indexed: true, are_written_out: false };
    /// Tables of which loops are given keys with what is under them.
    pub const PAIRS: Self = Self { each: Each::Pair, ..Self::ORDINARY };
    /// Tables of which loops are given the keys; `{key: value}` is one.
    pub const KEYS: Self = Self { each: Each::Key, are_written_out: true, ..Self::ORDINARY };
}

/// What a loop over a table is given.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "the variants are what they are called")]
pub enum Each {
    Value,
    Key,
    Pair,
}

/// The members of a class that is the component of an element.
#[derive(Clone, Copy, Debug)]
pub struct Component {
    /// The method that an element runs.
    pub runs: &'static str,
    /// The field with the attributes of the element.
    pub attributes: &'static str,
}

impl Language {
    /// A language of which nothing is to be known.
    pub const ORDINARY: Self = Self {
        family: "",
        global_objects: &[],
        plain_types: &[],
        scalar_types: &[],
        standard_types: &[],
        common_methods: &[],
        self_type: None,
        component: None,
        derived_constructors: &[],
        library: |name| name,
        splits_classes: false,
        overloads: false,
        implicit_receiver: false,
        blocks_have_receivers: false,
        calls_on_first_argument: false,
        bare_receivers_are_members: false,
        default_package: None,
        new_is_literal: false,
        folders_are_modules: false,
        open_namespaces: false,
        also_sees: &[],
        packages_are_folders: false,
        fields_are_values: false,
        anyone_calls: false,
        printers: &[],
        free_printers: &[],
        room_is_shared: false,
        index_writer: None,
        printed_classes: &[],
        invokers: &[],
        openers: &[],
        places: &[],
        tables: Tables::ORDINARY,
        delegate: None,
    };
}
