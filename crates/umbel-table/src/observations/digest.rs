//! Digests of the rows of an indicator: of what they say, not of where they stand.
//!
//! Every row is hashed alone and the hashes are added (modulo 2^64 in each of four lanes), so that the sum depends on
//! the set of rows only: not on files, chunks, lines or order.

use super::chunk::Chunk;
use rustc_hash::FxHashMap;
use umbel_core::Bound;

/// The sum of the hashes of some rows.
pub(crate) type Sum = [u64; 4];

/// Adds two sums.
pub(crate) fn add(a: Sum, b: Sum) -> Sum {
    [0, 1, 2, 3].map(|lane| a[lane].wrapping_add(b[lane]))
}

fn short(text: &str) -> [u8; 8] {
    let hash = blake3::hash(text.as_bytes());
    let mut short = [0; 8];
    short.copy_from_slice(&hash.as_bytes()[..8]);
    short
}

/// The sums of the rows of each indicator of a chunk.
///
/// A row is hashed as 56 bytes (72 with an interval): eight bytes of the hash of each text, then vintage, value, status
/// and bound.
pub(crate) fn sums(chunk: &Chunk) -> Vec<Sum> {
    let texts = |all: &[String]| all.iter().map(|text| short(text)).collect::<Vec<_>>();
    let (places, breakdowns) = (texts(&chunk.places), texts(&chunk.breakdowns));
    let (units, sources) = (texts(&chunk.units), texts(&chunk.sources));
    let periods: Vec<[u8; 8]> =
        chunk.periods.iter().map(|period| period.map_or([0; 8], |period| short(&period.to_string()))).collect();
    let columns = &chunk.columns;
    let mut sums = Vec::with_capacity(chunk.indicators.len());
    for range in chunk.starts.windows(2) {
        let mut sum = Sum::default();
        for row in range[0] as usize..range[1] as usize {
            let mut bytes = [0_u8; 72];
            let mut at = 0;
            let mut put = |part: &[u8]| {
                bytes[at..at + part.len()].copy_from_slice(part);
                at += part.len();
            };
            put(&places[columns.place[row] as usize]);
            put(&periods[columns.period[row] as usize]);
            put(&breakdowns[columns.breakdown[row] as usize]);
            put(&units[columns.unit[row] as usize]);
            put(&sources[columns.source[row] as usize]);
            put(&columns.value[row].to_bits().to_le_bytes());
            put(&chunk.vintages[columns.vintage[row] as usize].to_le_bytes());
            // Letters, not places in a list: lists grow.
            put(columns.status[row].letter().as_bytes());
            put(&[bound(columns.bound[row]), 0, 0]);
            if let Some((low, high)) = columns.interval.get(row).filter(|(low, high)| !(low.is_nan() && high.is_nan()))
            {
                // One bit pattern for "not given".
                let bits = |end: f64| if end.is_nan() { u64::MAX } else { end.to_bits() };
                put(&bits(*low).to_le_bytes());
                put(&bits(*high).to_le_bytes());
            }
            let hash = *blake3::hash(&bytes[..at]).as_bytes();
            let mut lanes = Sum::default();
            for (lane, part) in lanes.iter_mut().zip(hash.chunks_exact(8)) {
                *lane = part.iter().rev().fold(0, |all, &b| all << 8 | u64::from(b));
            }
            sum = add(sum, lanes);
        }
        sums.push(sum);
    }
    sums
}

fn bound(bound: Bound) -> u8 {
    bound.as_str().bytes().last().unwrap_or(0)
}

/// The digest of an indicator from its unit, the number of its rows and the sum of their hashes.
pub(crate) fn finish(unit: &str, rows: usize, sum: Sum) -> [u8; 32] {
    let mut hasher = blake3::Hasher::new();
    hasher.update(b"umbel observations 2");
    hasher.update(&(rows as u64).to_le_bytes());
    for lane in sum {
        hasher.update(&lane.to_le_bytes());
    }
    hasher.update(unit.as_bytes());
    *hasher.finalize().as_bytes()
}

/// The distinct vintages of each indicator of a chunk, sorted.
pub(crate) fn vintages(chunk: &Chunk) -> Vec<Vec<i32>> {
    let mut all = Vec::with_capacity(chunk.indicators.len());
    for range in chunk.starts.windows(2) {
        let mut seen: FxHashMap<u32, ()> = FxHashMap::default();
        let mut last = None;
        for &number in &chunk.columns.vintage[range[0] as usize..range[1] as usize] {
            if last != Some(number) {
                seen.insert(number, ());
                last = Some(number);
            }
        }
        let mut days: Vec<i32> = seen.into_keys().map(|number| chunk.vintages[number as usize]).collect();
        days.sort_unstable();
        days.dedup();
        all.push(days);
    }
    all
}
