//! C functions, builtin types and their methods that run no Python code for arguments of certain types, declared once: native code calls
//! them without building frames.
//!
//! For each: arguments (a method's receiver first), of which those in the second list may be missing, the result's type, whether
//! containers change, and whether raising is part of what it is used for. What is listed was looked up in the sources of CPython 3.13 and 3.14: with arguments of exactly these types
//! the function calls nothing that a program could have defined, and gives up no last reference to an object. It may raise. (What decodes
//! or encodes text is missing: a program can replace the handlers of errors.)

use crate::helpers::Helper;
use crate::snapshot::KnownType;

/// Which objects an argument may be.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Accepts {
    /// Any: the function does not look into it.
    Any,
    /// Instances of exactly one of these types.
    Exactly(&'static [KnownType]),
}

/// One declared function.
#[derive(Clone, Copy, Debug)]
pub struct Builtin {
    /// `module.name` or `type.name`; for a type, how it is found ([`KnownType::expression`]).
    pub name: &'static str,
    /// Arguments that must be given.
    pub required: &'static [Accepts],
    /// Arguments that may follow.
    pub optional: &'static [Accepts],
    /// Type of the result; `None` if it is not always the same, or none that is known.
    pub result: Option<KnownType>,
    /// The helper that calls it.
    pub helper: Helper,
    /// Programs call it although it may raise, and handle that.
    pub raises: bool,
}

impl Builtin {
    /// The function of that name, called with so many arguments.
    pub fn find(name: &str, arguments: usize) -> Option<&'static Builtin> {
        BUILTINS.iter().find(|builtin| {
            let required = builtin.required.len();
            builtin.name == name && (required..=required + builtin.optional.len()).contains(&arguments)
        })
    }

    /// What its arguments must be, one after the other.
    pub fn arguments(&self) -> impl Iterator<Item = Accepts> {
        self.required.iter().chain(self.optional).copied()
    }
}

impl Accepts {
    /// True if an object of exactly that type will do, or one of an unknown type.
    pub fn takes(self, ty: Option<KnownType>) -> bool {
        match self {
            Accepts::Any => true,
            Accepts::Exactly(types) => ty.is_some_and(|ty| types.contains(&ty)),
        }
    }
}

macro_rules! builtins {
    (@accepts Any) => { Accepts::Any };
    (@accepts $($ty:ident)|+) => { Accepts::Exactly(&[$(KnownType::$ty),+]) };
    (@result Any) => { None };
    (@result $ty:ident) => { Some(KnownType::$ty) };
    (@helper reads) => { Helper::call_builtin };
    (@helper changes) => { Helper::call_changing_builtin };
    (@raises) => { false };
    (@raises raises) => { true };
    ($($name:literal [$($($required:ident)|+),*] [$($($optional:ident)|+),*] -> $result:ident, $effect:ident $($raises:ident)?;)+) => {
        /// All of them.
        pub const BUILTINS: &[Builtin] = &[$(Builtin {
            name: $name,
            required: &[$(builtins!(@accepts $($required)|+)),*],
            optional: &[$(builtins!(@accepts $($optional)|+)),*],
            result: builtins!(@result $result),
            helper: builtins!(@helper $effect),
            raises: builtins!(@raises $($raises)?),
        },)+];
    };
}

builtins! {
    "str.capitalize" [Str] [] -> Str, reads;
    "str.casefold" [Str] [] -> Str, reads;
    "str.center" [Str, Int] [Str] -> Str, reads;
    "str.count" [Str, Str] [Int, Int] -> Int, reads;
    "str.encode" [Str] [] -> Bytes, reads raises;
    "str.endswith" [Str, Str | Tuple] [Int, Int] -> Bool, reads;
    "str.expandtabs" [Str] [Int] -> Str, reads;
    "str.find" [Str, Str] [Int, Int] -> Int, reads;
    "str.index" [Str, Str] [Int, Int] -> Int, reads raises;
    "str.isalnum" [Str] [] -> Bool, reads;
    "str.isalpha" [Str] [] -> Bool, reads;
    "str.isascii" [Str] [] -> Bool, reads;
    "str.isdecimal" [Str] [] -> Bool, reads;
    "str.isdigit" [Str] [] -> Bool, reads;
    "str.isidentifier" [Str] [] -> Bool, reads;
    "str.islower" [Str] [] -> Bool, reads;
    "str.isnumeric" [Str] [] -> Bool, reads;
    "str.isprintable" [Str] [] -> Bool, reads;
    "str.isspace" [Str] [] -> Bool, reads;
    "str.istitle" [Str] [] -> Bool, reads;
    "str.isupper" [Str] [] -> Bool, reads;
    "str.join" [Str, List | Tuple] [] -> Str, reads raises;
    "str.ljust" [Str, Int] [Str] -> Str, reads;
    "str.lower" [Str] [] -> Str, reads;
    "str.lstrip" [Str] [Str | None] -> Str, reads;
    "str.partition" [Str, Str] [] -> Tuple, reads;
    "str.removeprefix" [Str, Str] [] -> Str, reads;
    "str.removesuffix" [Str, Str] [] -> Str, reads;
    "str.replace" [Str, Str, Str] [Int] -> Str, reads;
    "str.rfind" [Str, Str] [Int, Int] -> Int, reads;
    "str.rindex" [Str, Str] [Int, Int] -> Int, reads raises;
    "str.rjust" [Str, Int] [Str] -> Str, reads;
    "str.rpartition" [Str, Str] [] -> Tuple, reads;
    "str.rsplit" [Str] [Str | None, Int] -> List, reads;
    "str.rstrip" [Str] [Str | None] -> Str, reads;
    "str.split" [Str] [Str | None, Int] -> List, reads;
    "str.splitlines" [Str] [Bool] -> List, reads;
    "str.startswith" [Str, Str | Tuple] [Int, Int] -> Bool, reads;
    "str.strip" [Str] [Str | None] -> Str, reads;
    "str.swapcase" [Str] [] -> Str, reads;
    "str.title" [Str] [] -> Str, reads;
    "str.upper" [Str] [] -> Str, reads;
    "str.zfill" [Str, Int] [] -> Str, reads;
    "bytes.count" [Bytes, Bytes | Int] [Int, Int] -> Int, reads raises;
    "bytes.decode" [Bytes] [] -> Str, reads raises;
    "bytes.endswith" [Bytes, Bytes] [] -> Bool, reads;
    "bytes.find" [Bytes, Bytes | Int] [Int, Int] -> Int, reads;
    "bytes.hex" [Bytes] [] -> Str, reads;
    "bytes.isdigit" [Bytes] [] -> Bool, reads;
    "bytes.isspace" [Bytes] [] -> Bool, reads;
    "bytes.lower" [Bytes] [] -> Bytes, reads;
    "bytes.replace" [Bytes, Bytes, Bytes] [] -> Bytes, reads;
    "bytes.split" [Bytes] [Bytes | None, Int] -> List, reads;
    "bytes.startswith" [Bytes, Bytes] [] -> Bool, reads;
    "bytes.strip" [Bytes] [Bytes | None] -> Bytes, reads;
    "bytes.upper" [Bytes] [] -> Bytes, reads;
    "int.bit_count" [Int] [] -> Int, reads;
    "int.bit_length" [Int] [] -> Int, reads;
    "int.to_bytes" [Int, Int, Str] [] -> Bytes, reads raises;
    "float.as_integer_ratio" [Float] [] -> Tuple, reads raises;
    "float.hex" [Float] [] -> Str, reads;
    "float.is_integer" [Float] [] -> Bool, reads;
    "list.copy" [List] [] -> List, reads;
    "list.extend" [List, List | Tuple] [] -> None, changes;
    "list.insert" [List, Int, Any] [] -> None, changes;
    "list.pop" [List] [Int] -> Any, changes raises;
    "list.reverse" [List] [] -> None, changes;
    "dict.copy" [Dict] [] -> Dict, reads;
    "dict.items" [Dict] [] -> DictItems, reads;
    "dict.keys" [Dict] [] -> DictKeys, reads;
    "dict.values" [Dict] [] -> DictValues, reads;
    "set.copy" [Set] [] -> Set, reads;
    "bool" [] [Str | Bytes | Int | Float | Bool | None | List | Tuple | Dict | Set | FrozenSet | Range] -> Bool, reads;
    "bytes" [] [Bytes] -> Bytes, reads;
    "dict" [] [] -> Dict, reads;
    "float" [Str | Bytes] [] -> Float, reads raises;
    "int" [Str | Bytes] [Int] -> Int, reads raises;
    "list" [] [List | Tuple | Str | Bytes | Dict | DictKeys | DictValues | DictItems | Set | FrozenSet | Range] -> List, reads;
    "set" [] [Set | FrozenSet | Str | Bytes | Range] -> Set, reads;
    "str" [] [Str | Int | Float | Bool | None] -> Str, reads;
    "tuple" [] [List | Tuple | Str | Bytes | Dict | DictKeys | DictValues | DictItems | Set | FrozenSet | Range] -> Tuple, reads;
    "builtins.abs" [Int] [] -> Int, reads;
    "builtins.bin" [Int] [] -> Str, reads;
    "builtins.callable" [Any] [] -> Bool, reads;
    "builtins.chr" [Int] [] -> Str, reads raises;
    "builtins.divmod" [Int | Float, Int | Float] [] -> Tuple, reads raises;
    "builtins.hash" [Str | Bytes | Int | Float | Bool | None] [] -> Int, reads;
    "builtins.hex" [Int] [] -> Str, reads;
    "builtins.id" [Any] [] -> Int, reads;
    "builtins.len" [Str | Bytes | ByteArray | List | Tuple | Dict | Set | FrozenSet | Range] [] -> Int, reads;
    "builtins.oct" [Int] [] -> Str, reads;
    "builtins.ord" [Str | Bytes] [] -> Int, reads raises;
    "builtins.pow" [Int | Float, Int | Float] [] -> Any, reads raises;
    "builtins.pow" [Int, Int, Int] [] -> Int, reads raises;
    "builtins.repr" [Str | Bytes | Int | Float | Bool | None] [] -> Str, reads;
    "builtins.round" [Float] [] -> Int, reads raises;
    "builtins.round" [Int | Float, Int] [] -> Any, reads raises;
    "math.acos" [Float | Int] [] -> Float, reads raises;
    "math.acosh" [Float | Int] [] -> Float, reads raises;
    "math.asin" [Float | Int] [] -> Float, reads raises;
    "math.asinh" [Float | Int] [] -> Float, reads raises;
    "math.atan" [Float | Int] [] -> Float, reads raises;
    "math.atan2" [Float | Int, Float | Int] [] -> Float, reads raises;
    "math.atanh" [Float | Int] [] -> Float, reads raises;
    "math.cbrt" [Float | Int] [] -> Float, reads raises;
    "math.ceil" [Float] [] -> Int, reads raises;
    "math.comb" [Int, Int] [] -> Int, reads raises;
    "math.copysign" [Float | Int, Float | Int] [] -> Float, reads raises;
    "math.cos" [Float | Int] [] -> Float, reads raises;
    "math.cosh" [Float | Int] [] -> Float, reads raises;
    "math.degrees" [Float | Int] [] -> Float, reads raises;
    "math.erf" [Float | Int] [] -> Float, reads raises;
    "math.erfc" [Float | Int] [] -> Float, reads raises;
    "math.exp" [Float | Int] [] -> Float, reads raises;
    "math.exp2" [Float | Int] [] -> Float, reads raises;
    "math.expm1" [Float | Int] [] -> Float, reads raises;
    "math.factorial" [Int] [] -> Int, reads raises;
    "math.floor" [Float] [] -> Int, reads raises;
    "math.fmod" [Float | Int, Float | Int] [] -> Float, reads raises;
    "math.frexp" [Float | Int] [] -> Tuple, reads raises;
    "math.gamma" [Float | Int] [] -> Float, reads raises;
    "math.gcd" [Int, Int] [] -> Int, reads raises;
    "math.hypot" [Float | Int, Float | Int] [Float | Int] -> Float, reads raises;
    "math.isfinite" [Float | Int] [] -> Bool, reads raises;
    "math.isinf" [Float | Int] [] -> Bool, reads raises;
    "math.isnan" [Float | Int] [] -> Bool, reads raises;
    "math.isqrt" [Int] [] -> Int, reads raises;
    "math.lcm" [Int, Int] [] -> Int, reads raises;
    "math.ldexp" [Float | Int, Int] [] -> Float, reads raises;
    "math.lgamma" [Float | Int] [] -> Float, reads raises;
    "math.log" [Float | Int] [Float | Int] -> Float, reads raises;
    "math.log10" [Float | Int] [] -> Float, reads raises;
    "math.log1p" [Float | Int] [] -> Float, reads raises;
    "math.log2" [Float | Int] [] -> Float, reads raises;
    "math.modf" [Float | Int] [] -> Tuple, reads raises;
    "math.perm" [Int, Int] [] -> Int, reads raises;
    "math.pow" [Float | Int, Float | Int] [] -> Float, reads raises;
    "math.radians" [Float | Int] [] -> Float, reads raises;
    "math.remainder" [Float | Int, Float | Int] [] -> Float, reads raises;
    "math.sin" [Float | Int] [] -> Float, reads raises;
    "math.sinh" [Float | Int] [] -> Float, reads raises;
    "math.sqrt" [Float | Int] [] -> Float, reads raises;
    "math.tan" [Float | Int] [] -> Float, reads raises;
    "math.tanh" [Float | Int] [] -> Float, reads raises;
    "math.trunc" [Float] [] -> Int, reads raises;
    "time.monotonic" [] [] -> Float, reads;
    "time.perf_counter" [] [] -> Float, reads;
    "time.time" [] [] -> Float, reads;
}

/// Builtin functions of one argument that do nothing for instances of classes written in Python but call a special method of theirs, and return its result.
pub const OF_METHODS: [(&str, &str); 3] = [("builtins.abs", "__abs__"), ("builtins.next", "__next__"), ("builtins.round", "__round__")];

/// The special method that such a builtin function calls.
pub fn method_behind(name: &str) -> Option<&'static str> {
    OF_METHODS.iter().find(|(function, _)| *function == name).map(|(_, method)| *method)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn functions_are_found_by_name_and_number_of_arguments() {
        assert!([1, 5].into_iter().all(|count| Builtin::find("str.find", count).is_none()));
        assert!(Builtin::find("list.sort", 1).is_none());
        let find = Builtin::find("str.find", 3).expect("declared");
        let types = [Some(KnownType::Str), Some(KnownType::Str), Some(KnownType::Int)];
        assert!(find.arguments().zip(types).all(|(accepts, ty)| accepts.takes(ty)));
        assert!(!find.arguments().any(|accepts| accepts.takes(None)));
        let round = |count| Builtin::find("builtins.round", count).and_then(|round| round.result);
        assert_eq!((round(1), round(2)), (Some(KnownType::Int), None));
    }

    #[test]
    fn none_runs_python_code() {
        assert!(BUILTINS.iter().all(|builtin| !builtin.helper.info().effect.may_run_python()));
    }
}
