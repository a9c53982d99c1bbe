//! Characters of ASCII strs: their strs exist all the time, side by side, so that they are found by their number, and what is asked of such a str is asked
//! of the number.

use crate::builder::Builder;
use crate::value::{Slot, State, Val};
use whipsnake_contract::exit::ExitReason;
use whipsnake_contract::snapshot::{KnownType, ObjectKind};
use whipsnake_ir::{Cond, Imm, MemSize, Op as Ir, Region, Value};

/// Characters of ASCII that have something in common: a bit for each.
type Set = u128;

/// The set of the characters for which a predicate holds.
fn set_of(holds: impl Fn(char) -> bool) -> Set {
    (0..128u8).filter(|&byte| holds(char::from(byte))).fold(0, |set, byte| set | 1 << byte)
}

/// The characters for which a method of strs says yes, as CPython's `Objects/unicodectype.c` has them.
fn set_of_method(name: &str) -> Option<Set> {
    Some(match name {
        "str.isalpha" => set_of(|c| c.is_ascii_alphabetic()),
        "str.isalnum" => set_of(|c| c.is_ascii_alphanumeric()),
        "str.isdigit" | "str.isdecimal" | "str.isnumeric" => set_of(|c| c.is_ascii_digit()),
        "str.isupper" => set_of(|c| c.is_ascii_uppercase()),
        "str.islower" => set_of(|c| c.is_ascii_lowercase()),
        // The separators of information are space, too.
        "str.isspace" => set_of(|c| matches!(c, '\t'..='\r' | ' ' | '\x1c'..='\x1f')),
        _ => return None,
    })
}

/// The number of a str that is one character of ASCII.
fn single(text: &str) -> Option<i64> {
    match text.as_bytes() {
        [byte] if byte.is_ascii() => Some(i64::from(*byte)),
        _ => None,
    }
}

impl Builder<'_> {
    /// Guards an exact str to have characters of ASCII only. False if that is not to be expected.
    pub(crate) fn expect_ascii(&mut self, string: Value) -> bool {
        let Some(ascii) = self.platform().ascii.filter(|_| self.may_speculate(ExitReason::ShapeGuard)) else { return false };
        let state = self.load(string, ascii.state, MemSize::U8, Region::Const);
        let (mask, zero) = (self.int_const(ascii.mask), self.int_const(0));
        let bit = self.emit(Ir::Iand, &[state, mask], Imm::None);
        let is_ascii = self.icmp(Cond::Ne, bit, zero);
        self.guard(is_ascii, ExitReason::ShapeGuard);
        true
    }

    /// The character at an index inside of a str of ASCII.
    pub(crate) fn ascii_item(&mut self, state: &mut State, string: Value, index: Value) -> Slot {
        let data = self.platform().ascii.expect("the str was found to be of ASCII").data;
        let number = self.load_indexed(string, index, data, MemSize::U8, Region::Const);
        self.character(state, number)
    }

    /// The str of a character of ASCII, which lives for ever.
    fn character(&mut self, state: &mut State, number: Value) -> Slot {
        let ascii = self.platform().ascii.expect("numbers come from strs of ASCII");
        let (first, stride) = (self.address(ascii.first), self.int_const(ascii.stride));
        let offset = self.emit(Ir::Imul, &[number, stride], Imm::None);
        let place = self.emit(Ir::Offset, &[first, offset], Imm::None);
        let object = self.emit(Ir::AsObject, &[place], Imm::None);
        let ty = self.platform().known_type(KnownType::Str);
        state.facts.update(object, |fact| {
            fact.ty = ty;
            fact.character = Some(number);
        });
        Slot::borrowed(Val::Obj(object))
    }

    /// The number of a value that is known to be one character of ASCII.
    fn character_of(&mut self, state: &State, val: &Val) -> Option<Value> {
        match val {
            Val::Obj(value) => state.facts.get(*value).character,
            Val::Const(id) => match self.kind(*id) {
                ObjectKind::Str(text) => single(text).map(|number| self.int_const(number)),
                _ => None,
            },
            _ => None,
        }
    }

    /// A comparison of the two strs on top of the stack where both are characters, or one is and the other a constant that is none.
    pub(crate) fn compare_characters(&mut self, state: &State, cond: Cond) -> Option<Value> {
        let (left, right) = (state.peek(2).val.clone(), state.peek(1).val.clone());
        match (self.character_of(state, &left), self.character_of(state, &right)) {
            (Some(a), Some(b)) => Some(self.icmp(cond, a, b)),
            (Some(_), None) => self.compare_with_text(&right, cond),
            (None, Some(_)) => self.compare_with_text(&left, cond),
            _ => None,
        }
    }

    /// The same for a character of ASCII and a constant that is none.
    fn compare_with_text(&mut self, other: &Val, cond: Cond) -> Option<Value> {
        let Val::Const(id) = *other else { return None };
        let is_other = matches!(self.kind(id), ObjectKind::Str(_)) && matches!(cond, Cond::Eq | Cond::Ne);
        is_other.then(|| self.bool_const(cond == Cond::Ne))
    }

    /// `character in 'text'` or `in ('a', 'b')`, with the container on top of the stack.
    pub(crate) fn character_in(&mut self, state: &State) -> Option<Value> {
        let Val::Const(id) = state.peek(1).val else { return None };
        let set = match self.kind(id) {
            ObjectKind::Str(text) => set_of(|c| text.contains(c)),
            ObjectKind::Tuple(items) => {
                let mut set = 0;
                for &item in items {
                    match self.kind(item) {
                        // Others are equal to no character.
                        ObjectKind::Str(text) => set |= single(text).map_or(0, |number| 1 << number),
                        _ => return None,
                    }
                }
                set
            }
            _ => return None,
        };
        let item = state.peek(2).val.clone();
        let Val::Obj(_) = item else { return None };
        let number = self.character_of(state, &item)?;
        Some(self.is_in(number, set))
    }

    /// Whether a set has a character.
    fn is_in(&mut self, number: Value, set: Set) -> Value {
        let [low, high] = [set as i64, (set >> 64) as i64].map(|half| self.int_const(half));
        let (half, rest, one, zero) = (self.int_const(64), self.int_const(63), self.int_const(1), self.int_const(0));
        let is_low = self.icmp(Cond::Lt, number, half);
        let word = self.emit(Ir::Select, &[is_low, low, high], Imm::None);
        let place = self.emit(Ir::Iand, &[number, rest], Imm::None);
        let shifted = self.emit(Ir::Ishr, &[word, place], Imm::None);
        let bit = self.emit(Ir::Iand, &[shifted, one], Imm::None);
        self.icmp(Cond::Ne, bit, zero)
    }

    /// What a method of strs without arguments says of the character that it is called on.
    pub(crate) fn character_method(&mut self, state: &mut State, name: &str, receiver: &Val) -> Option<Slot> {
        let Val::Obj(_) = receiver else { return None };
        let number = self.character_of(state, receiver)?;
        if let Some(set) = set_of_method(name) {
            return Some(Slot::borrowed(Val::Bool(self.is_in(number, set))));
        }
        let (set, change) = match name {
            "str.upper" => (set_of(|c| c.is_ascii_lowercase()), -32),
            "str.lower" => (set_of(|c| c.is_ascii_uppercase()), 32),
            _ => return None,
        };
        let (changes, change) = (self.is_in(number, set), self.int_const(change));
        let changed = self.emit(Ir::Iadd, &[number, change], Imm::None);
        let number = self.emit(Ir::Select, &[changes, changed, number], Imm::None);
        Some(self.character(state, number))
    }

    /// `ord(character)`.
    pub(crate) fn ord(&mut self, state: &State) -> Option<Slot> {
        let val = state.peek(1).val.clone();
        let Val::Obj(_) = val else { return None };
        self.character_of(state, &val).map(|number| Slot::borrowed(Val::Int(number)))
    }

    /// `chr(number)` of an int that is known: leaves where that is no character of ASCII.
    pub(crate) fn chr(&mut self, state: &mut State) -> Option<Slot> {
        self.platform().ascii.filter(|_| self.may_speculate(ExitReason::OutOfBounds))?;
        let known = self.known_type(state, &state.peek(1).val);
        let number = self.int_on_stack(state, 1).filter(|_| known == Some(KnownType::Int))?;
        let limit = self.int_const(128);
        let inside = self.icmp(Cond::Ult, number, limit);
        self.guard(inside, ExitReason::OutOfBounds);
        Some(self.character(state, number))
    }
}
