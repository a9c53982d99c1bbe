//! Objects of several types: what is known of the set of their types, accesses that take another way for each of them, and
//! calls of what such an access finds.

use crate::builder::{Build, Builder, Edge, Stop};
use crate::call::Known;
use crate::value::{CalleeSet, Slot, State, TypeSet, Val};
use whipsnake_bytecode::Instr;
use whipsnake_bytecode::operand::BinaryOp;
use whipsnake_contract::exit::ExitReason;
use whipsnake_contract::snapshot::{Attribute, CALLABLE, CO_NESTED, KnownType, ObjectId, ObjectKind, SeenExit, TypeId, TypeInfo};
use whipsnake_ir::{Block, Imm, MemSize, Op as Ir, Region, Ty, Value};

/// Types that one access tells apart from others: fewer than are remembered, of which there may have been more.
const MAX_TYPES: usize = SeenExit::MAX_TYPES - 2;
/// Ways that it takes for them.
const MAX_WAYS: usize = 4;
/// Methods of objects of more types that one call distinguishes.
const MAX_METHODS: usize = 2;

/// The types of an object.
pub(crate) struct Types<'s> {
    pub infos: Vec<&'s TypeInfo>,
    ids: Vec<TypeId>,
    /// It has one of them for certain.
    proven: bool,
}

impl<'s> Types<'s> {
    /// True if each of them may have a way of its own.
    pub(crate) fn are_few(&self) -> bool {
        self.infos.len() <= MAX_WAYS
    }

    /// The places of those that are alike, all of them in order; `None` if that makes too many ways.
    pub(crate) fn groups(&self, alike: impl Fn(&'s TypeInfo, &'s TypeInfo) -> bool) -> Option<Vec<Vec<usize>>> {
        let mut groups: Vec<Vec<usize>> = Vec::new();
        for (place, &info) in self.infos.iter().enumerate() {
            match groups.iter_mut().find(|group| alike(self.infos[group[0]], info)) {
                Some(group) => group.push(place),
                None => groups.push(vec![place]),
            }
        }
        (groups.len() <= MAX_WAYS).then_some(groups)
    }

    /// What a name resolves to, if it is the same on all types.
    pub(crate) fn shared(&self, name: &str) -> Option<&Attribute> {
        let attribute = self.infos[0].attributes.get(name)?;
        self.infos.iter().all(|info| info.attributes.get(name) == Some(attribute)).then_some(attribute)
    }

    /// The same in objects that are laid out alike.
    pub(crate) fn common(&self, name: &str) -> Option<&Attribute> {
        let first = self.infos[0];
        let alike = |info: &&TypeInfo| info.basicsize == first.basicsize && info.inline_values == first.inline_values;
        self.shared(name).filter(|_| self.infos.iter().all(alike))
    }
}

impl<'s> Builder<'s> {
    /// The types of the object `depth` from the top, where more than one was seen and few enough to tell them apart.
    pub(crate) fn several_types(&self, state: &mut State, depth: usize, version: Option<u32>) -> Option<Types<'s>> {
        self.several_types_with(state, depth, version.and_then(|version| self.code().types_by_version.get(&version).copied()))
    }

    /// The same where the interpreter has met one of the types for certain.
    pub(crate) fn several_types_with(&self, state: &mut State, depth: usize, met: Option<TypeId>) -> Option<Types<'s>> {
        let seen = self.types_met(depth).iter().map(|seen| seen.type_id).chain(met).collect();
        self.several_types_of(state, depth, seen)
    }

    /// The same where these types were seen.
    pub(crate) fn several_types_of(&self, state: &mut State, depth: usize, mut seen: Vec<TypeId>) -> Option<Types<'s>> {
        let Val::Obj(object) = state.peek(depth).val else { return None };
        let fact = state.facts.get(object);
        if fact.ty.is_some() || fact.many_types || !self.may_speculate(ExitReason::ShapeGuard) {
            return None;
        }
        let (mut ids, proven): (Vec<TypeId>, bool) = match fact.one_of {
            Some(TypeSet(set)) => (self.type_sets[set].clone(), true),
            None => {
                seen.extend(fact.seen.iter().flat_map(|set| &self.type_sets[set.0]));
                (seen, false)
            }
        };
        ids.sort_unstable();
        ids.dedup();
        let infos: Vec<&'s TypeInfo> = ids.iter().map(|&id| &self.snapshot.types[id as usize]).collect();
        let fits = (proven || !self.guesses_no_types()) && (2..=MAX_TYPES).contains(&ids.len()) && infos.iter().all(|info| Self::is_stable(info));
        fits.then_some(Types { infos, ids, proven })
    }

    /// Takes note that an object has one of the types.
    fn has_one_of(&mut self, state: &mut State, object: Value, types: &Types<'_>) {
        let set = self.type_set(types.ids.clone());
        state.facts.update(object, |fact| fact.one_of = Some(set));
    }

    /// The number of a set of types.
    pub(crate) fn type_set(&mut self, mut ids: Vec<TypeId>) -> TypeSet {
        ids.sort_unstable();
        ids.dedup();
        TypeSet(self.type_sets.iter().position(|known| *known == ids).unwrap_or_else(|| {
            self.type_sets.push(ids);
            self.type_sets.len() - 1
        }))
    }

    /// The types of a set.
    pub(crate) fn types_of_set(&self, TypeSet(set): TypeSet) -> Vec<&'s TypeInfo> {
        self.type_sets[set].iter().map(|&id| &self.snapshot.types[id as usize]).collect()
    }

    /// Goes on in a block of its own for each of the types of an object; leaves where it has none of them.
    pub(crate) fn switch(&mut self, object: Value, types: &Types<'_>) -> Vec<Block> {
        let ty = self.load(object, self.layout().ob_type, MemSize::Ptr, Region::Type);
        let mut blocks = Vec::new();
        for (i, info) in types.infos.iter().enumerate() {
            if info.mutable {
                self.assume_type(info.address, info.version);
            }
            if i + 1 < types.infos.len() {
                let wanted = self.address(info.address);
                let same = self.same(ty, wanted);
                let (yes, no) = self.split(same);
                blocks.push(yes);
                self.block = no;
            } else {
                if !types.proven {
                    let exit = self.pre_state();
                    let block = self.block;
                    self.f.push(block, Ir::GuardType, &[object], Imm::Type(info.address), Some(exit));
                }
                blocks.push(self.block);
            }
        }
        blocks
    }

    /// True if it can be checked that an instance hides nothing that the type has.
    fn can_check_shadows(info: &TypeInfo) -> bool {
        if info.inline_values {
            info.shared_keys != 0 && info.shared_keys_version != 0
        } else {
            info.managed_dict || info.dict_offset != 0 || !info.has_dict
        }
    }

    /// Guards that the object is of one of the types, and, if a name is given, that it does not hide what its type has under it.
    pub(crate) fn guard_types(&mut self, state: &mut State, depth: usize, types: &Types<'_>, name: Option<u32>) -> bool {
        let Val::Obj(object) = state.peek(depth).val else { return false };
        if name.is_some() && !types.infos.iter().all(|info| Self::can_check_shadows(info)) {
            return false;
        }
        if types.proven && name.is_none() {
            types.infos.iter().filter(|info| info.mutable).for_each(|info| self.assume_type(info.address, info.version));
            return true;
        }
        let done = self.f.add_block();
        for (block, info) in self.switch(object, types).into_iter().zip(&types.infos) {
            self.block = block;
            if let Some(name) = name {
                self.guard_not_shadowed(state, info, name);
            }
            let from = self.block;
            self.f.jump(from, done, &[]);
        }
        self.block = done;
        self.has_one_of(state, object, types);
        true
    }

    /// Loads an attribute that the types resolve to different things. False if one of these needs more than a load.
    pub(crate) fn load_by_type(&mut self, state: &mut State, name: u32, types: &Types<'s>, method: bool) -> bool {
        let Val::Obj(object) = state.peek(1).val else { return false };
        let text = self.code().names[name as usize].clone();
        let Some(attributes) = types.infos.iter().map(|info| info.attributes.get(&text)).collect::<Option<Vec<_>>>() else {
            return false;
        };
        let callable = |attribute: &&Attribute| matches!(attribute, Attribute::Method { .. });
        let plain = |attribute: &&Attribute| {
            matches!(attribute, Attribute::InlineValue { .. } | Attribute::Slot { .. } | Attribute::ClassValue { .. })
        };
        let hidden = |(info, attribute): (&&TypeInfo, &&Attribute)| {
            matches!(attribute, Attribute::ClassValue { .. } | Attribute::Method { .. }) && !Self::can_check_shadows(info)
        };
        let methods = method && attributes.iter().all(callable);
        if !(methods || attributes.iter().all(plain)) || types.infos.iter().zip(&attributes).any(hidden) || !self.may_speculate(ExitReason::Unbound)
        {
            return false;
        }
        let done = self.f.add_block();
        let result = self.f.add_param(done, Ty::Obj);
        let mut callees: Vec<(u32, Vec<TypeId>)> = Vec::new();
        let blocks = self.switch(object, types);
        for (i, (&info, attribute)) in types.infos.iter().zip(attributes).enumerate() {
            self.block = blocks[i];
            let value = match *attribute {
                Attribute::InlineValue { index, default, .. } => {
                    let value = self.own_value(state, object, info, name, index, default);
                    self.effect(Ir::Incref, &[value], Imm::None);
                    value
                }
                Attribute::Slot { offset } => {
                    let value = self.load(object, offset, MemSize::Obj, Region::Instance);
                    self.guard_not_null(value, ExitReason::Unbound);
                    self.effect(Ir::Incref, &[value], Imm::None);
                    value
                }
                Attribute::ClassValue { object: default } if let Some(value) = self.own_or_class_value(state, info, name, default) => {
                    self.effect(Ir::Incref, &[value], Imm::None);
                    value
                }
                Attribute::ClassValue { object: value } | Attribute::Method { object: value } => {
                    self.guard_not_shadowed(state, info, name);
                    match callees.iter_mut().find(|(callee, _)| *callee == value) {
                        Some((_, types)) => types.push(self.type_id_of(info)),
                        None => callees.push((value, vec![self.type_id_of(info)])),
                    }
                    let immortal = self.snapshot.objects[value as usize].immortal;
                    let value = self.object_const(value);
                    if !methods && !immortal {
                        self.effect(Ir::Incref, &[value], Imm::None);
                    }
                    value
                }
                _ => unreachable!("was refused"),
            };
            let from = self.block;
            self.f.jump(from, done, &[value]);
        }
        self.block = done;
        self.has_one_of(state, object, types);
        let owner = state.pop();
        if methods {
            self.callee_sets.push(callees);
            let set = CalleeSet(self.callee_sets.len() - 1);
            state.facts.update(result, |fact| fact.callees = Some(set));
            // The unit holds the functions.
            state.stack.push(Slot::borrowed(Val::Obj(result)));
            state.stack.push(owner);
        } else {
            state.stack.push(Slot::owned(Val::Obj(result)));
            if method {
                state.stack.push(Slot::NULL);
            }
            self.drop_slot(state, owner);
        }
        true
    }

    /// The Python functions that a method name resolves to on the types that were seen of the object on top; none if there are too many
    /// for a call to tell them apart.
    pub(crate) fn methods_met(&mut self, state: &State, name: &str, version: Option<u32>) -> Vec<ObjectId> {
        let Val::Obj(object) = state.peek(1).val else { return Vec::new() };
        let mut ids: Vec<TypeId> = self.types_met(1).iter().map(|seen| seen.type_id).collect();
        ids.extend(version.and_then(|v| self.code().types_by_version.get(&v)));
        ids.extend(state.facts.get(object).seen.iter().flat_map(|set| &self.type_sets[set.0]));
        let mut methods = Vec::new();
        for id in ids {
            if let Some(Attribute::Method { object }) = self.snapshot.types[id as usize].attributes.get(name)
                && matches!(self.kind(*object), ObjectKind::Function(_))
                && !methods.contains(object)
            {
                methods.push(*object);
            }
        }
        if methods.len() <= MAX_METHODS { methods } else { Vec::new() }
    }

    /// Takes note that a method that was looked up is probably one of these functions.
    pub(crate) fn may_be_one_of(&mut self, state: &mut State, callable: Value, methods: Vec<ObjectId>) {
        if methods.is_empty() {
            return;
        }
        self.callee_sets.push(methods.into_iter().map(|method| (method, Vec::new())).collect());
        let set = CalleeSet(self.callee_sets.len() - 1);
        state.facts.update(callable, |fact| {
            fact.callees = Some(set);
            fact.callees_open = true;
        });
    }

    /// A binary operator of which an operand has one of several types, not all of them numbers: each in a way of its own. False if there is none.
    pub(crate) fn binary_by_type(&mut self, state: &mut State, op: BinaryOp, inplace: bool, instr: Instr) -> Build<bool> {
        for depth in [2, 1] {
            let Val::Obj(object) = state.peek(depth).val else { continue };
            let Some(types) = self.several_types(state, depth, None).filter(Types::are_few) else { continue };
            if !types.infos.iter().any(|info| info.known.is_none()) {
                continue;
            }
            let ways = (0..types.infos.len()).map(|place| vec![place]).collect();
            self.each_way(state, object, &types, ways, instr, |builder, at| builder.binary(at, op, inplace, instr).map(|()| true))?;
            return Ok(true);
        }
        Ok(false)
    }

    /// An instruction of which an operand, `object`, has one of several types, in a way of its own for each group of them, given by their places: there they
    /// are the only ones. A way says whether control falls through it; this, whether it does through any.
    pub(crate) fn each_way(
        &mut self,
        state: &mut State,
        object: Value,
        types: &Types<'s>,
        groups: Vec<Vec<usize>>,
        instr: Instr,
        mut way: impl FnMut(&mut Self, &mut State) -> Build<bool>,
    ) -> Build<bool> {
        let mut edges = Vec::new();
        let drops = std::mem::take(&mut self.drops);
        let blocks = self.switch(object, types);
        for group in groups {
            let mut at = state.clone();
            if let [only] = *group {
                self.block = blocks[only];
                at.facts.update(object, |fact| fact.ty = Some(types.infos[only].address));
            } else {
                self.block = self.f.add_block();
                group.iter().for_each(|&place| self.f.jump(blocks[place], self.block, &[]));
                let set = self.type_set(group.iter().map(|&place| types.ids[place]).collect());
                at.facts.update(object, |fact| fact.one_of = Some(set));
            }
            self.drops = drops.clone();
            self.begin(instr, &at);
            let goes_on = match way(self, &mut at) {
                Err(Stop::Leaves) => false,
                built => built?,
            };
            if goes_on {
                self.finish(&mut at, instr.next);
                edges.push(Edge { block: self.block, state: at, offset: instr.next });
            }
        }
        Ok(self.go_on_joined(state, edges))
    }

    /// Goes on where ways through an instruction meet, which have finished it. False if control falls through none of them.
    fn go_on_joined(&mut self, state: &mut State, edges: Vec<Edge>) -> bool {
        self.drops.clear();
        self.ran_python = false;
        if edges.is_empty() {
            return false;
        }
        let joined = self.join(edges);
        self.block = joined.block;
        *state = joined.state;
        self.recapture(state);
        true
    }

    fn type_id_of(&self, info: &TypeInfo) -> TypeId {
        let position = self.snapshot.types.iter().position(|other| other.address == info.address);
        position.expect("the type is one of the snapshot") as TypeId
    }

    /// A call of one of several functions: each in a way of its own. `None` if the callable is none such.
    pub(crate) fn call_by_callee(&mut self, state: &mut State, base: usize, instr: Instr) -> Build<Option<bool>> {
        let Val::Obj(callable) = state.stack[base].val else { return Ok(None) };
        let fact = state.facts.get(callable);
        let Some(CalleeSet(set)) = fact.callees else { return Ok(None) };
        let open = fact.callees_open;
        if open && !self.may_speculate(ExitReason::Unbound) {
            return Ok(None);
        }
        let cases = self.callee_sets[set].clone();
        if !cases.iter().all(|(id, _)| matches!(self.kind(*id), ObjectKind::Function(_))) {
            return Ok(None);
        }
        let drops = std::mem::take(&mut self.drops);
        let mut edges = Vec::new();
        for (i, (callee, types)) in cases.iter().enumerate() {
            let mut next = None;
            if open || i + 1 < cases.len() {
                let wanted = self.object_const(*callee);
                let same = self.same(callable, wanted);
                let (yes, no) = self.split(same);
                self.block = yes;
                next = Some(no);
            }
            let mut at = state.clone();
            self.drops = drops.clone();
            if let Val::MaybeObj(receiver) = at.stack[base + 1].val {
                // What the class has was found there, and not as a value of the instance's own.
                self.recapture(&at);
                self.guard_not_null(receiver, ExitReason::Unbound);
                at.stack[base + 1].val = Val::Obj(receiver);
            }
            let looked_up = std::mem::replace(&mut at.stack[base], Slot::borrowed(Val::Const(*callee)));
            self.drop_slot(&mut at, looked_up);
            if let (Val::Obj(receiver), [only]) = (&at.stack[base + 1].val, types.as_slice()) {
                let receiver = *receiver;
                let ty = self.snapshot.types[*only as usize].address;
                at.facts.update(receiver, |fact| fact.ty = Some(ty));
            }
            self.ran_python = false;
            self.recapture(&at);
            if self.call_resolved(&mut at, Some(Known { id: *callee, exact: true }), base, instr)? {
                edges.push(Edge { block: self.block, state: at, offset: instr.next });
            }
            if let Some(next) = next {
                self.block = next;
            }
        }
        if open {
            let mut at = state.clone();
            self.drops = drops;
            self.ran_python = false;
            self.recapture(&at);
            if self.call_resolved(&mut at, None, base, instr)? {
                edges.push(Edge { block: self.block, state: at, offset: instr.next });
            }
        }
        Ok(Some(self.go_on_joined(state, edges)))
    }

    /// A call of one of a few functions that were met there: each in a way of its own, and another one for whatever else is called. `None` if there are
    /// no such functions.
    pub(crate) fn call_one_of_met(&mut self, state: &mut State, base: usize, instr: Instr) -> Build<Option<bool>> {
        let Val::Obj(callable) = state.stack[base].val else { return Ok(None) };
        let fact = state.facts.get(callable);
        if fact.function.is_some() || fact.made_of.is_some() || matches!(state.stack[base + 1].val, Val::MaybeObj(_)) {
            return Ok(None);
        }
        let met = self.noted_at(instr.offset, CALLABLE);
        let is_plain = |id: &ObjectId| matches!(self.kind(*id), ObjectKind::Function(info) if info.flags & CO_NESTED == 0);
        let of = |known: KnownType| -> Vec<ObjectId> {
            let met = met.iter().filter(|seen| self.snapshot.types[seen.type_id as usize].known == Some(known));
            met.filter_map(|seen| seen.function).filter(is_plain).collect()
        };
        let (functions, methods) = (of(KnownType::Function), of(KnownType::Method));
        if met.len() < 2 || functions.len() + methods.len() < met.len() || !methods.is_empty() && state.stack[base + 1].val != Val::Null {
            return Ok(None);
        }
        let drops = std::mem::take(&mut self.drops);
        let mut edges = Vec::new();
        let method = methods.first().map(|_| self.platform().known_type(KnownType::Method).expect("there are methods"));
        let ways = functions.into_iter().map(|id| (Some(id), false)).chain(methods.into_iter().map(|id| (Some(id), true)));
        for (callee, bound) in ways.chain([(None, false)]) {
            let mut next = None;
            let mut at = state.clone();
            self.drops = drops.clone();
            self.begin(instr, &at);
            if let Some(id) = callee {
                // The unit does not keep it: what is on the stack does.
                let wanted = self.address(self.snapshot.objects[id as usize].address);
                let rest = self.f.add_block();
                let mut found = callable;
                if let Some(method) = method.filter(|_| bound) {
                    let ty = self.load(callable, self.layout().ob_type, MemSize::Ptr, Region::Type);
                    let method = self.address(method);
                    let is_method = self.same(ty, method);
                    let (yes, no) = self.split(is_method);
                    self.f.jump(no, rest, &[]);
                    self.block = yes;
                    found = self.load(callable, self.layout().method_function, MemSize::Obj, Region::Const);
                }
                let same = self.same(found, wanted);
                let (yes, no) = self.split(same);
                self.f.jump(no, rest, &[]);
                self.block = yes;
                next = Some(rest);
                if bound {
                    at.facts.update(callable, |fact| fact.ty = method);
                    self.open_method(&mut at, base, callable, found);
                }
            }
            let goes_on = match self.call_resolved(&mut at, callee.map(|id| Known { id, exact: true }), base, instr) {
                Err(Stop::Leaves) => false,
                built => built?,
            };
            if goes_on {
                edges.push(Edge { block: self.block, state: at, offset: instr.next });
            }
            if let Some(next) = next {
                self.block = next;
            }
        }
        Ok(Some(self.go_on_joined(state, edges)))
    }
}
