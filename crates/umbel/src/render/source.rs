//! The lines of a file that findings point at, and how wide text stands on a terminal.

use std::collections::BTreeMap;
use std::fs::File;
use std::io::{BufRead, BufReader};
use std::path::Path;

/// Widest excerpt of a line that is shown, in terminal cells.
const WINDOW: usize = 100;

/// Reads the named lines (from 1, ascending) of a file, front to back, and no further than the last of them.
///
/// Bytes that are not UTF-8 are replaced. A file or line that cannot be read is simply not in the answer: the finding
/// itself is complete without it.
pub fn lines(path: &Path, wanted: &[u32]) -> BTreeMap<u32, String> {
    let mut found = BTreeMap::new();
    let Ok(file) = File::open(path) else { return found };
    let mut reader = BufReader::with_capacity(1 << 16, file);
    let mut buffer = Vec::new();
    let mut number = 0;
    for &line in wanted.iter().filter(|line| **line > 0) {
        while number < line {
            buffer.clear();
            match reader.read_until(b'\n', &mut buffer) {
                Ok(read) if read > 0 => number += 1,
                _ => return found,
            }
        }
        found.entry(line).or_insert_with(|| {
            let text = String::from_utf8_lossy(&buffer);
            text.trim_start_matches('\u{feff}').trim_end_matches(['\n', '\r']).to_owned()
        });
    }
    found
}

/// Terminal cells a character takes: 2 for East Asian wide and full-width forms, 0 for combining marks, else 1.
pub fn width(character: char) -> usize {
    match u32::from(character) {
        0x0300..=0x036F | 0x200B..=0x200F | 0xFE00..=0xFE0F => 0,
        0x1100..=0x115F
        | 0x2E80..=0x303E
        | 0x3041..=0x33FF
        | 0x3400..=0x4DBF
        | 0x4E00..=0x9FFF
        | 0xA000..=0xA4CF
        | 0xAC00..=0xD7A3
        | 0xF900..=0xFAFF
        | 0xFE30..=0xFE4F
        | 0xFF00..=0xFF60
        | 0xFFE0..=0xFFE6
        | 0x1F300..=0x1FAFF
        | 0x20000..=0x3FFFD => 2,
        _ => 1,
    }
}

/// A part of a line short enough to show, and where the marked text begins and ends in it, in terminal cells.
pub struct Excerpt {
    /// The text, with tabs and control characters as spaces, cut with `…` where the line is longer.
    pub text: String,
    /// Cells before the mark.
    pub before: usize,
    /// Cells of the mark, at least 1.
    pub marked: usize,
}

/// The part of `line` around `column` (from 1, in characters). The mark covers the cell or word that begins there.
pub fn excerpt(line: &str, column: u32, is_csv: bool) -> Excerpt {
    let characters: Vec<char> = line.chars().map(|c| if c.is_control() { ' ' } else { c }).collect();
    let at = (column.max(1) as usize - 1).min(characters.len());
    let end = at + mark_length(&characters[at..], is_csv);
    // The window starts at the line's start when the mark lies in its first part, else a little before the mark.
    let mut start = 0;
    if characters[..at].iter().map(|c| width(*c)).sum::<usize>() > WINDOW * 3 / 4 {
        start = at;
        let mut room = WINDOW / 3;
        while start > 0 && room >= width(characters[start - 1]) {
            start -= 1;
            room -= width(characters[start]);
        }
    }
    let mut text = String::new();
    if start > 0 {
        text.push('…');
    }
    let mut used = usize::from(start > 0);
    let (mut before, mut marked) = (used, 0);
    let mut index = start;
    while index < characters.len() {
        let wide = width(characters[index]);
        if used + wide > WINDOW {
            text.push('…');
            break;
        }
        text.push(characters[index]);
        used += wide;
        if index < at {
            before += wide;
        } else if index < end {
            marked += wide;
        }
        index += 1;
    }
    Excerpt { text, before, marked: marked.max(1) }
}

/// Length in characters of the CSV cell (up to the comma, quotes observed) or of the word that begins here.
fn mark_length(rest: &[char], is_csv: bool) -> usize {
    match (is_csv, rest.first()) {
        (true, Some('"')) => {
            let mut index = 1;
            while index < rest.len() {
                if rest[index] == '"' {
                    if rest.get(index + 1) != Some(&'"') {
                        return index + 1;
                    }
                    index += 1;
                }
                index += 1;
            }
            rest.len()
        }
        (true, _) => rest.iter().take_while(|c| **c != ',').count(),
        (false, Some('"')) => rest.iter().skip(1).position(|c| *c == '"').map_or(rest.len(), |end| end + 2),
        (false, _) => rest.iter().take_while(|c| c.is_alphanumeric() || matches!(c, '_' | '-' | '.' | '@')).count(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn marks_a_cell_behind_wide_text() {
        let cut = excerpt("beijing,北京市,x,9", 13, true);
        assert_eq!((cut.before, cut.marked), (15, 1));
        let quoted = excerpt(r#"a,"b, ""c""",d"#, 3, true);
        assert_eq!((quoted.before, quoted.marked), (2, 10));
    }

    #[test]
    fn cuts_a_long_line_around_the_mark() {
        let line = format!("{}bad{}", "x,".repeat(500), ",y".repeat(500));
        let cut = excerpt(&line, 1001, true);
        assert!(cut.text.chars().count() <= WINDOW + 2, "{}", cut.text);
        let shown: String = cut.text.chars().skip(cut.before).take(cut.marked).collect();
        assert_eq!(shown, "bad");
    }

    #[test]
    fn a_column_past_the_end_points_behind_the_line() {
        let cut = excerpt("ab", 9, true);
        assert_eq!((cut.before, cut.marked), (2, 1));
    }
}
