//! Contiguity: neighbours share a corner (queen) or an edge (rook) of their boundaries.

use super::Weights;
use super::polygons::Polygons;
use super::tree::Tree;
use crate::Error;
use serde::{Deserialize, Serialize};

/// What neighbours must share, named after the chess pieces.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Contiguity {
    /// A corner.
    #[default]
    Queen,
    /// An edge: two corners that follow each other in both boundaries.
    Rook,
}

/// Binary weights of places whose boundaries share a corner or an edge, compared exactly: no geometry is computed.
/// The k places around a corner give k (k - 1) pairs, so the cost is O(corners + pairs).
///
/// Corners of one place on an edge of another are not shared corners: see [`super::gaps::gaps`].
///
/// Source: libpysal, `Queen` and `Rook`.
pub fn contiguity(polygons: &Polygons, kind: Contiguity) -> Weights {
    let corners = polygons.corners();
    let places = polygons.len();
    match kind {
        Contiguity::Queen => {
            let entries = polygons.owners().enumerate().map(|(at, place)| Entry::new(hash(&corners[at]), place, at));
            let entries: Vec<Entry> = entries.collect();
            neighbours(places, &grouped(entries), |a, b| corners[a as usize] == corners[b as usize])
        }
        Contiguity::Rook => {
            let edges: Vec<(u32, usize, usize)> = polygons.edges().collect();
            let entry = |(number, &(place, from, to)): (usize, &(u32, usize, usize))| {
                // The same for both directions.
                Entry::new(hash(&corners[from]).wrapping_add(hash(&corners[to])), place, number)
            };
            let entries: Vec<Entry> = edges.iter().enumerate().map(entry).collect();
            neighbours(places, &grouped(entries), |a, b| {
                let ((_, a, b), (_, c, d)) = (edges[a as usize], edges[b as usize]);
                let (a, b, c, d) = (corners[a], corners[b], corners[c], corners[d]);
                (a == c && b == d) || (a == d && b == c)
            })
        }
    }
}

/// Binary weights of places whose boundaries have corners at most `snap` apart: one such corner for queen, two for rook.
/// With a snap of 0 it is [`contiguity`]. O(c log c) for c different corners, and the pairs.
///
/// Source: spdep, `poly2nb(snap = )`: planar distance of boundary points; rook needs more than one shared point, which
/// need not be a shared line.
///
/// # Errors
/// When `snap` is below 0 or not finite.
pub fn contiguity_snapped(polygons: &Polygons, kind: Contiguity, snap: f64) -> Result<Weights, Error> {
    if !(snap >= 0.0 && snap.is_finite()) {
        let message = format!("the snapping distance is {snap}; it must be 0 or more");
        return Err(Error::Parameter { parameter: "snap", message });
    }
    if snap == 0.0 {
        return Ok(contiguity(polygons, kind));
    }
    let (places, starts, corners) = places_at_corners(polygons);
    let at = |corner: usize| &places[starts[corner]..starts[corner + 1]];
    let tree = Tree::new(&corners);
    // (place, other place, corner of the first)
    let mut met: Vec<(u32, u32, u32)> = Vec::new();
    // The limit is a little wide, so that no rounding of the square loses a pair; the distance itself decides.
    let limit = snap * snap * (1.0 + 1e-9);
    for (number, corner) in corners.iter().enumerate() {
        tree.within(corner, limit, |other, squared| {
            if squared.sqrt() > snap {
                return;
            }
            for &first in at(number) {
                met.extend(
                    at(other as usize)
                        .iter()
                        .filter(|&&second| second != first)
                        .map(|&second| (first, second, number as u32)),
                );
            }
        });
    }
    met.sort_unstable();
    met.dedup();
    let needed = if kind == Contiguity::Queen { 1 } else { 2 };
    let pairs =
        met.chunk_by(|a, b| (a.0, a.1) == (b.0, b.1)).filter(|run| run.len() >= needed).map(|run| (run[0].0, run[0].1));
    let pairs: Vec<(u32, u32)> = pairs.collect();
    // Two corners of one place may lie near one corner of the other: then only one of the two directions is there.
    let both: Vec<(u32, u32)> =
        pairs.iter().filter(|pair| pairs.binary_search(&(pair.1, pair.0)).is_ok()).copied().collect();
    let mut rows = both.chunk_by(|a, b| a.0 == b.0).peekable();
    Weights::from_rows((0..polygons.len() as u32).map(|place| {
        let row = rows.next_if(|row| row[0].0 == place).unwrap_or_default();
        row.iter().map(|pair| (pair.1, 1.0))
    }))
}

/// The places at each different corner: places, where those of each corner begin, and the corners.
fn places_at_corners(polygons: &Polygons) -> (Vec<u32>, Vec<usize>, Vec<[f64; 2]>) {
    let corners = polygons.corners();
    let entries = polygons.owners().enumerate().map(|(at, place)| Entry::new(hash(&corners[at]), place, at));
    let entries = grouped(entries.collect());
    let (mut places, mut starts, mut different) = (Vec::new(), vec![0], Vec::new());
    each_group(
        &entries,
        |a, b| corners[a as usize] == corners[b as usize],
        |group, first| {
            places.extend_from_slice(group);
            starts.push(places.len());
            different.push(corners[first as usize]);
        },
    );
    (places, starts, different)
}

/// A corner or an edge of a place, under a hash of its coordinates.
#[derive(Clone, Copy)]
struct Entry {
    hash: u64,
    place: u32,
    number: u32,
}

impl Entry {
    fn new(hash: u64, place: u32, number: usize) -> Entry {
        Entry { hash, place, number: number as u32 }
    }
}

/// A hash of the bits of a corner whose upper bits are spread well.
#[inline]
fn hash(corner: &[f64; 2]) -> u64 {
    let mixed = (corner[0].to_bits() ^ 0x9E37_79B9_7F4A_7C15).wrapping_mul(0xD6E8_FEB8_6659_FD93);
    let mixed = (mixed.rotate_left(32) ^ corner[1].to_bits()).wrapping_mul(0xA076_1D64_78BD_642F);
    (mixed ^ (mixed >> 32)).wrapping_mul(0xE703_7ED1_A0B4_28DB)
}

/// The entries in order of hash and place: first spread over buckets by the upper bits, then each small bucket sorted.
fn grouped(entries: Vec<Entry>) -> Vec<Entry> {
    let bits = (entries.len() / 32).max(1).ilog2().min(16);
    if bits == 0 {
        let mut entries = entries;
        entries.sort_unstable_by_key(|entry| (entry.hash, entry.place, entry.number));
        return entries;
    }
    let bucket = |entry: &Entry| (entry.hash >> (64 - bits)) as usize;
    let mut next = vec![0_usize; (1 << bits) + 1];
    entries.iter().for_each(|entry| next[bucket(entry) + 1] += 1);
    for at in 1..next.len() {
        next[at] += next[at - 1];
    }
    let starts = next.clone();
    let mut spread = vec![Entry::new(0, 0, 0); entries.len()];
    for entry in &entries {
        let slot = &mut next[bucket(entry)];
        spread[*slot] = *entry;
        *slot += 1;
    }
    for range in starts.windows(2) {
        spread[range[0]..range[1]].sort_unstable_by_key(|entry| (entry.hash, entry.place, entry.number));
    }
    spread
}

/// Calls `visit` with the places (ascending, each once) of every group of equal entries, and the number of one of them.
/// Entries of one hash that are not equal are told apart, so that the result never depends on the hash.
fn each_group(entries: &[Entry], same: impl Fn(u32, u32) -> bool, mut visit: impl FnMut(&[u32], u32)) {
    let mut group: Vec<u32> = Vec::new();
    let mut rest: Vec<Entry> = Vec::new();
    for run in entries.chunk_by(|a, b| a.hash == b.hash) {
        rest.clear();
        rest.extend_from_slice(run);
        while let Some(&first) = rest.first() {
            group.clear();
            rest.retain(|entry| {
                let equal = same(first.number, entry.number);
                if equal && group.last() != Some(&entry.place) {
                    group.push(entry.place);
                }
                !equal
            });
            visit(&group, first.number);
        }
    }
}

/// Weights 1 for places of one group: rows by counting, then each row sorted and each neighbour kept once.
fn neighbours(places: usize, entries: &[Entry], same: impl Fn(u32, u32) -> bool) -> Weights {
    let mut groups: Vec<u32> = Vec::with_capacity(entries.len());
    let mut ends: Vec<u32> = Vec::new();
    let mut starts = vec![0_usize; places + 1];
    each_group(entries, same, |group, _| {
        if group.len() > 1 {
            groups.extend_from_slice(group);
            ends.push(groups.len() as u32);
            group.iter().for_each(|&place| starts[place as usize + 1] += group.len() - 1);
        }
    });
    for at in 1..starts.len() {
        starts[at] += starts[at - 1];
    }
    let mut next = starts.clone();
    let mut all = vec![0_u32; starts[places]];
    let mut begin = 0;
    for &end in &ends {
        let group = &groups[begin as usize..end as usize];
        for &place in group {
            let slot = &mut next[place as usize];
            for &other in group {
                if other != place {
                    all[*slot] = other;
                    *slot += 1;
                }
            }
        }
        begin = end;
    }
    // Rows shrink towards the front of the same array.
    let (mut kept, mut row_begin) = (0, 0);
    for place in 0..places {
        let row_end = starts[place + 1];
        all[row_begin..row_end].sort_unstable();
        starts[place] = kept;
        for at in row_begin..row_end {
            if at == row_begin || all[at] != all[at - 1] {
                all[kept] = all[at];
                kept += 1;
            }
        }
        row_begin = row_end;
    }
    starts[places] = kept;
    all.truncate(kept);
    let weights = vec![1.0; kept];
    Weights { starts, neighbours: all, weights }
}

#[cfg(test)]
mod tests {
    use super::super::polygons::tests::squares;
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn squares_have_eight_and_four_neighbours() {
        let polygons = squares(3, 3);
        let queen = contiguity(&polygons, Contiguity::Queen);
        let rook = contiguity(&polygons, Contiguity::Rook);
        assert_eq!(queen.neighbours(4), [0, 1, 2, 3, 5, 6, 7, 8]);
        assert_eq!(rook.neighbours(4), [1, 3, 5, 7]);
        assert_eq!((queen.neighbours(0), rook.neighbours(0)), (&[1, 3, 4][..], &[1, 3][..]));
        assert_eq!(contiguity(&Polygons::new(), Contiguity::Queen).len(), 0);
    }

    #[test]
    fn a_hundred_by_a_hundred_squares() {
        let queen = contiguity(&squares(100, 100), Contiguity::Queen);
        let rook = contiguity(&squares(100, 100), Contiguity::Rook);
        assert_eq!(queen.pairs(), 2 * (2 * 99 * 100 + 2 * 99 * 99));
        assert_eq!(rook.pairs(), 2 * 2 * 99 * 100);
    }

    #[test]
    fn snapping_closes_small_gaps() {
        let mut polygons = Polygons::new();
        for (x, y) in [(0.0, 0.0), (1.0 + 1e-4, 1e-4), (5.0, 5.0)] {
            polygons.place();
            polygons.ring(&[[x, y], [x + 1.0, y], [x + 1.0, y + 1.0], [x, y + 1.0]], false).expect("a ring");
        }
        assert_eq!(contiguity(&polygons, Contiguity::Queen).pairs(), 0);
        for kind in [Contiguity::Queen, Contiguity::Rook] {
            assert_eq!(contiguity_snapped(&polygons, kind, 1e-4).expect("weights").pairs(), 0);
            let snapped = contiguity_snapped(&polygons, kind, 2e-4).expect("weights");
            assert_eq!((snapped.neighbours(0), snapped.neighbours(1), snapped.degree(2)), (&[1][..], &[0][..], 0));
        }
        assert!(contiguity_snapped(&polygons, Contiguity::Queen, -1.0).is_err());
        assert!(contiguity_snapped(&polygons, Contiguity::Queen, f64::NAN).is_err());
    }

    #[test]
    fn rook_with_snapping_needs_two_corners() {
        let polygons = squares(2, 2);
        let snapped = contiguity_snapped(&polygons, Contiguity::Rook, 1e-9).expect("weights");
        assert_eq!(snapped, contiguity(&polygons, Contiguity::Rook));
        let queen = contiguity_snapped(&polygons, Contiguity::Queen, 1e-9).expect("weights");
        assert_eq!(queen, contiguity(&polygons, Contiguity::Queen));
    }

    #[test]
    fn equal_hashes_are_told_apart() {
        let entries: Vec<Entry> = [0, 1, 2, 3].map(|place| Entry::new(7, place, place as usize)).to_vec();
        let weights = neighbours(4, &grouped(entries), |a, b| a % 2 == b % 2);
        assert_eq!(weights.neighbours(0), [2]);
        assert_eq!(weights.neighbours(1), [3]);
    }

    proptest! {
        #[test]
        fn neighbours_share_a_corner(shapes in proptest::collection::vec(([0_u8..6, 0_u8..6], 1_u8..3), 1..20)) {
            let mut polygons = Polygons::new();
            for ([x, y], side) in shapes {
                let (x, y, side) = (f64::from(x), f64::from(y), f64::from(side));
                polygons.place();
                polygons.ring(&[[x, y], [x + side, y], [x + side, y + side], [x, y + side]], false).expect("a ring");
            }
            let queen = contiguity(&polygons, Contiguity::Queen);
            let snapped = contiguity_snapped(&polygons, Contiguity::Queen, 1e-6).expect("weights");
            prop_assert_eq!(&queen, &snapped);
            for a in 0..polygons.len() {
                for b in 0..polygons.len() {
                    let share = polygons.corners()[polygons.corners_of(a)].iter()
                        .any(|corner| polygons.corners()[polygons.corners_of(b)].contains(corner));
                    prop_assert_eq!(queen.neighbours(a).contains(&(b as u32)), share && a != b);
                }
            }
        }

        #[test]
        fn snapped_neighbours_are_those_of_a_scan(
            shapes in proptest::collection::vec([0.0..6.0, 0.0..6.0, 0.2..2.0], 1..20),
            snap in 0.01..0.6,
        ) {
            let mut polygons = Polygons::new();
            for [x, y, side] in shapes {
                polygons.place();
                polygons.ring(&[[x, y], [x + side, y], [x + side, y + side], [x, y + side]], false).expect("a ring");
            }
            let corners = |place| &polygons.corners()[polygons.corners_of(place)];
            // Corners of one place that have a corner of the other within reach.
            let met = |a: usize, b: usize| {
                let close = |p: &[f64; 2], q: &[f64; 2]| super::super::tree::squared(p, q).sqrt() <= snap;
                corners(a).iter().filter(|p| corners(b).iter().any(|q| close(p, q))).count()
            };
            for (kind, needed) in [(Contiguity::Queen, 1), (Contiguity::Rook, 2)] {
                let weights = contiguity_snapped(&polygons, kind, snap).expect("weights");
                for a in 0..polygons.len() {
                    for b in 0..polygons.len() {
                        let wanted = a != b && met(a, b) >= needed && met(b, a) >= needed;
                        prop_assert_eq!(weights.neighbours(a).contains(&(b as u32)), wanted);
                    }
                }
            }
        }
    }
}
