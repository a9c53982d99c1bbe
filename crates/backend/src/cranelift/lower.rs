//! The driver: walks a function's blocks and hands each instruction to the file of its topic.

use super::link::location;
use super::regions::{Own, Regions};
use super::scratch::ScratchPlaces;
use super::{CLIF_LIMIT, FRAME_LIMIT, link, temperature};
use crate::backend::{BackendError, TargetInfo};
use crate::code::{Saves, Symbol};
use cranelift_codegen::ir::{
    self, AbiParam, BlockArg, ExtFuncData, ExternalName, FuncRef, InstBuilder, MemFlagsData, Signature, StackSlot,
    StackSlotData, StackSlotKind, types,
};
use cranelift_codegen::isa::{CallConv, TargetIsa};
use cranelift_frontend::{FunctionBuilder, FunctionBuilderContext};
use std::collections::BTreeMap;
use whipsnake_contract::layout::Layout;
use whipsnake_ir::exits::ExitTable;
use whipsnake_ir::function::Abi;
use whipsnake_ir::{Block, Function, Imm, Inst, InstData, Op, Region, StateId, Ty, Value};

/// Type of a value in registers.
pub(super) const fn clif_type(ty: Ty) -> ir::Type {
    match ty {
        Ty::I64 | Ty::Obj | Ty::Ptr => types::I64,
        Ty::F64 => types::F64,
        Ty::Bool => types::I8,
    }
}

/// Refuses functions that are sure to exceed the caps, before anything is built.
///
/// Returns the number of reachable instructions.
pub(super) fn check_size(function: &Function, exits: &ExitTable, scratch: &ScratchPlaces) -> Result<usize, BackendError> {
    let too_large = |what, size, limit| BackendError::TooLarge { function: function.name.clone(), what, size, limit };
    let order = function.reverse_postorder();
    let insts = || order.iter().flat_map(|&b| &function.block(b).insts).map(|&i| function.inst(i));
    let instructions = insts().count();
    let exit_words: usize = exits.values.iter().map(Vec::len).sum();
    if instructions + exit_words > CLIF_LIMIT {
        return Err(too_large("IR instructions and exit words", instructions + exit_words, CLIF_LIMIT));
    }
    let words = scratch.words.saturating_add(exits.max_words());
    if words.saturating_mul(8) > FRAME_LIMIT {
        return Err(too_large("bytes of native stack", words.saturating_mul(8), FRAME_LIMIT));
    }
    Ok(instructions)
}

/// Fills `clif` with the code of a function.
pub(super) fn lower(
    function: &Function,
    exits: &ExitTable,
    scratch: &ScratchPlaces,
    target: &TargetInfo<'_>,
    isa: &dyn TargetIsa,
    builder_context: &mut FunctionBuilderContext,
    clif: &mut ir::Function,
) -> Result<(), BackendError> {
    let call_conv = isa.default_call_conv();
    clif.signature = Signature {
        params: function.abi.params().iter().map(|&ty| AbiParam::new(clif_type(ty))).collect(),
        returns: vec![AbiParam::new(types::I64)],
        call_conv,
    };
    let regions = Regions::declare(clif);
    let mut lowering = Lowering {
        function,
        exits,
        scratch,
        scratch_slot: None,
        target,
        code: Emitter {
            b: FunctionBuilder::new(clif, builder_context),
            regions,
            call_conv,
            imports: BTreeMap::new(),
            result: None,
            saves: if function.values.contains(&Ty::F64) { Saves::All } else { Saves::Integers },
        },
        values: vec![None; function.values.len()],
        definitions: vec![None; function.values.len()],
        blocks: vec![None; function.blocks.len()],
        cold: temperature::cold_blocks(function),
        in_cold: false,
        exit_blocks: vec![None; exits.points.len()],
        leaving: None,
        buffer: None,
    };
    lowering.run()?;
    let Lowering { code, .. } = lowering;
    code.b.finalize(isa.frontend_config());
    Ok(())
}

/// Emission of CLIF that units and trampolines share.
pub(super) struct Emitter<'a> {
    pub(super) b: FunctionBuilder<'a>,
    pub(super) regions: Regions,
    /// Convention of helpers and units.
    pub(super) call_conv: CallConv,
    pub(super) imports: BTreeMap<Symbol, FuncRef>,
    /// Two words for results that trampolines and helpers store.
    pub(super) result: Option<StackSlot>,
    /// What trampolines have to preserve.
    pub(super) saves: Saves,
}

impl Emitter<'_> {
    /// Offset of the second word of the result slot.
    pub(super) const SECOND_RESULT: i32 = 8;

    /// An address constant.
    pub(super) fn address(&mut self, address: u64) -> ir::Value {
        self.b.ins().iconst(types::I64, address as i64)
    }

    /// A 64-bit constant.
    pub(super) fn int(&mut self, value: i64) -> ir::Value {
        self.b.ins().iconst(types::I64, value)
    }

    /// A stack slot of that many words.
    pub(super) fn words(&mut self, words: usize) -> StackSlot {
        self.b.create_sized_stack_slot(StackSlotData::new(StackSlotKind::ExplicitSlot, (words * 8) as u32, 3))
    }

    /// The slot for results of trampolines.
    pub(super) fn result_slot(&mut self) -> StackSlot {
        match self.result {
            Some(slot) => slot,
            None => {
                let slot = self.words(2);
                self.result = Some(slot);
                slot
            }
        }
    }

    /// The address of a stack slot.
    pub(super) fn slot_address(&mut self, slot: StackSlot) -> ir::Value {
        self.b.ins().stack_addr(types::I64, slot, 0)
    }

    /// Flags of the backend's own accesses.
    pub(super) fn own(&self, region: Own) -> MemFlagsData {
        self.regions.own(region)
    }

    /// A new block.
    pub(super) fn block(&mut self) -> ir::Block {
        self.b.create_block()
    }

    /// A new block that is rarely executed.
    pub(super) fn cold_block(&mut self) -> ir::Block {
        let block = self.b.create_block();
        self.b.set_cold_block(block);
        block
    }

    /// Goes on in `then` if the condition is not zero, else in `otherwise`.
    pub(super) fn branch(&mut self, condition: ir::Value, then: ir::Block, otherwise: ir::Block) {
        self.b.ins().brif(condition, then, &[], otherwise, &[]);
    }

    /// Jumps with block arguments.
    pub(super) fn jump(&mut self, block: ir::Block, args: &[ir::Value]) {
        let args: Vec<BlockArg> = args.iter().map(|&v| BlockArg::Value(v)).collect();
        self.b.ins().jump(block, &args);
    }

    /// Makes `block` the current one.
    pub(super) fn switch_to(&mut self, block: ir::Block) {
        self.b.switch_to_block(block);
    }

    /// The function of a symbol; `params` and `returns` must be the same for all uses of one symbol.
    pub(super) fn import(&mut self, symbol: Symbol, params: &[ir::Type], returns: Option<ir::Type>) -> FuncRef {
        if let Some(&known) = self.imports.get(&symbol) {
            return known;
        }
        let call_conv = match symbol {
            Symbol::Trampoline(_) => CallConv::PreserveAll,
            _ => self.call_conv,
        };
        let signature = self.signature(params, returns, call_conv);
        let signature = self.b.import_signature(signature);
        let name = self.b.func.declare_imported_user_function(link::external_name(symbol));
        let data = ExtFuncData { name: ExternalName::user(name), signature, colocated: false, patchable: false };
        let function = self.b.import_function(data);
        self.imports.insert(symbol, function);
        function
    }

    /// A signature of plain values.
    pub(super) fn signature(&self, params: &[ir::Type], returns: Option<ir::Type>, call_conv: CallConv) -> Signature {
        Signature {
            params: params.iter().map(|&ty| AbiParam::new(ty)).collect(),
            returns: returns.iter().map(|&ty| AbiParam::new(ty)).collect(),
            call_conv,
        }
    }
}

/// The lowering of one function.
pub(super) struct Lowering<'a> {
    pub(super) function: &'a Function,
    pub(super) exits: &'a ExitTable,
    scratch: &'a ScratchPlaces,
    scratch_slot: Option<StackSlot>,
    pub(super) target: &'a TargetInfo<'a>,
    pub(super) code: Emitter<'a>,
    values: Vec<Option<ir::Value>>,
    definitions: Vec<Option<Inst>>,
    blocks: Vec<Option<ir::Block>>,
    cold: Vec<bool>,
    /// The current block is cold: calls must not cost the hot path registers.
    pub(super) in_cold: bool,
    pub(super) exit_blocks: Vec<Option<ir::Block>>,
    /// The block that leaves by the exit whose number and words are in the buffer.
    pub(super) leaving: Option<ir::Block>,
    pub(super) buffer: Option<StackSlot>,
}

/// For each instruction of a block the state that tells where in the bytecode it is: its own or the next one, since calls are followed by
/// the checks of their results.
fn states(function: &Function, insts: &[Inst]) -> Vec<Option<StateId>> {
    let mut states: Vec<_> = insts.iter().map(|&inst| function.inst(inst).state).collect();
    for index in (1..states.len()).rev() {
        states[index - 1] = states[index - 1].or(states[index]);
    }
    states
}

impl<'a> Lowering<'a> {
    fn run(&mut self) -> Result<(), BackendError> {
        let order = self.function.reverse_postorder();
        for &block in &order {
            self.declare_block(block);
        }
        for &block in &order {
            self.in_cold = self.cold[block.index()];
            self.code.switch_to(self.clif_block(block));
            let insts = &self.function.block(block).insts;
            for (&inst, state) in insts.iter().zip(states(self.function, insts)) {
                if let Some(state) = state {
                    self.code.b.set_srcloc(location(state));
                }
                self.inst(inst)?;
            }
        }
        self.emit_exits();
        self.code.b.seal_all_blocks();
        Ok(())
    }

    /// The address of scratch words.
    fn scratch(&mut self, inst: Inst, data: &InstData) -> Result<ir::Value, BackendError> {
        let Some(offset) = self.scratch.offset(inst) else { return Err(self.malformed(data, "has the wrong kind of immediate")) };
        let slot = *self.scratch_slot.get_or_insert_with(|| self.code.words(self.scratch.words));
        Ok(self.code.b.ins().stack_addr(types::I64, slot, (offset * 8) as i32))
    }

    fn declare_block(&mut self, block: Block) {
        let clif = self.code.block();
        if self.cold[block.index()] {
            self.code.b.set_cold_block(clif);
        }
        for &param in &self.function.block(block).params {
            let value = self.code.b.append_block_param(clif, clif_type(self.function.ty(param)));
            self.values[param.index()] = Some(value);
        }
        self.blocks[block.index()] = Some(clif);
    }

    /// Lowers one instruction: the file of the topic has the details.
    fn inst(&mut self, inst: Inst) -> Result<(), BackendError> {
        let function = self.function;
        let data = function.inst(inst);
        let result = match data.op {
            Op::Iconst | Op::Fconst | Op::Bconst | Op::Object | Op::Null | Op::Address => Some(self.constant(data)?),
            Op::Scratch => Some(self.scratch(inst, data)?),
            Op::Load | Op::LoadIndexed => Some(self.load(data)?),
            Op::TakeSlot => Some(self.take_slot(data)?),
            Op::ReadSlot => Some(self.read_slot(data)?),
            Op::StoreSlot => {
                self.store_slot(data)?;
                None
            }
            Op::Store | Op::StoreIndexed => {
                self.store(data)?;
                None
            }
            Op::Iadd
            | Op::Isub
            | Op::Imul
            | Op::Iand
            | Op::Ior
            | Op::Ixor
            | Op::Inot
            | Op::Ishl
            | Op::Ishr
            | Op::Ushr
            | Op::Smulhi
            | Op::Umulhi
            | Op::Icmp
            | Op::BtoI
            | Op::Bnot
            | Op::Band
            | Op::Bor
            | Op::Same
            | Op::Below
            | Op::Offset
            | Op::AsObject
            | Op::Select => Some(self.integer(data)?),
            Op::IaddChecked
            | Op::IsubChecked
            | Op::ImulChecked
            | Op::IshlChecked
            | Op::IshrChecked
            | Op::IfloordivChecked
            | Op::ImodChecked => Some(self.checked_integer(inst, data)?),
            Op::Fadd | Op::Fsub | Op::Fmul | Op::Fdiv | Op::Fneg | Op::Fabs | Op::Fsqrt | Op::Fcmp | Op::ItoF => {
                Some(self.float(data)?)
            }
            Op::FtoIChecked => Some(self.truncate(inst, data)?),
            Op::Guard | Op::GuardType | Op::GuardNotNull => {
                self.guard(inst, data)?;
                None
            }
            Op::IsType => Some(self.is_type(data)?),
            Op::BoxInt => Some(self.box_int(data)?),
            Op::BoxFloat => Some(self.box_float(data)?),
            Op::BoxBool => Some(self.box_bool(data)?),
            Op::UnboxInt => Some(self.unbox_int(inst, data)?),
            Op::UnboxFloat => Some(self.unbox_float(data)?),
            Op::Incref => {
                self.incref(data)?;
                None
            }
            Op::Decref | Op::DecrefOrExit => {
                self.decref(inst, data)?;
                None
            }
            Op::DecrefPlain | Op::DecrefLeaf => {
                self.decref_unobserved(data)?;
                None
            }
            Op::CallHelper => self.call_helper(data)?,
            Op::CallNative => Some(self.call_native(data)?),
            Op::Jump | Op::Branch | Op::Return | Op::Exit | Op::Unreachable => {
                self.terminator(inst, data)?;
                None
            }
        };
        if data.op.info().exits == whipsnake_ir::ops::Exits::Guard {
            self.forced_exit(inst);
        }
        if let (Some(value), Some(result)) = (result, data.result) {
            self.values[result.index()] = Some(value);
            self.definitions[result.index()] = Some(inst);
        }
        Ok(())
    }

    /// An instruction that breaks the IR's rules.
    pub(super) fn malformed(&self, data: &InstData, problem: &'static str) -> BackendError {
        BackendError::Malformed { function: self.function.name.clone(), op: data.op, problem }
    }

    /// The CLIF value of a value.
    pub(super) fn value(&self, data: &InstData, value: Value) -> Result<ir::Value, BackendError> {
        self.values[value.index()].ok_or_else(|| self.malformed(data, "uses a value that is not defined before it"))
    }

    /// The CLIF value of an operand.
    pub(super) fn arg(&self, data: &InstData, index: usize) -> Result<ir::Value, BackendError> {
        let value = *data.args.get(index).ok_or_else(|| self.malformed(data, "has too few operands"))?;
        self.value(data, value)
    }

    /// The CLIF value of a value that is known to be defined.
    pub(super) fn defined(&self, value: Value) -> Option<ir::Value> {
        self.values[value.index()]
    }

    /// The instruction that defines a value, unless it is a block parameter.
    pub(super) fn definition(&self, value: Value) -> Option<&'a InstData> {
        self.definitions[value.index()].map(|inst| self.function.inst(inst))
    }

    /// The value of an operand that is an integer constant.
    pub(super) fn constant_arg(&self, data: &InstData, index: usize) -> Option<i64> {
        let definition = self.definition(*data.args.get(index)?)?;
        match (definition.op, definition.imm) {
            (Op::Iconst, Imm::Int(value)) => Some(value),
            _ => None,
        }
    }

    /// The CLIF block of a reachable block.
    pub(super) fn clif_block(&self, block: Block) -> ir::Block {
        self.blocks[block.index()].expect("successors of reachable blocks are reachable")
    }

    /// Structure offsets.
    pub(super) fn layout(&self) -> &'a Layout {
        &self.target.platform.layout
    }

    /// The first entry parameter.
    pub(super) fn thread_state(&self) -> ir::Value {
        let entry = self.function.block(self.function.entry());
        self.values[entry.params[0].index()].expect("entry parameters are declared first")
    }

    /// The symbol that leaves this kind of unit.
    pub(super) fn exit_symbol(&self) -> Symbol {
        match self.function.abi {
            Abi::Function => Symbol::ExitFunction,
            Abi::Loop => Symbol::ExitLoop,
        }
    }

    /// Flags of accesses to a region.
    pub(super) fn flags(&self, region: Region) -> MemFlagsData {
        self.code.regions.flags(region)
    }
}
