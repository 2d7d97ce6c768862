//! Order statistics of the slopes between all pairs of points, without making them all.
//!
//! The pairs whose slope is below m are the pairs that x - m t puts in another order than t does: inversions, which
//! merging counts in O(n log n). A random sample of pairs gives two slopes that have the wanted one between them; the few
//! pairs in between are made and the wanted one is selected among them. The sample decides how long it takes, never
//! what comes out.
//!
//! Source: Dillencourt, Mount, Netanyahu, A randomized algorithm for slope selection, International Journal of
//! Computational Geometry and Applications 2(1), 1992, section 3; Matousek, Randomized optimal algorithm for slope
//! selection, Information Processing Letters 39, 1991.

use super::score::Score;
use crate::Error;
use crate::error::{at_least, finite, length};
use umbel_core::random::Stream;

/// Up to this many points every slope is made.
const FEW_POINTS: usize = 96;
/// Up to this many slopes are made at once, or twelve a point where that is more.
const FEW_SLOPES: u64 = 6_000;
/// As many slopes between bounds that differ by rounding only are still told apart.
const TIED_SLOPES: u64 = 1 << 22;
/// Pairs in a sample.
const SAMPLE: usize = 2_048;

/// Room that merging needs, kept from one series to the next.
#[derive(Clone, Debug, Default)]
pub(crate) struct Merge {
    keys: Vec<f64>,
    other: Vec<f64>,
}

/// Counts the pairs of which the later is smaller, and gives the values sorted. O(n log n).
pub(crate) fn inversions(values: impl IntoIterator<Item = f64>, merge: &mut Merge) -> (u64, &[f64]) {
    merge.keys.clear();
    merge.keys.extend(values);
    let n = merge.keys.len();
    merge.other.resize(n, 0.0);
    let mut count = 0;
    const BLOCK: usize = 8;
    for block in merge.keys.chunks_mut(BLOCK) {
        for at in 1..block.len() {
            let key = block[at];
            let mut to = at;
            while to > 0 && block[to - 1] > key {
                block[to] = block[to - 1];
                to -= 1;
            }
            block[to] = key;
            count += (at - to) as u64;
        }
    }
    let mut width = BLOCK;
    while width < n {
        for (from, to) in merge.keys.chunks(2 * width).zip(merge.other.chunks_mut(2 * width)) {
            let middle = width.min(from.len());
            let (left, right) = from.split_at(middle);
            let (mut l, mut r) = (0, 0);
            for slot in to.iter_mut() {
                if l == left.len() || r == right.len() {
                    break;
                }
                let (a, b) = (left[l], right[r]);
                let second = b < a;
                *slot = if second { b } else { a };
                count += if second { (left.len() - l) as u64 } else { 0 };
                l += usize::from(!second);
                r += usize::from(second);
            }
            let rest = l + r;
            to[rest..rest + left.len() - l].copy_from_slice(&left[l..]);
            let rest = rest + left.len() - l;
            to[rest..].copy_from_slice(&right[r..]);
        }
        std::mem::swap(&mut merge.keys, &mut merge.other);
        width *= 2;
    }
    (count, &merge.keys[..n])
}

/// Sorts points by key, keeping the order of equal ones; each time a point moves before others, `jump` gets it and them.
fn merge_points(points: &mut Vec<(f64, u32)>, other: &mut Vec<(f64, u32)>, mut jump: impl FnMut(u32, &[(f64, u32)])) {
    let n = points.len();
    other.resize(n, (0.0, 0));
    let mut width = 1;
    while width < n {
        for (from, to) in points.chunks(2 * width).zip(other.chunks_mut(2 * width)) {
            let (left, right) = from.split_at(width.min(from.len()));
            let (mut l, mut r) = (0, 0);
            for slot in to.iter_mut() {
                let second = r < right.len() && (l == left.len() || right[r].0 < left[l].0);
                if second {
                    if l < left.len() {
                        jump(right[r].1, &left[l..]);
                    }
                    *slot = right[r];
                    r += 1;
                } else {
                    *slot = left[l];
                    l += 1;
                }
            }
        }
        std::mem::swap(points, other);
        width *= 2;
    }
}

/// Points in order of time, then value.
#[derive(Clone, Debug)]
pub(crate) struct Points {
    times: Vec<f64>,
    values: Vec<f64>,
    /// Times less the first.
    since: Vec<f64>,
    /// Pairs at different times.
    pairs: u64,
    /// Of these, pairs of equal values, and pairs of which the later value is the smaller one.
    level: u64,
    falling: u64,
    /// How far rounding can move the slope of a pair at bound m: first + second |m|.
    rounding: (f64, f64),
    /// Whether `since` counts 0, 1, 2, ...
    steps: bool,
}

/// One end of the interval that holds the wanted slope, and how many slopes lie below it.
#[derive(Clone, Copy, Debug, PartialEq)]
enum Bound {
    Below,
    /// Just above (true) or just below 0, exactly.
    Zero(bool),
    At(f64),
    Above,
}

impl Points {
    /// Points at these times, or at 0, 1, 2, ... O(n log n).
    ///
    /// # Errors
    /// When something is not finite or too large to subtract, lengths differ, there are fewer than two points or all
    /// are at one time.
    pub fn new(what: &'static str, values: &[f64], times: Option<&[f64]>) -> Result<Points, Error> {
        finite("the values", values)?;
        at_least(what, 2, "values", values.len())?;
        let n = values.len();
        let mut points = Points {
            times: Vec::new(),
            // No -0, so that equal values are equal to every comparison.
            values: values.iter().map(|value| value + 0.0).collect(),
            since: Vec::new(),
            pairs: n as u64 * (n as u64 - 1) / 2,
            level: 0,
            falling: 0,
            rounding: (0.0, 0.0),
            steps: times.is_none(),
        };
        let mut closest = 1.0_f64;
        if let Some(times) = times {
            length("the times", n, times.len())?;
            finite("the times", times)?;
            let mut order: Vec<u32> = (0..n as u32).collect();
            let key = |at: u32| (times[at as usize], values[at as usize]);
            let earlier = |a: &u32, b: &u32| {
                let (a, b) = (key(*a), key(*b));
                a.0.total_cmp(&b.0).then(a.1.total_cmp(&b.1))
            };
            if !order.is_sorted_by(|a, b| earlier(a, b).is_le()) {
                order.sort_by(earlier);
            }
            points.times = order.iter().map(|&at| times[at as usize] + 0.0).collect();
            points.values = order.iter().map(|&at| values[at as usize] + 0.0).collect();
            for group in points.times.chunk_by(|a, b| a == b) {
                points.pairs -= group.len() as u64 * (group.len() as u64 - 1) / 2;
            }
            let gaps = points.times.windows(2).map(|pair| pair[1] - pair[0]).filter(|&gap| gap > 0.0);
            closest = gaps.fold(f64::INFINITY, f64::min);
            if points.pairs == 0 {
                return Err(Error::Constant { what: "the times" });
            }
        } else {
            points.times = (0..n).map(|at| at as f64).collect();
        }
        let first = points.times[0];
        points.since = points.times.iter().map(|time| time - first).collect();
        points.steps |= points.since.iter().enumerate().all(|(at, &time)| time == at as f64);
        let (low, high) = values.iter().fold((f64::INFINITY, f64::NEG_INFINITY), |(l, h), &v| (l.min(v), h.max(v)));
        let span = points.since[n - 1];
        if !((high - low) / closest).is_finite() || !span.is_finite() {
            return Err(Error::Parameter {
                parameter: "values",
                message: "they lie too far apart to be subtracted; use a larger unit".to_owned(),
            });
        }
        let size = low.abs().max(high.abs());
        let latest = points.times[n - 1].abs().max(first.abs()).max(span);
        points.rounding = (8.0 * f64::EPSILON * size / closest, 8.0 * f64::EPSILON * (latest / closest + 1.0));
        Ok(points)
    }

    /// Pairs at different times: the number of slopes.
    pub fn pairs(&self) -> u64 {
        self.pairs
    }

    /// Values in order of time.
    pub fn values(&self) -> &[f64] {
        &self.values
    }

    /// Times in their order.
    pub fn times(&self) -> &[f64] {
        &self.times
    }

    /// Times less the first of them.
    pub fn since(&self) -> &[f64] {
        &self.since
    }

    /// The slope of two points given by their positions in time.
    #[inline]
    fn slope(&self, a: u32, b: u32) -> Option<f64> {
        let (from, to) = if a < b { (a as usize, b as usize) } else { (b as usize, a as usize) };
        let time = if self.steps { (to - from) as f64 } else { self.times[to] - self.times[from] };
        (time > 0.0).then(|| (self.values[to] - self.values[from]) / time)
    }

    /// All slopes. O(n²).
    fn all(&self) -> Vec<f64> {
        let mut slopes = Vec::with_capacity(self.pairs as usize);
        for from in 0..self.values.len() {
            let pairs = self.values[from + 1..].iter().zip(&self.times[from + 1..]);
            let pairs = pairs.map(|(value, time)| (value - self.values[from], time - self.times[from]));
            slopes.extend(pairs.filter(|pair| pair.1 > 0.0).map(|(value, time)| value / time));
        }
        slopes
    }

    /// Takes over what was counted for the test already; no two times may be the same.
    pub fn counted(&mut self, score: &Score) {
        (self.falling, self.level) = (score.falling, score.tied);
    }

    /// Counts level and falling pairs; what [`Points::at_ranks`] needs for many points.
    fn count(&mut self, merge: &mut Merge) {
        let (falling, sorted) = inversions(self.values.iter().copied(), merge);
        self.falling = falling;
        let pairs = |length: usize| length as u64 * (length as u64).saturating_sub(1) / 2;
        let tied: u64 = sorted.chunk_by(|a, b| a == b).map(|group| pairs(group.len())).sum();
        let same = |a: &(&f64, &f64), b: &(&f64, &f64)| a.0 == b.0 && a.1 == b.1;
        let twins: u64 = if self.steps {
            0
        } else {
            let points: Vec<(&f64, &f64)> = self.times.iter().zip(&self.values).collect();
            points.chunk_by(same).map(|group| pairs(group.len())).sum()
        };
        self.level = tied - twins;
    }

    /// Points with the keys that put them in the order of a bound, in the order that the bound before them leaves.
    fn key(&self, bound: Bound, at: u32) -> f64 {
        let at = at as usize;
        match bound {
            Bound::Below => self.since[at],
            Bound::Above => -self.since[at],
            Bound::Zero(_) => self.values[at],
            Bound::At(slope) => self.values[at] - slope * self.since[at],
        }
    }

    /// Number of slopes below a bound.
    fn below(&self, bound: Bound, merge: &mut Merge) -> u64 {
        match bound {
            Bound::Below => 0,
            Bound::Above => self.pairs,
            Bound::Zero(false) => self.falling,
            Bound::Zero(true) => self.falling + self.level,
            Bound::At(slope) => {
                inversions(self.values.iter().zip(&self.since).map(|(value, time)| value - slope * time), merge).0
            }
        }
    }

    /// Gives every pair between two bounds to `jump`: the point that moves, and those it moves before.
    fn between(&self, low: Bound, high: Bound, jump: impl FnMut(u32, &[(f64, u32)])) {
        let n = self.values.len() as u32;
        let (mut points, mut other): (Vec<(f64, u32)>, _) = (Vec::with_capacity(n as usize), Vec::new());
        // Level pairs are below the bound just above 0: they have changed their order already.
        let order: &mut dyn Iterator<Item = u32> =
            if low == Bound::Zero(true) { &mut (0..n).rev() } else { &mut (0..n) };
        points.extend(order.map(|at| (self.key(low, at), at)));
        points.sort_by(|a, b| a.0.total_cmp(&b.0));
        points.iter_mut().for_each(|point| point.0 = self.key(high, point.1));
        merge_points(&mut points, &mut other, jump);
    }

    /// How far rounding can move a slope near a bound; none at the bounds that are exact.
    fn unsure(&self, bound: Bound) -> f64 {
        match bound {
            Bound::At(slope) => self.rounding.0 + self.rounding.1 * slope.abs(),
            _ => 0.0,
        }
    }

    /// The slopes at two ranks from 0 (`first` not above `last`, next to each other) when all are sorted.
    ///
    /// O(n log n) for more points than a few, seldom more; exact, but that of more than four million slopes that differ by
    /// rounding alone any may come out.
    pub fn at_ranks(&mut self, first: u64, last: u64, merge: &mut Merge) -> (f64, f64) {
        if self.values.len() <= FEW_POINTS {
            return pick(&mut self.all(), first, last);
        }
        if self.falling == 0 && self.level == 0 {
            self.count(merge);
        }
        let (mut low, mut high) = (Bound::Below, Bound::Above);
        // A bound at 0 is exact and leaves out the many level pairs of rounded values.
        for bound in [Bound::Zero(false), Bound::Zero(true)] {
            let below = self.below(bound, merge);
            if below <= first {
                low = bound;
            } else if below > last && high == Bound::Above {
                high = bound;
            }
        }
        if (low, high) == (Bound::Zero(false), Bound::Zero(true)) {
            return (0.0, 0.0);
        }
        let (mut under, mut over) = (self.below(low, merge), self.below(high, merge));
        let few = FEW_SLOPES.max(12 * self.values.len() as u64);
        let mut stream = Stream::new(0, self.values.len() as u64);
        let mut spread = 3.0;
        let mut widened = 0;
        for _ in 0..200 {
            let inside = over - under;
            let tied = match (low, high) {
                (Bound::At(l), Bound::At(h)) => h - l <= 4.0 * (self.unsure(low) + self.unsure(high)),
                _ => false,
            };
            if inside <= few || (tied && inside <= TIED_SLOPES) {
                let mut slopes = Vec::with_capacity(inside as usize);
                self.between(low, high, |moved, before| {
                    slopes.extend(before.iter().filter_map(|point| self.slope(point.1, moved)));
                });
                // Bounds may have come out a few pairs apart from the counts; never more than rounding explains.
                if slopes.len() as u64 > last - under {
                    let found = pick(&mut slopes, first - under, last - under);
                    let inner = |bound: Bound, side: f64, found: f64| match bound {
                        Bound::At(slope) => side * (found - slope) >= self.unsure(bound),
                        _ => true,
                    };
                    if widened > 4 || (inner(low, 1.0, found.0) && inner(high, -1.0, found.1)) {
                        return found;
                    }
                }
                // A wanted slope so near to a bound that rounding may have put pairs on its wrong side.
                widened += 1;
                let step = 8.0 * 4.0_f64.powi(widened);
                (low, high) = (self.moved(low, -step), self.moved(high, step));
                (under, over) = (self.below(low, merge), self.below(high, merge));
                if under > first || over <= last {
                    (low, high, under, over) = (Bound::Below, Bound::Above, 0, self.pairs);
                }
                continue;
            }
            if let (true, Bound::At(l), Bound::At(h)) = (tied, low, high) {
                return (0.5 * (l + h), 0.5 * (l + h));
            }
            let mut sample = self.sample(low, high, inside, &mut stream);
            if sample.is_empty() {
                break;
            }
            sample.sort_unstable_by(f64::total_cmp);
            let share = |rank: u64| (rank - under) as f64 / inside as f64;
            let size = sample.len() as f64;
            let error = |share: f64| spread * (size * share * (1.0 - share)).sqrt() + 1.0;
            let (left, right) = (size * share(first) - error(share(first)), size * share(last) + error(share(last)));
            let candidates = [
                (left >= 0.0).then(|| self.moved(Bound::At(sample[left as usize]), -2.0)),
                (right < size - 1.0).then(|| self.moved(Bound::At(sample[right.ceil() as usize]), 2.0)),
            ];
            for bound in candidates.into_iter().flatten() {
                let below = self.below(bound, merge);
                if below <= first && below >= under {
                    (low, under) = (bound, below);
                } else if below > last && below <= over {
                    (high, over) = (bound, below);
                }
            }
            if over - under > inside / 2 {
                spread *= 0.8;
            }
        }
        // Not reached by slopes that can be told apart.
        pick(&mut self.all(), first, last)
    }

    /// A bound moved by so many times what rounding can do.
    fn moved(&self, bound: Bound, times: f64) -> Bound {
        match bound {
            Bound::At(slope) => Bound::At(slope + times * self.unsure(bound)),
            other => other,
        }
    }

    /// Slopes of random pairs between two bounds.
    fn sample(&self, low: Bound, high: Bound, inside: u64, stream: &mut Stream) -> Vec<f64> {
        let n = self.values.len() as u64;
        let mut slopes = Vec::with_capacity(SAMPLE);
        let fits = |slope: f64| {
            (match low {
                Bound::Below => true,
                Bound::Above => false,
                Bound::Zero(above) => slope > 0.0 || (!above && slope == 0.0),
                Bound::At(bound) => slope >= bound,
            }) && (match high {
                Bound::Above => true,
                Bound::Below => false,
                Bound::Zero(above) => slope < 0.0 || (above && slope == 0.0),
                Bound::At(bound) => slope < bound,
            })
        };
        if inside > self.pairs / 6 {
            for _ in 0..16 * SAMPLE {
                let bits = stream.bits();
                let (a, b) = (((bits >> 32) * n) >> 32, ((bits & 0xFFFF_FFFF) * n) >> 32);
                if let Some(slope) = self.slope(a as u32, b as u32).filter(|&slope| a != b && fits(slope)) {
                    slopes.push(slope);
                    if slopes.len() == SAMPLE {
                        break;
                    }
                }
            }
            return slopes;
        }
        let mut wanted: Vec<u64> = (0..SAMPLE).map(|_| stream.below(inside)).collect();
        wanted.sort_unstable_by(|a, b| b.cmp(a));
        let mut passed = 0;
        self.between(low, high, |moved, before| {
            let after = passed + before.len() as u64;
            while let Some(next) = wanted.pop_if(|next| *next < after) {
                slopes.extend(self.slope(before[(next - passed) as usize].1, moved));
            }
            passed = after;
        });
        slopes
    }

    /// The median of all slopes.
    pub fn median(&mut self, merge: &mut Merge) -> f64 {
        let (lower, upper) = self.at_ranks((self.pairs - 1) / 2, self.pairs / 2, merge);
        (lower + upper) / 2.0
    }
}

/// The values at two neighbouring ranks. Linear.
fn pick(values: &mut [f64], first: u64, last: u64) -> (f64, f64) {
    let (below, &mut upper, _) = values.select_nth_unstable_by(last as usize, f64::total_cmp);
    let lower = if first == last { upper } else { below.iter().copied().fold(f64::NEG_INFINITY, f64::max) };
    // A slope of -0 is 0.
    (lower + 0.0, upper + 0.0)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn agrees(values: &[f64], times: Option<&[f64]>) {
        let mut merge = Merge::default();
        let mut points = Points::new("slopes", values, times).expect("points");
        let mut all = points.all();
        assert_eq!(all.len() as u64, points.pairs);
        all.sort_by(f64::total_cmp);
        let last = all.len() - 1;
        for rank in [0, last / 50, last / 3, last / 2, (last * 19) / 20, last] {
            let next = (rank + 1).min(last);
            let found = points.at_ranks(rank as u64, next as u64, &mut merge);
            assert_eq!(found, (all[rank] + 0.0, all[next] + 0.0), "rank {rank} of {last}");
        }
    }

    #[test]
    fn inversions_are_counted() {
        let mut merge = Merge::default();
        let mut stream = Stream::new(3, 0);
        for n in [0, 1, 2, 7, 8, 9, 17, 100, 333] {
            let values: Vec<f64> = (0..n).map(|_| stream.below(40) as f64).collect();
            let slow = (0..n).flat_map(|i| (i + 1..n).map(move |j| (i, j)));
            let slow = slow.filter(|&(i, j)| values[j] < values[i]).count() as u64;
            let (count, sorted) = inversions(values.iter().copied(), &mut merge);
            assert!(sorted.is_sorted() && sorted.len() == n && count == slow, "{n}");
        }
    }

    proptest! {
        #![proptest_config(ProptestConfig::with_cases(48))]

        #[test]
        fn selected_as_if_all_were_sorted(
            n in 2_usize..420,
            seed in any::<u64>(),
            decimals in prop_oneof![Just(0), Just(1), Just(3), Just(16)],
            slope in prop_oneof![Just(0.0), Just(0.1), Just(-3.7)],
            axis in 0..3,
        ) {
            let mut stream = Stream::new(seed, 0);
            let scale = 10_f64.powi(decimals);
            let mut round = |at: f64| ((stream.normal() + slope * at) * scale).round() / scale;
            let values: Vec<f64> = (0..n).map(|at| round(at as f64)).collect();
            let mut stream = Stream::new(seed, 1);
            match axis {
                0 => agrees(&values, None),
                1 => {
                    let mut at = 1990.0;
                    let times: Vec<f64> = (0..n).map(|_| { at += 1.0 + stream.below(3) as f64; at }).collect();
                    agrees(&values, Some(&times));
                }
                _ => {
                    // Times in any order, some there twice.
                    let mut times: Vec<f64> = (0..n).map(|_| stream.below(n as u64) as f64 / 4.0).collect();
                    times[0] = -1.0;
                    agrees(&values, Some(&times));
                }
            }
        }
    }

    #[test]
    fn straight_and_stepped_series_end() {
        let line: Vec<f64> = (0..700).map(|at| f64::from(at) * 0.1 + 3.0).collect();
        agrees(&line, None);
        let steps: Vec<f64> = (0..900).map(|at| f64::from(at / 30) * 1e6).collect();
        agrees(&steps, None);
        agrees(&[5.0; 300], None);
        let jump: Vec<f64> = (0..500).map(|at| f64::from(u8::from(at > 250))).collect();
        agrees(&jump, None);
    }

    #[test]
    fn what_cannot_be_done_is_said() {
        assert!(Points::new("slopes", &[1.0], None).is_err());
        assert!(Points::new("slopes", &[1.0, f64::NAN], None).is_err());
        assert!(Points::new("slopes", &[-f64::MAX, f64::MAX], None).is_err());
        assert!(Points::new("slopes", &[1.0, 2.0], Some(&[3.0, 3.0])).is_err());
        assert!(Points::new("slopes", &[1.0, 2.0], Some(&[3.0])).is_err());
        assert!(Points::new("slopes", &[1.0, 2.0], Some(&[3.0, f64::INFINITY])).is_err());
    }
}
