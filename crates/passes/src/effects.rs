//! What instructions do to memory, from the operation and helper tables.

use whipsnake_contract::helpers::{Arg, Helper, HelperEffect};
use whipsnake_ir::ops::Effect;
use whipsnake_ir::{Imm, InstData, Op, Region};

/// A set of memory regions.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Regions(u32);

impl Regions {
    /// No region.
    pub const NONE: Regions = Regions(0);

    /// A set of regions.
    pub const fn of(regions: &[Region]) -> Regions {
        let (mut bits, mut index) = (0, 0);
        while index < regions.len() {
            bits |= 1 << regions[index] as u32;
            index += 1;
        }
        Regions(bits)
    }

    /// All regions but the constant one: what anything may write.
    pub const fn mutable() -> Regions {
        Regions(Regions::of(Region::ALL).0 & !Regions::of(&[Region::Const]).0)
    }

    /// Both sets.
    pub const fn union(self, other: Regions) -> Regions {
        Regions(self.0 | other.0)
    }

    /// True if the region is in the set.
    pub const fn contains(self, region: Region) -> bool {
        self.0 & 1 << region as u32 != 0
    }

    /// True for no region.
    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }
}

/// What allocating or freeing plain memory touches: reference counts and free lists, and it may ask for a garbage collection.
const ALLOCATION: Regions = Regions::of(&[Region::Other, Region::Thread]);

/// What a helper that changes containers may write.
const CONTAINERS: Regions = Regions::of(&[
    Region::ListHeader,
    Region::ListItems,
    Region::Instance,
    Region::Dict,
    Region::Array,
    Region::Iterator,
    Region::Other,
    Region::Thread,
]);

/// The regions that an instruction may write.
pub fn writes(data: &InstData) -> Regions {
    match data.op.info().effect {
        Effect::Pure | Effect::Load | Effect::Guard | Effect::Checked | Effect::Control => Regions::NONE,
        Effect::Store => match data.imm {
            Imm::Mem { region, .. } => Regions::of(&[region]),
            _ => Regions::mutable(),
        },
        Effect::Refcount => Regions::of(&[Region::Other]),
        Effect::Allocate => ALLOCATION,
        Effect::Helper => match data.imm {
            Imm::Helper(helper) => helper_writes(helper),
            _ => Regions::mutable(),
        },
        Effect::Any => Regions::mutable(),
    }
}

fn helper_writes(helper: Helper) -> Regions {
    let info = helper.info();
    // Results beyond one word go to memory that the caller names.
    let out = if info.args.contains(&Arg::Ptr) { Regions::of(&[Region::Scratch]) } else { Regions::NONE };
    match info.effect {
        HelperEffect::Pure => out,
        HelperEffect::Allocates => out.union(ALLOCATION),
        HelperEffect::Mutates => out.union(CONTAINERS),
        HelperEffect::Any | HelperEffect::Tells => Regions::mutable(),
    }
}

/// True if the instruction computes a value and nothing else can tell whether it was executed. An overflow exit only changes
/// how the result is computed; other exits of checked operations stand for exceptions.
pub fn is_removable(data: &InstData) -> bool {
    match data.op.info().effect {
        Effect::Pure | Effect::Load | Effect::Allocate => true,
        Effect::Checked => matches!(data.op, Op::IaddChecked | Op::IsubChecked | Op::ImulChecked | Op::UnboxInt),
        Effect::Helper => is_numeric_function(data),
        _ => false,
    }
}

/// True for calls of helpers that only compute numbers from numbers.
pub fn is_numeric_function(data: &InstData) -> bool {
    let Imm::Helper(helper) = data.imm else { return false };
    let info = helper.info();
    let numbers = info.args.iter().chain(&info.result).all(|arg| matches!(arg, Arg::I64 | Arg::F64));
    info.effect == HelperEffect::Pure && info.result.is_some() && numbers
}

#[cfg(test)]
mod tests {
    use super::*;
    use smallvec::SmallVec;

    fn call(helper: Helper) -> InstData {
        InstData {
            op: Op::CallHelper,
            args: SmallVec::new(),
            imm: Imm::Helper(helper),
            targets: SmallVec::new(),
            state: None,
            result: None,
        }
    }

    #[test]
    fn helpers_write_what_the_table_says() {
        assert_eq!(writes(&call(Helper::get_attr)), Regions::mutable());
        assert!(!Regions::mutable().contains(Region::Const));
        let append = writes(&call(Helper::list_append));
        assert!(append.contains(Region::ListItems) && !append.contains(Region::Frame));
        assert!(writes(&call(Helper::int_pow)).contains(Region::Scratch));
        assert!(writes(&call(Helper::float_mod)).is_empty());
        assert!(is_removable(&call(Helper::float_mod)) && !is_removable(&call(Helper::int_pow)));
        assert!(!is_removable(&call(Helper::dealloc_leaf)));
    }
}
