//! Ratios of the shares of the top and the bottom: Palma, S80/S20.

use super::lorenz::lorenz;
use crate::Error;
use serde::Serialize;

/// The shares of the top and the bottom, and their ratio.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Shares {
    /// Part of the whole that the top has.
    pub top_share: f64,
    /// Part of the whole that the bottom has.
    pub bottom_share: f64,
    /// Top over bottom; `None` where the bottom has nothing.
    pub ratio: Option<f64>,
}

/// What the richest `top` of the people have over what the poorest `bottom` have, both as parts of 1. A place on the
/// border counts in part: the Lorenz curve is straight between its points. O(n log n).
///
/// # Errors
/// As [`lorenz`]; parts that are not between 0 and 1.
pub fn shares(values: &[f64], weights: Option<&[f64]>, top: f64, bottom: f64) -> Result<Shares, Error> {
    for (parameter, part) in [("top", top), ("bottom", bottom)] {
        if !(part > 0.0 && part < 1.0) {
            let message = format!("it is {part}; it must lie between 0 and 1");
            return Err(Error::Parameter { parameter, message });
        }
    }
    let curve = lorenz(values, weights)?;
    let (top_share, bottom_share) = (1.0 - curve.at(1.0 - top), curve.at(bottom));
    let ratio = (bottom_share > 0.0).then(|| top_share / bottom_share).filter(|ratio| ratio.is_finite());
    Ok(Shares { top_share, bottom_share, ratio })
}

/// The Palma ratio: what the richest tenth have over what the poorest four tenths have. O(n log n).
///
/// Source: Palma, Homogeneous middles vs. heterogeneous tails, and the end of the "inverted-U", Development and Change
/// 42(1), 2011; the ratio: Cobham, Sumner, Is it all about the tails? The Palma measure of income inequality, Center for
/// Global Development Working Paper 343, 2013.
///
/// # Errors
/// As [`lorenz`].
pub fn palma(values: &[f64], weights: Option<&[f64]>) -> Result<Shares, Error> {
    shares(values, weights, 0.1, 0.4)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn are_those_of_ten_people() {
        let values = [1.0, 2.0, 3.0, 4.0, 5.0, 6.0, 7.0, 8.0, 9.0, 20.0];
        let found = palma(&values, None).expect("a ratio");
        assert!((found.top_share - 20.0 / 65.0).abs() < 1e-15 && (found.bottom_share - 10.0 / 65.0).abs() < 1e-15);
        assert!((found.ratio.expect("a ratio") - 2.0).abs() < 1e-14);
        let fifths = shares(&values, None, 0.2, 0.2).expect("a ratio");
        assert!((fifths.ratio.expect("a ratio") - 29.0 / 3.0).abs() < 1e-13);
        // Two places: four tenths of the poorer, two tenths of the richer.
        let two = palma(&[1.0, 3.0], None).expect("a ratio");
        assert!((two.top_share - 0.15).abs() < 1e-15 && (two.bottom_share - 0.2).abs() < 1e-15);
        assert!((palma(&[5.0; 4], None).expect("a ratio").ratio.expect("a ratio") - 0.25).abs() < 1e-14);
        assert_eq!(palma(&[0.0, 0.0, 1.0], None).expect("shares").ratio, None);
        assert!(shares(&values, None, 0.0, 0.4).is_err() && shares(&values, None, 0.1, 1.0).is_err());
    }
}
