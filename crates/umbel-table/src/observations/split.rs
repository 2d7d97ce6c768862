//! Cutting CSV text into chunks at ends of records, while it is read.
//!
//! Borders depend on the lines next to them only: after a least length, the first line whose hash falls in one class of
//! many ends the chunk. So an edit changes the chunk it stands in and at most a few after it, and the others are found
//! again by their content.

use memchr::{memchr, memchr_iter};
use std::io::{self, Read};
use std::sync::{Arc, Mutex};

/// A chunk is at least this long, except the last.
const LEAST: usize = 1 << 20;
/// After this length any line end will do.
const MOST: usize = 4 << 20;
/// One line end in so many is a border.
const ONE_IN: u64 = 64;

/// The chunks of a text, one after the other.
#[derive(Debug)]
pub(crate) struct Chunks<R> {
    input: R,
    buffer: Vec<u8>,
    ended: bool,
    spare: Arc<Spare>,
}

/// Buffers that have been used, for further chunks: memory that is mapped already.
#[derive(Debug, Default)]
pub(crate) struct Spare(Mutex<Vec<Vec<u8>>>);

impl Spare {
    /// Takes back the buffer of a chunk.
    pub fn put(&self, buffer: Vec<u8>) {
        if let Ok(mut buffers) = self.0.lock() {
            buffers.push(buffer);
        }
    }

    fn take(&self) -> Vec<u8> {
        let mut buffer = self.0.lock().ok().and_then(|mut buffers| buffers.pop()).unwrap_or_default();
        buffer.clear();
        buffer
    }
}

impl<R: Read> Chunks<R> {
    /// The chunks of what `input` gives.
    pub fn new(input: R) -> Chunks<R> {
        Chunks { input, buffer: Vec::new(), ended: false, spare: Arc::default() }
    }

    /// Where the buffers of chunks may be given back.
    pub fn spare(&self) -> Arc<Spare> {
        Arc::clone(&self.spare)
    }

    /// The text from its start, at least `length` bytes of it if there are as many; not taken yet.
    pub fn peek(&mut self, length: usize) -> io::Result<&[u8]> {
        while !self.ended && self.buffer.len() < length {
            let wanted = (length - self.buffer.len()) as u64;
            self.ended = self.input.by_ref().take(wanted).read_to_end(&mut self.buffer)? == 0;
        }
        Ok(&self.buffer)
    }

    /// Passes over the first bytes.
    pub fn skip(&mut self, length: usize) {
        self.buffer.drain(..length.min(self.buffer.len()));
    }

    /// The next chunk; `None` at the end.
    pub fn next_chunk(&mut self) -> io::Result<Option<Vec<u8>>> {
        let mut wanted = LEAST + LEAST / 4;
        loop {
            self.peek(wanted)?;
            if let Some(end) = border(&self.buffer) {
                let mut rest = self.spare.take();
                rest.extend_from_slice(self.buffer.get(end..).unwrap_or(&[]));
                let mut chunk = std::mem::replace(&mut self.buffer, rest);
                chunk.truncate(end);
                return Ok(Some(chunk));
            }
            if self.ended {
                let last = std::mem::take(&mut self.buffer);
                return Ok(Some(last).filter(|last| !last.is_empty()));
            }
            wanted = wanted.max(self.buffer.len()) * 2;
        }
    }
}

/// The end of the first chunk of a text; `None` when more of it is needed to say.
fn border(text: &[u8]) -> Option<usize> {
    // Whether byte `at` stands in quotes: a line end there ends no record.
    let quotes = |part: &[u8]| memchr_iter(b'"', part).count() % 2 == 1;
    let mut at = LEAST;
    let mut quoted = quotes(text.get(..at)?);
    let mut line = None;
    loop {
        let end = at + memchr(b'\n', &text[at..])? + 1;
        quoted ^= quotes(&text[at..end]);
        at = end;
        if quoted {
            continue;
        }
        // The line that holds byte LEAST is not seen whole, so its end is never a border by its hash.
        if end >= MOST || line.is_some_and(|from| hash(&text[from..end]).is_multiple_of(ONE_IN)) {
            return Some(end);
        }
        line = Some(end);
    }
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

    fn split(text: &[u8]) -> Vec<Vec<u8>> {
        let mut chunks = Chunks::new(text);
        std::iter::from_fn(|| chunks.next_chunk().expect("memory")).collect()
    }

    #[test]
    fn covers_the_text_and_cuts_at_records() {
        let text = table(400_000);
        let chunks = split(&text);
        assert!(chunks.len() > 5);
        assert!(chunks.iter().all(|chunk| chunk.starts_with(b"gdp,") && chunk.ends_with(b"\n")));
        assert_eq!(chunks.concat(), text);
    }

    #[test]
    fn an_edit_leaves_most_chunks_alone() {
        let text = table(400_000);
        let mut edited = text.clone();
        edited.splice(3_000_000..3_000_000, *b"123");
        let (before, after) = (split(&text), split(&edited));
        let changed = after.iter().filter(|chunk| !before.contains(chunk)).count();
        assert!((1..=2).contains(&changed), "{changed} of {}", after.len());
    }

    #[test]
    fn a_quote_that_never_closes_makes_one_chunk() {
        let mut text = b"gdp,beijing,2022,41540.9\n".repeat(200_000);
        assert!(split(&text).len() > 1);
        text[0] = b'"';
        assert_eq!(split(&text).len(), 1);
        assert!(split(b"").is_empty());
    }

    #[test]
    fn what_has_been_peeked_at_can_be_passed_over() {
        let mut chunks = Chunks::new(&b"header\na,b\n"[..]);
        assert_eq!(chunks.peek(3).expect("memory").len(), 3);
        assert_eq!(chunks.peek(100).expect("memory").len(), 11);
        chunks.skip(7);
        assert_eq!(chunks.next_chunk().expect("memory").as_deref(), Some(&b"a,b\n"[..]));
        assert_eq!(chunks.next_chunk().expect("memory"), None);
    }
}
