//! Operators and calls of classes as calls of the methods that a class written in Python defines for them, inlined.

use crate::arguments::arranged;
use crate::builder::{Build, Builder, Stop};
use crate::call::{Callee, Known, Runs};
use crate::instruction::FROM_TOP;
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::feedback::{CallKind, CallKwKind};
use whipsnake_bytecode::{Feedback, Instr};
use whipsnake_bytecode::operand::{BinaryOp, CmpOp};
use whipsnake_contract::exit::{OnReturn, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{Attribute, CALLABLE, CodeId, KnownType, ObjectId, ObjectKind, TypeId, TypeInfo};
use whipsnake_ir::Value;

/// Names of the method that an operator calls on its left operand, and on its right operand.
fn methods(op: BinaryOp) -> Option<(&'static str, &'static str)> {
    Some(match op {
        BinaryOp::Add => ("__add__", "__radd__"),
        BinaryOp::And => ("__and__", "__rand__"),
        BinaryOp::FloorDivide => ("__floordiv__", "__rfloordiv__"),
        BinaryOp::LeftShift => ("__lshift__", "__rlshift__"),
        BinaryOp::MatrixMultiply => ("__matmul__", "__rmatmul__"),
        BinaryOp::Multiply => ("__mul__", "__rmul__"),
        BinaryOp::Remainder => ("__mod__", "__rmod__"),
        BinaryOp::Or => ("__or__", "__ror__"),
        BinaryOp::Power => ("__pow__", "__rpow__"),
        BinaryOp::RightShift => ("__rshift__", "__rrshift__"),
        BinaryOp::Subtract => ("__sub__", "__rsub__"),
        BinaryOp::TrueDivide => ("__truediv__", "__rtruediv__"),
        BinaryOp::Xor => ("__xor__", "__rxor__"),
        BinaryOp::Subscr => return None,
    })
}

/// Name of the method that a comparison calls on its left operand.
pub(crate) fn comparison_method(op: CmpOp) -> &'static str {
    match op {
        CmpOp::Lt => "__lt__",
        CmpOp::Le => "__le__",
        CmpOp::Eq => "__eq__",
        CmpOp::Ne => "__ne__",
        CmpOp::Gt => "__gt__",
        CmpOp::Ge => "__ge__",
    }
}

/// True if an operator asks the left operand first: a subclass on the right would be.
fn is_asked_first(left: &TypeInfo, right: &TypeInfo) -> bool {
    left.address == right.address || !right.mro.contains(&left.address)
}

impl<'s> Builder<'s> {
    /// The class of the object `depth` from the top, if it is known and written in Python.
    pub(crate) fn python_class(&self, state: &State, depth: usize) -> Option<&'s TypeInfo> {
        let val = &state.peek(depth).val;
        if !matches!(val, Val::Obj(_)) {
            return None;
        }
        let info = self.type_info(self.exact_type(state, val)?)?;
        (info.known.is_none() && (!info.mutable || info.version != 0)).then_some(info)
    }

    /// The types that the object `depth` from the top has one of, if something can be assumed of them; else none.
    pub(crate) fn types_of(&self, state: &State, depth: usize) -> Vec<&'s TypeInfo> {
        let val = &state.peek(depth).val;
        let Val::Obj(object) = val else { return Vec::new() };
        let infos = match (self.exact_type(state, val), state.facts.get(*object).one_of) {
            (Some(address), _) => self.type_info(address).into_iter().collect(),
            (None, Some(set)) => self.types_of_set(set),
            (None, None) => Vec::new(),
        };
        if infos.iter().all(|info| Self::is_stable(info)) { infos } else { Vec::new() }
    }

    /// The same for classes written in Python.
    pub(crate) fn python_classes(&self, state: &State, depth: usize) -> Vec<&'s TypeInfo> {
        let infos = self.types_of(state, depth);
        if infos.iter().all(|info| info.known.is_none()) { infos } else { Vec::new() }
    }

    /// The function that a class has under a name of a special method.
    pub(crate) fn special(&self, info: &TypeInfo, name: &str) -> Option<ObjectId> {
        match info.attributes.get(name) {
            Some(Attribute::Method { object }) if matches!(self.kind(*object), ObjectKind::Function(_)) => Some(*object),
            _ => None,
        }
    }

    /// Inlines the method of a class that takes over an operator on the top `args + 1` stack slots, the first of which is an
    /// instance of the class. What it returns is pushed.
    pub(crate) fn inlined_dunder(&mut self, state: &mut State, name: &str, args: usize, instr: Instr) -> Build<Option<()>> {
        let operands = (1..=args + 1).rev().collect::<Vec<_>>();
        self.inlined_special(state, name, &operands, OnReturn::Push, instr)
    }

    /// Inlines a special method of the class of the first of the operands, which are given by their depths on the stack. Unless the instruction keeps
    /// them they are all that lies there from the deepest one on.
    pub(crate) fn inlined_special(
        &mut self,
        state: &mut State,
        name: &str,
        operands: &[usize],
        on_return: OnReturn,
        instr: Instr,
    ) -> Build<Option<()>> {
        let infos = self.python_classes(state, operands[0]);
        let Some(method) = infos.first().and_then(|info| self.special(info, name)) else { return Ok(None) };
        if infos[1..].iter().any(|info| self.special(info, name) != Some(method)) {
            return Ok(None);
        }
        self.inlined_method(state, method, &infos, operands, on_return, instr)
    }

    /// Inlines a method of operands whose types are these.
    pub(crate) fn inlined_method(
        &mut self,
        state: &mut State,
        method: ObjectId,
        types: &[&TypeInfo],
        operands: &[usize],
        on_return: OnReturn,
        instr: Instr,
    ) -> Build<Option<()>> {
        let Some((function, code)) = self.inlinable(method, operands.len(), instr) else { return Ok(None) };
        if types.iter().any(|info| info.mutable && info.version == 0) {
            return Ok(None);
        }
        for info in types.iter().filter(|info| info.mutable) {
            self.assume_type(info.address, info.version);
        }
        let args = self.args_of(state, operands, on_return);
        let callee = Callee { id: method, info: &function, code, runs: Runs::Constant, exact: true };
        self.inline_for(state, callee, args, on_return, instr)?;
        Ok(Some(()))
    }

    /// The operands at these depths as arguments: borrowed from the stack if that keeps them, else taken from it.
    pub(crate) fn args_of(&mut self, state: &mut State, operands: &[usize], on_return: OnReturn) -> Vec<Slot> {
        if on_return.kept_operands() == 0 {
            let args = operands.iter().map(|&depth| state.peek(depth).clone()).collect();
            state.stack.truncate(state.stack.len() - operands.len());
            return args;
        }
        for &depth in operands {
            if matches!(state.peek(depth).val, Val::Virtual(kind, _) if !kind.is_number()) {
                // Two places are going to hold it.
                self.share_on_stack(state, depth);
            }
        }
        operands.iter().map(|&depth| state.peek(depth).borrow()).collect()
    }

    /// Inlines a function that stands for an instruction.
    pub(crate) fn inline_for(&mut self, state: &mut State, callee: Callee<'_>, args: Vec<Slot>, on_return: OnReturn, instr: Instr) -> Build<()> {
        if !self.inline(state, callee, args, on_return, instr)? {
            // It always leaves: whatever follows is never reached.
            self.block = self.f.add_block();
            state.stack.truncate(state.stack.len() - on_return.kept_operands());
            if on_return.pushes() {
                self.revive(state);
            } else {
                self.recapture(state);
            }
        }
        Ok(())
    }

    /// Inlines `__setitem__`: value, container and key are on the stack.
    pub(crate) fn inlined_setitem(&mut self, state: &mut State, instr: Instr) -> Build<Option<()>> {
        self.inlined_special(state, "__setitem__", &[2, 1, 3], OnReturn::SetItem, instr)
    }

    /// The type of an operand; of a number of either kind that of floats, which know no more of classes than ints do.
    fn operand_type(&self, state: &State, depth: usize) -> Option<&'s TypeInfo> {
        let address = match &state.peek(depth).val {
            Val::Virtual(Virtual::Real, _) => self.platform().known_type(KnownType::Float)?,
            val => self.exact_type(state, val)?,
        };
        self.type_info(address)
    }

    /// Inlines the method that `left op right` calls, where the class of either is known.
    pub(crate) fn inlined_operator(&mut self, state: &mut State, op: BinaryOp, inplace: bool, instr: Instr) -> Build<Option<()>> {
        let Some((name, reflected)) = methods(op) else { return Ok(None) };
        let left = self.python_class(state, 2);
        if let Some(left) = left.filter(|_| inplace) {
            // In-place methods come before all, whatever the other operand is.
            let name = name.replacen("__", "__i", 1);
            if left.attributes.contains_key(&name) {
                let Some(method) = self.special(left, &name) else { return Ok(None) };
                return self.inlined_method(state, method, &[left], &[2, 1], OnReturn::Operator, instr);
            }
        }
        let Some(right) = self.operand_type(state, 1) else { return Ok(None) };
        if let Some(left) = left {
            let Some(method) = self.special(left, name).filter(|_| is_asked_first(left, right)) else { return Ok(None) };
            return self.inlined_method(state, method, &[left, right], &[2, 1], OnReturn::Operator, instr);
        }
        let left = self.operand_type(state, 2);
        // Numbers know nothing of classes that do not derive from them.
        let number = |left: &&'s TypeInfo| matches!(left.known, Some(KnownType::Int | KnownType::Float | KnownType::Bool | KnownType::Complex));
        let Some(left) = left.filter(number).filter(|left| !right.mro.contains(&left.address)) else { return Ok(None) };
        let Some(right) = self.python_class(state, 1) else { return Ok(None) };
        let Some(method) = self.special(right, reflected) else { return Ok(None) };
        self.inlined_method(state, method, &[left, right], &[1, 2], OnReturn::Operator, instr)
    }

    /// Inlines the method that a comparison calls, where the class of the left operand is known, and the type of the right one.
    pub(crate) fn inlined_comparison(&mut self, state: &mut State, op: CmpOp, to_bool: bool, instr: Instr) -> Build<Option<()>> {
        let lefts = self.python_classes(state, 2);
        let rights = match self.exact_type(state, &state.peek(1).val) {
            Some(address) => self.type_info(address).into_iter().collect(),
            None => self.python_classes(state, 1),
        };
        let Some(method) = lefts.first().and_then(|left| self.special(left, comparison_method(op))) else { return Ok(None) };
        let is_called = |left: &&TypeInfo| self.special(left, comparison_method(op)) == Some(method) && rights.iter().all(|right| is_asked_first(left, right));
        if rights.is_empty() || !lefts.iter().all(is_called) {
            return Ok(None);
        }
        let on_return = if to_bool { OnReturn::CompareBool } else { OnReturn::Compare };
        self.inlined_method(state, method, &[lefts, rights].concat(), &[2, 1], on_return, instr)
    }

    /// Makes a call of an object whose class has a `__call__` written in Python one of that function: instances, and classes with such a metaclass.
    pub(crate) fn through_call_method(&mut self, state: &mut State, base: usize, callee: Option<Known>, instr: Instr) -> Option<Known> {
        let depth = state.stack.len() - base;
        if state.stack[base + 1].val != Val::Null {
            return callee;
        }
        let unknown = callee.is_none()
            && matches!(instr.feedback, Feedback::Call(CallKind::NonPyGeneral) | Feedback::CallKw(CallKwKind::NonPy));
        if unknown {
            self.expect_noted_at(state, CALLABLE, depth);
        }
        let info = self.exact_type(state, &state.stack[base].val).and_then(|ty| self.type_info(ty));
        let Some(info) = info else {
            if unknown {
                self.note_at(state, CALLABLE, depth);
            }
            return callee;
        };
        let method = Some(info).filter(|info| info.known.is_none() && Self::is_stable(info)).and_then(|info| self.special(info, "__call__"));
        let Some(method) = method.filter(|&method| self.ends_like_a_function(method)) else { return callee };
        if info.mutable {
            self.assume_type(info.address, info.version);
        }
        let receiver = std::mem::replace(&mut state.stack[base], Slot::borrowed(Val::Const(method)));
        state.stack[base + 1] = receiver;
        // Calling the function with the object is the same call.
        self.recapture(state);
        Some(Known { id: method, exact: true })
    }

    /// True if what a call of the function leaves behind is given up in the order in which it is where the caller keeps the arguments: before 3.14
    /// that only holds for functions without other variables.
    fn ends_like_a_function(&self, function: ObjectId) -> bool {
        let ObjectKind::Function(info) = self.kind(function) else { return false };
        let variables = |code: CodeId| self.snapshot.codes[code as usize].nlocalsplus;
        self.platform().minor >= FROM_TOP || info.code.is_some_and(|code| variables(code) == info.argcount + info.kwonly)
    }

    /// Calls a class that has a `__new__` written in Python and no `__init__`: the method, which is inlined, gives what the call gives, if that is of this very
    /// class. (A class that derives from it may have an `__init__`, which would be called.) So it is inlined where that is certain, in the interpreter, too,
    /// should an exit go on there: it has no branches. `None` if it cannot be inlined, else whether control falls through.
    fn make(&mut self, state: &mut State, info: &TypeInfo, new: ObjectId, base: usize, names: &[ObjectId], instr: Instr) -> Build<Option<bool>> {
        let argc = state.stack.len() - base - 2 - usize::from(!names.is_empty());
        let (Val::Const(_), Val::Null) = (&state.stack[base].val, &state.stack[base + 1].val) else { return Ok(None) };
        let Some((function, code, sources)) = self.inlinable_with(new, argc + 1, names, instr) else { return Ok(None) };
        if self.body(code)?.blocks.len() > 1 {
            return Ok(None);
        }
        self.assume_type(info.address, info.version);
        let mut args = state.stack.split_off(base);
        args.remove(1);
        args.truncate(argc + 1);
        let callee = Callee { id: new, info: &function, code, runs: Runs::Constant, exact: true };
        let goes_on = self.inline(state, callee, arranged(&sources, args, names), OnReturn::Push, instr)?;
        if goes_on && self.exact_type(state, &state.peek(1).val) != Some(info.address) {
            return Err(Stop::NoInline((self.instance.path, instr.offset)));
        }
        Ok(Some(goes_on))
    }

    /// The `__init__` of a class whose instances are made by `object.__new__`.
    pub(crate) fn init_of_class(&self, ty: TypeId) -> Option<ObjectId> {
        let info = &self.snapshot.types[ty as usize];
        info.simple_init.filter(|_| info.simple_new.is_none() && info.mutable && info.version != 0)
    }

    /// A new instance of a class, as `object.__new__` makes it.
    fn new_object(&mut self, state: &mut State, class: ObjectId, info: &TypeInfo) -> Value {
        self.assume_type(info.address, info.version);
        self.new_unbuilt(state, class, info).unwrap_or_else(|| {
            let class = self.object_const(class);
            let instance = self.helper(Helper::new_instance, &[class]);
            self.check_raised(state, instance);
            state.facts.update(instance, |fact| fact.ty = Some(info.address));
            instance
        })
    }

    /// Takes note of what the call of a class gives that was made the general way: an instance of this very class, if `object` makes it. (An `__init__` may have
    /// given it another one.)
    pub(crate) fn know_instance(&self, state: &mut State, callee: Option<Known>, instance: Value) {
        let Some(Known { id, exact: true }) = callee else { return };
        let ObjectKind::Type(ty) = *self.kind(id) else { return };
        let info = &self.snapshot.types[ty as usize];
        if info.simple_init.is_some() && info.mutable && info.version != 0 {
            state.facts.update(instance, |fact| fact.likely = Some(info.address));
        }
    }

    /// Calls a class whose instances are made by `object.__new__` and set up by an `__init__` written in Python, which is inlined.
    /// `None` if it cannot be, else whether control falls through.
    pub(crate) fn construct(&mut self, state: &mut State, ty: TypeId, base: usize, names: &[ObjectId], instr: Instr) -> Build<Option<bool>> {
        let info = &self.snapshot.types[ty as usize];
        if let Some(new) = info.simple_new.filter(|_| info.mutable && info.version != 0) {
            return self.make(state, info, new, base, names, instr);
        }
        let (Val::Const(class), Val::Null) = (&state.stack[base].val, &state.stack[base + 1].val) else { return Ok(None) };
        let class = *class;
        let argc = state.stack.len() - base - 2 - usize::from(!names.is_empty());
        if info.bare && argc == 0 && info.mutable && info.version != 0 {
            let instance = self.new_object(state, class, info);
            state.stack.truncate(base);
            state.stack.push(Slot::owned(Val::Obj(instance)));
            return Ok(Some(true));
        }
        let Some(init) = self.init_of_class(ty) else { return Ok(None) };
        let Some((function, code, sources)) = self.inlinable_with(init, argc + 1, names, instr) else { return Ok(None) };
        let instance = self.new_object(state, class, info);
        let mut args = state.stack.split_off(base);
        args.drain(..2);
        args.truncate(argc);
        args.insert(0, Slot::borrowed(Val::Obj(instance)));
        let args = arranged(&sources, args, names);
        state.stack.push(Slot::owned(Val::Obj(instance)));
        let callee = Callee { id: init, info: &function, code, runs: Runs::Constant, exact: true };
        self.inline(state, callee, args, OnReturn::CheckNone, instr).map(Some)
    }
}
