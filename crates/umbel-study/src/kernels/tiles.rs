//! Running totals: tiles laid end to end from a start.

/// The days `first..=last` (days since any fixed day) over which a figure runs.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Tile {
    /// First day.
    pub first: i32,
    /// Last day.
    pub last: i32,
    /// Whether there is a figure.
    pub known: bool,
}

/// A running total: which tiles, laid end to end, reach from the start to the end of tile `last`.
#[derive(Clone, Debug, PartialEq)]
pub struct Running {
    /// The tile at whose end it stands.
    pub last: usize,
    /// The total before that tile (index into the result), unless the tile begins at the start.
    pub before: Option<usize>,
}

/// Every end of a tile not before the start, in order of time, and how it is reached: `Ok` with the running total, `Err`
/// with a tile that ends there when tiles do not reach it without a gap.
///
/// Where several ways lead to one end the one with fewest tiles is taken (a published total wins over its own sum),
/// then the first given. A tile without a figure leads nowhere. Tiles that begin before the start are left out. Cost: a sort and a search for each tile.
pub fn running(tiles: &[Tile], start: i32) -> Vec<Result<Running, usize>> {
    let mut order: Vec<usize> =
        (0..tiles.len()).filter(|&at| tiles[at].first >= start && tiles[at].last >= tiles[at].first).collect();
    order.sort_by_key(|&at| (tiles[at].last, tiles[at].first, at));
    let mut results: Vec<Result<Running, usize>> = Vec::new();
    let mut ends: Vec<i32> = Vec::new();
    let mut counts: Vec<u32> = Vec::new();
    for &at in &order {
        let tile = tiles[at];
        let reached = if !tile.known {
            None
        } else if tile.first == start {
            Some((None, 1))
        } else {
            // Ends are in order: the total that ends on the day before the tile.
            ends.binary_search(&(tile.first - 1))
                .ok()
                .filter(|&end| results[end].is_ok())
                .map(|e| (Some(e), counts[e] + 1))
        };
        let new_end = ends.last() != Some(&tile.last);
        if new_end {
            ends.push(tile.last);
            counts.push(u32::MAX);
            results.push(Err(at));
        }
        let end = ends.len() - 1;
        if let Some((before, count)) = reached
            && count < counts[end]
        {
            counts[end] = count;
            results[end] = Ok(Running { last: at, before });
        }
    }
    results
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn tile(first: i32, last: i32) -> Tile {
        Tile { first, last, known: true }
    }

    #[test]
    fn breaks_at_gaps() {
        let tiles = [tile(0, 9), tile(10, 19), tile(30, 39), tile(-10, -1)];
        let result = running(&tiles, 0);
        assert_eq!(result, [Ok(Running { last: 0, before: None }), Ok(Running { last: 1, before: Some(0) }), Err(2)]);
    }

    #[test]
    fn a_published_total_opens_and_wins() {
        let tiles = [tile(0, 9), tile(10, 19), tile(0, 19), tile(20, 29), tile(15, 29)];
        let result = running(&tiles, 0);
        assert_eq!(result[1], Ok(Running { last: 2, before: None }));
        assert_eq!(result[2], Ok(Running { last: 3, before: Some(1) }));
    }

    #[test]
    fn a_missing_figure_is_a_gap_unless_a_total_covers_it() {
        let gone = Tile { known: false, ..tile(10, 19) };
        assert_eq!(running(&[tile(0, 9), gone, tile(20, 29)], 0)[1..], [Err(1), Err(2)]);
        assert_eq!(
            running(&[tile(0, 9), gone, tile(0, 19), tile(20, 29)], 0)[2],
            Ok(Running { last: 3, before: Some(1) })
        );
    }

    proptest! {
        #[test]
        fn covers_every_day_once(pairs in prop::collection::vec((0_i32..20, 0_i32..6), 0..20)) {
            let tiles: Vec<Tile> = pairs.iter().map(|&(first, length)| tile(first, first + length)).collect();
            let result = running(&tiles, 0);
            for (at, total) in result.iter().enumerate() {
                let mut next = Some(at);
                let mut last_day = None;
                let Ok(total) = total else { continue };
                let end = tiles[total.last].last;
                while let Some(here) = next {
                    let Ok(running) = &result[here] else { panic!("rests on a gap") };
                    let tile = tiles[running.last];
                    prop_assert_eq!(last_day.unwrap_or(end), tile.last);
                    last_day = Some(tile.first - 1);
                    next = running.before;
                }
                prop_assert_eq!(last_day, Some(-1));
            }
        }
    }
}
