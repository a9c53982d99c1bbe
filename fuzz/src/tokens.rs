//! Mutations of text IR by lines and words.

use crate::Choices;

/// Numbers at the edges of what machine code does with them.
const NUMBERS: [&str; 12] = [
    "0", "1", "-1", "2", "8", "63", "64", "255", "65535", "2147483648", "9223372036854775807", "-9223372036854775808",
];

/// The text with one to four lines or words changed.
pub fn mutate(text: &str, choices: &mut Choices) -> String {
    let mut lines: Vec<String> = text.lines().map(str::to_owned).collect();
    for _ in 0..=choices.below(4) {
        step(&mut lines, choices);
    }
    let mut text = lines.join("\n");
    text.push('\n');
    text
}

fn step(lines: &mut Vec<String>, choices: &mut Choices) {
    if lines.is_empty() {
        return;
    }
    let (at, other) = (choices.below(lines.len()), choices.below(lines.len()));
    match choices.below(10) {
        0 => drop(lines.remove(at)),
        1 => lines.swap(at, other),
        2 => {
            let line = lines.remove(other);
            lines.insert(at.min(lines.len()), line);
        }
        3 => repeated(lines, at, other, choices),
        _ => {
            let words: Vec<(usize, usize)> = words(&lines[at]);
            let Some(&(start, end)) = choices.pick(&words) else { return };
            if let Some(new) = replacement(lines, at, &lines[at][start..end], choices) {
                lines[at].replace_range(start..end, &new);
            }
        }
    }
}

/// Repeats an instruction with a name of its own for the result.
fn repeated(lines: &mut Vec<String>, at: usize, other: usize, choices: &mut Choices) {
    let line = lines[other].clone();
    let new = match line.trim_start().split_once(": ") {
        Some((name, rest)) if name.starts_with('v') => format!("  v{}: {rest}", 1000 + choices.below(1000)),
        _ => line,
    };
    lines.insert(at, new);
}

/// Ranges of names and numbers.
fn words(line: &str) -> Vec<(usize, usize)> {
    let mut found = Vec::new();
    let mut start = None;
    for (index, char) in line.char_indices().chain([(line.len(), ' ')]) {
        let inside = char.is_alphanumeric() || matches!(char, '_' | '.' | '-');
        match (inside, start) {
            (true, None) => start = Some(index),
            (false, Some(begin)) => {
                found.push((begin, index));
                start = None;
            }
            _ => {}
        }
    }
    found
}

/// A word of the same sort: from elsewhere in the text, or a number of the edges.
fn replacement(lines: &[String], at: usize, word: &str, choices: &mut Choices) -> Option<String> {
    let sort = sort_of(word);
    if sort == Sort::Number && choices.below(3) == 0 {
        return choices.pick(&NUMBERS).map(|&number| number.to_owned());
    }
    // Values nearby are more often defined where they are used.
    let near = at.saturating_sub(12)..lines.len().min(at + 12);
    let range = if choices.below(2) == 0 { near } else { 0..lines.len() };
    let alike: Vec<&str> = lines[range]
        .iter()
        .flat_map(|line| words(line).into_iter().map(move |(start, end)| &line[start..end]))
        .filter(|other| *other != word && sort_of(other) == sort)
        .collect();
    choices.pick(&alike).map(|&other| other.to_owned())
}

#[derive(PartialEq, Eq)]
enum Sort {
    /// With its first letter: `v3`, `s1`, `o0`, `block2`.
    Name(char),
    Number,
    Word,
}

fn sort_of(word: &str) -> Sort {
    let name = word.trim_end_matches(|char: char| char.is_ascii_digit());
    if word.trim_start_matches('-').starts_with(|char: char| char.is_ascii_digit()) {
        Sort::Number
    } else if matches!(name, "v" | "s" | "o" | "block") && name.len() < word.len() {
        Sort::Name(word.chars().next().unwrap_or('v'))
    } else {
        Sort::Word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const TEXT: &str = "function %f abi function {\nblock0(v0: ptr, v1: obj):\n  v2: i64 = iconst 7\n  return v1\n}\n";

    #[test]
    fn many_mutants_are_functions_again() {
        let mutants: Vec<String> = (0..200).map(|seed| mutate(TEXT, &mut Choices::new(seed))).collect();
        let parsed = mutants.iter().filter(|text| whipsnake_ir::parse::parse(text).is_ok()).count();
        assert!(parsed > 20, "{parsed} of 200");
        assert!(mutants.iter().any(|text| text.as_str() != TEXT && whipsnake_ir::parse::parse(text).is_ok()));
    }

    #[test]
    fn a_seed_gives_the_same_mutant() {
        assert_eq!(mutate(TEXT, &mut Choices::new(5)), mutate(TEXT, &mut Choices::new(5)));
    }
}
