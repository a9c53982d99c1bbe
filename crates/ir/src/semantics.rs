//! What the operations that only compute mean, on 64-bit words: the one definition that the reference interpreter
//! executes, constant folding uses and backends are tested against.
//!
//! A word is an integer, an address, a truth value (0 or 1), or the bits of a double.

use crate::ops::{Cond, Imm, MemSize, Op};
use whipsnake_contract::exit::ExitReason;

/// The result of an operation on the words of its operands, or why it exits.
///
/// `None` for operations that depend on more than their operands, and if operands or immediate do not fit
/// the operation.
pub fn evaluate(op: Op, imm: &Imm, args: &[u64]) -> Option<Result<u64, ExitReason>> {
    use ExitReason::{Arithmetic, IntOverflow};
    let int = |index: usize| args.get(index).map(|&word| word as i64);
    let float = |index: usize| args.get(index).map(|&word| f64::from_bits(word));
    let bits = |value: f64| value.to_bits();
    let fits = |value: Option<i64>| value.map(|v| v as u64).ok_or(IntOverflow);
    Some(Ok(match op {
        Op::Iconst | Op::Bconst | Op::Address => match imm {
            Imm::Int(value) => *value as u64,
            _ => return None,
        },
        Op::Fconst => match imm {
            Imm::Float(bits) => *bits,
            _ => return None,
        },
        Op::Null => 0,
        Op::Iadd => int(0)?.wrapping_add(int(1)?) as u64,
        Op::Isub => int(0)?.wrapping_sub(int(1)?) as u64,
        Op::Imul => int(0)?.wrapping_mul(int(1)?) as u64,
        Op::Iand | Op::Band => args.first()? & args.get(1)?,
        Op::Ior | Op::Bor => args.first()? | args.get(1)?,
        Op::Ixor => args.first()? ^ args.get(1)?,
        Op::Inot => !*args.first()?,
        Op::Ishl => int(0)?.wrapping_shl(int(1)? as u32) as u64,
        Op::Ishr => int(0)?.wrapping_shr(int(1)? as u32) as u64,
        Op::Ushr => args.first()?.wrapping_shr(int(1)? as u32),
        Op::Smulhi => (i128::from(int(0)?) * i128::from(int(1)?) >> 64) as u64,
        Op::Umulhi => (u128::from(*args.first()?) * u128::from(*args.get(1)?) >> 64) as u64,
        Op::IaddChecked => return Some(fits(int(0)?.checked_add(int(1)?))),
        Op::IsubChecked => return Some(fits(int(0)?.checked_sub(int(1)?))),
        Op::ImulChecked => return Some(fits(int(0)?.checked_mul(int(1)?))),
        Op::IshlChecked => return Some(shift_left(int(0)?, int(1)?)),
        Op::IshrChecked => match int(1)? {
            count if count < 0 => return Some(Err(Arithmetic)),
            count => (int(0)? >> count.min(63)) as u64,
        },
        Op::IfloordivChecked => return Some(floor_divide(int(0)?, int(1)?)),
        Op::ImodChecked => match (int(0)?, int(1)?) {
            (_, 0) => return Some(Err(Arithmetic)),
            (left, right) => modulo(left, right) as u64,
        },
        Op::Icmp => match imm {
            Imm::Cond(Cond::Ult) => u64::from(args.first()? < args.get(1)?),
            Imm::Cond(cond) => u64::from(compare(*cond, &int(0)?, &int(1)?)),
            _ => return None,
        },
        Op::Fadd => bits(float(0)? + float(1)?),
        Op::Fsub => bits(float(0)? - float(1)?),
        Op::Fmul => bits(float(0)? * float(1)?),
        Op::Fdiv => bits(float(0)? / float(1)?),
        Op::Fneg => bits(-float(0)?),
        Op::Fabs => bits(float(0)?.abs()),
        Op::Fsqrt => bits(float(0)?.sqrt()),
        Op::Fcmp => match imm {
            Imm::Cond(cond) => u64::from(compare(*cond, &float(0)?, &float(1)?)),
            _ => return None,
        },
        Op::ItoF => bits(int(0)? as f64),
        Op::FtoIChecked => return Some(fits(truncate(float(0)?))),
        Op::Bnot => args.first()? ^ 1,
        Op::BtoI => *args.first()?,
        Op::Same => u64::from(args.first()? == args.get(1)?),
        Op::Below => u64::from(args.first()? < args.get(1)?),
        Op::Offset => args.first()?.wrapping_add(*args.get(1)?),
        Op::AsObject => *args.first()?,
        Op::Select => {
            let chosen = if *args.first()? != 0 { 1 } else { 2 };
            *args.get(chosen)?
        }
        _ => return None,
    }))
}

fn shift_left(value: i64, count: i64) -> Result<u64, ExitReason> {
    if !(0..=62).contains(&count) {
        return Err(ExitReason::Arithmetic);
    }
    let shifted = value << count;
    if shifted >> count == value { Ok(shifted as u64) } else { Err(ExitReason::IntOverflow) }
}

fn floor_divide(left: i64, right: i64) -> Result<u64, ExitReason> {
    if right == 0 {
        return Err(ExitReason::Arithmetic);
    }
    let quotient = left.checked_div(right).ok_or(ExitReason::IntOverflow)?;
    let inexact_negative = left % right != 0 && (left < 0) != (right < 0);
    Ok((quotient - i64::from(inexact_negative)) as u64)
}

/// The remainder with the sign of the divisor, which is not 0.
fn modulo(left: i64, right: i64) -> i64 {
    let remainder = left.wrapping_rem(right);
    if remainder != 0 && (remainder < 0) != (right < 0) { remainder + right } else { remainder }
}

fn truncate(value: f64) -> Option<i64> {
    const LIMIT: f64 = 9_223_372_036_854_775_808.0;
    (-LIMIT..LIMIT).contains(&value).then_some(value as i64)
}

/// A signed or IEEE comparison. `Ult` has no meaning for doubles.
fn compare<T: PartialOrd>(cond: Cond, left: &T, right: &T) -> bool {
    match cond {
        Cond::Eq => left == right,
        Cond::Ne => left != right,
        Cond::Lt | Cond::Ult => left < right,
        Cond::Le => left <= right,
        Cond::Gt => left > right,
        Cond::Ge => left >= right,
    }
}

impl MemSize {
    /// The word of a loaded value; `raw` are the bytes accessed, zero-extended.
    pub const fn word(self, raw: u64) -> u64 {
        match self {
            MemSize::U8 => raw as u8 as u64,
            MemSize::I8 => raw as i8 as u64,
            MemSize::U16 => raw as u16 as u64,
            MemSize::I16 => raw as i16 as u64,
            MemSize::U32 => raw as u32 as u64,
            MemSize::I32 => raw as i32 as u64,
            MemSize::F32 => (f32::from_bits(raw as u32) as f64).to_bits(),
            MemSize::I64 | MemSize::F64 | MemSize::Obj | MemSize::Ptr => raw,
        }
    }

    /// The bytes to store for a word, in the low [`MemSize::bytes`] of the result.
    pub const fn raw(self, word: u64) -> u64 {
        match self {
            MemSize::F32 => (f64::from_bits(word) as f32).to_bits() as u64,
            _ => word,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ints(op: Op, left: i64, right: i64) -> Result<i64, ExitReason> {
        evaluate(op, &Imm::None, &[left as u64, right as u64]).unwrap().map(|word| word as i64)
    }

    #[test]
    fn division_floors_like_python() {
        for (left, right, quotient, remainder) in
            [(7, 2, 3, 1), (-7, 2, -4, 1), (7, -2, -4, -1), (-7, -2, 3, -1), (-6, 2, -3, 0), (0, -5, 0, 0)]
        {
            assert_eq!(ints(Op::IfloordivChecked, left, right), Ok(quotient), "{left} // {right}");
            assert_eq!(ints(Op::ImodChecked, left, right), Ok(remainder), "{left} % {right}");
        }
        assert_eq!(ints(Op::IfloordivChecked, i64::MIN, -1), Err(ExitReason::IntOverflow));
        assert_eq!(ints(Op::ImodChecked, i64::MIN, -1), Ok(0));
        assert_eq!(ints(Op::ImodChecked, 1, 0), Err(ExitReason::Arithmetic));
    }

    #[test]
    fn shifts_exit_instead_of_losing_bits() {
        assert_eq!(ints(Op::IshlChecked, -1, 62), Ok(-1 << 62));
        assert_eq!(ints(Op::IshlChecked, 2, 62), Err(ExitReason::IntOverflow));
        assert_eq!(ints(Op::IshlChecked, 0, 63), Err(ExitReason::Arithmetic));
        assert_eq!(ints(Op::IshrChecked, -1, 1000), Ok(-1));
        assert_eq!(ints(Op::IshrChecked, 5, -1), Err(ExitReason::Arithmetic));
    }

    #[test]
    fn truncation_exits_at_the_limits() {
        let to_int = |value: f64| evaluate(Op::FtoIChecked, &Imm::None, &[value.to_bits()]).unwrap();
        assert_eq!(to_int(-1.9), Ok(-1i64 as u64));
        assert_eq!(to_int(-9_223_372_036_854_775_808.0), Ok(i64::MIN as u64));
        for bad in [9_223_372_036_854_775_808.0, f64::NAN, f64::INFINITY] {
            assert_eq!(to_int(bad), Err(ExitReason::IntOverflow));
        }
    }

    #[test]
    fn memory_words_extend_and_round() {
        assert_eq!(MemSize::I8.word(0xff), u64::MAX);
        assert_eq!(MemSize::U8.word(0x1ff), 0xff);
        assert_eq!(MemSize::F32.word(u64::from(1.5f32.to_bits())), 1.5f64.to_bits());
        assert_eq!(MemSize::F32.raw(0.1f64.to_bits()), u64::from(0.1f32.to_bits()));
    }
}
