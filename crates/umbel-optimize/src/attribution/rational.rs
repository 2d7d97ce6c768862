//! Exact fractions.

use super::coefficients::gcd;
use super::fixed::nearest;
use std::fmt;

/// A fraction in lowest terms, with a positive denominator.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Rational {
    numerator: i128,
    denominator: i128,
}

impl Rational {
    /// Zero.
    pub const ZERO: Rational = Rational { numerator: 0, denominator: 1 };

    /// A fraction in lowest terms; `None` for a denominator of 0, or when one of its numbers does not fit.
    pub fn new(numerator: i128, denominator: i128) -> Option<Rational> {
        let common = gcd(numerator.unsigned_abs(), denominator.unsigned_abs());
        if denominator == 0 {
            return None;
        }
        let (above, below) = (numerator.unsigned_abs() / common, denominator.unsigned_abs() / common);
        let above = i128::try_from(above).ok()?;
        let negative = (numerator < 0) != (denominator < 0);
        let numerator = if negative { -above } else { above };
        Some(Rational { numerator, denominator: i128::try_from(below).ok()? })
    }

    /// What stands above the line.
    pub fn numerator(self) -> i128 {
        self.numerator
    }

    /// What stands below the line: positive.
    pub fn denominator(self) -> i128 {
        self.denominator
    }

    /// The sum; `None` when it does not fit into 128 bits.
    pub fn checked_add(self, other: Rational) -> Option<Rational> {
        let common = gcd(self.denominator.unsigned_abs(), other.denominator.unsigned_abs()) as i128;
        let (mine, theirs) = (self.denominator / common, other.denominator / common);
        let above = self.numerator.checked_mul(theirs)?.checked_add(other.numerator.checked_mul(mine)?)?;
        Rational::new(above, mine.checked_mul(other.denominator)?)
    }

    /// The sum of several; `None` when it does not fit into 128 bits.
    pub fn sum(all: &[Rational]) -> Option<Rational> {
        all.iter().try_fold(Rational::ZERO, |sum, &one| sum.checked_add(one))
    }

    /// Divided by an integer; `None` for 0, or when it does not fit into 128 bits.
    pub fn checked_div(self, divisor: i128) -> Option<Rational> {
        let common = gcd(self.numerator.unsigned_abs(), divisor.unsigned_abs());
        let common = i128::try_from(common).ok().filter(|&common| common != 0)?;
        Rational::new(self.numerator / common, self.denominator.checked_mul(divisor / common)?)
    }

    /// The nearest double; half-way cases go to the even one.
    pub fn to_f64(self) -> f64 {
        let (above, below) = (self.numerator.unsigned_abs(), self.denominator.unsigned_abs());
        let (mut quotient, mut remainder, mut power) = (above / below, above % below, 0);
        while remainder != 0 && quotient >> 55 == 0 {
            remainder <<= 1;
            quotient = quotient << 1 | u128::from(remainder >= below);
            remainder -= if remainder >= below { below } else { 0 };
            power -= 1;
        }
        let nearest = nearest(quotient, remainder != 0, power);
        if self.numerator < 0 { -nearest } else { nearest }
    }
}

impl From<i128> for Rational {
    fn from(integer: i128) -> Rational {
        Rational { numerator: integer, denominator: 1 }
    }
}

impl fmt::Display for Rational {
    /// `421/2145`, or `3` for a whole number.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if self.denominator == 1 {
            return write!(f, "{}", self.numerator);
        }
        write!(f, "{}/{}", self.numerator, self.denominator)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn stands_in_lowest_terms() {
        let shown = |above, below| Rational::new(above, below).map(|fraction| fraction.to_string());
        assert_eq!(shown(6, -4).as_deref(), Some("-3/2"));
        assert_eq!(shown(0, -4).as_deref(), Some("0"));
        assert_eq!(shown(8, 4).as_deref(), Some("2"));
        assert_eq!(shown(1, 0), None);
        assert_eq!(Rational::new(i128::MIN, -1), None);
        let third = Rational::new(1, 3).expect("a fraction");
        assert_eq!(Rational::sum(&[third; 3]), Some(Rational::from(1)));
        assert_eq!(third.checked_div(-2), Rational::new(-1, 6));
        assert_eq!(Rational::from(6).checked_div(4), Rational::new(3, 2));
        assert_eq!(third.checked_div(0), None);
        let large = Rational::new(1, i128::MAX).expect("a fraction");
        assert_eq!(large.checked_add(third), None);
    }

    proptest! {
        #[test]
        fn is_rounded_once(above in -(1_i64 << 53)..1_i64 << 53, below in 1..1_i64 << 53) {
            let fraction = Rational::new(above.into(), below.into()).expect("a fraction");
            prop_assert_eq!(fraction.to_f64(), above as f64 / below as f64);
        }

        #[test]
        fn large_integers_are_rounded_once(integer: i128) {
            prop_assert_eq!(Rational::from(integer.max(-i128::MAX)).to_f64(), integer.max(-i128::MAX) as f64);
        }
    }
}
