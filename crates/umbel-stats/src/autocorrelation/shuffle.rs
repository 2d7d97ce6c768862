//! Random orders, fast.

use umbel_core::random::Stream;

/// Lists up to this length are shuffled as they are.
const SHORT: usize = 1 << 15;

/// A fast generator for long lists of draws, started from a stream.
///
/// Source: Blackman, Vigna, Scrambled linear pseudorandom number generators, ACM TOMS 47(4), 2021 (xoshiro256++).
pub(super) struct Fast([u64; 4]);

impl Fast {
    /// The generator of this number under a seed.
    pub(super) fn new(seed: u64, number: u64) -> Fast {
        let mut stream = Stream::new(seed, number);
        Fast(std::array::from_fn(|_| stream.bits()))
    }

    #[inline(always)]
    fn bits(&mut self) -> u64 {
        let state = &mut self.0;
        let result = state[0].wrapping_add(state[3]).rotate_left(23).wrapping_add(state[0]);
        let shifted = state[1] << 17;
        state[2] ^= state[0];
        state[3] ^= state[1];
        state[1] ^= state[2];
        state[0] ^= state[3];
        state[2] ^= shifted;
        state[3] = state[3].rotate_left(45);
        result
    }

    /// Puts values in random order into another list of the same length, each order as likely. Long lists are first dealt
    /// out at random to short ones, which are then shuffled where they are close to the processor. `dealt` is scratch.
    ///
    /// Source: Rao, Generation of random permutations of given number of elements using random sampling numbers, Sankhya A
    /// 23, 1961; Sandelius, A simple randomization procedure, Journal of the Royal Statistical Society B 24, 1962.
    pub(super) fn permute(&mut self, from: &[f64], to: &mut [f64], dealt: &mut Vec<u8>) {
        if from.len() <= SHORT {
            to.copy_from_slice(from);
            self.shuffle(to);
            return;
        }
        let lists = (from.len() / 4096).next_power_of_two().min(256);
        let mask = (lists - 1) as u8;
        dealt.clear();
        dealt.resize(from.len().next_multiple_of(8), 0);
        for eight in dealt.chunks_exact_mut(8) {
            eight.copy_from_slice(&self.bits().to_le_bytes());
        }
        let mut next = [0_usize; 256];
        dealt[..from.len()].iter().for_each(|&list| next[usize::from(list & mask)] += 1);
        let mut begin = 0;
        for start in &mut next {
            (begin, *start) = (begin + *start, begin);
        }
        for (&value, &list) in from.iter().zip(dealt.iter()) {
            let at = &mut next[usize::from(list & mask)];
            to[*at] = value;
            *at += 1;
        }
        // Where the next value of each would go is where it ends.
        let mut begin = 0;
        for &end in &next[..lists] {
            self.shuffle(&mut to[begin..end]);
            begin = end;
        }
    }

    /// Puts a list in random order, each order as likely: Fisher and Yates, several draws from each 64 bits.
    ///
    /// Source: Brackett-Rozinsky, Lemire, Batched ranged random integer generation, Software: Practice and Experience
    /// 55(1), 2025, with their limits for the number of draws.
    pub(super) fn shuffle(&mut self, list: &mut [f64]) {
        let mut left = list.len();
        left = self.while_above::<1>(list, left, 1 << 30);
        left = self.while_above::<2>(list, left, 1 << 19);
        left = self.while_above::<3>(list, left, 1 << 14);
        left = self.while_above::<4>(list, left, 1 << 11);
        left = self.while_above::<5>(list, left, 1 << 9);
        left = self.while_above::<6>(list, left, 6);
        self.while_above::<1>(list, left, 1);
    }

    /// Settles the last `K` of the first `left` entries at once, as long as more than `limit` are left.
    #[inline(always)]
    fn while_above<const K: usize>(&mut self, list: &mut [f64], mut left: usize, limit: usize) -> usize {
        // Above the product of the next bounds; the exact one is found only where it could matter.
        let mut above = (0..K).fold(1_u64, |product, k| product.saturating_mul((left.saturating_sub(k)) as u64));
        while left > limit {
            let mut others = [0; K];
            let mut rest = self.draw(left, &mut others);
            if rest < above {
                above = (0..K).fold(1, |product, k| product * (left - k) as u64);
                let threshold = above.wrapping_neg() % above;
                while rest < threshold {
                    rest = self.draw(left, &mut others);
                }
            }
            for (k, other) in others.into_iter().enumerate() {
                list.swap(left - 1 - k, other);
            }
            left -= K;
        }
        left
    }

    /// One number below each of `left`, `left - 1`, ... from one word, and what is left of the word.
    #[inline(always)]
    fn draw<const K: usize>(&mut self, left: usize, others: &mut [usize; K]) -> u64 {
        let mut word = self.bits();
        for (k, other) in others.iter_mut().enumerate() {
            let product = u128::from(word) * (left - k) as u128;
            *other = (product >> 64) as usize;
            word = product as u64;
        }
        word
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_order_is_as_likely() {
        for n in [3_usize, 5, 8, 30] {
            // Where each entry goes, and how often the first two stay in their order.
            let (rounds, mut counts, mut ordered) = (60_000, vec![0_u32; n * n], 0);
            for number in 0..rounds {
                let mut list: Vec<f64> = (0..n).map(|at| at as f64).collect();
                Fast::new(5, number).shuffle(&mut list);
                list.iter().enumerate().for_each(|(at, &value)| counts[at * n + value as usize] += 1);
                ordered += u32::from(list.iter().position(|&v| v == 0.0) < list.iter().position(|&v| v == 1.0));
            }
            let expected = rounds as f64 / n as f64;
            let chi: f64 = counts.iter().map(|&c| (f64::from(c) - expected).powi(2) / expected).sum();
            let free = ((n - 1) * (n - 1)) as f64;
            assert!((chi - free).abs() < 5.0 * (2.0 * free).sqrt(), "{n}: {chi} with {free}");
            assert!((f64::from(ordered) - rounds as f64 / 2.0).abs() < 5.0 * (rounds as f64 / 4.0).sqrt());
        }
    }

    #[test]
    fn all_six_orders_of_three() {
        let mut counts = std::collections::BTreeMap::new();
        for number in 0..60_000 {
            let mut list = [0.0, 1.0, 2.0];
            Fast::new(9, number).shuffle(&mut list);
            *counts.entry(list.map(|v| v as u8)).or_insert(0_i32) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|&c| (c - 10_000).abs() < 500), "{counts:?}");
    }

    #[test]
    fn dealt_lists_go_everywhere() {
        // Where sixteenths of a long list go: as many of each to each.
        let (n, mut counts, mut dealt) = (40_000, vec![0_u32; 256], Vec::new());
        let from: Vec<f64> = (0..n).map(f64::from).collect();
        let mut to = vec![0.0; from.len()];
        for number in 0..10 {
            Fast::new(3, number).permute(&from, &mut to, &mut dealt);
            for (at, &value) in to.iter().enumerate() {
                counts[at / 2500 * 16 + value as usize / 2500] += 1;
            }
        }
        let expected = f64::from(n) * 10.0 / 256.0;
        let chi: f64 = counts.iter().map(|&c| (f64::from(c) - expected).powi(2) / expected).sum();
        assert!((chi - 225.0).abs() < 5.0 * 450_f64.sqrt(), "{chi}");
        // Neighbours before are not neighbours after.
        let close = to.windows(2).filter(|pair| (pair[0] - pair[1]).abs() == 1.0).count();
        assert!(close < 15, "{close}");
    }

    #[test]
    fn long_lists_keep_their_entries() {
        let from: Vec<f64> = (0..600_000).map(f64::from).collect();
        let mut list = vec![0.0; from.len()];
        Fast::new(1, 1).permute(&from, &mut list, &mut Vec::new());
        let fixed = list.iter().enumerate().filter(|&(at, &value)| at as f64 == value).count();
        assert!(fixed < 10);
        list.sort_by(f64::total_cmp);
        assert!(list.into_iter().eq((0..600_000).map(f64::from)));
    }
}
