//! Values with their weights, checked.

use super::sum::{Sum, blocks, run};
use crate::{Error, error};

/// Which values a measure is defined for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Domain {
    /// All, as long as their mean is above 0.
    Any,
    /// Those of 0 and above, not all 0.
    NotNegative,
    /// Those above 0.
    Positive,
}

/// Values and weights that are checked, with their sums.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Sample<'a> {
    pub values: &'a [f64],
    pub weights: Option<&'a [f64]>,
    /// Sum of the weights.
    pub weight: f64,
    /// Weighted mean.
    pub mean: f64,
    pub least: f64,
    pub greatest: f64,
}

impl<'a> Sample<'a> {
    /// Checks: one value at least, all finite and in the domain, weights not negative and not all 0, mean above 0.
    pub fn new(values: &'a [f64], weights: Option<&'a [f64]>, domain: Domain) -> Result<Sample<'a>, Error> {
        error::at_least("a measure of inequality", 1, "places", values.len())?;
        if let Some(weights) = weights {
            error::length("the weights", values.len(), weights.len())?;
        }
        let parts = blocks(values.len(), 0, |positions| {
            let (mut least, mut greatest, mut wrong) = (f64::INFINITY, f64::NEG_INFINITY, false);
            for value in &values[positions.clone()] {
                least = if *value < least { *value } else { least };
                greatest = if *value > greatest { *value } else { greatest };
                wrong |= value.is_nan();
            }
            let (mut weight, total) = match weights {
                Some(weights) => {
                    let sum = run(positions.clone(), |at| weights[at]);
                    let negative = weights[positions.clone()].iter().any(|weight| weight.is_nan() || *weight < 0.0);
                    wrong |= negative;
                    (sum, run(positions.clone(), |at| weights[at] * values[at]))
                }
                None => (Sum::default(), run(positions.clone(), |at| values[at])),
            };
            if weights.is_none() {
                weight.add(positions.len() as f64);
            }
            (least, greatest, wrong, weight, total)
        });
        let (mut least, mut greatest, mut wrong) = (f64::INFINITY, f64::NEG_INFINITY, false);
        let (mut weight, mut total) = (Sum::default(), Sum::default());
        for part in parts {
            least = least.min(part.0);
            greatest = greatest.max(part.1);
            wrong |= part.2;
            weight.join(part.3);
            total.join(part.4);
        }
        if wrong || !least.is_finite() || !greatest.is_finite() || !weight.value().is_finite() {
            error::finite("the values", values)?;
            check_weights(weights)?;
        }
        let needed = match domain {
            Domain::NotNegative if least < 0.0 => Some("it must be 0 or above"),
            Domain::Positive if least <= 0.0 => Some("it must be above 0"),
            _ => None,
        };
        if let Some(needed) = needed {
            let low = |value: &f64| if domain == Domain::Positive { *value <= 0.0 } else { *value < 0.0 };
            let at = values.iter().position(low).unwrap_or_default();
            return Err(Error::Domain { what: "the values", at, value: values[at], needed });
        }
        let (weight, total) = (weight.value(), total.value());
        if weight <= 0.0 {
            return Err(Error::Parameter { parameter: "weights", message: "all of them are 0".to_owned() });
        }
        let mean = total / weight;
        let message = if !total.is_finite() || !weight.is_finite() {
            "they are too large to be added up; state them in a larger unit"
        } else if total == 0.0 && least == 0.0 && greatest == 0.0 {
            "all of them are 0, so that there is nothing to be shared"
        } else if mean < f64::MIN_POSITIVE {
            "their mean must be above 0"
        } else {
            return Ok(Sample { values, weights, weight, mean, least, greatest });
        };
        Err(Error::Parameter { parameter: "values", message: message.to_owned() })
    }

    /// The weight of a position.
    #[inline]
    pub fn weight_at(&self, at: usize) -> f64 {
        self.weights.map_or(1.0, |weights| weights[at])
    }

    /// Whether all values are the same.
    pub fn constant(&self) -> bool {
        self.least == self.greatest
    }

    /// The weighted mean of a function of positions.
    pub fn mean_of(&self, term: impl Fn(usize) -> f64 + Sync) -> f64 {
        let total = match self.weights {
            Some(weights) => super::sum::total(self.values.len(), |at| weights[at] * term(at)),
            None => super::sum::total(self.values.len(), term),
        };
        total / self.weight
    }
}

/// Checks that weights are finite and not negative.
pub(crate) fn check_weights(weights: Option<&[f64]>) -> Result<(), Error> {
    let Some(weights) = weights else { return Ok(()) };
    error::finite("the weights", weights)?;
    match weights.iter().position(|weight| *weight < 0.0) {
        Some(at) => Err(Error::Domain { what: "the weights", at, value: weights[at], needed: "it must be 0 or above" }),
        None => Ok(()),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn says_what_is_wrong() {
        let of = |values: &[f64], weights: Option<&[f64]>, domain| {
            Sample::new(values, weights, domain).map(|sample| sample.mean).map_err(|error| error.to_string())
        };
        let any = Domain::Any;
        assert_eq!(of(&[1.0, 3.0], None, any), Ok(2.0));
        assert_eq!(of(&[1.0, 3.0], Some(&[3.0, 1.0]), any), Ok(1.5));
        let wrong = [
            (of(&[], None, any), "a measure of inequality needs at least 1 places; there are 0"),
            (of(&[1.0, f64::NAN], None, any), "value 1 of the values is not a finite number"),
            (of(&[f64::INFINITY, 1.0], None, any), "value 0 of the values is not a finite number"),
            (of(&[1.0], Some(&[1.0, 2.0]), any), "the weights has 2 entries, not 1"),
            (of(&[1.0], Some(&[f64::NAN]), any), "value 0 of the weights is not a finite number"),
            (of(&[1.0, 1.0], Some(&[1.0, -2.0]), any), "value 1 of the weights is -2; it must be 0 or above"),
            (of(&[1.0, 1.0], Some(&[0.0, 0.0]), any), "weights: all of them are 0"),
            (of(&[0.0, 0.0], None, any), "values: all of them are 0, so that there is nothing to be shared"),
            (of(&[1.0, -1.0], None, any), "values: their mean must be above 0"),
            (of(&[1.0, -0.5], None, Domain::NotNegative), "value 1 of the values is -0.5; it must be 0 or above"),
            (of(&[1.0, 0.0], None, Domain::Positive), "value 1 of the values is 0; it must be above 0"),
            (of(&[1e308, 1e308], None, any), "values: they are too large to be added up; state them in a larger unit"),
        ];
        for (found, wanted) in wrong {
            assert_eq!(found, Err(wanted.to_owned()));
        }
    }
}
