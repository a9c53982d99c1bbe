//! Which functions may be compiled: how they are named across runs, and what `WHIPSNAKE_ONLY` and `WHIPSNAKE_SAMPLE` select.

use std::collections::BTreeSet;
use std::fmt;

/// What a function is called in statistics and in the file of `WHIPSNAKE_ONLY`. Two functions of one name in one line of a file share a key.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord)]
pub struct FunctionKey {
    /// `co_filename`.
    pub filename: String,
    /// `co_firstlineno`.
    pub line: u32,
    /// `co_qualname`.
    pub qualname: String,
}

impl fmt::Display for FunctionKey {
    /// `filename:firstlineno:qualname` in one line that is no comment and not blank: control characters, backslashes and a leading `#` or
    /// space are escaped as in Rust's string literals.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let text = format!("{}:{}:{}", self.filename, self.line, self.qualname);
        for (index, c) in text.chars().enumerate() {
            match c {
                '\\' => write!(f, "\\\\")?,
                c if c.is_control() || index == 0 && (c == '#' || c.is_whitespace()) => write!(f, "{}", c.escape_unicode())?,
                c => write!(f, "{c}")?,
            }
        }
        Ok(())
    }
}

/// True for text of the form `filename:firstlineno:qualname`. Any part but the number may hold colons.
fn is_key(line: &str) -> bool {
    line.match_indices(':').any(|(index, _)| {
        let number = line[index + 1..].split_once(':').filter(|(_, name)| !name.is_empty());
        number.is_some_and(|(digits, _)| !digits.is_empty() && digits.bytes().all(|byte| byte.is_ascii_digit()))
    })
}

/// The keys in a file, the value of `only`.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct FunctionList {
    keys: Option<BTreeSet<String>>,
}

impl FunctionList {
    /// Reads the file at `path`: one key a line; blank lines and lines that begin with `#` are comments. Every function if `path` is empty.
    ///
    /// # Errors
    /// What is wrong with the file, and what is expected of it.
    pub fn read(path: &str) -> Result<FunctionList, String> {
        if path.is_empty() {
            return Ok(FunctionList::default());
        }
        let text = std::fs::read_to_string(path)
            .map_err(|error| format!("{error}; use a file with one function a line, as filename:firstlineno:qualname"))?;
        FunctionList::parse(&text)
    }

    fn parse(text: &str) -> Result<FunctionList, String> {
        let mut keys = BTreeSet::new();
        for (index, line) in text.lines().enumerate() {
            if line.trim().is_empty() || line.starts_with('#') {
                continue;
            }
            if !is_key(line) {
                return Err(format!(
                    "line {} is {line:?}; use filename:firstlineno:qualname, as `key` of the units in stats() shows it",
                    index + 1
                ));
            }
            keys.insert(line.to_owned());
        }
        Ok(FunctionList { keys: Some(keys) })
    }
}

/// A share of all functions, the value of `sample`.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Sample {
    /// How much of 100 functions is taken; 0 to 100.
    pub percent: u64,
    /// Which: with the same seed, a larger share holds all functions of a smaller one.
    pub seed: u64,
}

impl Sample {
    /// The sample that `text` names as `percent:seed`.
    ///
    /// # Errors
    /// What is expected.
    pub fn parse(text: &str) -> Result<Sample, String> {
        let numbers = text.split_once(':').and_then(|(percent, seed)| Some((percent.parse().ok()?, seed.parse().ok()?)));
        match numbers {
            Some((percent @ 0..=100, seed)) => Ok(Sample { percent, seed }),
            _ => Err("use percent:seed, with a percentage from 0 to 100 and any whole number, as in 50:1".to_owned()),
        }
    }

    /// True if the function belongs to the sample. Depends on nothing but key and seed.
    fn takes(self, key: &str) -> bool {
        // FNV-1a, then the finaliser of SplitMix64: the first alone leaves keys that differ in their last letters close together.
        let hash = key.bytes().fold(0xcbf2_9ce4_8422_2325_u64 ^ self.seed, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0000_0100_0000_01b3)
        });
        let hash = (hash ^ (hash >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let hash = (hash ^ (hash >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (hash ^ (hash >> 31)) % 100 < self.percent
    }
}

/// Functions that may be compiled.
#[derive(Clone, Copy, Debug)]
pub struct Selection<'a> {
    /// Those of the file.
    pub only: &'a FunctionList,
    /// Of these, those of the sample.
    pub sample: Option<Sample>,
}

impl Selection<'_> {
    /// True if nothing is excluded.
    pub fn is_everything(&self) -> bool {
        self.only.keys.is_none() && self.sample.is_none()
    }

    /// Why a function is not to be compiled; `None` if it may be.
    pub fn exclusion(&self, key: &FunctionKey) -> Option<&'static str> {
        let key = key.to_string();
        if self.only.keys.as_ref().is_some_and(|keys| !keys.contains(&key)) {
            return Some("not in the file that WHIPSNAKE_ONLY names");
        }
        if self.sample.is_some_and(|sample| !sample.takes(&key)) {
            return Some("not in the sample that WHIPSNAKE_SAMPLE takes");
        }
        None
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn key(filename: &str, line: u32, qualname: &str) -> FunctionKey {
        FunctionKey { filename: filename.to_owned(), line, qualname: qualname.to_owned() }
    }

    #[test]
    fn every_key_is_a_line_that_selects_its_function_alone() {
        let odd = [
            key("/a/b.py", 3, "A.f"),
            key("<string>", 1, "<module>"),
            key("#x.py", 1, "f"),
            key(" x.py", 1, "f"),
            key("x.py", 1, "f"),
            key("a\nb:1:c.py", 2, "f"),
            key("a\\nb:1:c.py", 2, "f"),
            key("", 1, "g.<locals>.<lambda>"),
            key("c:d.py", 4, "odd:name"),
        ];
        for one in &odd {
            let only = FunctionList::parse(&format!("# a comment\n\n{one}\n")).unwrap();
            let selection = Selection { only: &only, sample: None };
            let selected: Vec<_> = odd.iter().filter(|key| selection.exclusion(key).is_none()).collect();
            assert_eq!(selected, [one]);
        }
    }

    #[test]
    fn malformed_lines_are_named() {
        for line in ["f", "x.py:f", "x.py::f", "x.py:12:", "x.py:1a:f"] {
            let error = FunctionList::parse(&format!("x.py:1:f\n{line}\n")).unwrap_err();
            assert!(error.contains("line 2") && error.contains(line) && error.contains("qualname"), "{error}");
        }
        let error = FunctionList::read("/nonexistent/list").unwrap_err();
        assert!(error.contains("No such file") && error.contains("one function a line"), "{error}");
    }

    #[test]
    fn an_empty_list_excludes_everything_and_no_list_nothing() {
        let (none, empty) = (FunctionList::read("").unwrap(), FunctionList::parse("").unwrap());
        let selects = |only| Selection { only, sample: None };
        assert!(selects(&none).is_everything() && selects(&none).exclusion(&key("x.py", 1, "f")).is_none());
        assert!(!selects(&empty).is_everything() && selects(&empty).exclusion(&key("x.py", 1, "f")).is_some());
    }

    #[test]
    fn samples_have_their_size_grow_with_it_and_depend_on_the_seed() {
        let all = FunctionList::default();
        let taken = |percent, seed| -> BTreeSet<u32> {
            let selection = Selection { only: &all, sample: Some(Sample { percent, seed }) };
            (0..10_000).filter(|&line| selection.exclusion(&key("x.py", line, "f")).is_none()).collect()
        };
        let (small, large) = (taken(20, 1), taken(60, 1));
        assert!((1800..2200).contains(&small.len()) && (5700..6300).contains(&large.len()), "{} {}", small.len(), large.len());
        assert!(small.is_subset(&large) && small == taken(20, 1) && small != taken(20, 2));
        assert_eq!((taken(0, 1).len(), taken(100, 1).len()), (0, 10_000));
        for bad in ["50", "101:1", "x:1", "50:", "-1:2"] {
            assert!(Sample::parse(bad).unwrap_err().contains("percent:seed"));
        }
    }
}
