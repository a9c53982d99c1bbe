//! The report as a self-contained page with one picture.

use std::fmt::Write;

use super::contestant::ON;
use super::report::Report;
use super::summary::{Row, geomean};

const ROW: f64 = 18.0;
const LEFT: f64 = 230.0;
const WIDTH: f64 = 620.0;
const RIGHT: f64 = 70.0;
const TOP: f64 = 60.0;
/// Colours that stay apart for most kinds of colour vision; the first is ours.
const COLOURS: [&str; 5] = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#56b4e9"];

/// Draws one line per benchmark: a bar to our median ratio with its spread, a dot for each other contestant,
/// on a logarithmic scale on which the interpreter with the JIT off is 1.
pub(super) fn render(report: &Report<'_>) -> String {
    let names: Vec<&String> = report.challengers().collect();
    let ratios = report
        .rows
        .iter()
        .flat_map(|row| row.cells.values())
        .filter_map(|cell| cell.ratio);
    let (least, greatest) = ratios.fold((0.8_f64, 1.25_f64), |(least, greatest), ratio| {
        (least.min(ratio.least), greatest.max(ratio.greatest))
    });
    let scale = Scale {
        least: least.ln(),
        greatest: (greatest * 1.05).ln(),
    };
    let mut rows: Vec<&Row> = report.rows.iter().collect();
    rows.sort_by(|a, b| ours(b).total_cmp(&ours(a)));
    let height = TOP + ROW * rows.len() as f64 + 20.0;

    let mut body = String::new();
    let bottom = height - 20.0;
    for mark in [0.1, 0.25, 0.5, 1.0, 2.0, 4.0, 8.0, 16.0, 32.0, 64.0, 128.0] {
        if mark >= least && mark <= greatest * 1.05 {
            let x = scale.x(mark);
            let colour = if mark == 1.0 { "#444" } else { "#ddd" };
            let _ = writeln!(
                body,
                r#"<line x1="{x:.1}" x2="{x:.1}" y1="{TOP}" y2="{bottom}" stroke="{colour}"/>"#
            );
            let _ = writeln!(
                body,
                r#"<text x="{x:.1}" y="{:.1}" text-anchor="middle">{mark}x</text>"#,
                TOP - 6.0
            );
        }
    }
    for (index, name) in names.iter().enumerate() {
        let x = LEFT + index as f64 * 150.0;
        let mean =
            geomean(&report.rows, name).map_or(String::new(), |(mean, _)| format!(" {mean:.2}x"));
        let _ = writeln!(
            body,
            r#"<rect x="{x}" y="18" width="10" height="10" fill="{}"/><text x="{}" y="27">{}{mean}</text>"#,
            colour(index),
            x + 15.0,
            escape(name)
        );
    }
    for (number, row) in rows.iter().enumerate() {
        let middle = TOP + ROW * (number as f64 + 0.5);
        draw_row(&mut body, row, &names, &scale, middle);
    }
    format!(
        "<!doctype html>\n<html lang=\"en\"><head><meta charset=\"utf-8\"><title>whipsnake benchmarks</title></head>\n\
         <body style=\"font: 13px sans-serif; color: #222; background: #fff\">\n\
         <h1 style=\"font-size: 18px\">Speed against CPython {} with the JIT off</h1>\n\
         <p>{} time in the steady state, {} rounds, {}; bars and dots are medians, lines reach from the least to the \
         greatest round, the scale is logarithmic and the legend gives geometric means.</p>\n\
         <svg xmlns=\"http://www.w3.org/2000/svg\" width=\"{}\" height=\"{height}\" font-size=\"11\">\n{body}</svg>\n</body></html>\n",
        escape(report.python),
        escape(report.clock),
        report.rounds,
        escape(&report.suite),
        LEFT + WIDTH + RIGHT,
    )
}

fn draw_row(body: &mut String, row: &Row, names: &[&String], scale: &Scale, middle: f64) {
    let _ = writeln!(
        body,
        r#"<text x="{}" y="{:.1}" text-anchor="end">{}</text>"#,
        LEFT - 8.0,
        middle + 4.0,
        escape(&row.name)
    );
    for (index, name) in names.iter().enumerate() {
        let Some(ratio) = row.cells.get(*name).and_then(|cell| cell.ratio) else {
            continue;
        };
        let (x, colour) = (scale.x(ratio.median), colour(index));
        if *name == ON {
            let one = scale.x(1.0);
            let _ = writeln!(
                body,
                r#"<rect x="{:.1}" y="{:.1}" width="{:.1}" height="10" fill="{colour}"><title>{name}: {:.2}x</title></rect>"#,
                x.min(one),
                middle - 5.0,
                (x - one).abs().max(0.5),
                ratio.median
            );
            let _ = writeln!(
                body,
                r##"<line x1="{:.1}" x2="{:.1}" y1="{middle:.1}" y2="{middle:.1}" stroke="#222"/>"##,
                scale.x(ratio.least),
                scale.x(ratio.greatest)
            );
            let _ = writeln!(
                body,
                r#"<text x="{:.1}" y="{:.1}">{:.2}x</text>"#,
                LEFT + WIDTH + 10.0,
                middle + 4.0,
                ratio.median
            );
        } else {
            let _ = writeln!(
                body,
                r#"<circle cx="{x:.1}" cy="{middle:.1}" r="4" fill="{colour}"><title>{}: {:.2}x</title></circle>"#,
                escape(name),
                ratio.median
            );
        }
    }
}

fn ours(row: &Row) -> f64 {
    row.cells
        .get(ON)
        .and_then(|cell| cell.ratio)
        .map_or(0.0, |ratio| ratio.median)
}

fn colour(index: usize) -> &'static str {
    COLOURS[index % COLOURS.len()]
}

/// Ratios to places, logarithmically.
struct Scale {
    least: f64,
    greatest: f64,
}

impl Scale {
    fn x(&self, ratio: f64) -> f64 {
        LEFT + WIDTH * (ratio.ln() - self.least) / (self.greatest - self.least)
    }
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;")
        .replace('<', "&lt;")
        .replace('>', "&gt;")
        .replace('"', "&quot;")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_scale_is_logarithmic() {
        let scale = Scale {
            least: 0.5_f64.ln(),
            greatest: 8.0_f64.ln(),
        };
        assert_eq!(scale.x(0.5), LEFT);
        assert!((scale.x(2.0) - LEFT - WIDTH / 2.0).abs() < 1e-9);
    }

    #[test]
    fn names_cannot_break_the_page() {
        assert_eq!(escape("<a & \"b\">"), "&lt;a &amp; &quot;b&quot;&gt;");
    }
}
