//! The tree of places: parents, children, what lies within what.

use umbel_core::Symbol;
use umbel_table::Region;

/// The place tree of a region, over the row of each place that is valid last.
///
/// A place that is its own ancestor (a finding) hangs under no one here, so every walk ends.
#[derive(Clone, Debug, Default)]
pub struct PlaceTree {
    /// Position of each symbol in `places`, or `u32::MAX`.
    at: Vec<u32>,
    places: Vec<Symbol>,
    row: Vec<u32>,
    parent: Vec<u32>,
    children: Vec<Vec<Symbol>>,
    straddles: Vec<Vec<Symbol>>,
    kinds: Vec<Vec<Symbol>>,
    /// First and one past the last position of what lies below, in a walk of the tree.
    span: Vec<(u32, u32)>,
    depth: Vec<u32>,
}

const NO_PARENT: u32 = u32::MAX;

impl PlaceTree {
    /// The tree of a region; `ranks` is [`umbel_core::Symbols::ranks`]. Linear in the places, and a sort.
    pub fn new(region: &Region, ranks: &[u32]) -> PlaceTree {
        let mut tree = PlaceTree { at: vec![NO_PARENT; region.symbols.len()], ..PlaceTree::default() };
        let mut last: Vec<u32> = Vec::new();
        for (row, place) in region.places.iter().enumerate() {
            let slot = &mut tree.at[place.id.index()];
            if *slot == NO_PARENT {
                *slot = last.len() as u32;
                last.push(row as u32);
            } else if region.places[last[*slot as usize] as usize].valid_from <= place.valid_from {
                last[*slot as usize] = row as u32;
            }
        }
        last.sort_unstable_by_key(|&row| ranks.get(region.places[row as usize].id.index()).copied());
        for (position, &row) in last.iter().enumerate() {
            let place = &region.places[row as usize];
            tree.at[place.id.index()] = position as u32;
            tree.places.push(place.id);
            tree.kinds.push(place.kinds.clone());
            tree.straddles.push(place.straddles.clone());
        }
        tree.row = last;
        tree.parent = tree.row.iter().map(|&row| tree.position(region.places[row as usize].parent)).collect();
        tree.cut_cycles();
        tree.children = vec![Vec::new(); tree.places.len()];
        for (position, &parent) in tree.parent.iter().enumerate() {
            if parent != NO_PARENT {
                tree.children[parent as usize].push(tree.places[position]);
            }
        }
        tree.walk();
        tree
    }

    fn position(&self, place: Symbol) -> u32 {
        if place.is_some() { self.at.get(place.index()).copied().unwrap_or(NO_PARENT) } else { NO_PARENT }
    }

    fn cut_cycles(&mut self) {
        // 0 = not seen, 1 = on the present way up, 2 = known to end.
        let mut state = vec![0_u8; self.places.len()];
        for start in 0..self.places.len() {
            let mut way = Vec::new();
            let mut here = start;
            while state[here] == 0 {
                state[here] = 1;
                way.push(here);
                if self.parent[here] == NO_PARENT {
                    break;
                }
                let up = self.parent[here] as usize;
                if state[up] == 1 {
                    self.parent[here] = NO_PARENT;
                    break;
                }
                here = up;
            }
            way.iter().for_each(|&place| state[place] = 2);
        }
    }

    fn walk(&mut self) {
        self.span = vec![(0, 0); self.places.len()];
        self.depth = vec![0; self.places.len()];
        let mut next = 0;
        for root in (0..self.places.len()).filter(|&p| self.parent[p] == NO_PARENT) {
            let mut stack = vec![(root, 0_usize)];
            self.span[root].0 = next;
            next += 1;
            while let Some((place, child)) = stack.pop() {
                match self.children[place].get(child) {
                    Some(&below) => {
                        stack.push((place, child + 1));
                        let below = self.at[below.index()] as usize;
                        self.depth[below] = self.depth[place] + 1;
                        self.span[below].0 = next;
                        next += 1;
                        stack.push((below, 0));
                    }
                    None => self.span[place].1 = next,
                }
            }
        }
    }

    fn find(&self, place: Symbol) -> Option<usize> {
        Some(self.position(place)).filter(|&p| p != NO_PARENT).map(|p| p as usize)
    }

    /// All places, in the alphabetical order of their ids.
    pub fn places(&self) -> &[Symbol] {
        &self.places
    }

    /// Whether the place exists.
    pub fn contains(&self, place: Symbol) -> bool {
        self.find(place).is_some()
    }

    /// Row of [`Region::places`] of a place: the one that is valid last.
    pub fn row(&self, place: Symbol) -> Option<usize> {
        self.find(place).map(|p| self.row[p] as usize)
    }

    /// The parent, or `None` for the region and for unknown places.
    pub fn parent(&self, place: Symbol) -> Option<Symbol> {
        let parent = self.parent[self.find(place)?];
        (parent != NO_PARENT).then(|| self.places[parent as usize])
    }

    /// The parent, its parent and so on up to the region.
    pub fn ancestors(&self, place: Symbol) -> impl Iterator<Item = Symbol> {
        std::iter::successors(self.parent(place), |&above| self.parent(above))
    }

    /// The children, in the alphabetical order of their ids.
    pub fn children(&self, place: Symbol) -> &[Symbol] {
        self.find(place).map_or(&[], |p| &self.children[p])
    }

    /// Kinds of a place, the main one first.
    pub fn kinds(&self, place: Symbol) -> &[Symbol] {
        self.find(place).map_or(&[], |p| &self.kinds[p])
    }

    /// Whether the place has this kind, main or further.
    pub fn has_kind(&self, place: Symbol, kind: Symbol) -> bool {
        self.kinds(place).contains(&kind)
    }

    /// Jurisdictions that a zone straddles.
    pub fn straddles(&self, place: Symbol) -> &[Symbol] {
        self.find(place).map_or(&[], |p| &self.straddles[p])
    }

    /// Steps from the root.
    pub fn depth(&self, place: Symbol) -> usize {
        self.find(place).map_or(0, |p| self.depth[p] as usize)
    }

    /// Whether `place` is `above` or lies below it in the tree. Constant time.
    pub fn is_within(&self, place: Symbol, above: Symbol) -> bool {
        let (Some(place), Some(above)) = (self.find(place), self.find(above)) else { return false };
        let (first, end) = self.span[above];
        (first..end).contains(&self.span[place].0)
    }

    /// Whether `place` is `above`, lies below it, or is a zone (or lies below one) of which a part lies in it.
    pub fn touches(&self, place: Symbol, above: Symbol) -> bool {
        let straddling = |zone: Symbol| self.straddles(zone).iter().any(|&part| self.is_within(part, above));
        self.is_within(place, above) || straddling(place) || self.ancestors(place).any(straddling)
    }
}
