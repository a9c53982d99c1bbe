//! The compiler's whole input as plain data.
//!
//! The runtime captures a snapshot while it holds the GIL; from then on compilation needs no Python: the same snapshot always
//! gives the same code. Addresses are plain numbers that the compiler embeds and never follows.

use crate::exit::ExitReason;
use crate::layout::Layout;
use crate::selection::FunctionKey;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// Index into [`Snapshot::objects`].
pub type ObjectId = u32;
/// Index into [`Snapshot::types`].
pub type TypeId = u32;
/// Index into [`Snapshot::codes`].
pub type CodeId = u32;

macro_rules! known_types {
    ($($name:ident = $text:literal $(($leaf:ident))?;)+) => {
        /// Types that the compiler knows by name. Their instances' type can never change.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
        pub enum KnownType { $(#[doc = $text] $name,)+ }

        impl KnownType {
            /// All known types.
            pub const ALL: &'static [KnownType] = &[$(KnownType::$name,)+];

            /// Where Python finds the type: `builtins.int`, or `type(iter([]))`-like expressions for hidden ones.
            pub const fn expression(self) -> &'static str {
                match self { $(KnownType::$name => $text,)+ }
            }

            /// True if destroying an instance can run no Python code and free nothing else that could.
            pub const fn is_leaf(self) -> bool {
                match self { $(KnownType::$name => known_types!(@leaf $($leaf)?),)+ }
            }
        }
    };
    (@leaf leaf) => { true };
    (@leaf) => { false };
}

known_types! {
    Int = "int" (leaf);
    Float = "float" (leaf);
    Bool = "bool" (leaf);
    Complex = "complex" (leaf);
    None = "type(None)" (leaf);
    Str = "str" (leaf);
    Bytes = "bytes" (leaf);
    ByteArray = "bytearray" (leaf);
    List = "list";
    Tuple = "tuple";
    Dict = "dict";
    Set = "set";
    FrozenSet = "frozenset";
    Slice = "slice";
    Range = "range" (leaf);
    RangeIter = "type(iter(range(0)))" (leaf);
    ListIter = "type(iter([]))";
    TupleIter = "type(iter(()))";
    Enumerate = "enumerate";
    Zip = "zip";
    Function = "type(lambda: 0)";
    Method = "__import__('types').MethodType";
    CFunction = "type(len)";
    MethodDescriptor = "type(list.append)";
    Cell = "__import__('types').CellType";
    Module = "type(__import__('sys'))";
    Type = "type";
    Array = "__import__('array').array";
    NotImplemented = "type(NotImplemented)" (leaf);
    Super = "super";
    DictKeys = "type({}.keys())";
    DictValues = "type({}.values())";
    DictItems = "type({}.items())";
    DictKeyIter = "type(iter({}))";
    DictValueIter = "type(iter({}.values()))";
    DictItemIter = "type(iter({}.items()))";
    SetIter = "type(iter(set()))";
    StrIter = "type(iter('\\u0100'))";
    AsciiStrIter = "type(iter(''))";
    BytesIter = "type(iter(b''))";
    StopIteration = "StopIteration";
    Reversed = "reversed";
    ListReverseIter = "type(reversed([]))";
    Generator = "type(_ for _ in ())";
}

/// What is fixed for one running interpreter.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Platform {
    /// Minor version of Python 3.
    pub minor: u8,
    /// Structure offsets.
    pub layout: Layout,
    /// Address of each known type, in the order of [`KnownType::ALL`]; 0 if the type is not there.
    pub known_types: Vec<u64>,
    /// Address of `None`.
    pub none: u64,
    /// Address of `True`.
    pub true_: u64,
    /// Address of `False`.
    pub false_: u64,
    /// Address of the small int 0 inside the array of small ints.
    pub small_zero: u64,
    /// Address of the interpreter state.
    pub interpreter: u64,
    /// Offset of `ob_item` in an `array.array`; 0 if unknown.
    pub array_items: i64,
    /// Offset of the descriptor pointer in an `array.array`.
    pub array_descriptor: i64,
    /// Item types of `array.array`; none if the program has not imported it.
    pub array_formats: Vec<ArrayFormat>,
    /// What strs of ASCII are like, where that is known.
    #[serde(default)]
    pub ascii: Option<AsciiStrs>,
    /// Where iterators of `enumerate` and `zip` keep what they have, if that is known.
    #[serde(default)]
    pub wrappers: Option<WrapperPlaces>,
    /// Iterators over tables, if they are known.
    #[serde(default)]
    pub tables: Option<TablePlaces>,
}

/// Byte offsets in iterators over dicts and sets, in views of dicts, and in sets.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct TablePlaces {
    /// In an iterator: what it runs over, NULL once it has ended.
    pub container: i64,
    /// How many entries that had when it began; something else once it has raised.
    pub used: i64,
    /// Where it is in the table.
    pub position: i64,
    /// In one over items of a dict: the tuple of the last one, for the next one if nobody else has it.
    pub item: i64,
    /// In one over a dict or a view of one: how many entries are left.
    pub dict_left: i64,
    /// The same in one over a set.
    pub set_left: i64,
    /// In a view: the dict.
    pub view_dict: i64,
    /// In a set: how many keys it has.
    pub set_used: i64,
}

/// Byte offsets in iterators of `enumerate` and `zip`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct WrapperPlaces {
    /// The next number, 64 bits; the largest one stands for one that is kept elsewhere.
    pub enumerate_index: i64,
    /// The iterator inside.
    pub enumerate_inner: i64,
    /// Number of iterators inside.
    pub zip_size: i64,
    /// The tuple of them.
    pub zip_iterators: i64,
    /// 32 bits: whether all of them must end together.
    pub zip_strict: i64,
    /// In one over a list from its end: the next index.
    #[serde(default)]
    pub reverse_index: i64,
    /// The list.
    #[serde(default)]
    pub reverse_list: i64,
}

/// What strs of ASCII characters are like, and where those of one character are.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct AsciiStrs {
    /// Address of the str of the character 0.
    pub first: u64,
    /// Bytes from the str of one character to that of the next.
    pub stride: i64,
    /// Offset of the characters in a str of ASCII, a byte each.
    pub data: i64,
    /// Offset of the byte with the bit that only strs of ASCII have set.
    pub state: i64,
    /// That bit.
    pub mask: i64,
}

/// An item type of `array.array`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct ArrayFormat {
    /// Its type code, an ASCII letter.
    pub code: u8,
    /// Address of its descriptor, which arrays point to.
    pub descriptor: u64,
}

impl Platform {
    /// The address of a known type, if the running interpreter has it.
    pub fn known_type(&self, known: KnownType) -> Option<u64> {
        self.known_types.get(known as usize).copied().filter(|&a| a != 0)
    }
}

/// What decides whether an object is true.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Truth {
    /// Its type is asked.
    #[default]
    Asked,
    /// Its length, as its class has no `__bool__`.
    Length,
    /// Nothing: it always is.
    Always,
}

/// A type that feedback or an object refers to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct TypeInfo {
    /// Address of the type object.
    pub address: u64,
    /// `__qualname__`, for dumps.
    pub name: String,
    /// The type as a known one.
    pub known: Option<KnownType>,
    /// `tp_version_tag`; 0 if none could be assigned, and then nothing may be assumed of the type.
    pub version: u32,
    /// `tp_basicsize`.
    pub basicsize: i64,
    /// Instances keep their attributes in inline values.
    pub inline_values: bool,
    /// Instances were met that had inline values no more, but a dictionary of their own.
    #[serde(default)]
    pub loses_values: bool,
    /// Instances have a managed `__dict__`.
    pub managed_dict: bool,
    /// Instances have a `__dict__` somewhere.
    pub has_dict: bool,
    /// Byte offset of the pointer to an instance's `__dict__` (NULL as long as there is none); 0 if it is not at a fixed place.
    pub dict_offset: i64,
    /// Version of the shared keys of instances (0: none).
    pub shared_keys_version: u32,
    /// Address of the shared keys object (0: none).
    pub shared_keys: u64,
    /// The type can be changed at run time (a heap type that is not immutable).
    pub mutable: bool,
    /// What names resolve to on instances of the type, as far as the code of the snapshot asks for.
    pub attributes: BTreeMap<String, Attribute>,
    /// The same for the class itself, if it is among the objects: values, static methods and class methods.
    #[serde(default)]
    pub class_attributes: BTreeMap<String, Attribute>,
    /// What `super()` finds on its instances.
    #[serde(default)]
    pub super_methods: Vec<SuperMethod>,
    /// Types of class attributes among these that can be changed, and then be descriptors: what is said of the attributes is true as long as these
    /// types keep their versions, too.
    #[serde(default)]
    pub rests_on: Vec<TypeId>,
    /// Addresses of the types that it derives from, itself first (`__mro__`).
    pub mro: Vec<u64>,
    /// Its metaclass is `type`.
    pub plain_metaclass: bool,
    /// `__class__` of an instance is the type: nothing overrides it.
    pub plain_class: bool,
    /// What decides whether an instance is true.
    #[serde(default)]
    pub truth: Truth,
    /// Attributes of instances are set as `object` does it: no `__setattr__` of a class comes before.
    #[serde(default = "yes")]
    pub sets_as_object: bool,
    /// Instances refer to nothing, and nothing watches them: they are destroyed unseen.
    #[serde(default)]
    pub leaf: bool,
    /// The class was written in Python and has no finalizer: of an instance that nobody refers to nobody can tell when it ends, only of what it refers to.
    #[serde(default)]
    pub ends_unseen: bool,
    /// `__init__` when constructing calls nothing else (`__new__` is object's, no metaclass).
    pub simple_init: Option<ObjectId>,
    /// Constructing calls nothing (`__new__` and `__init__` are object's, no metaclass), and takes no arguments.
    #[serde(default)]
    pub bare: bool,
    /// `__new__` when constructing calls nothing else (there is no `__init__`, no metaclass).
    #[serde(default)]
    pub simple_new: Option<ObjectId>,
    /// Exceptions that a call of the class makes as `BaseException` does, and that end unseen: what sets them up.
    #[serde(default)]
    pub new_exception: Option<ExceptionInit>,
    /// `str()` of such an exception is that of its only argument, if it has one.
    #[serde(default)]
    pub shows_arguments: bool,
    /// `args` of such an exception is what `BaseException` keeps.
    #[serde(default)]
    pub gives_arguments: bool,
    /// A class written in Python that derives from `tuple`: instances are allocated, and give their items out, as tuples do.
    #[serde(default)]
    pub tuple_like: bool,
}

/// What sets a new exception up, which has its arguments already.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum ExceptionInit {
    /// `BaseException.__init__`, which keeps the arguments.
    Base,
    /// A function written in Python.
    Python(ObjectId),
}

fn yes() -> bool {
    true
}

/// A method that `super().name` in a code finds on instances of a type.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SuperMethod {
    /// The code, a method of a class that the type is or derives from.
    pub code: CodeId,
    /// The name.
    pub name: String,
    /// Address of that class.
    pub class: u64,
    /// The function or descriptor that the classes behind that one have.
    pub method: ObjectId,
}

/// What a name resolves to on instances of a type.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Attribute {
    /// Value `index` of the inline values, or the entry of the dictionary that has replaced them; nothing in the type hides it.
    InlineValue {
        /// Index into the inline values.
        index: u32,
        /// What the type has, if that is no descriptor: instances without a value of their own have this.
        #[serde(default)]
        default: Option<ObjectId>,
        /// The method that the type has, to which nothing else comes down: `dir()` of an instance adds names of its class to what instances share.
        #[serde(default)]
        method: Option<ObjectId>,
    },
    /// Nothing in the type: instances have it in their dictionary, if they have it.
    DictValue,
    /// A `__slots__` member at a byte offset, NULL when unset.
    Slot {
        /// Byte offset in the instance.
        offset: i64,
    },
    /// A function or method descriptor of the type; instances may hide it only by a key of their own.
    Method {
        /// The function or descriptor.
        object: ObjectId,
    },
    /// Any other class attribute that is no descriptor; instances may hide it only by a key of their own.
    ClassValue {
        /// The value.
        object: ObjectId,
    },
    /// A static method; instances may hide it only by a key of their own.
    StaticMethod {
        /// What holds the function.
        wrapper: Wrapper,
    },
    /// A class method, which is bound to the class; instances may hide it only by a key of their own.
    ClassMethod {
        /// What holds the function.
        wrapper: Wrapper,
        /// The class.
        class: ObjectId,
        /// Address of a module's dictionary that has the class under its name; 0 if there is none.
        namespace: u64,
    },
    /// A property with a Python function as getter.
    Property {
        /// The getter.
        getter: ObjectId,
        /// The setter.
        setter: Option<ObjectId>,
    },
    /// An item of instances of a class derived from `tuple`: an attribute of a named tuple.
    TupleItem {
        /// Its number.
        index: u32,
    },
    /// A data descriptor whose class is written in Python, and the functions that this has.
    Descriptor {
        /// The descriptor.
        object: ObjectId,
        /// `__get__`.
        getter: Option<ObjectId>,
        /// `__set__`.
        setter: Option<ObjectId>,
    },
}

/// A `staticmethod` or `classmethod` and the function in it, which could be replaced.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Wrapper {
    /// Address of the `staticmethod` or `classmethod`, which the class keeps as long as it keeps its version.
    pub address: u64,
    /// Byte offset of the function in it.
    pub offset: i64,
    /// The function.
    pub function: ObjectId,
}

/// An object that code refers to.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct ObjectInfo {
    /// Address of the object.
    pub address: u64,
    /// Type of the object.
    pub type_id: TypeId,
    /// Immortal objects need no reference counting.
    pub immortal: bool,
    /// What is known of it.
    pub kind: ObjectKind,
}

/// What is known of an object.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum ObjectKind {
    /// `None`.
    None,
    /// `True` or `False`.
    Bool(bool),
    /// An int of at most 64 bits.
    Int(i64),
    /// An int of 65 to 128 bits: its low word, and the high one with the sign.
    WideInt(i64, i64),
    /// A float, as bits.
    Float(u64),
    /// A complex number: its real and its imaginary part, as bits.
    Complex(u64, u64),
    /// A string.
    Str(String),
    /// A tuple.
    Tuple(Vec<ObjectId>),
    /// A slice: its start, stop and step.
    Slice([ObjectId; 3]),
    /// A Python function.
    Function(FunctionInfo),
    /// A C function or method descriptor: `len`, `math.sqrt`, `list.append`.
    Native {
        /// `module.name` or `type.name`.
        name: String,
        /// `METH_…` flags.
        flags: u32,
        /// Address of the C function.
        function: u64,
        /// What it is called with first.
        #[serde(default)]
        receiver: Receiver,
    },
    /// A type.
    Type(TypeId),
    /// A module; its attributes as far as the code asks for.
    Module {
        /// `__name__`.
        name: String,
        /// Address of its dictionary.
        dict: u64,
        /// Values under watch.
        attributes: BTreeMap<String, ObjectId>,
    },
    /// A code object.
    Code(CodeId),
    /// Nothing is known but the type.
    Other,
}

/// What a C function is called with before its arguments.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub enum Receiver {
    /// Not known.
    #[default]
    Unknown,
    /// The object at that address, NULL at 0, which the function keeps alive.
    Object(u64),
    /// An instance of the type at that address.
    InstanceOf(u64),
}

/// A Python function.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct FunctionInfo {
    /// Address of the function object.
    pub address: u64,
    /// Its code, if captured (it is when it may be inlined).
    pub code: Option<CodeId>,
    /// Address of its code object.
    pub code_address: u64,
    /// Positional defaults.
    pub defaults: Vec<ObjectId>,
    /// The tuple that they are in.
    #[serde(default)]
    pub defaults_tuple: Option<ObjectId>,
    /// Defaults of the keyword-only parameters, in their order; none of functions that are made again and again.
    #[serde(default)]
    pub keyword_only_defaults: Vec<Option<ObjectId>>,
    /// Address of the dictionary with these.
    #[serde(default)]
    pub keyword_only_dict: u64,
    /// Number of positional parameters.
    pub argcount: u32,
    /// `co_flags`.
    pub flags: u32,
    /// Number of keyword-only parameters.
    pub kwonly: u32,
    /// Number of positional-only parameters.
    #[serde(default)]
    pub posonly: u32,
    /// What its cells hold, as far as that is a function or a static type; these may be set to something else.
    #[serde(default)]
    pub closure: Vec<Option<ObjectId>>,
    /// Names of the positional and of the keyword-only parameters.
    #[serde(default)]
    pub parameters: Vec<String>,
    /// Address of its globals dictionary.
    pub globals: u64,
    /// Address of the runtime's unit record for direct calls, 0 if there is none.
    pub unit: u64,
}

/// What a `LOAD_GLOBAL` found.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct GlobalInfo {
    /// The value.
    pub object: ObjectId,
    /// True if it came from builtins (then both dictionaries are watched).
    pub builtin: bool,
}

/// A code object with the feedback that the interpreter gathered in it.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct CodeInfo {
    /// Address of the code object.
    pub address: u64,
    /// `co_qualname`.
    pub qualname: String,
    /// `co_filename`.
    pub filename: String,
    /// `co_firstlineno`.
    pub first_line: u32,
    /// `co_flags`.
    pub flags: u32,
    /// `co_argcount`.
    pub argcount: u32,
    /// `co_kwonlyargcount`.
    pub kwonly: u32,
    /// `co_stacksize`.
    pub stacksize: u32,
    /// `co_framesize` in words.
    pub framesize: u32,
    /// Number of local, cell and free variables.
    pub nlocalsplus: u32,
    /// Names of the local, cell and free variables.
    pub varnames: Vec<String>,
    /// For each of them: is it a cell or free variable.
    pub is_cell: Vec<bool>,
    /// Code units, as the adaptive interpreter left them.
    pub units: Vec<u16>,
    /// `co_exceptiontable`.
    pub exception_table: Vec<u8>,
    /// `co_consts`.
    pub constants: Vec<ObjectId>,
    /// `co_names`.
    pub names: Vec<String>,
    /// Addresses of the strings in `co_names`.
    pub name_objects: Vec<u64>,
    /// Addresses of the names of local variables.
    #[serde(default)]
    pub varname_objects: Vec<u64>,
    /// Address of the globals dictionary it runs with.
    pub globals: u64,
    /// Address of the builtins dictionary it runs with.
    pub builtins: u64,
    /// Values of global names, under watch.
    pub global_values: BTreeMap<String, GlobalInfo>,
    /// Types by version tag as named by inline caches.
    pub types_by_version: BTreeMap<u32, TypeId>,
    /// Objects by address as named by inline caches (descriptors, methods).
    pub objects_by_address: BTreeMap<u64, ObjectId>,
    /// Functions by version as named by inline caches.
    pub functions_by_version: BTreeMap<u32, ObjectId>,
    /// Exits seen so far in earlier units of this code, by code unit offset.
    pub exits_seen: Vec<SeenExit>,
    /// Types of operands that an earlier unit has noted, by [`operand_key`] and [`local_key`], most frequent first.
    pub operand_types: BTreeMap<u32, Vec<SeenType>>,
}

/// `CO_NESTED` of `co_flags`: the code of functions inside functions, which are made whenever the code around them runs.
pub const CO_NESTED: u32 = 0x10;

impl CodeInfo {
    /// What its function is called across runs.
    pub fn key(&self) -> FunctionKey {
        FunctionKey { filename: self.filename.clone(), line: self.first_line, qualname: self.qualname.clone() }
    }
}

/// What is called, as an operand of [`operand_key`].
pub const CALLABLE: u32 = 0;

/// The key of an instruction's operand in [`CodeInfo::operand_types`]; operands count from the top of the stack, from 1, up to 3.
pub const fn operand_key(offset: u32, operand: u32) -> u32 {
    offset << 2 | operand
}

/// True for the key of what an instruction calls.
pub const fn is_callable_key(key: u32) -> bool {
    key < 1 << 30 && key & 3 == CALLABLE
}

/// The key in [`CodeInfo::operand_types`] of a local variable whose type guards failed where units of the code are entered.
pub const fn local_key(local: u32) -> u32 {
    1 << 31 | local
}

/// The key in [`CodeInfo::operand_types`] of a slot of the value stack, from the bottom, whose type guards failed where units of the code
/// are entered at that offset; up to [`STACK_KEYS`] of them.
pub const fn stack_key(offset: u32, depth: u32) -> u32 {
    1 << 30 | offset << STACK_KEYS.trailing_zeros() | depth
}

/// Slots of the value stack that have keys: a power of two.
pub const STACK_KEYS: u32 = 32;

/// An exact type that objects were seen to have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SeenType {
    /// The type.
    pub type_id: TypeId,
    /// Type code of the items of an `array.array`, or the number of items of a tuple, list or dict that a call spreads and 1, if all that were seen had the
    /// same; 0 otherwise.
    pub format: u8,
    /// A function that was seen, or a method's: the last one of its code. Where there were several, but few, each is told of apart.
    #[serde(default)]
    pub function: Option<ObjectId>,
}

/// An exit that was taken often in an earlier unit.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeenExit {
    /// Code unit offset of the instruction.
    pub offset: u32,
    /// Why.
    pub reason: ExitReason,
    /// How often.
    pub count: u32,
    /// Exact types of the objects that failed type guards there, most frequent first; types that died since are left out.
    /// At [`SeenExit::MAX_TYPES`] there may have been more.
    pub types: Vec<SeenType>,
}

impl SeenExit {
    /// Most types that are told of one exit.
    pub const MAX_TYPES: usize = 12;
}

/// What was in a slot when the unit became hot.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub enum Observed {
    /// NULL.
    Null,
    /// An object of the type; for ints, whether it fits 64 bits.
    Object {
        /// Its type.
        type_id: TypeId,
        /// An int that does not fit 64 bits.
        big: bool,
        /// An int that does not fit 128 bits either.
        #[serde(default)]
        huge: bool,
        /// Type code of the items of an `array.array`; 0 otherwise.
        format: u8,
    },
}

/// A variable of a module.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Variable {
    /// Its name, one of the names of a code with the globals of `codes[0]`.
    pub name: String,
    /// What it held.
    pub seen: Observed,
}

/// Where native code is entered.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub enum Entry {
    /// At the start of the function.
    Function {
        /// What the arguments were.
        arguments: Vec<Observed>,
    },
    /// At the header of a running loop.
    Loop {
        /// Code unit offset of the header (the target of the back edge).
        header: u32,
        /// Code unit offset of the back edge that became hot.
        back_edge: u32,
        /// `nlocalsplus` slots, then the value stack.
        slots: Vec<Observed>,
        /// Names are those of the globals dictionary: the code is a module's.
        #[serde(default)]
        module: bool,
    },
    /// Where a suspended generator goes on when it is asked for its next item.
    Resume {
        /// Code unit offset of the instruction behind the `yield`, or behind the start of the generator.
        offset: u32,
        /// `nlocalsplus` slots, then the value stack without the `None` that is sent.
        slots: Vec<Observed>,
    },
}

impl Entry {
    /// What a unit with that entry is called in statistics.
    pub const fn name(&self) -> &'static str {
        match self {
            Entry::Function { .. } => "function",
            Entry::Loop { .. } => "loop",
            Entry::Resume { .. } => "resume",
        }
    }
}

/// The compiler's input.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct Snapshot {
    /// Facts of the interpreter.
    pub platform: Platform,
    /// Where the unit is entered, in `codes[0]`.
    pub entry: Entry,
    /// The unit's own code, then what may be inlined.
    pub codes: Vec<CodeInfo>,
    /// Objects; `None`, `True` and `False` are always among them.
    pub objects: Vec<ObjectInfo>,
    /// Types.
    pub types: Vec<TypeInfo>,
    /// Variables of the unit's module that code with its globals assigns: in a loop of the module, or as `global`.
    #[serde(default)]
    pub variables: Vec<Variable>,
    /// Address of the unit's record in the runtime (see [`UnitLayout`]).
    pub unit: u64,
    /// The interpreter has run the code often: instructions that it has never executed are not expected to be.
    pub warm: bool,
    /// An earlier unit for this entry has noted the types of operands: what is missing in `operand_types` was not met.
    #[serde(default)]
    pub profiled: bool,
    /// Units of the site have failed so often that one of the last to be made must do without guesses at types.
    #[serde(default)]
    pub wary: bool,
    /// Guards kept failing at one place after another: the unit guesses no types and notes those of all operands, for the next one.
    #[serde(default)]
    pub surveys: bool,
    /// Force every N-th guard to exit; 0 for none.
    pub exit_every: u64,
    /// Address of the thread-independent countdown of forced exits.
    pub exit_counter: u64,
}

impl Snapshot {
    /// The type table's entry of an object.
    pub fn type_of(&self, object: ObjectId) -> &TypeInfo {
        &self.types[self.objects[object as usize].type_id as usize]
    }
}

/// Byte offsets in the record that the runtime keeps for each unit and native code reads.
pub struct UnitLayout;

impl UnitLayout {
    /// Native entry point (8 bytes): always callable.
    pub const ENTRY: i32 = 0;
    /// `eval_breaker` value at which nothing is pending (8 bytes).
    pub const QUIET: i32 = 8;
    /// Non-zero once an assumption broke (8 bytes).
    pub const INVALID: i32 = 16;
}

/// Something that must stay true while a unit is installed. The runtime registers watchers for all of them
/// before the unit runs, and invalidates it when one breaks.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub enum Assumption {
    /// The type keeps its version.
    TypeVersion {
        /// Address of the type.
        address: u64,
        /// The version.
        version: u32,
    },
    /// `dict[name]` stays this object (0: stays missing).
    DictEntry {
        /// Address of the dictionary.
        dict: u64,
        /// The key.
        name: String,
        /// Address of the value, 0 if the key is missing.
        value: u64,
    },
    /// The function lives and keeps code and defaults.
    Function {
        /// Address of the function.
        address: u64,
    },
}
