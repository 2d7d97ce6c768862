//! Prepared networks, kept by the content of the files they were made of.
//!
//! As in the store of figures, a file is written under a name of its own and then renamed, and one that is cut short, changed
//! or of another version is as good as none: the network is made again.

use super::packed::Packed;
use super::source::Sources;
use crate::key::{Key, Keyer, hex};
use std::path::{Path, PathBuf};
use umbel_network::osm::Rules;

const MAGIC: &[u8; 8] = b"umbelnet";
/// Raised when the format changes, or what is made of the same files.
const VERSION: u32 = 5;
/// Magic, version, key, checksum.
const HEADER: usize = 8 + 4 + 32 + 32;

/// Where prepared networks of a region are kept.
pub(crate) fn folder(region: &Path) -> PathBuf {
    region.join(".umbel/network")
}

/// The key of what is made of files: their bytes and the rules by which they are read.
///
/// # Errors
/// When a file cannot be read; whoever reads it then will say so.
pub fn key(sources: &Sources, rules: &Rules, what: &str) -> std::io::Result<Key> {
    let mut keyer = Keyer::new("prepared network");
    keyer.number(u64::from(VERSION));
    keyer.text(what);
    keyer.text(&format!("{rules:?}"));
    for path in sources.streets.iter().chain(&sources.timetables) {
        let mut files = vec![path.clone()];
        if path.is_dir() {
            files = std::fs::read_dir(path)?.map(|entry| entry.map(|entry| entry.path())).collect::<Result<_, _>>()?;
            files.sort();
            files.retain(|file| file.is_file());
        } else if path.extension().is_some_and(|ending| ending == "csv") {
            files.push(path.with_file_name("node.csv"));
        }
        keyer.number(files.len() as u64);
        for file in files {
            keyer.text(&file.file_name().unwrap_or_default().to_string_lossy());
            keyer.key(blake3::hash(&std::fs::read(&file)?).as_bytes());
        }
    }
    Ok(keyer.finish())
}

fn path(folder: &Path, key: &Key) -> PathBuf {
    folder.join(format!("{}.net", hex(key)))
}

/// What is kept under a key, if it is sound.
pub fn load<T: Packed>(folder: &Path, key: &Key) -> Option<T> {
    let bytes = std::fs::read(path(folder, key)).ok()?;
    let sound = bytes.len() >= HEADER
        && bytes[..8] == *MAGIC
        && bytes[8..12] == VERSION.to_le_bytes()
        && bytes[12..44] == *key
        && bytes[44..HEADER] == *blake3::hash(&bytes[HEADER..]).as_bytes();
    let mut rest = sound.then(|| &bytes[HEADER..])?;
    T::take(&mut rest).filter(|_| rest.is_empty())
}

/// Keeps something under a key. A failure is no error: it will only be made again.
pub fn keep(folder: &Path, key: &Key, content: &impl Packed) {
    let mut packed = Vec::new();
    content.put(&mut packed);
    let mut header = Vec::with_capacity(HEADER);
    header.extend_from_slice(MAGIC);
    header.extend_from_slice(&VERSION.to_le_bytes());
    header.extend_from_slice(key);
    header.extend_from_slice(blake3::hash(&packed).as_bytes());
    let _ = umbel_table::write::write_result(&path(folder, key), &[header, packed]);
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_damaged_is_not_there() {
        let folder = tempfile::tempdir().expect("a folder");
        let (one, other) = ([1; 32], [2; 32]);
        let content: Vec<u32> = (0..50).collect();
        keep(folder.path(), &one, &content);
        assert_eq!(load(folder.path(), &one), Some(content));
        assert_eq!(load::<Vec<u32>>(folder.path(), &other), None);
        let file = path(folder.path(), &one);
        let bytes = std::fs::read(&file).expect("read");
        for at in (0..bytes.len()).step_by(7) {
            let mut damaged = bytes.clone();
            damaged[at] ^= 0x20;
            std::fs::write(&file, &damaged).expect("written");
            assert_eq!(load::<Vec<u32>>(folder.path(), &one), None, "byte {at}");
            std::fs::write(&file, &bytes[..at]).expect("written");
            assert_eq!(load::<Vec<u32>>(folder.path(), &one), None, "cut at {at}");
        }
    }

    #[test]
    fn the_key_follows_the_bytes() {
        let folder = tempfile::tempdir().expect("a folder");
        let file = folder.path().join("a.zip");
        let sources = Sources { timetables: vec![file.clone()], ..Sources::default() };
        std::fs::write(&file, "one").expect("written");
        let of = |what: &str| key(&sources, &Rules::default(), what).expect("a key");
        let (first, other) = (of("2019-05-13"), of("2019-05-14"));
        assert_ne!(first, other);
        std::fs::write(&file, "two").expect("written");
        assert_ne!(of("2019-05-13"), first);
        std::fs::write(&file, "one").expect("written");
        assert_eq!(of("2019-05-13"), first);
    }
}
