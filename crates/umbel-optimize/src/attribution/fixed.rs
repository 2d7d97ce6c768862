//! Doubles as integers, so that their sums are exact and do not depend on the order.
//!
//! Every double is an integer times a power of two. The numbers of one game are written over the smallest power that
//! one of them needs, and cut into slices of 80 bits: nearly always there is one slice, for figures between 1e-8 and 1e12
//! for example. Shapley's formula is linear, so that it is applied to each slice by itself.

/// Bits of a slice: leaves room for sums over 2^24 coalitions times their weights.
const SLICE: u32 = 80;
const MASK: u128 = (1 << SLICE) - 1;

/// The largest absolute value of an integer game, and of one slice.
pub const MOST: i128 = 1 << SLICE;

/// How the numbers of a game are written as integers.
#[derive(Clone, Copy, Debug)]
pub struct Fixed {
    /// The power of two that they are over.
    lowest: i32,
    /// Number of slices; 0 when all numbers are 0.
    pub slices: usize,
    /// Whether there is one slice, and the power is that of the last digit of the smallest number, so that each is its
    /// mantissa moved to the left.
    plain: bool,
}

/// A finite double as mantissa and power of two.
#[inline]
fn parts(value: f64) -> (u64, i32) {
    let bits = value.to_bits();
    let exponent = ((bits >> 52) & 0x7ff) as i32;
    let mantissa = (bits & ((1 << 52) - 1)) | u64::from(exponent != 0) << 52;
    (mantissa, exponent.max(1) - 1075)
}

impl Fixed {
    /// For these numbers, which are finite.
    pub fn of(values: &[f64]) -> Fixed {
        let mut exponents = (i32::MAX, i32::MIN);
        for &value in values.iter().filter(|value| **value != 0.0) {
            let exponent = parts(value).1;
            exponents = (exponents.0.min(exponent), exponents.1.max(exponent));
        }
        if exponents.0 > exponents.1 {
            return Fixed { lowest: 0, slices: 0, plain: false };
        }
        if exponents.1 - exponents.0 <= SLICE as i32 - 53 {
            return Fixed { lowest: exponents.0, slices: 1, plain: true };
        }
        // Trailing zeros may leave fewer slices.
        let (mut lowest, mut highest) = (i32::MAX, i32::MIN);
        for &value in values.iter().filter(|value| **value != 0.0) {
            let (mantissa, exponent) = parts(value);
            lowest = lowest.min(exponent + mantissa.trailing_zeros() as i32);
            highest = highest.max(exponent + 64 - mantissa.leading_zeros() as i32);
        }
        Fixed { lowest, slices: (highest - lowest).unsigned_abs().div_ceil(SLICE) as usize, plain: false }
    }

    /// A number when they are plain.
    #[inline]
    pub fn whole(&self, value: f64) -> i128 {
        let (mantissa, exponent) = parts(value);
        // Zero stays zero wherever it is moved.
        let digit = (u128::from(mantissa) << ((exponent - self.lowest) & 127)) as i128;
        let sign = i128::from(value.to_bits() as i64 >> 63);
        (digit ^ sign) - sign
    }

    /// Whether each number is its mantissa moved to the left ([`Fixed::whole`] is quick).
    pub fn is_plain(&self) -> bool {
        self.plain
    }

    /// One slice of a number.
    #[inline]
    pub fn digit(&self, value: f64, slice: usize) -> i128 {
        let (mantissa, exponent) = parts(value);
        if mantissa == 0 {
            return 0;
        }
        let zeros = mantissa.trailing_zeros();
        let mantissa = u128::from(mantissa >> zeros);
        let offset = exponent + zeros as i32 - self.lowest - slice as i32 * SLICE as i32;
        let digit = match offset {
            0..80 => (mantissa << offset) & MASK,
            -53..0 => mantissa >> -offset,
            _ => 0,
        };
        if value < 0.0 { -(digit as i128) } else { digit as i128 }
    }

    /// The double nearest to a sum of slices, each given as an integer of its own power of two, over a divisor below
    /// 2^47. Infinite beyond the largest double.
    pub fn ratio(&self, slices: &[i128], divisor: u64) -> f64 {
        if let [only] = *slices {
            // Moved to the top the quotient has at least 79 bits, since the divisor has less than 48.
            let moved = only.unsigned_abs().leading_zeros();
            let all = only.unsigned_abs().checked_shl(moved).unwrap_or(0);
            let over = u128::from(divisor);
            let found = nearest(all / over, !all.is_multiple_of(over), self.lowest - moved as i32);
            return if only < 0 { -found } else { found };
        }
        let mut digits = [0_u128; 32];
        let mut negative = false;
        // Slices overlap; with the carries done they do not.
        for sign in [1, -1] {
            let mut carry = 0_i128;
            for (at, digit) in digits.iter_mut().enumerate() {
                let sum = slices.get(at).map_or(0, |slice| sign * slice) + carry;
                *digit = sum as u128 & MASK;
                carry = sum >> SLICE;
            }
            negative = sign < 0;
            if carry >= 0 {
                break;
            }
        }
        let Some(top) = digits.iter().rposition(|&digit| digit != 0) else { return 0.0 };
        // Long division, with two more digits than there are.
        let divisor = u128::from(divisor);
        let mut remainder = 0;
        let mut quotient = [0_u128; 34];
        for (at, found) in quotient.iter_mut().enumerate().take(top + 3) {
            let digit = top.checked_sub(at).map_or(0, |at| digits[at]);
            let all = remainder << SLICE | digit;
            (*found, remainder) = (all / divisor, all % divisor);
        }
        let first = quotient.iter().position(|&digit| digit != 0).unwrap_or(0);
        let below = |at: usize| remainder != 0 || quotient[at.min(34)..].iter().any(|&digit| digit != 0);
        let power = self.lowest + SLICE as i32 * (top as i32 - first as i32);
        let (leading, next) = (quotient[first], quotient.get(first + 1).copied().unwrap_or(0));
        let nearest = if leading >> 56 != 0 {
            nearest(leading, below(first + 1), power)
        } else {
            let sticky = next & 0xffff != 0 || below(first + 2);
            nearest(leading << 64 | next >> 16, sticky, power - 64)
        };
        if negative { -nearest } else { nearest }
    }
}

/// The double nearest to `integer` (and a little more, when `more`) times 2^`power`; half-way cases go to the even one.
/// `integer` has at least 55 bits, or there is nothing more. Infinite beyond the largest double.
pub fn nearest(integer: u128, more: bool, power: i32) -> f64 {
    if integer == 0 {
        return 0.0;
    }
    let top = 127 - integer.leading_zeros() as i32;
    // The power of the last digit that a double of this size has.
    let unit = (top + power - 52).max(-1074);
    let shift = unit - power;
    let mut mantissa = match shift {
        ..=0 => integer << -shift,
        1..=127 => integer >> shift,
        _ => 0,
    };
    if shift > 0 {
        let half = if shift <= 128 { 1_u128 << (shift - 1) } else { 0 };
        let lost = if shift <= 127 { integer & ((1 << shift) - 1) } else { integer };
        let up = half != 0 && (lost > half || (lost == half && (more || mantissa & 1 == 1)));
        mantissa += u128::from(up);
    }
    if unit > 971 {
        return f64::INFINITY;
    }
    // The hidden bit of a normal number adds 1 to the exponent by itself, and so does a mantissa rounded up to 2^53.
    f64::from_bits((((unit + 1074) as u64) << 52) + mantissa as u64)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;
    use umbel_core::sum::exact_sum;

    #[test]
    fn rounds_to_the_nearest() {
        assert_eq!(nearest(1, false, 0), 1.0);
        assert_eq!(nearest((1 << 53) + 1, false, 0), 9_007_199_254_740_992.0);
        assert_eq!(nearest((1 << 53) + 1, true, 0), 9_007_199_254_740_994.0);
        assert_eq!(nearest((1 << 54) - 1, false, 0), 18_014_398_509_481_984.0);
        assert_eq!(nearest(1, false, -1074), f64::from_bits(1));
        assert_eq!(nearest(3, false, -1075), f64::from_bits(2));
        assert_eq!(nearest(1, false, -1075), 0.0);
        assert_eq!(nearest(1 << 60, true, -1135), f64::from_bits(1));
        assert_eq!(nearest(1, false, -1300), 0.0);
        assert_eq!(nearest(1, false, 1023), 2_f64.powi(1023));
        assert_eq!(nearest(1, false, 1024), f64::INFINITY);
        assert_eq!(nearest((1 << 54) - 1, false, 970), f64::INFINITY);
        assert_eq!(nearest((1 << 53) - 1, false, 971), f64::MAX);
    }

    proptest! {
        #[test]
        fn slices_add_up_to_the_number(values in prop::collection::vec(any::<f64>().prop_filter("finite", |v| v.is_finite()), 1..9)) {
            let fixed = Fixed::of(&values);
            for &value in &values {
                let slices: Vec<i128> = (0..fixed.slices).map(|slice| fixed.digit(value, slice)).collect();
                prop_assert_eq!(fixed.ratio(&slices, 1), value);
                let fixed = Fixed::of(&[value, 2.5 * value, -1e-6 * value, 0.0]);
                if fixed.is_plain() {
                    prop_assert_eq!(fixed.ratio(&[fixed.whole(value)], 1), value);
                    prop_assert_eq!((fixed.whole(0.0), fixed.whole(-value)), (0, -fixed.digit(value, 0)));
                }
            }
        }

        #[test]
        fn sums_are_rounded_once(values in prop::collection::vec((-1e12_f64..1e12, -90..90_i32), 1..40), narrow: bool) {
            let power = |power: i32| 2_f64.powi(if narrow { power / 50 } else { power });
            let values: Vec<f64> = values.into_iter().map(|(value, by)| value * power(by)).collect();
            let fixed = Fixed::of(&values);
            let sums: Vec<i128> =
                (0..fixed.slices).map(|slice| values.iter().map(|&value| fixed.digit(value, slice)).sum()).collect();
            prop_assert_eq!(fixed.ratio(&sums, 1), exact_sum(values.iter().copied()));
        }

        #[test]
        fn quotients_are_those_of_the_machine(value in any::<f64>(), divisor in 1..1_u64 << 47) {
            prop_assume!(value.is_finite());
            let fixed = Fixed::of(&[value]);
            let slices: Vec<i128> = (0..fixed.slices).map(|slice| fixed.digit(value, slice)).collect();
            prop_assert_eq!(fixed.ratio(&slices, divisor), value / divisor as f64);
        }
    }
}
