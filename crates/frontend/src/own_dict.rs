//! Attributes of instances that keep them in a dictionary: because their class derives from a builtin type, has too many
//! attributes for inline values, or because the program got at the dictionary and changed it as a whole.

use crate::builder::Builder;
use crate::value::{Slot, State, Val};
use whipsnake_contract::exit::ExitReason;
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::Attribute;
use whipsnake_ir::{MemSize, Region};

impl Builder<'_> {
    /// Loads an attribute of the object `depth` 1 from the top, which has that type, through its dictionary. False if the attribute is
    /// none that the dictionary gives or hides, or if that has failed.
    pub(crate) fn load_from_dict(&mut self, state: &mut State, ty: u64, attribute: &Attribute, name: u32, method: bool) -> bool {
        let Some(info) = self.type_info(ty) else { return false };
        let at = if info.managed_dict { self.layout().managed_dict } else { info.dict_offset };
        let in_values = match state.peek(1).val {
            Val::Obj(object) => info.inline_values && !state.facts.get(object).no_inline_values,
            _ => true,
        };
        let failed = !self.may_speculate(ExitReason::Unbound) || !self.may_speculate(ExitReason::Shadowed);
        if at == 0 || in_values || failed {
            return false;
        }
        let hidden = match attribute {
            Attribute::InlineValue { .. } | Attribute::DictValue => false,
            Attribute::ClassValue { .. } => true,
            Attribute::Method { .. } if method => true,
            Attribute::Method { .. } | Attribute::Slot { .. } | Attribute::Property { .. } => return false,
        };
        let object = self.container_object(state, 1);
        let dict = self.load(object, at, MemSize::Obj, Region::Instance);
        self.guard_not_null(dict, ExitReason::Unbound);
        let key = self.name_object(name);
        let value = self.helper(Helper::dict_get_str, &[dict, key]);
        if !hidden {
            self.guard_not_null(value, ExitReason::Unbound);
            self.push_loan(state, 1, value);
            if method {
                state.stack.push(Slot::NULL);
            }
            return true;
        }
        let null = self.null();
        let visible = self.same(value, null);
        self.guard(visible, ExitReason::Shadowed);
        self.push_class_attribute(state, attribute, method);
        true
    }
}
