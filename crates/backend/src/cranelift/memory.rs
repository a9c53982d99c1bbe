//! Constants, loads and stores.

use super::lower::Lowering;
use crate::backend::BackendError;
use cranelift_codegen::ir::{self, InstBuilder, types};
use whipsnake_ir::{Imm, InstData, MemSize, Op, Region};

/// Bit of a slot's word that says that the slot owns no reference (`Py_TAG_REFCNT` of 3.14).
const SLOT_TAG: i64 = 1;

impl Lowering<'_> {
    pub(super) fn constant(&mut self, data: &InstData) -> Result<ir::Value, BackendError> {
        Ok(match (data.op, data.imm) {
            (Op::Iconst | Op::Address, Imm::Int(value)) => self.code.int(value),
            (Op::Fconst, Imm::Float(bits)) => self.code.b.ins().f64const(f64::from_bits(bits)),
            (Op::Bconst, Imm::Int(value)) => self.code.b.ins().iconst(types::I8, i64::from(value != 0)),
            (Op::Object, Imm::Object(index)) => match self.function.objects.get(index as usize) {
                Some(object) => self.code.address(object.address),
                None => return Err(self.malformed(data, "names an object that is not in the table")),
            },
            (Op::Null, _) => self.code.int(0),
            _ => return Err(self.malformed(data, "has the wrong kind of immediate")),
        })
    }

    pub(super) fn load(&mut self, data: &InstData) -> Result<ir::Value, BackendError> {
        let (base, offset, size, flags) = self.place(data, 1)?;
        // Other threads change these words: a load of them is never the repetition of an earlier one.
        if let Imm::Mem { size: MemSize::I64, region: Region::Thread, .. } = data.imm {
            let address = self.code.b.ins().iadd_imm_s(base, i64::from(offset));
            return Ok(self.code.b.ins().atomic_load(types::I64, flags, address));
        }
        let ins = self.code.b.ins();
        Ok(match size {
            MemSize::U8 => ins.uload8(types::I64, flags, base, offset),
            MemSize::I8 => ins.sload8(types::I64, flags, base, offset),
            MemSize::U16 => ins.uload16(types::I64, flags, base, offset),
            MemSize::I16 => ins.sload16(types::I64, flags, base, offset),
            MemSize::U32 => ins.uload32(flags, base, offset),
            MemSize::I32 => ins.sload32(flags, base, offset),
            MemSize::I64 | MemSize::Obj | MemSize::Ptr => ins.load(types::I64, flags, base, offset),
            MemSize::F64 => ins.load(types::F64, flags, base, offset),
            MemSize::F32 => {
                let single = ins.load(types::F32, flags, base, offset);
                self.code.b.ins().fpromote(types::F64, single)
            }
        })
    }

    pub(super) fn store(&mut self, data: &InstData) -> Result<(), BackendError> {
        let (base, offset, size, flags) = self.place(data, 2)?;
        let value = self.arg(data, data.args.len() - 1)?;
        let ins = self.code.b.ins();
        match size {
            MemSize::U8 | MemSize::I8 => ins.istore8(flags, value, base, offset),
            MemSize::U16 | MemSize::I16 => ins.istore16(flags, value, base, offset),
            MemSize::U32 | MemSize::I32 => ins.istore32(flags, value, base, offset),
            MemSize::I64 | MemSize::Obj | MemSize::Ptr | MemSize::F64 => ins.store(flags, value, base, offset),
            MemSize::F32 => {
                let single = ins.fdemote(types::F32, value);
                self.code.b.ins().store(flags, single, base, offset)
            }
        };
        Ok(())
    }

    /// Takes the object out of a frame slot: a slot that only borrows it has the tag bit.
    pub(super) fn take_slot(&mut self, data: &InstData) -> Result<ir::Value, BackendError> {
        let (base, offset, _, flags) = self.place(data, 1)?;
        let word = self.code.b.ins().load(types::I64, flags, base, offset);
        if self.layout().tagged_slots == 0 {
            return Ok(word);
        }
        let object = self.code.b.ins().band_imm_s(word, !SLOT_TAG);
        let tag = self.code.b.ins().band_imm_s(word, SLOT_TAG);
        let (tagged, borrowed, done) = (self.next_block(), self.next_block(), self.next_block());
        self.code.branch(tag, tagged, done);
        // NULL is a tag alone.
        self.code.switch_to(tagged);
        self.code.branch(object, borrowed, done);
        self.code.switch_to(borrowed);
        self.add_reference(object);
        self.code.jump(done, &[]);
        self.code.switch_to(done);
        Ok(object)
    }

    /// Reads the object of a frame slot, without its tag.
    pub(super) fn read_slot(&mut self, data: &InstData) -> Result<ir::Value, BackendError> {
        let (base, offset, _, flags) = self.place(data, 1)?;
        let word = self.code.b.ins().load(types::I64, flags, base, offset);
        Ok(if self.layout().tagged_slots == 0 { word } else { self.code.b.ins().band_imm_s(word, !SLOT_TAG) })
    }

    /// Stores an object, tagged if it is immortal, or NULL to a frame slot.
    pub(super) fn store_slot(&mut self, data: &InstData) -> Result<(), BackendError> {
        let (base, offset, _, flags) = self.place(data, 2)?;
        let object = self.arg(data, 1)?;
        let layout = self.layout();
        if layout.tagged_slots == 0 {
            self.code.b.ins().store(flags, object, base, offset);
            return Ok(());
        }
        let (present, done) = (self.next_block(), self.next_block());
        let word = self.code.b.append_block_param(done, types::I64);
        let null = self.code.int(layout.slot_null);
        self.code.b.ins().brif(object, present, &[], done, &[null.into()]);
        self.code.switch_to(present);
        let (_, immortal) = self.code.count(layout, object);
        let tag = self.code.b.ins().band_imm_s(immortal, SLOT_TAG);
        let tag = self.code.b.ins().uextend(types::I64, tag);
        let tagged = self.code.b.ins().bor(object, tag);
        self.code.jump(done, &[tagged]);
        self.code.switch_to(done);
        self.code.b.ins().store(flags, word, base, offset);
        Ok(())
    }

    /// Base address (with the scaled index added), offset, size and flags of an access whose
    /// unindexed form has `plain` operands.
    fn place(
        &mut self,
        data: &InstData,
        plain: usize,
    ) -> Result<(ir::Value, i32, MemSize, ir::MemFlagsData), BackendError> {
        let Imm::Mem { offset, size, region } = data.imm else {
            return Err(self.malformed(data, "has the wrong kind of immediate"));
        };
        let mut base = self.arg(data, 0)?;
        if data.args.len() > plain {
            let index = self.arg(data, 1)?;
            let shift = size.bytes().trailing_zeros();
            let ins = self.code.b.ins();
            let scaled = if shift == 0 { index } else { ins.ishl_imm_u(index, i64::from(shift)) };
            base = self.code.b.ins().iadd(base, scaled);
        }
        Ok((base, offset, size, self.flags(region)))
    }
}
