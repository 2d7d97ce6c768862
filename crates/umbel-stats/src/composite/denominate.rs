//! Dividing an indicator by what makes units of different size comparable.

use crate::Error;

/// Divides each value by the denominator of its unit, times a scale (per 1,000 inhabitants: 1,000). A value without a
/// denominator is missing. Linear.
///
/// Source: Becker et al., COINr: An R package for developing composite indicators, Journal of Open Source Software
/// 7(78), 2022 (`Denominate`).
///
/// # Errors
/// When the lists differ in length, a number is not finite, or a denominator is not above 0.
pub fn denominate(values: &[Option<f64>], denominators: &[Option<f64>], scale: f64) -> Result<Vec<Option<f64>>, Error> {
    crate::error::length("the denominators", values.len(), denominators.len())?;
    let pairs = values.iter().zip(denominators).enumerate();
    pairs
        .map(|(at, (&value, &denominator))| match (value, denominator) {
            (Some(_), Some(denominator)) if denominator.is_nan() || denominator <= 0.0 => {
                let needed = "a value can only be divided by something above 0";
                Err(Error::Domain { what: "the denominators", at, value: denominator, needed })
            }
            (Some(value), Some(denominator)) => {
                let quotient = value / denominator * scale;
                let broken = Error::NotFinite { what: "the denominated indicator", at };
                if quotient.is_finite() { Ok(Some(quotient)) } else { Err(broken) }
            }
            _ => Ok(None),
        })
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn divides_and_refuses_zero() {
        let found = denominate(&[Some(6.0), None, Some(1.0)], &[Some(3.0), Some(1.0), None], 10.0);
        assert_eq!(found, Ok(vec![Some(20.0), None, None]));
        let wrong = denominate(&[Some(6.0)], &[Some(0.0)], 1.0).expect_err("zero");
        assert!(wrong.to_string().contains("above 0"), "{wrong}");
        assert!(denominate(&[Some(6.0)], &[], 1.0).is_err());
        assert!(denominate(&[None], &[Some(0.0)], 1.0).is_ok());
    }
}
