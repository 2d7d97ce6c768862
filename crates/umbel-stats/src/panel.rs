//! Panels: fixed effects, event studies, difference-in-differences, synthetic control.
