//! The first pass: the ways that are streets, and the nodes that they name.

use super::way::{Table, Tags, Usage};
use osmpbf::PrimitiveBlock;
use rayon::slice::ParallelSliceMut;

/// Streets as ways of nodes.
#[derive(Debug, Default)]
pub struct Ways {
    /// Id of each way.
    pub ids: Vec<i64>,
    /// What each is.
    pub usage: Vec<Usage>,
    /// Number of nodes of each.
    pub counts: Vec<u32>,
    /// Ids of the nodes of all ways, way by way.
    pub nodes: Vec<i64>,
    /// Streets that have fewer than two nodes and are left out.
    pub short: Vec<i64>,
}

impl Ways {
    /// The streets of a block.
    pub fn of(block: &PrimitiveBlock, table: &Table) -> Ways {
        let mut ways = Ways::default();
        let strings = block.raw_stringtable();
        let text = |index: u32| strings.get(index as usize).and_then(|bytes| std::str::from_utf8(bytes).ok());
        let is_key: Vec<bool> =
            strings.iter().map(|bytes| std::str::from_utf8(bytes).is_ok_and(|key| table.is_street_key(key))).collect();
        if !is_key.contains(&true) {
            return ways;
        }
        for way in block.groups().flat_map(|group| group.ways()) {
            if !way.raw_tags().any(|(key, _)| is_key.get(key as usize) == Some(&true)) {
                continue;
            }
            let tags = Tags(way.raw_tags().filter_map(|(key, value)| Some((text(key)?, text(value)?))).collect());
            let Some(usage) = table.street(&tags) else { continue };
            let start = ways.nodes.len();
            let (mut id, mut last) = (0_i64, None);
            for delta in way.raw_refs() {
                id = id.wrapping_add(*delta);
                if last != Some(id) {
                    ways.nodes.push(id);
                }
                last = Some(id);
            }
            let count = ways.nodes.len() - start;
            if count < 2 {
                ways.nodes.truncate(start);
                ways.short.push(way.id());
                continue;
            }
            ways.ids.push(way.id());
            ways.usage.push(usage);
            ways.counts.push(count as u32);
        }
        ways
    }

    /// Adds those of a later block.
    pub fn append(&mut self, mut other: Ways) {
        self.ids.append(&mut other.ids);
        self.usage.append(&mut other.usage);
        self.counts.append(&mut other.counts);
        self.nodes.append(&mut other.nodes);
        self.short.append(&mut other.short);
    }

    /// The ids of all nodes in ascending order, each once, and for each place in [`Ways::nodes`] its number in them.
    ///
    /// Ids and places are sorted together: looking each id up in a table would wait for memory every time.
    pub fn numbered(&self) -> (Vec<i64>, Vec<u32>) {
        let mut pairs: Vec<(i64, u32)> = self.nodes.iter().zip(0..).map(|(&id, place)| (id, place)).collect();
        pairs.par_sort_unstable();
        let mut ids: Vec<i64> = Vec::new();
        let mut numbers = vec![0; pairs.len()];
        for (id, place) in pairs {
            if ids.last() != Some(&id) {
                ids.push(id);
            }
            numbers[place as usize] = ids.len() as u32 - 1;
        }
        ids.shrink_to_fit();
        (ids, numbers)
    }
}
