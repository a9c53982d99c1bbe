//! The interpreter's lists of free objects.
//!
//! A list is a pointer to the first free object, the objects linked through one of their first words, and a count of
//! which the low 32 bits are used here (3.13 has an `int`, 3.14 a `Py_ssize_t`).

use super::lower::Emitter;
use super::regions::Own;
use cranelift_codegen::ir::condcodes::IntCC;
use cranelift_codegen::ir::{self, InstBuilder, types};
use whipsnake_contract::snapshot::{KnownType, Platform};
use whipsnake_ir::Region;

/// One list.
#[derive(Clone, Copy, Debug)]
pub(super) struct FreeList {
    /// Address of the pointer to the first free object.
    pub(super) head: u64,
    /// Offset of the count from `head`.
    pub(super) count: i32,
    /// Offset in a free object of the pointer to the next one.
    pub(super) link: i32,
    /// Number of objects that the list may hold.
    pub(super) limit: i64,
    /// Address of the objects' type.
    pub(super) object_type: u64,
    /// Only ints of one digit belong into the list.
    compact_ints: bool,
}

impl FreeList {
    /// The list of floats, if the interpreter has one.
    pub(super) fn floats(platform: &Platform) -> Option<FreeList> {
        let layout = &platform.layout;
        let places = (layout.interp_float_freelist, layout.interp_float_freelist_count);
        FreeList::at(platform, places, KnownType::Float)
    }

    /// The list of ints, if the interpreter has one.
    pub(super) fn ints(platform: &Platform) -> Option<FreeList> {
        let layout = &platform.layout;
        let places = (layout.interp_int_freelist, layout.interp_int_freelist_count);
        FreeList::at(platform, places, KnownType::Int)
    }

    fn at(platform: &Platform, (head, count): (i64, i64), known: KnownType) -> Option<FreeList> {
        if head == 0 {
            return None;
        }
        Some(FreeList {
            head: platform.interpreter.wrapping_add_signed(head),
            count: i32::try_from(count - head).ok()?,
            link: i32::try_from(platform.layout.float_freelist_link).ok()?,
            limit: platform.layout.float_freelist_limit,
            object_type: platform.known_type(known)?,
            compact_ints: known == KnownType::Int,
        })
    }

    /// Takes an object out of the list, whose address is in a register; the object is not NULL. Its type and value
    /// are left as they are.
    pub(super) fn pop(&self, code: &mut Emitter<'_>, platform: &Platform, head: (ir::Value, i32), object: ir::Value) {
        let flags = code.own(Own::FreeList);
        let (base, offset) = head;
        let next = code.b.ins().load(types::I64, flags, object, self.link);
        code.b.ins().store(flags, next, base, offset);
        self.add_to_count(code, (base, offset + self.count), -1);
        let (one, counts) = (code.int(1), code.own(Own::Refcount));
        code.b.ins().store(counts, one, object, platform.layout.ob_refcnt as i32);
        if platform.layout.interp_reference_total != 0 {
            let one = code.b.ins().iconst(types::I32, 1);
            code.add_to_total(platform, one);
        }
    }

    fn add_to_count(&self, code: &mut Emitter<'_>, (base, offset): (ir::Value, i32), change: i64) {
        let flags = code.own(Own::FreeList);
        let count = code.b.ins().load(types::I32, flags, base, offset);
        let count = code.b.ins().iadd_imm_s(count, change);
        code.b.ins().store(flags, count, base, offset);
    }

    /// Puts an object without references into the list, if it belongs there and there is room, stores 1 to `freed`,
    /// and returns from the function; goes on otherwise.
    pub(super) fn push_and_return(
        &self,
        code: &mut Emitter<'_>,
        platform: &Platform,
        object: ir::Value,
        freed: Option<ir::Value>,
    ) {
        let layout = &platform.layout;
        let other = code.block();
        let constant = code.regions.flags(Region::Const);
        let actual = code.b.ins().load(types::I64, constant, object, layout.ob_type as i32);
        let expected = code.address(self.object_type);
        let belongs = code.b.ins().icmp(IntCC::Equal, actual, expected);
        go_on_if(code, belongs, other);
        if self.compact_ints {
            let tag = code.b.ins().load(types::I64, constant, object, layout.long_tag as i32);
            let compact = code.b.ins().icmp_imm_u(IntCC::UnsignedLessThan, tag, layout.long_compact_limit);
            go_on_if(code, compact, other);
        }
        let flags = code.own(Own::FreeList);
        let head = code.address(self.head);
        let count = code.b.ins().load(types::I32, flags, head, self.count);
        // A list that is switched off has a count of -1.
        let has_room = code.b.ins().icmp_imm_u(IntCC::UnsignedLessThan, count, self.limit);
        go_on_if(code, has_room, other);

        let first = code.b.ins().load(types::I64, flags, head, 0);
        code.b.ins().store(flags, first, object, self.link);
        code.b.ins().store(flags, object, head, 0);
        self.add_to_count(code, (head, self.count), 1);
        if let Some(freed) = freed {
            let (yes, buffer) = (code.int(1), code.own(Own::Buffer));
            code.b.ins().store(buffer, yes, freed, 0);
        }
        code.b.ins().return_(&[]);
        code.switch_to(other);
    }
}

/// Goes to `otherwise` if the condition is zero.
fn go_on_if(code: &mut Emitter<'_>, condition: ir::Value, otherwise: ir::Block) {
    let next = code.block();
    code.branch(condition, next, otherwise);
    code.switch_to(next);
}
