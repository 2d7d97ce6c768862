//! LISA Markov: how places move between the quadrants of the Moran scatter plot.

use super::chain::{Chain, Initial, chain, parts, transitions};
use super::homogeneity::{Test, against_expected};
use super::periods;
use crate::{Error, Weights, error};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

/// What moves under independence are taken from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Independence {
    /// The steps of each place, and of its lag, from period to period: below the mean of the period or not.
    #[default]
    OverTime,
    /// The steps from each place to the next in their order, period by period: below the place's mean over time or not.
    /// This is what giddy 2.3.8 computes, by exchanging rows and columns; it depends on the order of the places and is
    /// here for comparison only.
    AcrossPlaces,
}

/// Moves between the quadrants: own value and that of the neighbours high or low.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct LisaMarkov {
    /// The quadrant of each place, period by period: 1 high-high, 2 low-high, 3 low-low, 4 high-low (own value, lag).
    pub quadrants: Vec<Vec<u8>>,
    /// The chain of the four quadrants in that order.
    pub chain: Chain,
    /// Transitions that are expected when a place and its neighbours move independently of each other.
    pub expected_independent: Vec<Vec<f64>>,
    /// Observed transitions against them.
    pub independence: Test,
}

/// 1 where a value over the mean is below 1.
fn low(relative: impl Iterator<Item = f64>) -> Vec<u32> {
    relative.map(|value| u32::from(value < 1.0)).collect()
}

/// The Markov chain of the quadrants of the Moran scatter plot. Above the mean of its period a value, and a lag of
/// deviations above 0, is high; all else is low. Weights are meant to be row-standardised; an island's lag is low.
/// Under independence the chain is the product of the chain of own values (below the mean or not) and that of the lags.
/// O(periods x pairs).
///
/// Source: Rey, Spatial empirics for economic growth and convergence, Geographical Analysis 33(3), 2001.
///
/// # Errors
/// Fewer than 2 periods; periods of different places or with values that are not finite or a mean not above 0; weights of
/// another number of places.
pub fn lisa_markov<P: AsRef<[f64]>>(
    periods: &[P],
    weights: &Weights,
    independence: Independence,
) -> Result<LisaMarkov, Error> {
    let places = periods::check("a LISA Markov chain", 2, periods)?;
    error::length("the places of the weights", places, weights.len())?;
    let (mut quadrants, mut own, mut lag) = (Vec::new(), Vec::new(), Vec::new());
    for period in periods {
        let values = period.as_ref();
        let mean = values.iter().sum::<f64>() / places as f64;
        if !(mean > 0.0 && mean.is_finite()) {
            let message = format!("the mean of a period is {mean}; it must be above 0");
            return Err(Error::Parameter { parameter: "values", message });
        }
        let over: Vec<f64> = values.iter().map(|value| value - mean).collect();
        let over_lags = weights.lag(&over);
        let quadrant = |(over, lag): (&f64, &f64)| match (*over > 0.0, *lag > 0.0) {
            (true, true) => 1,
            (false, true) => 2,
            (false, false) => 3,
            (true, false) => 4,
        };
        quadrants.push(over.iter().zip(&over_lags).map(quadrant).collect::<Vec<u8>>());
        if independence == Independence::OverTime {
            own.push(low(values.iter().map(|value| value / mean)));
            lag.push(low(weights.lag(values).iter().map(|lag| lag / mean)));
        }
    }
    if independence == Independence::AcrossPlaces {
        let lags: Vec<Vec<f64>> = periods.iter().map(|period| weights.lag(period.as_ref())).collect();
        for (place, lag_of) in (0..places).map(|place| (place, lags.iter().map(move |lags| lags[place]))) {
            let values: Vec<f64> = periods.iter().map(|period| period.as_ref()[place]).collect();
            let mean = values.iter().sum::<f64>() / periods.len() as f64;
            own.push(low(values.iter().map(|value| value / mean)));
            lag.push(low(lag_of.map(|lag| lag / mean)));
        }
        error::at_least("independence across places", 2, "places", places)?;
    }
    let classes: Vec<Vec<u32>> =
        quadrants.iter().map(|period| period.iter().map(|&quadrant| u32::from(quadrant) - 1).collect()).collect();
    let chain = chain(&transitions(&classes, 4)?, Initial::Uniform)?;
    let own: Vec<Vec<f64>> = transitions(&own, 2)?.iter().map(|row| parts(row)).collect();
    let lag: Vec<Vec<f64>> = transitions(&lag, 2)?.iter().map(|row| parts(row)).collect();
    // Own value and lag of each quadrant: 0 high, 1 low.
    let levels = [(0, 0), (1, 0), (1, 1), (0, 1)];
    let expected: Vec<Vec<f64>> = chain
        .transitions
        .iter()
        .zip(levels)
        .map(|(row, from)| {
            let count = row.iter().sum::<u64>() as f64;
            levels.iter().map(|to| count * own[from.0][to.0] * lag[from.1][to.1]).collect()
        })
        .collect();
    let independence = against_expected(&chain.transitions, &expected);
    Ok(LisaMarkov { quadrants, chain, expected_independent: expected, independence })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn quadrants_are_those_of_the_scatter_plot() {
        let pair = |a: u32, b: u32| (a, vec![(b, 1.0)]);
        let rows = [pair(0, 1), pair(1, 0), pair(2, 3), pair(3, 2)].map(|(_, row)| row);
        let weights = Weights::from_rows(rows).expect("weights");
        let found = lisa_markov(&[[9.0, 8.0, 1.0, 2.0], [9.0, 1.0, 8.0, 2.0]], &weights, Independence::OverTime)
            .expect("a chain");
        assert_eq!(found.quadrants, [[1, 1, 3, 3], [4, 2, 4, 2]]);
        assert_eq!(found.chain.transitions[0], [0, 1, 0, 1]);
        assert_eq!(found.expected_independent[1], [0.0; 4]);
    }

    #[test]
    fn the_order_of_places_does_not_matter() {
        let rows: Vec<Vec<f64>> =
            (0..6).map(|time| (0..8).map(|at| f64::from((at * 7 + time * 5 + at * time) % 11 + 1)).collect()).collect();
        let ring = |at: u32| [((at + 1) % 8, 0.5), ((at + 7) % 8, 0.5)];
        let weights = Weights::from_rows((0..8).map(ring)).expect("weights");
        let found = lisa_markov(&rows, &weights, Independence::OverTime).expect("a chain");
        let turned: Vec<Vec<f64>> = rows.iter().map(|row| row.iter().rev().copied().collect()).collect();
        let other = lisa_markov(&turned, &weights, Independence::OverTime).expect("a chain");
        assert_eq!((&found.chain, found.expected_independent), (&other.chain, other.expected_independent));
    }

    #[test]
    fn degenerate_histories_are_defined_or_refused() {
        let islands = Weights::from_rows(vec![Vec::new(); 3]).expect("weights");
        let of = |periods: &[[f64; 3]]| lisa_markov(periods, &islands, Independence::OverTime);
        let constant = of(&[[2.0; 3], [2.0; 3]]).expect("a chain");
        assert_eq!((constant.quadrants[0].clone(), constant.independence.p), (vec![3; 3], None));
        assert!(of(&[[2.0; 3]]).is_err() && of(&[[-1.0, 0.0, 1.0]; 2]).is_err());
        assert!(lisa_markov(&[[2.0; 2]; 2], &islands, Independence::OverTime).is_err());
    }
}
