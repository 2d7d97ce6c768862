//! Whether a figure agrees with what was said: comparators, tolerances, bounds.

use umbel_core::{Bound, Comparator};

/// Relative width taken for "about" when nothing else is said: 5 per cent to either side.
pub const ABOUT: f64 = 0.05;

/// A statement about a figure, all in one unit.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Statement {
    /// How the figure is compared.
    pub comparator: Comparator,
    /// Published figure.
    pub value: f64,
    /// High end for [`Comparator::Between`].
    pub high: Option<f64>,
    /// Absolute tolerance.
    pub tolerance: f64,
}

/// The absolute tolerance of a published figure, in its unit.
///
/// `written` is the tolerance as written: a number, or a percentage of the value. When empty: half a unit of the last
/// published digit for `=`; that or 5 per cent of the value, whichever is more, for `about`; nothing for the others,
/// since "over 10" is not kept by 9.9.
pub fn tolerance(written: &str, comparator: Comparator, value: f64, value_text: &str) -> f64 {
    let number = |text: &str| text.trim().parse::<f64>().ok().filter(|n| n.is_finite()).map(f64::abs);
    let given = match written.trim().strip_suffix('%') {
        Some(percent) => number(percent).map(|percent| percent / 100.0 * value.abs()),
        None => number(written),
    };
    let digit = || half_of_last_digit(value_text);
    given.unwrap_or_else(|| match comparator {
        Comparator::Equal => digit(),
        Comparator::About => digit().max(ABOUT * value.abs()),
        _ => 0.0,
    })
}

/// Half a unit of the last digit of a number as written: 0.05 for `9.7`, 0.5 for `3000`.
fn half_of_last_digit(text: &str) -> f64 {
    let (mantissa, exponent) = text.trim().split_once(['e', 'E']).unwrap_or((text.trim(), "0"));
    let decimals = mantissa.split_once('.').map_or(0, |(_, decimals)| decimals.len() as i32);
    let exponent: i32 = exponent.parse().unwrap_or(0);
    0.5 * 10_f64.powi(exponent.saturating_sub(decimals).clamp(-300, 300))
}

/// The values that a figure may have: low and high end, and whether each is itself possible.
#[derive(Clone, Copy, Debug)]
struct Possible {
    low: (f64, bool),
    high: (f64, bool),
}

impl Possible {
    fn new(value: f64, bound: Bound) -> Possible {
        match bound {
            Bound::Exact => Possible { low: (value, true), high: (value, true) },
            Bound::Above => Possible { low: (value, false), high: (f64::INFINITY, false) },
            Bound::Below => Possible { low: (f64::NEG_INFINITY, false), high: (value, false) },
            Bound::About => {
                let width = ABOUT * value.abs();
                Possible { low: (value - width, true), high: (value + width, true) }
            }
        }
    }

    /// Whether every (`Some(true)`), no (`Some(false)`) or some possible value lies in the range; ends may be left out.
    fn within(self, from: (f64, bool), to: (f64, bool)) -> Option<bool> {
        // An end that is possible must be allowed; one that is not possible may coincide with one that is not allowed.
        let above = self.low.0 > from.0 || (self.low.0 == from.0 && (from.1 || !self.low.1));
        let below = self.high.0 < to.0 || (self.high.0 == to.0 && (to.1 || !self.high.1));
        let all_under = self.high.0 < from.0 || (self.high.0 == from.0 && !(from.1 && self.high.1));
        let all_over = self.low.0 > to.0 || (self.low.0 == to.0 && !(to.1 && self.low.1));
        match (above && below, all_under || all_over) {
            (true, _) => Some(true),
            (_, true) => Some(false),
            _ => None,
        }
    }
}

/// Whether a statement holds on a figure; `None` when the bound of the figure leaves it open.
///
/// An exact figure always decides. The tolerance widens what is accepted, by a billionth more against rounding.
pub fn holds(statement: &Statement, value: f64, bound: Bound) -> Option<bool> {
    let Statement { comparator, value: said, high, tolerance } = *statement;
    let slack = if tolerance > 0.0 { tolerance + 1e-9 * (tolerance + said.abs()) } else { 0.0 };
    let (least, most) = ((f64::NEG_INFINITY, true), (f64::INFINITY, true));
    let (from, to) = match comparator {
        Comparator::Equal | Comparator::About => ((said - slack, true), (said + slack, true)),
        Comparator::Less => (least, (said + slack, slack > 0.0)),
        Comparator::LessEqual => (least, (said + slack, true)),
        Comparator::Greater => ((said - slack, slack > 0.0), most),
        Comparator::GreaterEqual => ((said - slack, true), most),
        Comparator::Between => ((said - slack, true), (high.unwrap_or(said) + slack, true)),
    };
    // What is said to be about so much is not contradicted by a figure stated in the same way.
    let bound = if (comparator, bound) == (Comparator::About, Bound::About) { Bound::Exact } else { bound };
    Possible::new(value, bound).within(from, to)
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn judge(comparator: Comparator, said: &str, value: f64, bound: Bound) -> Option<bool> {
        let number = said.parse().expect("a number");
        let tolerance = tolerance("", comparator, number, said);
        holds(&Statement { comparator, value: number, high: None, tolerance }, value, bound)
    }

    #[test]
    fn published_digits_give_the_tolerance() {
        assert_eq!(tolerance("", Comparator::Equal, 9.7, "9.7"), 0.05);
        assert_eq!(tolerance("", Comparator::Equal, 3000.0, "3000"), 0.5);
        assert_eq!(tolerance("1%", Comparator::Equal, 216_000.0, "216000"), 2160.0);
        assert_eq!(tolerance("2", Comparator::Greater, 10.0, "10"), 2.0);
        assert_eq!(tolerance("", Comparator::Greater, 10.0, "10"), 0.0);
    }

    #[test]
    fn bounds_are_three_valued() {
        assert_eq!(judge(Comparator::Greater, "140", 140.0, Bound::Above), Some(true));
        assert_eq!(judge(Comparator::Greater, "150", 140.0, Bound::Above), None);
        assert_eq!(judge(Comparator::Less, "140", 140.0, Bound::Above), Some(false));
        assert_eq!(judge(Comparator::Less, "3000", 3000.0, Bound::Below), Some(true));
        assert_eq!(judge(Comparator::GreaterEqual, "3000", 3000.0, Bound::Below), Some(false));
        assert_eq!(judge(Comparator::Equal, "3000", 3000.0, Bound::About), None);
        assert_eq!(judge(Comparator::About, "3000", 3000.0, Bound::About), Some(true));
        assert_eq!(judge(Comparator::About, "66.7", 66.7, Bound::About), Some(true));
        assert_eq!(judge(Comparator::About, "3000", 2000.0, Bound::About), Some(false));
    }

    #[test]
    fn over_ten_is_not_kept_by_a_little_less() {
        assert_eq!(judge(Comparator::Greater, "10", 9.966, Bound::Exact), Some(false));
        assert_eq!(judge(Comparator::Greater, "10", 10.029, Bound::Exact), Some(true));
        assert_eq!(judge(Comparator::Equal, "34", 34.5, Bound::Exact), Some(true));
        assert_eq!(judge(Comparator::Equal, "34", 34.51, Bound::Exact), Some(false));
    }

    proptest! {
        /// What holds on a bounded figure holds on every exact figure that the bound allows, and the other way round.
        #[test]
        fn a_bound_never_claims_more_than_its_values(
            said in -50_i32..50, value in -50_i32..50, other in 0_i32..40, kind in 0_usize..6, tolerance in 0_i32..3,
        ) {
            let comparators = [Comparator::Equal, Comparator::Less, Comparator::LessEqual, Comparator::Greater,
                Comparator::GreaterEqual, Comparator::Between];
            let statement = Statement {
                comparator: comparators[kind], value: f64::from(said), high: Some(f64::from(said + 5)),
                tolerance: f64::from(tolerance),
            };
            for (bound, allowed) in [(Bound::Above, value + 1 + other), (Bound::Below, value - 1 - other)] {
                if let Some(verdict) = holds(&statement, f64::from(value), bound) {
                    prop_assert_eq!(holds(&statement, f64::from(allowed), Bound::Exact), Some(verdict));
                }
            }
            prop_assert!(holds(&statement, f64::from(value), Bound::Exact).is_some());
        }
    }
}
