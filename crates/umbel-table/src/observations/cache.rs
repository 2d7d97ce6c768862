//! Parsed chunks on disk, from one run to the next, in `.umbel/observations` of the region.
//!
//! A chunk is found by the hash of its bytes and of all that its parsing depends on, so what is found is never stale.
//! Any trouble with the folder only means that chunks are parsed again.

use super::chunk::Layout;
use super::pack::Packed;
use std::collections::BTreeSet;
use std::fs;
use std::path::{Path, PathBuf};
use std::sync::Mutex;
use umbel_core::Status;

/// Changed whenever parsing or packing changes.
const VERSION: &str = "umbel chunk 1";
/// Files smaller than this are parsed anew every time.
pub(crate) const WORTH: u64 = 8 << 20;
/// Name of the list of indicators that are known to have no clash.
const SOUND: &str = "sound";

/// A hash of content.
pub(crate) type Key = [u8; 32];

/// The parsed chunks of a region on disk.
#[derive(Debug)]
pub(crate) struct Cache {
    folder: PathBuf,
    used: Mutex<BTreeSet<String>>,
    sound: BTreeSet<Key>,
}

impl Cache {
    /// The cache of the region in a folder.
    pub fn open(root: &Path) -> Cache {
        let folder = root.join(".umbel").join("observations");
        let bytes = fs::read(folder.join(SOUND)).unwrap_or_default();
        let sound = bytes.chunks_exact(32).filter_map(|key| key.try_into().ok()).collect();
        Cache { folder, used: Mutex::default(), sound }
    }

    /// The key of a chunk.
    pub fn key(bytes: &[u8], layout: &Layout) -> Key {
        let mut hasher = blake3::Hasher::new();
        hasher.update(VERSION.as_bytes());
        hasher.update(format!("{:?} {}", layout.columns, layout.width).as_bytes());
        Status::ALL.iter().for_each(|status| {
            hasher.update(status.letter().as_bytes());
        });
        hasher.update(bytes);
        *hasher.finalize().as_bytes()
    }

    /// The key of the part of a content that begins with this row.
    pub fn part(key: &Key, first: u32) -> Key {
        let mut hasher = blake3::Hasher::new();
        hasher.update(key);
        hasher.update(&first.to_le_bytes());
        *hasher.finalize().as_bytes()
    }

    /// A chunk that was parsed before.
    pub fn get(&self, key: &Key) -> Option<Packed> {
        let name = name(key);
        let bytes = fs::read(self.folder.join(&name)).ok()?;
        let (hash, content) = bytes.split_at_checked(32)?;
        let packed = (blake3::hash(content).as_bytes() == hash).then(|| Packed::from_bytes(content)).flatten()?;
        // Every section can be read, so that nothing fails once its rows are wanted.
        (0..packed.sections.len()).all(|section| packed.columns(section).is_some()).then_some(())?;
        self.note(name);
        Some(packed)
    }

    /// Keeps a chunk for the next run.
    pub fn put(&self, key: &Key, packed: &Packed) {
        let content = packed.to_bytes();
        let mut bytes = blake3::hash(&content).as_bytes().to_vec();
        bytes.extend(content);
        let name = name(key);
        if self.store(&name, &bytes) {
            self.note(name);
        }
    }

    /// Whether the rows with this digest were seen to have no clash.
    pub fn is_sound(&self, digest: &Key) -> bool {
        self.sound.contains(digest)
    }

    /// Ends a run: keeps the digests of the indicators without clash, and removes chunks that have long been of no use.
    pub fn finish(self, sound: BTreeSet<Key>) {
        if sound != self.sound {
            self.store(SOUND, &sound.iter().flatten().copied().collect::<Vec<u8>>());
        }
        let Ok(used) = self.used.into_inner() else { return };
        let Ok(entries) = fs::read_dir(&self.folder) else { return };
        let unused: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| name != SOUND && !used.contains(name))
            .collect();
        // Some are kept: a data file that goes back and forth between two states is found both ways.
        if unused.len() > 2 * used.len() + 64 {
            for name in unused {
                // What cannot be removed does no harm.
                let _ = fs::remove_file(self.folder.join(name));
            }
        }
    }

    fn note(&self, name: String) {
        if let Ok(mut used) = self.used.lock() {
            used.insert(name);
        }
    }

    /// Writes a file whole; without waiting for the disk, as a damaged file is found by its hash.
    fn store(&self, name: &str, bytes: &[u8]) -> bool {
        let temporary = self.folder.join(format!("{name}.{}.tmp", std::process::id()));
        let written = fs::create_dir_all(&self.folder)
            .and_then(|()| fs::write(&temporary, bytes))
            .and_then(|()| fs::rename(&temporary, self.folder.join(name)));
        if written.is_err() {
            let _ = fs::remove_file(&temporary);
        }
        written.is_ok()
    }
}

fn name(key: &Key) -> String {
    blake3::Hash::from_bytes(*key).to_hex().to_string()
}
