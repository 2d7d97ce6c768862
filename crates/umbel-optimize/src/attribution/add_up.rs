//! Shares that add up.

use umbel_core::sum::exact_sum;

/// Shares of a total in double precision.
///
/// Each is the double nearest to the exact share. Their exact sum, rounded once, is the total to the last bit: where it
/// would not be, the difference (a few units in the last digit of the largest share) is given to the shares from the
/// largest to the smallest, of equal ones to the first first, each taking what its last digit can hold, until it is. A
/// share of 0 stays 0, and none changes in its first nine digits.
///
/// Where all shares are larger than their total (some above 0 and some below), doubles so near to them may not be able
/// to add up to it: their last digits are too coarse. `adds_up` is false then. Exact fractions add up always.
#[derive(Clone, Debug, PartialEq)]
pub struct Shares {
    /// A share for each player.
    pub values: Vec<f64>,
    /// What they divide.
    pub total: f64,
    /// Whether the shares add up to the total to the last bit.
    pub adds_up: bool,
}

impl Shares {
    /// Shares that add up, from those that are each the nearest to the exact one. O(n²) at most.
    pub fn of(mut values: Vec<f64>, total: f64) -> Shares {
        let adds_up = add_up(&mut values, total);
        Shares { values, total, adds_up }
    }
}

/// Applies the rule of [`Shares`]; whether they add up then.
pub(crate) fn add_up(shares: &mut [f64], total: f64) -> bool {
    let adds_up = |shares: &[f64]| exact_sum(shares.iter().copied()) == total;
    if adds_up(shares) {
        return true;
    }
    let mut order: Vec<usize> = (0..shares.len()).filter(|&at| shares[at] != 0.0).collect();
    order.sort_by(|&a, &b| shares[b].abs().total_cmp(&shares[a].abs()));
    for at in order {
        let left = exact_sum(std::iter::once(total).chain(shares.iter().map(|share| -share)));
        if left.abs() <= 1e-9 * shares[at].abs() {
            shares[at] += left;
            if adds_up(shares) {
                return true;
            }
        }
    }
    false
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn the_rest_goes_to_the_largest() {
        // Ten tenths are more than 1; three thirds are 1 after rounding and stay as they are.
        assert_eq!(Shares::of(vec![1.0 / 3.0; 3], 1.0).values, [1.0 / 3.0; 3]);
        let sevenths = Shares::of(vec![1.0 / 7.0; 7], 1.0);
        assert!(sevenths.adds_up && sevenths.values[6] == 1.0 / 7.0);
        let with_nobody = Shares::of(vec![0.0, 0.1, 0.2], 0.3);
        assert!(with_nobody.adds_up && with_nobody.values[0] == 0.0);
    }

    #[test]
    fn says_when_nothing_adds_up() {
        let shares = Shares::of(vec![1e16, -1e16], 0.3);
        assert!(!shares.adds_up);
        assert_eq!(shares.values, [1e16, -1e16]);
        assert!(!Shares::of(vec![0.0; 2], 1.0).adds_up);
        // Multiples of 2^-53 that add up to an odd multiple of 2^-54.
        assert!(!Shares::of(vec![0.8, -0.5 - f64::EPSILON], 0.3).adds_up);
        assert!(Shares::of(Vec::new(), 0.0).adds_up);
    }

    proptest! {
        #[test]
        fn parts_of_a_positive_total_add_up(parts in prop::collection::vec(0.0_f64..1e6, 1..30)) {
            // The total of exact parts, and parts with an error in their last digits.
            let total = exact_sum(parts.iter().copied());
            let near: Vec<f64> = parts.iter().map(|part| part / 3.0 * 3.0).collect();
            let shares = Shares::of(near.clone(), total);
            prop_assert!(shares.adds_up);
            for (share, near) in shares.values.iter().zip(near) {
                prop_assert!((share - near).abs() <= 40.0 * (near.next_up() - near));
            }
        }
    }
}
