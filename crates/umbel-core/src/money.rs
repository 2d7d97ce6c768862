//! Money: whole smallest units of a currency.

use crate::unit::{Dimension, Unit};
use serde::{Deserialize, Serialize};
use std::fmt;

/// An amount in hundredths of a currency (fen, cents), exact.
///
/// Currency is the annotation of its unit: `CNY`, or `CNY_2022` at the prices of 2022. Amounts of different
/// currencies or price years do not add.
#[derive(Clone, Debug, PartialEq, Eq, Hash, Serialize, Deserialize)]
pub struct Money {
    /// Hundredths of the currency.
    pub minor: i128,
    /// The annotation: currency, with the price year if any.
    pub currency: String,
}

impl Money {
    /// Reads decimal text in a money unit: `"35.69"` in `10*8.{CNY}` is 3 569 000 000.00 yuan, exactly.
    ///
    /// `None` when the unit is not a currency, the text is no decimal, or the amount is no whole number of hundredths.
    pub fn parse(text: &str, unit: &Unit) -> Option<Money> {
        let currency = match unit.dimensions() {
            [(Dimension::Annotation(name), 1)] if is_currency(name) => name.to_string(),
            _ => return None,
        };
        let (negative, digits) = text.strip_prefix('-').map_or((false, text), |rest| (true, rest));
        let (whole, decimals) = digits.split_once('.').unwrap_or((digits, ""));
        if (whole.is_empty() && decimals.is_empty())
            || !(whole.bytes().chain(decimals.bytes())).all(|b| b.is_ascii_digit())
        {
            return None;
        }
        let number: i128 = format!("{whole}{decimals}").parse().ok()?;
        let (numerator, denominator) = unit.scale();
        let numerator = number.checked_mul(100)?.checked_mul(numerator)?;
        let denominator = 10_i128.checked_pow(u32::try_from(decimals.len()).ok()?)?.checked_mul(denominator)?;
        if numerator % denominator != 0 {
            return None;
        }
        let minor = numerator / denominator;
        Some(Money { minor: if negative { -minor } else { minor }, currency })
    }

    /// The sum, if both are of one currency.
    pub fn checked_add(&self, other: &Money) -> Option<Money> {
        if self.currency != other.currency {
            return None;
        }
        Some(Money { minor: self.minor.checked_add(other.minor)?, currency: self.currency.clone() })
    }
}

/// Whether an annotation names a currency: three capital letters, with or without `_` and a year.
pub fn is_currency(annotation: &str) -> bool {
    let (code, year) = annotation.split_once('_').unwrap_or((annotation, "0000"));
    code.len() == 3
        && code.bytes().all(|b| b.is_ascii_uppercase())
        && year.len() == 4
        && year.bytes().all(|b| b.is_ascii_digit())
}

impl fmt::Display for Money {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let sign = if self.minor < 0 { "-" } else { "" };
        let minor = self.minor.unsigned_abs();
        write!(f, "{sign}{}.{:02} {}", minor / 100, minor % 100, self.currency)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn is_exact() {
        let unit = Unit::parse("10*8.{CNY}").expect("a unit");
        let money = Money::parse("35.69", &unit).expect("money");
        assert_eq!(money.to_string(), "3569000000.00 CNY");
        assert_eq!(Money::parse("-0.1", &Unit::parse("{EUR_2015}").expect("a unit")).map(|m| m.minor), Some(-10));
    }

    #[test]
    fn refuses_what_is_no_money() {
        let yuan = Unit::parse("{CNY}").expect("a unit");
        assert_eq!(Money::parse("0.001", &yuan), None);
        assert_eq!(Money::parse("1e3", &yuan), None);
        assert_eq!(Money::parse("1", &Unit::parse("{person}").expect("a unit")), None);
    }
}
