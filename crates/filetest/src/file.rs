//! The parts of a test file.

/// A test file: text that is kept, and functions with their expectations.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct TestFile {
    /// The command behind `; test`.
    pub(crate) command: String,
    pub(crate) cases: Vec<Case>,
    /// What follows the last case.
    tail: String,
}

/// One function.
#[derive(Clone, Debug, PartialEq)]
pub(crate) struct Case {
    /// Text before the function.
    lead: String,
    /// Line of `function`, from 1.
    pub(crate) line: usize,
    /// From `function` to `}`, with its line end.
    pub(crate) function: String,
    /// The comment lines directly behind the function, without `; ` (or `;`).
    pub(crate) expected: Vec<String>,
}

impl TestFile {
    pub(crate) fn parse(text: &str) -> Result<TestFile, String> {
        let command = text
            .lines()
            .find_map(|line| line.strip_prefix("; test "))
            .ok_or("the file does not begin with `; test COMMAND`")?;
        let mut file = TestFile { command: command.trim().to_owned(), cases: Vec::new(), tail: String::new() };
        let mut lines = text.lines().enumerate().peekable();
        let mut lead = String::new();
        while let Some((index, line)) = lines.next() {
            if !line.starts_with("function") {
                lead.push_str(line);
                lead.push('\n');
                continue;
            }
            let mut function = format!("{line}\n");
            loop {
                let (_, line) = lines.next().ok_or(format!("the function in line {} has no `}}`", index + 1))?;
                function.push_str(line);
                function.push('\n');
                if line.starts_with('}') {
                    break;
                }
            }
            let mut expected = Vec::new();
            while let Some((_, line)) = lines.next_if(|(_, line)| line.starts_with(';')) {
                let comment = line.strip_prefix("; ").or_else(|| line.strip_prefix(';'));
                expected.push(comment.unwrap_or("").to_owned());
            }
            file.cases.push(Case { lead: std::mem::take(&mut lead), line: index + 1, function, expected });
        }
        file.tail = lead;
        Ok(file)
    }

    /// The file as text.
    pub(crate) fn text(&self) -> String {
        let mut text = String::new();
        for case in &self.cases {
            text += &case.lead;
            text += &case.function;
            for line in &case.expected {
                text += format!("; {line}").trim_end();
                text.push('\n');
            }
        }
        text + &self.tail
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn files_keep_their_text() {
        let text = "; test run\n; about\n\nfunction %a {\n}\n; run: %a() == 1\n;\n\n; next\nfunction %b {\n}\n\n; end\n";
        let file = TestFile::parse(text).unwrap();
        assert_eq!(file.text(), text);
        assert_eq!((file.command.as_str(), file.cases.len()), ("run", 2));
        assert_eq!((file.cases[0].line, file.cases[1].line), (4, 10));
        assert_eq!(file.cases[0].expected, ["run: %a() == 1", ""]);
        assert!(TestFile::parse("function %f {\n").is_err());
    }
}
