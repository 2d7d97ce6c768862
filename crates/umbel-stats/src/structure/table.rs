//! A table of places by industries.

use crate::Error;
use crate::error::{at_least, finite};

/// Figures of places by industries, row after row: none is negative, and not all are 0.
#[derive(Clone, Debug, PartialEq)]
pub struct Industries<'a> {
    values: &'a [f64],
    industries: usize,
    of_place: Vec<f64>,
    of_industry: Vec<f64>,
    total: f64,
}

impl<'a> Industries<'a> {
    /// From the figures of the first place in all industries, then of the second, and so on. Linear.
    ///
    /// # Errors
    /// No place or industry, rows of different length, a value that is negative or not finite, all values 0, or values so
    /// large that their sum is not finite.
    pub fn new(values: &'a [f64], industries: usize) -> Result<Industries<'a>, Error> {
        at_least("a table of industries", 1, "industries", industries)?;
        at_least("a table of industries", 1, "values", values.len())?;
        if !values.len().is_multiple_of(industries) {
            let message = format!("{} values do not make rows of {industries} industries", values.len());
            return Err(Error::Parameter { parameter: "industries", message });
        }
        finite("the figures", values)?;
        if let Some(at) = values.iter().position(|&value| value < 0.0) {
            return Err(Error::Domain {
                what: "the figures",
                at,
                value: values[at],
                needed: "a size of an industry must be 0 or more",
            });
        }
        let mut of_industry = vec![0.0; industries];
        let mut of_place = Vec::with_capacity(values.len() / industries);
        for row in values.chunks_exact(industries) {
            row.iter().zip(&mut of_industry).for_each(|(value, sum)| *sum += value);
            of_place.push(row.iter().sum());
        }
        let total: f64 = of_industry.iter().sum();
        if total == 0.0 || !total.is_finite() {
            let message = if total == 0.0 { "they are all 0" } else { "their sum is too large; use a larger unit" };
            return Err(Error::Parameter { parameter: "figures", message: message.to_owned() });
        }
        Ok(Industries { values, industries, of_place, of_industry, total })
    }

    /// Number of places.
    pub fn places(&self) -> usize {
        self.of_place.len()
    }

    /// Number of industries.
    pub fn industries(&self) -> usize {
        self.industries
    }

    /// Figures of a place.
    pub fn row(&self, place: usize) -> &'a [f64] {
        &self.values[place * self.industries..(place + 1) * self.industries]
    }

    /// All figures, place after place.
    pub fn rows(&self) -> impl Iterator<Item = &'a [f64]> {
        self.values.chunks_exact(self.industries)
    }

    /// Sum of each place.
    pub fn of_place(&self) -> &[f64] {
        &self.of_place
    }

    /// Sum of each industry.
    pub fn of_industry(&self) -> &[f64] {
        &self.of_industry
    }

    /// Sum of all.
    pub fn total(&self) -> f64 {
        self.total
    }
}
