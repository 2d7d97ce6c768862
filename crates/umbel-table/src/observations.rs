//! Observations, read at speed: a file is cut into chunks at line ends, the chunks are parsed side by side into columns,
//! and the columns are joined by indicator in the order of the chunks, so that the result does not depend on threads.

mod chunk;
mod join;
mod parse;
mod split;

use chunk::{Chunk, Layout};
pub(crate) use join::{Clash, join};
pub(crate) use parse::sound_record;
use parse::{parse_batch, parse_text};
use split::split;

use crate::cells::{Role, roles};
use crate::csv::{Ending, Records, decode, place};
use crate::problems::Problems;
use crate::schema::TableSpec;
use rayon::prelude::*;
use std::borrow::Cow;
use umbel_core::code::*;

/// The chunks of one file, in order.
#[derive(Debug, Default)]
pub(crate) struct FileChunks {
    /// Index of the file.
    pub file: u16,
    /// Chunk and number of lines of the file before it.
    pub chunks: Vec<(Chunk, u32)>,
}

/// Parses the text of an observation file; what is wrong is told to `problems`.
pub(crate) fn parse_csv(
    table: &'static TableSpec,
    file: u16,
    bytes: &[u8],
    languages: &[String],
    problems: &mut Problems,
) -> FileChunks {
    let (roles, body, lines) = header(table, bytes, languages, problems);
    let mut all = FileChunks { file, chunks: Vec::new() };
    let Some(layout) = Layout::new(table, &roles) else { return all };
    let body = &bytes[body..];
    let parsed: Vec<(Chunk, Problems)> =
        split(body).into_par_iter().map(|range| parse_text(&body[range], &layout)).collect();
    let mut before = lines;
    for (chunk, part) in parsed {
        problems.absorb(part, before);
        let lines = chunk.lines;
        all.chunks.push((chunk, before));
        before += lines;
    }
    all
}

/// As [`parse_csv`] for a Parquet file.
pub(crate) fn parse_parquet(
    table: &'static TableSpec,
    file: u16,
    bytes: Vec<u8>,
    languages: &[String],
    problems: &mut Problems,
) -> FileChunks {
    let mut all = FileChunks { file, chunks: Vec::new() };
    let parsed = crate::parquet_file::read(
        bytes,
        |names| {
            let roles = column_roles(table, names, languages, problems);
            let wanted = roles.iter().map(|role| matches!(role, Role::Column(_))).collect();
            Some((Layout::new(table, &roles)?, wanted))
        },
        |layout, batch| (parse_batch(batch, layout), batch.first - 1),
    );
    match parsed {
        Ok(parsed) => {
            for ((chunk, part), before) in parsed {
                problems.absorb(part, before);
                all.chunks.push((chunk, before));
            }
        }
        Err(error) => parquet_unreadable(problems, &error),
    }
    all
}

/// Tells that a Parquet file cannot be read.
pub(crate) fn parquet_unreadable(problems: &mut Problems, error: &str) {
    let fix = "write the file again as Parquet with text, number, date or true/false columns";
    problems.add(&F019, "", (0, 0), format!("the Parquet file cannot be read: {error}"), fix);
}

/// The roles of the columns of a Parquet file.
pub(crate) fn column_roles(
    table: &'static TableSpec,
    names: &[String],
    languages: &[String],
    problems: &mut Problems,
) -> Vec<Role> {
    let names: Vec<Cow<'_, str>> = names.iter().map(|name| Cow::Borrowed(name.as_str())).collect();
    roles(table, &names, languages, |code, column, _, message, fix| problems.add(code, column, (0, 0), message, fix))
}

/// The roles of the columns, the byte at which the rows begin and the number of lines before it.
pub(crate) fn header(
    table: &'static TableSpec,
    bytes: &[u8],
    languages: &[String],
    problems: &mut Problems,
) -> (Vec<Role>, usize, u32) {
    let mark = if bytes.starts_with(b"\xef\xbb\xbf") { 3 } else { 0 };
    // A header line may hold quoted line ends; a thousand times the length of any sensible header is enough.
    let mut end = bytes.len().min(1 << 20);
    while end < bytes.len() && bytes[end - 1] != b'\n' {
        end += 1;
    }
    let decoded = decode(bytes[mark..end].to_vec());
    let text = decoded.text.as_str();
    let (mut records, mut cells) = (Records::new(text, 0, 1), Vec::new());
    let Some(record) = records.next_into(&mut cells) else {
        let names: Vec<&str> =
            table.columns.iter().filter(|column| column.required).map(|column| column.name).collect();
        let fix = format!("write a header line with at least {}", names.join(","));
        problems.add(&F004, "", (1, 0), "the file is empty: it has no header line", fix);
        return (Vec::new(), bytes.len(), 0);
    };
    let (body, line) = records.position();
    let anchor = (record.start, record.line);
    if let Some(&at) = decoded.replaced.first().filter(|&&at| at < record.end) {
        let fix = "save the file as UTF-8";
        problems.add(&F007, "", place(text, anchor, at), "the header holds bytes that are not UTF-8", fix);
        return (Vec::new(), bytes.len(), 0);
    }
    if let Ending::Quote(at) = record.ending {
        let fix = "put the whole cell in quotes and double the quotes inside it";
        problems.add(&F008, "", place(text, anchor, at), "a quote in the header is misplaced or never closed", fix);
        return (Vec::new(), bytes.len(), 0);
    }
    let names: Vec<Cow<'_, str>> = cells.iter().map(|cell| cell.text(text)).collect();
    let roles = roles(table, &names, languages, |code, column, at, message, fix| {
        let place = at.map_or((record.line, 0), |at| place(text, anchor, cells[at].opening()));
        problems.add(code, column, place, message, fix);
    });
    (roles, mark + body, line - 1)
}
