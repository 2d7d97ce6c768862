//! A queue of junctions by cost, in buckets.
//!
//! Costs grow while a search goes on and never differ by more than the longest arc, so buckets of a fixed width are used
//! in turn (Dial, Algorithm 360, CACM 12(11), 1969). A bucket is sorted when its turn comes: the order is exact, ties
//! going to the lower number, at any width of the buckets.

/// The queue.
#[derive(Clone, Debug, Default)]
pub(crate) struct Buckets {
    buckets: Vec<Vec<u64>>,
    /// Log2 of the width.
    shift: u32,
    /// Number of the bucket in turn, counted from cost 0.
    turn: u64,
    /// The bucket in turn: the least entry is the last.
    now: Vec<u64>,
    waiting: usize,
}

/// Most buckets kept.
const MOST_BUCKETS: u64 = 1 << 15;

fn entry(cost: u32, junction: u32) -> u64 {
    u64::from(cost) << 32 | u64::from(junction)
}

impl Buckets {
    /// Empties it, for costs from `least` on that differ by no more than `spread` at any time, of which `width` is a
    /// small one.
    pub fn clear(&mut self, least: u32, spread: u32, width: u32) {
        if self.waiting > 0 {
            for bucket in &mut self.buckets {
                bucket.clear();
            }
            self.waiting = 0;
        }
        self.now.clear();
        self.shift = width.max(1).ilog2();
        while (u64::from(spread) >> self.shift) + 2 > MOST_BUCKETS {
            self.shift += 1;
        }
        let needed = ((u64::from(spread) >> self.shift) + 2).next_power_of_two() as usize;
        if self.buckets.len() < needed {
            self.buckets.resize_with(needed, Vec::new);
        }
        self.turn = u64::from(least) >> self.shift;
    }

    /// Adds a junction at a cost not below that last taken out.
    #[inline]
    pub fn push(&mut self, cost: u32, junction: u32) {
        let turn = u64::from(cost) >> self.shift;
        let entry = entry(cost, junction);
        if turn == self.turn && !self.now.is_empty() {
            let at = self.now.partition_point(|&other| other > entry);
            self.now.insert(at, entry);
            return;
        }
        let mask = self.buckets.len() - 1;
        self.buckets[turn as usize & mask].push(entry);
        self.waiting += 1;
    }

    /// Takes out the junction of least cost.
    #[inline]
    pub fn pop(&mut self) -> Option<(u32, u32)> {
        loop {
            if let Some(entry) = self.now.pop() {
                return Some(((entry >> 32) as u32, entry as u32));
            }
            if self.waiting == 0 {
                return None;
            }
            let mask = self.buckets.len() - 1;
            while self.buckets[self.turn as usize & mask].is_empty() {
                self.turn += 1;
            }
            std::mem::swap(&mut self.now, &mut self.buckets[self.turn as usize & mask]);
            self.waiting -= self.now.len();
            self.now.sort_unstable_by(|a, b| b.cmp(a));
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use umbel_core::random::Stream;

    #[test]
    fn takes_out_in_order_at_any_width() {
        for width in [0, 1, 7, 64, 5000] {
            let mut stream = Stream::new(3, u64::from(width));
            let mut buckets = Buckets::default();
            buckets.clear(500, 1000, width);
            let mut held = std::collections::BTreeSet::new();
            for junction in 0..20 {
                held.insert((500 + junction * 3, junction));
                buckets.push(500 + junction * 3, junction);
            }
            for number in 20..2000 {
                let (cost, junction) = buckets.pop().expect("not empty");
                assert_eq!(Some((cost, junction)), held.pop_first());
                let next = cost + stream.below(1001) as u32;
                held.insert((next, number));
                buckets.push(next, number);
            }
            while let Some(taken) = buckets.pop() {
                assert_eq!(Some(taken), held.pop_first());
            }
            assert!(held.is_empty());
        }
    }
}
