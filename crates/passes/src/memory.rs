//! Places in memory, and which of them can overlap.

use crate::effects::{Regions, writes};
use whipsnake_ir::ops::Effect;
use whipsnake_ir::{Function, Imm, Inst, InstData, MemSize, Op, Region, Ty, Value};

/// A place in memory.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub(crate) struct Access {
    pub(crate) region: Region,
    pub(crate) base: Value,
    /// Byte offset from the base, without an index.
    pub(crate) offset: i64,
    pub(crate) bytes: i64,
    /// An index is added that is not known.
    pub(crate) indexed: bool,
}

impl Access {
    /// The place that a load or store names.
    pub(crate) fn of(data: &InstData) -> Option<Access> {
        let Imm::Mem { offset, size, region } = data.imm else { return None };
        let indexed = matches!(data.op, Op::LoadIndexed | Op::StoreIndexed);
        Some(Access { region, base: *data.args.first()?, offset: offset.into(), bytes: size.bytes(), indexed })
    }
}

/// What is known of the addresses of a function.
#[derive(Clone, Debug)]
pub(crate) struct Places {
    /// Values that are addresses of scratch words.
    scratch: Vec<bool>,
    objects: Vec<bool>,
}

impl Places {
    pub(crate) fn new(function: &Function) -> Places {
        let mut scratch = vec![false; function.values.len()];
        for &inst in function.blocks.iter().flat_map(|block| &block.insts) {
            let data = function.inst(inst);
            if let (Op::Scratch, Some(result)) = (data.op, data.result) {
                scratch[result.index()] = true;
            }
        }
        Places { scratch, objects: function.values.iter().map(|&ty| ty == Ty::Obj).collect() }
    }

    /// False if the two places are certainly apart.
    pub(crate) fn may_overlap(&self, a: &Access, b: &Access) -> bool {
        if a.region != b.region {
            return false;
        }
        let (a_base, b_base) = (a.base.index(), b.base.index());
        let apart = a.offset + a.bytes <= b.offset || b.offset + b.bytes <= a.offset;
        // Offsets from object pointers are fields: one object's fields are no other object's.
        let fields = a.base == b.base || (self.objects[a_base] && self.objects[b_base]);
        if apart && fields && !a.indexed && !b.indexed {
            return false;
        }
        let own_places = a.region == Region::Scratch && a.base != b.base && self.scratch[a_base] && self.scratch[b_base];
        !own_places
    }
}

/// What a part of a function writes.
#[derive(Clone, Debug, Default)]
pub(crate) struct Written {
    /// Regions that may be written anywhere.
    pub(crate) regions: Regions,
    /// Places that are written besides.
    pub(crate) stores: Vec<Access>,
}

impl Written {
    /// What the instructions write.
    pub(crate) fn by<'a>(function: &Function, insts: impl IntoIterator<Item = &'a Inst>) -> Written {
        let mut all = Written::default();
        for &inst in insts {
            let data = function.inst(inst);
            match Access::of(data).filter(|_| data.op.info().effect == Effect::Store) {
                Some(access) => all.store(access),
                None => all.regions = all.regions.union(writes(data)),
            }
        }
        all
    }

    fn store(&mut self, access: Access) {
        if !self.stores.contains(&access) {
            self.stores.push(access);
        }
    }

    /// Adds what another part writes.
    pub(crate) fn add(&mut self, other: &Written) {
        self.regions = self.regions.union(other.regions);
        other.stores.iter().for_each(|&access| self.store(access));
    }

    /// True if the place may be written.
    pub(crate) fn touches(&self, places: &Places, access: &Access) -> bool {
        self.regions.contains(access.region) || self.stores.iter().any(|store| places.may_overlap(store, access))
    }
}

/// True if a load of that size gives back what a store of that size was given.
pub(crate) const fn keeps_all_bits(size: MemSize) -> bool {
    matches!(size, MemSize::I64 | MemSize::F64 | MemSize::Obj | MemSize::Ptr)
}
