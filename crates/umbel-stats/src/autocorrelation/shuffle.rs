//! Random orders, fast.

use umbel_core::random::Stream;

/// Positions drawn ahead: a multiple of all numbers of draws from a word.
const BLOCK: usize = 2520;

/// Positions drawn ahead.
pub(super) struct Draws([u32; BLOCK]);

impl Default for Draws {
    fn default() -> Draws {
        Draws([0; BLOCK])
    }
}

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

    /// Puts a list in random order, each order as likely: Fisher and Yates, several draws from each 64 bits. Positions are
    /// drawn a block ahead, so that the swaps do not wait for them. Linear; the order is the same whatever the list holds.
    ///
    /// Source: Brackett-Rozinsky, Lemire, Batched ranged random integer generation, Software: Practice and Experience
    /// 55(1), 2025. As many draws from a word as keep their product below 2^56, so that a word is drawn again for one in
    /// 256 at most.
    pub(super) fn permute<T: Copy>(&mut self, list: &mut [T], draws: &mut Draws) {
        let mut left = list.len();
        while left > 1 {
            let count = match left {
                0..=6 => self.positions::<1>(left, draws),
                7..=645 => self.positions::<6>(left, draws),
                646..=2352 => self.positions::<5>(left, draws),
                2353..=16_384 => self.positions::<4>(left, draws),
                16_385..=416_127 => self.positions::<3>(left, draws),
                416_128..=0x1000_0000 => self.positions::<2>(left, draws),
                _ => self.positions::<1>(left, draws),
            };
            // The last entry that is not settled changes places with the one drawn.
            for (at, &other) in draws.0[..count].iter().enumerate() {
                list.swap(left - 1 - at, other as usize);
            }
            left -= count;
        }
    }

    /// Draws a number below each of `left`, `left - 1`, ..., `K` from each word, and gives how many.
    #[inline(never)]
    fn positions<const K: usize>(&mut self, mut left: usize, draws: &mut Draws) -> usize {
        let words = left.min(BLOCK) / K;
        let mut own = Fast(self.0);
        let product = |left: usize| (0..K).fold(1_u64, |product, k| product.saturating_mul((left - k) as u64));
        // Above the product of the next bounds; the exact one is found only where it could matter.
        let mut above = product(left);
        for others in draws.0.as_chunks_mut::<K>().0.iter_mut().take(words) {
            let mut rest = own.draw(left, others);
            if rest < above {
                above = product(left);
                let threshold = above.wrapping_neg() % above;
                while rest < threshold {
                    rest = own.draw(left, others);
                }
            }
            left -= K;
        }
        self.0 = own.0;
        words * K
    }

    /// One number below each of `left`, `left - 1`, ... from one word, and what is left of the word.
    #[inline(always)]
    fn draw<const K: usize>(&mut self, left: usize, others: &mut [u32; K]) -> u64 {
        let mut word = self.bits();
        for (k, other) in others.iter_mut().enumerate() {
            let product = u128::from(word) * (left - k) as u128;
            *other = (product >> 64) as u32;
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
            let mut draws = Draws::default();
            for number in 0..rounds {
                let mut list: Vec<f64> = (0..n).map(|at| at as f64).collect();
                Fast::new(5, number).permute(&mut list, &mut draws);
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
            Fast::new(9, number).permute(&mut list, &mut Draws::default());
            *counts.entry(list.map(|v| v as u8)).or_insert(0_i32) += 1;
        }
        assert_eq!(counts.len(), 6);
        assert!(counts.values().all(|&c| (c - 10_000).abs() < 500), "{counts:?}");
    }

    #[test]
    fn long_lists_go_everywhere() {
        // Where sixteenths of a long list go: as many of each to each.
        for n in [6000, 40_000, 480_000] {
            let (mut counts, mut draws) = (vec![0_u32; 256], Draws::default());
            let from: Vec<f64> = (0..n).map(f64::from).collect();
            let (mut to, part) = (from.clone(), n as usize / 16);
            for number in 0..10 {
                to.copy_from_slice(&from);
                Fast::new(3, number).permute(&mut to, &mut draws);
                for (at, &value) in to.iter().enumerate() {
                    counts[at / part * 16 + value as usize / part] += 1;
                }
            }
            let expected = f64::from(n) * 10.0 / 256.0;
            let chi: f64 = counts.iter().map(|&c| (f64::from(c) - expected).powi(2) / expected).sum();
            assert!((chi - 225.0).abs() < 5.0 * 450_f64.sqrt(), "{n}: {chi}");
            // Neighbours before are not neighbours after.
            let close = to.windows(2).filter(|pair| (pair[0] - pair[1]).abs() == 1.0).count();
            assert!(close < 15, "{n}: {close}");
        }
    }

    #[test]
    fn cycles_are_as_long_as_those_of_random_orders() {
        // The number of cycles of a random order of n has mean 1 + 1/2 + ... + 1/n and nearly that variance.
        let (n, rounds, mut draws, mut cycles) = (3000_usize, 2000_u64, Draws::default(), 0_u64);
        for number in 0..rounds {
            let mut list: Vec<u32> = (0..n as u32).collect();
            Fast::new(8, number).permute(&mut list, &mut draws);
            let mut seen = vec![false; n];
            for start in 0..n {
                let mut at = start;
                cycles += u64::from(!seen[start]);
                while !std::mem::replace(&mut seen[at], true) {
                    at = list[at] as usize;
                }
            }
        }
        let expected: f64 = (1..=n).map(|k| 1.0 / k as f64).sum();
        let found = cycles as f64 / rounds as f64;
        assert!((found - expected).abs() < 5.0 * (expected / rounds as f64).sqrt(), "{found} is not {expected}");
    }

    #[test]
    fn the_order_does_not_depend_on_what_is_ordered() {
        let mut draws = Draws::default();
        let mut single: Vec<f32> = (0..50_000).map(|at| at as f32).collect();
        let mut double: Vec<f64> = (0..50_000).map(f64::from).collect();
        Fast::new(1, 1).permute(&mut single, &mut draws);
        Fast::new(1, 1).permute(&mut double, &mut draws);
        assert!(single.iter().zip(&double).all(|(&a, &b)| f64::from(a) == b));
        let fixed = double.iter().enumerate().filter(|&(at, &value)| at as f64 == value).count();
        assert!(fixed < 10);
        double.sort_by(f64::total_cmp);
        assert!(double.into_iter().eq((0..50_000).map(f64::from)));
    }
}
