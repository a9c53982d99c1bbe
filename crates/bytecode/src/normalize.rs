//! Base opcode and argument of one version to the neutral instruction.

use crate::Version;
use crate::decode::{DecodeError, MAX_UNITS};
use crate::op::Op;
use crate::opcode::Opcode as O;
use crate::operand::{
    AwaitContext, BinaryOp, CmpOp, CommonConstant, Conversion, FunctionAttribute, Intrinsic1,
    Intrinsic2, KwargsSlot, ResumeAt, SpecialMethod,
};

/// An instruction before normalisation. Offsets in code units.
pub(crate) struct Site {
    pub(crate) version: Version,
    pub(crate) offset: u32,
    pub(crate) next: u32,
    pub(crate) opcode: O,
    pub(crate) oparg: u32,
}

/// Arguments that count stack values stay below this, so that sums of a few cannot overflow. The
/// compiler of CPython emits no count above a few thousand.
const MAX_COUNT: u32 = 1 << 24;

/// Bit of `COMPARE_OP` that asks for a `bool`.
const COMPARE_TO_BOOL: u32 = 16;
/// Position of the comparison operator in the argument of `COMPARE_OP`.
const COMPARE_SHIFT: u32 = 5;
/// `RESUME`: where it stands, and whether one exception handler is active.
const RESUME_LOCATION: u32 = 3;
const RESUME_EXCEPT_DEPTH1: u32 = 4;

impl Site {
    fn bad(&self) -> DecodeError {
        DecodeError::BadArgument {
            version: self.version,
            offset: self.offset,
            opcode: self.opcode,
            oparg: self.oparg,
        }
    }

    /// The argument as a number of stack values, at least `least`.
    fn count(&self, least: u32) -> Result<u32, DecodeError> {
        if (least..=MAX_COUNT).contains(&self.oparg) {
            Ok(self.oparg)
        } else {
            Err(self.bad())
        }
    }

    /// The argument as 0 or 1.
    fn flag(&self) -> Result<bool, DecodeError> {
        match self.oparg {
            0 => Ok(false),
            1 => Ok(true),
            _ => Err(self.bad()),
        }
    }

    fn operand<T>(&self, value: Option<T>) -> Result<T, DecodeError> {
        value.ok_or_else(|| self.bad())
    }

    /// Two locals of four bits each.
    fn pair(&self) -> Result<(u32, u32), DecodeError> {
        if self.oparg > 0xff {
            Err(self.bad())
        } else {
            Ok((self.oparg >> 4, self.oparg & 15))
        }
    }

    fn target(&self, target: i64) -> Result<u32, DecodeError> {
        match u32::try_from(target) {
            Ok(offset) if (offset as usize) < MAX_UNITS => Ok(offset),
            _ => Err(DecodeError::BadTarget {
                offset: self.offset,
                opcode: self.opcode,
                target,
            }),
        }
    }

    fn forward(&self) -> Result<u32, DecodeError> {
        self.target(i64::from(self.next) + i64::from(self.oparg))
    }

    fn backward(&self) -> Result<u32, DecodeError> {
        self.target(i64::from(self.next) - i64::from(self.oparg))
    }
}

/// The neutral form of `site`; every base opcode of every version has one.
pub(crate) fn normalize(site: &Site) -> Result<Op, DecodeError> {
    let oparg = site.oparg;
    let bit0 = oparg & 1 != 0;
    Ok(match site.opcode {
        O::CACHE | O::RESERVED | O::EXTENDED_ARG => {
            return Err(DecodeError::NotAnInstruction {
                offset: site.offset,
                name: site.opcode.name(),
            });
        }
        O::NOP => Op::Nop,
        O::NOT_TAKEN => Op::NotTaken,
        O::RESUME => Op::Resume {
            at: site.operand(ResumeAt::from_code(oparg & RESUME_LOCATION))?,
            except_depth1: oparg & RESUME_EXCEPT_DEPTH1 != 0,
        },

        O::LOAD_FAST => Op::LoadFast {
            local: oparg,
            check: false,
            borrow: false,
        },
        O::LOAD_FAST_BORROW => Op::LoadFast {
            local: oparg,
            check: false,
            borrow: true,
        },
        O::LOAD_FAST_CHECK => Op::LoadFast {
            local: oparg,
            check: true,
            borrow: false,
        },
        O::LOAD_FAST_AND_CLEAR => Op::LoadFastAndClear { local: oparg },
        O::LOAD_FAST_LOAD_FAST => {
            let (first, second) = site.pair()?;
            Op::LoadFastLoadFast {
                first,
                second,
                borrow: false,
            }
        }
        O::LOAD_FAST_BORROW_LOAD_FAST_BORROW => {
            let (first, second) = site.pair()?;
            Op::LoadFastLoadFast {
                first,
                second,
                borrow: true,
            }
        }
        O::STORE_FAST => Op::StoreFast { local: oparg },
        O::STORE_FAST_LOAD_FAST => {
            let (store, load) = site.pair()?;
            Op::StoreFastLoadFast { store, load }
        }
        O::STORE_FAST_STORE_FAST => {
            let (first, second) = site.pair()?;
            Op::StoreFastStoreFast { first, second }
        }
        O::DELETE_FAST => Op::DeleteFast { local: oparg },

        O::LOAD_CONST => Op::LoadConst { index: oparg },
        O::LOAD_SMALL_INT => Op::LoadSmallInt { value: oparg },
        O::LOAD_COMMON_CONSTANT => Op::LoadCommonConstant {
            constant: site.operand(CommonConstant::from_code(oparg))?,
        },
        O::LOAD_ASSERTION_ERROR => Op::LoadCommonConstant {
            constant: CommonConstant::AssertionError,
        },
        O::LOAD_BUILD_CLASS => Op::LoadBuildClass,

        O::LOAD_GLOBAL => Op::LoadGlobal {
            name: oparg >> 1,
            push_null: bit0,
        },
        O::STORE_GLOBAL => Op::StoreGlobal { name: oparg },
        O::DELETE_GLOBAL => Op::DeleteGlobal { name: oparg },
        O::LOAD_NAME => Op::LoadName { name: oparg },
        O::STORE_NAME => Op::StoreName { name: oparg },
        O::DELETE_NAME => Op::DeleteName { name: oparg },
        O::LOAD_LOCALS => Op::LoadLocals,
        O::LOAD_FROM_DICT_OR_DEREF => Op::LoadFromDictOrDeref { local: oparg },
        O::LOAD_FROM_DICT_OR_GLOBALS => Op::LoadFromDictOrGlobals { name: oparg },
        O::SETUP_ANNOTATIONS => Op::SetupAnnotations,

        O::MAKE_CELL => Op::MakeCell { local: oparg },
        O::COPY_FREE_VARS => Op::CopyFreeVars {
            count: site.count(0)?,
        },
        O::LOAD_DEREF => Op::LoadDeref { local: oparg },
        O::STORE_DEREF => Op::StoreDeref { local: oparg },
        O::DELETE_DEREF => Op::DeleteDeref { local: oparg },

        O::LOAD_ATTR => Op::LoadAttr {
            name: oparg >> 1,
            method: bit0,
        },
        O::LOAD_SUPER_ATTR => Op::LoadSuperAttr {
            name: oparg >> 2,
            method: bit0,
            two_args: oparg & 2 != 0,
        },
        O::STORE_ATTR => Op::StoreAttr { name: oparg },
        O::DELETE_ATTR => Op::DeleteAttr { name: oparg },
        O::LOAD_SPECIAL => Op::LoadSpecial {
            method: site.operand(SpecialMethod::from_code(oparg))?,
        },

        O::BINARY_OP => {
            let (op, inplace) = site.operand(BinaryOp::from_nb(oparg))?;
            if op == BinaryOp::Subscr && site.version == Version::V313 {
                return Err(site.bad());
            }
            Op::BinaryOp { op, inplace }
        }
        O::BINARY_SUBSCR => Op::BinaryOp {
            op: BinaryOp::Subscr,
            inplace: false,
        },
        O::UNARY_NEGATIVE => Op::UnaryNegative,
        O::UNARY_NOT => Op::UnaryNot,
        O::UNARY_INVERT => Op::UnaryInvert,
        O::TO_BOOL => Op::ToBool,
        O::COMPARE_OP => Op::CompareOp {
            op: site.operand(CmpOp::from_code(oparg >> COMPARE_SHIFT))?,
            to_bool: oparg & COMPARE_TO_BOOL != 0,
        },
        O::IS_OP => Op::IsOp {
            invert: site.flag()?,
        },
        O::CONTAINS_OP => Op::ContainsOp {
            invert: site.flag()?,
        },
        O::STORE_SUBSCR => Op::StoreSubscr,
        O::DELETE_SUBSCR => Op::DeleteSubscr,
        O::BINARY_SLICE => Op::BinarySlice,
        O::STORE_SLICE => Op::StoreSlice,

        O::POP_JUMP_IF_TRUE => Op::PopJumpIfTrue {
            target: site.forward()?,
        },
        O::POP_JUMP_IF_FALSE => Op::PopJumpIfFalse {
            target: site.forward()?,
        },
        O::POP_JUMP_IF_NONE => Op::PopJumpIfNone {
            target: site.forward()?,
        },
        O::POP_JUMP_IF_NOT_NONE => Op::PopJumpIfNotNone {
            target: site.forward()?,
        },
        O::JUMP_FORWARD => Op::JumpForward {
            target: site.forward()?,
        },
        O::JUMP_BACKWARD => Op::JumpBackward {
            target: site.backward()?,
            check_interrupt: true,
        },
        O::JUMP_BACKWARD_NO_INTERRUPT => Op::JumpBackward {
            target: site.backward()?,
            check_interrupt: false,
        },

        O::GET_ITER => Op::GetIter,
        O::FOR_ITER => {
            let end = site.forward()?;
            // Units skipped at the end: END_FOR, and in 3.13 the POP_TOP that would drop the
            // iterator, which FOR_ITER has done itself.
            let (skipped, pops_iter) = match site.version {
                Version::V313 => (2, true),
                Version::V314 => (1, false),
            };
            Op::ForIter {
                end,
                exit: end + skipped,
                pops_iter,
            }
        }
        O::END_FOR => Op::EndFor,
        O::POP_ITER => Op::PopIter,

        O::POP_TOP => Op::PopTop,
        O::PUSH_NULL => Op::PushNull,
        O::COPY => Op::Copy {
            depth: site.count(1)?,
        },
        O::SWAP => Op::Swap {
            depth: site.count(2)?,
        },

        O::CALL => Op::Call {
            argc: site.count(0)?,
        },
        O::CALL_KW => Op::CallKw {
            argc: site.count(0)?,
        },
        O::CALL_FUNCTION_EX => Op::CallFunctionEx {
            kwargs: match (site.version, bit0) {
                (Version::V313, false) => KwargsSlot::Absent,
                (Version::V313, true) => KwargsSlot::Present,
                (Version::V314, _) => KwargsSlot::MaybeNull,
            },
        },
        O::CALL_INTRINSIC_1 => Op::CallIntrinsic1 {
            function: site.operand(Intrinsic1::from_code(oparg))?,
        },
        O::CALL_INTRINSIC_2 => Op::CallIntrinsic2 {
            function: site.operand(Intrinsic2::from_code(oparg))?,
        },
        O::MAKE_FUNCTION => Op::MakeFunction,
        O::SET_FUNCTION_ATTRIBUTE => Op::SetFunctionAttribute {
            attribute: site.operand(FunctionAttribute::from_code(oparg))?,
        },
        O::RETURN_VALUE => Op::ReturnValue,
        O::RETURN_CONST => Op::ReturnConst { index: oparg },

        O::BUILD_TUPLE => Op::BuildTuple {
            count: site.count(0)?,
        },
        O::BUILD_LIST => Op::BuildList {
            count: site.count(0)?,
        },
        O::BUILD_SET => Op::BuildSet {
            count: site.count(0)?,
        },
        O::BUILD_MAP => Op::BuildMap {
            count: site.count(0)?,
        },
        O::BUILD_CONST_KEY_MAP => Op::BuildConstKeyMap {
            count: site.count(0)?,
        },
        O::BUILD_SLICE => match oparg {
            2 => Op::BuildSlice { step: false },
            3 => Op::BuildSlice { step: true },
            _ => return Err(site.bad()),
        },
        O::BUILD_STRING => Op::BuildString {
            count: site.count(0)?,
        },
        O::BUILD_TEMPLATE => Op::BuildTemplate,
        O::BUILD_INTERPOLATION => Op::BuildInterpolation {
            conversion: match oparg >> 2 {
                0 => None,
                code => Some(site.operand(Conversion::from_code(code))?),
            },
            format_spec: bit0,
        },
        O::CONVERT_VALUE => Op::ConvertValue {
            conversion: site.operand(Conversion::from_code(oparg))?,
        },
        O::FORMAT_SIMPLE => Op::FormatSimple,
        O::FORMAT_WITH_SPEC => Op::FormatWithSpec,
        O::LIST_APPEND => Op::ListAppend {
            depth: site.count(1)?,
        },
        O::LIST_EXTEND => Op::ListExtend {
            depth: site.count(1)?,
        },
        O::SET_ADD => Op::SetAdd {
            depth: site.count(1)?,
        },
        O::SET_UPDATE => Op::SetUpdate {
            depth: site.count(1)?,
        },
        O::MAP_ADD => Op::MapAdd {
            depth: site.count(1)?,
        },
        O::DICT_UPDATE => Op::DictUpdate {
            depth: site.count(1)?,
        },
        O::DICT_MERGE => Op::DictMerge {
            depth: site.count(1)?,
        },

        O::UNPACK_SEQUENCE => Op::UnpackSequence {
            count: site.count(0)?,
        },
        O::UNPACK_EX => {
            site.count(0)?;
            Op::UnpackEx {
                before: oparg & 0xff,
                after: oparg >> 8,
            }
        }

        O::GET_LEN => Op::GetLen,
        O::MATCH_MAPPING => Op::MatchMapping,
        O::MATCH_SEQUENCE => Op::MatchSequence,
        O::MATCH_KEYS => Op::MatchKeys,
        O::MATCH_CLASS => Op::MatchClass {
            count: site.count(0)?,
        },

        O::IMPORT_NAME => Op::ImportName { name: oparg },
        O::IMPORT_FROM => Op::ImportFrom { name: oparg },

        O::BEFORE_WITH => Op::BeforeWith,
        O::BEFORE_ASYNC_WITH => Op::BeforeAsyncWith,
        O::WITH_EXCEPT_START => Op::WithExceptStart {
            exit_self: site.version >= Version::V314,
        },
        O::PUSH_EXC_INFO => Op::PushExcInfo,
        O::CHECK_EXC_MATCH => Op::CheckExcMatch,
        O::CHECK_EG_MATCH => Op::CheckEgMatch,
        O::POP_EXCEPT => Op::PopExcept,
        O::RERAISE => Op::Reraise {
            values: site.count(0)?,
        },
        O::RAISE_VARARGS => match oparg {
            0..=2 => Op::RaiseVarargs { argc: oparg },
            _ => return Err(site.bad()),
        },
        O::CLEANUP_THROW => Op::CleanupThrow,

        O::RETURN_GENERATOR => Op::ReturnGenerator,
        O::YIELD_VALUE => Op::YieldValue {
            delegating: site.flag()?,
        },
        O::SEND => Op::Send {
            target: site.forward()?,
        },
        O::END_SEND => Op::EndSend,
        O::GET_YIELD_FROM_ITER => Op::GetYieldFromIter,
        O::GET_AWAITABLE => Op::GetAwaitable {
            context: site.operand(AwaitContext::from_code(oparg))?,
        },
        O::GET_AITER => Op::GetAiter,
        O::GET_ANEXT => Op::GetAnext,
        O::END_ASYNC_FOR => Op::EndAsyncFor {
            source: match site.version {
                Version::V313 => None,
                Version::V314 => Some(site.backward()?),
            },
        },

        O::INTERPRETER_EXIT => Op::InterpreterExit,
        O::EXIT_INIT_CHECK => Op::ExitInitCheck,
    })
}
