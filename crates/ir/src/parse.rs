//! Reads the text form of functions (see [`mod@crate::print`]).
//!
//! What is read need not be a valid function: that is the verifier's business, and its tests are text. A value
//! that is used but never defined becomes an `i64` without a definition. A `;` starts a comment.

use crate::entity::{Block, StateId, Value};
use crate::function::{Abi, Function, InstData, ObjectRef, Target};
use crate::ops::{Cond, Imm, ImmKind, MemSize, Op, Region, Ty};
use crate::print::{RESUMES, is_plain};
use crate::state::{FrameState, Slot};
use smallvec::SmallVec;
use whipsnake_contract::exit::{ExitReason, OnReturn, Virtual};
use whipsnake_contract::helpers::Helper;
use whipsnake_contract::snapshot::Assumption;

/// Largest number of a value, block, state or object.
const LARGEST_INDEX: u32 = 1 << 24;

/// Why a text is not a function.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("line {line}, column {column}: {message}")]
pub struct ParseError {
    /// Line, from 1.
    pub line: usize,
    /// Column in characters, from 1.
    pub column: usize,
    /// What is wrong, and what is expected.
    pub message: String,
}

type Result<T> = std::result::Result<T, ParseError>;

/// Reads exactly one function.
///
/// # Errors
/// If the text is not the text form of one function.
pub fn parse(text: &str) -> Result<Function> {
    let mut cursor = Cursor::new(text);
    cursor.skip_lines();
    let function = Parser::function(&mut cursor)?;
    cursor.skip_lines();
    if cursor.at_end() { Ok(function) } else { cursor.fail("expected the end of the text after the function") }
}

/// Reads any number of functions.
///
/// # Errors
/// If the text is anything but functions and comments.
pub fn parse_all(text: &str) -> Result<Vec<Function>> {
    let mut cursor = Cursor::new(text);
    let mut functions = Vec::new();
    loop {
        cursor.skip_lines();
        if cursor.at_end() {
            return Ok(functions);
        }
        functions.push(Parser::function(&mut cursor)?);
    }
}

/// Reads a double as [`crate::print::float_text`] writes it; returns its bits.
pub fn float_bits(text: &str) -> Option<u64> {
    match text.strip_prefix("nan:0x") {
        Some(bits) => u64::from_str_radix(bits, 16).ok().filter(|&bits| f64::from_bits(bits).is_nan()),
        None => text.parse::<f64>().ok().map(f64::to_bits),
    }
}

/// A place in the text.
struct Cursor<'t> {
    text: &'t str,
    at: usize,
}

impl<'t> Cursor<'t> {
    fn new(text: &'t str) -> Self {
        Cursor { text, at: 0 }
    }

    fn rest(&self) -> &'t str {
        &self.text[self.at..]
    }

    fn at_end(&self) -> bool {
        self.rest().is_empty()
    }

    fn error_at(&self, at: usize, message: impl Into<String>) -> ParseError {
        let before = &self.text[..at];
        let line = before.matches('\n').count() + 1;
        let column = before.rsplit('\n').next().unwrap_or("").chars().count() + 1;
        ParseError { line, column, message: message.into() }
    }

    fn fail<T>(&self, message: impl Into<String>) -> Result<T> {
        Err(self.error_at(self.at, message))
    }

    /// Skips blanks and a comment, up to the line end.
    fn skip_blanks(&mut self) {
        let rest = self.rest();
        let trimmed = rest.trim_start_matches([' ', '\t', '\r']);
        self.at += rest.len() - trimmed.len();
        if trimmed.starts_with(';') {
            self.at += trimmed.find('\n').unwrap_or(trimmed.len());
        }
    }

    /// Skips blanks, comments and line ends.
    fn skip_lines(&mut self) {
        loop {
            self.skip_blanks();
            if !self.rest().starts_with('\n') {
                return;
            }
            self.at += 1;
        }
    }

    fn end_of_line(&mut self) -> Result<()> {
        self.skip_blanks();
        if self.at_end() || self.rest().starts_with('\n') {
            self.skip_lines();
            Ok(())
        } else {
            self.fail("expected the end of the line")
        }
    }

    fn peek(&mut self) -> Option<char> {
        self.skip_blanks();
        self.rest().chars().next()
    }

    fn eat(&mut self, symbol: char) -> bool {
        let found = self.peek() == Some(symbol);
        if found {
            self.at += symbol.len_utf8();
        }
        found
    }

    fn expect(&mut self, symbol: char) -> Result<()> {
        if self.eat(symbol) { Ok(()) } else { self.fail(format!("expected `{symbol}`")) }
    }

    /// The longest run of characters that `accept` takes.
    fn run(&mut self, accept: impl Fn(char) -> bool) -> &'t str {
        self.skip_blanks();
        let rest = self.rest();
        let length = rest.find(|c| !accept(c)).unwrap_or(rest.len());
        self.at += length;
        &rest[..length]
    }

    fn word(&mut self) -> &'t str {
        self.run(|c| c.is_ascii_alphanumeric() || c == '_')
    }

    fn eat_word(&mut self, word: &str) -> bool {
        let start = self.at;
        let found = self.word() == word;
        if !found {
            self.at = start;
        }
        found
    }

    fn expect_word(&mut self, word: &str) -> Result<()> {
        if self.eat_word(word) { Ok(()) } else { self.fail(format!("expected `{word}`")) }
    }

    /// A word that `lookup` knows; `what` it is, for the message.
    fn named<T>(&mut self, what: &str, accept: impl Fn(char) -> bool, lookup: impl Fn(&str) -> Option<T>) -> Result<T> {
        self.skip_blanks();
        let start = self.at;
        let word = self.run(accept);
        lookup(word).ok_or_else(|| self.error_at(start, format!("expected {what}, found `{word}`")))
    }

    fn name<T>(&mut self, what: &str, lookup: impl Fn(&str) -> Option<T>) -> Result<T> {
        self.named(what, |c| c.is_ascii_alphanumeric() || c == '_', lookup)
    }

    /// The number behind a prefix, as in `block3`.
    fn index(&mut self, what: &str, prefix: &str) -> Result<u32> {
        self.name(what, |word| {
            let digits = word.strip_prefix(prefix)?;
            let index: u32 = digits.parse().ok()?;
            (index <= LARGEST_INDEX && digits.bytes().all(|b| b.is_ascii_digit())).then_some(index)
        })
    }

    fn value(&mut self) -> Result<Value> {
        self.index("a value like `v1`", "v").map(Value)
    }

    fn state(&mut self) -> Result<StateId> {
        self.index("a state like `s1`", "s").map(StateId)
    }

    fn block(&mut self) -> Result<Block> {
        self.index("a block like `block1`", "block").map(Block)
    }

    fn object(&mut self) -> Result<u32> {
        self.index("an object like `o1`", "o")
    }

    /// A variable of the module and what it is to hold: `o1 = raw v2`.
    fn variable(&mut self) -> Result<(u32, Slot)> {
        let name = self.object()?;
        self.expect('=')?;
        Ok((name, self.slot()?))
    }

    /// A whole number that `convert` accepts.
    fn number<T>(&mut self, what: &str, convert: impl Fn(i128) -> Option<T>) -> Result<T> {
        self.named(what, |c| c.is_ascii_alphanumeric() || c == '-' || c == '+', |word| {
            let (negative, digits) = match word.strip_prefix('-') {
                Some(digits) => (true, digits),
                None => (false, word.strip_prefix('+').unwrap_or(word)),
            };
            let value = match digits.strip_prefix("0x") {
                Some(hex) => i128::from(u64::from_str_radix(hex, 16).ok()?),
                None => digits.bytes().all(|b| b.is_ascii_digit()).then_some(())
                    .and_then(|()| digits.parse::<i128>().ok())?,
            };
            convert(if negative { -value } else { value })
        })
    }

    fn u32(&mut self, what: &str) -> Result<u32> {
        self.number(what, |n| u32::try_from(n).ok())
    }

    fn u64(&mut self, what: &str) -> Result<u64> {
        self.number(what, |n| u64::try_from(n).ok())
    }

    /// A signed number, or an unsigned one by its bits.
    fn i64(&mut self) -> Result<i64> {
        self.number("an integer of 64 bits", |n| i64::try_from(n).ok().or_else(|| u64::try_from(n).ok().map(|n| n as i64)))
    }

    fn float(&mut self) -> Result<u64> {
        self.named("a double", |c| c.is_ascii_alphanumeric() || "+-.:".contains(c), float_bits)
    }

    fn string(&mut self) -> Result<String> {
        self.expect('"')?;
        let mut text = String::new();
        let mut chars = self.rest().char_indices();
        while let Some((at, c)) = chars.next() {
            match c {
                '"' => {
                    self.at += at + 1;
                    return Ok(text);
                }
                '\n' => break,
                '\\' => match chars.next() {
                    Some((_, 'n')) => text.push('\n'),
                    Some((_, 'u')) => {
                        let hex: String = chars.by_ref().map(|(_, c)| c).skip(1).take_while(|&c| c != '}').collect();
                        match u32::from_str_radix(&hex, 16).ok().and_then(char::from_u32) {
                            Some(c) => text.push(c),
                            None => return self.fail("expected a character number like `\\u{a}`"),
                        }
                    }
                    Some((_, c)) => text.push(c),
                    None => break,
                },
                c => text.push(c),
            }
        }
        self.fail("expected `\"` at the end of the string")
    }

    /// Items between brackets.
    fn list<T>(&mut self, open: char, close: char, mut item: impl FnMut(&mut Self) -> Result<T>) -> Result<Vec<T>> {
        self.expect(open)?;
        let mut items = Vec::new();
        if self.eat(close) {
            return Ok(items);
        }
        loop {
            items.push(item(self)?);
            if self.eat(close) {
                return Ok(items);
            }
            self.expect(',')?;
        }
    }

    fn slot(&mut self) -> Result<Slot> {
        if self.peek().is_some_and(|c| c == '-' || c.is_ascii_digit()) {
            return self.i64().map(Slot::Int);
        }
        let start = self.at;
        let word = self.run(|c| c.is_ascii_alphanumeric() || "_-".contains(c));
        if let Some(kind) = Virtual::ALL.iter().find(|kind| kind.name() == word) {
            return self.list('(', ')', Cursor::slot).map(|parts| Slot::Virtual(*kind, parts));
        }
        match word {
            "null" => Ok(Slot::Null),
            "in_frame" => Ok(Slot::InFrame),
            "owned" => self.value().map(Slot::Owned),
            "owned_or_null" => self.value().map(Slot::OwnedOrNull),
            "maybe" => Ok(Slot::Maybe(self.value()?, Box::new(self.slot()?))),
            "borrowed" => self.value().map(Slot::Borrowed),
            "raw" => self.value().map(Slot::Raw),
            "float" => self.float().map(Slot::Float),
            _ => {
                self.at = start;
                self.object().map(Slot::Object).map_err(|_| {
                    self.error_at(start, "expected a slot: `null`, `owned v1`, `owned_or_null v1`, `borrowed v1`, `raw v1`, `maybe v1 …`, `in_frame`, `o1`, an integer, `float 1.0` or a virtual object like `tuple(…)`")
                })
            }
        }
    }
}

/// The function while it is read.
struct Parser<'c, 't> {
    cursor: &'c mut Cursor<'t>,
    function: Function,
}

impl<'c, 't> Parser<'c, 't> {
    fn function(cursor: &'c mut Cursor<'t>) -> Result<Function> {
        cursor.expect_word("function")?;
        cursor.expect('%')?;
        let name = if cursor.peek() == Some('"') { cursor.string()? } else { cursor.run(is_plain).to_owned() };
        if name.is_empty() {
            return cursor.fail("expected the function's name");
        }
        cursor.expect_word("abi")?;
        let abi = cursor.name("`function` or `loop`", |word| Abi::ALL.iter().copied().find(|a| a.name() == word))?;
        cursor.expect('{')?;
        cursor.end_of_line()?;
        let mut function = Function::new(name, abi);
        function.blocks.clear();
        function.values.clear();
        let mut parser = Parser { cursor, function };
        parser.header()?;
        while !parser.cursor.eat('}') {
            parser.block()?;
        }
        parser.cursor.end_of_line()?;
        Ok(parser.function)
    }

    /// What comes before the first block.
    fn header(&mut self) -> Result<()> {
        if self.cursor.eat_word("forced") {
            let every = self.cursor.u64("a number of guards")?;
            self.cursor.expect_word("at")?;
            self.function.exit_every = Some((every, self.cursor.u64("an address")?));
            self.cursor.end_of_line()?;
        }
        while self.cursor.rest().starts_with('o') {
            let expected = self.function.objects.len();
            let found = self.cursor.object()? as usize;
            self.sequential("o", found, expected)?;
            self.cursor.expect('=')?;
            let address = self.cursor.u64("an address")?;
            let immortal = self.cursor.eat_word("immortal");
            let label = self.cursor.string()?;
            self.function.objects.push(ObjectRef { address, immortal, label });
            self.cursor.end_of_line()?;
        }
        while self.cursor.eat_word("assume") {
            let assumption = self.assumption()?;
            self.function.assumptions.push(assumption);
            self.cursor.end_of_line()?;
        }
        while self.cursor.rest().starts_with('s') {
            let expected = self.function.states.len();
            let found = self.cursor.state()?.index();
            self.sequential("s", found, expected)?;
            self.cursor.expect('=')?;
            let state = self.frame_state()?;
            self.function.add_state(state);
            self.cursor.end_of_line()?;
        }
        Ok(())
    }

    fn sequential(&self, prefix: &str, found: usize, expected: usize) -> Result<()> {
        if found == expected {
            return Ok(());
        }
        self.cursor.fail(format!("expected `{prefix}{expected}`, found `{prefix}{found}`: numbers go up one by one"))
    }

    fn assumption(&mut self) -> Result<Assumption> {
        let cursor = &mut *self.cursor;
        let start = cursor.at;
        match cursor.word() {
            "type_version" => {
                Ok(Assumption::TypeVersion { address: cursor.u64("an address")?, version: cursor.u32("a version")? })
            }
            "function" => Ok(Assumption::Function { address: cursor.u64("an address")? }),
            "dict_entry" => {
                let dict = cursor.u64("an address")?;
                let name = cursor.string()?;
                Ok(Assumption::DictEntry { dict, name, value: cursor.u64("an address")? })
            }
            word => Err(cursor.error_at(start, format!("expected `type_version`, `function` or `dict_entry`, found `{word}`"))),
        }
    }

    fn frame_state(&mut self) -> Result<FrameState> {
        let cursor = &mut *self.cursor;
        cursor.expect_word("code")?;
        let code = cursor.u32("a code number")?;
        cursor.expect_word("at")?;
        let offset = cursor.u32("an offset")?;
        let find_resume = |word: &str| RESUMES.iter().find(|(_, name)| *name == word).map(|(resume, _)| *resume);
        let resume = cursor.name("`execute`, `behind`, `raise`, `again` or `observe`", find_resume)?;
        let mut state = FrameState {
            code,
            function: Slot::Null,
            offset,
            return_offset: 0,
            on_return: OnReturn::Push,
            resume,
            untraced: cursor.eat_word("untraced"),
            frame: None,
            locals: Vec::new(),
            stack: Vec::new(),
            variables: Vec::new(),
            release: Vec::new(),
            origin: None,
            parent: None,
        };
        if cursor.eat_word("due") {
            state.origin = Some((cursor.u32("a code number")?, cursor.u32("an offset")?));
        }
        if cursor.eat_word("return") {
            state.return_offset = cursor.u32("an offset")?;
            let find = |word: &str| OnReturn::ALL.iter().copied().find(|on_return| on_return.name() == word);
            state.on_return = cursor.name("what happens with the result: `push`, `check_none`, …", find)?;
        }
        if cursor.eat_word("function") {
            state.function = cursor.slot()?;
        }
        if cursor.eat_word("frame") {
            state.frame = Some(cursor.value()?);
        }
        if cursor.eat_word("locals") {
            state.locals = cursor.list('[', ']', Cursor::slot)?;
        }
        if cursor.eat_word("stack") {
            state.stack = cursor.list('[', ']', Cursor::slot)?;
        }
        if cursor.eat_word("variables") {
            state.variables = cursor.list('[', ']', Cursor::variable)?;
        }
        if cursor.eat_word("release") {
            state.release = cursor.list('[', ']', Cursor::value)?;
        }
        if cursor.eat_word("parent") {
            state.parent = Some(cursor.state()?);
        }
        state.for_each_value(&mut |v| self.function.mention(v));
        Ok(state)
    }

    fn block(&mut self) -> Result<()> {
        let expected = self.function.blocks.len();
        let found = self.cursor.block()?.index();
        self.sequential("block", found, expected)?;
        let block = self.function.add_block();
        if self.cursor.peek() == Some('(') {
            let params = self.cursor.list('(', ')', |cursor| Ok((cursor.value()?, ty(cursor)?)))?;
            for (value, ty) in params {
                self.function.define(value, ty);
                self.function.blocks[block.index()].params.push(value);
            }
        }
        self.function.blocks[block.index()].cold = self.cursor.eat_word("cold");
        self.cursor.expect(':')?;
        self.cursor.end_of_line()?;
        while !self.cursor.rest().starts_with("block") && !self.cursor.rest().starts_with('}') {
            self.inst(block)?;
        }
        Ok(())
    }

    fn inst(&mut self, block: Block) -> Result<()> {
        let cursor = &mut *self.cursor;
        let start = cursor.at;
        let mut result = None;
        if let Ok(value) = cursor.value() {
            result = Some(value);
            let ty = ty(cursor)?;
            self.function.define(value, ty);
            cursor.expect('=')?;
        } else {
            cursor.at = start;
        }
        let op = cursor.name("an operation", Op::from_name)?;
        let mut imm = named_imm(cursor, op.info().imm)?;
        let mut args: SmallVec<[Value; 4]> = SmallVec::new();
        let mut targets: SmallVec<[Target; 2]> = SmallVec::new();
        let mut first = true;
        while !matches!(cursor.peek(), None | Some('\n' | '[')) {
            if !first {
                cursor.expect(',')?;
                cursor.skip_blanks();
            }
            let rest = cursor.rest();
            if rest.starts_with("block") {
                let block = cursor.block()?;
                let values = if cursor.peek() == Some('(') { cursor.list('(', ')', Cursor::value)? } else { Vec::new() };
                values.iter().for_each(|&v| self.function.mention(v));
                targets.push(Target { block, args: SmallVec::from_vec(values) });
            } else if rest.starts_with('v') {
                let value = cursor.value()?;
                self.function.mention(value);
                args.push(value);
                if let Imm::Mem { offset, .. } = &mut imm
                    && first
                    && matches!(cursor.peek(), Some('+' | '-'))
                {
                    *offset = cursor.number("an offset of 32 bits", |n| i32::try_from(n).ok())?;
                }
            } else if imm == Imm::None {
                imm = number_imm(cursor, op.info().imm)?;
            } else {
                return cursor.fail("expected a value like `v1` or a block like `block1`");
            }
            first = false;
        }
        let state = if cursor.eat('[') {
            let state = cursor.state()?;
            cursor.expect(']')?;
            Some(state)
        } else {
            None
        };
        cursor.end_of_line()?;
        let inst = self.function.insts.len() as u32;
        self.function.insts.push(InstData { op, args, imm, targets, state, result });
        self.function.blocks[block.index()].insts.push(crate::entity::Inst(inst));
        Ok(())
    }
}

/// `: type`.
fn ty(cursor: &mut Cursor<'_>) -> Result<Ty> {
    cursor.expect(':')?;
    cursor.name("a type", |word| Ty::ALL.iter().copied().find(|ty| ty.name() == word))
}

/// The immediate that follows the operation's name after a dot, if it is of such a kind.
fn named_imm(cursor: &mut Cursor<'_>, kind: ImmKind) -> Result<Imm> {
    match kind {
        ImmKind::None | ImmKind::Int | ImmKind::Float | ImmKind::Object | ImmKind::Type => return Ok(Imm::None),
        ImmKind::Cond | ImmKind::Mem | ImmKind::Helper | ImmKind::Exit => cursor.expect('.')?,
    }
    Ok(match kind {
        ImmKind::Cond => {
            Imm::Cond(cursor.name("a comparison", |word| Cond::ALL.iter().copied().find(|c| c.name() == word))?)
        }
        ImmKind::Helper => Imm::Helper(cursor.name("a helper", Helper::from_name)?),
        ImmKind::Exit => {
            let accept = |c: char| c.is_ascii_alphanumeric() || c == '-';
            Imm::Exit(cursor.named("an exit reason", accept, ExitReason::from_name)?)
        }
        _ => {
            let size = cursor.name("an access size", |word| MemSize::ALL.iter().copied().find(|s| s.name() == word))?;
            cursor.expect('.')?;
            let region = cursor.name("a region", |word| Region::ALL.iter().copied().find(|r| r.name() == word))?;
            Imm::Mem { offset: 0, size, region }
        }
    })
}

/// The immediate among the operands.
fn number_imm(cursor: &mut Cursor<'_>, kind: ImmKind) -> Result<Imm> {
    match kind {
        ImmKind::Int => cursor.i64().map(Imm::Int),
        ImmKind::Float => cursor.float().map(Imm::Float),
        ImmKind::Object => cursor.object().map(Imm::Object),
        ImmKind::Type => cursor.u64("a type's address").map(Imm::Type),
        ImmKind::None | ImmKind::Cond | ImmKind::Mem | ImmKind::Helper | ImmKind::Exit => {
            cursor.fail("expected a value like `v1` or a block like `block1`")
        }
    }
}

impl Function {
    /// Makes room for a value.
    fn mention(&mut self, value: Value) {
        if self.values.len() <= value.index() {
            self.values.resize(value.index() + 1, Ty::I64);
        }
    }

    /// Sets a value's type.
    fn define(&mut self, value: Value, ty: Ty) {
        self.mention(value);
        self.values[value.index()] = ty;
    }
}
