//! Writes small OpenStreetMap extracts (PBF), sound and broken: the format by hand, as the readers' counterpart.

#![allow(dead_code, reason = "each test uses its part")]

/// Tags as pairs.
pub type Tags<'a> = &'a [(&'a str, &'a str)];

/// Elements of one extract. Coordinates in units of 1e-7 degrees.
#[derive(Default)]
pub struct Extract<'a> {
    pub nodes: Vec<(i64, i64, i64, Tags<'a>)>,
    pub ways: Vec<(i64, Vec<i64>, Tags<'a>)>,
}

pub fn varint(mut value: u64, out: &mut Vec<u8>) {
    while value >= 0x80 {
        out.push(value as u8 | 0x80);
        value >>= 7;
    }
    out.push(value as u8);
}

pub fn zigzag(value: i64) -> u64 {
    ((value << 1) ^ (value >> 63)) as u64
}

pub fn number(field: u64, value: u64, out: &mut Vec<u8>) {
    varint(field << 3, out);
    varint(value, out);
}

pub fn bytes(field: u64, content: &[u8], out: &mut Vec<u8>) {
    varint(field << 3 | 2, out);
    varint(content.len() as u64, out);
    out.extend(content);
}

pub fn packed(field: u64, values: impl IntoIterator<Item = u64>, out: &mut Vec<u8>) {
    let mut content = Vec::new();
    values.into_iter().for_each(|value| varint(value, &mut content));
    bytes(field, &content, out);
}

fn deltas(values: impl IntoIterator<Item = i64>) -> impl Iterator<Item = u64> {
    let mut last = 0_i64;
    values.into_iter().map(move |value| zigzag(value.wrapping_sub(std::mem::replace(&mut last, value))))
}

/// A frame: length, header, blob.
pub fn frame(kind: &str, blob: &[u8]) -> Vec<u8> {
    let mut header = Vec::new();
    bytes(1, kind.as_bytes(), &mut header);
    number(3, blob.len() as u64, &mut header);
    let mut out = (header.len() as u32).to_be_bytes().to_vec();
    out.extend(header);
    out.extend(blob);
    out
}

/// A blob as it is.
pub fn raw(content: &[u8]) -> Vec<u8> {
    let mut out = Vec::new();
    bytes(1, content, &mut out);
    out
}

/// A blob in zlib's wrapping, its content stored and not squeezed.
pub fn zlib(content: &[u8]) -> Vec<u8> {
    let mut wrapped = vec![0x78, 0x01];
    let mut parts = content.chunks(0xffff).peekable();
    while let Some(part) = parts.next() {
        wrapped.push(u8::from(parts.peek().is_none()));
        wrapped.extend((part.len() as u16).to_le_bytes());
        wrapped.extend((!(part.len() as u16)).to_le_bytes());
        wrapped.extend(part);
    }
    let (mut a, mut b) = (1_u32, 0_u32);
    for byte in content {
        a = (a + u32::from(*byte)) % 65_521;
        b = (b + a) % 65_521;
    }
    wrapped.extend((b << 16 | a).to_be_bytes());
    let mut out = Vec::new();
    number(2, content.len() as u64, &mut out);
    bytes(3, &wrapped, &mut out);
    out
}

/// The frame of a header that demands these features.
pub fn header(features: &[&str]) -> Vec<u8> {
    let mut content = Vec::new();
    features.iter().for_each(|feature| bytes(4, feature.as_bytes(), &mut content));
    frame("OSMHeader", &raw(&content))
}

/// The features that every extract demands.
pub const USUAL: [&str; 2] = ["OsmSchema-V0.6", "DenseNodes"];

/// The content of a block of data.
pub fn block(extract: &Extract) -> Vec<u8> {
    let mut strings: Vec<&str> = vec![""];
    let mut index = |text| -> u64 {
        let at = strings.iter().position(|known| *known == text).unwrap_or_else(|| {
            strings.push(text);
            strings.len() - 1
        });
        at as u64
    };
    let mut groups: Vec<Vec<u8>> = Vec::new();
    if !extract.nodes.is_empty() {
        let mut dense = Vec::new();
        packed(1, deltas(extract.nodes.iter().map(|node| node.0)), &mut dense);
        packed(8, deltas(extract.nodes.iter().map(|node| node.2)), &mut dense);
        packed(9, deltas(extract.nodes.iter().map(|node| node.1)), &mut dense);
        let mut tags = Vec::new();
        for node in &extract.nodes {
            tags.extend(node.3.iter().flat_map(|(key, value)| [index(key), index(value)]));
            tags.push(0);
        }
        packed(10, tags, &mut dense);
        let mut group = Vec::new();
        bytes(2, &dense, &mut group);
        groups.push(group);
    }
    if !extract.ways.is_empty() {
        let mut group = Vec::new();
        for (id, nodes, tags) in &extract.ways {
            let mut way = Vec::new();
            number(1, *id as u64, &mut way);
            packed(2, tags.iter().map(|(key, _)| index(key)).collect::<Vec<_>>(), &mut way);
            packed(3, tags.iter().map(|(_, value)| index(value)).collect::<Vec<_>>(), &mut way);
            packed(8, deltas(nodes.iter().copied()), &mut way);
            bytes(3, &way, &mut group);
        }
        groups.push(group);
    }
    let mut table = Vec::new();
    strings.iter().for_each(|text| bytes(1, text.as_bytes(), &mut table));
    let mut content = Vec::new();
    bytes(1, &table, &mut content);
    groups.iter().for_each(|group| bytes(2, group, &mut content));
    content
}

/// A whole file: a header, the nodes, then the ways.
pub fn file(extract: &Extract) -> Vec<u8> {
    let mut out = header(&USUAL);
    let nodes = Extract { nodes: extract.nodes.clone(), ways: Vec::new() };
    let ways = Extract { nodes: Vec::new(), ways: extract.ways.clone() };
    out.extend(frame("OSMData", &zlib(&block(&nodes))));
    out.extend(frame("OSMData", &zlib(&block(&ways))));
    out
}
