//! Bringing the rows of several series together: one row for every key that all of them have.

use umbel_core::{Period, Symbol};
use umbel_table::Series;

/// Key of a row: rank of the place, period, rank of the breakdown; a part that is fixed is the same in every row.
type Key = (u32, Period, u32);

/// The rows of one series that a reference reads, and which parts of their key are free.
///
/// Rows come in the order of the series, so they are sorted by the free parts of their keys.
#[derive(Clone, Debug)]
pub struct Relation<'a> {
    series: &'a Series,
    rows: Vec<u32>,
    free: [bool; 3],
}

impl<'a> Relation<'a> {
    /// The rows of a series with this place, period and breakdown where they are given. Linear in the rows.
    pub fn new(
        series: &'a Series,
        place: Option<Symbol>,
        period: Option<Period>,
        breakdown: Option<Symbol>,
    ) -> Relation<'a> {
        let keep = |row: &u32| {
            let row = *row as usize;
            place.is_none_or(|place| series.place[row] == place)
                && period.is_none_or(|period| series.period[row] == period)
                && breakdown.is_none_or(|breakdown| series.breakdown[row] == breakdown)
        };
        let rows = (0..series.len() as u32).filter(keep).collect();
        Relation { series, rows, free: [place.is_none(), period.is_none(), breakdown.is_none()] }
    }
}

/// Rows brought together: `rows[r][i]` is the row that reference `r` has in result row `i`.
#[derive(Clone, Debug, Default)]
pub struct Aligned {
    /// For each reference its rows.
    pub rows: Vec<Vec<u32>>,
    /// Which of place, period and breakdown vary over the result.
    pub free: [bool; 3],
}

impl Aligned {
    /// Number of result rows.
    pub fn len(&self) -> usize {
        self.rows.first().map_or(0, Vec::len)
    }

    /// Whether there is no result row.
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// The reference from which a free part (0 place, 1 period, 2 breakdown) of the key can be read.
    fn carrier(&self, relations: &[Relation<'_>], part: usize) -> Option<usize> {
        relations.iter().position(|relation| relation.free[part])
    }

    /// Place of each row, where places vary.
    pub fn places(&self, relations: &[Relation<'_>]) -> Option<Vec<Symbol>> {
        let from = self.carrier(relations, 0)?;
        Some(self.rows[from].iter().map(|&row| relations[from].series.place[row as usize]).collect())
    }

    /// Period of each row, where periods vary.
    pub fn periods(&self, relations: &[Relation<'_>]) -> Option<Vec<Period>> {
        let from = self.carrier(relations, 1)?;
        Some(self.rows[from].iter().map(|&row| relations[from].series.period[row as usize]).collect())
    }

    /// Breakdown of each row, where breakdowns vary.
    pub fn breakdowns(&self, relations: &[Relation<'_>]) -> Option<Vec<Symbol>> {
        let from = self.carrier(relations, 2)?;
        Some(self.rows[from].iter().map(|&row| relations[from].series.breakdown[row as usize]).collect())
    }
}

struct Keys<'a> {
    ranks: &'a [u32],
}

impl Keys<'_> {
    /// The key of a row with the parts that are not in `parts` left constant.
    fn of(&self, series: &Series, row: u32, parts: [bool; 3]) -> Key {
        let row = row as usize;
        let rank = |symbol: Symbol| self.ranks.get(symbol.index()).copied().unwrap_or(u32::MAX);
        (
            if parts[0] { rank(series.place[row]) } else { 0 },
            if parts[1] { series.period[row] } else { Period::year(0) },
            if parts[2] { rank(series.breakdown[row]) } else { 0 },
        )
    }
}

fn both(a: [bool; 3], b: [bool; 3]) -> [bool; 3] {
    [a[0] && b[0], a[1] && b[1], a[2] && b[2]]
}

/// The natural join of the relations over their free parts: a result row for every key that all of them have.
///
/// `ranks` is [`umbel_core::Symbols::ranks`]. Relations with the same free parts are merged in linear time; those with
/// fewer are looked up by binary search; only where a free part is met for the first time are rows multiplied. The
/// result is sorted by place, period and breakdown.
pub fn align(relations: &[Relation<'_>], ranks: &[u32]) -> Aligned {
    let keys = Keys { ranks };
    let mut order: Vec<usize> = (0..relations.len()).collect();
    // Those with most free parts first: then the others are mere look-ups.
    order.sort_by_key(|&r| std::cmp::Reverse(relations[r].free.iter().filter(|free| **free).count()));
    let mut joined: Vec<usize> = Vec::new();
    let mut result = Aligned { rows: vec![Vec::new(); relations.len()], free: [false; 3] };
    for &next in &order {
        let relation = &relations[next];
        if joined.is_empty() {
            result.rows[next] = relation.rows.clone();
            result.free = relation.free;
        } else {
            step(&keys, relations, &joined, next, &mut result);
        }
        joined.push(next);
    }
    result
}

/// Joins one more relation to those already joined.
fn step(keys: &Keys<'_>, relations: &[Relation<'_>], joined: &[usize], next: usize, result: &mut Aligned) {
    let relation = &relations[next];
    let shared = both(result.free, relation.free);
    // For each shared part a joined relation that carries it.
    let carrier = |part: usize| joined.iter().copied().find(|&r| relations[r].free[part]).unwrap_or(joined[0]);
    let carriers = [carrier(0), carrier(1), carrier(2)];
    let rows = &result.rows;
    let key = |at: usize| -> Key {
        let part = |part: usize, parts: [bool; 3]| {
            keys.of(relations[carriers[part]].series, rows[carriers[part]][at], both(shared, parts))
        };
        if carriers[0] == carriers[1] && carriers[1] == carriers[2] {
            return part(0, [true; 3]);
        }
        (part(0, [true, false, false]).0, part(1, [false, true, false]).1, part(2, [false, false, true]).2)
    };
    let length = rows[joined[0]].len();
    // The new rows by their shared parts; already so sorted when these are all its free parts.
    let mut sorted: Vec<(Key, u32)> =
        relation.rows.iter().map(|&row| (keys.of(relation.series, row, shared), row)).collect();
    let expands = shared != relation.free;
    if expands {
        sorted.sort_by_key(|entry| entry.0);
    }
    let mut kept: Vec<u32> = Vec::with_capacity(length);
    let mut added: Vec<u32> = Vec::with_capacity(length);
    let mut from = 0;
    let mut last: Option<Key> = None;
    for at in 0..length {
        let wanted = key(at);
        // Result rows come in order, so the search goes on from the last hit unless the shared parts start over.
        if last.is_some_and(|last| wanted < last) {
            from = 0;
        }
        last = Some(wanted);
        from += gallop(&sorted[from..], &wanted);
        for entry in sorted[from..].iter().take_while(|entry| entry.0 == wanted) {
            kept.push(at as u32);
            added.push(entry.1);
        }
    }
    for &done in joined {
        let rows = std::mem::take(&mut result.rows[done]);
        result.rows[done] = kept.iter().map(|&at| rows[at as usize]).collect();
    }
    result.rows[next] = added;
    for part in 0..3 {
        result.free[part] |= relation.free[part];
    }
    if expands {
        let mut with_next = joined.to_vec();
        with_next.push(next);
        resort(keys, relations, &with_next, result);
    }
}

/// How many entries lie before the first whose key is not below `wanted`: doubling steps, then a binary search.
fn gallop(entries: &[(Key, u32)], wanted: &Key) -> usize {
    let mut reach = 1;
    while reach < entries.len() && entries[reach - 1].0 < *wanted {
        reach *= 2;
    }
    let start = reach / 2;
    let end = reach.min(entries.len());
    start + entries[start..end].partition_point(|entry| entry.0 < *wanted)
}

/// Sorts the result by its whole key.
fn resort(keys: &Keys<'_>, relations: &[Relation<'_>], joined: &[usize], result: &mut Aligned) {
    let whole = |at: u32| -> Key {
        let mut key = (0, Period::year(0), 0);
        for &r in joined {
            let (place, period, breakdown) =
                keys.of(relations[r].series, result.rows[r][at as usize], relations[r].free);
            if relations[r].free[0] {
                key.0 = place;
            }
            if relations[r].free[1] {
                key.1 = period;
            }
            if relations[r].free[2] {
                key.2 = breakdown;
            }
        }
        key
    };
    let mut order: Vec<u32> = (0..result.rows[joined[0]].len() as u32).collect();
    order.sort_by_cached_key(|&at| whole(at));
    for &r in joined {
        let rows = std::mem::take(&mut result.rows[r]);
        result.rows[r] = order.iter().map(|&at| rows[at as usize]).collect();
    }
}
