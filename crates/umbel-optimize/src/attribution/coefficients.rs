//! The weights of Shapley's formula as integers over one denominator.
//!
//! s! (n - s - 1)! / n! = 1 / (n C(n - 1, s)), and the least common multiple of n C(n - 1, s) over all s is that of
//! 1 to n (Farhi, An identity involving the least common multiple of binomial coefficients and its application,
//! American Mathematical Monthly 116(9), 2009, Theorem 1). It is much smaller than n!: 33 bits for 24 players.

/// Weights as integers: entry s is `denominator` times s! (n - s - 1)! / n!.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Coefficients {
    /// The least common multiple of 1 to n.
    pub denominator: u128,
    /// For each size s of a coalition without the player, from 0 to n - 1.
    pub by_size: Vec<u128>,
}

/// Greatest common divisor.
pub(crate) fn gcd(mut a: u128, mut b: u128) -> u128 {
    while b != 0 {
        (a, b) = (b, a % b);
    }
    a
}

impl Coefficients {
    /// For so many players; `None` when the denominator does not fit into 127 bits (from 89 players). O(n).
    pub fn new(players: usize) -> Option<Coefficients> {
        let mut denominator = 1_u128;
        for number in 2..=players as u128 {
            let factor = number / gcd(denominator, number);
            denominator = denominator.checked_mul(factor).filter(|&product| product <= i128::MAX as u128)?;
        }
        // n C(n - 1, s) divides the denominator, and the quotient changes from s to s + 1 by (s + 1) / (n - 1 - s).
        let mut by_size = Vec::with_capacity(players);
        let mut divisor = players as u128;
        for size in 0..players as u128 {
            by_size.push(denominator.checked_div(divisor)?);
            let (more, less) = (players as u128 - 1 - size, size + 1);
            let common = gcd(divisor, less);
            divisor = (divisor / common).checked_mul(more)? / (less / common);
        }
        Some(Coefficients { denominator, by_size })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_those_of_the_formula() {
        let factorial = |n: usize| (1..=n as u128).product::<u128>();
        for players in 1..=20 {
            let found = Coefficients::new(players).expect("coefficients");
            for (size, &weight) in found.by_size.iter().enumerate() {
                let wanted = factorial(size) * factorial(players - size - 1);
                assert_eq!(weight * factorial(players), wanted * found.denominator, "{players} {size}");
            }
        }
        assert_eq!(Coefficients::new(24).expect("coefficients").denominator, 5_354_228_880);
    }

    #[test]
    fn go_as_far_as_127_bits() {
        assert!(Coefficients::new(88).is_some());
        assert_eq!(Coefficients::new(89), None);
        assert_eq!(Coefficients::new(0).map(|c| c.by_size.len()), Some(0));
    }
}
