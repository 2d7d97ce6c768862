//! The store: results by content key, one file a node, in `.umbel/` of the region folder.
//!
//! A file is written under a name of its own and then renamed, so that other processes see it whole or not at all,
//! and a kill leaves at most a temporary file behind. A file that cannot be read, is cut short or fails its checksum
//! is as good as none: the node is computed again. Everything may be deleted at any time.

use crate::key::{Key, hex};
use crate::results::{Lineage, Node, NodeKind};
use crate::study::Study;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use umbel_core::{Bound, Period, Status, Symbol, Symbols, Unit};
use umbel_table::Series;

const MAGIC: &[u8; 8] = b"umbelnod";
/// Raised when the format changes; files of another version are not read.
const VERSION: u32 = 1;
/// Magic, version, key, checksum.
const HEADER: usize = 8 + 4 + 32 + 32;
/// When the files together exceed this, the oldest are removed down to half of it.
const LARGEST: u64 = 2 << 30;
/// A temporary file this old was left by a process that is gone.
const STALE: Duration = Duration::from_secs(3600);

/// A folder of results.
#[derive(Debug)]
pub struct Store {
    folder: PathBuf,
    /// Whether every node is kept, or only those that take longer to compute than to read.
    keep_all: bool,
    written: AtomicU64,
    /// Set when a file could not be written: the folder is read-only or full, and is left alone from then on.
    broken: AtomicBool,
}

impl Store {
    /// The store in a folder, which is made when the first node is kept.
    pub fn new(folder: &Path) -> Store {
        let written = AtomicU64::new(0);
        Store { folder: folder.to_owned(), keep_all: false, written, broken: AtomicBool::new(false) }
    }

    /// The same, but every node is kept however quickly it was computed.
    pub fn keeping_all(folder: &Path) -> Store {
        Store { keep_all: true, ..Store::new(folder) }
    }

    fn path(&self, key: &Key) -> PathBuf {
        self.folder.join(format!("{}.node", hex(key)))
    }

    /// The stored bytes of a node, if there are any and they are sound.
    fn read(&self, key: &Key) -> Option<Vec<u8>> {
        let mut bytes = fs::read(self.path(key)).ok()?;
        let sound = bytes.len() >= HEADER
            && bytes[..8] == *MAGIC
            && bytes[8..12] == VERSION.to_le_bytes()
            && bytes[12..44] == *key
            && bytes[44..HEADER] == *blake3::hash(&bytes[HEADER..]).as_bytes();
        sound.then(|| bytes.split_off(HEADER))
    }

    /// Writes a node. A failure is no error: the result is at hand, it will only be computed again.
    fn write(&self, key: &Key, content: &[u8]) {
        if self.broken.load(Ordering::Relaxed) {
            return;
        }
        let mut bytes = Vec::with_capacity(HEADER + content.len());
        bytes.extend_from_slice(MAGIC);
        bytes.extend_from_slice(&VERSION.to_le_bytes());
        bytes.extend_from_slice(key);
        bytes.extend_from_slice(blake3::hash(content).as_bytes());
        bytes.extend_from_slice(content);
        let number = self.written.fetch_add(1, Ordering::Relaxed);
        if number == 0 {
            self.tidy();
        }
        let temporary = self.folder.join(format!("{}.{}.{number}.tmp", hex(key), std::process::id()));
        let done = fs::create_dir_all(&self.folder)
            .and_then(|()| fs::write(&temporary, &bytes))
            .and_then(|()| fs::rename(&temporary, self.path(key)));
        if done.is_err() {
            // Nothing else can be done about a file that cannot even be removed.
            let _ = fs::remove_file(&temporary);
            self.broken.store(true, Ordering::Relaxed);
        }
    }

    /// Removes what dead processes left behind, and the oldest nodes when there is too much.
    fn tidy(&self) {
        let now = SystemTime::now();
        let mut nodes: Vec<(SystemTime, u64, PathBuf)> = Vec::new();
        for entry in fs::read_dir(&self.folder).into_iter().flatten().flatten() {
            let path = entry.path();
            let Ok(about) = entry.metadata() else { continue };
            let changed = about.modified().unwrap_or(now);
            match path.extension().and_then(|extension| extension.to_str()) {
                Some("tmp") if now.duration_since(changed).is_ok_and(|age| age > STALE) => {
                    let _ = fs::remove_file(&path);
                }
                Some("node") => nodes.push((changed, about.len(), path)),
                _ => {}
            }
        }
        let mut total: u64 = nodes.iter().map(|(_, size, _)| size).sum();
        if total <= LARGEST {
            return;
        }
        nodes.sort();
        for (_, size, path) in nodes {
            if total <= LARGEST / 2 {
                break;
            }
            let _ = fs::remove_file(path);
            total -= size;
        }
    }

    /// Whether a node of this many bytes that took this long is worth a file: reading it must be far quicker.
    fn is_worth(&self, took: Duration, bytes: usize) -> bool {
        let reading = Duration::from_micros(200) + Duration::from_nanos(bytes as u64 * 3);
        self.keep_all || took > reading * 3
    }
}

impl Study {
    /// Uses a store, or none. [`Study::open`] uses `.umbel/` of the region folder.
    pub fn set_store(&mut self, store: Option<Store>) {
        self.store = store;
    }

    /// A computed node from the store: its figures and lineage.
    pub(crate) fn stored(&self, key: &Key, inputs: &[Arc<Node>], unit: &Unit) -> Option<(Series, Lineage, Vec<f64>)> {
        let content = self.store.as_ref()?.read(key)?;
        let (series, lineage, coverage) = decode(&content, unit, &self.region.symbols)?;
        let sets = lineage.starts.len().checked_sub(1)? as u32;
        let rows = series.len();
        let there = |&(input, row): &(u16, u32)| {
            inputs.get(usize::from(input)).is_some_and(|node| (row as usize) < node.series.len())
        };
        let sound = lineage.set.len() == rows
            && lineage.set.iter().all(|&set| set < sets)
            && lineage.starts.windows(2).all(|pair| pair[0] <= pair[1])
            && lineage.starts.last().is_none_or(|&end| end as usize == lineage.members.len())
            && lineage.members.iter().all(there)
            && (coverage.is_empty() || coverage.len() == rows);
        sound.then_some((series, lineage, coverage))
    }

    /// Keeps a computed node, if that is worth it.
    pub(crate) fn keep(&self, node: &Node, took: Duration) {
        let Some(store) = &self.store else { return };
        let bytes = node.series.len() * 30 + node.lineage.members.len() * 6 + node.lineage.starts.len() * 4;
        if matches!(node.kind, NodeKind::Measure { .. }) && store.is_worth(took, bytes) {
            store.write(&node.key, &encode(node, &self.region.symbols));
        }
    }
}

fn encode(node: &Node, symbols: &Symbols) -> Vec<u8> {
    let series = &node.series;
    let mut out = Vec::with_capacity(series.len() * 36 + node.lineage.members.len() * 6 + 64);
    // Ids as texts, each once; the columns hold their numbers.
    let mut numbers = vec![u32::MAX; symbols.len()];
    let mut texts: Vec<&str> = Vec::new();
    let mut number = |symbol: Symbol| {
        let Some(slot) = numbers.get_mut(symbol.index()) else { return 0 };
        if *slot == u32::MAX {
            *slot = texts.len() as u32;
            texts.push(symbols.name(symbol));
        }
        *slot
    };
    let place: Vec<u32> = series.place.iter().map(|&symbol| number(symbol)).collect();
    let breakdown: Vec<u32> = series.breakdown.iter().map(|&symbol| number(symbol)).collect();
    put_length(&mut out, texts.len());
    for text in texts {
        put_length(&mut out, text.len());
        out.extend_from_slice(text.as_bytes());
    }
    put_length(&mut out, series.len());
    place.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
    series.period.iter().for_each(|period| out.extend_from_slice(&period.to_bits().to_le_bytes()));
    breakdown.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()));
    series.stored_values().iter().for_each(|value| out.extend_from_slice(&value.to_bits().to_le_bytes()));
    out.extend(series.status.iter().map(|&status| status as u8));
    out.extend(series.bound.iter().map(|&bound| crate::key::bound_number(bound) as u8));
    put_length(&mut out, series.interval.len());
    for (low, high) in &series.interval {
        out.extend_from_slice(&low.to_bits().to_le_bytes());
        out.extend_from_slice(&high.to_bits().to_le_bytes());
    }
    put_length(&mut out, node.lineage.set.len());
    node.lineage.set.iter().for_each(|set| out.extend_from_slice(&set.to_le_bytes()));
    put_length(&mut out, node.lineage.starts.len());
    node.lineage.starts.iter().for_each(|start| out.extend_from_slice(&start.to_le_bytes()));
    put_length(&mut out, node.lineage.members.len());
    node.lineage.members.iter().for_each(|(input, _)| out.extend_from_slice(&input.to_le_bytes()));
    node.lineage.members.iter().for_each(|(_, row)| out.extend_from_slice(&row.to_le_bytes()));
    put_length(&mut out, node.coverage.len());
    node.coverage.iter().for_each(|share| out.extend_from_slice(&share.to_bits().to_le_bytes()));
    out
}

fn put_length(out: &mut Vec<u8>, length: usize) {
    out.extend_from_slice(&(length as u64).to_le_bytes());
}

/// Reads from the front of a slice; everything fails softly.
struct Reader<'a>(&'a [u8]);

impl<'a> Reader<'a> {
    fn take(&mut self, bytes: usize) -> Option<&'a [u8]> {
        let (head, tail) = self.0.split_at_checked(bytes)?;
        self.0 = tail;
        Some(head)
    }

    fn length(&mut self) -> Option<usize> {
        let bytes = self.take(8)?;
        usize::try_from(u64::from_le_bytes(bytes.try_into().ok()?)).ok()
    }

    fn column<const N: usize, T>(&mut self, rows: usize, read: impl Fn([u8; N]) -> T) -> Option<Vec<T>> {
        let bytes = self.take(rows.checked_mul(N)?)?;
        Some(bytes.chunks_exact(N).filter_map(|chunk| chunk.try_into().ok()).map(read).collect())
    }
}

fn decode(content: &[u8], unit: &Unit, symbols: &Symbols) -> Option<(Series, Lineage, Vec<f64>)> {
    let mut reader = Reader(content);
    let mut ids: Vec<Symbol> = Vec::new();
    for _ in 0..reader.length()? {
        let length = reader.length()?;
        ids.push(symbols.get(std::str::from_utf8(reader.take(length)?).ok()?)?);
    }
    let rows = reader.length()?;
    let find = |numbers: Vec<u32>| numbers.iter().map(|&n| ids.get(n as usize).copied()).collect::<Option<Vec<_>>>();
    let place = find(reader.column(rows, u32::from_le_bytes)?)?;
    let bits = reader.column(rows, u64::from_le_bytes)?;
    let period = bits.into_iter().map(Period::from_bits).collect::<Option<Vec<_>>>()?;
    let breakdown = find(reader.column(rows, u32::from_le_bytes)?)?;
    let value = reader.column(rows, f64::from_le_bytes)?;
    let status = reader.take(rows)?.iter().map(|&byte| Status::from_index(byte)).collect::<Option<Vec<_>>>()?;
    let bounds = [Bound::Exact, Bound::Above, Bound::Below, Bound::About];
    let bound = reader.take(rows)?.iter().map(|&byte| bounds.get(usize::from(byte)).copied());
    let bound = bound.collect::<Option<Vec<_>>>()?;
    let intervals = reader.length()?;
    let ends = reader.column(intervals.checked_mul(2)?, f64::from_le_bytes)?;
    let interval = ends.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    let sets = reader.length()?;
    let set = reader.column(sets, u32::from_le_bytes)?;
    let starts = reader.length()?;
    let starts = reader.column(starts, u32::from_le_bytes)?;
    let count = reader.length()?;
    let input = reader.column(count, u16::from_le_bytes)?;
    let row = reader.column(count, u32::from_le_bytes)?;
    let members = input.into_iter().zip(row).collect();
    let shares = reader.length()?;
    let coverage = reader.column(shares, f64::from_le_bytes)?;
    if !reader.0.is_empty() {
        return None;
    }
    let series = Series::from_columns(unit.clone(), place, period, breakdown, value, status, bound, interval)?;
    Some((series, Lineage { set, starts, members }, coverage))
}
