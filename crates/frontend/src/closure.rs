//! Cells, and functions that the code itself makes. As long as nobody else knows of them they are not built, as instances are not ([`crate::unbuilt`]): what a cell
//! holds is in the state, and a function that is only called is code with cells.
//!
//! A function that is called so has no object while it runs. If an exit leads into it, one is made of its code and of the cells in its frame; where foreign code can
//! look at the frame, the unit is built once more, with a function that is built before it is called. The function of a generator expression in place
//! ([`crate::generator`]) is part of the generator: what runs in its place uses the cells.

use crate::GiveUp;
use crate::builder::{Build, Builder, Site};
use crate::call::{Callee, Runs};
use crate::arguments::arranged;
use crate::unbuilt::Kind;
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::Instr;
use whipsnake_bytecode::operand::FunctionAttribute;
use whipsnake_contract::exit::{ExitReason, OnReturn, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{CodeId, FunctionInfo, KnownType, ObjectId, ObjectKind};
use whipsnake_ir::{Imm, MemSize, Op as Ir, Region, Slot as FrameSlot, Value};

/// What a function can be given beside its closure: the first of its parts, in this order.
const GIVEN: [FunctionAttribute; 4] =
    [FunctionAttribute::Defaults, FunctionAttribute::KwDefaults, FunctionAttribute::Annotations, FunctionAttribute::Annotate];
const DEFAULTS: usize = 0;
/// Parts of [`Virtual::Function`] before those.
const FUNCTION_PARTS: usize = 3;
const KEYWORD_DEFAULTS: usize = 1;

/// What a function owns in the order in which it gives that up (`func_clear` of `Objects/funcobject.c`).
pub(crate) fn released_by_function(mut parts: Vec<Slot>) -> Vec<Slot> {
    let cells = parts.split_off(GIVEN.len());
    let annotations = parts.split_off(KEYWORD_DEFAULTS + 1);
    parts.into_iter().chain(cells.into_iter().rev()).chain(annotations).collect()
}

/// The function of inlined code that the unit has made, and that was not built when it was called.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Made {
    /// What stood for it.
    function: Value,
    /// Its code.
    code: ObjectId,
    /// Number of its cells, which are the last of the code's locals.
    cells: usize,
    /// Where it was called.
    site: Site,
}

impl Made {
    /// The locals in the order in which they end: the function is the last to give up its cells.
    pub(crate) fn in_order_of_release(self, mut locals: Vec<Slot>, from_top: bool) -> Vec<Slot> {
        let cells = locals.split_off(locals.len() - self.cells);
        if from_top {
            locals.reverse();
        }
        locals.extend(cells.into_iter().rev());
        locals
    }
}

impl Builder<'_> {
    /// `MAKE_FUNCTION` of a constant code object, where the function need not be built at once. False if it has to be.
    pub(crate) fn new_function(&mut self, state: &mut State) -> bool {
        let (Val::Const(code), Some(made_of)) = (&state.peek(1).val, self.made_of(state)) else { return false };
        let code = *code;
        // A generator that is built keeps its function, which is then built, too.
        let is_generator = self.snapshot.codes[made_of as usize].flags & crate::entry::CO_GENERATORS != 0;
        if is_generator && !self.is_expression(made_of) || !self.may_wait(state) {
            return false;
        }
        let Some(ty) = self.platform().known_type(KnownType::Function) else { return false };
        state.pop();
        let value = self.leave_unbuilt(state, Kind::Function { code }, ty, vec![Slot::NULL; GIVEN.len()]);
        state.stack.push(Slot::owned(Val::Obj(value)));
        true
    }

    /// `SET_FUNCTION_ATTRIBUTE` for a function that is not built. False if it is, or has to be.
    pub(crate) fn give_to_function(&mut self, state: &mut State, attribute: FunctionAttribute) -> bool {
        let Some(one) = state.unbuilt_of(&state.peek(1).val).filter(|one| matches!(one.kind, Kind::Function { .. })) else { return false };
        let value = one.value;
        let at = GIVEN.iter().position(|given| *given == attribute);
        let is_cell = |part: &Slot| matches!(part.val, Val::Obj(_));
        match (&state.peek(2).val, at) {
            (Val::Virtual(Virtual::Tuple, cells), None) if cells.iter().all(is_cell) => {}
            (_, None) => return false,
            (_, Some(_)) => self.to_part(state, 2),
        }
        self.settle(state);
        let function = state.pop();
        let mut given = state.pop();
        self.own(&mut given);
        let one = state.unbuilt_mut(value);
        match (given, at) {
            (given, Some(index)) => one.parts[index] = given,
            (Slot { val: Val::Virtual(_, cells), .. }, None) => one.parts.extend(cells),
            (_, None) => unreachable!("it was a tuple in parts"),
        }
        state.stack.push(function);
        true
    }

    /// Calls a function that is not built, by inlining it. Names of keywords are on top of the stack, if there are any. `None` if the callable is none such, or is
    /// built now, else whether control falls through.
    pub(crate) fn call_unbuilt(&mut self, state: &mut State, base: usize, names: &[ObjectId], instr: Instr) -> Build<Option<bool>> {
        let Some(one) = state.unbuilt_of(&state.stack[base].val) else { return Ok(None) };
        let Kind::Function { code } = one.kind else { return Ok(None) };
        if self.snapshot.codes[self.code_constant(code) as usize].flags & crate::entry::CO_GENERATORS != 0 {
            return Ok(None);
        }
        let (function, parts) = (one.value, one.parts.clone());
        let depth = state.stack.len() - base;
        let given = depth - 2 - usize::from(!names.is_empty());
        let (Some((made_of, info, defaults)), Val::Null) = (self.callable_unbuilt(state, code, &parts, given, names, instr), &state.stack[base + 1].val) else {
            self.build_on_stack(state, depth);
            return Ok(None);
        };
        let mut args = state.stack.split_off(base);
        let callable = args.remove(0);
        args.remove(0);
        args.truncate(given);
        args.extend(defaults);
        let Some(sources) = self.sources(&info, args.len(), names) else { unreachable!("was asked before") };
        let mut cells: Vec<Slot> = parts[GIVEN.len()..].iter().map(Slot::borrow).collect();
        args.iter_mut().chain(&mut cells).for_each(|slot| self.own(slot));
        let made = Made { function, code, cells: cells.len(), site: (self.instance.path, instr.offset) };
        // The function may be the last to hold what it lends them: they are on the stack while it ends.
        let count = args.len();
        state.stack.extend(args.into_iter().chain(cells));
        self.drop_slot(state, callable);
        let mut args = state.stack.split_off(base);
        let cells = args.split_off(count);
        let args = arranged(&sources, args, names);
        let callee = Callee { id: ObjectId::MAX, info: &info, code: made_of, runs: Runs::Made(made, cells), exact: false };
        let goes_on = self.inline(state, callee, args, OnReturn::Push, instr)?;
        if goes_on {
            self.finish(state, instr.next);
        }
        Ok(Some(goes_on))
    }

    /// The constant code object of a function that is not built, and the cells of its closure.
    pub(crate) fn function_unbuilt<'s>(&self, state: &'s State, function: &Val) -> Option<(ObjectId, &'s [Slot])> {
        let one = state.unbuilt_of(function)?;
        let Kind::Function { code } = one.kind else { return None };
        Some((code, &one.parts[GIVEN.len()..]))
    }

    /// The code of a function that is not built, what is known of calling it, and the defaults that it adds to that many arguments, the last of them with these names,
    /// if it can be called so.
    fn callable_unbuilt(
        &self,
        state: &State,
        code: ObjectId,
        parts: &[Slot],
        given: usize,
        names: &[ObjectId],
        instr: Instr,
    ) -> Option<(CodeId, FunctionInfo, Vec<Slot>)> {
        let made_of = self.code_constant(code);
        let mut info = self.info_of_made(made_of);
        // With keywords, any parameter may be missing.
        if let (false, Val::Const(id)) = (names.is_empty(), &parts[DEFAULTS].val)
            && let ObjectKind::Tuple(items) = self.kind(*id)
        {
            info.defaults.clone_from(items);
        }
        let missing = if names.is_empty() { (info.argcount as usize).saturating_sub(given) } else { 0 };
        let defaults = if missing == 0 { Vec::new() } else { self.last_defaults(state, &parts[DEFAULTS].val, missing)? };
        let builds = self.lessons.builds_functions.contains(&(self.instance.path, instr.offset));
        let takes = info.kwonly == 0 && self.sources(&info, given + missing, names).is_some();
        (takes && !builds && self.may_inline(made_of, instr.offset)).then_some((made_of, info, defaults))
    }

    /// The last of a function's defaults, for slots that own nothing.
    fn last_defaults(&self, state: &State, defaults: &Val, count: usize) -> Option<Vec<Slot>> {
        let mut items = match defaults {
            Val::Const(id) => match self.kind(*id) {
                ObjectKind::Tuple(items) => items.iter().map(|item| Slot::borrowed(Val::Const(*item))).collect(),
                _ => return None,
            },
            defaults => self.unbuilt_items(state, defaults)?,
        };
        Some(items.split_off(items.len().checked_sub(count)?))
    }

    /// What is known of calling a function that the unit has made of a code object, without defaults.
    pub(crate) fn info_of_made(&self, made_of: CodeId) -> FunctionInfo {
        let code = &self.snapshot.codes[made_of as usize];
        FunctionInfo {
            address: 0,
            code: Some(made_of),
            code_address: code.address,
            defaults: Vec::new(),
            defaults_tuple: None,
            keyword_only_defaults: Vec::new(),
            keyword_only_dict: 0,
            argcount: code.argcount,
            flags: code.flags,
            kwonly: code.kwonly,
            posonly: 0,
            closure: Vec::new(),
            parameters: code.varnames[..(code.argcount + code.kwonly) as usize].to_vec(),
            globals: code.globals,
            unit: 0,
        }
    }

    /// Builds a function that was made of a constant, with what it was given and its cells, which are taken over.
    pub(crate) fn build_function(&mut self, state: &mut State, code: ObjectId, parts: &[Value]) -> Value {
        let words = self.emit(Ir::Scratch, &[], Imm::Int((parts.len() + FUNCTION_PARTS) as i64));
        let made_of = self.code_constant(code);
        let globals = self.int_const(self.snapshot.codes[made_of as usize].globals as i64);
        self.store(words, globals, 8, MemSize::I64, Region::Scratch);
        let object = self.owned_object(state, &mut Slot::borrowed(Val::Const(code)));
        for (index, part) in std::iter::once(&object).chain(parts).enumerate() {
            self.store(words, *part, 16 + 8 * index as i64, MemSize::Obj, Region::Scratch);
        }
        let (kind, count) = (self.int_const(Virtual::Function as i64), self.int_const((parts.len() + FUNCTION_PARTS) as i64));
        let function = self.helper(Helper::build_virtual, &[kind, words, count]);
        state.facts.update(function, |fact| fact.made_of = Some(made_of));
        function
    }

    /// True if a callable is a function that is not built, and can be called with that many arguments, the last of them with these names.
    pub(crate) fn takes_unbuilt(&self, state: &State, base: usize, given: usize, names: &[ObjectId], instr: Instr) -> bool {
        state.unbuilt_of(&state.stack[base].val).is_some_and(|one| match one.kind {
            Kind::Function { code } => self.callable_unbuilt(state, code, &one.parts, given, names, instr).is_some(),
            _ => false,
        })
    }

    /// The code that a constant of which a function was made is.
    pub(crate) fn code_constant(&self, constant: ObjectId) -> CodeId {
        let ObjectKind::Code(code) = *self.kind(constant) else { unreachable!("functions are made of code") };
        code
    }

    /// Builds a cell around what is taken over, or an empty one.
    pub(crate) fn build_cell(&mut self, content: Option<Value>) -> Value {
        let null = self.null();
        let cell = self.helper(Helper::make_cell, &[content.unwrap_or(null)]);
        // The cell took a reference of its own.
        content.into_iter().for_each(|content| self.effect(Ir::DecrefPlain, &[content], Imm::None));
        cell
    }

    /// The first parts that a function is made of in a frame state: `code` is the constant.
    pub(crate) fn function_parts(&mut self, code: ObjectId, identity: Value) -> Vec<FrameSlot> {
        let globals = FrameSlot::Int(self.snapshot.codes[self.code_constant(code) as usize].globals as i64);
        vec![FrameSlot::Int(identity.index() as i64), globals, FrameSlot::Object(self.object_ref(code))]
    }

    /// The function of a frame that runs one which was not built, with the frame's state.
    pub(crate) fn function_made(&mut self, made: Made, state: &State) -> FrameSlot {
        if self.exit_unbuilt.iter().any(|one| one.value == made.function) {
            return self.unbuilt_slot(made.function);
        }
        let mut parts = self.function_parts(made.code, made.function);
        parts.resize(parts.len() + GIVEN.len(), FrameSlot::Null);
        for cell in &state.locals[state.locals.len() - made.cells..] {
            parts.push(self.ir_slot(&cell.borrow()));
        }
        FrameSlot::Virtual(Virtual::Function, parts)
    }

    /// Has the unit built again with a function that is built before it is called.
    pub(crate) fn needs_function(&mut self, made: Made) -> Value {
        self.lessons.builds_functions.insert(made.site);
        self.starts_over = true;
        self.null()
    }

    /// Has the unit built again without the present attempt.
    pub(crate) fn does_without_attempt(&mut self) -> Value {
        self.lessons.no_inline.extend(self.attempt.map(|attempt| attempt.site));
        self.starts_over = true;
        self.null()
    }

    /// Replaces a local by a new cell around it.
    pub(crate) fn make_cell(&mut self, state: &mut State, local: u32) {
        let mut slot = std::mem::replace(&mut state.locals[local as usize], Slot::NULL);
        if self.may_wait(state)
            && let Some(ty) = self.platform().known_type(KnownType::Cell)
            && (slot.val == Val::Null || self.is_part(&slot.val) || self.give_identity(state, &mut slot))
        {
            self.own(&mut slot);
            let content = if slot.val == Val::Null { Vec::new() } else { vec![slot] };
            let cell = self.leave_unbuilt(state, Kind::Cell, ty, content);
            state.locals[local as usize] = Slot::owned(Val::Obj(cell));
            return;
        }
        let value = self.owned_or_null(state, &mut slot);
        let cell = self.helper(Helper::make_cell, &[value]);
        let null = self.null();
        let is_null = self.same(value, null);
        // The cell took a reference of its own.
        let (done, bound) = self.split(is_null);
        self.block = bound;
        self.effect(Ir::DecrefPlain, &[value], Imm::None);
        let from = self.block;
        self.f.jump(from, done, &[]);
        self.block = done;
        let ty = self.platform().known_type(KnownType::Cell);
        state.facts.update(cell, |fact| fact.ty = ty);
        state.locals[local as usize] = Slot::owned(Val::Obj(cell));
    }

    /// The cells of the function's closure become locals. False in a frame that was there before the unit: it has them.
    pub(crate) fn copy_free_vars(&mut self, state: &mut State, count: u32) -> bool {
        if self.instance.made.is_some() {
            // They were put there when it was called.
            return true;
        }
        let Some(cells) = self.closure_cells(state, count) else { return false };
        let base = state.locals.len() - cells.len();
        for (local, cell) in (base..).zip(cells) {
            self.effect(Ir::Incref, &[cell], Imm::None);
            state.locals[local] = Slot::owned(Val::Obj(cell));
        }
        true
    }

    /// The cells that the function being built brings along, borrowed; `None` if it is not at hand.
    pub(crate) fn closure_cells(&mut self, state: &mut State, count: u32) -> Option<Vec<Value>> {
        if count == 0 {
            return Some(Vec::new());
        }
        // Other functions may have the same code. Of a known one, too, cells are no constants: the unit would keep them, and they lead to
        // namespaces, and these to the unit.
        let function = match self.instance.function {
            FrameSlot::Borrowed(function) => function,
            FrameSlot::Object(index) => self.emit(Ir::Object, &[], Imm::Object(index)),
            _ => return None,
        };
        let closure = self.load(function, self.layout().function_closure, MemSize::Obj, Region::Function);
        let ty = self.platform().known_type(KnownType::Cell);
        let cells = (0..i64::from(count)).map(|i| {
            let cell = self.load(closure, self.layout().tuple_items + 8 * i, MemSize::Obj, Region::Const);
            state.facts.update(cell, |fact| fact.ty = ty);
            cell
        });
        Some(cells.collect())
    }

    /// The cell in a local, which is there from the start of the code on, as an object.
    pub(crate) fn cell(&mut self, state: &mut State, local: u32) -> Build<Value> {
        if let Some(one) = state.unbuilt_of(&state.locals[local as usize].val) {
            self.build_unbuilt(state, one.value, 0);
            self.recapture(state);
        }
        match state.locals[local as usize].val {
            Val::Obj(v) | Val::MaybeObj(v) => Ok(v),
            _ => Err(GiveUp::Contradiction("a cell").into()),
        }
    }

    pub(crate) fn load_deref(&mut self, state: &mut State, local: u32) -> Build<()> {
        if let Some(content) = state.unbuilt_of(&state.locals[local as usize].val).and_then(|one| one.parts.first()) {
            let content = content.borrow();
            self.push_part(state, content);
            return Ok(());
        }
        let cell = self.cell(state, local)?;
        let value = self.load(cell, self.layout().cell_value, MemSize::Obj, Region::Cell);
        self.guard_not_null(value, ExitReason::Unbound);
        let known = self.object_in_closure(local);
        if let Some(id) = known.filter(|&id| matches!(self.kind(id), ObjectKind::Type(_)))
            && self.may_speculate(ExitReason::IdentityGuard)
        {
            let wanted = self.object_const(id);
            let same = self.same(value, wanted);
            self.guard(same, ExitReason::IdentityGuard);
            state.stack.push(Slot::borrowed(Val::Const(id)));
            return Ok(());
        }
        state.loans.push(value);
        let function = known.filter(|&id| matches!(self.kind(id), ObjectKind::Function(_)));
        state.facts.update(value, |fact| fact.function = fact.function.or(function));
        state.stack.push(Slot::borrowed(Val::Obj(value)));
        Ok(())
    }

    /// What a free variable of inlined code holds, if the code is that of a known function.
    fn object_in_closure(&self, local: u32) -> Option<ObjectId> {
        let ObjectKind::Function(info) = self.kind(self.instance.known?) else { return None };
        let free = self.code().nlocalsplus as usize - info.closure.len();
        *info.closure.get((local as usize).checked_sub(free)?)?
    }

    pub(crate) fn store_deref(&mut self, state: &mut State, local: u32) -> Build<()> {
        if let Some(one) = state.unbuilt_of(&state.locals[local as usize].val) {
            let cell = one.value;
            self.to_part(state, 1);
            // A function whose closure has the cell makes a ring with it.
            if !state.reaches(state.peek(1), cell) {
                self.settle(state);
                let mut content = state.pop();
                self.own(&mut content);
                if let Val::Obj(v) = content.val {
                    state.loans.retain(|loan| *loan != v);
                }
                let old = std::mem::replace(&mut state.unbuilt_mut(cell).parts, vec![content]);
                old.into_iter().for_each(|slot| self.drop_slot(state, slot));
                return Ok(());
            }
        }
        let cell = self.cell(state, local)?;
        self.settle(state);
        let mut slot = state.pop();
        let value = self.owned_for_store(state, &mut slot);
        let old = self.load(cell, self.layout().cell_value, MemSize::Obj, Region::Cell);
        self.store(cell, value, self.layout().cell_value, MemSize::Obj, Region::Cell);
        self.drops.push(Slot::owned(Val::MaybeObj(old)));
        Ok(())
    }

    /// Empties a cell; an empty one is left to the interpreter, which raises.
    pub(crate) fn delete_deref(&mut self, state: &mut State, local: u32) -> Build<()> {
        let cell = self.cell(state, local)?;
        let at = self.layout().cell_value;
        let value = self.load(cell, at, MemSize::Obj, Region::Cell);
        self.guard_not_null(value, ExitReason::Unbound);
        // What the cell lends to the stack must survive.
        self.settle(state);
        let null = self.null();
        self.store(cell, null, at, MemSize::Obj, Region::Cell);
        self.drop_slot(state, Slot::owned(Val::Obj(value)));
        Ok(())
    }
}
