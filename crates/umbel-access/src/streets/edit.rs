//! Edits of a profile: what a plan closes, slows or adds, laid over the streets without making them again.

use rustc_hash::FxHashMap;

/// A road added by an edit.
#[derive(Clone, Debug)]
pub(crate) struct AddedRoad {
    pub ends: (u32, u32),
    pub line: Vec<[f64; 2]>,
}

/// What edits add to the streets.
#[derive(Clone, Debug, Default)]
pub(crate) struct Added {
    /// Points of the junctions added; their numbers follow those of the streets.
    pub junctions: Vec<[f64; 2]>,
    /// Roads added; their numbers follow the segments of the streets.
    pub roads: Vec<AddedRoad>,
    /// Junctions added on segments, by the share of the segment before them.
    pub stops: FxHashMap<u32, Vec<(f64, u32)>>,
}

impl Added {
    /// The junctions added on a segment, from its start to its end.
    #[inline]
    pub fn stops_on(&self, segment: u32) -> &[(f64, u32)] {
        if self.stops.is_empty() {
            return &[];
        }
        self.stops.get(&segment).map_or(&[], |stops| stops.as_slice())
    }
}
