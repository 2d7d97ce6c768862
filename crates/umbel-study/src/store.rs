//! The store: results by content key, one file a node, in `.umbel/` of the region folder.
//!
//! A file is written under a name of its own and then renamed, so that other processes see it whole or not at all,
//! and a kill leaves at most a temporary file behind. A file that cannot be read, is cut short or fails its checksum
//! is as good as none: the node is computed again. Everything may be deleted at any time.

use crate::key::{Key, bound_number, hex};
use crate::results::{Lineage, Node, NodeKind};
use crate::study::Study;
use std::collections::BTreeMap;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, AtomicU64, Ordering};
use std::time::{Duration, SystemTime};
use umbel_core::{Bound, Period, Status, Symbol, Symbols, Unit};
use umbel_table::Series;

const MAGIC: &[u8; 8] = b"umbelnod";
/// Raised when the format changes; files of another version are not read.
const VERSION: u32 = 2;
/// Magic, version, key, checksum.
const HEADER: usize = 8 + 4 + 32 + 32;
/// When the files together exceed this, the oldest are removed down to half of it.
const LARGEST: u64 = 2 << 30;
/// What measures took to compute.
const COSTS: &str = "costs.json";
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

    /// Whether there is a file of a node; it may yet be unsound.
    pub(crate) fn has(&self, key: &Key) -> bool {
        self.path(key).is_file()
    }

    /// Seconds that measures took to compute, by id; none when that cannot be read.
    pub(crate) fn costs(&self) -> BTreeMap<String, f64> {
        let text = fs::read(self.folder.join(COSTS)).unwrap_or_default();
        serde_json::from_slice(&text).unwrap_or_default()
    }

    /// Keeps what measures took. Of two processes that do so at once the later wins: it is a guess of the next time only.
    pub(crate) fn put_costs(&self, costs: &BTreeMap<String, f64>) {
        if let Ok(text) = serde_json::to_vec_pretty(costs) {
            // A folder that cannot be written to is no reason to fail.
            let _ = fs::create_dir_all(&self.folder).and_then(|()| {
                umbel_table::write::write_whole(&self.folder.join(COSTS), &text).map_err(std::io::Error::other)
            });
        }
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

    /// Content kept under a key that is no node.
    pub(crate) fn content(&self, key: &Key) -> Option<Vec<u8>> {
        self.read(key)
    }

    /// Keeps content that is no node.
    pub(crate) fn keep(&self, key: &Key, content: &[u8]) {
        self.write(key, content);
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
        self.store = store.map(Arc::new);
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

    /// Keeps a computed node, if that is worth it: it took long, or always when it rests on journeys, which are at hand in this
    /// process alone.
    pub(crate) fn keep(&self, node: &Node, took: Duration, travels: bool) {
        let Some(store) = &self.store else { return };
        let bytes = node.series.len() * 12 + node.lineage.members.len() * 5;
        if matches!(node.kind, NodeKind::Measure { .. }) && (travels || store.is_worth(took, bytes)) {
            store.write(&node.key, &encode(node, &self.region.symbols));
        }
    }
}

fn encode(node: &Node, symbols: &Symbols) -> Vec<u8> {
    let (series, lineage) = (&node.series, &node.lineage);
    let mut out = Vec::with_capacity(series.len() * 12 + lineage.members.len() * 5 + 256);
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
    let mut periods: Vec<u64> = series.period.iter().map(|period| period.to_bits()).collect();
    periods.sort_unstable();
    periods.dedup();
    let period = series.period.iter().map(|period| periods.partition_point(|&bits| bits < period.to_bits()) as u32);
    put_length(&mut out, texts.len());
    for text in texts {
        put_length(&mut out, text.len());
        out.extend_from_slice(text.as_bytes());
    }
    put_length(&mut out, periods.len());
    periods.iter().for_each(|bits| out.extend_from_slice(&bits.to_le_bytes()));
    put_numbers(&mut out, &place);
    put_numbers(&mut out, &period.collect::<Vec<_>>());
    put_numbers(&mut out, &breakdown);
    put_numbers(&mut out, &series.status.iter().map(|&status| status as u32).collect::<Vec<_>>());
    put_numbers(&mut out, &series.bound.iter().map(|&bound| bound_number(bound) as u32).collect::<Vec<_>>());
    put_length(&mut out, series.len());
    series.stored_values().iter().for_each(|value| out.extend_from_slice(&value.to_le_bytes()));
    put_length(&mut out, series.interval.len());
    for (low, high) in &series.interval {
        out.extend_from_slice(&low.to_le_bytes());
        out.extend_from_slice(&high.to_le_bytes());
    }
    put_numbers(&mut out, &lineage.set);
    put_numbers(&mut out, &lineage.starts);
    put_numbers(&mut out, &lineage.members.iter().map(|&(input, _)| u32::from(input)).collect::<Vec<_>>());
    put_numbers(&mut out, &lineage.members.iter().map(|&(_, row)| row).collect::<Vec<_>>());
    put_length(&mut out, node.coverage.len());
    node.coverage.iter().for_each(|share| out.extend_from_slice(&share.to_le_bytes()));
    out
}

/// How a column of numbers is written.
mod form {
    /// Four bytes each.
    pub const WIDE: u8 = 0;
    /// Two bytes each.
    pub const NARROW: u8 = 1;
    /// One byte each.
    pub const BYTE: u8 = 2;
    /// Number and length of each run.
    pub const RUNS: u8 = 3;
    /// First number and step.
    pub const STEPS: u8 = 4;
}

/// Writes a column of numbers in the shortest of the forms: steps, runs, or as narrow as the largest allows.
fn put_numbers(out: &mut Vec<u8>, column: &[u32]) {
    put_length(out, column.len());
    let first = column.first().copied().unwrap_or(0);
    let step = column.get(1).map_or(0, |second| second.wrapping_sub(first));
    if column.windows(2).all(|pair| pair[1].wrapping_sub(pair[0]) == step) {
        out.push(form::STEPS);
        out.extend_from_slice(&first.to_le_bytes());
        out.extend_from_slice(&step.to_le_bytes());
        return;
    }
    let width = match column.iter().max() {
        Some(0..=0xff) => 1,
        Some(0..=0xffff) => 2,
        _ => 4,
    };
    let runs = column.chunk_by(|a, b| a == b);
    if runs.clone().count() * 8 < column.len() * width {
        out.push(form::RUNS);
        put_length(out, runs.clone().count());
        for run in runs {
            out.extend_from_slice(&run[0].to_le_bytes());
            out.extend_from_slice(&(run.len() as u32).to_le_bytes());
        }
        return;
    }
    out.push(if width == 1 {
        form::BYTE
    } else if width == 2 {
        form::NARROW
    } else {
        form::WIDE
    });
    column.iter().for_each(|number| out.extend_from_slice(&number.to_le_bytes()[..width]));
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

    /// What [`put_numbers`] wrote.
    fn numbers(&mut self) -> Option<Vec<u32>> {
        let length = self.length().filter(|&length| u32::try_from(length).is_ok())?;
        let form = *self.take(1)?.first()?;
        match form {
            form::WIDE => self.column(length, u32::from_le_bytes),
            form::NARROW => self.column(length, |bytes| u32::from(u16::from_le_bytes(bytes))),
            form::BYTE => self.column(length, |[byte]: [u8; 1]| u32::from(byte)),
            form::STEPS => {
                let [first, step] = self.column(2, u32::from_le_bytes)?.try_into().ok()?;
                Some((0..length as u32).map(|at| first.wrapping_add(step.wrapping_mul(at))).collect())
            }
            form::RUNS => {
                let runs = self.length()?;
                let pairs = self.column(runs.checked_mul(2)?, u32::from_le_bytes)?;
                let total: u64 = pairs.chunks_exact(2).map(|run| u64::from(run[1])).sum();
                if total != length as u64 {
                    return None;
                }
                let mut column = Vec::with_capacity(length);
                pairs.chunks_exact(2).for_each(|run| column.resize(column.len() + run[1] as usize, run[0]));
                Some(column)
            }
            _ => None,
        }
    }
}

fn decode(content: &[u8], unit: &Unit, symbols: &Symbols) -> Option<(Series, Lineage, Vec<f64>)> {
    let mut reader = Reader(content);
    let mut ids: Vec<Symbol> = Vec::new();
    for _ in 0..reader.length()? {
        let length = reader.length()?;
        ids.push(symbols.get(std::str::from_utf8(reader.take(length)?).ok()?)?);
    }
    let count = reader.length()?;
    let bits = reader.column(count, u64::from_le_bytes)?;
    let periods = bits.into_iter().map(Period::from_bits).collect::<Option<Vec<_>>>()?;
    fn find<T: Copy>(numbers: Vec<u32>, all: &[T]) -> Option<Vec<T>> {
        numbers.into_iter().map(|number| all.get(number as usize).copied()).collect()
    }
    let place = find(reader.numbers()?, &ids)?;
    let period = find(reader.numbers()?, &periods)?;
    let breakdown = find(reader.numbers()?, &ids)?;
    let status = find(reader.numbers()?, Status::ALL)?;
    let bound = find(reader.numbers()?, &[Bound::Exact, Bound::Above, Bound::Below, Bound::About])?;
    let rows = reader.length()?;
    let value = reader.column(rows, f64::from_le_bytes)?;
    let intervals = reader.length()?;
    let ends = reader.column(intervals.checked_mul(2)?, f64::from_le_bytes)?;
    let interval = ends.chunks_exact(2).map(|pair| (pair[0], pair[1])).collect();
    let (set, starts) = (reader.numbers()?, reader.numbers()?);
    let (input, row) = (reader.numbers()?, reader.numbers()?);
    if input.len() != row.len() {
        return None;
    }
    let member = |(input, row)| Some((u16::try_from(input).ok()?, row));
    let members = input.into_iter().zip(row).map(member).collect::<Option<Vec<_>>>()?;
    let shares = reader.length()?;
    let coverage = reader.column(shares, f64::from_le_bytes)?;
    if !reader.0.is_empty() {
        return None;
    }
    let series = Series::from_columns(unit.clone(), place, period, breakdown, value, status, bound, interval)?;
    Some((series, Lineage { set, starts, members }, coverage))
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn numbers_read_back(
            runs in proptest::collection::vec((any::<u32>(), 1_usize..30), 0..30),
            shift in 0_u32..32,
            first in any::<u32>(),
            step in any::<u32>(),
            length in 0_u32..50,
        ) {
            let mixed: Vec<u32> = runs.iter().flat_map(|&(n, length)| vec![n >> shift; length]).collect();
            let single: Vec<u32> = runs.iter().map(|&(n, _)| n >> shift).collect();
            let steps: Vec<u32> = (0..length).map(|at| first.wrapping_add(step.wrapping_mul(at))).collect();
            for column in [mixed, single, steps] {
                let mut out = Vec::new();
                put_numbers(&mut out, &column);
                for cut in 0..out.len() {
                    prop_assert_eq!(Reader(&out[..cut]).numbers(), None);
                }
                let mut reader = Reader(&out);
                prop_assert_eq!(reader.numbers(), Some(column));
                prop_assert!(reader.0.is_empty());
            }
        }
    }
}
