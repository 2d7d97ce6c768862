//! Random numbers by counter: Philox4x32-10.
//!
//! A draw is a function of the seed, the number of its stream and its place in the stream, and of nothing else: work
//! can be split over threads in any way and gives the same numbers. Give every independent task (a permutation, a
//! bootstrap sample, a place) a stream of its own.
//!
//! Source: Salmon, Moraes, Dror, Shaw, Parallel random numbers: as easy as 1, 2, 3, SC 2011, section 3.3.

/// A stream of random numbers. Cost: about two nanoseconds a number.
#[derive(Clone, Debug)]
pub struct Stream {
    key: [u32; 2],
    stream: [u32; 2],
    block: u64,
    ready: [u64; 2],
    left: u8,
}

const MULTIPLIERS: [u32; 2] = [0xD251_1F53, 0xCD9E_8D57];
const WEYL: [u32; 2] = [0x9E37_79B9, 0xBB67_AE85];

/// Ten rounds on one counter.
fn philox(mut counter: [u32; 4], mut key: [u32; 2]) -> [u32; 4] {
    for round in 0..10 {
        if round > 0 {
            key = [key[0].wrapping_add(WEYL[0]), key[1].wrapping_add(WEYL[1])];
        }
        let first = u64::from(MULTIPLIERS[0]) * u64::from(counter[0]);
        let second = u64::from(MULTIPLIERS[1]) * u64::from(counter[2]);
        counter = [
            (second >> 32) as u32 ^ counter[1] ^ key[0],
            second as u32,
            (first >> 32) as u32 ^ counter[3] ^ key[1],
            first as u32,
        ];
    }
    counter
}

impl Stream {
    /// The stream of this number under a seed.
    pub fn new(seed: u64, stream: u64) -> Stream {
        let split = |word: u64| [word as u32, (word >> 32) as u32];
        Stream { key: split(seed), stream: split(stream), block: 0, ready: [0; 2], left: 0 }
    }

    /// 64 random bits.
    #[inline]
    pub fn bits(&mut self) -> u64 {
        if self.left == 0 {
            let counter = [self.block as u32, (self.block >> 32) as u32, self.stream[0], self.stream[1]];
            let words = philox(counter, self.key);
            let join = |low: u32, high: u32| u64::from(low) | u64::from(high) << 32;
            self.ready = [join(words[0], words[1]), join(words[2], words[3])];
            self.block += 1;
            self.left = 2;
        }
        self.left -= 1;
        self.ready[usize::from(1 - self.left)]
    }

    /// A whole number from 0 to `bound - 1`, each as likely; 0 when `bound` is 0.
    ///
    /// Source: Lemire, Fast random integer generation in an interval, ACM TOMACS 29(1), 2019, algorithm 5.
    #[inline]
    pub fn below(&mut self, bound: u64) -> u64 {
        let mut product = u128::from(self.bits()) * u128::from(bound);
        if (product as u64) < bound {
            let threshold = bound.wrapping_neg() % bound;
            while (product as u64) < threshold {
                product = u128::from(self.bits()) * u128::from(bound);
            }
        }
        (product >> 64) as u64
    }

    /// A number in [0, 1), a multiple of 2^-53.
    #[inline]
    pub fn uniform(&mut self) -> f64 {
        (self.bits() >> 11) as f64 * (1.0 / (1_u64 << 53) as f64)
    }

    /// A standard normal number.
    ///
    /// Source: Marsaglia, Bray, A convenient method for generating normal variables, SIAM Review 6, 1964 (polar method;
    /// the second number of each pair is not used).
    pub fn normal(&mut self) -> f64 {
        loop {
            let (x, y) = (2.0 * self.uniform() - 1.0, 2.0 * self.uniform() - 1.0);
            let square = x * x + y * y;
            if square > 0.0 && square < 1.0 {
                return x * (-2.0 * square.ln() / square).sqrt();
            }
        }
    }

    /// Puts a list in random order, each order as likely (Fisher and Yates).
    pub fn shuffle<T>(&mut self, list: &mut [T]) {
        for last in (1..list.len()).rev() {
            let other = self.below(last as u64 + 1) as usize;
            list.swap(last, other);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn gives_the_published_words() {
        // Known answers of Random123, the authors' library (kat_vectors, philox4x32 10).
        assert_eq!(philox([0; 4], [0; 2]), [0x6627_e8d5, 0xe169_c58d, 0xbc57_ac4c, 0x9b00_dbd8]);
        assert_eq!(philox([u32::MAX; 4], [u32::MAX; 2]), [0x408f_276d, 0x41c8_3b0e, 0xa20b_c7c6, 0x6d54_51fd]);
        assert_eq!(
            philox([0x243f_6a88, 0x85a3_08d3, 0x1319_8a2e, 0x0370_7344], [0xa409_3822, 0x299f_31d0]),
            [0xd16c_fe09, 0x94fd_cceb, 0x5001_e420, 0x2412_6ea1]
        );
    }

    #[test]
    fn streams_are_apart_and_repeat() {
        let take = |seed, stream| {
            let mut stream = Stream::new(seed, stream);
            (0..9).map(|_| stream.bits()).collect::<Vec<_>>()
        };
        assert_eq!(take(1, 2), take(1, 2));
        assert_ne!(take(1, 2), take(1, 3));
        assert_ne!(take(1, 2), take(2, 2));
    }

    #[test]
    fn numbers_are_spread_evenly() {
        let mut stream = Stream::new(7, 0);
        let mut counts = [0_u32; 7];
        (0..70_000).for_each(|_| counts[stream.below(7) as usize] += 1);
        assert!(counts.iter().all(|&n| n.abs_diff(10_000) < 500), "{counts:?}");
        let (mut sum, mut squares) = (0.0, 0.0);
        (0..40_000).map(|_| stream.normal()).for_each(|x| {
            sum += x;
            squares += x * x;
        });
        assert!((sum / 40_000.0).abs() < 0.025 && (squares / 40_000.0 - 1.0).abs() < 0.04);
        assert_eq!(stream.below(0), 0);
        let mut list: Vec<u32> = (0..100).collect();
        stream.shuffle(&mut list);
        list.sort_unstable();
        assert!(list.into_iter().eq(0..100));
    }
}
