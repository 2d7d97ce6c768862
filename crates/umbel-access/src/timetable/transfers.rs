//! Walks between stops.

use super::pool::Pool;
use std::sync::Arc;

/// Where the walks from a stop are.
#[derive(Clone, Copy, Debug, Default)]
struct Span {
    start: u32,
    length: u32,
}

/// Walks from stop to stop, nearest first. One walk may be made between two rides: they are not chained, so what can be
/// walked to must be stated, however it is reached. To board at the stop one has alighted at needs no walk.
///
/// Cost: 8 bytes a stop and 8 a walk. A copy with other walks from some stops shares the rest ([`Transfers::with`]).
#[derive(Clone, Debug, Default)]
pub struct Transfers {
    spans: Vec<Span>,
    walks: Pool<(u32, u32)>,
    /// The same in all copies that differ in nothing.
    identity: Arc<()>,
}

impl Transfers {
    /// From (stop left, stop reached, seconds), in any order. A pair stated twice takes its shortest walk; walks from a
    /// stop to itself, and those that name a stop at or beyond `stops`, are left out. O(walks log walks).
    pub fn new(stops: usize, walks: impl Iterator<Item = (u32, u32, u32)>) -> Transfers {
        let known = |stop: u32| (stop as usize) < stops;
        let mut list: Vec<(u32, u32, u32)> = walks.filter(|w| w.0 != w.1 && known(w.0) && known(w.1)).collect();
        list.sort_unstable();
        list.dedup_by_key(|walk| (walk.0, walk.1));
        list.sort_unstable_by_key(|walk| (walk.0, walk.2, walk.1));
        let mut spans = vec![Span::default(); stops];
        for (at, walk) in list.iter().enumerate() {
            let span = &mut spans[walk.0 as usize];
            if span.length == 0 {
                span.start = at as u32;
            }
            span.length += 1;
        }
        let walks = Pool::new(list.into_iter().map(|(_, to, seconds)| (to, seconds)).collect());
        Transfers { spans, walks, identity: Arc::default() }
    }

    /// Number of stops.
    pub fn stops(&self) -> usize {
        self.spans.len()
    }

    /// (stop reached, seconds), nearest first; nothing from a stop that is not known.
    #[inline]
    pub fn from(&self, stop: u32) -> &[(u32, u32)] {
        match self.spans.get(stop as usize) {
            Some(span) if span.length > 0 => self.walks.block(span.start as usize, span.length as usize),
            _ => &[],
        }
    }

    pub(crate) fn identity(&self) -> &Arc<()> {
        &self.identity
    }

    /// All walks.
    pub fn iter(&self) -> impl Iterator<Item = (u32, u32, u32)> + '_ {
        (0..self.spans.len() as u32).flat_map(|from| self.from(from).iter().map(move |&(to, s)| (from, to, s)))
    }

    /// The walks backwards, for [`super::Timetable::reversed`].
    pub fn reversed(&self) -> Transfers {
        Transfers::new(self.stops(), self.iter().map(|(from, to, seconds)| (to, from, seconds)))
    }

    /// A copy with these walks besides, over `stops` stops (never fewer than there are). All else is shared: the cost is
    /// 8 bytes a stop, and the walks from the stops that get new ones.
    pub fn with(&self, stops: usize, walks: &[(u32, u32, u32)]) -> Transfers {
        let mut copy = Transfers { identity: Arc::default(), ..self.clone() };
        copy.spans.resize(stops.max(self.stops()), Span::default());
        let mut touched: Vec<u32> = walks.iter().map(|walk| walk.0).filter(|&f| (f as usize) < copy.stops()).collect();
        touched.sort_unstable();
        touched.dedup();
        for from in touched {
            let known = |to: u32| (to as usize) < copy.stops() && to != from;
            let added = walks.iter().filter(|walk| walk.0 == from && known(walk.1)).map(|walk| (walk.1, walk.2));
            let mut list: Vec<(u32, u32)> = self.from(from).iter().copied().chain(added).collect();
            list.sort_unstable();
            list.dedup_by_key(|walk| walk.0);
            list.sort_unstable_by_key(|walk| (walk.1, walk.0));
            let length = list.len() as u32;
            copy.spans[from as usize] = Span { start: copy.walks.push(list) as u32, length };
        }
        copy
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn walks_are_kept_once_and_nearest_first() {
        let walks = [(0, 1, 90), (0, 2, 40), (0, 1, 70), (2, 2, 5), (1, 9, 5)];
        let transfers = Transfers::new(3, walks.into_iter());
        assert_eq!(transfers.from(0), [(2, 40), (1, 70)]);
        assert!(transfers.from(1).is_empty() && transfers.from(2).is_empty() && transfers.from(7).is_empty());
        assert_eq!(transfers.reversed().from(1), [(0, 70)]);
    }

    #[test]
    fn a_copy_has_more_walks_and_leaves_the_first_alone() {
        let transfers = Transfers::new(3, [(0, 1, 90), (0, 2, 40)].into_iter());
        let more = transfers.with(4, &[(0, 3, 50), (3, 0, 50), (0, 1, 10), (8, 0, 1)]);
        assert_eq!(more.from(0), [(1, 10), (2, 40), (3, 50)]);
        assert_eq!(more.from(3), [(0, 50)]);
        assert_eq!(transfers.from(0), [(2, 40), (1, 90)]);
        assert_eq!(more.stops(), 4);
    }
}
