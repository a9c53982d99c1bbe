//! Enumerations that appear as operands of neutral instructions.

macro_rules! operands {
    ($($(#[$meta:meta])* $name:ident { $($(#[$vmeta:meta])* $variant:ident = $code:literal,)* })*) => {
        $(
            $(#[$meta])*
            #[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
            pub enum $name { $($(#[$vmeta])* $variant,)* }

            impl $name {
                /// The operand that CPython encodes as `code`; `None` if it has no meaning.
                pub const fn from_code(code: u32) -> Option<$name> {
                    match code { $($code => Some($name::$variant),)* _ => None }
                }

                /// How CPython encodes it.
                pub const fn code(self) -> u32 {
                    match self { $($name::$variant => $code,)* }
                }
            }
        )*
    };
}

operands! {
    /// Binary operators. `code` is CPython's `NB_*` number of the plain form (`opcode.h`);
    /// the in-place form is 13 more.
    BinaryOp {
        /// `a + b`
        Add = 0,
        /// `a & b`
        And = 1,
        /// `a // b`
        FloorDivide = 2,
        /// `a << b`
        LeftShift = 3,
        /// `a @ b`
        MatrixMultiply = 4,
        /// `a * b`
        Multiply = 5,
        /// `a % b`
        Remainder = 6,
        /// `a | b`
        Or = 7,
        /// `a ** b`
        Power = 8,
        /// `a >> b`
        RightShift = 9,
        /// `a - b`
        Subtract = 10,
        /// `a / b`
        TrueDivide = 11,
        /// `a ^ b`
        Xor = 12,
        /// `a[b]`
        Subscr = 26,
    }

    /// Rich comparisons, numbered like `Py_LT` to `Py_GE`.
    CmpOp {
        /// `a < b`
        Lt = 0,
        /// `a <= b`
        Le = 1,
        /// `a == b`
        Eq = 2,
        /// `a != b`
        Ne = 3,
        /// `a > b`
        Gt = 4,
        /// `a >= b`
        Ge = 5,
    }

    /// Conversions of f-string fields (`FVC_*` in `ceval.h`).
    Conversion {
        /// `!s`
        Str = 1,
        /// `!r`
        Repr = 2,
        /// `!a`
        Ascii = 3,
    }

    /// Objects pushed by `LOAD_COMMON_CONSTANT`, numbered as in `pycore_opcode_utils.h` of 3.14.
    CommonConstant {
        /// The class `AssertionError`, whatever the builtins say.
        AssertionError = 0,
        /// The class `NotImplementedError`.
        NotImplementedError = 1,
        /// The class `tuple`.
        Tuple = 2,
        /// The function `all`.
        All = 3,
        /// The function `any`.
        Any = 4,
    }

    /// Methods that `LOAD_SPECIAL` looks up on the type (`SPECIAL_*` in `pycore_ceval.h`).
    SpecialMethod {
        /// `__enter__`
        Enter = 0,
        /// `__exit__`
        Exit = 1,
        /// `__aenter__`
        AsyncEnter = 2,
        /// `__aexit__`
        AsyncExit = 3,
    }

    /// One-argument intrinsics (`INTRINSIC_*` in `pycore_intrinsics.h`).
    Intrinsic1 {
        /// Passes the value of an interactive expression to `sys.displayhook`.
        Print = 1,
        /// `from module import *` into the frame's locals; gives `None`.
        ImportStar = 2,
        /// Turns `StopIteration` leaving a generator into `RuntimeError`.
        StopIterationError = 3,
        /// Wraps a value yielded by an asynchronous generator.
        AsyncGenWrap = 4,
        /// `+a`
        UnaryPositive = 5,
        /// `tuple(list)`
        ListToTuple = 6,
        /// A `TypeVar` without bound.
        TypeVar = 7,
        /// A `ParamSpec`.
        ParamSpec = 8,
        /// A `TypeVarTuple`.
        TypeVarTuple = 9,
        /// `Generic[...]` of a tuple of type parameters.
        SubscriptGeneric = 10,
        /// A `TypeAliasType`.
        TypeAlias = 11,
    }

    /// Two-argument intrinsics (`INTRINSIC_*` in `pycore_intrinsics.h`).
    Intrinsic2 {
        /// The exception group to re-raise after `except*`.
        PrepReraiseStar = 1,
        /// A `TypeVar` with bound.
        TypeVarWithBound = 2,
        /// A `TypeVar` with constraints.
        TypeVarWithConstraints = 3,
        /// Sets `__type_params__` of a function.
        SetFunctionTypeParams = 4,
        /// Sets the default of a type parameter.
        SetTypeParamDefault = 5,
    }

    /// What `SET_FUNCTION_ATTRIBUTE` sets (`MAKE_FUNCTION_*` in `pycore_opcode_utils.h`).
    FunctionAttribute {
        /// `__defaults__`
        Defaults = 1,
        /// `__kwdefaults__`
        KwDefaults = 2,
        /// `__annotations__`
        Annotations = 4,
        /// `__closure__`
        Closure = 8,
        /// `__annotate__` (3.14)
        Annotate = 16,
    }

    /// Where a `RESUME` stands (`RESUME_*` in `pycore_opcode_utils.h`).
    ResumeAt {
        /// At the start of the code; in a generator, after its creation.
        Start = 0,
        /// After `yield`.
        AfterYield = 1,
        /// After `yield from`.
        AfterYieldFrom = 2,
        /// After `await`.
        AfterAwait = 3,
    }

    /// Which construct awaits: it decides the error message.
    AwaitContext {
        /// `await x`
        Await = 0,
        /// The result of `__aenter__`.
        AsyncEnter = 1,
        /// The result of `__aexit__`.
        AsyncExit = 2,
    }

    /// How the keyword arguments of `f(*args, **kwargs)` lie on the stack.
    KwargsSlot {
        /// No slot for them (3.13, oparg bit 0 clear).
        Absent = 0,
        /// A mapping (3.13, oparg bit 0 set).
        Present = 1,
        /// A mapping or NULL (3.14).
        MaybeNull = 2,
    }
}

impl KwargsSlot {
    /// Stack slots taken: 0 or 1.
    pub const fn slots(self) -> u32 {
        match self {
            KwargsSlot::Absent => 0,
            KwargsSlot::Present | KwargsSlot::MaybeNull => 1,
        }
    }
}

impl BinaryOp {
    /// Offset from a plain `NB_*` number to its in-place form.
    const INPLACE: u32 = 13;

    /// Splits CPython's `NB_*` number into operator and whether it is the in-place form.
    pub const fn from_nb(nb: u32) -> Option<(BinaryOp, bool)> {
        if nb >= Self::INPLACE && nb < 2 * Self::INPLACE {
            match BinaryOp::from_code(nb - Self::INPLACE) {
                Some(op) => Some((op, true)),
                None => None,
            }
        } else {
            match BinaryOp::from_code(nb) {
                Some(op) => Some((op, false)),
                None => None,
            }
        }
    }
}
