//! Alias regions: Cranelift may forward loads and drop stores of one region across stores of others.

use cranelift_codegen::ir::{AliasRegion, AliasRegionData, Function, MemFlagsData};
use std::borrow::Cow;
use whipsnake_ir::Region;

/// A part of memory that only the backend's own accesses touch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Own {
    /// Reference counts.
    Refcount,
    /// The interpreter's free lists and the links of free objects.
    FreeList,
    /// Exit buffers and out-parameters in the native frame.
    Buffer,
    /// The countdown of forced exits.
    Counter,
}

impl Own {
    const ALL: [Own; 4] = [Own::Refcount, Own::FreeList, Own::Buffer, Own::Counter];

    const fn name(self) -> &'static str {
        match self {
            Own::Refcount => "refcount",
            Own::FreeList => "free_list",
            Own::Buffer => "buffer",
            Own::Counter => "counter",
        }
    }
}

/// The alias regions of one CLIF function.
#[derive(Debug)]
pub(super) struct Regions {
    of_ir: Vec<AliasRegion>,
    own: Vec<AliasRegion>,
}

impl Regions {
    /// Declares all regions.
    pub(super) fn declare(function: &mut Function) -> Regions {
        let mut number = 0;
        let mut region = |name: &'static str| {
            number += 1;
            function.dfg.alias_regions.insert(AliasRegionData { user_id: number, description: Cow::Borrowed(name) })
        };
        Regions {
            of_ir: Region::ALL.iter().map(|r| region(r.name())).collect(),
            own: Own::ALL.iter().map(|r| region(r.name())).collect(),
        }
    }

    /// Flags of accesses that the IR declares.
    ///
    /// Nothing is marked movable: a load is only valid behind the guards that stand before it, and hoisting
    /// is left to passes that know them.
    pub(super) fn flags(&self, region: Region) -> MemFlagsData {
        let flags = MemFlagsData::new().with_notrap().with_alias_region(Some(self.of_ir[region as usize]));
        // Buffers may hold their elements at any address.
        if region == Region::Array { flags } else { flags.with_aligned() }
    }

    /// Flags of the backend's own accesses.
    pub(super) fn own(&self, region: Own) -> MemFlagsData {
        MemFlagsData::trusted().with_alias_region(Some(self.own[region as usize]))
    }
}
