//! Regression on places: least squares with diagnostics, spatial lag, error and Durbin models.
