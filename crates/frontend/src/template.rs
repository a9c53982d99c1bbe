//! Template strings (3.14).

use crate::builder::Builder;
use crate::value::{Slot, State, Val};
use whipsnake_bytecode::operand::Conversion;
use whipsnake_contract::helpers::Helper;

impl Builder<'_> {
    /// A `Template` of the two tuples on the stack.
    pub(crate) fn build_template(&mut self, state: &mut State) {
        let v = self.objects(state, 2);
        let template = self.helper(Helper::build_template, &v);
        self.check_raised(state, template);
        self.drop_operands(state, 2);
        state.stack.push(Slot::owned(Val::Obj(template)));
    }

    /// An `Interpolation` of value, text and maybe a format specification.
    pub(crate) fn build_interpolation(&mut self, state: &mut State, conversion: Option<Conversion>, format_spec: bool) {
        let count = 2 + usize::from(format_spec);
        let v = self.objects(state, count);
        let conversion = self.int_const(conversion.map_or(0, |c| i64::from(c.code())));
        let spec = match v.get(2) {
            Some(spec) => *spec,
            None => self.null(),
        };
        let interpolation = self.helper(Helper::build_interpolation, &[v[0], v[1], conversion, spec]);
        self.check_raised(state, interpolation);
        self.drop_operands(state, count);
        state.stack.push(Slot::owned(Val::Obj(interpolation)));
    }
}
