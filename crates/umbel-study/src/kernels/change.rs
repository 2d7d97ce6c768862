//! Change of a figure against a base.

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// How a change is stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// Difference to the base, in the unit of the figure.
    Absolute,
    /// Difference to the base in per cent of the base.
    Percent,
    /// Constant yearly rate, in per cent, that leads from the base to the figure (compound growth).
    AnnualAverage,
    /// Figure with the base set to 100.
    Index,
}

/// The change from `base` to `value` over `years` years. Per cent and index points are plain numbers (5.8 = 5.8 %).
///
/// `None` where it is not defined: percent and index on a base that is not above zero, a yearly rate from or to a
/// figure that is not above zero or over no time.
pub fn change(form: Form, base: f64, value: f64, years: f64) -> Option<f64> {
    let result = match form {
        Form::Absolute => value - base,
        Form::Percent if base > 0.0 => (value - base) / base * 100.0,
        Form::Index if base > 0.0 => value / base * 100.0,
        Form::AnnualAverage if base > 0.0 && value > 0.0 && years != 0.0 => {
            // By way of logarithms, so that a small rate keeps its digits.
            ((value / base).ln() / years).exp_m1() * 100.0
        }
        _ => return None,
    };
    Some(result).filter(|value| value.is_finite())
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    #[test]
    fn states_a_change() {
        assert_eq!(change(Form::Absolute, 8.0, 10.0, 1.0), Some(2.0));
        assert_eq!(change(Form::Percent, 8.0, 10.0, 1.0), Some(25.0));
        assert_eq!(change(Form::Index, 8.0, 10.0, 1.0), Some(125.0));
        let rate = change(Form::AnnualAverage, 100.0, 121.0, 2.0).expect("a rate");
        assert!((rate - 10.0).abs() < 1e-12);
        // Backwards in time: what rate led from the earlier figure to the base.
        let rate = change(Form::AnnualAverage, 121.0, 100.0, -2.0).expect("a rate");
        assert!((rate - 10.0).abs() < 1e-12);
    }

    #[test]
    fn is_not_defined_on_a_base_that_is_not_positive() {
        for base in [0.0, -1.0] {
            for form in [Form::Percent, Form::Index, Form::AnnualAverage] {
                assert_eq!(change(form, base, 5.0, 1.0), None, "{form:?} {base}");
            }
            assert_eq!(change(Form::Absolute, base, 5.0, 1.0), Some(5.0 - base));
        }
        assert_eq!(change(Form::AnnualAverage, 1.0, -5.0, 1.0), None);
        assert_eq!(change(Form::AnnualAverage, 1.0, 5.0, 0.0), None);
    }

    proptest! {
        #[test]
        fn an_index_is_100_at_its_base(base in 1e-6_f64..1e9) {
            prop_assert_eq!(change(Form::Index, base, base, 0.0), Some(100.0));
        }

        #[test]
        fn the_yearly_rate_leads_back(base in 1e-3_f64..1e6, value in 1e-3_f64..1e6, years in 1.0_f64..50.0) {
            let rate = change(Form::AnnualAverage, base, value, years).expect("defined");
            prop_assert!((base * (1.0 + rate / 100.0).powf(years) / value - 1.0).abs() < 1e-9);
        }
    }
}
