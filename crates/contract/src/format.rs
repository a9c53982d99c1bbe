//! Format specifications of numbers and strs, as far as native code follows them: those of constants, in f-strings.
//!
//! The grammar is that of "Format Specification Mini-Language" in the library reference. What is not understood here is left to `format()`.

/// Where text is put in its width.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Align {
    /// `<`
    Left,
    /// `>`
    Right,
    /// `^`
    Centre,
    /// `=`: the padding comes behind the sign.
    Inside,
}

/// What is made of a value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Shown {
    /// A str as it is.
    Text,
    /// An int in decimal digits.
    Decimal,
    /// An int in hexadecimal digits.
    Hex,
    /// A number with so many digits behind the point: `f`.
    Fixed,
    /// The same, times a hundred: `%`.
    Percent,
}

/// A specification.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Format {
    /// An ASCII character.
    pub fill: u8,
    /// Where the text is put.
    pub align: Align,
    /// Least width in characters.
    pub width: u8,
    /// Digits behind the point, for [`Shown::Fixed`] and [`Shown::Percent`].
    pub precision: u8,
    /// Whether a comma follows each group of three digits.
    pub groups: bool,
    /// What is made of the value.
    pub shown: Shown,
}

const ALIGNS: [Align; 4] = [Align::Left, Align::Right, Align::Centre, Align::Inside];
const SHOWN: [Shown; 5] = [Shown::Text, Shown::Decimal, Shown::Hex, Shown::Fixed, Shown::Percent];
/// Digits behind the point if nothing is said.
const USUAL_PRECISION: u8 = 6;
/// Widths and precisions up to these are understood.
const WIDEST: u32 = 200;
const MOST_PRECISE: u32 = 40;

/// What a specification is for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Formatted {
    /// A str.
    Str,
    /// An int.
    Int,
    /// A float.
    Float,
}

impl Format {
    /// Reads a specification; `None` for what is not understood, or is an error. An empty one is `str()`, whose result is never shared.
    pub fn parse(text: &str, what: Formatted) -> Option<Format> {
        let mut rest = text.as_bytes();
        if text.is_empty() || !text.is_ascii() {
            return None;
        }
        let align_of = |byte: u8| Some(ALIGNS[b"<>^=".iter().position(|&other| other == byte)?]);
        let (mut fill, mut align) = (b' ', None);
        if let Some(found) = rest.get(1).copied().and_then(align_of) {
            (fill, align, rest) = (rest[0], Some(found), &rest[2..]);
        } else if let Some(found) = rest.first().copied().and_then(align_of) {
            (align, rest) = (Some(found), &rest[1..]);
        }
        if rest.first() == Some(&b'0') {
            if align.is_some() || what == Formatted::Str {
                return None;
            }
            (fill, align, rest) = (b'0', Some(Align::Inside), &rest[1..]);
        }
        let width = number(&mut rest).unwrap_or(0);
        let groups = rest.first() == Some(&b',');
        rest = &rest[usize::from(groups)..];
        let mut precision = None;
        if rest.first() == Some(&b'.') {
            rest = &rest[1..];
            precision = Some(number(&mut rest)?);
        }
        let shown = match (rest, what) {
            (b"" | b"s", Formatted::Str) => Shown::Text,
            (b"" | b"d", Formatted::Int) => Shown::Decimal,
            (b"x", Formatted::Int) => Shown::Hex,
            (b"f", Formatted::Int | Formatted::Float) => Shown::Fixed,
            (b"%", Formatted::Int | Formatted::Float) => Shown::Percent,
            _ => return None,
        };
        let is_float = matches!(shown, Shown::Fixed | Shown::Percent);
        // Groups are also made in zeros that fill; hexadecimal digits and strs have none.
        let odd = groups && (fill == b'0' || matches!(shown, Shown::Hex | Shown::Text)) || precision.is_some() && !is_float;
        if odd || shown == Shown::Text && align == Some(Align::Inside) || width > WIDEST || precision.is_some_and(|digits| digits > MOST_PRECISE) {
            return None;
        }
        let usual = if shown == Shown::Text { Align::Left } else { Align::Right };
        let precision = precision.map_or(USUAL_PRECISION, |digits| digits as u8);
        Some(Format { fill, align: align.unwrap_or(usual), width: width as u8, precision, groups, shown })
    }

    /// All of it in one number.
    pub fn number(self) -> i64 {
        let index = |found: Option<usize>| found.expect("all are listed") as u8;
        let align = index(ALIGNS.iter().position(|&align| align == self.align));
        let shown = index(SHOWN.iter().position(|&shown| shown == self.shown));
        i64::from_le_bytes([self.fill, align, self.width, self.precision, u8::from(self.groups), shown, 0, 0])
    }

    /// The format of a number that [`Self::number`] gave.
    pub const fn from_number(number: i64) -> Format {
        let [fill, align, width, precision, groups, shown, ..] = number.to_le_bytes();
        Format { fill, align: ALIGNS[align as usize], width, precision, groups: groups != 0, shown: SHOWN[shown as usize] }
    }

    /// Puts text into the width: digits with their sign, or a str of so many characters, into `out`.
    pub fn pad(self, sign: &[u8], body: &[u8], out: &mut Vec<u8>) {
        let missing = usize::from(self.width).saturating_sub(sign.len() + body.len());
        let before = match self.align {
            Align::Left => 0,
            Align::Right | Align::Inside => missing,
            Align::Centre => missing / 2,
        };
        let inside = self.align == Align::Inside;
        let fill = |out: &mut Vec<u8>, count| out.extend(std::iter::repeat_n(self.fill, count));
        fill(out, if inside { 0 } else { before });
        out.extend(sign);
        fill(out, if inside { before } else { 0 });
        out.extend(body);
        fill(out, missing - before);
    }
}

/// Takes a decimal number from the start.
fn number(rest: &mut &[u8]) -> Option<u32> {
    let count = rest.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let (digits, after) = rest.split_at(count);
    *rest = after;
    let value = |digits: &[u8]| std::str::from_utf8(digits).ok()?.parse::<u32>().ok();
    // Too large a number is none that is understood.
    if count == 0 { None } else { Some(value(digits).unwrap_or(u32::MAX)) }
}

/// Digits, and what follows them from the point on, with a comma before each group of three.
pub fn grouped(digits: &[u8]) -> Vec<u8> {
    let whole = digits.iter().take_while(|byte| byte.is_ascii_digit()).count();
    let mut out = Vec::with_capacity(digits.len() + whole / 3);
    for (index, &digit) in digits[..whole].iter().enumerate() {
        if index > 0 && (whole - index).is_multiple_of(3) {
            out.push(b',');
        }
        out.push(digit);
    }
    out.extend(&digits[whole..]);
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn understood_specifications() {
        let fixed = Format::parse(".2f", Formatted::Float).unwrap();
        assert_eq!((fixed.precision, fixed.width, fixed.shown, fixed.align), (2, 0, Shown::Fixed, Align::Right));
        let zeros = Format::parse("04d", Formatted::Int).unwrap();
        assert_eq!((zeros.fill, zeros.align, zeros.width), (b'0', Align::Inside, 4));
        let filled = Format::parse("*^10", Formatted::Str).unwrap();
        assert_eq!((filled.fill, filled.align, filled.width, filled.shown), (b'*', Align::Centre, 10, Shown::Text));
        assert!(Format::parse(",", Formatted::Int).unwrap().groups);
        assert_eq!(Format::parse("f", Formatted::Int).unwrap().precision, USUAL_PRECISION);
        for format in [fixed, zeros, filled] {
            assert_eq!(Format::from_number(format.number()), format);
        }
    }

    #[test]
    fn other_specifications() {
        let none = |text, what| assert_eq!(Format::parse(text, what), None, "{text}");
        ["", "+d", "#x", "08,d", ".2", "_", "n", "c", "e", "z.1f", "300", "d5", ".f"].iter().for_each(|text| none(text, Formatted::Int));
        ["", ".3", "g", "e", "d", "x", ".50f"].iter().for_each(|text| none(text, Formatted::Float));
        ["", "05", "=5", ".3", ",", "d", "é>4"].iter().for_each(|text| none(text, Formatted::Str));
    }

    #[test]
    fn padding_and_groups() {
        let padded = |text, what, sign: &str, body: &str| {
            let mut out = Vec::new();
            Format::parse(text, what).unwrap().pad(sign.as_bytes(), body.as_bytes(), &mut out);
            String::from_utf8(out).unwrap()
        };
        assert_eq!(padded("6", Formatted::Int, "-", "12"), "   -12");
        assert_eq!(padded("06", Formatted::Int, "-", "12"), "-00012");
        assert_eq!(padded("*^7", Formatted::Str, "", "ab"), "**ab***");
        assert_eq!(padded("<3", Formatted::Str, "", "abcd"), "abcd");
        let groups = |text: &str| String::from_utf8(grouped(text.as_bytes())).unwrap();
        assert_eq!(["1", "123", "1234", "123456", "1234567.25", "inf"].map(groups), ["1", "123", "1,234", "123,456", "1,234,567.25", "inf"]);
    }
}
