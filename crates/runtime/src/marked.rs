//! Sets of addresses that may seem to contain more than they do: a bit for each, so that what is rare costs the frequent case one look.

use std::cell::Cell;

const WORDS: usize = 64;

/// Addresses that were ever added, or share their bit with one.
#[derive(Debug)]
pub(crate) struct MarkedAddresses([Cell<u64>; WORDS]);

impl Default for MarkedAddresses {
    fn default() -> MarkedAddresses {
        MarkedAddresses([const { Cell::new(0) }; WORDS])
    }
}

impl MarkedAddresses {
    /// Word and bit of an address: objects begin at multiples of 16 bytes.
    const fn place(address: usize) -> (usize, u64) {
        let bit = (address >> 4) % (WORDS * u64::BITS as usize);
        (bit / u64::BITS as usize, 1 << (bit % u64::BITS as usize))
    }

    pub(crate) fn add(&self, address: usize) {
        let (word, bit) = Self::place(address);
        self.0[word].set(self.0[word].get() | bit);
    }

    /// False if the address was never added.
    #[inline]
    pub(crate) fn may_contain(&self, address: usize) -> bool {
        let (word, bit) = Self::place(address);
        self.0[word].get() & bit != 0
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_added_is_contained_and_little_else() {
        let marked = MarkedAddresses::default();
        let address = |number: usize| 0x7f12_3456_0000 + number * 112;
        (0..100).for_each(|number| marked.add(address(number)));
        assert!((0..100).all(|number| marked.may_contain(address(number))));
        let others = (100..1100).filter(|number| marked.may_contain(address(*number))).count();
        assert!(others < 100, "{others} of 1000");
    }
}
