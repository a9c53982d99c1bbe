//! The neutral instruction set, declared once.
//!
//! Each entry of [`ops!`] gives documentation, operands, stack effect as text, number of values
//! popped and pushed when execution falls through, and how control leaves.

use crate::operand::{
    AwaitContext, BinaryOp, CmpOp, CommonConstant, Conversion, FunctionAttribute, Intrinsic1,
    Intrinsic2, KwargsSlot, ResumeAt, SpecialMethod,
};

/// How control leaves an instruction when it does not raise.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Flow {
    /// To the next instruction.
    Next,
    /// To the jump target only.
    Jump,
    /// To the next instruction or to the jump target.
    Branch,
    /// Out of the frame with a value.
    Return,
    /// Nowhere: it always raises.
    Raise,
}

/// Facts about one variant of [`Op`], for documentation and reports.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct OpInfo {
    /// Variant name.
    pub name: &'static str,
    /// Operand names with their types, in order.
    pub operands: &'static [(&'static str, &'static str)],
    /// `( before -- after )`, top of stack on the right.
    pub stack_effect: &'static str,
    /// Documentation, one line per source line.
    pub doc: &'static str,
    /// How control leaves.
    pub flow: Flow,
}

macro_rules! ops {
    ($(
        $(#[doc = $doc:literal])+
        $name:ident $({ $($field:ident: $type:ty),* $(,)? })?
            $effect:literal [$pops:expr, $pushes:expr] $flow:ident;
    )*) => {
        /// An instruction, the same for all CPython versions.
        ///
        /// `local` operands index the frame's fast locals (locals, cells and free variables in one
        /// array), `name` operands `co_names`, `index` operands `co_consts`. Jump targets are
        /// absolute offsets in code units.
        #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
        #[allow(missing_docs, reason = "operands are explained at their instruction")]
        pub enum Op {
            $(
                $(#[doc = $doc])+
                #[doc = ""]
                #[doc = concat!("Stack: `", $effect, "`")]
                $name $({ $($field: $type),* })?,
            )*
        }

        /// Every neutral instruction, in declaration order.
        pub const ALL: &[OpInfo] = &[$(
            OpInfo {
                name: stringify!($name),
                operands: &[$($((stringify!($field), stringify!($type))),*)?],
                stack_effect: $effect,
                doc: concat!($($doc, "\n"),+),
                flow: Flow::$flow,
            },
        )*];

        #[allow(unused_variables, reason = "most stack effects do not depend on the operands")]
        impl Op {
            /// Variant name, as in [`ALL`].
            pub const fn name(&self) -> &'static str {
                match self { $(Op::$name $({ $($field: _),* })? => stringify!($name),)* }
            }

            /// How control leaves when nothing is raised.
            pub const fn flow(&self) -> Flow {
                match self { $(Op::$name $({ $($field: _),* })? => Flow::$flow,)* }
            }

            /// Values popped and pushed when execution falls through to the next instruction
            /// (for jumps and returns: when it leaves). Values that are only inspected or moved
            /// count as popped and pushed.
            pub const fn stack_effect(&self) -> (u32, u32) {
                match *self {
                    $(Op::$name $({ $($field),* })? => ($pops, $pushes),)*
                }
            }
        }
    };
}

ops! {
    /// Does nothing.
    Nop "( -- )" [0, 0] Next;
    /// Entry or re-entry point of the frame: the interpreter checks for signals, tools and other
    /// threads here. `except_depth1` (3.13+, oparg bit 2): one exception handler is active.
    Resume { at: ResumeAt, except_depth1: bool } "( -- )" [0, 0] Next;
    /// Marks the path on which the preceding conditional jump was not taken (3.14).
    NotTaken "( -- )" [0, 0] Next;

    /// Pushes a local. `check`: it may be unbound (`UnboundLocalError`). `borrow`: the compiler has
    /// proven that the local outlives the stack value, so that no reference count is needed.
    LoadFast { local: u32, check: bool, borrow: bool } "( -- value )" [0, 1] Next;
    /// Pushes a local, or NULL if unbound, and unbinds it (comprehensions).
    LoadFastAndClear { local: u32 } "( -- value_or_null )" [0, 1] Next;
    /// Pushes two bound locals.
    LoadFastLoadFast { first: u32, second: u32, borrow: bool }
        "( -- first, second )" [0, 2] Next;
    /// Pops into a local. The value may be NULL where a comprehension restores an unbound local.
    StoreFast { local: u32 } "( value -- )" [1, 0] Next;
    /// Pops into `store`, then pushes `load`.
    StoreFastLoadFast { store: u32, load: u32 } "( value -- loaded )" [1, 1] Next;
    /// Pops the top into `first`, then the value below it into `second`.
    StoreFastStoreFast { first: u32, second: u32 } "( value2, value1 -- )" [2, 0] Next;
    /// Unbinds a local; raises if unbound.
    DeleteFast { local: u32 } "( -- )" [0, 0] Next;

    /// Pushes a constant of the code object.
    LoadConst { index: u32 } "( -- value )" [0, 1] Next;
    /// Pushes a small integer (0 to 255; 3.14).
    LoadSmallInt { value: u32 } "( -- value )" [0, 1] Next;
    /// Pushes a well-known object.
    LoadCommonConstant { constant: CommonConstant } "( -- value )" [0, 1] Next;
    /// Pushes `builtins.__build_class__`.
    LoadBuildClass "( -- value )" [0, 1] Next;

    /// Pushes a global or builtin, then NULL if `push_null`.
    LoadGlobal { name: u32, push_null: bool }
        "( -- value, null? )" [0, 1 + push_null as u32] Next;
    /// Pops into a global.
    StoreGlobal { name: u32 } "( value -- )" [1, 0] Next;
    /// Deletes a global.
    DeleteGlobal { name: u32 } "( -- )" [0, 0] Next;
    /// Pushes a name looked up in the frame's locals mapping, globals, builtins.
    LoadName { name: u32 } "( -- value )" [0, 1] Next;
    /// Pops into the frame's locals mapping.
    StoreName { name: u32 } "( value -- )" [1, 0] Next;
    /// Deletes from the frame's locals mapping.
    DeleteName { name: u32 } "( -- )" [0, 0] Next;
    /// Pushes the frame's locals mapping.
    LoadLocals "( -- mapping )" [0, 1] Next;
    /// Pushes a name looked up in the popped mapping, then in the cell.
    LoadFromDictOrDeref { local: u32 } "( mapping -- value )" [1, 1] Next;
    /// Pushes a name looked up in the popped mapping, then in globals and builtins.
    LoadFromDictOrGlobals { name: u32 } "( mapping -- value )" [1, 1] Next;
    /// Creates `__annotations__` in the frame's locals mapping if missing.
    SetupAnnotations "( -- )" [0, 0] Next;

    /// Replaces a local by a new cell that holds it (empty if the local is unbound).
    MakeCell { local: u32 } "( -- )" [0, 0] Next;
    /// Copies the `count` cells of the function's closure into the last fast locals.
    CopyFreeVars { count: u32 } "( -- )" [0, 0] Next;
    /// Pushes the contents of a cell; raises if empty.
    LoadDeref { local: u32 } "( -- value )" [0, 1] Next;
    /// Pops into a cell.
    StoreDeref { local: u32 } "( value -- )" [1, 0] Next;
    /// Empties a cell; raises if it is empty.
    DeleteDeref { local: u32 } "( -- )" [0, 0] Next;

    /// Loads an attribute. With `method`, pushes either an unbound function and its self, or the
    /// attribute and NULL.
    LoadAttr { name: u32, method: bool }
        "( owner -- attr, self_or_null? )" [1, 1 + method as u32] Next;
    /// `super().name`. `two_args`: written with explicit arguments. With `method`, pushes as
    /// `LoadAttr` does.
    LoadSuperAttr { name: u32, method: bool, two_args: bool }
        "( super, class, self -- attr, self_or_null? )" [3, 1 + method as u32] Next;
    /// `owner.name = value`
    StoreAttr { name: u32 } "( value, owner -- )" [2, 0] Next;
    /// `del owner.name`
    DeleteAttr { name: u32 } "( owner -- )" [1, 0] Next;
    /// Looks up a special method on the type of the owner (3.14).
    LoadSpecial { method: SpecialMethod } "( owner -- attr, self_or_null )" [1, 2] Next;

    /// `left op right`, including `left[right]`; `inplace`: `left op= right`.
    BinaryOp { op: BinaryOp, inplace: bool } "( left, right -- result )" [2, 1] Next;
    /// `-value`
    UnaryNegative "( value -- result )" [1, 1] Next;
    /// `not value`; the value is a `bool`.
    UnaryNot "( value -- result )" [1, 1] Next;
    /// `~value`
    UnaryInvert "( value -- result )" [1, 1] Next;
    /// `bool(value)`
    ToBool "( value -- bool )" [1, 1] Next;
    /// Rich comparison; `to_bool`: the result is converted to `bool`.
    CompareOp { op: CmpOp, to_bool: bool } "( left, right -- result )" [2, 1] Next;
    /// `left is right`, negated if `invert`.
    IsOp { invert: bool } "( left, right -- bool )" [2, 1] Next;
    /// `left in right`, negated if `invert`.
    ContainsOp { invert: bool } "( left, right -- bool )" [2, 1] Next;
    /// `container[key] = value`
    StoreSubscr "( value, container, key -- )" [3, 0] Next;
    /// `del container[key]`
    DeleteSubscr "( container, key -- )" [2, 0] Next;
    /// `container[start:stop]`
    BinarySlice "( container, start, stop -- result )" [3, 1] Next;
    /// `container[start:stop] = value`
    StoreSlice "( value, container, start, stop -- )" [4, 0] Next;

    /// Pops a `bool` and jumps if it is true.
    PopJumpIfTrue { target: u32 } "( bool -- )" [1, 0] Branch;
    /// Pops a `bool` and jumps if it is false.
    PopJumpIfFalse { target: u32 } "( bool -- )" [1, 0] Branch;
    /// Pops a value and jumps if it is `None`.
    PopJumpIfNone { target: u32 } "( value -- )" [1, 0] Branch;
    /// Pops a value and jumps if it is not `None`.
    PopJumpIfNotNone { target: u32 } "( value -- )" [1, 0] Branch;
    /// Jumps forward.
    JumpForward { target: u32 } "( -- )" [0, 0] Jump;
    /// Jumps backward. `check_interrupt`: the interpreter checks for signals, tools and other
    /// threads here.
    JumpBackward { target: u32, check_interrupt: bool } "( -- )" [0, 0] Jump;

    /// `iter(value)`
    GetIter "( iterable -- iter )" [1, 1] Next;
    /// Pushes the next item of the iterator, or jumps when there is none.
    ///
    /// `end` is the encoded target, an `EndFor`; the interpreter skips it and continues at `exit`.
    /// 3.14: `exit` is a `PopIter` and the iterator stays. 3.13: the iterator is popped
    /// (`pops_iter`) and `exit` lies behind the `PopTop` that follows the `EndFor`. Only a
    /// generator inlined by the interpreter (`IterKind::Generator`) returns to `end`, with its
    /// return value pushed above the iterator.
    ForIter { end: u32, exit: u32, pops_iter: bool } "( iter -- iter, next )" [1, 2] Branch;
    /// Pops the return value of an exhausted generator; never reached otherwise.
    EndFor "( value -- )" [1, 0] Next;
    /// Pops the iterator of a finished loop (3.14).
    PopIter "( iter -- )" [1, 0] Next;

    /// Pops and drops.
    PopTop "( value -- )" [1, 0] Next;
    /// Pushes NULL.
    PushNull "( -- null )" [0, 1] Next;
    /// Pushes the value at `depth`, counted from 1 at the top.
    Copy { depth: u32 } "( bottom, ..., top -- bottom, ..., top, bottom )" [depth, depth + 1] Next;
    /// Exchanges the top with the value at `depth`, counted from 1 at the top.
    Swap { depth: u32 } "( bottom, ..., top -- top, ..., bottom )" [depth, depth] Next;

    /// Calls with `argc` positional arguments, preceded by self unless that is NULL.
    Call { argc: u32 } "( callable, self_or_null, args[argc] -- result )" [argc + 2, 1] Next;
    /// Calls with `argc` arguments, of which the last `len(kwnames)` are keyword arguments.
    CallKw { argc: u32 }
        "( callable, self_or_null, args[argc], kwnames -- result )" [argc + 3, 1] Next;
    /// `callable(*args, **kwargs)`; the second slot is always NULL.
    CallFunctionEx { kwargs: KwargsSlot }
        "( callable, null, args, kwargs? -- result )" [3 + kwargs.slots(), 1] Next;
    /// Calls an intrinsic function.
    CallIntrinsic1 { function: Intrinsic1 } "( value -- result )" [1, 1] Next;
    /// Calls an intrinsic function.
    CallIntrinsic2 { function: Intrinsic2 } "( value2, value1 -- result )" [2, 1] Next;
    /// Makes a function with the frame's globals.
    MakeFunction "( code -- function )" [1, 1] Next;
    /// Sets an attribute of a new function.
    SetFunctionAttribute { attribute: FunctionAttribute }
        "( value, function -- function )" [2, 1] Next;
    /// Returns a value.
    ReturnValue "( value -- )" [1, 0] Return;
    /// Returns a constant of the code object (3.13).
    ReturnConst { index: u32 } "( -- )" [0, 0] Return;

    /// A tuple of the values.
    BuildTuple { count: u32 } "( values[count] -- tuple )" [count, 1] Next;
    /// A list of the values.
    BuildList { count: u32 } "( values[count] -- list )" [count, 1] Next;
    /// A set of the values.
    BuildSet { count: u32 } "( values[count] -- set )" [count, 1] Next;
    /// A dict of `count` pairs.
    BuildMap { count: u32 } "( [key, value][count] -- dict )" [count * 2, 1] Next;
    /// A dict of the values under the keys of a tuple (3.13).
    BuildConstKeyMap { count: u32 } "( values[count], keys -- dict )" [count + 1, 1] Next;
    /// A slice; `step`: of three values.
    BuildSlice { step: bool } "( start, stop, step? -- slice )" [2 + step as u32, 1] Next;
    /// The concatenation of strings.
    BuildString { count: u32 } "( strings[count] -- str )" [count, 1] Next;
    /// A `Template` of a tuple of strings and one of interpolations (3.14).
    BuildTemplate "( strings, interpolations -- template )" [2, 1] Next;
    /// An `Interpolation` (3.14); `format_spec`: there is one on the stack.
    BuildInterpolation { conversion: Option<Conversion>, format_spec: bool }
        "( value, str, format_spec? -- interpolation )" [2 + format_spec as u32, 1] Next;
    /// `str(value)`, `repr(value)` or `ascii(value)`.
    ConvertValue { conversion: Conversion } "( value -- str )" [1, 1] Next;
    /// `format(value)`, unless it is a `str` already.
    FormatSimple "( value -- str )" [1, 1] Next;
    /// `format(value, spec)`
    FormatWithSpec "( value, spec -- str )" [2, 1] Next;
    /// Appends to the list at `depth` (counted from 1 below the value).
    ListAppend { depth: u32 } "( list, ..., value -- list, ... )" [depth + 1, depth] Next;
    /// Extends the list at `depth` by an iterable.
    ListExtend { depth: u32 } "( list, ..., iterable -- list, ... )" [depth + 1, depth] Next;
    /// Adds to the set at `depth`.
    SetAdd { depth: u32 } "( set, ..., value -- set, ... )" [depth + 1, depth] Next;
    /// Updates the set at `depth` by an iterable.
    SetUpdate { depth: u32 } "( set, ..., iterable -- set, ... )" [depth + 1, depth] Next;
    /// Stores a pair in the dict at `depth`.
    MapAdd { depth: u32 } "( dict, ..., key, value -- dict, ... )" [depth + 2, depth] Next;
    /// Updates the dict at `depth` by a mapping.
    DictUpdate { depth: u32 } "( dict, ..., mapping -- dict, ... )" [depth + 1, depth] Next;
    /// Updates the dict at `depth` by a mapping; duplicate keys raise an error that names the
    /// callable, which lies three below the dict.
    DictMerge { depth: u32 }
        "( callable, null, args, dict, ..., mapping -- callable, null, args, dict, ... )"
        [depth + 4, depth + 3] Next;

    /// Unpacks exactly `count` items; the first ends on top.
    UnpackSequence { count: u32 } "( sequence -- items[count] )" [1, count] Next;
    /// Unpacks `before` items, a list of the middle, `after` items; the first ends on top.
    UnpackEx { before: u32, after: u32 }
        "( sequence -- last[after], list, first[before] )" [1, 1 + before + after] Next;

    /// `len(value)` above the value.
    GetLen "( value -- value, len )" [1, 2] Next;
    /// Whether the value is a mapping (`Py_TPFLAGS_MAPPING`).
    MatchMapping "( value -- value, bool )" [1, 2] Next;
    /// Whether the value is a sequence (`Py_TPFLAGS_SEQUENCE`).
    MatchSequence "( value -- value, bool )" [1, 2] Next;
    /// A tuple of the values under the keys, or `None`.
    MatchKeys "( value, keys -- value, keys, values_or_none )" [2, 3] Next;
    /// A tuple of the attributes that a class pattern with `count` positional patterns asks for,
    /// or `None`.
    MatchClass { count: u32 } "( value, class, names -- attrs_or_none )" [3, 1] Next;

    /// Imports a module.
    ImportName { name: u32 } "( level, fromlist -- module )" [2, 1] Next;
    /// Takes a name from a module, importing a submodule if need be.
    ImportFrom { name: u32 } "( module -- module, value )" [1, 2] Next;

    /// `with`: looks up `__exit__`, calls `__enter__` (3.13).
    BeforeWith "( manager -- exit, result )" [1, 2] Next;
    /// `async with`: looks up `__aexit__`, calls `__aenter__` (3.13).
    BeforeAsyncWith "( manager -- exit, awaitable )" [1, 2] Next;
    /// Calls the `__exit__` of a `with` block with the current exception. `exit_self`: a
    /// self-or-NULL slot lies above the function (3.14).
    WithExceptStart { exit_self: bool }
        "( exit, self_or_null?, lasti, prev_exc, exc -- exit, self_or_null?, lasti, prev_exc, exc, result )"
        [4 + exit_self as u32, 5 + exit_self as u32] Next;
    /// Makes the exception current and puts the previously current one below it.
    PushExcInfo "( exc -- prev_exc, exc )" [1, 2] Next;
    /// Whether the exception matches the type (`except`).
    CheckExcMatch "( exc, type -- exc, bool )" [2, 2] Next;
    /// Splits an exception group (`except*`).
    CheckEgMatch "( exc, type -- rest, match )" [2, 2] Next;
    /// Restores the previously current exception.
    PopExcept "( prev_exc -- )" [1, 0] Next;
    /// Raises an exception again. `values`: stack slots below it that stay, the lowest of which
    /// holds the instruction offset to report (if there is one).
    Reraise { values: u32 } "( values[values], exc -- values[values] )" [values + 1, values] Raise;
    /// `raise`, `raise exc`, `raise exc from cause`.
    RaiseVarargs { argc: u32 } "( args[argc] -- )" [argc, 0] Raise;
    /// Handles an exception thrown into a generator at a delegating `yield`.
    CleanupThrow "( sub_iter, last_sent, exc -- none, value )" [3, 2] Next;

    /// Moves the frame into a new generator or coroutine and returns that to the caller; on
    /// re-entry the sent value (`None`) is on the stack.
    ReturnGenerator "( -- sent )" [0, 1] Next;
    /// Yields; the sent value is pushed on re-entry. `delegating`: part of `yield from` or `await`.
    YieldValue { delegating: bool } "( value -- sent )" [1, 1] Next;
    /// Sends to a sub-iterator; pushes what it yields, or jumps with what it returned.
    Send { target: u32 } "( receiver, value -- receiver, result )" [2, 2] Branch;
    /// Drops the sub-iterator below its result.
    EndSend "( receiver, value -- value )" [2, 1] Next;
    /// The iterator of `yield from`.
    GetYieldFromIter "( iterable -- iter )" [1, 1] Next;
    /// The iterator of an awaitable.
    GetAwaitable { context: AwaitContext } "( awaitable -- iter )" [1, 1] Next;
    /// `aiter(value)`
    GetAiter "( value -- aiter )" [1, 1] Next;
    /// The awaitable of `anext(aiter)`.
    GetAnext "( aiter -- aiter, awaitable )" [1, 2] Next;
    /// Ends `async for` on `StopAsyncIteration`, raises again otherwise. `source`: offset of the
    /// instruction that monitoring reports as the branch (3.14).
    EndAsyncFor { source: Option<u32> } "( awaitable, exc -- )" [2, 0] Next;

    /// Leaves the evaluation loop (only in the interpreter's own trampolines).
    InterpreterExit "( value -- )" [1, 0] Return;
    /// Checks that `__init__` returned `None` (only in the interpreter's own trampolines).
    ExitInitCheck "( value -- )" [1, 0] Next;
}

impl Op {
    /// Offset where the interpreter continues when it jumps; `None` if it never jumps.
    pub const fn jump_target(&self) -> Option<u32> {
        match *self {
            Op::PopJumpIfTrue { target }
            | Op::PopJumpIfFalse { target }
            | Op::PopJumpIfNone { target }
            | Op::PopJumpIfNotNone { target }
            | Op::JumpForward { target }
            | Op::JumpBackward { target, .. }
            | Op::Send { target } => Some(target),
            Op::ForIter { exit, .. } => Some(exit),
            _ => None,
        }
    }

    /// Offset that the argument encodes: as [`Op::jump_target`], but the `EndFor` of a `ForIter`,
    /// and the source of an `EndAsyncFor`. `dis` shows these.
    pub const fn encoded_target(&self) -> Option<u32> {
        match *self {
            Op::ForIter { end, .. } => Some(end),
            Op::EndAsyncFor { source } => source,
            _ => self.jump_target(),
        }
    }

    /// Values popped and pushed when it jumps to [`Op::jump_target`]; `None` if it never jumps.
    pub const fn jump_stack_effect(&self) -> Option<(u32, u32)> {
        match *self {
            Op::ForIter { pops_iter, .. } => Some((1, !pops_iter as u32)),
            _ => match self.jump_target() {
                Some(_) => Some(self.stack_effect()),
                None => None,
            },
        }
    }

    /// Whether the next instruction cannot follow.
    pub const fn is_terminator(&self) -> bool {
        !self.may_fall_through()
    }

    /// Whether the next instruction may follow.
    pub const fn may_fall_through(&self) -> bool {
        matches!(self.flow(), Flow::Next | Flow::Branch)
    }

    /// Whether a suspended generator goes on behind the instruction.
    pub const fn suspends(&self) -> bool {
        matches!(self, Op::YieldValue { .. } | Op::ReturnGenerator)
    }

    /// Fast local slots read. For cells that is the slot holding the cell, not its contents.
    pub fn reads_local(&self) -> impl Iterator<Item = u32> + use<> {
        let slots = match *self {
            Op::LoadFast { local, .. }
            | Op::LoadFastAndClear { local }
            | Op::DeleteFast { local }
            | Op::MakeCell { local }
            | Op::LoadDeref { local }
            | Op::StoreDeref { local }
            | Op::DeleteDeref { local }
            | Op::LoadFromDictOrDeref { local } => [Some(local), None],
            Op::LoadFastLoadFast { first, second, .. } => [Some(first), Some(second)],
            Op::StoreFastLoadFast { load, .. } => [Some(load), None],
            _ => [None, None],
        };
        slots.into_iter().flatten()
    }

    /// Fast local slots written or unbound, in order. `CopyFreeVars` writes the last `count` slots,
    /// whose numbers only the code object knows; it is not covered.
    pub fn writes_local(&self) -> impl Iterator<Item = u32> + use<> {
        let slots = match *self {
            Op::StoreFast { local }
            | Op::LoadFastAndClear { local }
            | Op::DeleteFast { local }
            | Op::MakeCell { local } => [Some(local), None],
            Op::StoreFastLoadFast { store, .. } => [Some(store), None],
            Op::StoreFastStoreFast { first, second } => [Some(first), Some(second)],
            _ => [None, None],
        };
        slots.into_iter().flatten()
    }
}
