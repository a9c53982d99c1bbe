//! Structural pattern matching.

use crate::builder::{Build, Builder, Edge};
use crate::dispatch::Types;
use crate::region::Outcome;
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::{Instr, Op};
use whipsnake_contract::exit::{ExitReason, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{Attribute, KnownType, ObjectId, ObjectKind, TypeInfo};
use whipsnake_ir::{Cond, Imm, MemSize, Op as Ir, Region};

/// Most attributes that a class pattern asks for.
const MAX_FIELDS: usize = 8;

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

    /// Replaces subject, class and names by the attributes that a class pattern asks for, or `None`. False if control does not fall through.
    pub(crate) fn match_class(&mut self, state: &mut State, count: u32, instr: Instr, out: &mut Outcome) -> Build<bool> {
        self.expect_noted(state, 3);
        if let Some(goes_on) = self.match_known_class(state, count as usize, instr, out)? {
            return Ok(goes_on);
        }
        self.note(state, 3);
        let v = self.objects(state, 3);
        let count = self.int_const(i64::from(count));
        let attributes = self.raising(state, Helper::match_class, &[v[0], v[1], count, v[2]])?;
        self.drop_operands(state, 3);
        state.stack.push(Slot::owned(Val::Obj(attributes)));
        self.finish(state, instr.next);
        Ok(true)
    }

    /// The same where it is known, or was seen, what the subject is: the attributes stay in parts, and a subject that does not match goes on where the pattern
    /// fails. `None` if that is left to the general way, else whether control falls through.
    fn match_known_class(&mut self, state: &mut State, count: usize, instr: Instr, out: &mut Outcome) -> Build<Option<bool>> {
        let (Val::Const(class), Val::Const(keywords)) = (&state.peek(2).val, &state.peek(1).val) else { return Ok(None) };
        let class = *class;
        let Some((names, itself)) = self.pattern_names(class, count, *keywords) else { return Ok(None) };
        let several = self.several_types(state, 3, None).filter(Types::are_few);
        let infos: Vec<&TypeInfo> = match (&several, self.exact_type(state, &state.peek(3).val)) {
            (_, Some(address)) => self.type_info(address).into_iter().collect(),
            (Some(types), None) => types.infos.clone(),
            (None, None) => return Ok(None),
        };
        if infos.is_empty() || infos.iter().any(|info| info.mutable && info.version == 0) {
            return Ok(None);
        }
        let matches = infos.iter().map(|info| self.is_instance_of(info.address, class)).collect::<Option<Vec<bool>>>();
        let Some(matches) = matches else { return Ok(None) };
        let mut attributes = Vec::new();
        for (info, _) in infos.iter().zip(&matches).filter(|(_, matches)| **matches) {
            let found = names.iter().map(|name| info.attributes.get(name)).collect::<Option<Vec<_>>>();
            let Some(found) = found.filter(|found| found.iter().all(|attribute| self.is_field(state, info, attribute))) else { return Ok(None) };
            attributes.push(found);
        }
        let Some(fails) = self.where_pattern_fails(instr) else { return Ok(None) };
        if !matches!(state.peek(3).val, Val::Obj(_)) && (!names.is_empty() || several.is_some()) {
            return Ok(None);
        }
        let blocks = match (several, &state.peek(3).val) {
            (Some(types), &Val::Obj(object)) if infos.len() > 1 => self.switch(object, &types),
            _ => vec![self.block],
        };
        let mut edges = Vec::new();
        let mut attributes = attributes.into_iter();
        for ((block, info), matches) in blocks.into_iter().zip(infos).zip(matches) {
            self.block = block;
            let mut at = state.clone();
            if let Val::Obj(object) = at.peek(3).val {
                at.facts.update(object, |fact| fact.ty = Some(info.address));
            }
            if info.mutable {
                self.assume_type(info.address, info.version);
            }
            let result = match if matches { attributes.next() } else { None } {
                Some(fields) => {
                    let mut parts: Vec<Slot> = fields.into_iter().map(|field| self.field(&at, info, field)).collect();
                    if itself {
                        parts.push(at.peek(3).borrow());
                    }
                    parts.iter_mut().for_each(|part| self.own(part));
                    Slot::borrowed(Val::Virtual(Virtual::Tuple, parts))
                }
                None => Slot::borrowed(self.none()),
            };
            let offset = if matches { instr.next } else { fails };
            self.drop_operands(&mut at, 3);
            at.stack.push(result);
            self.finish(&mut at, offset);
            let block = self.block;
            match matches {
                true => edges.push(Edge { block, state: at, offset }),
                false => self.edge_to(out, fails, block, at)?,
            }
        }
        if edges.is_empty() {
            return Ok(Some(false));
        }
        let joined = self.join(edges);
        self.block = joined.block;
        *state = joined.state;
        Ok(Some(true))
    }

    /// The names of the attributes that a class pattern asks for, and whether it asks for the subject itself.
    fn pattern_names(&mut self, class: ObjectId, count: usize, keywords: ObjectId) -> Option<(Vec<String>, bool)> {
        let ObjectKind::Type(ty) = *self.kind(class) else { return None };
        let ObjectKind::Tuple(keywords) = self.kind(keywords) else { return None };
        let info = &self.snapshot.types[ty as usize];
        let mut itself = false;
        let mut asked: Vec<ObjectId> = Vec::new();
        if count > 0 {
            match info.class_attributes.get("__match_args__") {
                Some(&Attribute::ClassValue { object }) if info.mutable && info.version != 0 => {
                    let ObjectKind::Tuple(names) = self.kind(object) else { return None };
                    asked.extend(names.get(..count)?);
                    self.assume_type(info.address, info.version);
                }
                None if count == 1 && info.known.is_some_and(matches_itself) => itself = true,
                _ => return None,
            }
        }
        asked.extend(keywords);
        let names = asked.iter().map(|&id| if let ObjectKind::Str(text) = self.kind(id) { Some(text.clone()) } else { None }).collect::<Option<Vec<String>>>()?;
        let repeated = (1..names.len()).any(|at| names[..at].contains(&names[at]));
        (!repeated && names.len() <= MAX_FIELDS).then_some((names, itself))
    }

    /// True for attributes that an instance has in a place of its own.
    fn is_field(&self, state: &State, info: &TypeInfo, attribute: &Attribute) -> bool {
        let subject = &state.peek(3).val;
        match (attribute, subject) {
            _ if state.unbuilt_of(subject).is_some() => self.unbuilt_field(state, subject, attribute).is_some(),
            (Attribute::InlineValue { .. }, Val::Obj(object)) => {
                let has_values = !info.loses_values && !state.facts.get(*object).no_inline_values && self.may_speculate(ExitReason::InlineValues);
                has_values && self.may_speculate(ExitReason::Unbound)
            }
            (Attribute::Slot { .. }, _) => self.may_speculate(ExitReason::Unbound),
            _ => false,
        }
    }

    /// An attribute of the subject, which lends it; leaves where it has none.
    fn field(&mut self, state: &State, info: &TypeInfo, attribute: &Attribute) -> Slot {
        let Val::Obj(object) = state.peek(3).val else { unreachable!("only objects have fields") };
        if let Some(held) = self.unbuilt_field(state, &Val::Obj(object), attribute) {
            return held;
        }
        let value = match *attribute {
            Attribute::InlineValue { index, default, .. } => {
                let at = info.basicsize + self.layout().values_items + 8 * i64::from(index);
                self.guard_inline_values(object, info);
                self.inline_value(object, at, default)
            }
            Attribute::Slot { offset } => {
                let value = self.load(object, offset, MemSize::Obj, Region::Instance);
                self.guard_not_null(value, ExitReason::Unbound);
                value
            }
            _ => unreachable!("is a field"),
        };
        Slot::borrowed(Val::Obj(value))
    }

    /// Where a class pattern goes on that fails, if that is tested at once.
    fn where_pattern_fails(&self, instr: Instr) -> Option<u32> {
        let decoded = &self.instance.body.decoded;
        let at = decoded.index_of_offset(instr.next)?;
        match (decoded.instrs.get(at)?.op, decoded.instrs.get(at + 1)?.op) {
            (Op::Copy { depth: 1 }, Op::PopJumpIfNone { target }) => Some(target),
            _ => None,
        }
    }
}

/// True for builtin types of which a class pattern with one part takes the subject itself (`Py_TPFLAGS_MATCH_SELF`).
fn matches_itself(known: KnownType) -> bool {
    use KnownType::{Bool, ByteArray, Bytes, Dict, Float, FrozenSet, Int, List, Set, Str, Tuple};
    matches!(known, Bool | ByteArray | Bytes | Dict | Float | FrozenSet | Int | List | Set | Str | Tuple)
}
