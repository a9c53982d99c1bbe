//! The table of operations.
//!
//! `for_each_op!` is the one place where an operation is declared: name, operand types, result type, kind of
//! immediate, effect, exit behaviour and meaning. The enum, the printer and parser, the verifier's
//! signature check, the effect summary and `docs/ir.md` come from it.

use whipsnake_contract::exit::ExitReason;
use whipsnake_contract::helpers::Helper;

/// Type of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub enum Ty {
    /// 64-bit signed integer.
    I64,
    /// Double.
    F64,
    /// Truth value, 0 or 1.
    Bool,
    /// Object pointer; NULL only where an operation says so.
    Obj,
    /// Address of memory that is not an object.
    Ptr,
}

impl Ty {
    /// The name in text IR.
    pub const fn name(self) -> &'static str {
        match self {
            Ty::I64 => "i64",
            Ty::F64 => "f64",
            Ty::Bool => "bool",
            Ty::Obj => "obj",
            Ty::Ptr => "ptr",
        }
    }

    /// All types.
    pub const ALL: &'static [Ty] = &[Ty::I64, Ty::F64, Ty::Bool, Ty::Obj, Ty::Ptr];
}

/// What the signature table allows for an operand or a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Sig {
    /// Exactly this type.
    Is(Ty),
    /// `Obj` or `Ptr`.
    Address,
    /// Any type; all `Same` of one instruction agree.
    Same,
    /// Any number of operands of any type (calls; must be last).
    Rest,
    /// The type is named by the instruction ([`Imm::Mem`] or the helper's table entry).
    Named,
    /// No result.
    Nothing,
}

/// Comparison.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cond {
    /// `==`
    Eq,
    /// `!=` (true for NaN)
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
    /// Unsigned `<` (integers only): with a non-negative bound also false for negative left sides.
    Ult,
}

impl Cond {
    /// The name in text IR.
    pub const fn name(self) -> &'static str {
        match self {
            Cond::Eq => "eq",
            Cond::Ne => "ne",
            Cond::Lt => "lt",
            Cond::Le => "le",
            Cond::Gt => "gt",
            Cond::Ge => "ge",
            Cond::Ult => "ult",
        }
    }

    /// All conditions.
    pub const ALL: &'static [Cond] =
        &[Cond::Eq, Cond::Ne, Cond::Lt, Cond::Le, Cond::Gt, Cond::Ge, Cond::Ult];
}

/// Width and type of a memory access.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum MemSize {
    /// Unsigned byte, extended to `I64`.
    U8,
    /// Signed byte.
    I8,
    /// Unsigned 16 bits.
    U16,
    /// Signed 16 bits.
    I16,
    /// Unsigned 32 bits.
    U32,
    /// Signed 32 bits.
    I32,
    /// 64 bits as `I64`.
    I64,
    /// Single precision, converted to and from `F64`.
    F32,
    /// Double.
    F64,
    /// Object pointer, possibly NULL; the result is borrowed from the memory.
    Obj,
    /// Pointer.
    Ptr,
}

impl MemSize {
    /// Bytes accessed.
    pub const fn bytes(self) -> i64 {
        match self {
            MemSize::U8 | MemSize::I8 => 1,
            MemSize::U16 | MemSize::I16 => 2,
            MemSize::U32 | MemSize::I32 | MemSize::F32 => 4,
            _ => 8,
        }
    }

    /// Type of the loaded or stored value.
    pub const fn ty(self) -> Ty {
        match self {
            MemSize::F32 | MemSize::F64 => Ty::F64,
            MemSize::Obj => Ty::Obj,
            MemSize::Ptr => Ty::Ptr,
            _ => Ty::I64,
        }
    }

    /// The name in text IR.
    pub const fn name(self) -> &'static str {
        match self {
            MemSize::U8 => "u8",
            MemSize::I8 => "i8",
            MemSize::U16 => "u16",
            MemSize::I16 => "i16",
            MemSize::U32 => "u32",
            MemSize::I32 => "i32",
            MemSize::I64 => "i64",
            MemSize::F32 => "f32",
            MemSize::F64 => "f64",
            MemSize::Obj => "obj",
            MemSize::Ptr => "ptr",
        }
    }

    /// All sizes.
    pub const ALL: &'static [MemSize] = &[
        MemSize::U8, MemSize::I8, MemSize::U16, MemSize::I16, MemSize::U32, MemSize::I32, MemSize::I64,
        MemSize::F32, MemSize::F64, MemSize::Obj, MemSize::Ptr,
    ];
}

macro_rules! regions {
    ($(#[doc = $doc:literal] $name:ident, $text:literal;)+) => {
        /// Disjoint parts of memory: an access to one never sees a store to another.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, PartialOrd, Ord)]
        #[repr(u8)]
        pub enum Region { $(#[doc = $doc] $name,)+ }

        impl Region {
            /// All regions.
            pub const ALL: &'static [Region] = &[$(Region::$name,)+];

            /// The name in text IR.
            pub const fn name(self) -> &'static str {
                match self { $(Region::$name => $text,)+ }
            }
        }
    };
}

regions! {
    /// Never written after the object became visible: tuple items, float and int values, types of objects of known types.
    Const, "const";
    /// Length, capacity and item pointer of lists.
    ListHeader, "list_header";
    /// Items of lists.
    ListItems, "list_items";
    /// Inline values and slots of instances, and their validity marks.
    Instance, "instance";
    /// Dictionary headers and keys.
    Dict, "dict";
    /// Cells.
    Cell, "cell";
    /// Types' and shared keys' versions.
    Type, "type";
    /// Functions' fields.
    Function, "function";
    /// Interpreter frames.
    Frame, "frame";
    /// Thread state, and the runtime's unit records: changed by other threads too.
    Thread, "thread";
    /// Element data and headers of arrays, bytearrays and buffers.
    Array, "array";
    /// Iterators' fields.
    Iterator, "iterator";
    /// Scratch words of the native frame, and argument arrays.
    Scratch, "scratch";
    /// Anything else.
    Other, "other";
}

/// Immediate operand of an instruction.
#[derive(Clone, Copy, Debug, PartialEq)]
pub enum Imm {
    /// None.
    None,
    /// An integer: a constant, an address, a count.
    Int(i64),
    /// The bits of a double.
    Float(u64),
    /// A comparison.
    Cond(Cond),
    /// A memory access at a byte offset.
    Mem {
        /// Byte offset from the base (and scaled index).
        offset: i32,
        /// Width and type.
        size: MemSize,
        /// Region.
        region: Region,
    },
    /// An object of [`crate::Function::objects`].
    Object(u32),
    /// A helper.
    Helper(Helper),
    /// Why a guard exits.
    Exit(ExitReason),
    /// A type address and why the guard exits if it is another.
    Type(u64),
}

/// Kind of immediate an operation has.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[allow(missing_docs, reason = "named like the variants of Imm")]
pub enum ImmKind {
    None,
    Int,
    Float,
    Cond,
    Mem,
    Object,
    Helper,
    Exit,
    Type,
}

/// What an operation does besides computing its result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Effect {
    /// Nothing: may be removed, repeated, moved and merged.
    Pure,
    /// Reads memory of the region in its immediate.
    Load,
    /// Writes memory of the region in its immediate.
    Store,
    /// Nothing but a possible exit: a second identical one is redundant.
    Guard,
    /// Pure apart from a possible exit.
    Checked,
    /// Changes a reference count only; `decref` may also run anything (see its exit behaviour).
    Refcount,
    /// Allocates a new object; may be removed if unused.
    Allocate,
    /// As the helper's table entry says.
    Helper,
    /// Ends the block.
    Control,
    /// Anything may happen.
    Any,
}

/// Whether an operation takes a frame state, and what for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Exits {
    /// No frame state.
    Never,
    /// Leaves by the state if its check fails.
    Guard,
    /// Its slow path may run Python code, with frames rebuilt from the state, and may then leave by it.
    Observe,
    /// Leaves by the state always.
    Always,
}

/// Calls the macro given with the table of operations:
/// `name, "text", (operands) -> result, immediate, Effect, Exits, "meaning";`
#[macro_export]
macro_rules! for_each_op {
    ($m:ident) => { $m! {
        // Constants.
        Iconst, "iconst", () -> Is(Ty::I64), Int, Pure, Never, "An integer constant.";
        Fconst, "fconst", () -> Is(Ty::F64), Float, Pure, Never, "A double constant, given by its bits.";
        Bconst, "bconst", () -> Is(Ty::Bool), Int, Pure, Never, "A truth constant, 0 or 1.";
        Object, "object", () -> Is(Ty::Obj), Object, Pure, Never, "A constant object, borrowed from the unit.";
        Null, "null", () -> Is(Ty::Obj), None, Pure, Never, "NULL.";
        Address, "address", () -> Is(Ty::Ptr), Int, Pure, Never, "A constant address.";
        Scratch, "scratch", () -> Is(Ty::Ptr), Int, Pure, Never, "The address of that many words of the native frame, good until the values stored there were used.";
        // Integers.
        Iadd, "iadd", (Is(Ty::I64), Is(Ty::I64)) -> Is(Ty::I64), None, Pure, Never, "Wrapping sum.";
        Isub, "isub", (Is(Ty::I64), Is(Ty::I64)) -> Is(Ty::I64), None, Pure, Never, "Wrapping difference.";
        Imul, "imul", (Is(Ty::I64), Is(Ty::I64)) -> Is(Ty::I64), None, Pure, Never, "Wrapping product.";
        Iand, "iand", (Is(Ty::I64), Is(Ty::I64)) -> Is(Ty::I64), None, Pure, Never, "Bitwise and.";
        Ior, "ior", (Is(Ty::I64), Is(Ty::I64)) -> Is(Ty::I64), None, Pure, Never, "Bitwise or.";
        Ixor, "ixor", (Is(Ty::I64), Is(Ty::I64)) -> Is(Ty::I64), None, Pure, Never, "Bitwise exclusive or.";
        Inot, "inot", (Is(Ty::I64)) -> Is(Ty::I64), None, Pure, Never, "Bitwise complement.";
        Ishl, "ishl", (Is(Ty::I64), Is(Ty::I64)) -> Is(Ty::I64), None, Pure, Never, "Left shift; the count is 0 to 63.";
        Ishr, "ishr", (Is(Ty::I64), Is(Ty::I64)) -> Is(Ty::I64), None, Pure, Never, "Arithmetic right shift; the count is 0 to 63.";
        Ushr, "ushr", (Is(Ty::I64), Is(Ty::I64)) -> Is(Ty::I64), None, Pure, Never, "Logical right shift; the count is 0 to 63.";
        Smulhi, "smulhi", (Is(Ty::I64), Is(Ty::I64)) -> Is(Ty::I64), None, Pure, Never, "High word of the product of two signed integers.";
        Umulhi, "umulhi", (Is(Ty::I64), Is(Ty::I64)) -> Is(Ty::I64), None, Pure, Never, "High word of the product of two integers without signs.";
        IaddChecked, "iadd_checked", (Is(Ty::I64), Is(Ty::I64)) -> Is(Ty::I64), None, Checked, Guard, "Sum; exits with int-overflow.";
        IsubChecked, "isub_checked", (Is(Ty::I64), Is(Ty::I64)) -> Is(Ty::I64), None, Checked, Guard, "Difference; exits with int-overflow.";
        ImulChecked, "imul_checked", (Is(Ty::I64), Is(Ty::I64)) -> Is(Ty::I64), None, Checked, Guard, "Product; exits with int-overflow.";
        IshlChecked, "ishl_checked", (Is(Ty::I64), Is(Ty::I64)) -> Is(Ty::I64), None, Checked, Guard, "Left shift; exits with arithmetic unless the count is 0 to 62, with int-overflow if bits are lost.";
        IshrChecked, "ishr_checked", (Is(Ty::I64), Is(Ty::I64)) -> Is(Ty::I64), None, Checked, Guard, "Right shift with any count; exits with arithmetic if it is negative.";
        IfloordivChecked, "ifloordiv_checked", (Is(Ty::I64), Is(Ty::I64)) -> Is(Ty::I64), None, Checked, Guard, "Floor division; exits with arithmetic if the divisor is 0, with int-overflow for MIN // -1.";
        ImodChecked, "imod_checked", (Is(Ty::I64), Is(Ty::I64)) -> Is(Ty::I64), None, Checked, Guard, "Modulo with the divisor's sign; exits with arithmetic if the divisor is 0.";
        Icmp, "icmp", (Is(Ty::I64), Is(Ty::I64)) -> Is(Ty::Bool), Cond, Pure, Never, "Signed comparison (`ult`: unsigned).";
        // Doubles.
        Fadd, "fadd", (Is(Ty::F64), Is(Ty::F64)) -> Is(Ty::F64), None, Pure, Never, "IEEE sum.";
        Fsub, "fsub", (Is(Ty::F64), Is(Ty::F64)) -> Is(Ty::F64), None, Pure, Never, "IEEE difference.";
        Fmul, "fmul", (Is(Ty::F64), Is(Ty::F64)) -> Is(Ty::F64), None, Pure, Never, "IEEE product.";
        Fdiv, "fdiv", (Is(Ty::F64), Is(Ty::F64)) -> Is(Ty::F64), None, Pure, Never, "IEEE quotient.";
        Fneg, "fneg", (Is(Ty::F64)) -> Is(Ty::F64), None, Pure, Never, "Sign change.";
        Fabs, "fabs", (Is(Ty::F64)) -> Is(Ty::F64), None, Pure, Never, "Absolute value.";
        Fsqrt, "fsqrt", (Is(Ty::F64)) -> Is(Ty::F64), None, Pure, Never, "Square root, correctly rounded.";
        Fcmp, "fcmp", (Is(Ty::F64), Is(Ty::F64)) -> Is(Ty::Bool), Cond, Pure, Never, "IEEE comparison; with a NaN only `ne` is true.";
        ItoF, "itof", (Is(Ty::I64)) -> Is(Ty::F64), None, Pure, Never, "Nearest double, ties to even.";
        FtoIChecked, "ftoi_checked", (Is(Ty::F64)) -> Is(Ty::I64), None, Checked, Guard, "Truncation; exits with int-overflow unless the result fits.";
        // Truth values.
        Bnot, "bnot", (Is(Ty::Bool)) -> Is(Ty::Bool), None, Pure, Never, "Negation.";
        Band, "band", (Is(Ty::Bool), Is(Ty::Bool)) -> Is(Ty::Bool), None, Pure, Never, "Conjunction, both sides evaluated.";
        Bor, "bor", (Is(Ty::Bool), Is(Ty::Bool)) -> Is(Ty::Bool), None, Pure, Never, "Disjunction, both sides evaluated.";
        BtoI, "btoi", (Is(Ty::Bool)) -> Is(Ty::I64), None, Pure, Never, "0 or 1.";
        Same, "same", (Address, Address) -> Is(Ty::Bool), None, Pure, Never, "Equality of addresses (`is`).";
        Below, "below", (Address, Address) -> Is(Ty::Bool), None, Pure, Never, "Unsigned comparison of addresses: the first is lower.";
        Select, "select", (Is(Ty::Bool), Same, Same) -> Same, None, Pure, Never, "The second operand if the first is true, else the third.";
        // Memory.
        Load, "load", (Address) -> Named, Mem, Load, Never, "Loads from the base plus the offset.";
        LoadIndexed, "load_indexed", (Address, Is(Ty::I64)) -> Named, Mem, Load, Never, "Loads from the base plus the offset plus the index times the access size.";
        Store, "store", (Address, Named) -> Nothing, Mem, Store, Never, "Stores to the base plus the offset; no reference counting.";
        StoreIndexed, "store_indexed", (Address, Is(Ty::I64), Named) -> Nothing, Mem, Store, Never, "Stores to the base plus the offset plus the index times the access size.";
        AsObject, "as_object", (Is(Ty::Ptr)) -> Is(Ty::Obj), None, Pure, Never, "An address that is known to be an object, borrowed.";
        Offset, "offset", (Address, Is(Ty::I64)) -> Is(Ty::Ptr), None, Pure, Never, "The base plus that many bytes.";
        TakeSlot, "take_slot", (Is(Ty::Ptr)) -> Is(Ty::Obj), Mem, Any, Never, "The object of a frame slot, whose reference passes to native code (one is made if the slot's tag says it only borrows); NULL if empty.";
        ReadSlot, "read_slot", (Is(Ty::Ptr)) -> Is(Ty::Obj), Mem, Load, Never, "The object of a frame slot, whose reference stays there; NULL if empty.";
        StoreSlot, "store_slot", (Is(Ty::Ptr), Is(Ty::Obj)) -> Nothing, Mem, Store, Never, "Stores an object or NULL to a frame slot in the interpreter's form (tagged if the object is immortal); no reference counting.";
        // Guards.
        Guard, "guard", (Is(Ty::Bool)) -> Nothing, Exit, Guard, Guard, "Exits unless the operand is true.";
        GuardType, "guard_type", (Is(Ty::Obj)) -> Nothing, Type, Guard, Guard, "Exits with type-guard unless the object's type is exactly that one.";
        GuardNotNull, "guard_not_null", (Address) -> Nothing, Exit, Guard, Guard, "Exits if the operand is NULL.";
        IsType, "is_type", (Is(Ty::Obj)) -> Is(Ty::Bool), Type, Load, Never, "Whether the object's type is exactly that one.";
        // Boxes.
        BoxInt, "box_int", (Is(Ty::I64)) -> Is(Ty::Obj), None, Allocate, Never, "An int object, owned.";
        BoxFloat, "box_float", (Is(Ty::F64)) -> Is(Ty::Obj), None, Allocate, Never, "A float object, owned.";
        BoxBool, "box_bool", (Is(Ty::Bool)) -> Is(Ty::Obj), None, Pure, Never, "`True` or `False`, immortal.";
        UnboxInt, "unbox_int", (Is(Ty::Obj)) -> Is(Ty::I64), None, Checked, Guard, "Value of an exact int or bool; exits with big-int unless it fits.";
        UnboxFloat, "unbox_float", (Is(Ty::Obj)) -> Is(Ty::F64), None, Pure, Never, "Value of an exact float.";
        // Reference counts.
        Incref, "incref", (Is(Ty::Obj)) -> Nothing, None, Refcount, Never, "One more reference.";
        Decref, "decref", (Is(Ty::Obj)) -> Nothing, None, Any, Observe, "One reference less; destroying the object may run anything, with frames rebuilt from the state.";
        DecrefOrExit, "decref_or_exit", (Is(Ty::Obj)) -> Nothing, Exit, Any, Observe, "One reference less; leaves by the state if Python code may see how the object is destroyed.";
        DecrefPlain, "decref_plain", (Is(Ty::Obj)) -> Nothing, None, Any, Never, "One reference less where no frame of the unit can be looked at any more; destroying the object may run anything.";
        DecrefLeaf, "decref_leaf", (Is(Ty::Obj)) -> Nothing, None, Refcount, Never, "One reference less to an object of a leaf type.";
        // Calls.
        CallHelper, "call_helper", (Rest) -> Named, Helper, Helper, Never, "Calls a runtime helper.";
        CallNative, "call_native", (Is(Ty::Ptr), Is(Ty::Ptr), Is(Ty::Obj), Is(Ty::Ptr)) -> Is(Ty::Obj), None, Any, Never, "Calls a unit's entry point (entry, thread state, function, arguments, which the caller keeps alive); NULL if it raised.";
        // Control.
        Jump, "jump", () -> Nothing, None, Control, Never, "Goes to the target.";
        Branch, "branch", (Is(Ty::Bool)) -> Nothing, None, Control, Never, "Goes to the first target if true, else to the second.";
        Return, "return", (Is(Ty::Obj)) -> Nothing, None, Control, Never, "Returns an owned object, or NULL with an exception set.";
        Exit, "exit", () -> Nothing, Exit, Control, Always, "Leaves to the interpreter.";
        Unreachable, "unreachable", () -> Nothing, None, Control, Never, "Never executed.";
    } };
}

/// The declared facts of an operation.
#[derive(Clone, Copy, Debug)]
pub struct OpInfo {
    /// Name in text IR.
    pub name: &'static str,
    /// Operands.
    pub operands: &'static [Sig],
    /// Result.
    pub result: Sig,
    /// Immediate.
    pub imm: ImmKind,
    /// Effect.
    pub effect: Effect,
    /// Exit behaviour.
    pub exits: Exits,
    /// Meaning.
    pub doc: &'static str,
}

macro_rules! declare {
    ($($name:ident, $text:literal, ($($operand:expr),*) -> $result:expr, $imm:ident, $effect:ident, $exits:ident, $doc:literal;)+) => {
        /// An operation.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        pub enum Op { $(#[doc = $doc] $name,)+ }

        impl Op {
            /// All operations, in declaration order.
            pub const ALL: &'static [Op] = &[$(Op::$name,)+];

            /// The declared facts.
            pub const fn info(self) -> &'static OpInfo {
                #[allow(unused_imports, reason = "some signatures use no variant")]
                use Sig::*;
                match self { $(Op::$name => {
                    const INFO: OpInfo = OpInfo {
                        name: $text,
                        operands: &[$($operand),*],
                        result: $result,
                        imm: ImmKind::$imm,
                        effect: Effect::$effect,
                        exits: Exits::$exits,
                        doc: $doc,
                    };
                    &INFO
                })+ }
            }

            /// The operation of that name.
            pub fn from_name(name: &str) -> Option<Op> {
                match name { $($text => Some(Op::$name),)+ _ => None }
            }
        }
    };
}

for_each_op!(declare);

impl Op {
    /// True if the operation ends a block.
    pub fn is_terminator(self) -> bool {
        self.info().effect == Effect::Control
    }
}
