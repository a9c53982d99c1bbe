//! The interpreter frames of native code: pushed where they are first needed, brought up to date before foreign code can look,
//! and taken down. Inlined code has frames of its own, which lie behind the unit's on the thread's data stack.

use crate::builder::{Builder, Instance, Parent};
use crate::value::{Slot, State, Val};
use std::rc::Rc;
use whipsnake_contract::snapshot::CodeInfo;
use whipsnake_ir::{Imm, MemSize, Op, Region, Value};

impl<'s> Builder<'s> {
    fn code_of(&self, instance: &Instance) -> &'s CodeInfo {
        &self.snapshot.codes[instance.body.code as usize]
    }

    /// Where the frame of code that is inlined next is pushed, and how much room all frames take then.
    pub(crate) fn frame_for_callee(&mut self, caller: &Rc<Instance>, words: u32) -> Option<Value> {
        let end = self.frame_end?;
        let mut below = 0;
        let mut at = Some(caller.clone());
        while let Some(instance) = at.filter(|instance| instance.depth > 0) {
            below += self.code_of(&instance).framesize;
            at = instance.parent.as_ref().map(|parent| parent.instance.clone());
        }
        self.inlined_words = self.inlined_words.max(below + words);
        let bytes = self.int_const(i64::from(below) * 8);
        Some(self.emit(Op::Offset, &[end, bytes], Imm::None))
    }

    /// Lets foreign code see what the interpreter would show: all frames are linked, stand at their instruction, and hold their
    /// locals.
    pub(crate) fn expose(&mut self, state: &mut State) {
        self.build_locals(state);
        let instance = self.instance.clone();
        let instr = self.instr.expect("an instruction was begun");
        self.expose_frame(state, &instance, instr.op_offset);
    }

    fn expose_frame(&mut self, state: &mut State, instance: &Rc<Instance>, op_offset: u32) {
        if let (Some(parent), Some(mut caller)) = (&instance.parent, state.caller.take()) {
            if !caller.stands {
                let below = Rc::make_mut(&mut caller);
                below.facts = std::mem::take(&mut state.facts);
                self.expose_frame(below, &parent.instance, parent.call.op_offset);
                below.stands = true;
                state.facts = std::mem::take(&mut below.facts);
            }
            state.caller = Some(caller);
        }
        self.link(state, instance);
        self.sync(state, instance, op_offset, state.locals.len());
    }

    /// Links the outermost `count` frames that are not linked yet.
    pub(crate) fn link_outermost(&mut self, state: &mut State, instance: &Rc<Instance>, count: u32) {
        if state.linked || count == 0 {
            return;
        }
        if let (Some(parent), Some(mut caller)) = (&instance.parent, state.caller.take()) {
            self.link_outermost(Rc::make_mut(&mut caller), &parent.instance, count);
            state.caller = Some(caller);
        }
        if instance.depth < count {
            self.link(state, instance);
        }
    }

    /// Pushes and links a frame, if that is still to be done; those of its callers are. Its local slots, stack pointer and
    /// instruction are written whenever foreign code can look.
    fn link(&mut self, state: &mut State, instance: &Instance) {
        if state.linked {
            return;
        }
        let Some(frame) = self.frame_of(instance) else { return };
        state.linked = true;
        state.stands = false;
        state.memory = vec![None; state.locals.len()];
        let layout = self.layout();
        let code = self.code_of(instance);
        let tstate = self.tstate;
        let bytes = self.int_const(i64::from(code.framesize) * 8);
        let after = self.emit(Op::Offset, &[frame, bytes], Imm::None);
        self.store(tstate, after, layout.tstate_datastack_top, MemSize::Ptr, Region::Thread);
        let previous = match instance.parent.as_ref().and_then(|parent| self.frame_of(&parent.instance)) {
            Some(caller) => caller,
            None => self.load(tstate, layout.tstate_current_frame, MemSize::Ptr, Region::Thread),
        };
        self.count_frame(-1);
        self.store(frame, previous, layout.frame_previous, MemSize::Ptr, Region::Frame);
        let executable = self.frame_code(instance);
        let function = self.frame_function(instance);
        for (value, offset) in [(executable, layout.frame_executable), (function, layout.frame_function)] {
            if layout.tagged_slots != 0 {
                // Something else keeps both alive: the slots say that they only borrow.
                let word = self.borrowing_word(value);
                self.store(frame, word, offset, MemSize::Ptr, Region::Frame);
            } else {
                self.effect(Op::Incref, &[value], Imm::None);
                self.store(frame, value, offset, MemSize::Obj, Region::Frame);
            }
        }
        let globals = self.address(code.globals);
        let builtins = self.address(code.builtins);
        let null = self.address(0);
        for (value, offset) in [
            (globals, layout.frame_globals),
            (builtins, layout.frame_builtins),
            (null, layout.frame_locals),
            (null, layout.frame_object),
        ] {
            self.store(frame, value, offset, MemSize::Ptr, Region::Frame);
        }
        // Owner "thread" is 0; return offset and owner share a word with padding.
        let zero = self.int_const(0);
        self.store(frame, zero, layout.frame_return_offset, MemSize::I32, Region::Frame);
        self.store(tstate, frame, layout.tstate_current_frame, MemSize::Ptr, Region::Thread);
    }

    /// Changes the number of Python calls that are left.
    fn count_frame(&mut self, change: i64) {
        let (tstate, layout) = (self.tstate, self.layout());
        let remaining = self.load(tstate, layout.tstate_recursion_remaining, MemSize::I32, Region::Thread);
        let change = self.int_const(change);
        let changed = self.emit(Op::Iadd, &[remaining, change], Imm::None);
        self.store(tstate, changed, layout.tstate_recursion_remaining, MemSize::I32, Region::Thread);
    }

    /// The code object of an instance.
    pub(crate) fn frame_code(&mut self, instance: &Instance) -> Value {
        let code = self.code_of(instance);
        self.code_object(code)
    }

    /// A code object.
    pub(crate) fn code_object(&mut self, code: &CodeInfo) -> Value {
        let index = self.f.add_object(whipsnake_ir::function::ObjectRef {
            address: code.address,
            immortal: false,
            label: code.qualname.clone(),
        });
        self.emit(Op::Object, &[], Imm::Object(index))
    }

    /// The function that an instance runs.
    fn frame_function(&mut self, instance: &Instance) -> Value {
        if let Some(made) = instance.made {
            return self.needs_function(made);
        }
        match instance.function {
            whipsnake_ir::Slot::Borrowed(function) => function,
            whipsnake_ir::Slot::Object(index) => self.emit(Op::Object, &[], Imm::Object(index)),
            _ => self.f.block(self.f.entry()).params[1],
        }
    }

    /// Takes the unit's own frame down before it returns.
    pub(crate) fn pop_frame(&mut self, frame: Value) {
        let previous = self.load(frame, self.layout().frame_previous, MemSize::Ptr, Region::Frame);
        self.unlink(frame, previous);
    }

    /// Takes the linked frame of the inlined code that is being built down, which returns.
    pub(crate) fn pop_inlined_frame(&mut self, parent: &Parent) {
        let instance = self.instance.clone();
        let (Some(frame), Some(caller)) = (self.frame_of(&instance), self.frame_of(&parent.instance)) else { return };
        self.unlink(frame, caller);
        if self.layout().tagged_slots == 0 {
            for value in [self.frame_function(&instance), self.frame_code(&instance)] {
                // The caller and the unit have references of their own.
                self.effect(Op::DecrefPlain, &[value], Imm::None);
            }
        }
    }

    fn unlink(&mut self, frame: Value, previous: Value) {
        let (tstate, layout) = (self.tstate, self.layout());
        self.store(tstate, previous, layout.tstate_current_frame, MemSize::Ptr, Region::Thread);
        self.store(tstate, frame, layout.tstate_datastack_top, MemSize::Ptr, Region::Thread);
        self.count_frame(1);
    }

    /// Writes to a linked frame what foreign code may look at: the instruction it stands at, how many slots are in use, and all locals.
    /// Unboxed locals are boxed.
    pub(crate) fn sync(&mut self, state: &mut State, instance: &Instance, op_offset: u32, slots: usize) {
        let frame = self.frame_of(instance).expect("only linked frames are written to");
        let layout = self.layout();
        let code = self.code_of(instance);
        let at = code.address as i64 + layout.code_units + 2 * i64::from(op_offset);
        let pointer = self.address(at as u64);
        self.store(frame, pointer, layout.frame_instr_ptr, MemSize::Ptr, Region::Frame);
        self.set_frame_stack(frame, slots);
        for local in 0..state.locals.len() {
            self.sync_local(state, frame, local);
        }
    }

    /// Writes a local to a linked frame, unless it is there.
    pub(crate) fn sync_local(&mut self, state: &mut State, frame: Value, local: usize) {
        if state.locals[local].val == Val::InFrame || state.memory[local].as_ref() == Some(&state.locals[local]) {
            return;
        }
        let layout = self.layout();
        let mut slot = std::mem::replace(&mut state.locals[local], Slot::NULL);
        if let (Val::Obj(v), false) = (&slot.val, slot.owned) {
            // An argument that the caller keeps alive: the slot says so, where slots can.
            if layout.tagged_slots != 0 {
                let word = self.borrowing_word(*v);
                self.store(frame, word, layout.frame_slots + 8 * local as i64, MemSize::Ptr, Region::Frame);
                self.note_written(frame, local, word);
                state.memory[local] = Some(slot.clone());
                state.locals[local] = slot;
                return;
            }
            self.own(&mut slot);
        }
        let value = match slot.val.clone() {
            Val::Null => None,
            Val::MaybeObj(v) | Val::Unseen(v) => Some(v),
            Val::Maybe(..) => {
                let value = self.owned_or_null(state, &mut slot);
                slot = Slot::owned(Val::MaybeObj(value));
                Some(value)
            }
            Val::Const(id) if !self.snapshot.objects[id as usize].immortal => {
                let value = self.owned_object(state, &mut slot);
                slot = Slot::owned(Val::Obj(value));
                Some(value)
            }
            _ => Some(self.object_in(state, &mut slot)),
        };
        state.locals[local] = slot;
        self.store_slot(frame, local, value);
        if self.written.is_some() {
            let word = value.unwrap_or_else(|| self.null());
            self.note_written(frame, local, word);
        }
        state.memory[local] = Some(state.locals[local].clone());
    }

    /// Writes how many slots of a frame are in use, locals included.
    fn set_frame_stack(&mut self, frame: Value, slots: usize) {
        let layout = self.layout();
        if layout.frame_stack_is_pointer != 0 {
            let bytes = self.int_const(layout.frame_slots + 8 * slots as i64);
            let top = self.emit(Op::Offset, &[frame, bytes], Imm::None);
            self.store(frame, top, layout.frame_stack, MemSize::Ptr, Region::Frame);
        } else {
            let top = self.int_const(slots as i64);
            self.store(frame, top, layout.frame_stack, MemSize::I32, Region::Frame);
        }
    }

    /// The word of a slot that borrows its object, where slots can.
    pub(crate) fn borrowing_word(&mut self, object: Value) -> Value {
        let tag = self.int_const(1);
        self.emit(Op::Offset, &[object, tag], Imm::None)
    }
}
