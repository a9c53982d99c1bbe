//! Structural pattern matching.

use crate::builder::{Build, Builder};
use crate::value::{Slot, State, Val};
use whipsnake_contract::exit::Virtual;
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::KnownType;
use whipsnake_ir::{Cond, Imm, MemSize, Op as Ir, Region};

/// Kinds of subjects that patterns ask for by a bit of `tp_flags` (`object.h`).
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Subject {
    /// `Py_TPFLAGS_SEQUENCE`.
    Sequence,
    /// `Py_TPFLAGS_MAPPING`.
    Mapping,
}

impl Subject {
    fn flag(self) -> i64 {
        match self {
            Subject::Sequence => 1 << 5,
            Subject::Mapping => 1 << 6,
        }
    }

    /// Whether a builtin type's instances are such subjects; unknown for what other modules define.
    fn includes(self, known: KnownType) -> Option<bool> {
        match known {
            KnownType::List | KnownType::Tuple | KnownType::Range => Some(self == Subject::Sequence),
            KnownType::Dict => Some(self == Subject::Mapping),
            KnownType::Array => None,
            _ => Some(false),
        }
    }
}

impl Builder<'_> {
    /// `len` of the top of the stack where it is a field of the object.
    pub(crate) fn known_length(&mut self, state: &mut State) -> Option<Val> {
        let val = state.peek(1).val.clone();
        if let Val::Virtual(Virtual::Tuple, parts) = &val {
            return Some(Val::SmallInt(parts.len() as i64));
        }
        if let Some(parts) = self.unbuilt_items(state, &val) {
            return Some(Val::SmallInt(parts.len() as i64));
        }
        let layout = self.layout();
        let (offset, region) = match self.known_type(state, &val)? {
            KnownType::List => (layout.ob_size, Region::ListHeader),
            KnownType::Tuple | KnownType::Bytes => (layout.ob_size, Region::Const),
            KnownType::ByteArray | KnownType::Array => (layout.ob_size, Region::Array),
            KnownType::Str => (layout.str_length, Region::Const),
            KnownType::Dict => (layout.dict_used, Region::Dict),
            _ => return None,
        };
        let object = self.container_object(state, 1);
        Some(Val::Int(self.load(object, offset, MemSize::I64, region)))
    }

    /// Pushes the length of the top of the stack, which stays.
    pub(crate) fn get_len(&mut self, state: &mut State) -> Build<()> {
        let length = match self.known_length(state) {
            Some(length) => length,
            None => {
                let object = self.objects(state, 1)[0];
                Val::Int(self.status(state, Helper::length, &[object])?)
            }
        };
        state.stack.push(Slot::borrowed(length));
        Ok(())
    }

    /// Pushes whether the top of the stack, which stays, is such a subject.
    pub(crate) fn match_subject(&mut self, state: &mut State, subject: Subject) {
        let val = state.peek(1).val.clone();
        let known = self.known_type(state, &val).and_then(|known| subject.includes(known));
        let result = match known {
            Some(known) => self.bool_const(known),
            None => {
                let ty = match self.exact_type(state, &val) {
                    Some(address) => self.address(address),
                    None => {
                        let object = self.container_object(state, 1);
                        self.load(object, self.layout().ob_type, MemSize::Ptr, Region::Instance)
                    }
                };
                let flags = self.load(ty, self.layout().type_flags, MemSize::I64, Region::Type);
                let mask = self.int_const(subject.flag());
                let bit = self.emit(Ir::Iand, &[flags, mask], Imm::None);
                let zero = self.int_const(0);
                self.icmp(Cond::Ne, bit, zero)
            }
        };
        state.stack.push(Slot::borrowed(Val::Bool(result)));
    }

    /// Pushes the values under the keys on the stack, or `None`; subject and keys stay.
    pub(crate) fn match_keys(&mut self, state: &mut State) -> Build<()> {
        let v = self.objects(state, 2);
        let values = self.raising(state, Helper::match_keys, &v)?;
        state.stack.push(Slot::owned(Val::Obj(values)));
        Ok(())
    }

    /// Replaces subject, class and names by the attributes that a class pattern asks for, or `None`.
    pub(crate) fn match_class(&mut self, state: &mut State, count: u32) -> Build<()> {
        let v = self.objects(state, 3);
        let count = self.int_const(i64::from(count));
        let attributes = self.raising(state, Helper::match_class, &[v[0], v[1], count, v[2]])?;
        self.drop_operands(state, 3);
        state.stack.push(Slot::owned(Val::Obj(attributes)));
        Ok(())
    }
}
