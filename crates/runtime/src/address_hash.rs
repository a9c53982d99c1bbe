//! Where an address goes in a small table that is indexed directly.

/// 2^64 divided by the golden ratio, for multiplicative hashing (Knuth, The Art of Computer Programming 3, 6.4).
const GOLDEN: u64 = 0x9E37_79B9_7F4A_7C15;

/// The place of an address in a table of so many places, a power of two.
#[inline]
pub(crate) const fn place_of(address: usize, places: usize) -> usize {
    ((address as u64).wrapping_mul(GOLDEN) >> (u64::BITS - places.trailing_zeros())) as usize
}
