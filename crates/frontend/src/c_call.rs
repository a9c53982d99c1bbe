//! Calls of known C functions: straight to the function's address, in the way that its definition says.

use crate::builder::{Build, Builder};
use crate::value::{Slot, State, Val};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::{ObjectId, ObjectKind, Receiver};
use whipsnake_ir::function::ObjectRef;
use whipsnake_ir::{Imm, Op as Ir, Value};

/// `METH_…` flags that say how a C function takes its arguments (`methodobject.h`), and their combinations that are known.
const CONVENTION: u32 = 0x28f;
const O: u32 = 0x8;
const NO_ARGUMENTS: u32 = 0x4;
const FAST: u32 = 0x80;
const FAST_WITH_KEYWORDS: u32 = 0x82;
const FAST_METHOD: u32 = 0x282;

impl Builder<'_> {
    /// Calls a C function or method descriptor with the operands above `base`, of which the last `keywords` are the values of keywords whose
    /// names are on top of them. False if that is left to the general way.
    pub(crate) fn c_call(&mut self, state: &mut State, id: ObjectId, base: usize, keywords: Option<usize>) -> Build<bool> {
        let ObjectKind::Native { flags, function, receiver, .. } = *self.kind(id) else { return Ok(false) };
        let names = usize::from(keywords.is_some());
        let argc = state.stack.len() - base - 2 - names;
        let helper = match (flags & CONVENTION, argc, keywords) {
            (FAST_METHOD, ..) if matches!(receiver, Receiver::InstanceOf(_)) => Helper::call_c_method,
            (O, 1, None) | (NO_ARGUMENTS, 0, None) => Helper::call_c_object,
            (FAST, _, None) => Helper::call_c,
            (FAST_WITH_KEYWORDS, ..) => Helper::call_c_keywords,
            // The general way says what is wrong with the arguments.
            _ => return Ok(false),
        };
        let fits = match (receiver, &state.stack[base + 1].val) {
            (Receiver::Object(_), Val::Null) => true,
            (Receiver::InstanceOf(class), receiver) => {
                self.exact_type(state, receiver).and_then(|ty| self.type_info(ty)).is_some_and(|ty| ty.mro.contains(&class))
            }
            _ => false,
        };
        if !fits {
            return Ok(false);
        }
        let count = argc + 2 + names;
        let values = self.objects(state, count);
        let object = match receiver {
            Receiver::Object(0) => self.null(),
            Receiver::Object(address) => {
                let index = self.f.add_object(ObjectRef { address, immortal: false, label: "receiver".to_owned() });
                self.emit(Ir::Object, &[], Imm::Object(index))
            }
            Receiver::InstanceOf(_) | Receiver::Unknown => values[1],
        };
        let arguments = &values[2..2 + argc];
        let function = self.address(function);
        let given: Vec<Value> = if helper == Helper::call_c_object {
            vec![function, object, arguments.first().copied().unwrap_or_else(|| self.null())]
        } else {
            let words = self.lend_operands(arguments, 0);
            let positional = self.int_const((argc - keywords.unwrap_or(0)) as i64);
            let mut given = vec![function, object, words, positional];
            if let (Helper::call_c_method, Receiver::InstanceOf(class)) = (helper, receiver) {
                given.insert(2, self.address(class));
            }
            if helper != Helper::call_c {
                given.push(if keywords.is_some() { values[count - 1] } else { self.null() });
            }
            given
        };
        let result = self.raising(state, helper, &given)?;
        self.drop_from_top(state, count);
        state.stack.push(Slot::owned(Val::Obj(result)));
        Ok(true)
    }
}
