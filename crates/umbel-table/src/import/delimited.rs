//! Delimited text with whatever separator, quotes and encoding it came with.

use super::Failure;
use super::grid::{Cell, Form, Grid, Reading};
use umbel_core::{Finding, Location, code};

/// Reads delimited text.
pub(super) fn read(bytes: &[u8], name: &str, reading: &Reading) -> Result<Grid, Failure> {
    let mut grid = Grid::new(name, Form::Text);
    let Some(text) = decode(bytes, name, reading.encoding.as_deref(), &mut grid)? else { return Ok(grid) };
    let delimiter = match reading.delimiter {
        Some(delimiter) => delimiter,
        None => {
            let found = sniff(&text);
            if found != ',' {
                let shown = if found == '\t' { "tab".to_owned() } else { format!("\"{found}\"") };
                grid.remarks.push(format!("cells are separated by {shown}"));
            }
            found
        }
    };
    let (rows, open) = split(&text, delimiter);
    if let Some((line, column)) = open {
        grid.findings.push(Finding::new(
            &code::F008,
            Location::new(name, line, column),
            "the quote that begins here is never closed",
            "close it, or double the quotes inside the cell",
        ));
        return Ok(grid);
    }
    grid.arrange(rows, reading.header_row)?;
    Ok(grid)
}

/// The text of a file in its encoding; `None` (and a finding) when it is not in it.
fn decode(bytes: &[u8], name: &str, label: Option<&str>, grid: &mut Grid) -> Result<Option<String>, Failure> {
    let (encoding, given) = match (label, encoding_rs::Encoding::for_bom(bytes)) {
        (Some(label), _) => (
            encoding_rs::Encoding::for_label(label.as_bytes()).ok_or_else(|| {
                Failure::Usage(format!(
                    "\"{label}\" is no encoding; try utf-8, windows-1252, gbk, big5, shift_jis or utf-16le"
                ))
            })?,
            true,
        ),
        (None, Some((found, _))) => (found, false),
        (None, None) => (encoding_rs::UTF_8, false),
    };
    let (text, used, broken) = encoding.decode(bytes);
    if !broken {
        if !given && used != encoding_rs::UTF_8 {
            grid.remarks.push(format!("the text is {}", used.name()));
        }
        return Ok(Some(text.into_owned()));
    }
    let valid = std::str::from_utf8(bytes).map_or_else(|error| error.valid_up_to(), str::len);
    let line = bytes[..valid].iter().filter(|&&b| b == b'\n').count() as u32 + 1;
    let start = bytes[..valid].iter().rposition(|&b| b == b'\n').map_or(0, |at| at + 1);
    let column = String::from_utf8_lossy(&bytes[start..valid]).chars().count() as u32 + 1;
    let (line, column) = if encoding == encoding_rs::UTF_8 { (line, column) } else { (0, 0) };
    // What Western spreadsheets save as "ANSI" is a guess worth naming; Chinese ones save GBK.
    let likely = if encoding_rs::GBK.decode(bytes).2 { "windows-1252" } else { guess_eastern(bytes) };
    grid.findings.push(Finding::new(
        &code::F007,
        Location::new(name, line, column),
        format!("the text is not {}", encoding.name()),
        format!("say its encoding: --encoding {likely}"),
    ));
    Ok(None)
}

/// Of two encodings in which the bytes are text, the likelier: a Chinese text is mostly pairs of high bytes.
fn guess_eastern(bytes: &[u8]) -> &'static str {
    let high = bytes.iter().filter(|b| **b >= 0x80).count();
    let runs = bytes.windows(2).filter(|pair| pair[0] >= 0x80 && pair[1] >= 0x80).count();
    if runs * 2 >= high { "gbk" } else { "windows-1252" }
}

/// The separator that occurs in most of the first lines, and most evenly.
fn sniff(text: &str) -> char {
    let lines: Vec<&str> = text.lines().filter(|line| !line.trim().is_empty()).take(50).collect();
    let score = |delimiter: char| {
        let counts: Vec<usize> = lines
            .iter()
            .map(|line| {
                let mut quoted = false;
                line.chars()
                    .filter(|&c| {
                        quoted ^= c == '"';
                        c == delimiter && !quoted
                    })
                    .count()
            })
            .collect();
        // How many lines share the most frequent number of separators above zero; many separators break ties.
        let best = counts
            .iter()
            .copied()
            .filter(|&n| n > 0)
            .max_by_key(|&n| (counts.iter().filter(|&&other| other == n).count(), n));
        best.map_or((0, 0), |n| (counts.iter().filter(|&&other| other == n).count(), n))
    };
    // Of equal ones the semicolon wins over the comma, which is then the decimal comma.
    let best = [',', '|', ';', '\t'].into_iter().max_by_key(|&delimiter| score(delimiter));
    best.filter(|&delimiter| score(delimiter).0 > 0).unwrap_or(',')
}

/// Splits text into rows of cells (RFC 4180 quotes); also where a quote that is never closed begins.
#[allow(clippy::type_complexity)]
pub(super) fn split(text: &str, delimiter: char) -> (Vec<Vec<Cell>>, Option<(u32, u32)>) {
    let mut rows = Vec::new();
    let mut row: Vec<Cell> = Vec::new();
    let mut cell = Cell { line: 1, column: 1, ..Cell::default() };
    let (mut line, mut column) = (1, 1);
    let (mut quoted, mut was_quoted) = (None, false);
    let mut characters = text.strip_prefix('\u{feff}').unwrap_or(text).chars().peekable();
    let finish = |cell: &mut Cell, was_quoted: &mut bool, line: u32, column: u32| {
        let mut done = std::mem::replace(cell, Cell { line, column, ..Cell::default() });
        if !*was_quoted || done.text.trim() != done.text {
            done.text = clean(&done.text);
        }
        *was_quoted = false;
        done
    };
    while let Some(character) = characters.next() {
        let (here_line, here_column) = (line, column);
        if character == '\n' {
            line += 1;
            column = 1;
        } else {
            column += 1;
        }
        match character {
            '"' if quoted.is_some() => {
                if characters.peek() == Some(&'"') {
                    characters.next();
                    column += 1;
                    cell.text.push('"');
                } else {
                    quoted = None;
                }
            }
            _ if quoted.is_some() => cell.text.push(character),
            '"' if cell.text.trim().is_empty() && !was_quoted => {
                cell.text.clear();
                quoted = Some((here_line, here_column));
                was_quoted = true;
            }
            '\r' if characters.peek() == Some(&'\n') => {}
            '\n' | '\r' => {
                if character == '\r' {
                    line += 1;
                    column = 1;
                }
                row.push(finish(&mut cell, &mut was_quoted, line, column));
                rows.push(std::mem::take(&mut row));
            }
            _ if character == delimiter => row.push(finish(&mut cell, &mut was_quoted, line, column)),
            _ => cell.text.push(character),
        }
    }
    if !cell.text.is_empty() || !row.is_empty() || was_quoted {
        row.push(finish(&mut cell, &mut was_quoted, line, column));
        rows.push(row);
    }
    (rows, quoted)
}

/// Without spaces around it, whatever kind of space.
pub(super) fn clean(text: &str) -> String {
    text.trim_matches(|c: char| c.is_whitespace() || matches!(c, '\u{feff}' | '\u{200b}')).to_owned()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn texts(rows: &[Vec<Cell>]) -> Vec<Vec<&str>> {
        rows.iter().map(|row| row.iter().map(|cell| cell.text.as_str()).collect()).collect()
    }

    #[test]
    fn splits_with_quotes_and_line_ends_of_every_kind() {
        let (rows, open) = split("\u{feff}a;\"b;1\"\r\n \"c\"\"d\" ;e\r\"two\nlines\";f", ';');
        assert_eq!(texts(&rows), [vec!["a", "b;1"], vec!["c\"d", "e"], vec!["two\nlines", "f"]]);
        assert_eq!((rows[2][1].line, rows[2][1].column), (4, 8));
        assert_eq!(open, None);
        assert_eq!(split("a;\"b", ';').1, Some((1, 3)));
    }

    #[test]
    fn finds_the_separator() {
        assert_eq!(sniff("Title, of the table\nname;value\nA;1,5\nB;2,5\n"), ';');
        assert_eq!(sniff("name,value\n\"A;B\",1\n"), ',');
        assert_eq!(sniff("name\tvalue\nA\t1,5\n"), '\t');
        assert_eq!(sniff("name\nA\n"), ',');
    }

    #[test]
    fn says_which_encoding_it_may_be() {
        let western = encoding_rs::WINDOWS_1252.encode("name;value\nOrléans;1\n").0.into_owned();
        let grid = read(&western, "a.csv", &Reading::default()).expect("a grid");
        assert_eq!(
            (grid.findings[0].code.id, grid.findings[0].location.line, grid.findings[0].location.column),
            ("F007", 2, 4)
        );
        assert!(grid.findings[0].fix.contains("windows-1252"), "{}", grid.findings[0].fix);
        let eastern = encoding_rs::GBK.encode("名称,值\n北京市,1\n").0.into_owned();
        let grid = read(&eastern, "a.csv", &Reading::default()).expect("a grid");
        assert!(grid.findings[0].fix.contains("gbk"), "{}", grid.findings[0].fix);
        let reading = Reading { encoding: Some("gbk".into()), ..Reading::default() };
        let grid = read(&eastern, "a.csv", &reading).expect("a grid");
        assert_eq!(grid.rows[0].cells[0].text, "北京市");
        let wide: Vec<u8> = "\u{feff}a,b\n1,2\n".encode_utf16().flat_map(u16::to_le_bytes).collect();
        assert_eq!(read(&wide, "a.csv", &Reading::default()).expect("a grid").header[1].text, "b");
    }

    #[test]
    fn finds_the_table_between_titles_and_remarks() {
        let text = "Population of the states;;\n;;\nState;2010;2020\nMaine;1;2\n;;\nVermont;3;4\nSource: Census;;\n";
        let grid = read(text.as_bytes(), "a.csv", &Reading::default()).expect("a grid");
        assert_eq!(grid.header.iter().map(|cell| cell.text.as_str()).collect::<Vec<_>>(), ["State", "2010", "2020"]);
        assert_eq!(grid.rows.len(), 2);
        assert_eq!(grid.remarks.len(), 3, "{:?}", grid.remarks);
        let reading = Reading { header_row: Some(2), ..Reading::default() };
        assert!(matches!(read(text.as_bytes(), "a.csv", &reading), Err(Failure::Usage(_))));
    }
}
