//! Percentiles of the times of a window, many destinations at a time.

use super::lanes::Lane;

/// The place, among `count` sorted times, of percentile `percentile`: element ceil(p / 100 x n) - 1, the rule of R5. What
/// is not reached sorts last, so that a percentile is missing when its element is not reached.
pub fn rank(percentile: f64, count: usize) -> usize {
    let place = (percentile / 100.0 * count as f64).ceil() as usize;
    place.clamp(1, count.max(1)) - 1
}

/// Destinations sorted at a time.
pub const TOGETHER: usize = 32;

/// The comparisons of a sorting network for `count` numbers.
///
/// Source: Batcher, Sorting networks and their applications, AFIPS 1968 (odd-even merge sort), for the next power of two;
/// what lies beyond `count` would be larger than everything and never move, so its comparisons are left out.
pub fn network(count: usize) -> Vec<(u16, u16)> {
    let size = count.next_power_of_two();
    let mut pairs = Vec::new();
    let mut part = 1;
    while part < size {
        let mut step = part;
        while step >= 1 {
            for start in (step % part..size - step).step_by(2 * step) {
                for at in start..(start + step).min(size - step) {
                    if at / (2 * part) == (at + step) / (2 * part) && at + step < count {
                        pairs.push((at as u16, (at + step) as u16));
                    }
                }
            }
            step /= 2;
        }
        part *= 2;
    }
    pairs
}

/// Sorts each column of `columns` (row after row of [`TOGETHER`] columns).
pub fn sort<T: Lane>(network: &[(u16, u16)], columns: &mut [[T; TOGETHER]]) {
    for &(low, high) in network {
        let (a, b) = (columns[low as usize], columns[high as usize]);
        for column in 0..TOGETHER {
            columns[low as usize][column] = a[column].min(b[column]);
            columns[high as usize][column] = a[column].max(b[column]);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn ranks_are_those_of_r5() {
        assert_eq!([5.0, 25.0, 50.0, 75.0, 95.0].map(|p| rank(p, 60)), [2, 14, 29, 44, 56]);
        assert_eq!([0.0, 50.0, 100.0].map(|p| rank(p, 1)), [0, 0, 0]);
        assert_eq!([1.0, 50.0, 51.0, 100.0].map(|p| rank(p, 2)), [0, 0, 1, 1]);
    }

    proptest! {
        #[test]
        fn the_network_sorts(rows in 1_usize..150, seed in any::<u64>()) {
            let mut state = seed;
            let mut columns: Vec<[i16; TOGETHER]> = (0..rows)
                .map(|_| std::array::from_fn(|_| {
                    state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
                    (state >> 50) as i16
                }))
                .collect();
            let mut expected: Vec<Vec<i16>> = (0..TOGETHER).map(|c| columns.iter().map(|row| row[c]).collect()).collect();
            sort(&network(rows), &mut columns);
            for (column, numbers) in expected.iter_mut().enumerate() {
                numbers.sort_unstable();
                let found: Vec<i16> = columns.iter().map(|row| row[column]).collect();
                prop_assert_eq!(&found, numbers);
            }
        }
    }
}
