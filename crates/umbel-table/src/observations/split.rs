//! Cutting a text into chunks at line ends.

use memchr::{memchr, memchr_iter};
use std::ops::Range;

/// A chunk is at least this long, except the last.
const LEAST: usize = 1 << 20;
/// After this length any line end will do.
const MOST: usize = 4 << 20;
/// One line end in so many is a border.
const ONE_IN: u64 = 64;

/// Cuts CSV text into chunks at ends of records.
///
/// Borders depend on the lines next to them only: after the least length the first line whose hash falls in one class
/// of [`ONE_IN`] ends the chunk. So an edit changes the chunk it stands in and at most a few after it, and the others
/// can be found again by their content. Cost: one pass that counts quotes.
pub(crate) fn split(text: &[u8]) -> Vec<Range<usize>> {
    let mut chunks = Vec::new();
    let (mut start, mut at) = (0, 0);
    // Whether byte `at` stands in quotes: a line end there ends no record.
    let mut quoted = false;
    while start < text.len() {
        if text.len() - start <= LEAST {
            chunks.push(start..text.len());
            break;
        }
        let quotes = |range: Range<usize>| memchr_iter(b'"', &text[range]).count() % 2 == 1;
        let goal = start + LEAST;
        quoted ^= quotes(at..goal);
        at = goal;
        let mut line = None;
        loop {
            let Some(length) = memchr(b'\n', &text[at..]) else {
                chunks.push(start..text.len());
                return chunks;
            };
            let end = at + length + 1;
            quoted ^= quotes(at..end);
            at = end;
            if quoted {
                continue;
            }
            // The part of a line before the goal is not seen, so the first line end is never a border by its hash.
            let border = line.is_some_and(|from| hash(&text[from..end]).is_multiple_of(ONE_IN));
            if border || end - start >= MOST {
                break;
            }
            line = Some(end);
        }
        chunks.push(start..at);
        start = at;
    }
    chunks
}

/// FNV-1a, its high bits folded in.
fn hash(bytes: &[u8]) -> u64 {
    let hash = bytes
        .iter()
        .fold(0xcbf2_9ce4_8422_2325_u64, |hash, &b| (hash ^ u64::from(b)).wrapping_mul(0x0000_0100_0000_01b3));
    hash ^ (hash >> 32)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn table(rows: usize) -> Vec<u8> {
        (0..rows).flat_map(|row| format!("gdp,place{row},2022,\"a\nb\",{}\n", row * 7).into_bytes()).collect()
    }

    #[test]
    fn covers_the_text_and_cuts_at_records() {
        let text = table(400_000);
        let chunks = split(&text);
        assert!(chunks.len() > 5);
        let mut at = 0;
        for chunk in &chunks {
            assert_eq!(chunk.start, at);
            assert!(text[chunk.clone()].starts_with(b"gdp,"));
            at = chunk.end;
        }
        assert_eq!(at, text.len());
    }

    #[test]
    fn an_edit_leaves_most_chunks_alone() {
        let text = table(400_000);
        let mut edited = text.clone();
        edited.splice(3_000_000..3_000_000, *b"123");
        let contents =
            |text: &[u8]| -> Vec<Vec<u8>> { split(text).into_iter().map(|range| text[range].to_vec()).collect() };
        let (before, after) = (contents(&text), contents(&edited));
        let changed = after.iter().filter(|chunk| !before.contains(chunk)).count();
        assert!(changed <= 2, "{changed} of {}", after.len());
    }

    #[test]
    fn a_quote_that_never_closes_makes_one_chunk() {
        let mut text = b"gdp,beijing,2022,41540.9\n".repeat(200_000);
        assert!(split(&text).len() > 1);
        text[0] = b'"';
        assert_eq!(split(&text).len(), 1);
        assert_eq!(split(b""), Vec::<Range<usize>>::new());
    }
}
