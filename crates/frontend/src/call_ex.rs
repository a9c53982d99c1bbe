//! Calls whose arguments are in a tuple and a dict: `callable(*args, **kwargs)`.

use crate::arguments::{MAX_REST, Source, VARARGS, VARKEYWORDS, arranged, uses_defaults};
use crate::builder::{Build, Builder};
use crate::call::{Callee, Known, Runs, UNPLAIN};
use crate::unbuilt::Kind;
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::Instr;
use whipsnake_bytecode::operand::KwargsSlot;
use whipsnake_contract::exit::{ExitReason, OnReturn, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{CALLABLE, CO_NESTED, CodeId, FunctionInfo, KnownType, ObjectId, ObjectKind, TypeId};
use whipsnake_ir::{Cond, Imm, MemSize, Op as Ir, Region, Value};

/// The mapping with keywords, as an operand that is noted.
const KEYWORDS: usize = 2;

/// Parameters of which it is looked whether a dict has them.
const MAX_LOOKUPS: usize = 8;

/// Where the parameters get their values from.
enum Plan {
    /// Arguments whose number and names are known.
    Known(Vec<Source>),
    /// The first ones from the arguments, these from a dict.
    Dict(Vec<Lookup>),
}

impl Plan {
    fn uses_defaults(&self) -> bool {
        match self {
            Plan::Known(sources) => uses_defaults(sources),
            Plan::Dict(lookups) => lookups.iter().any(|lookup| lookup.default.is_some()),
        }
    }
}

/// A parameter that a dict may have.
struct Lookup {
    local: usize,
    default: Option<ObjectId>,
}

/// What is called, where that is known or was seen.
#[derive(Clone, Copy)]
enum Expected {
    /// That very object, or one that is guarded to be it.
    Callable(Known, Option<Value>),
    /// A method in parts.
    Method(Known),
    /// A method object that is guarded to have that function.
    MethodObject(Known, Value),
}

impl Expected {
    /// The function, and the arguments that come with it.
    fn known(self) -> (Known, usize) {
        match self {
            Expected::Callable(known, _) => (known, 0),
            Expected::Method(known) | Expected::MethodObject(known, _) => (known, 1),
        }
    }
}

impl Builder<'_> {
    /// `callable(*args, **kwargs)`.
    pub(crate) fn call_ex(&mut self, state: &mut State, kwargs: KwargsSlot, instr: Instr) -> Build<bool> {
        let count = 3 + kwargs.slots() as usize;
        let base = state.stack.len() - count;
        if self.expected_callee(state, base).is_none() {
            self.note_at(state, CALLABLE, count);
        }
        if kwargs != KwargsSlot::Absent && matches!(state.stack[base + 3].val, Val::Obj(_)) {
            self.note_items(state, KEYWORDS, 1);
        }
        self.take_arguments(state, count, instr);
        if let Some(goes_on) = self.spread_call_ex(state, count, instr)? {
            return Ok(goes_on);
        }
        if let Some(goes_on) = self.inlined_call_ex(state, count, instr)? {
            return Ok(goes_on);
        }
        let copied = match state.stack.get(base + 3).map(|kwargs| &kwargs.val) {
            Some(Val::Virtual(Virtual::DictCopy, parts)) => Some(parts[0].clone()),
            _ => None,
        };
        let helper = if copied.is_some() { Helper::call_ex_of } else { Helper::call_ex };
        if let Some(dict) = copied {
            state.stack[base + 3] = dict;
        }
        let values = self.objects(state, count);
        let keywords = match values.get(3) {
            Some(v) => *v,
            None => self.null(),
        };
        let result = self.raising(state, helper, &[values[0], values[2], keywords])?;
        self.drop_from_top(state, count);
        state.stack.push(Slot::owned(Val::Obj(result)));
        self.finish(state, instr.next);
        Ok(true)
    }

    /// Inlines `function(*args, **kwargs)` where `args` is a tuple in parts and `kwargs` missing, in parts, or a dict in which parameters are looked up. `None` if that cannot be, else
    /// whether control falls through.
    fn inlined_call_ex(&mut self, state: &mut State, operands: usize, instr: Instr) -> Build<Option<bool>> {
        let base = state.stack.len() - operands;
        let dict = match state.stack.get(base + 3).map(|kwargs| &kwargs.val) {
            Some(&Val::Obj(dict)) => Some(Val::Obj(dict)),
            Some(Val::Virtual(Virtual::DictCopy, parts)) => Some(parts[0].val.clone()),
            _ => None,
        };
        let Some((names, values)) = self.keywords_in_parts(state, base).or_else(|| dict.is_some().then(Default::default)) else { return Ok(None) };
        let (Val::Virtual(Virtual::Tuple, parts), Val::Null) = (&state.stack[base + 2].val, &state.stack[base + 1].val) else {
            return Ok(None);
        };
        let Some(expected) = self.expected_callee(state, base) else { return Ok(None) };
        let mut parts = parts.clone();
        parts.extend(values);
        let (known @ Known { id, exact }, bound) = expected.known();
        // Without entries it is as if it was not there.
        let empty = dict.is_some() && self.noted_items(instr.offset, KEYWORDS) == Some(0);
        let dict = match dict {
            Some(dict) if self.known_type(state, &dict) != Some(KnownType::Dict) || !self.may_speculate(ExitReason::LengthGuard) => return Ok(None),
            dict => dict,
        };
        let plan = match dict.is_some() && !empty {
            true => self.keywords_from_dict(known, parts.len() + bound),
            false => self.inlinable_with(id, parts.len() + bound, &names, instr).map(|(info, code, sources)| (info, code, Plan::Known(sources))),
        };
        let Some((info, code, plan)) = plan.filter(|(_, code, _)| self.may_inline(*code, instr.offset)) else { return Ok(None) };
        // Functions of the same code share their parameters, and perhaps the defaults of these.
        let defaults = match !exact && plan.uses_defaults() {
            true if info.defaults_tuple.is_none() => return Ok(None),
            true => info.defaults_tuple,
            false => None,
        };
        let runs = match expected {
            Expected::Callable(_, None) | Expected::Method(_) => Runs::Constant,
            Expected::Callable(_, Some(callable)) => {
                self.guard_callee(callable, known);
                self.guard_defaults(callable, defaults);
                Runs::Held(callable)
            }
            Expected::MethodObject(_, method) => {
                if !self.speculate(state, operands, KnownType::Method) {
                    return Ok(None);
                }
                let function = self.load(method, self.layout().method_function, MemSize::Obj, Region::Const);
                self.guard_callee(function, known);
                self.guard_defaults(function, defaults);
                Runs::Held(function)
            }
        };
        let dict = dict.and_then(|dict| self.object_of(&dict));
        let looked_up = match (&plan, dict) {
            (Plan::Dict(wanted), Some(dict)) => self.take_from_dict(state, dict, code, wanted),
            (Plan::Known(_), Some(dict)) => {
                let none = self.int_const(0);
                self.guard_entries(dict, none);
                Vec::new()
            }
            (_, None) => Vec::new(),
        };
        let mut operands = state.stack.split_off(base);
        let mut callable = operands.remove(0);
        match (&mut callable.val, expected) {
            (Val::Virtual(_, method), _) => parts.insert(0, method.remove(1)),
            (_, Expected::MethodObject(_, method)) => {
                // The method goes with the call: its parts get references of their own.
                let receiver = self.load(method, self.layout().method_self, MemSize::Obj, Region::Const);
                let Runs::Held(function) = runs else { unreachable!("methods hold their functions") };
                for part in [receiver, function] {
                    self.effect(Ir::Incref, &[part], Imm::None);
                }
                parts.insert(0, Slot::owned(Val::Obj(receiver)));
                self.drop_slot(state, Slot::owned(Val::Obj(function)));
            }
            _ => self.own_if_lent(state, &mut callable),
        }
        self.drop_slot(state, callable);
        // What the arguments were in is gone before the callee begins. It runs nothing: they have references of their own.
        parts.extend(looked_up);
        parts.iter_mut().for_each(|part| self.own_if_lent(state, part));
        let drops = std::mem::take(&mut self.drops);
        let (containers, drops): (Vec<Slot>, Vec<Slot>) =
            drops.into_iter().partition(|slot| matches!(self.known_type(state, &slot.val), Some(KnownType::Tuple | KnownType::List)));
        self.drops = drops;
        let mapping = operands.into_iter().nth(2).filter(|_| dict.is_some());
        for slot in containers.into_iter().chain(mapping) {
            match slot.val {
                Val::Obj(container) if slot.owned => self.effect(Ir::DecrefLeaf, &[container], Imm::None),
                // The dict itself lives on.
                Val::Virtual(Virtual::DictCopy, _) => self.drop_slot(state, slot),
                _ => {}
            }
        }
        let callee = Callee { id, info: &info, code, runs, exact };
        let args = match plan {
            Plan::Known(sources) => arranged(&sources, parts, &names),
            Plan::Dict(_) => {
                if info.flags & VARARGS != 0 {
                    parts.push(Slot::borrowed(Val::Virtual(Virtual::Tuple, Vec::new())));
                }
                parts
            }
        };
        let goes_on = self.inline(state, callee, args, OnReturn::Push, instr)?;
        if goes_on {
            self.finish(state, instr.next);
        }
        Ok(Some(goes_on))
    }

    /// How the parameters of a function get their values if it gets so many arguments, and the others from a dict. `None` if it takes them in other ways.
    fn keywords_from_dict(&self, Known { id, exact }: Known, given: usize) -> Option<(FunctionInfo, CodeId, Plan)> {
        let ObjectKind::Function(info) = self.kind(id) else { return None };
        let count = info.argcount as usize;
        let fits = info.flags & UNPLAIN & !VARARGS == 0 && (info.posonly as usize..=count).contains(&given);
        let locals = given..count + info.kwonly as usize;
        let code = info.code?;
        let named = self.snapshot.codes[code as usize].varname_objects.len() >= locals.end;
        if !fits || !named || locals.len() > MAX_LOOKUPS {
            return None;
        }
        let first_default = count.checked_sub(info.defaults.len())?;
        let default = |local: usize| match local.checked_sub(count) {
            Some(index) => info.keyword_only_defaults.get(index).copied().flatten().filter(|_| exact),
            None => info.defaults.get(local.checked_sub(first_default)?).copied().filter(|_| exact || info.defaults_tuple.is_some()),
        };
        let lookups = locals.map(|local| Lookup { local, default: default(local) }).collect();
        Some((info.clone(), code, Plan::Dict(lookups)))
    }

    /// Guards that a dict has that many entries.
    pub(crate) fn guard_entries(&mut self, dict: Value, count: Value) {
        let used = self.load(dict, self.layout().dict_used, MemSize::I64, Region::Dict);
        let same = self.icmp(Cond::Eq, used, count);
        self.guard(same, ExitReason::LengthGuard);
    }

    /// The values of parameters that a dict has, which has nothing else and lends them, or their defaults.
    fn take_from_dict(&mut self, state: &mut State, dict: Value, code: CodeId, wanted: &[Lookup]) -> Vec<Slot> {
        let [zero, one] = [0, 1].map(|number| self.int_const(number));
        let mut count = zero;
        let mut values = Vec::new();
        for lookup in wanted {
            let name = self.varname_object(code, lookup.local);
            let value = self.helper(Helper::dict_get_str, &[dict, name]);
            let (value, found) = match lookup.default {
                None => {
                    self.guard_not_null(value, ExitReason::Unbound);
                    (value, one)
                }
                Some(default) => {
                    let null = self.null();
                    let missing = self.same(value, null);
                    let default = self.object_const(default);
                    (self.emit(Ir::Select, &[missing, default, value], Imm::None), self.emit(Ir::Select, &[missing, zero, one], Imm::None))
                }
            };
            count = self.emit(Ir::Iadd, &[count, found], Imm::None);
            values.push(value);
        }
        self.guard_entries(dict, count);
        state.loans.extend(&values);
        values.into_iter().map(|value| Slot::borrowed(Val::Obj(value))).collect()
    }

    /// The names of keywords and their values, if there are none, or they are in parts.
    fn keywords_in_parts(&self, state: &State, base: usize) -> Option<(Vec<ObjectId>, Vec<Slot>)> {
        let parts: &[Slot] = match state.stack.get(base + 3).map(|kwargs| &kwargs.val) {
            None | Some(Val::Null) => &[],
            Some(Val::Virtual(Virtual::Dict, parts)) => parts,
            Some(_) => return None,
        };
        let pair = |pair: &[Slot]| match pair[0].val {
            Val::Const(name) => Some((name, pair[1].clone())),
            _ => None,
        };
        parts.chunks_exact(2).map(pair).collect()
    }

    /// Takes the items out of a sequence of arguments, which takes its place as a tuple in parts, where the callee is known and takes that many, or got that many so far.
    fn take_arguments(&mut self, state: &mut State, operands: usize, instr: Instr) {
        let base = state.stack.len() - operands;
        if state.stack[base + 1].val != Val::Null || matches!(state.stack[base + 2].val, Val::Virtual(..)) || !self.may_inline_callee(state, base, instr) {
            return;
        }
        let plain = matches!(state.stack.get(base + 3).map(|kwargs| &kwargs.val), None | Some(Val::Null));
        let parameters = self.parameters_of(state, base).filter(|_| plain);
        let Some(wanted) = parameters.or_else(|| self.items_seen(state, &state.stack[base + 2].val, instr.offset)) else {
            return self.note_items(state, 1, operands - 2);
        };
        self.expect_noted_at(state, 1, operands - 2);
        if !self.take_items(state, operands - 2, wanted) {
            self.note_at(state, 1, operands - 2);
        }
    }

    /// How many items a sequence of further arguments has, or had so far.
    pub(crate) fn items_seen(&self, state: &State, sequence: &Val, offset: u32) -> Option<usize> {
        let known = self.parts_of_tuple(state, sequence).map(|parts| parts.len());
        known.or_else(|| self.noted_items(offset, 1).filter(|_| matches!(sequence, Val::Obj(_)))).filter(|&count| count <= MAX_REST)
    }

    /// What is called: a constant, a method in parts, or what was seen there or in a closure, if that can be guarded.
    fn expected_callee(&self, state: &State, base: usize) -> Option<Expected> {
        let callable = match &state.stack[base].val {
            Val::Const(id) => return Some(Expected::Callable(Known { id: *id, exact: true }, None)),
            Val::Virtual(Virtual::Method, parts) => {
                let Val::Const(id) = parts[0].val else { return None };
                return Some(Expected::Method(Known { id, exact: true }));
            }
            Val::Obj(callable) => *callable,
            _ => return None,
        };
        if let Some(id) = state.facts.get(callable).function {
            return self.may_speculate(ExitReason::IdentityGuard).then_some(Expected::Callable(Known { id, exact: true }, Some(callable)));
        }
        let [seen] = *self.noted(CALLABLE as usize) else { return None };
        let id = seen.function?;
        let ObjectKind::Function(info) = self.kind(id) else { return None };
        // A nested function will be gone soon.
        let known = Known { id, exact: info.flags & CO_NESTED == 0 };
        if !self.may_speculate(if known.exact { ExitReason::IdentityGuard } else { ExitReason::CodeGuard }) {
            return None;
        }
        Some(match self.snapshot.types[seen.type_id as usize].known == Some(KnownType::Method) {
            true => Expected::MethodObject(known, callable),
            false => Expected::Callable(known, Some(callable)),
        })
    }

    /// What is known of a callee, and how many arguments come with it: those of a class are its `__init__`'s.
    fn known_callee(&self, state: &State, base: usize) -> Option<(FunctionInfo, usize)> {
        match state.unbuilt_of(&state.stack[base].val).map(|one| one.kind) {
            Some(Kind::Function { code }) => return Some((self.info_of_made(self.code_constant(code)), 0)),
            Some(_) => return None,
            None => {}
        }
        let (Known { id, .. }, bound) = self.expected_callee(state, base)?.known();
        let (function, bound) = match self.kind(id) {
            ObjectKind::Type(class) => (self.init_of_class(*class)?, 1),
            _ => (id, bound),
        };
        let ObjectKind::Function(info) = self.kind(function) else { return None };
        Some((info.clone(), bound))
    }

    /// How many arguments a callee takes that is known, and has neither `*args` nor keywords nor defaults.
    pub(crate) fn parameters_of(&self, state: &State, base: usize) -> Option<usize> {
        let (info, bound) = self.known_callee(state, base)?;
        let plain = info.flags & (VARARGS | VARKEYWORDS) == 0 && info.kwonly == 0 && info.defaults.is_empty();
        (info.argcount as usize).checked_sub(bound).filter(|_| plain)
    }

    /// True if that callee can be inlined at an instruction.
    pub(crate) fn may_inline_callee(&self, state: &State, base: usize, instr: Instr) -> bool {
        self.known_callee(state, base).and_then(|(info, _)| info.code).is_some_and(|code| self.may_inline(code, instr.offset))
    }

    /// Calls a class, or a function that is not built, with a tuple and keywords in parts, or a class with a dict. `None` if that cannot be: a function is built then.
    fn spread_call_ex(&mut self, state: &mut State, operands: usize, instr: Instr) -> Build<Option<bool>> {
        let base = state.stack.len() - operands;
        let class = match state.stack[base].val {
            Val::Const(id) => match *self.kind(id) {
                ObjectKind::Type(class) => self.init_of_class(class).map(|init| (class, init)),
                _ => None,
            },
            _ => None,
        };
        if let (Val::Virtual(Virtual::Tuple, items), Val::Null) = (&state.stack[base + 2].val, &state.stack[base + 1].val) {
            let mut items = items.clone();
            if let Some((names, values)) = self.keywords_in_parts(state, base) {
                let given = items.len() + names.len();
                let class = class.filter(|&(_, init)| self.inlinable_with(init, given + 1, &names, instr).is_some());
                if class.is_some() || self.takes_unbuilt(state, base, given, &names, instr) {
                    items.extend(values);
                    if !names.is_empty() {
                        // Where their names would be.
                        items.push(Slot::NULL);
                    }
                    state.stack.truncate(base + 2);
                    state.stack.extend(items);
                    return match class {
                        Some((class, _)) => self.construct_spread(state, class, base, &names, instr),
                        None => self.call_unbuilt(state, base, &names, instr),
                    };
                }
            } else if let Some(Val::Virtual(Virtual::DictCopy, entries)) = state.stack.get(base + 3).map(|kwargs| &kwargs.val)
                && let Some((class, init)) = class
                && let Some((info, code, Plan::Dict(lookups))) = self.keywords_from_dict(Known { id: init, exact: true }, items.len() + 1)
                && self.inlinable(init, (info.argcount + info.kwonly) as usize, instr).is_some()
                && self.may_speculate(ExitReason::LengthGuard)
                && let Some(dict) = self.object_of(&entries[0].val)
            {
                let entries = entries[0].clone();
                items.extend(self.take_from_dict(state, dict, code, &lookups));
                state.stack.truncate(base + 2);
                state.stack.extend(items);
                self.drop_slot(state, entries);
                return self.construct_spread(state, class, base, &[], instr);
            }
        }
        self.build_on_stack(state, operands);
        Ok(None)
    }

    /// Calls a class whose `__init__` can be inlined, with operands that were spread on the stack.
    fn construct_spread(&mut self, state: &mut State, class: TypeId, base: usize, names: &[ObjectId], instr: Instr) -> Build<Option<bool>> {
        let goes_on = self.construct(state, class, base, names, instr)?;
        if goes_on == Some(true) {
            self.finish(state, instr.next);
        }
        Ok(goes_on)
    }
}
