//! Which instructions are left to the interpreter, and why. `Builder::instruction` matches exactly the others: an instruction
//! that is neither here nor there does not compile.

/// Calls the macro given with the instructions that native code leaves at: name, which ones, reason.
macro_rules! for_each_uncompiled {
    ($m:ident) => { $m! {
        LoadBuildClass [LoadBuildClass] "class statements run once";
        LoadLocals [LoadLocals] "class bodies run once";
        SetupAnnotations [SetupAnnotations] "module and class bodies run once";
        LoadFromDictOrDeref [LoadFromDictOrDeref { .. }] "class bodies run once";
        LoadFromDictOrGlobals [LoadFromDictOrGlobals { .. }] "class bodies and annotations run once";
        CallIntrinsic1 [CallIntrinsic1 {
            function: Intrinsic1::Print | Intrinsic1::ImportStar | Intrinsic1::StopIterationError | Intrinsic1::AsyncGenWrap
                | Intrinsic1::TypeVar | Intrinsic1::ParamSpec | Intrinsic1::TypeVarTuple | Intrinsic1::SubscriptGeneric
                | Intrinsic1::TypeAlias
        }] "but for `UnaryPositive` and `ListToTuple`: imports, generators and type parameters";
        CallIntrinsic2 [CallIntrinsic2 { .. }] "`except*` and type parameters";
        CheckEgMatch [CheckEgMatch] "part of `except*`, which makes new groups";
        CleanupThrow [CleanupThrow] "only what is thrown into a suspended frame leads to it";
        ReturnGenerator [ReturnGenerator] "a generator's frame belongs to the generator, but for generators that run in the loop that asks them";
        YieldValue [YieldValue { delegating: true }] "where it is part of `Send`; other ones are compiled in units that a generator was resumed in, or in the loop that asks a generator";
        Send [Send { .. }] "the sub-iterator may suspend the frame";
        EndSend [EndSend] "follows `Send`";
        GetYieldFromIter [GetYieldFromIter] "precedes `Send`";
        GetAwaitable [GetAwaitable { .. }] "precedes `Send`";
        GetAiter [GetAiter] "asynchronous iteration suspends the frame";
        GetAnext [GetAnext] "asynchronous iteration suspends the frame";
        EndAsyncFor [EndAsyncFor { .. }] "asynchronous iteration suspends the frame";
        BeforeAsyncWith [BeforeAsyncWith] "precedes `Send`";
        EndFor [EndFor] "only a generator that the interpreter inlined returns to it";
        InterpreterExit [InterpreterExit] "only in the interpreter's own trampolines";
        ExitInitCheck [ExitInitCheck] "only in the interpreter's own trampolines";
    } };
}

/// The instructions as one pattern.
macro_rules! uncompiled_pattern {
    ($($name:ident [$variant:ident $({ $($fields:tt)* })?] $why:literal;)+) => {
        $(whipsnake_bytecode::Op::$variant $({ $($fields)* })?)|+
    };
}

macro_rules! reasons {
    ($($name:ident [$($pattern:tt)+] $why:literal;)+) => {
        /// Name and reason of each instruction that native code leaves to the interpreter at, always or where the reason says so.
        pub const UNCOMPILED: &[(&str, &str)] = &[$((stringify!($name), $why),)+];
    };
}

for_each_uncompiled!(reasons);

pub(crate) use {for_each_uncompiled, uncompiled_pattern};

/// Why native code leaves to the interpreter at an instruction of that name; `None` if it is compiled.
pub fn left_to_interpreter(name: &str) -> Option<&'static str> {
    UNCOMPILED.iter().find(|(uncompiled, _)| *uncompiled == name).map(|(_, why)| *why)
}
