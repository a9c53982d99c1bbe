//! Numbers and strs as text: `str()` of ints, and what f-strings and `%` make of their values.

use crate::builder::{Build, Builder};
use crate::value::{State, Val};
use whipsnake_contract::exit::{ExitReason, Virtual};
use whipsnake_contract::format::{Format, Formatted, Shown};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{KnownType, ObjectKind};
use whipsnake_ir::Value;

impl Builder<'_> {
    /// The decimal digits of an int of 64 bits on top of the stack; NULL if memory is short.
    pub(crate) fn text_of_int(&mut self, state: &mut State) -> Option<Value> {
        if self.known_type(state, &state.peek(1).val) != Some(KnownType::Int) {
            return None;
        }
        let value = self.int_on_stack(state, 1)?;
        Some(self.helper(Helper::str_of_int, &[value]))
    }

    /// `format(x, spec)` of a number or str, with a constant that is understood. False if it is something else.
    pub(crate) fn format_by_constant(&mut self, state: &mut State) -> bool {
        let Val::Const(spec) = state.peek(1).val else { return false };
        let ObjectKind::Str(text) = self.kind(spec).clone() else { return false };
        self.expect_noted(state, 2);
        let what = match self.known_type(state, &state.peek(2).val) {
            Some(KnownType::Str) => Formatted::Str,
            Some(KnownType::Int) => Formatted::Int,
            Some(KnownType::Float) => Formatted::Float,
            _ => {
                self.note(state, 2);
                return false;
            }
        };
        let Some(format) = Format::parse(&text, what) else { return false };
        let number = self.int_const(format.number());
        let result = match format.shown {
            Shown::Text => {
                let value = self.container_object(state, 2);
                if !self.expect_ascii(value) {
                    return false;
                }
                self.helper(Helper::format_str, &[value, number])
            }
            Shown::Decimal | Shown::Hex => {
                let Some(value) = self.int_on_stack(state, 2) else { return false };
                self.helper(Helper::format_int, &[value, number])
            }
            Shown::Fixed | Shown::Percent => {
                let Some(value) = self.double_on_stack(state, 2) else { return false };
                self.helper(Helper::format_float, &[value, number])
            }
        };
        self.check_raised(state, result);
        self.drop_from_top(state, 2);
        self.push_typed(state, result, KnownType::Str);
        true
    }

    /// `text % values` of numbers and strs. False if it is something else.
    pub(crate) fn percent(&mut self, state: &mut State) -> bool {
        if self.known_type(state, &state.peek(2).val) != Some(KnownType::Str) {
            return false;
        }
        let values: Vec<Val> = match &state.peek(1).val {
            Val::Virtual(Virtual::Tuple, parts) => parts.iter().map(|part| part.val.clone()).collect(),
            val => vec![val.clone()],
        };
        let first_free = if matches!(state.peek(2).val, Val::Const(_)) { 1 } else { 3 };
        for (index, value) in values.iter().enumerate() {
            let known = self.type_of_item(state, value, index, first_free);
            if !matches!(known, Some(KnownType::Str | KnownType::Int | KnownType::Float | KnownType::Bool | KnownType::None)) {
                return false;
            }
        }
        let values = state.pop();
        let count = match values.val {
            Val::Virtual(Virtual::Tuple, parts) => {
                let count = parts.len();
                state.stack.extend(parts);
                count
            }
            _ => {
                state.stack.push(values);
                1
            }
        };
        let v = self.objects(state, count + 1);
        let (words, number) = (self.lend_operands(&v[1..], 0), self.int_const(count as i64));
        let result = self.helper(Helper::str_percent, &[v[0], words, number]);
        self.check_raised(state, result);
        self.drop_operands(state, count + 1);
        self.push_typed(state, result, KnownType::Str);
        true
    }

    /// `format(x)`, as in an f-string.
    pub(crate) fn format_simple(&mut self, state: &mut State) -> Build<()> {
        if let Some(mut text) = self.text_of_exception(state) {
            self.own(&mut text);
            self.drop_operands(state, 1);
            state.stack.push(text);
            return Ok(());
        }
        self.expect_noted(state, 1);
        match self.known_type(state, &state.peek(1).val) {
            Some(KnownType::Str) => Ok(()),
            Some(KnownType::Int) if self.may_speculate(ExitReason::BigInt) => {
                if let Some(text) = self.text_of_int(state) {
                    self.check_raised(state, text);
                    self.drop_operands(state, 1);
                    self.push_typed(state, text, KnownType::Str);
                    return Ok(());
                }
                self.unary_helper(state, Helper::format_simple)
            }
            // It may raise, for ints that are too long to be converted.
            Some(KnownType::Int | KnownType::Float | KnownType::Bool | KnownType::None) if self.native_handler().is_none() => {
                let value = self.objects(state, 1)[0];
                let text = self.helper(Helper::format_plain, &[value]);
                self.check_raised(state, text);
                self.drop_operands(state, 1);
                self.push_typed(state, text, KnownType::Str);
                Ok(())
            }
            None => {
                self.note(state, 1);
                self.unary_helper(state, Helper::format_simple)
            }
            _ => self.unary_helper(state, Helper::format_simple),
        }
    }
}
