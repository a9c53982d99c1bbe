//! Attributes: a type check and a slot access where feedback knows the type.

use crate::arguments::arranged;
use crate::builder::{Build, Builder};
use crate::call::{Callee, Runs};
use crate::dispatch::Types;
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::feedback::{LoadAttrKind, StoreAttrKind};
use whipsnake_bytecode::{Feedback, Instr};
use whipsnake_contract::exit::{ExitReason, OnReturn, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{Assumption, Attribute, ObjectId, ObjectKind, TypeId, TypeInfo};
use whipsnake_ir::{Cond, Imm, MemSize, Op as Ir, Region, Value};

fn load_version(feedback: Feedback) -> Option<u32> {
    let Feedback::LoadAttr(kind) = feedback else { return None };
    match kind {
        LoadAttrKind::InstanceValue { type_version, .. }
        | LoadAttrKind::WithHint { type_version, .. }
        | LoadAttrKind::Slot { type_version, .. }
        | LoadAttrKind::Property { type_version, .. }
        | LoadAttrKind::MethodWithValues { type_version, .. }
        | LoadAttrKind::MethodNoDict { type_version, .. }
        | LoadAttrKind::MethodLazyDict { type_version, .. }
        | LoadAttrKind::NondescriptorWithValues { type_version, .. }
        | LoadAttrKind::NondescriptorNoDict { type_version, .. } => Some(type_version),
        LoadAttrKind::Module { .. } | LoadAttrKind::Class { .. } | LoadAttrKind::GetattributeOverridden { .. } => None,
    }
}

fn store_version(feedback: Feedback) -> Option<u32> {
    match feedback {
        Feedback::StoreAttr(
            StoreAttrKind::InstanceValue { type_version, .. }
            | StoreAttrKind::Slot { type_version, .. }
            | StoreAttrKind::WithHint { type_version, .. },
        ) => Some(type_version),
        _ => None,
    }
}

impl<'s> Builder<'s> {
    /// The type of the object `depth` from the top, guarded to be the one it had before or
    /// else the one of a version, if it is not known.
    pub(crate) fn owner_type(&mut self, state: &mut State, depth: usize, version: Option<u32>) -> Option<&'_ TypeInfo> {
        let val = state.peek(depth).val.clone();
        let address = match self.exact_type(state, &val) {
            Some(address) => address,
            None => {
                let Val::Obj(v) = val else { return None };
                if !self.may_speculate(ExitReason::TypeGuard) || self.noted(depth).len() > 1 {
                    let met: Vec<TypeId> = self.types_met(depth).iter().map(|seen| seen.type_id).collect();
                    let set = (!met.is_empty()).then(|| self.type_set(met));
                    state.facts.update(v, |fact| {
                        fact.many_types = true;
                        fact.seen = fact.seen.or(set);
                    });
                }
                let fact = state.facts.get(v);
                if fact.many_types || fact.one_of.is_some() {
                    return None;
                }
                let address = match state.facts.get(v).likely {
                    Some(address) => address,
                    None => {
                        let id = *self.code().types_by_version.get(&version?)?;
                        self.snapshot.types[id as usize].address
                    }
                };
                let exit = self.pre_state();
                let block = self.block;
                self.f.push(block, Ir::GuardType, &[v], Imm::Type(address), Some(exit));
                state.facts.update(v, |fact| fact.ty = Some(address));
                address
            }
        };
        let info = self.type_info(address)?;
        if info.mutable {
            if info.version == 0 {
                return None;
            }
            self.assume_type(info.address, info.version);
        }
        self.type_info(address)
    }

    /// `object.name`.
    pub(crate) fn load_attr(&mut self, state: &mut State, name: u32, method: bool, instr: Instr) -> Build<()> {
        let text = self.code().names[name as usize].clone();
        if let Val::Const(id) = state.peek(1).val
            && let ObjectKind::Module { dict, attributes, .. } = self.kind(id)
            && let Some(&object) = attributes.get(&text)
        {
            let value = self.snapshot.objects[object as usize].address;
            self.assume(Assumption::DictEntry { dict: *dict, name: text, value });
            state.pop();
            state.stack.push(Slot::borrowed(Val::Const(object)));
            if method {
                state.stack.push(Slot::NULL);
            }
            return Ok(());
        }
        if let Val::Const(id) = state.peek(1).val
            && let ObjectKind::Type(class) = *self.kind(id)
            && self.load_from_class(state, class, &text, method)
        {
            return Ok(());
        }
        if state.unbuilt_of(&state.peek(1).val).is_some() {
            if self.load_unbuilt(state, &text, method, instr)? {
                return Ok(());
            }
            self.build_on_stack(state, 1);
        }
        if !method && let Some(part) = self.complex_part(state, &text) {
            self.drop_operands(state, 1);
            state.stack.push(Slot::borrowed(part));
            return Ok(());
        }
        let is_module = matches!(instr.feedback, Feedback::LoadAttr(LoadAttrKind::Module { .. }));
        if is_module && !text.starts_with("__") && self.may_speculate(ExitReason::Unbound) {
            let module = self.objects(state, 1)[0];
            if !state.variables.is_empty() {
                // It may be the very module that is executed.
                self.store_all_back(state);
                self.recapture(state);
            }
            let name = self.name_object(name);
            let value = self.helper(Helper::module_entry, &[module, name]);
            self.guard_not_null(value, ExitReason::Unbound);
            self.push_loan(state, 1, value);
            if method {
                state.stack.push(Slot::NULL);
            }
            return Ok(());
        }
        if let Some(types) = self.several_types(state, 1, load_version(instr.feedback)) {
            let done = match types.common(&text) {
                Some(attribute) => self.load_alike(state, &types, &attribute.clone(), name, method),
                None => types.are_few() && self.load_by_type(state, name, &types, method),
            };
            if done || !method && self.load_in_ways(state, &types, name, instr)? {
                return Ok(());
            }
        }
        self.expect_noted(state, 1);
        if text == "__class__" && !method && self.load_class(state, load_version(instr.feedback)) {
            return Ok(());
        }
        let attribute = self
            .owner_type(state, 1, load_version(instr.feedback))
            .and_then(|info| info.attributes.get(&text).map(|a| (info.address, a.clone())));
        if let Some((address, attribute)) = attribute {
            let done = self.may_speculate(ExitReason::ShapeGuard) && self.load_attribute(state, address, &attribute, name, method, instr)?;
            if done || self.load_from_dict(state, address, &attribute, name, method) {
                return Ok(());
            }
        }
        self.note(state, 1);
        let methods = if method { self.methods_met(state, &text, load_version(instr.feedback)) } else { Vec::new() };
        let object = self.objects(state, 1)[0];
        let name = self.name_object(name);
        if method {
            let out = self.emit(Ir::Scratch, &[], Imm::Int(2));
            self.status(state, Helper::load_method, &[object, name, out])?;
            let callable = self.load(out, 0, MemSize::Obj, Region::Scratch);
            let receiver = self.load(out, 8, MemSize::Obj, Region::Scratch);
            self.drop_operands(state, 1);
            self.may_be_one_of(state, callable, methods);
            state.stack.push(Slot::owned(Val::Obj(callable)));
            state.stack.push(Slot::owned(Val::MaybeObj(receiver)));
        } else {
            let out = self.emit(Ir::Scratch, &[], Imm::Int(1));
            self.status(state, Helper::get_attr, &[object, name, out])?;
            let result = self.load(out, 0, MemSize::Obj, Region::Scratch);
            self.drop_operands(state, 1);
            state.stack.push(Slot::owned(Val::Obj(result)));
        }
        Ok(())
    }

    /// An attribute of an object of several types of which some have a property or another descriptor, or that are many: in a way of its own for each thing
    /// that it is. False if that is too much.
    fn load_in_ways(&mut self, state: &mut State, types: &Types<'s>, name: u32, instr: Instr) -> Build<bool> {
        let Val::Obj(object) = state.peek(1).val else { return Ok(false) };
        let text = self.code().names[name as usize].clone();
        if let Some(&Attribute::Property { getter, .. }) = types.shared(&text) {
            return Ok(self.guard_types(state, 1, types, None) && self.inline_accessor(state, getter, 1, instr)?);
        }
        let is_accessor = |attribute: &Attribute| matches!(attribute, Attribute::Property { .. } | Attribute::Descriptor { getter: Some(_), .. });
        let attributes: Vec<_> = types.infos.iter().filter_map(|info| info.attributes.get(&text)).collect();
        if attributes.len() < types.infos.len() || types.are_few() && !attributes.into_iter().any(is_accessor) {
            return Ok(false);
        }
        let alike = |one: &TypeInfo, other: &TypeInfo| {
            one.attributes.get(&text) == other.attributes.get(&text)
                && match one.attributes[&text] {
                    Attribute::Property { .. } => true,
                    Attribute::InlineValue { .. } | Attribute::Slot { .. } => one.basicsize == other.basicsize && one.inline_values == other.inline_values,
                    _ => false,
                }
        };
        let Some(groups) = types.groups(alike).filter(|groups| groups.len() > 1) else { return Ok(false) };
        self.each_way(state, object, types, groups, instr, |builder, at| builder.load_attr(at, name, false, instr).map(|()| true))?;
        Ok(true)
    }

    /// Replaces an object by its class where nothing else can be its `__class__`. False if that is not known.
    fn load_class(&mut self, state: &mut State, version: Option<u32>) -> bool {
        if !self.owner_type(state, 1, version).is_some_and(|info| info.plain_class) {
            return false;
        }
        let Val::Obj(object) = state.peek(1).val else { return false };
        let class = self.load(object, self.layout().ob_type, MemSize::Obj, Region::Type);
        self.push_loan(state, 1, class);
        true
    }

    fn load_attribute(&mut self, state: &mut State, ty: u64, attribute: &Attribute, name: u32, method: bool, instr: Instr) -> Build<bool> {
        let info = self.type_info(ty).expect("the attribute came from there");
        match *attribute {
            Attribute::InlineValue { index, method: Some(object), .. } if !self.may_speculate(ExitReason::Unbound) => {
                let attribute = Attribute::Method { object };
                let native = !matches!(self.kind(object), ObjectKind::Function(_));
                if native && !method || !self.may_speculate(ExitReason::Shadowed) || !self.guard_no_own(state, info, name, Some(index)) {
                    return Ok(false);
                }
                self.push_class_attribute(state, &attribute, method);
                return Ok(true);
            }
            Attribute::InlineValue { index, default, .. } => {
                if default.is_none() && !self.may_speculate(ExitReason::Unbound) {
                    return Ok(false);
                }
                let object = self.container_object(state, 1);
                let value = self.own_value(state, object, info, name, index, default);
                self.push_loan(state, 1, value);
            }
            Attribute::Slot { offset } => {
                if !self.may_speculate(ExitReason::Unbound) {
                    return Ok(false);
                }
                let object = self.container_object(state, 1);
                let value = self.load(object, offset, MemSize::Obj, Region::Instance);
                self.guard_not_null(value, ExitReason::Unbound);
                self.push_loan(state, 1, value);
            }
            Attribute::ClassValue { object: default } if let Some(value) = self.own_or_class_value(state, info, name, default) => {
                self.push_loan(state, 1, value);
            }
            Attribute::Method { .. } | Attribute::ClassValue { .. } => {
                let native = matches!(*attribute, Attribute::Method { object } if !matches!(self.kind(object), ObjectKind::Function(_)));
                if native && !method || !self.guard_not_shadowed(state, info, name) {
                    return Ok(false);
                }
                self.push_class_attribute(state, attribute, method);
                return Ok(true);
            }
            Attribute::StaticMethod { .. } | Attribute::ClassMethod { .. } => {
                if !self.may_speculate(ExitReason::IdentityGuard) || !self.keeps_class(info, attribute) || !self.guard_not_shadowed(state, info, name) {
                    return Ok(false);
                }
                let owner = state.pop();
                self.push_wrapped(state, attribute);
                self.drop_slot(state, owner);
            }
            Attribute::DictValue => return Ok(false),
            Attribute::TupleItem { index } => {
                if !self.may_speculate(ExitReason::LengthGuard) {
                    return Ok(false);
                }
                let object = self.container_object(state, 1);
                let (size, index) = (self.load(object, self.layout().ob_size, MemSize::I64, Region::Const), self.int_const(i64::from(index)));
                let inside = self.icmp(Cond::Lt, index, size);
                self.guard(inside, ExitReason::LengthGuard);
                let item = self.sequence_item(object, index, false);
                self.push_loan(state, 1, item);
            }
            Attribute::Property { getter, .. } => {
                if method {
                    return Ok(false);
                }
                return self.inline_accessor(state, getter, 1, instr);
            }
            Attribute::Descriptor { object, getter: Some(getter), .. } if !method => return self.inline_get(state, object, getter, instr),
            Attribute::Descriptor { .. } => return Ok(false),
        }
        if method {
            state.stack.push(Slot::NULL);
        }
        Ok(true)
    }

    /// Replaces the object on top by what its type has, a method or a value that nothing hides.
    pub(crate) fn push_class_attribute(&mut self, state: &mut State, attribute: &Attribute, method: bool) {
        match *attribute {
            Attribute::Method { object: function } => {
                let receiver = state.pop();
                self.push_method(state, function, receiver, method);
            }
            Attribute::ClassValue { object } => {
                let owner = state.pop();
                state.stack.push(Slot::borrowed(Val::Const(object)));
                self.drop_slot(state, owner);
                if method {
                    state.stack.push(Slot::NULL);
                }
            }
            _ => unreachable!("the type has it"),
        }
    }

    /// Replaces a class on top by an attribute of it. False if that is left to the general way.
    fn load_from_class(&mut self, state: &mut State, class: TypeId, name: &str, method: bool) -> bool {
        let info = &self.snapshot.types[class as usize];
        let Some(attribute) = info.class_attributes.get(name) else { return false };
        let wrapped = matches!(attribute, Attribute::StaticMethod { .. } | Attribute::ClassMethod { .. });
        if wrapped && !self.may_speculate(ExitReason::IdentityGuard) {
            return false;
        }
        if info.mutable {
            self.assume_type(info.address, info.version);
        }
        let class = state.pop();
        match *attribute {
            Attribute::ClassValue { object } => state.stack.push(Slot::borrowed(Val::Const(object))),
            _ => self.push_wrapped(state, attribute),
        }
        if method {
            state.stack.push(Slot::NULL);
        }
        self.drop_slot(state, class);
        true
    }

    /// Assumes that a module keeps the class to which a class method is bound: a unit that held it would be in a cycle that nobody collects. False if no
    /// module is known to.
    fn keeps_class(&mut self, info: &TypeInfo, attribute: &Attribute) -> bool {
        let Attribute::ClassMethod { namespace, .. } = *attribute else { return true };
        if namespace != 0 {
            self.assume(Assumption::DictEntry { dict: namespace, name: info.name.clone(), value: info.address });
        }
        namespace != 0
    }

    /// Pushes a static method's function or a class method's method, once it is sure that the wrapper still holds the function.
    fn push_wrapped(&mut self, state: &mut State, attribute: &Attribute) {
        let (wrapper, class) = match *attribute {
            Attribute::StaticMethod { wrapper } => (wrapper, None),
            Attribute::ClassMethod { wrapper, class, .. } => (wrapper, Some(class)),
            _ => unreachable!("the caller has looked"),
        };
        let object = self.address(wrapper.address);
        let held = self.load(object, wrapper.offset, MemSize::Obj, Region::Function);
        let wanted = self.object_const(wrapper.function);
        let same = self.same(held, wanted);
        self.guard(same, ExitReason::IdentityGuard);
        let function = Slot::borrowed(Val::Const(wrapper.function));
        state.stack.push(match class {
            Some(class) => Slot::borrowed(Val::Virtual(Virtual::Method, vec![function, Slot::borrowed(Val::Const(class))])),
            None => function,
        });
    }

    /// Pushes a method of an object, as a callable and self or in one.
    pub(crate) fn push_method(&mut self, state: &mut State, function: ObjectId, mut receiver: Slot, method: bool) {
        let callable = Slot::borrowed(Val::Const(function));
        if method {
            state.stack.push(callable);
            state.stack.push(receiver);
            return;
        }
        self.own(&mut receiver);
        if let Val::Obj(v) = receiver.val {
            state.loans.retain(|l| *l != v);
        }
        state.stack.push(Slot::borrowed(Val::Virtual(Virtual::Method, vec![callable, receiver])));
    }

    /// Loads an attribute that all of several types resolve alike. False if that is more than a load.
    fn load_alike(&mut self, state: &mut State, types: &Types<'s>, attribute: &Attribute, name: u32, method: bool) -> bool {
        match *attribute {
            Attribute::InlineValue { .. } | Attribute::Slot { .. } => {}
            Attribute::Method { object: function } if method => {
                if !self.guard_types(state, 1, types, Some(name)) {
                    return false;
                }
                let receiver = state.pop();
                state.stack.push(Slot::borrowed(Val::Const(function)));
                state.stack.push(receiver);
                return true;
            }
            _ => return false,
        }
        if !self.may_speculate(ExitReason::Unbound) || !self.guard_types(state, 1, types, None) {
            return false;
        }
        let object = self.container_object(state, 1);
        let value = match *attribute {
            Attribute::InlineValue { index, default, .. } => self.own_value(state, object, types.infos[0], name, index, default),
            Attribute::Slot { offset } => {
                let value = self.load(object, offset, MemSize::Obj, Region::Instance);
                self.guard_not_null(value, ExitReason::Unbound);
                value
            }
            _ => unreachable!("was refused"),
        };
        self.push_loan(state, 1, value);
        if method {
            state.stack.push(Slot::NULL);
        }
        true
    }

    /// False if the object `depth` from the top was seen in another shape than instances of its type usually have.
    pub(crate) fn has_usual_shape(&self, state: &mut State, depth: usize) -> bool {
        if let Val::Obj(object) = state.peek(depth).val {
            if !self.may_speculate(ExitReason::InlineValues) {
                state.facts.update(object, |fact| fact.no_inline_values = true);
            }
            if state.facts.get(object).no_inline_values {
                return false;
            }
        }
        self.may_speculate(ExitReason::ShapeGuard)
    }

    /// Byte offset of an inline value.
    pub(crate) fn inline_place(&self, info: &TypeInfo, index: u32) -> i64 {
        info.basicsize + self.layout().values_items + 8 * i64::from(index)
    }

    /// True if instances that the current instruction has met had a dictionary that shares their inline values, which may be written nevertheless: since 3.14,
    /// dictionaries have no version that tells of it.
    fn has_dict_beside_values(&self, attribute: &Option<(u64, Attribute)>) -> bool {
        let inline = matches!(attribute, Some((_, Attribute::InlineValue { .. })));
        inline && self.platform().minor >= 14 && !self.may_speculate(ExitReason::ShapeGuard) && self.may_speculate(ExitReason::InlineValues)
    }

    /// Leaves unless an inline value is only replaced, and nobody watches the dictionary that shares it, or there is none.
    fn guard_replaces_beside_dict(&mut self, object: Value, at: i64, none: Value) {
        let layout = self.layout();
        let (alone, shared) = self.split(none);
        let done = self.f.add_block();
        self.f.jump(alone, done, &[]);
        self.block = shared;
        let dict = self.load(object, layout.managed_dict, MemSize::Ptr, Region::Instance);
        // The low byte of the word behind `ma_used` (`cpython/dictobject.h`).
        let watchers = self.load(dict, layout.dict_used + 8, MemSize::U8, Region::Dict);
        let zero = self.int_const(0);
        let unwatched = self.icmp(Cond::Eq, watchers, zero);
        self.guard(unwatched, ExitReason::InlineValues);
        let old = self.load(object, at, MemSize::Obj, Region::Instance);
        self.guard_not_null(old, ExitReason::InlineValues);
        let from = self.block;
        self.f.jump(from, done, &[]);
        self.block = done;
    }

    /// Notes the key of an inline value as inserted last (`_PyDictValues_AddToInsertionOrder` of `pycore_dict.h`).
    fn note_insertion(&mut self, object: Value, info: &TypeInfo, index: u32) {
        let layout = self.layout();
        let values = info.basicsize;
        let capacity = self.load(object, values + layout.values_capacity, MemSize::U8, Region::Other);
        let size = self.load(object, values + layout.values_size, MemSize::U8, Region::Other);
        let three = self.int_const(3);
        let bytes = self.emit(Ir::Ishl, &[capacity, three], Imm::None);
        let place = self.emit(Ir::Iadd, &[bytes, size], Imm::None);
        let order = self.emit(Ir::Offset, &[object, place], Imm::None);
        let index = self.int_const(i64::from(index));
        self.store(order, index, values + layout.values_items, MemSize::U8, Region::Other);
        let one = self.int_const(1);
        let more = self.emit(Ir::Iadd, &[size, one], Imm::None);
        self.store(object, more, values + layout.values_size, MemSize::U8, Region::Other);
    }

    /// Inlines the `__get__` of a descriptor, with its owner on the stack. False if it cannot be inlined.
    fn inline_get(&mut self, state: &mut State, descriptor: ObjectId, getter: ObjectId, instr: Instr) -> Build<bool> {
        let Val::Obj(owner) = state.peek(1).val else { return Ok(false) };
        let Some((info, code, sources)) = self.inlinable_with(getter, 3, &[], instr) else { return Ok(false) };
        // The instance keeps its class alive.
        let class = self.load(owner, self.layout().ob_type, MemSize::Obj, Region::Type);
        let args = vec![Slot::borrowed(Val::Const(descriptor)), state.peek(1).borrow(), Slot::borrowed(Val::Obj(class))];
        let callee = Callee { id: getter, info: &info, code, runs: Runs::Constant, exact: true };
        self.inline_for(state, callee, arranged(&sources, args, &[]), OnReturn::Unary, instr)?;
        Ok(true)
    }

    /// Inlines the setter of a property or another descriptor, with value and owner on the stack. False if there is none, or it cannot be inlined.
    fn inline_setter(&mut self, state: &mut State, attribute: Option<&Attribute>, instr: Instr) -> Build<bool> {
        let (setter, descriptor) = match attribute {
            Some(&Attribute::Property { setter: Some(setter), .. }) => (setter, None),
            Some(&Attribute::Descriptor { setter: Some(setter), object, .. }) => (setter, Some(object)),
            _ => return Ok(false),
        };
        let Some((info, code)) = self.inlinable(setter, 2 + usize::from(descriptor.is_some()), instr) else { return Ok(false) };
        let operands = self.args_of(state, &[1, 2], OnReturn::SetAttr);
        let args = descriptor.map(|object| Slot::borrowed(Val::Const(object))).into_iter().chain(operands).collect();
        let callee = Callee { id: setter, info: &info, code, runs: Runs::Constant, exact: true };
        self.inline_for(state, callee, args, OnReturn::SetAttr, instr)?;
        Ok(true)
    }

    /// `object.name = value`.
    pub(crate) fn store_attr(&mut self, state: &mut State, name: u32, instr: Instr) -> Build<()> {
        // value, owner
        let text = self.code().names[name as usize].clone();
        if state.unbuilt_of(&state.peek(1).val).is_some() {
            if self.store_unbuilt(state, &text) {
                return Ok(());
            }
            let owner = self.owner_type(state, 1, None).filter(|info| info.sets_as_object);
            let attribute = owner.and_then(|info| info.attributes.get(&text)).cloned();
            if self.inline_setter(state, attribute.as_ref(), instr)? {
                return Ok(());
            }
            self.build_on_stack(state, 1);
        }
        let alike = self.several_types(state, 1, store_version(instr.feedback)).and_then(|types| {
            let field = types.common(&text).filter(|a| matches!(a, Attribute::InlineValue { .. } | Attribute::Slot { .. }));
            let attribute = field.or_else(|| types.shared(&text).filter(|a| matches!(a, Attribute::Property { setter: Some(_), .. })))?.clone();
            if !types.infos.iter().all(|info| info.sets_as_object) {
                return None;
            }
            self.guard_types(state, 1, &types, None).then_some((types.infos[0].address, attribute))
        });
        if alike.is_none() {
            self.expect_noted(state, 1);
        }
        let attribute = alike.or_else(|| {
            let owner = self.owner_type(state, 1, store_version(instr.feedback)).filter(|owner| owner.sets_as_object)?;
            owner.attributes.get(&text).map(|a| (owner.address, a.clone()))
        });
        if self.inline_setter(state, attribute.as_ref().map(|(_, attribute)| attribute), instr)? {
            return Ok(());
        }
        let has_dict = self.has_dict_beside_values(&attribute);
        if let Some((address, attribute)) = attribute
            && (has_dict || self.has_usual_shape(state, 1))
        {
            let info = self.type_info(address).expect("the attribute came from there");
            match attribute {
                Attribute::InlineValue { index, .. } => {
                    let object = self.container_object(state, 1);
                    self.guard_inline_values(object, info);
                    // A dictionary that shares the values would have to hear of a new key.
                    let at = self.inline_place(info, index);
                    let dict = self.load(object, self.layout().managed_dict, MemSize::I64, Region::Instance);
                    let zero = self.int_const(0);
                    let none = self.icmp(Cond::Eq, dict, zero);
                    if has_dict {
                        self.guard_replaces_beside_dict(object, at, none);
                    } else {
                        self.guard(none, ExitReason::ShapeGuard);
                    }
                    self.settle(state);
                    let owner = state.pop();
                    let mut value = state.pop();
                    let old = self.load(object, at, MemSize::Obj, Region::Instance);
                    let overwritten = self.overwrite_number(state, &value, old, true);
                    let new = self.owned_for_store(state, &mut value);
                    let null = self.null();
                    let fresh = self.same(old, null);
                    let (first, again) = self.split(fresh);
                    let done = self.f.add_block();
                    self.block = first;
                    self.store(object, new, at, MemSize::Obj, Region::Instance);
                    self.note_insertion(object, info, index);
                    self.f.jump(first, done, &[]);
                    self.block = again;
                    self.store(object, new, at, MemSize::Obj, Region::Instance);
                    self.f.jump(again, done, &[]);
                    self.block = done;
                    let old = self.replaced(Slot::owned(Val::MaybeObj(old)), overwritten);
                    self.drops.push(old);
                    self.drop_slot(state, owner);
                    return Ok(());
                }
                Attribute::Slot { offset } => {
                    let object = self.container_object(state, 1);
                    self.settle(state);
                    let owner = state.pop();
                    let mut value = state.pop();
                    let old = self.load(object, offset, MemSize::Obj, Region::Instance);
                    let overwritten = self.overwrite_number(state, &value, old, true);
                    let new = self.owned_for_store(state, &mut value);
                    self.store(object, new, offset, MemSize::Obj, Region::Instance);
                    let old = self.replaced(Slot::owned(Val::MaybeObj(old)), overwritten);
                    self.drops.push(old);
                    self.drop_slot(state, owner);
                    return Ok(());
                }
                Attribute::DictValue if self.store_to_dict(state, address, name) => return Ok(()),
                _ => {}
            }
        }
        self.note(state, 1);
        let v = self.objects(state, 2);
        let name = self.name_object(name);
        self.status(state, Helper::set_attr, &[v[1], name, v[0]])?;
        self.drop_from_top(state, 2);
        Ok(())
    }
}
