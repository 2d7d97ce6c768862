//! Values in order, by a radix sort on their bits.

use super::sum::blocks;
use rayon::prelude::*;

/// Positions read in one go when values are laid out by their leading bits: what is written stays near the processor.
const STRIPE: usize = 1 << 19;
/// Leading bits that tell the buckets apart.
const LEADING: u32 = 11;
/// Up to so many are sorted by comparison.
const FEW: usize = 192;

/// What is sorted: a key and what goes with it.
pub(crate) trait Item: Copy + Default + Send + Sync {
    fn key(&self) -> u64;
}

impl Item for u64 {
    #[inline]
    fn key(&self) -> u64 {
        *self
    }
}

/// A value with its weight.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub(crate) struct Weighed {
    pub key: u64,
    pub weight: f64,
}

impl Item for Weighed {
    #[inline]
    fn key(&self) -> u64 {
        self.key
    }
}

/// Bits that ascend as the values do; 0 and -0 have the same.
#[inline]
pub(crate) fn key(value: f64) -> u64 {
    let bits = (value + 0.0).to_bits();
    bits ^ (((bits as i64 >> 63) as u64) | 1 << 63)
}

/// The value of a key.
#[inline]
pub(crate) fn value(key: u64) -> f64 {
    f64::from_bits(key ^ (((!key as i64 >> 63) as u64) | 1 << 63))
}

/// Sorts items by their keys, all of which lie between `least` and `greatest`, and gives what a function makes of each
/// run of the sorted list and of the position where it begins, in order.
///
/// Items are laid out by their leading bits, stripe by stripe; then each bucket, small enough to stay near the
/// processor, is gathered and sorted by the bits that follow. Buckets are worked on in parallel; how items are cut into
/// stripes and buckets depends on them alone. O(n) for values spread like incomes, O(n log n) at worst; memory: the
/// items once.
pub(crate) fn in_order<T: Item, R: Send>(
    all: usize,
    least: u64,
    greatest: u64,
    item: impl Fn(usize) -> T + Sync,
    each: impl Fn(&[T], usize) -> R + Sync,
) -> Vec<R> {
    if all <= 4 * FEW {
        let mut items: Vec<T> = (0..all).map(item).collect();
        items.sort_unstable_by_key(Item::key);
        return vec![each(&items, 0)];
    }
    let bits = u64::BITS - (greatest - least).leading_zeros();
    let shift = bits.saturating_sub(LEADING);
    let first = least >> shift;
    let buckets = ((greatest >> shift) - first) as usize + 1;
    let bucket = |item: &T| ((item.key() >> shift) - first) as usize;
    // Each stripe: its items bucket by bucket, and where the buckets begin.
    let stripes: Vec<(Vec<T>, Vec<u32>)> = blocks(all, STRIPE, |positions| {
        let mut starts = vec![0_u32; buckets + 1];
        for at in positions.clone() {
            starts[bucket(&item(at)) + 1] += 1;
        }
        for at in 0..buckets {
            starts[at + 1] += starts[at];
        }
        let mut next = starts.clone();
        let mut items = vec![T::default(); positions.len()];
        for at in positions {
            let item = item(at);
            let slot = &mut next[bucket(&item)];
            items[*slot as usize] = item;
            *slot += 1;
        }
        (items, starts)
    });
    let mut offsets = Vec::with_capacity(buckets);
    let mut sum = 0;
    for bucket in 0..buckets {
        offsets.push(sum);
        sum += stripes.iter().map(|(_, starts)| (starts[bucket + 1] - starts[bucket]) as usize).sum::<usize>();
    }
    let sorted = |(here, spare): &mut (Vec<T>, Vec<T>), bucket: usize| {
        here.clear();
        for (items, starts) in &stripes {
            here.extend_from_slice(&items[starts[bucket] as usize..starts[bucket + 1] as usize]);
        }
        sort(here, spare, shift);
        each(here, offsets[bucket])
    };
    (0..buckets).into_par_iter().map_init(|| (Vec::new(), Vec::new()), sorted).collect()
}

/// Sorts items that differ in their lowest `bits` bits only.
fn sort<T: Item>(items: &mut [T], spare: &mut Vec<T>, bits: u32) {
    if items.len() <= FEW {
        items.sort_unstable_by_key(Item::key);
        return;
    }
    // So many bits by counting that the runs that are the same in them are short, in two rounds.
    let counted = (items.len().ilog2() + 2).min(bits).min(22);
    let (low, high) = (counted / 2, counted - counted / 2);
    let left = bits - counted;
    spare.clear();
    spare.resize(items.len(), T::default());
    count(items, spare, left, low);
    count(spare, items, left + low, high);
    if left == 0 {
        return;
    }
    let mut from = 0;
    while from < items.len() {
        let top = items[from].key() >> left;
        let mut to = from + 1;
        while to < items.len() && items[to].key() >> left == top {
            to += 1;
        }
        if to - from > 1 {
            short(&mut items[from..to]);
        }
        from = to;
    }
}

/// Sorts a list that is short as a rule.
#[inline]
fn short<T: Item>(items: &mut [T]) {
    if items.len() > 24 {
        items.sort_unstable_by_key(Item::key);
        return;
    }
    for at in 1..items.len() {
        let item = items[at];
        let mut to = at;
        while to > 0 && items[to - 1].key() > item.key() {
            items[to] = items[to - 1];
            to -= 1;
        }
        items[to] = item;
    }
}

/// Lays items out by `bits` bits of their keys from `shift` on; those with the same bits keep their order.
fn count<T: Item>(from: &[T], to: &mut [T], shift: u32, bits: u32) {
    let mut next = vec![0_u32; (1 << bits) + 1];
    let digit = |item: &T| ((item.key() >> shift) & ((1 << bits) - 1)) as usize;
    from.iter().for_each(|item| next[digit(item) + 1] += 1);
    for at in 0..next.len() - 1 {
        next[at + 1] += next[at];
    }
    for item in from {
        let slot = &mut next[digit(item)];
        to[*slot as usize] = *item;
        *slot += 1;
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use umbel_core::random::Stream;

    fn sorted(values: &[f64]) -> Vec<f64> {
        let keys: Vec<u64> = values.iter().map(|&value| key(value)).collect();
        let (least, greatest) = (keys.iter().min().copied(), keys.iter().max().copied());
        let runs = in_order(
            values.len(),
            least.unwrap_or_default(),
            greatest.unwrap_or_default(),
            |at| keys[at],
            |run, from| (from, run.to_vec()),
        );
        let mut all = Vec::new();
        for (from, run) in runs {
            assert_eq!(from, all.len());
            all.extend(run.into_iter().map(value));
        }
        all
    }

    fn check(mut values: Vec<f64>) {
        let found = sorted(&values);
        values.sort_unstable_by(f64::total_cmp);
        assert!(found == values, "{} values", values.len());
    }

    #[test]
    fn sorts_lists_of_all_kinds() {
        let mut stream = Stream::new(11, 0);
        check(Vec::new());
        check(vec![4.0; 5000]);
        check((0..3_000).map(|_| stream.normal()).collect());
        check((0..1_200_000).map(|_| stream.normal().exp()).collect());
        check((0..20_000).map(|_| stream.below(7) as f64).collect());
        check((0..20_000).map(|_| f64::from_bits(1 + stream.below(40))).collect());
        // Almost all alike, and a few far away.
        check((0..50_000).map(|at| if at % 9_999 == 0 { 1e300 } else { 1.0 + stream.uniform() * 1e-9 }).collect());
        check((0..50_000).map(|_| stream.normal() * 10_f64.powi(stream.below(600) as i32 - 300)).collect());
    }

    proptest! {
        #[test]
        fn keys_ascend_as_values_do(a in any::<f64>(), b in any::<f64>()) {
            prop_assume!(!a.is_nan() && !b.is_nan());
            prop_assert_eq!(a.partial_cmp(&b), Some(key(a).cmp(&key(b))));
            prop_assert_eq!(value(key(a)), a);
        }
    }
}
