//! The second pass: where the nodes of streets are, and what stands on them.

use super::way::{Mark, Table, Tags};
use osmpbf::PrimitiveBlock;
use rustc_hash::FxHashMap;

/// Nanodegrees in a unit of [`Nodes`].
const NANO: i64 = 100;

/// Where nodes are: two whole numbers each, in the unit of OpenStreetMap (1e-7 degrees).
#[derive(Debug)]
pub struct Nodes {
    /// Longitude and latitude; `None` is [`ABSENT`].
    at: Vec<[i32; 2]>,
    /// What stands on those where something does.
    pub marks: FxHashMap<u32, Mark>,
}

/// No longitude: a node that the file does not hold.
const ABSENT: i32 = i32::MIN;

/// The nodes of one block that are wanted.
#[derive(Debug, Default)]
pub struct Found {
    at: Vec<(u32, [i32; 2])>,
    marks: Vec<(u32, Mark)>,
    /// Ids of nodes that lie nowhere on Earth.
    pub astray: Vec<i64>,
}

/// Whether a block holds nodes.
pub fn has_nodes(block: &PrimitiveBlock) -> bool {
    block.groups().any(|group| group.dense_nodes().next().is_some() || group.nodes().next().is_some())
}

impl Found {
    /// Those nodes of a block whose ids are among `wanted` (ascending).
    pub fn of(block: &PrimitiveBlock, wanted: &[i64], table: &Table) -> Found {
        let mut found = Found::default();
        let strings = block.raw_stringtable();
        let text = |index: usize| strings.get(index).and_then(|bytes| std::str::from_utf8(bytes).ok());
        let is_key: Vec<bool> =
            strings.iter().map(|bytes| std::str::from_utf8(bytes).is_ok_and(|key| table.is_mark_key(key))).collect();
        let marked = is_key.contains(&true);
        let mut search = Ascending { wanted, at: 0 };
        for group in block.groups() {
            for node in group.dense_nodes() {
                let Some(number) = search.find(node.id()) else { continue };
                found.add(node.id(), number, node.nano_lon(), node.nano_lat());
                if marked && node.raw_tags().any(|(key, _)| is_key.get(key as usize) == Some(&true)) {
                    let tags = node.raw_tags().filter_map(|(k, v)| Some((text(k as usize)?, text(v as usize)?)));
                    found.mark(number, table.mark(&Tags(tags.collect())));
                }
            }
            for node in group.nodes() {
                let Some(number) = search.find(node.id()) else { continue };
                found.add(node.id(), number, node.nano_lon(), node.nano_lat());
                if marked && node.raw_tags().any(|(key, _)| is_key.get(key as usize) == Some(&true)) {
                    let tags = node.raw_tags().filter_map(|(k, v)| Some((text(k as usize)?, text(v as usize)?)));
                    found.mark(number, table.mark(&Tags(tags.collect())));
                }
            }
        }
        found
    }

    fn add(&mut self, id: i64, number: u32, longitude: i64, latitude: i64) {
        let (lon, lat) = (longitude / NANO, latitude / NANO);
        if !(-1_800_000_000..=1_800_000_000).contains(&lon) || !(-900_000_000..=900_000_000).contains(&lat) {
            self.astray.push(id);
            return;
        }
        self.at.push((number, [lon as i32, lat as i32]));
    }

    fn mark(&mut self, number: u32, mark: Mark) {
        if mark != Mark::default() {
            self.marks.push((number, mark));
        }
    }
}

/// Looks ids up that come mostly in ascending order.
struct Ascending<'a> {
    wanted: &'a [i64],
    at: usize,
}

impl Ascending<'_> {
    fn find(&mut self, id: i64) -> Option<u32> {
        let near = &self.wanted[self.at..];
        if near.first().is_some_and(|first| *first < id) {
            // A few steps, then by halves.
            match near.iter().take(16).position(|wanted| *wanted >= id) {
                Some(steps) => self.at += steps,
                None => self.at += near.partition_point(|wanted| *wanted < id),
            }
        } else if self.at > 0 && self.wanted[self.at - 1] >= id {
            self.at = self.wanted.partition_point(|wanted| *wanted < id);
        }
        (self.wanted.get(self.at) == Some(&id)).then_some(self.at as u32)
    }
}

impl Nodes {
    /// None of `count` nodes known yet.
    pub fn unknown(count: usize) -> Nodes {
        Nodes { at: vec![[ABSENT; 2]; count], marks: FxHashMap::default() }
    }

    /// Adds those of a block. Of a node that is there twice, the later counts.
    pub fn fill(&mut self, found: &Found) {
        for &(number, at) in &found.at {
            self.at[number as usize] = at;
        }
        self.marks.extend(found.marks.iter().copied());
    }

    /// Longitude and latitude of a node, in degrees, if the file holds it.
    pub fn get(&self, number: u32) -> Option<[f64; 2]> {
        let at = self.at[number as usize];
        (at[0] != ABSENT).then(|| at.map(|part| f64::from(part) / 1e7))
    }

    /// Whether the file holds it.
    pub fn holds(&self, number: u32) -> bool {
        self.at[number as usize][0] != ABSENT
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn finds_in_any_order(mut wanted in proptest::collection::vec(-50_i64..50, 0..40), asked in proptest::collection::vec(-60_i64..60, 0..60)) {
            wanted.sort_unstable();
            wanted.dedup();
            let mut search = Ascending { wanted: &wanted, at: 0 };
            for id in asked {
                prop_assert_eq!(search.find(id), wanted.iter().position(|w| *w == id).map(|at| at as u32));
            }
        }
    }
}
