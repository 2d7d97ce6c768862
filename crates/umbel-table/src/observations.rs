//! Observations, read at speed: a file is cut into chunks at line ends while it is read, the chunks are parsed side by
//! side into columns, packed, and joined by indicator in the order of the chunks, so that the result does not depend on
//! threads. Packed chunks of large files are kept from one run to the next.

mod cache;
mod chunk;
mod digest;
mod join;
mod pack;
mod parse;
mod split;

pub(crate) use cache::{Cache, WORTH};
pub(crate) use join::{Clash, Part, Sections, sections};
pub(crate) use parse::sound_record;

use crate::cells::{Role, roles};
use crate::csv::{Ending, Records, decode, place};
use crate::parquet_file::ParquetFile;
use crate::problems::Problems;
use crate::schema::TableSpec;
use bytes::Bytes;
use chunk::Layout;
use pack::Packed;
use parse::{parse_batch, parse_text};
use rayon::prelude::*;
use split::Chunks;
use std::borrow::Cow;
use std::io::Read;
use std::sync::mpsc;
use umbel_core::code::*;

/// How much of a file is looked at for its header line.
const HEADER: usize = 1 << 20;

/// The chunks of one file, in order.
#[derive(Debug, Default)]
pub(crate) struct FileChunks {
    /// Index of the file.
    pub file: u16,
    /// Chunk and number of lines of the file before it.
    pub chunks: Vec<(Packed, u32)>,
}

/// Parses an observation file as it is read; what is wrong with its rows is told to `problems`.
///
/// # Errors
/// When the file cannot be read to its end.
pub(crate) fn parse_csv(
    table: &'static TableSpec,
    file: u16,
    input: impl Read + Send,
    languages: &[String],
    cache: Option<&Cache>,
    problems: &mut Problems,
) -> std::io::Result<FileChunks> {
    let mut chunks = Chunks::new(input);
    let (roles, body, lines) = header(table, chunks.peek(HEADER)?, languages, problems);
    chunks.skip(body);
    let mut all = FileChunks { file, chunks: Vec::new() };
    let Some(layout) = Layout::new(table, &roles) else { return Ok(all) };
    let (done, parsed) = mpsc::channel();
    let layout = &layout;
    let outcome = rayon::scope(|scope| {
        let mut number = 0_usize;
        while let Some(chunk) = chunks.next_chunk()? {
            let (done, spare) = (done.clone(), chunks.spare());
            scope.spawn(move |_| {
                let parsed = parse_or_find(&chunk, layout, cache);
                spare.put(chunk);
                // The receiver outlives the scope.
                let _ = done.send((number, parsed));
            });
            number += 1;
        }
        Ok(())
    });
    drop(done);
    let mut parsed: Vec<(usize, (Packed, Problems))> = parsed.into_iter().collect();
    parsed.sort_by_key(|(number, _)| *number);
    let mut before = lines;
    for (_, (packed, part)) in parsed {
        problems.absorb(part, before);
        let lines = packed.lines;
        all.chunks.push((packed, before));
        before += lines;
    }
    outcome.map(|()| all)
}

/// A chunk, parsed now or in an earlier run. Only chunks without problems are kept.
fn parse_or_find(bytes: &[u8], layout: &Layout, cache: Option<&Cache>) -> (Packed, Problems) {
    let cached = cache.map(|cache| (cache, Cache::key(bytes, layout)));
    if let Some(packed) = cached.and_then(|(cache, key)| cache.get(&key)) {
        return (packed, Problems::new(""));
    }
    let (chunk, problems) = parse_text(bytes, layout);
    let packed = Packed::new(chunk);
    if let Some((cache, key)) = cached.filter(|_| problems.is_empty()) {
        cache.put(&key, &packed);
    }
    (packed, problems)
}

/// Parses a Parquet file; what is wrong is told to `problems`.
pub(crate) fn parse_parquet(
    table: &'static TableSpec,
    file: u16,
    bytes: Vec<u8>,
    languages: &[String],
    cache: Option<&Cache>,
    problems: &mut Problems,
) -> FileChunks {
    let mut all = FileChunks { file, chunks: Vec::new() };
    let bytes = Bytes::from(bytes);
    let parquet = match ParquetFile::open(bytes.clone()) {
        Ok(parquet) => parquet,
        Err(error) => {
            parquet_unreadable(problems, &error);
            return all;
        }
    };
    let roles = column_roles(table, &parquet.names, languages, problems);
    let Some(layout) = Layout::new(table, &roles) else { return all };
    // A batch is named by the hash of the whole file and its first row.
    let cached = cache.map(|cache| (cache, Cache::key(&bytes, &layout)));
    if let Some((cache, key)) = cached {
        let find = |first: u32| Some((cache.get(&Cache::part(&key, first))?, first - 1));
        let found: Option<Vec<(Packed, u32)>> = parquet.batches().into_par_iter().map(find).collect();
        if let Some(chunks) = found {
            all.chunks = chunks;
            return all;
        }
    }
    let wanted: Vec<bool> = roles.iter().map(|role| matches!(role, Role::Column(_))).collect();
    let parsed = parquet.read(&wanted, |batch| {
        let (chunk, problems) = parse_batch(batch, &layout);
        let packed = Packed::new(chunk);
        if let Some((cache, key)) = cached.filter(|_| problems.is_empty()) {
            cache.put(&Cache::part(&key, batch.first), &packed);
        }
        (packed, problems, batch.first - 1)
    });
    match parsed {
        Ok(parsed) => {
            for (packed, part, before) in parsed {
                problems.absorb(part, before);
                all.chunks.push((packed, before));
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
    let mut end = bytes.len().min(HEADER);
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
