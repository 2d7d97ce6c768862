//! The files of a feed: from a zip file, or from a folder.

use super::notice;
use rayon::prelude::*;
use std::fs;
use std::io::{Cursor, Read};
use std::path::Path;
use umbel_core::csv::decode;
use umbel_core::{Code, Finding, Location};
use zip::ZipArchive;

/// How many bytes the files of a feed may hold together once unpacked. The largest national feeds need about 3 GB.
pub const LARGEST: u64 = 8 << 30;

/// A file may be so many times larger than packed once it is larger than [`SMALL`]. Timetables pack to a tenth or a
/// fiftieth; deflate cannot pass 1032, and only a file made for it comes near.
const RATIO: u64 = 400;

/// Files up to this size are unpacked whatever they were packed to.
const SMALL: u64 = 64 << 20;

/// A file of a feed.
#[derive(Debug)]
pub(super) struct Source {
    /// Its name, in lower case as the standard has it.
    pub name: String,
    /// Feed and file, as findings name it: `feed.zip/stops.txt`.
    pub path: String,
    /// Its text.
    pub text: String,
    /// Bytes that were no UTF-8.
    pub replaced: Vec<usize>,
}

/// The files of a feed and what is wrong with the feed as a whole.
pub(super) fn open(path: &Path, name: &str) -> (Vec<Source>, Vec<Finding>) {
    let mut findings = Vec::new();
    let files = if path.is_dir() { from_folder(path, name) } else { from_zip(path, name, &mut findings) };
    match files {
        Ok(files) => (sources(name, files), findings),
        Err(finding) => {
            findings.push(finding);
            (Vec::new(), findings)
        }
    }
}

/// Decodes files given as names and bytes.
pub(super) fn sources(feed: &str, files: Vec<(String, Vec<u8>)>) -> Vec<Source> {
    let mut sources: Vec<Source> = files
        .into_par_iter()
        .map(|(name, bytes)| {
            let bytes = bytes.strip_prefix(b"\xef\xbb\xbf").map(<[u8]>::to_vec).unwrap_or(bytes);
            let decoded = decode(bytes);
            Source { path: format!("{feed}/{name}"), name, text: decoded.text, replaced: decoded.replaced }
        })
        .collect();
    sources.sort_by(|a, b| a.name.cmp(&b.name));
    sources
}

fn whole(name: &str, code: &'static Code, message: String, fix: &str) -> Finding {
    Finding::new(code, Location::new(name, 0, 0), message, fix)
}

fn unreadable(name: &str, why: impl std::fmt::Display) -> Finding {
    whole(name, &notice::FEED_UNREADABLE, format!("The feed cannot be read: {why}"), notice::FEED_UNREADABLE.mend)
}

fn from_folder(path: &Path, feed: &str) -> Result<Vec<(String, Vec<u8>)>, Finding> {
    let entries = fs::read_dir(path).map_err(|error| unreadable(feed, error))?;
    let mut paths = Vec::new();
    for entry in entries {
        let path = entry.map_err(|error| unreadable(feed, error))?.path();
        if path.is_file() {
            paths.push(path);
        }
    }
    paths.sort();
    let read = |path: &std::path::PathBuf| {
        let name = path.file_name().map(|name| name.to_string_lossy().into_owned()).unwrap_or_default();
        fs::read(path).map(|bytes| (name, bytes)).map_err(|error| unreadable(feed, error))
    };
    paths.par_iter().filter(|path| !is_hidden(path)).map(read).collect()
}

fn is_hidden(path: &Path) -> bool {
    path.file_name().is_none_or(|name| name.to_string_lossy().starts_with('.'))
}

/// An entry of a zip file: its number, name and size.
struct Entry {
    number: usize,
    name: String,
    size: u64,
}

fn from_zip(path: &Path, feed: &str, findings: &mut Vec<Finding>) -> Result<Vec<(String, Vec<u8>)>, Finding> {
    let bytes = fs::read(path).map_err(|error| unreadable(feed, error))?;
    unpack(&bytes, feed, findings)
}

/// The files in the bytes of a zip file, unpacked in parallel.
pub(super) fn unpack(bytes: &[u8], feed: &str, findings: &mut Vec<Finding>) -> Result<Vec<(String, Vec<u8>)>, Finding> {
    let archive = ZipArchive::new(Cursor::new(bytes)).map_err(|error| unreadable(feed, error))?;
    let entries = entries(archive.clone(), feed, findings)?;
    let read = |entry: &Entry| {
        let mut archive = archive.clone();
        let failed = |error: &dyn std::fmt::Display| unreadable(feed, format!("{}: {error}", entry.name));
        let file = archive.by_index(entry.number).map_err(|error| failed(&error))?;
        // What is announced is not believed: no more than that is unpacked.
        let mut content = Vec::with_capacity(usize::try_from(entry.size.min(SMALL)).unwrap_or(0));
        file.take(entry.size + 1).read_to_end(&mut content).map_err(|error| failed(&error))?;
        if content.len() as u64 != entry.size {
            return Err(failed(&"it is longer or shorter than announced"));
        }
        Ok((entry.name.clone(), content))
    };
    entries.par_iter().map(read).collect()
}

/// The entries worth reading: those at the top, or those of the only folder.
fn entries(
    mut archive: ZipArchive<Cursor<&[u8]>>,
    feed: &str,
    findings: &mut Vec<Finding>,
) -> Result<Vec<Entry>, Finding> {
    let (mut top, mut nested, mut total) = (Vec::new(), Vec::new(), 0_u64);
    for number in 0..archive.len() {
        let file = archive.by_index_raw(number).map_err(|error| unreadable(feed, error))?;
        let name = file.name().map_err(|error| unreadable(feed, error))?.replace('\\', "/");
        let base = name.rsplit('/').next().unwrap_or("").to_owned();
        if file.is_dir() || base.is_empty() || base.starts_with('.') || name.starts_with("__MACOSX/") {
            continue;
        }
        if file.encrypted() {
            return Err(unreadable(feed, format!("{name} is encrypted")));
        }
        let (size, packed) = (file.size(), file.compressed_size());
        total = total.saturating_add(size);
        if total > LARGEST || size > SMALL && size / packed.max(1) > RATIO {
            let message = format!("{name} would fill {size} bytes from {packed}");
            return Err(whole(feed, &notice::FEED_TOO_LARGE, message, notice::FEED_TOO_LARGE.mend));
        }
        let entry = Entry { number, name: base, size };
        if name.contains('/') { nested.push((name, entry)) } else { top.push(entry) }
    }
    // A folder around the whole feed is a common slip: it is told, and the feed is read all the same.
    if let Some((first, _)) = nested.iter().find(|(_, entry)| entry.name.ends_with(".txt")) {
        let place = Location::new(format!("{feed}/{first}"), 0, 0);
        let code = &notice::INVALID_INPUT_FILES_IN_SUBFOLDER;
        findings.push(Finding::new(
            code,
            place,
            format!("\"{first}\" lies in a folder inside the zip file"),
            code.mend,
        ));
        let folder = |name: &str| name.rsplit_once('/').map_or(String::new(), |(folder, _)| folder.to_owned());
        let chosen = folder(first);
        if !top.iter().any(|entry: &Entry| entry.name.ends_with(".txt")) {
            top.extend(nested.into_iter().filter(|(name, _)| folder(name) == chosen).map(|(_, entry)| entry));
        }
    }
    Ok(top)
}
