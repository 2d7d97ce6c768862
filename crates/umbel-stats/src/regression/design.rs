//! The response and its explanatory columns.

use crate::linear::Basis;
use crate::{Error, Weights, error};

/// A response y and the columns X that explain it, a column of ones in front, checked.
#[derive(Clone, Debug)]
pub struct Design {
    response: Vec<f64>,
    columns: Vec<Vec<f64>>,
    basis: Basis,
}

impl Design {
    /// From the response and the explanatory columns, without the constant, which is put in front. O(n k^2).
    ///
    /// # Errors
    /// Lists that differ in length or are not finite; a response or a column that does not vary; a column that depends
    /// on those before it; too few places (two more than coefficients are needed).
    pub fn new(response: &[f64], columns: &[Vec<f64>]) -> Result<Design, Error> {
        let places = response.len();
        error::finite("the response", response)?;
        if columns.is_empty() {
            let message = "at least one explanatory column is needed".to_owned();
            return Err(Error::Parameter { parameter: "explained_by", message });
        }
        for column in columns {
            error::length("an explanatory column", places, column.len())?;
            error::finite("an explanatory column", column)?;
        }
        error::at_least("a regression with these columns", columns.len() + 3, "places", places)?;
        let constant = |values: &[f64]| values.iter().all(|value| value == &values[0]);
        if constant(response) {
            return Err(Error::Constant { what: "the response" });
        }
        if columns.iter().any(|column| constant(column)) {
            return Err(Error::Constant { what: "an explanatory column" });
        }
        Design::with_constant(response, columns)
    }

    fn with_constant(response: &[f64], columns: &[Vec<f64>]) -> Result<Design, Error> {
        let mut all = vec![vec![1.0; response.len()]];
        all.extend(columns.iter().cloned());
        error::at_least("a regression with these columns", all.len() + 2, "places", response.len())?;
        let basis = Basis::of(all.clone(), None)?;
        if let Some(at) = basis.collinear().first() {
            let why = format!("explanatory column {at} depends on those before it (or on the constant)");
            return Err(Error::Singular { what: "the regression", why });
        }
        Ok(Design { response: response.to_vec(), columns: all, basis })
    }

    /// The same with the spatial lags of the columns (not of the constant) behind them, in their order: the design of
    /// Durbin's model.
    ///
    /// # Errors
    /// When a lag depends on other columns.
    pub fn with_lags(&self, weights: &Weights) -> Result<Design, Error> {
        error::length("the weights", self.places(), weights.len())?;
        let mut columns = self.columns[1..].to_vec();
        columns.extend(self.columns[1..].iter().map(|column| weights.lag(column)));
        Design::with_constant(&self.response, &columns)
    }

    /// Number of places.
    pub fn places(&self) -> usize {
        self.response.len()
    }

    /// Number of columns, the constant among them.
    pub fn width(&self) -> usize {
        self.columns.len()
    }

    /// The response.
    pub fn response(&self) -> &[f64] {
        &self.response
    }

    /// All columns, the constant first.
    pub fn columns(&self) -> &[Vec<f64>] {
        &self.columns
    }

    /// The orthonormal basis of the columns.
    pub fn basis(&self) -> &Basis {
        &self.basis
    }

    /// X b.
    pub fn fitted(&self, coefficients: &[f64]) -> Vec<f64> {
        let mut fitted = vec![0.0; self.places()];
        for (column, factor) in self.columns.iter().zip(coefficients) {
            crate::linear::add_scaled(&mut fitted, *factor, column);
        }
        fitted
    }
}

/// The squared correlation of two lists; `None` when one does not vary.
pub(crate) fn squared_correlation(a: &[f64], b: &[f64]) -> Option<f64> {
    let centred = |values: &[f64]| -> Vec<f64> {
        let mean = values.iter().sum::<f64>() / values.len() as f64;
        values.iter().map(|value| value - mean).collect()
    };
    let (a, b) = (centred(a), centred(b));
    let inner = |a: &[f64], b: &[f64]| crate::linear::dot(a, b);
    let size = inner(&a, &a) * inner(&b, &b);
    (size > 0.0).then(|| inner(&a, &b).powi(2) / size)
}
