//! Exception tables (`co_exceptiontable`): which handler catches what is raised where.
//!
//! Format: entries of four numbers (start, length, target, depth and lasti flag), each in 6-bit
//! groups, most significant first. Bit 6 of a byte says that the number goes on, bit 7 marks the
//! first byte of an entry. Source: `Objects/exception_handling_notes.txt` of CPython.

use serde::{Deserialize, Serialize};
use thiserror::Error;

/// A range of code and its handler. Offsets in code units.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Handler {
    /// First offset covered.
    pub start: u32,
    /// First offset behind the range.
    pub end: u32,
    /// Where the handler starts.
    pub target: u32,
    /// Stack values kept; the others are popped before anything is pushed.
    pub depth: u32,
    /// Whether the offset of the raising instruction is pushed below the exception.
    pub lasti: bool,
}

impl Handler {
    /// Stack depth at the start of the handler: what is kept, the offset if asked for, and the
    /// exception.
    pub const fn entry_depth(&self) -> u32 {
        self.depth + self.lasti as u32 + 1
    }
}

/// The handlers of a code object: ascending, disjoint ranges.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExceptionTable {
    handlers: Vec<Handler>,
}

impl ExceptionTable {
    /// All entries, ascending.
    pub fn handlers(&self) -> &[Handler] {
        &self.handlers
    }

    /// The handler for what the instruction at `offset` raises. For an instruction with
    /// `EXTENDED_ARG`s any of its units will do.
    pub fn handler_for(&self, offset: u32) -> Option<&Handler> {
        let after = self.handlers.partition_point(|h| h.start <= offset);
        self.handlers[..after].last().filter(|h| offset < h.end)
    }
}

/// Why an exception table could not be parsed. Positions in bytes.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum ExceptionTableError {
    /// The table ends inside an entry.
    #[error(
        "exception table ends at byte {length} inside an entry; pass the whole co_exceptiontable"
    )]
    Truncated {
        /// Length of the table.
        length: usize,
    },
    /// The mark of an entry's first byte is missing.
    #[error(
        "byte {at} of the exception table should start an entry but is {byte:#04x}; is it co_exceptiontable?"
    )]
    NoEntryStart {
        /// Position.
        at: usize,
        /// Byte found.
        byte: u8,
    },
    /// A number beyond what code offsets and depths can be.
    #[error("number at byte {at} of the exception table is too large; is it co_exceptiontable?")]
    TooLarge {
        /// Position of the number.
        at: usize,
    },
    /// Entries that do not ascend.
    #[error(
        "exception table entry at byte {at} starts at offset {start}, before {end}, the end of its predecessor; is it co_exceptiontable?"
    )]
    Unsorted {
        /// Position of the entry.
        at: usize,
        /// Its first offset.
        start: u32,
        /// End of the entry before.
        end: u32,
    },
}

/// Bits of payload in a byte, and what the others mean.
const PAYLOAD: u8 = 0x3f;
const MORE: u8 = 0x40;
const ENTRY: u8 = 0x80;

/// Numbers stay below this, so that sums of two cannot overflow.
const MAX_NUMBER: u32 = 1 << 28;

struct Reader<'a> {
    bytes: &'a [u8],
    at: usize,
}

impl Reader<'_> {
    fn byte(&mut self) -> Result<u8, ExceptionTableError> {
        let truncated = ExceptionTableError::Truncated {
            length: self.bytes.len(),
        };
        let byte = *self.bytes.get(self.at).ok_or(truncated)?;
        self.at += 1;
        Ok(byte)
    }

    fn number(&mut self) -> Result<u32, ExceptionTableError> {
        let at = self.at;
        let mut byte = self.byte()?;
        let mut number = u32::from(byte & PAYLOAD);
        while byte & MORE != 0 {
            byte = self.byte()?;
            number = number << 6 | u32::from(byte & PAYLOAD);
            if number >= MAX_NUMBER >> 6 && byte & MORE != 0 || number >= MAX_NUMBER {
                return Err(ExceptionTableError::TooLarge { at });
            }
        }
        Ok(number)
    }
}

/// Parses `co_exceptiontable`.
///
/// # Errors
/// See [`ExceptionTableError`].
pub fn parse_exception_table(bytes: &[u8]) -> Result<ExceptionTable, ExceptionTableError> {
    let mut reader = Reader { bytes, at: 0 };
    let mut handlers: Vec<Handler> = Vec::new();
    while let Some(&byte) = bytes.get(reader.at) {
        let at = reader.at;
        if byte & ENTRY == 0 {
            return Err(ExceptionTableError::NoEntryStart { at, byte });
        }
        let start = reader.number()?;
        let end = start + reader.number()?;
        let target = reader.number()?;
        let depth_lasti = reader.number()?;
        if let Some(before) = handlers.last()
            && start < before.end
        {
            return Err(ExceptionTableError::Unsorted {
                at,
                start,
                end: before.end,
            });
        }
        handlers.push(Handler {
            start,
            end,
            target,
            depth: depth_lasti >> 1,
            lasti: depth_lasti & 1 != 0,
        });
    }
    Ok(ExceptionTable { handlers })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn multi_byte_numbers() {
        // 65 = 1 << 6 | 1 in two groups.
        let table = parse_exception_table(&[0x80 | 0x40 | 1, 1, 2, 0x40 | 1, 0, 7]).unwrap();
        let expected = Handler {
            start: 65,
            end: 67,
            target: 64,
            depth: 3,
            lasti: true,
        };
        assert_eq!(table.handlers(), &[expected]);
        assert_eq!(expected.entry_depth(), 5);
        assert_eq!(table.handler_for(64), None);
        assert_eq!(table.handler_for(65), Some(&expected));
        assert_eq!(table.handler_for(66), Some(&expected));
        assert_eq!(table.handler_for(67), None);
    }

    #[test]
    fn malformed_tables_are_named() {
        let truncated = parse_exception_table(&[0x80, 1, 2]);
        assert_eq!(truncated, Err(ExceptionTableError::Truncated { length: 3 }));
        let no_start = parse_exception_table(&[0x80, 1, 2, 3, 4]);
        assert_eq!(
            no_start,
            Err(ExceptionTableError::NoEntryStart { at: 4, byte: 4 })
        );
        let large = parse_exception_table(&[0xff, 0x7f, 0x7f, 0x7f, 0x7f, 0x7f]);
        assert_eq!(large, Err(ExceptionTableError::TooLarge { at: 0 }));
        let unsorted = parse_exception_table(&[0x84, 2, 9, 0, 0x85, 2, 9, 0]);
        assert_eq!(
            unsorted,
            Err(ExceptionTableError::Unsorted {
                at: 4,
                start: 5,
                end: 6
            })
        );
    }
}
