//! Builtin functions, methods and types with a meaning of their own.

use crate::builder::{Build, Builder};
use crate::plain::SetChange;
use crate::table_iter::is_table;
use crate::value::{Slot, State, Val};
use whipsnake_contract::builtins::{Builtin, method_behind};
use whipsnake_contract::exit::{ExitReason, OnReturn, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{KnownType, ObjectId, ObjectKind, TypeId};
use whipsnake_ir::{Cond, Imm, MemSize, Op as Ir, Region, Value};

/// Operands from the top of the stack whose types are noted.
const MAX_OPERANDS: usize = 3;
/// Most arguments of `min` and `max` that are compared in place.
const MAX_COMPARED: usize = 8;

impl Builder<'_> {
    /// Replaces callable, self and arguments by a result.
    pub(crate) fn finish_native(&mut self, state: &mut State, base: usize, result: Slot) {
        let count = state.stack.len() - base;
        self.drop_from_top(state, count);
        state.stack.push(result);
    }

    /// Calls a builtin function or method with a meaning of its own. False if it is left to the general way.
    pub(crate) fn native_call(&mut self, state: &mut State, name: &str, base: usize) -> Build<bool> {
        let argc = state.stack.len() - base - 2;
        let receiver = !matches!(state.stack[base + 1].val, Val::Null);
        if matches!(state.stack[base + 1].val, Val::MaybeObj(_)) {
            return Ok(false);
        }
        self.expect_arguments(state, argc);
        if let Some(instr) = self.instr.filter(|_| receiver == (name == "str.join") && argc == 1)
            && self.reduce(state, name, base, instr)?
        {
            return Ok(true);
        }
        let of_character = match (name, receiver, argc) {
            (_, true, 0) => {
                let receiver = state.stack[base + 1].val.clone();
                self.character_method(state, name, &receiver)
            }
            ("builtins.ord", false, 1) => self.ord(state),
            ("builtins.chr", false, 1) => self.chr(state),
            _ => None,
        };
        if let Some(result) = of_character {
            self.finish_native(state, base, result);
            return Ok(true);
        }
        let done = match (name, receiver, argc) {
            ("builtins.hash", false, 1) if self.hash_of_tuple(state, base) => Ok(true),
            ("builtins.abs", false, 1) if self.abs(state, base) => Ok(true),
            (_, false, 1) if let Some(method) = method_behind(name) => self.call_method_behind(state, method),
            ("builtins.len", false, 1) => self.len(state, base),
            ("builtins.min", false, 2..=MAX_COMPARED) => Ok(self.extreme(state, base, argc, Cond::Lt)),
            ("builtins.max", false, 2..=MAX_COMPARED) => Ok(self.extreme(state, base, argc, Cond::Gt)),
            ("builtins.divmod", false, 2) => Ok(self.divmod(state, base)),
            ("builtins.pow", false, 3) => Ok(self.pow_mod(state, base)),
            ("builtins.isinstance", false, 2) => Ok(self.isinstance(state, base)),
            ("math.sqrt", false, 1) => Ok(self.sqrt(state, base)),
            ("math.fabs", false, 1) => Ok(self.fabs(state, base)),
            ("complex.conjugate", true, 0) => Ok(self.conjugate(state, base)),
            ("_heapq.heappush", false, 2) => self.heap_push(state, base),
            ("_heapq.heappop", false, 1) => self.heap_pop(state, base),
            ("tuple.__new__", false, 2) => Ok(self.new_tuple_like(state, base)),
            ("object.__setattr__", false, 3) => Ok(self.set_as_object(state, base)),
            (_, true, _) if name.ends_with(".__init__") => Ok(self.set_arguments(state, base, name)),
            ("list.append", true, 1) => Ok(self.append(state, base)),
            ("set.add", true, 1) => Ok(self.change_set(state, base, SetChange::Add)),
            ("set.discard", true, 1) => Ok(self.change_set(state, base, SetChange::Discard)),
            ("set.remove", true, 1) => Ok(self.change_set(state, base, SetChange::Remove)),
            ("dict.get", true, 1 | 2) => self.dict_get(state, base),
            ("dict.keys", true, 0) => Ok(self.open_view(state, base, Virtual::DictKeyIter)),
            ("dict.values", true, 0) => Ok(self.open_view(state, base, Virtual::DictValueIter)),
            ("dict.items", true, 0) => Ok(self.open_view(state, base, Virtual::DictItemIter)),
            _ => Ok(false),
        };
        if let Ok(false) = done
            && self.builtin_call(state, name, base)
        {
            return Ok(true);
        }
        self.unless_done(state, argc, done)
    }

    /// Guards arguments to be what was noted of them.
    fn expect_arguments(&mut self, state: &mut State, argc: usize) {
        for operand in 1..=argc.min(MAX_OPERANDS) {
            self.expect_noted(state, operand);
        }
    }

    /// Notes what arguments are if not enough was known of them.
    fn unless_done(&mut self, state: &State, argc: usize, done: Build<bool>) -> Build<bool> {
        if let Ok(false) = done {
            (1..=argc.min(MAX_OPERANDS)).for_each(|operand| self.note(state, operand));
        }
        done
    }

    /// `len(x)` of containers whose size is a field, and of instances of classes whose `__len__` can be inlined.
    fn len(&mut self, state: &mut State, base: usize) -> Build<bool> {
        if let Some(length) = self.known_length(state) {
            self.finish_native(state, base, Slot::borrowed(length));
            return Ok(true);
        }
        let Some(instr) = self.instr else { return Ok(false) };
        Ok(self.inlined_special(state, "__len__", &[1], OnReturn::Length, instr)?.is_some())
    }

    /// Inlines the special method that a builtin function calls for the object on top of the stack. False if that cannot be.
    fn call_method_behind(&mut self, state: &mut State, method: &str) -> Build<bool> {
        let Some(instr) = self.instr else { return Ok(false) };
        Ok(self.inlined_special(state, method, &[1], OnReturn::Builtin, instr)?.is_some())
    }

    /// `divmod(x, y)` of ints.
    fn divmod(&mut self, state: &mut State, base: usize) -> bool {
        let known = [2, 1].map(|depth| self.known_type(state, &state.peek(depth).val));
        if known != [Some(KnownType::Int); 2] || !self.may_speculate(ExitReason::IntOverflow) || !self.may_speculate(ExitReason::Arithmetic) {
            return false;
        }
        let (Some(left), Some(right)) = (self.int_on_stack(state, 2), self.int_on_stack(state, 1)) else { return false };
        let parts = [Ir::IfloordivChecked, Ir::ImodChecked].map(|op| Slot::borrowed(Val::Int(self.checked(op, &[left, right]))));
        self.finish_native(state, base, Slot::borrowed(Val::Virtual(Virtual::Tuple, parts.to_vec())));
        true
    }

    /// `pow(x, y, z)` of ints.
    fn pow_mod(&mut self, state: &mut State, base: usize) -> bool {
        let known = [3, 2, 1].map(|depth| self.known_type(state, &state.peek(depth).val));
        if known != [Some(KnownType::Int); 3] || !self.may_speculate(ExitReason::Arithmetic) {
            return false;
        }
        let words = [3, 2, 1].map(|depth| self.int_on_stack(state, depth));
        let [Some(number), Some(exponent), Some(modulus)] = words else { return false };
        let out = self.emit(Ir::Scratch, &[], Imm::Int(1));
        let fine = self.helper(Helper::int_pow_mod, &[number, exponent, modulus, out]);
        let result = self.taken_result(fine, out, MemSize::I64);
        self.finish_native(state, base, Slot::borrowed(Val::Int(result)));
        true
    }

    fn abs(&mut self, state: &mut State, base: usize) -> bool {
        match self.known_type(state, &state.peek(1).val) {
            Some(KnownType::Float) => {
                let value = self.double_on_stack(state, 1).expect("a float");
                let value = self.emit(Ir::Fabs, &[value], Imm::None);
                self.finish_native(state, base, Slot::borrowed(Val::Float(value)));
                true
            }
            Some(KnownType::Int) if self.may_speculate(ExitReason::IntOverflow) => {
                let Some(value) = self.int_on_stack(state, 1) else { return false };
                let zero = self.int_const(0);
                let negated = self.checked(Ir::IsubChecked, &[zero, value]);
                let negative = self.icmp(Cond::Lt, value, zero);
                let value = self.emit(Ir::Select, &[negative, negated, value], Imm::None);
                self.finish_native(state, base, Slot::borrowed(Val::Int(value)));
                true
            }
            Some(KnownType::Complex) => {
                let Some(value) = self.complex_abs(state) else { return false };
                self.finish_native(state, base, Slot::borrowed(value));
                true
            }
            None if let Some(value) = self.real_abs(state) => {
                self.finish_native(state, base, Slot::borrowed(value));
                true
            }
            _ => false,
        }
    }

    /// `value.conjugate()` of a complex number.
    fn conjugate(&mut self, state: &mut State, base: usize) -> bool {
        let Some(value) = self.complex_conjugate(state) else { return false };
        self.finish_native(state, base, Slot::borrowed(value));
        true
    }

    /// `min(a, b, …)` and `max(a, b, …)` of so many ints, or floats: an argument only if it compares so to all before it.
    fn extreme(&mut self, state: &mut State, base: usize, count: usize, cond: Cond) -> bool {
        let kind = self.known_type(state, &state.peek(1).val);
        if kind.is_none() || (2..=count).any(|depth| self.known_type(state, &state.peek(depth).val) != kind) {
            let Some(found) = self.real_extreme(state, count, cond) else { return false };
            self.finish_native(state, base, Slot::borrowed(found));
            return true;
        }
        let depths = (1..=count).rev();
        let numbers: Option<Vec<Value>> = match kind {
            Some(KnownType::Int) => depths.map(|depth| self.int_on_stack(state, depth)).collect(),
            Some(KnownType::Float) => depths.map(|depth| self.double_on_stack(state, depth)).collect(),
            _ => None,
        };
        let Some(numbers) = numbers else { return false };
        let is_int = kind == Some(KnownType::Int);
        let mut found = numbers[0];
        for &next in &numbers[1..] {
            let further = if is_int { self.icmp(cond, next, found) } else { self.emit(Ir::Fcmp, &[next, found], Imm::Cond(cond)) };
            found = self.emit(Ir::Select, &[further, next, found], Imm::None);
        }
        let result = if is_int { Val::Int(found) } else { Val::Float(found) };
        self.finish_native(state, base, Slot::borrowed(result));
        true
    }

    /// `isinstance(x, C)` or `isinstance(x, (C, D))` where the exact type of `x` is known.
    fn isinstance(&mut self, state: &mut State, base: usize) -> bool {
        self.expect_noted(state, 2);
        let classes = match &state.peek(1).val {
            Val::Const(class) => Some(vec![*class]),
            Val::Virtual(Virtual::Tuple, parts) => parts.iter().map(|part| if let Val::Const(class) = part.val { Some(class) } else { None }).collect(),
            _ => None,
        };
        let known = match classes {
            Some(classes) => self.exact_type(state, &state.peek(2).val).map(|ty| self.is_instance_of_one(ty, &classes)),
            None => Some(None),
        };
        match known {
            Some(Some(result)) => {
                let answer = self.constant_bool(result);
                self.finish_native(state, base, Slot::borrowed(answer));
                return true;
            }
            Some(None) => {}
            // It is going to be known where one type is seen only.
            None => self.note(state, 2),
        }
        self.ask_isinstance(state, base)
    }

    /// Whether instances of exactly that type are instances of a class or of one of a tuple of classes, if that is certain.
    pub(crate) fn is_instance_of(&mut self, ty: u64, class: ObjectId) -> Option<bool> {
        let snapshot = self.snapshot;
        if let ObjectKind::Tuple(classes) = &snapshot.objects[class as usize].kind {
            return self.is_instance_of_one(ty, classes);
        }
        let class = snapshot.objects[class as usize].address;
        if ty == class {
            return Some(true);
        }
        let (info, class) = (self.type_info(ty)?, self.type_info(class)?);
        // Anything else asks `__instancecheck__` or `__class__`.
        if !class.plain_metaclass || !info.plain_class || (info.mutable && info.version == 0) {
            return None;
        }
        if info.mutable {
            self.assume_type(info.address, info.version);
        }
        Some(info.mro.contains(&class.address))
    }

    /// The same for one of several classes, which are asked one after the other.
    fn is_instance_of_one(&mut self, ty: u64, classes: &[ObjectId]) -> Option<bool> {
        for &class in classes {
            if self.is_instance_of(ty, class)? {
                return Some(true);
            }
        }
        Some(false)
    }

    fn sqrt(&mut self, state: &mut State, base: usize) -> bool {
        let value = match self.known_type(state, &state.peek(1).val) {
            Some(KnownType::Float | KnownType::Int) => self.double_on_stack(state, 1),
            _ => self.double_of_either(state),
        };
        let Some(value) = value else { return false };
        let zero = self.float_const(0);
        // NaN and negative numbers go the general way: they may raise.
        let fine = self.emit(Ir::Fcmp, &[value, zero], Imm::Cond(Cond::Ge));
        self.guard(fine, ExitReason::Arithmetic);
        let value = self.emit(Ir::Fsqrt, &[value], Imm::None);
        self.finish_native(state, base, Slot::borrowed(Val::Float(value)));
        true
    }

    fn fabs(&mut self, state: &mut State, base: usize) -> bool {
        if self.known_type(state, &state.peek(1).val) != Some(KnownType::Float) {
            return false;
        }
        let value = self.double_on_stack(state, 1).expect("a float");
        let value = self.emit(Ir::Fabs, &[value], Imm::None);
        self.finish_native(state, base, Slot::borrowed(Val::Float(value)));
        true
    }

    /// `list.append(x)` on an exact list.
    fn append(&mut self, state: &mut State, base: usize) -> bool {
        if self.known_type(state, &state.peek(2).val) != Some(KnownType::List) {
            return false;
        }
        let list = self.container_object(state, 2);
        self.append_top(state, list);
        let none = self.none();
        self.finish_native(state, base, Slot::borrowed(none));
        true
    }

    /// Calls a type with a meaning of its own. False if it is left to the general way.
    pub(crate) fn type_call(&mut self, state: &mut State, ty: TypeId, base: usize) -> Build<bool> {
        if !matches!(state.stack[base + 1].val, Val::Null) {
            return Ok(false);
        }
        let argc = state.stack.len() - base - 2;
        let Some(known) = self.snapshot.types[ty as usize].known else { return Ok(false) };
        if let Some(instr) = self.instr.filter(|_| argc == 1)
            && self.reduce(state, known.expression(), base, instr)?
        {
            return Ok(true);
        }
        let has_meaning = matches!(known, KnownType::Range | KnownType::Enumerate | KnownType::Zip | KnownType::Reversed | KnownType::Float | KnownType::Int | KnownType::Complex | KnownType::Type);
        if !has_meaning && Builtin::find(known.expression(), argc).is_none() {
            return Ok(false);
        }
        self.expect_arguments(state, argc);
        let done = self.known_type_call(state, known, base, argc)? || self.builtin_call(state, known.expression(), base);
        self.unless_done(state, argc, Ok(done))
    }

    /// `type(x)`.
    fn type_of(&mut self, state: &mut State, base: usize) -> bool {
        let known = self.exact_type(state, &state.peek(1).val);
        let id = known.and_then(|address| self.snapshot.objects.iter().position(|object| object.address == address));
        let class = match id {
            Some(id) => Slot::borrowed(Val::Const(id as ObjectId)),
            None => {
                let object = self.objects(state, 1)[0];
                let class = self.load(object, self.layout().ob_type, MemSize::Obj, Region::Type);
                self.effect(Ir::Incref, &[class], Imm::None);
                Slot::owned(Val::Obj(class))
            }
        };
        self.finish_native(state, base, class);
        true
    }

    fn known_type_call(&mut self, state: &mut State, known: KnownType, base: usize, argc: usize) -> Build<bool> {
        match known {
            KnownType::Type if argc == 1 => Ok(self.type_of(state, base)),
            KnownType::Range if (1..=3).contains(&argc) => Ok(self.range(state, base, argc)),
            KnownType::Enumerate if argc == 1 => Ok(self.wrap_iterators(state, base, Virtual::Enumerate)),
            KnownType::Reversed if argc == 1 => Ok(self.reverse(state, base)),
            KnownType::Zip if argc >= 1 => Ok(self.wrap_iterators(state, base, Virtual::Zip)),
            KnownType::Str if argc == 1 => {
                if let Some(mut text) = self.text_of_exception(state) {
                    self.own(&mut text);
                    self.finish_native(state, base, text);
                    return Ok(true);
                }
                let Some(text) = self.text_of_int(state) else { return Ok(false) };
                self.check_raised(state, text);
                let operands = state.stack.len() - base;
                self.drop_from_top(state, operands);
                self.push_typed(state, text, KnownType::Str);
                Ok(true)
            }
            KnownType::Float if argc == 1 => {
                let kind = self.known_type(state, &state.peek(1).val);
                if let Some(special) = self.special_float(&state.peek(1).val) {
                    let value = self.float_const(special.to_bits());
                    self.finish_native(state, base, Slot::borrowed(Val::Float(value)));
                    return Ok(true);
                }
                if let Some(value) = self.double_of_either(state) {
                    self.finish_native(state, base, Slot::borrowed(Val::Float(value)));
                    return Ok(true);
                }
                if !matches!(kind, Some(KnownType::Float | KnownType::Int | KnownType::Bool)) {
                    return Ok(false);
                }
                if kind == Some(KnownType::Float) {
                    // An exact float is returned as it is.
                    let slot = state.pop();
                    let count = state.stack.len() - base;
                    self.drop_from_top(state, count);
                    state.stack.push(slot);
                    return Ok(true);
                }
                let Some(value) = self.double_on_stack(state, 1) else { return Ok(false) };
                self.finish_native(state, base, Slot::borrowed(Val::Float(value)));
                Ok(true)
            }
            KnownType::Complex if matches!(argc, 1 | 2) => {
                let Some(value) = self.complex_of_reals(state, argc) else { return Ok(false) };
                self.finish_native(state, base, Slot::borrowed(value));
                Ok(true)
            }
            KnownType::Int if argc == 1 => {
                let value = match self.known_type(state, &state.peek(1).val) {
                    Some(KnownType::Float) if self.may_speculate(ExitReason::IntOverflow) => {
                        let value = self.double_on_stack(state, 1).expect("a float");
                        self.checked(Ir::FtoIChecked, &[value])
                    }
                    Some(KnownType::Bool) => match self.integer_on_stack(state, 1) {
                        Some(value) => value,
                        None => return Ok(false),
                    },
                    Some(KnownType::Int) => {
                        let slot = state.pop();
                        let count = state.stack.len() - base;
                        self.drop_from_top(state, count);
                        state.stack.push(slot);
                        return Ok(true);
                    }
                    _ => return Ok(false),
                };
                self.finish_native(state, base, Slot::borrowed(Val::Int(value)));
                Ok(true)
            }
            _ => Ok(false),
        }
    }

    /// The float that a constant str stands for, if it names no number: `float("inf")`.
    fn special_float(&self, val: &Val) -> Option<f64> {
        let Val::Const(id) = val else { return None };
        let ObjectKind::Str(text) = self.kind(*id) else { return None };
        let (digits, negative) = match text.strip_prefix('-') {
            Some(rest) => (rest, true),
            None => (text.as_str(), false),
        };
        let value = match digits.to_ascii_lowercase().as_str() {
            "inf" | "infinity" => f64::INFINITY,
            // `Py_NAN`: a quiet one without a sign.
            "nan" if !negative => f64::from_bits(0x7ff8_0000_0000_0000),
            _ => return None,
        };
        Some(if negative { -value } else { value })
    }

    /// `range(…)` of ints, in parts.
    fn range(&mut self, state: &mut State, base: usize, argc: usize) -> bool {
        let args: Vec<Slot> = state.stack[base + 2..].to_vec();
        if args.iter().any(|a| self.known_type(state, &a.val) != Some(KnownType::Int)) {
            return false;
        }
        // `range(a, b, 0)` raises when it is called, not when it is iterated.
        let constant = if argc == 3 { self.const_int(&args[2].val) } else { Some(1) };
        if constant == Some(0) {
            return false;
        }
        let ints: Vec<Option<Value>> = (0..argc).map(|i| self.int_on_stack(state, argc - i)).collect();
        if ints.iter().any(Option::is_none) {
            return false;
        }
        if constant.is_none()
            && let Some(step) = ints[argc - 1]
        {
            let zero = self.int_const(0);
            let moves = self.icmp(Cond::Ne, step, zero);
            self.guard(moves, ExitReason::Exception);
        }
        let part = |i: usize| args[i].clone();
        let (start, stop) = if argc == 1 { (Slot::borrowed(Val::SmallInt(0)), part(0)) } else { (part(0), part(1)) };
        let step = if argc == 3 { part(2) } else { Slot::borrowed(Val::SmallInt(1)) };
        let mut parts = vec![start, stop, step];
        let raws = match argc {
            1 => vec![None, ints[0], None],
            2 => vec![ints[0], ints[1], None],
            _ => ints.clone(),
        };
        for (slot, raw) in parts.iter_mut().zip(raws) {
            // Unboxed parts need no references.
            if let (Val::Obj(_), Some(raw)) = (&slot.val, raw) {
                *slot = Slot::borrowed(Val::Int(raw));
            }
        }
        self.finish_native(state, base, Slot::borrowed(Val::Virtual(Virtual::Range, parts)));
        true
    }

    /// `enumerate(x)` or `zip(x…)` of things whose iterators can be kept in parts.
    fn wrap_iterators(&mut self, state: &mut State, base: usize, kind: Virtual) -> bool {
        let argc = state.stack.len() - base - 2;
        let iterable = |b: &Self, slot: &Slot| match &slot.val {
            Val::Virtual(Virtual::Range, parts) => b.const_int(&parts[2].val).is_none_or(|step| step.abs() < 1 << 31),
            // Nobody else has these iterators: where they stand in the end does not matter.
            Val::Virtual(Virtual::Enumerate | Virtual::Zip | Virtual::ListReverseIter, _) => true,
            Val::Obj(_) if b.known_type(state, &slot.val).is_some_and(|known| known != KnownType::DictItems && is_table(known)) => true,
            _ => matches!(b.known_type(state, &slot.val), Some(KnownType::List | KnownType::Tuple | KnownType::Str)),
        };
        if !state.stack[base + 2..].iter().all(|s| iterable(self, s)) {
            return false;
        }
        self.objects_of_virtual_tuples(state, argc);
        self.settle(state);
        self.recapture(state);
        // All guards come before anything is taken hold of.
        for depth in 1..=argc {
            if self.known_type(state, &state.peek(depth).val) == Some(KnownType::Str) {
                let string = self.container_object(state, depth);
                if !self.expect_ascii(string) {
                    return false;
                }
            }
        }
        let mut parts = Vec::new();
        let args = state.stack.split_off(base + 2);
        for arg in args {
            state.stack.push(arg);
            if self.get_iter(state).is_err() {
                return false;
            }
            parts.push(state.pop());
        }
        if kind == Virtual::Enumerate {
            parts.push(Slot::borrowed(Val::SmallInt(0)));
        }
        self.finish_native(state, base, Slot::borrowed(Val::Virtual(kind, parts)));
        true
    }

    /// `reversed(x)` of a list, whose iterator is kept in parts.
    fn reverse(&mut self, state: &mut State, base: usize) -> bool {
        if self.known_type(state, &state.peek(1).val) != Some(KnownType::List) {
            return false;
        }
        let list = self.container_object(state, 1);
        let size = self.load(list, self.layout().ob_size, MemSize::I64, Region::ListHeader);
        let one = self.int_const(1);
        let last = self.emit(Ir::Isub, &[size, one], Imm::None);
        let mut list = state.pop();
        self.own(&mut list);
        let parts = vec![list, Slot::borrowed(Val::Int(last))];
        self.finish_native(state, base, Slot::borrowed(Val::Virtual(Virtual::ListReverseIter, parts)));
        true
    }

    /// Iterators hold objects: tuples in parts are built before anything else happens.
    fn objects_of_virtual_tuples(&mut self, state: &mut State, count: usize) {
        for depth in (1..=count).rev() {
            if matches!(state.peek(depth).val, Val::Virtual(Virtual::Tuple, _)) {
                self.container_object(state, depth);
            }
        }
    }

}
