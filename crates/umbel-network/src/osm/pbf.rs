//! The blocks of a PBF file: found by their frames, then decoded side by side.
//!
//! A file is a row of frames: four bytes with the length of a header, the header, and a blob as long as the header says. So
//! where each block lies is known after looking at the headers, and any block can be decoded by itself.

use osmpbf::{BlobDecode, BlobReader, BlobType, ErrorKind, HeaderBlock, PrimitiveBlock};
use std::fs::File;
use std::io::{self, BufReader, Cursor, Read, Seek, SeekFrom};
use std::path::{Path, PathBuf};
use umbel_core::Code;
use umbel_core::code::{F001, N001, N002, N003, N004};

/// Longest header of a frame that the format allows.
const HEADER_LIMIT: u32 = 64 * 1024;
/// Longest blob that the format allows.
const BLOB_LIMIT: i32 = 32 * 1024 * 1024;
/// What a file may demand that is understood here. Locations on ways are in addition to the nodes, so they need nothing.
const FEATURES: [&str; 3] = ["OsmSchema-V0.6", "DenseNodes", "LocationsOnWays"];

/// What is wrong with a file, and at which byte.
#[derive(Debug)]
pub struct Fault {
    /// Kind of finding.
    pub code: &'static Code,
    /// What is wrong, in one sentence.
    pub message: String,
}

impl Fault {
    fn new(code: &'static Code, message: impl Into<String>) -> Fault {
        Fault { code, message: message.into() }
    }
}

/// Where a block of data lies.
#[derive(Clone, Copy, Debug)]
pub struct Place {
    offset: u64,
    length: u64,
}

/// A PBF file of which the frames are known.
#[derive(Debug)]
pub struct Blocks {
    path: PathBuf,
    /// Blocks of data, in the order of the file.
    pub places: Vec<Place>,
}

impl Blocks {
    /// Looks at the frames of a file. With faults, the blocks before the first broken frame are there nevertheless.
    pub fn find(path: &Path) -> (Blocks, Vec<Fault>) {
        let mut blocks = Blocks { path: path.to_owned(), places: Vec::new() };
        let mut faults = Vec::new();
        if let Err(fault) = blocks.scan(&mut faults) {
            faults.push(fault);
        }
        (blocks, faults)
    }

    fn scan(&mut self, faults: &mut Vec<Fault>) -> Result<(), Fault> {
        let unreadable = |error: io::Error| match error.kind() {
            io::ErrorKind::NotFound => Fault::new(&F001, "the file is not there"),
            _ => Fault::new(&N001, format!("the file cannot be read: {error}")),
        };
        let file = File::open(&self.path).map_err(unreadable)?;
        let size = file.metadata().map_err(unreadable)?.len();
        if size == 0 {
            return Err(Fault::new(&N001, "the file is empty"));
        }
        let mut file = BufReader::new(file);
        let (mut at, mut header_seen) = (0, false);
        let mut bytes = Vec::new();
        while at < size {
            let broken = |what: &str| {
                if header_seen {
                    Fault::new(&N003, format!("{what} at byte {at}; nothing after it can be read"))
                } else {
                    Fault::new(&N001, format!("this is no PBF file: {what} at byte {at}"))
                }
            };
            let cut = || match header_seen {
                true => Fault::new(&N002, format!("the file ends at byte {size}, inside of the block at byte {at}")),
                false => Fault::new(
                    &N001,
                    format!("this is no PBF file: it ends at byte {size} before its first block does"),
                ),
            };
            bytes.resize(4, 0);
            if size - at < 4 {
                return Err(cut());
            }
            file.read_exact(&mut bytes).map_err(unreadable)?;
            let header_length = u32::from_be_bytes([bytes[0], bytes[1], bytes[2], bytes[3]]);
            if header_length == 0 || header_length >= HEADER_LIMIT {
                return Err(broken("the header of a block has an impossible length"));
            }
            if size - at - 4 < u64::from(header_length) {
                return Err(cut());
            }
            bytes.resize(4 + header_length as usize, 0);
            file.read_exact(&mut bytes[4..]).map_err(unreadable)?;
            let header = BlobReader::new_seekable(Cursor::new(&bytes)).ok().and_then(|mut r| r.next_header_skip_blob());
            let Some(Ok((header, _))) = header else {
                return Err(broken("the header of a block cannot be decoded"));
            };
            let blob_length = header.get_blob_size();
            if !(0..=BLOB_LIMIT).contains(&blob_length) {
                return Err(broken("a block has an impossible length"));
            }
            let length = 4 + u64::from(header_length) + blob_length as u64;
            let kind = header.blob_type();
            if !header_seen && kind != BlobType::OsmHeader {
                return Err(broken("the first block is not its header"));
            }
            if size - at < length {
                return Err(cut());
            }
            let place = Place { offset: at, length };
            match kind {
                BlobType::OsmHeader => {
                    header_seen = true;
                    self.check_header(place, faults)?;
                }
                BlobType::OsmData => self.places.push(place),
                BlobType::Unknown(_) => {}
            }
            at += length;
            file.seek(SeekFrom::Start(at)).map_err(unreadable)?;
        }
        Ok(())
    }

    fn check_header(&self, place: Place, faults: &mut Vec<Fault>) -> Result<(), Fault> {
        let mut file = self.open()?;
        let header = match self.decode(&mut file, place)? {
            Block::Header(header) => header,
            Block::Data(_) | Block::Unknown => return Ok(()),
        };
        let missing: Vec<&str> =
            header.required_features().iter().map(String::as_str).filter(|f| !FEATURES.contains(f)).collect();
        if missing.is_empty() {
            return Ok(());
        }
        let message = format!("the file demands what is not understood here: {}", missing.join(", "));
        faults.push(Fault::new(&N004, message));
        Ok(())
    }

    /// Opens the file, once a thread.
    pub fn open(&self) -> Result<File, Fault> {
        File::open(&self.path).map_err(|error| Fault::new(&N001, format!("the file cannot be read: {error}")))
    }

    /// Decodes a block of data.
    ///
    /// # Errors
    /// The bytes cannot be inflated or decoded (N003), or are compressed in an unknown way (N004).
    pub fn data(&self, file: &mut File, place: Place) -> Result<Option<PrimitiveBlock>, Fault> {
        match self.decode(file, place)? {
            Block::Data(block) => Ok(Some(block)),
            Block::Header(_) | Block::Unknown => Ok(None),
        }
    }

    fn decode(&self, file: &mut File, place: Place) -> Result<Block, Fault> {
        let offset = place.offset;
        let corrupt =
            |error: String| Fault::new(&N003, format!("the block at byte {offset} cannot be decoded: {error}"));
        let mut bytes = vec![0; place.length as usize];
        file.seek(SeekFrom::Start(offset))
            .and_then(|_| file.read_exact(&mut bytes))
            .map_err(|error| corrupt(error.to_string()))?;
        let blob = match BlobReader::new(Cursor::new(bytes)).next() {
            Some(Ok(blob)) => blob,
            Some(Err(error)) => return Err(corrupt(error.to_string())),
            None => return Ok(Block::Unknown),
        };
        match blob.decode() {
            Ok(BlobDecode::OsmHeader(header)) => Ok(Block::Header(header)),
            Ok(BlobDecode::OsmData(block)) => Ok(Block::Data(block)),
            Ok(BlobDecode::Unknown(_)) => Ok(Block::Unknown),
            Err(error) => Err(match error.kind() {
                ErrorKind::Blob(osmpbf::BlobError::Empty) => Fault::new(
                    &N004,
                    format!("the block at byte {offset} is empty, or compressed in another way than by zlib"),
                ),
                _ => corrupt(error.to_string()),
            }),
        }
    }
}

enum Block {
    Header(Box<HeaderBlock>),
    Data(PrimitiveBlock),
    Unknown,
}
