//! The world as the reference interpreter sees it.

use crate::helpers::Host;
use crate::world::World;
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::KnownType;
use whipsnake_ir::MemSize;
use whipsnake_ir::interp;

/// A view of a world.
#[derive(Debug)]
pub struct Interpreted<'a>(pub &'a World);

impl Interpreted<'_> {
    fn count(&self, object: u64) -> i32 {
        self.0.read_bytes(object, 4) as i32
    }
}

impl interp::World for Interpreted<'_> {
    fn load(&mut self, address: u64, size: MemSize) -> u64 {
        size.word(self.0.read_bytes(address, size.bytes() as u64))
    }

    fn store(&mut self, address: u64, size: MemSize, word: u64) {
        self.0.write_bytes(address, size.bytes() as u64, size.raw(word));
    }

    fn take_slot(&mut self, address: u64) -> u64 {
        let word = self.0.read(address);
        if self.0.platform().layout.tagged_slots == 0 {
            return word;
        }
        let object = word & !1;
        if word & 1 != 0 && object != 0 {
            self.incref(object);
        }
        object
    }

    fn read_slot(&mut self, address: u64) -> u64 {
        let word = self.0.read(address);
        if self.0.platform().layout.tagged_slots == 0 { word } else { word & !1 }
    }

    fn store_slot(&mut self, address: u64, object: u64) {
        let layout = self.0.platform().layout;
        let word = match object {
            _ if layout.tagged_slots == 0 => object,
            0 => layout.slot_null as u64,
            _ => object | u64::from(self.count(object) < 0),
        };
        self.0.write(address, word);
    }

    fn call_helper(&mut self, helper: Helper, args: &[u64]) -> u64 {
        if matches!(helper, Helper::dealloc | Helper::dealloc_leaf) && self.0.free(args[0]) {
            return 0;
        }
        self.0.call(helper, args)
    }

    fn call_native(&mut self, entry: u64, tstate: u64, function: u64, args: u64) -> u64 {
        assert_eq!(entry, crate::helpers::native_address(), "the entry point");
        self.0.native([tstate, function, args])
    }

    fn type_of(&mut self, object: u64) -> u64 {
        self.0.read(object + 8)
    }

    fn box_int(&mut self, value: i64) -> u64 {
        match value {
            -5..257 => self.0.small_int(value),
            _ => {
                let reused = self.0.reuse_int(value);
                reused.unwrap_or_else(|| self.0.call(Helper::box_int, &[value as u64]))
            }
        }
    }

    fn box_float(&mut self, value: f64) -> u64 {
        let reused = self.0.reuse_float(value);
        reused.unwrap_or_else(|| self.0.call(Helper::box_float, &[value.to_bits()]))
    }

    fn box_bool(&mut self, value: bool) -> u64 {
        let platform = self.0.platform();
        if value { platform.true_ } else { platform.false_ }
    }

    fn unbox_int(&mut self, object: u64) -> Option<i64> {
        self.0.int_value(object)
    }

    fn unbox_float(&mut self, object: u64) -> f64 {
        f64::from_bits(self.0.read(object + 16))
    }

    fn incref(&mut self, object: u64) {
        let count = self.count(object);
        if count >= 0 {
            self.0.write_bytes(object, 4, u64::from((count as u32).wrapping_add(1)));
        }
    }

    fn decref(&mut self, object: u64) -> bool {
        let count = self.count(object);
        if count >= 0 {
            self.0.write_bytes(object, 4, u64::from((count as u32).wrapping_sub(1)));
        }
        count == 1
    }

    fn destroy_unseen(&mut self, object: u64) -> bool {
        let object_type = self.0.read(object + 8);
        let leaf = KnownType::ALL.iter().any(|&known| known.is_leaf() && self.0.type_of(known) == object_type);
        if leaf {
            self.call_helper(Helper::dealloc_leaf, &[object]);
        }
        leaf
    }

    fn observe(&mut self, exit: u32, words: &[u64], object: u64) -> bool {
        Host::observe(self.0, exit, words.to_vec(), object)
    }

    fn scratch(&mut self, _words: usize) -> u64 {
        self.0.scratch()
    }

    fn free_scratch(&mut self, _address: u64, _words: usize) {}
}
