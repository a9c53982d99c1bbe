//! Values in run lines.

use std::fmt;
use whipsnake_ir::parse::float_bits;
use whipsnake_ir::print::float_text;

/// What can be passed to a function and comes out of it.
#[derive(Clone, Debug, PartialEq)]
pub enum Datum {
    /// `5`, `-0x10`: a word.
    Int(i64),
    /// `1.5`, `nan:0x7ff8000000000000`: the bits of a double.
    Float(u64),
    /// `true`, `false`: 1 or 0.
    Bool(bool),
    /// `null`: 0.
    Null,
    /// `int(5)`: an int object; at most 90 bits.
    IntObject(i128),
    /// `float(1.5)`: a float object, by its bits.
    FloatObject(u64),
    /// `True`, `False`, `None`, or `obj(name)`: an object that has nothing but a name.
    Named(String),
    /// `mem(1, 2)`: the address of words in memory.
    Memory(Vec<Datum>),
}

/// Names of objects that exist once.
pub(crate) const SINGLETONS: [&str; 3] = ["None", "True", "False"];

impl Datum {
    /// Reads one value.
    ///
    /// # Errors
    /// If the text is not a value; the message says what is wrong.
    pub fn parse(text: &str) -> Result<Datum, String> {
        let text = text.trim();
        if SINGLETONS.contains(&text) {
            return Ok(Datum::Named(text.to_owned()));
        }
        if let Some((kind, rest)) = text.split_once('(')
            && let Some(inside) = rest.strip_suffix(')')
        {
            let bad = || format!("`{text}` is not a value");
            return match kind {
                "int" => inside.parse().map(Datum::IntObject).map_err(|_| bad()),
                "float" => float_bits(inside).map(Datum::FloatObject).ok_or_else(bad),
                "obj" => Ok(Datum::Named(inside.to_owned())),
                "mem" => Datum::parse_list(inside).map(Datum::Memory),
                _ => Err(bad()),
            };
        }
        match text {
            "true" => Ok(Datum::Bool(true)),
            "false" => Ok(Datum::Bool(false)),
            "null" => Ok(Datum::Null),
            _ => integer(text).map(Datum::Int).or_else(|| float_bits(text).map(Datum::Float)).ok_or_else(|| {
                format!("`{text}` is not a value: expected an integer, a double, `true`, `null`, `int(1)`, `float(1.0)`, `None`, `obj(name)` or `mem(…)`")
            }),
        }
    }

    /// Reads values separated by commas.
    ///
    /// # Errors
    /// As [`Datum::parse`].
    pub fn parse_list(text: &str) -> Result<Vec<Datum>, String> {
        split_list(text).into_iter().map(Datum::parse).collect()
    }
}

/// The parts between commas that are in no brackets.
pub(crate) fn split_list(text: &str) -> Vec<&str> {
    let (mut parts, mut depth, mut start) = (Vec::new(), 0i32, 0);
    for (at, c) in text.char_indices() {
        match c {
            '(' => depth += 1,
            ')' => depth -= 1,
            ',' if depth == 0 => {
                parts.push(&text[start..at]);
                start = at + 1;
            }
            _ => {}
        }
    }
    if !text[start..].trim().is_empty() {
        parts.push(&text[start..]);
    }
    parts
}

fn integer(text: &str) -> Option<i64> {
    let (sign, digits) = match text.strip_prefix('-') {
        Some(digits) => (-1, digits),
        None => (1, text),
    };
    let value = match digits.strip_prefix("0x") {
        Some(hex) => i128::from_str_radix(hex, 16).ok()?,
        None => digits.parse().ok()?,
    };
    i64::try_from(sign * value).ok()
}

impl fmt::Display for Datum {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Datum::Int(value) => write!(f, "{value}"),
            Datum::Float(bits) => f.write_str(&float_text(*bits)),
            Datum::Bool(value) => write!(f, "{value}"),
            Datum::Null => f.write_str("null"),
            Datum::IntObject(value) => write!(f, "int({value})"),
            Datum::FloatObject(bits) => write!(f, "float({})", float_text(*bits)),
            Datum::Named(name) if SINGLETONS.contains(&name.as_str()) => f.write_str(name),
            Datum::Named(name) => write!(f, "obj({name})"),
            Datum::Memory(words) => {
                let words: Vec<String> = words.iter().map(ToString::to_string).collect();
                write!(f, "mem({})", words.join(", "))
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_read_back() {
        for text in ["5", "-7", "1.5", "inf", "-0.0", "true", "null", "int(-5)", "float(2.5)", "None", "obj(a b)", "mem(1, mem(2.0), int(3))"] {
            assert_eq!(Datum::parse(text).map(|d| d.to_string()), Ok(text.to_owned()));
        }
        assert_eq!(Datum::parse("-0x8000000000000000"), Ok(Datum::Int(i64::MIN)));
        assert!(Datum::parse("str(x)").unwrap_err().contains("str(x)"));
    }
}
