//! Items of `array.array`: direct accesses to its buffer.

use crate::builder::Builder;
use crate::value::{State, Val};
use whipsnake_contract::exit::ExitReason;
use whipsnake_contract::snapshot::KnownType;
use whipsnake_ir::{Cond, Imm, MemSize, Op as Ir, Region, Value};

/// How items of a type code lie in memory.
#[derive(Clone, Copy)]
enum Item {
    Float(MemSize),
    /// With the least and greatest value.
    Int(MemSize, i64, i64),
}

impl Item {
    /// Sizes of the C types are those of 64-bit Linux.
    fn of(format: u8) -> Option<Item> {
        Some(match format {
            b'd' => Item::Float(MemSize::F64),
            b'f' => Item::Float(MemSize::F32),
            b'b' => Item::Int(MemSize::I8, i8::MIN.into(), i8::MAX.into()),
            b'B' => Item::Int(MemSize::U8, 0, u8::MAX.into()),
            b'h' => Item::Int(MemSize::I16, i16::MIN.into(), i16::MAX.into()),
            b'H' => Item::Int(MemSize::U16, 0, u16::MAX.into()),
            b'i' => Item::Int(MemSize::I32, i32::MIN.into(), i32::MAX.into()),
            b'I' => Item::Int(MemSize::U32, 0, u32::MAX.into()),
            b'l' | b'q' => Item::Int(MemSize::I64, i64::MIN, i64::MAX),
            // Values from 2**63 on are left to the interpreter.
            b'L' | b'Q' => Item::Int(MemSize::I64, 0, i64::MAX),
            _ => return None,
        })
    }
}

impl Builder<'_> {
    /// Data pointer, index and form of the item of an array at a stack slot under the int key at another.
    fn array_place(&mut self, state: &mut State, array: usize, key: usize) -> Option<(Value, Value, Item)> {
        let platform = self.platform();
        if platform.array_items == 0 || self.exits_seen(&[ExitReason::OutOfBounds]) >= 1000 {
            return None;
        }
        let object = self.container_object(state, array);
        if state.facts.get(object).format.is_none() {
            let seen = self.types_met(array).into_iter().find(|seen| {
                self.snapshot.types[seen.type_id as usize].known == Some(KnownType::Array) && seen.format != 0
            });
            let exit = self.pre_state();
            self.expect_format(state, object, seen.map_or(b'd', |seen| seen.format), exit);
        }
        let item = Item::of(state.facts.get(object).format?)?;
        let index = self.int_on_stack(state, key)?;
        let size = self.load(object, self.layout().ob_size, MemSize::I64, Region::Array);
        let index = self.index_inside(index, size);
        let items = self.load(object, platform.array_items, MemSize::Ptr, Region::Array);
        Some((items, index, item))
    }

    /// Item of the array on the stack under the int key above it.
    pub(crate) fn array_item(&mut self, state: &mut State) -> Option<Val> {
        let (items, index, item) = self.array_place(state, 2, 1)?;
        Some(match item {
            Item::Float(size) => Val::Float(self.load_indexed(items, index, 0, size, Region::Array)),
            Item::Int(size, least, most) => {
                let value = self.load_indexed(items, index, 0, size, Region::Array);
                if size == MemSize::I64 && (least, most) != (i64::MIN, i64::MAX) {
                    self.guard_between(value, least, most, ExitReason::BigInt);
                }
                Val::Int(value)
            }
        })
    }

    /// Stores the number below array and key, if the array can hold it. False if it is left to the general way.
    pub(crate) fn store_array_item(&mut self, state: &mut State) -> bool {
        let kind = self.known_type(state, &state.peek(3).val);
        if !matches!(kind, Some(KnownType::Float | KnownType::Int)) || !self.may_speculate(ExitReason::Arithmetic) {
            return false;
        }
        let Some((items, index, item)) = self.array_place(state, 2, 1) else { return false };
        let (value, size) = match item {
            Item::Float(size) => match self.double_on_stack(state, 3) {
                Some(value) => (value, size),
                None => return false,
            },
            Item::Int(size, least, most) => {
                if kind != Some(KnownType::Int) {
                    return false;
                }
                let Some(value) = self.int_on_stack(state, 3) else { return false };
                self.guard_between(value, least, most, ExitReason::Arithmetic);
                (value, size)
            }
        };
        self.effect(Ir::StoreIndexed, &[items, index, value], Imm::Mem { offset: 0, size, region: Region::Array });
        true
    }

    /// Exits unless the int lies between two bounds, both included.
    fn guard_between(&mut self, value: Value, least: i64, most: i64, reason: ExitReason) {
        for (bound, cond, free) in [(least, Cond::Ge, i64::MIN), (most, Cond::Le, i64::MAX)] {
            if bound != free {
                let bound = self.int_const(bound);
                let fine = self.icmp(cond, value, bound);
                self.guard(fine, reason);
            }
        }
    }
}
