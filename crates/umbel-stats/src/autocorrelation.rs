//! Spatial autocorrelation: global and local, analytic and by permutation.
