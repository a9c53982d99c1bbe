//! Reads and writes of fields at byte offsets.

/// Reads the field of type `T` at `offset` bytes from `base`.
///
/// # Safety
///
/// The structure at `base` is alive and has an initialised field of type `T` there.
#[inline(always)]
pub unsafe fn read<T: Copy>(base: *const u8, offset: usize) -> T {
    // SAFETY: the caller vouches for the field; C structures align their fields.
    unsafe { base.add(offset).cast::<T>().read() }
}

/// Writes the field of type `T` at `offset` bytes from `base`.
///
/// # Safety
///
/// The structure at `base` is alive, has a field of type `T` there, and nobody else accesses it meanwhile.
#[inline(always)]
pub unsafe fn write<T: Copy>(base: *mut u8, offset: usize, value: T) {
    // SAFETY: the caller vouches for the field; C structures align their fields.
    unsafe { base.add(offset).cast::<T>().write(value) }
}
