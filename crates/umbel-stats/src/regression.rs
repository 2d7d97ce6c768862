//! Regression on places: least squares with diagnostics, spatial lag, error and Durbin models.

/// The response and its explanatory columns, checked.
pub mod design;
/// Direct, indirect and total effects of spatial lag and Durbin models.
pub mod impacts;
/// Least squares with its figures of fit.
pub mod least_squares;
mod likelihood;
/// The logarithm of the determinant of I - rho W, three ways.
pub mod log_determinant;
/// Spatial lag and combined models by generalised moments.
pub mod moments;
/// Spatial error models by generalised moments.
pub mod moments_error;
/// Tests of residuals: normal shape, equal variance.
pub mod residual_tests;
mod search;
/// Spatial error models by maximum likelihood.
pub mod spatial_error;
/// Solving with I - rho W.
pub mod spatial_filter;
/// Spatial lag and Durbin models by maximum likelihood.
pub mod spatial_lag;
/// Tests of least squares for spatial dependence.
pub mod spatial_tests;
#[cfg(test)]
mod tests;
