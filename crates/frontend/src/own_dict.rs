//! Attributes of instances that keep them in a dictionary: because their class derives from a builtin type, has too many
//! attributes for inline values, or because the program got at the dictionary and changed it as a whole.

use crate::builder::Builder;
use crate::value::{Slot, State, Val};
use whipsnake_contract::exit::ExitReason;
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{Attribute, ObjectId, TypeInfo};
use whipsnake_ir::{Cond, Imm, MemSize, Op as Ir, Region, Ty, Value};

impl Builder<'_> {
    /// Loads an attribute of the object `depth` 1 from the top, which has that type, through its dictionary. False if the attribute is
    /// none that the dictionary gives or hides, or if that has failed.
    pub(crate) fn load_from_dict(&mut self, state: &mut State, ty: u64, attribute: &Attribute, name: u32, method: bool) -> bool {
        let Some(info) = self.type_info(ty) else { return false };
        let at = self.dictionary_place(info);
        let Val::Obj(object) = state.peek(1).val else { return false };
        let in_values = info.inline_values && !state.facts.get(object).no_inline_values;
        if at == 0 || in_values || !self.may_speculate(ExitReason::Unbound) {
            return false;
        }
        let may_guard = self.may_speculate(ExitReason::Shadowed);
        let (is_guarded, default) = match *attribute {
            Attribute::InlineValue { default, .. } => (false, default),
            Attribute::DictValue => (false, None),
            Attribute::ClassValue { object } => (may_guard, Some(object)),
            Attribute::Method { .. } if method && may_guard => (true, None),
            _ => return false,
        };
        let object = self.container_object(state, 1);
        let dict = self.load(object, at, MemSize::Obj, Region::Instance);
        self.guard_not_null(dict, ExitReason::Unbound);
        if is_guarded {
            self.guard_no_entry(dict, name);
            self.push_class_attribute(state, attribute, method);
            return true;
        }
        let value = self.entry_of(dict, name, default);
        self.push_loan(state, 1, value);
        if method {
            state.stack.push(Slot::NULL);
        }
        true
    }

    /// True if the object may have lost its inline values: it has failed such a guard, or others of its type have.
    fn may_lack_values(&self, state: &mut State, object: Value, info: &TypeInfo) -> bool {
        if !self.may_speculate(ExitReason::InlineValues) {
            state.facts.update(object, |fact| fact.no_inline_values = true);
        }
        info.loses_values || state.facts.get(object).no_inline_values
    }

    /// Byte offset at which instances of a type keep their dictionary; 0 if they have none.
    fn dictionary_place(&self, info: &TypeInfo) -> i64 {
        if info.managed_dict { self.layout().managed_dict } else { info.dict_offset }
    }

    /// Stores an attribute, of which the type has nothing, to the dictionary of the object on top. False if that is left to the general way.
    pub(crate) fn store_to_dict(&mut self, state: &mut State, ty: u64, name: u32) -> bool {
        let Some(info) = self.type_info(ty).filter(|info| !info.inline_values) else { return false };
        let at = self.dictionary_place(info);
        let may_guard = self.may_speculate(ExitReason::Unbound) && self.may_speculate(ExitReason::NeedsPython);
        if at == 0 || !may_guard || !self.may_use_dict() {
            return false;
        }
        let v = self.objects(state, 2);
        let dict = self.load(v[1], at, MemSize::Obj, Region::Instance);
        self.guard_not_null(dict, ExitReason::Unbound);
        let key = self.name_object(name);
        self.set_plain_entry(state, dict, key, v[0]);
        self.drop_from_top(state, 2);
        true
    }

    /// What an object of a type with inline values has under a name that the type's shared keys have at `index`: its own value, from there or from
    /// the dictionary that has replaced them, or else the default of its type. Borrowed, and not NULL.
    pub(crate) fn own_value(&mut self, state: &mut State, object: Value, info: &TypeInfo, name: u32, index: u32, default: Option<ObjectId>) -> Value {
        let at = self.inline_place(info, index);
        if !self.may_lack_values(state, object, info) {
            self.guard_inline_values(object, info);
            return self.inline_value(object, at, default);
        }
        self.either_way(object, info, name, default, |builder| builder.inline_value(object, at, default))
    }

    /// What `inline` makes of an object that has its inline values, else the entry of its dictionary, or the default.
    fn either_way(
        &mut self,
        object: Value,
        info: &TypeInfo,
        name: u32,
        default: Option<ObjectId>,
        inline: impl FnOnce(&mut Self) -> Value,
    ) -> Value {
        let valid = self.values_valid(object, info);
        let (with_values, without) = self.split(valid);
        let done = self.f.add_block();
        let value = self.f.add_param(done, Ty::Obj);
        self.block = with_values;
        let own = inline(self);
        let with_values = self.block;
        self.f.jump(with_values, done, &[own]);
        self.block = without;
        let dict = self.dictionary_of(object);
        let own = self.entry_of(dict, name, default);
        let without = self.block;
        self.f.jump(without, done, &[own]);
        self.block = done;
        value
    }

    /// The inline value at a byte offset, or else the default; not NULL.
    pub(crate) fn inline_value(&mut self, object: Value, at: i64, default: Option<ObjectId>) -> Value {
        let value = self.load(object, at, MemSize::Obj, Region::Instance);
        let Some(default) = default else {
            self.guard_not_null(value, ExitReason::Unbound);
            return value;
        };
        let null = self.null();
        let missing = self.same(value, null);
        let default = self.object_const(default);
        self.emit(Ir::Select, &[missing, default, value], Imm::None)
    }

    /// What an object has under a name that its type has a value for, no descriptor, and that the type's shared keys do not have: that of the
    /// type, or its own if it has lost its inline values. Borrowed. `None` if it has not, or if that cannot be checked.
    pub(crate) fn own_or_class_value(&mut self, state: &mut State, info: &TypeInfo, name: u32, default: ObjectId) -> Option<Value> {
        let Val::Obj(object) = state.peek(1).val else { return None };
        if !info.inline_values || info.shared_keys == 0 || info.shared_keys_version == 0 || !self.may_lack_values(state, object, info) {
            return None;
        }
        Some(self.either_way(object, info, name, Some(default), |builder| {
            builder.guard_shared_keys(info);
            builder.object_const(default)
        }))
    }

    /// Guards that no instance has added a key to those that all share.
    fn guard_shared_keys(&mut self, info: &TypeInfo) {
        let keys = self.address(info.shared_keys);
        let version = self.load(keys, self.layout().keys_version, MemSize::U32, Region::Type);
        let wanted = self.int_const(i64::from(info.shared_keys_version));
        let same = self.icmp(Cond::Eq, version, wanted);
        self.guard(same, ExitReason::ShapeGuard);
    }

    /// The managed dictionary of an object, which it must have.
    fn dictionary_of(&mut self, object: Value) -> Value {
        let dict = self.load(object, self.layout().managed_dict, MemSize::Obj, Region::Instance);
        self.guard_not_null(dict, ExitReason::Unbound);
        dict
    }

    /// What a dictionary has under a name, or else the default; borrowed, and not NULL.
    fn entry_of(&mut self, dict: Value, name: u32, default: Option<ObjectId>) -> Value {
        self.guard_no_namespace(dict);
        let key = self.name_object(name);
        let Some(default) = default else {
            let value = self.helper(Helper::dict_get_str, &[dict, key]);
            self.guard_not_null(value, ExitReason::Unbound);
            return value;
        };
        let default = self.object_const(default);
        let value = self.helper(Helper::dict_get_plain, &[dict, key, default]);
        self.guard_not_null(value, ExitReason::NeedsPython);
        value
    }

    /// Guards that a dictionary has nothing under a name, not even a key of another type that equals it.
    fn guard_no_entry(&mut self, dict: Value, name: u32) {
        self.guard_no_namespace(dict);
        let key = self.name_object(name);
        let status = self.helper(Helper::dict_has_plain, &[dict, key]);
        let zero = self.int_const(0);
        let missing = self.icmp(Cond::Eq, status, zero);
        self.guard(missing, ExitReason::Shadowed);
    }

    fn values_valid(&mut self, object: Value, info: &TypeInfo) -> Value {
        let at = info.basicsize + self.layout().values_valid;
        let valid = self.load(object, at, MemSize::U8, Region::Instance);
        let zero = self.int_const(0);
        self.icmp(Cond::Ne, valid, zero)
    }

    pub(crate) fn guard_inline_values(&mut self, object: Value, info: &TypeInfo) {
        let valid = self.values_valid(object, info);
        self.guard(valid, ExitReason::InlineValues);
    }

    /// Guards that the instance has no attribute of its own that hides what the type has. False if that cannot be checked.
    pub(crate) fn guard_not_shadowed(&mut self, state: &mut State, info: &TypeInfo, name: u32) -> bool {
        self.guard_no_own(state, info, name, None)
    }

    /// [`Self::guard_not_shadowed`], for a name that the type's shared keys may have at that index, for other instances.
    pub(crate) fn guard_no_own(&mut self, state: &mut State, info: &TypeInfo, name: u32, index: Option<u32>) -> bool {
        if info.inline_values {
            if index.is_none() && (info.shared_keys == 0 || info.shared_keys_version == 0) {
                return false;
            }
            let object = self.container_object(state, 1);
            let done = self.may_lack_values(state, object, info).then(|| {
                let valid = self.values_valid(object, info);
                let (inline, apart) = self.split(valid);
                let done = self.f.add_block();
                self.block = apart;
                let dict = self.dictionary_of(object);
                self.guard_no_entry(dict, name);
                let apart = self.block;
                self.f.jump(apart, done, &[]);
                self.block = inline;
                done
            });
            if done.is_none() {
                self.guard_inline_values(object, info);
            }
            match index {
                Some(index) => {
                    let own = self.load(object, self.inline_place(info, index), MemSize::Obj, Region::Instance);
                    let null = self.null();
                    let unset = self.same(own, null);
                    self.guard(unset, ExitReason::Shadowed);
                }
                None => self.guard_shared_keys(info),
            }
            if let Some(done) = done {
                let inline = self.block;
                self.f.jump(inline, done, &[]);
                self.block = done;
            }
            true
        } else if info.managed_dict || info.dict_offset != 0 {
            let object = self.container_object(state, 1);
            let at = self.dictionary_place(info);
            let dict = self.load(object, at, MemSize::I64, Region::Instance);
            let zero = self.int_const(0);
            let none = self.icmp(Cond::Eq, dict, zero);
            self.guard(none, ExitReason::ShapeGuard);
            true
        } else {
            !info.has_dict
        }
    }
}
