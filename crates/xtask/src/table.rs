//! Plain text tables.

/// Rows of cells, printed in aligned columns: the first and the last column to the left, the others to the right.
pub(crate) struct Table {
    rows: Vec<Vec<String>>,
}

impl Table {
    /// A table with these column headings.
    pub(crate) fn new<const N: usize>(headings: [&str; N]) -> Self {
        Self::from_headings(headings.to_vec())
    }

    /// A table whose number of columns is not fixed.
    pub(crate) fn from_headings(headings: Vec<&str>) -> Self {
        Self {
            rows: vec![headings.into_iter().map(str::to_owned).collect()],
        }
    }

    /// Adds a row; it may be shorter than the headings.
    pub(crate) fn row(&mut self, cells: Vec<String>) {
        self.rows.push(cells);
    }

    /// The table as text, with a rule below the headings.
    pub(crate) fn render(&self) -> String {
        let columns = self.rows[0].len();
        let width = |column: usize| {
            self.rows
                .iter()
                .filter_map(|row| row.get(column))
                .map(|cell| cell.chars().count())
                .max()
        };
        let widths: Vec<usize> = (0..columns)
            .map(|column| width(column).unwrap_or(0))
            .collect();
        let mut text = String::new();
        for (number, row) in self.rows.iter().enumerate() {
            let cells: Vec<String> = row
                .iter()
                .zip(&widths)
                .enumerate()
                .map(|(column, (cell, width))| {
                    let fill = " ".repeat(width - cell.chars().count());
                    if column == 0 || column + 1 == columns {
                        format!("{cell}{fill}")
                    } else {
                        format!("{fill}{cell}")
                    }
                })
                .collect();
            text.push_str(cells.join("  ").trim_end());
            text.push('\n');
            if number == 0 {
                text.push_str(&"-".repeat(widths.iter().sum::<usize>() + 2 * (columns - 1)));
                text.push('\n');
            }
        }
        text
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn columns_are_aligned() {
        let mut table = Table::new(["name", "time", "note"]);
        table.row(vec!["a".into(), "12.5 s".into(), "x".into()]);
        table.row(vec!["longer".into(), "1 s".into()]);
        assert_eq!(
            table.render(),
            "name      time  note\n--------------------\na       12.5 s  x\nlonger     1 s\n"
        );
    }
}
