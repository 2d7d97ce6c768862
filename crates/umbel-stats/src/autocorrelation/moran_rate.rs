//! Moran's I of rates, with the variance that small populations bring taken out.

use super::moran::{Moran, moran};
use super::significance::Test;
use crate::error::{finite, length};
use crate::{Error, Weights};
use serde::Serialize;

/// Moran's I of empirical Bayes standardised rates.
#[derive(Clone, Debug, PartialEq, Serialize)]
pub struct MoranRate {
    /// The standardised rates.
    pub rates: Vec<f64>,
    /// Moran's I of them.
    pub moran: Moran,
}

/// Moran's I of rates events / population, each rate less the mean over its own standard deviation. Cost as
/// [`moran`].
///
/// Source: Assunção, Reis, A new proposal to adjust Moran's I for population density, Statistics in Medicine 18, 1999.
///
/// # Errors
/// As [`standardised_rates`] and [`moran`].
pub fn moran_rate(events: &[f64], population: &[f64], weights: &Weights, test: &Test) -> Result<MoranRate, Error> {
    length("the events", weights.len(), events.len())?;
    let rates = standardised_rates(events, population)?;
    let moran = moran(&rates, weights, test)?;
    Ok(MoranRate { rates, moran })
}

/// Rates less their mean b, over the square root of a + b / population (b / population where that is negative), with
/// b = all events / all population and a = the variance of rates, weighted by population, less b / mean population.
/// Linear.
///
/// # Errors
/// When a population is not above 0, events are negative, or there are none at all.
pub fn standardised_rates(events: &[f64], population: &[f64]) -> Result<Vec<f64>, Error> {
    length("the population", events.len(), population.len())?;
    finite("the events", events)?;
    finite("the population", population)?;
    let outside = |what, values: &[f64], at: Option<usize>, needed| match at {
        Some(at) => Err(Error::Domain { what, at, value: values[at], needed }),
        None => Ok(()),
    };
    outside("the events", events, events.iter().position(|&x| x < 0.0), "it must not be below 0")?;
    outside("the population", population, population.iter().position(|&x| x <= 0.0), "it must be above 0")?;
    let all: f64 = population.iter().sum();
    let mean = events.iter().sum::<f64>() / all;
    if mean <= 0.0 {
        return Err(Error::Constant { what: "the events" });
    }
    let pairs = || events.iter().zip(population).map(|(event, population)| (event / population, population));
    let spread = pairs().map(|(rate, population)| population * (rate - mean) * (rate - mean)).sum::<f64>() / all;
    let between = spread - mean / (all / events.len() as f64);
    let one = |(rate, population): (f64, &f64)| {
        let variance = between + mean / population;
        (rate - mean) / if variance < 0.0 { mean / population } else { variance }.sqrt()
    };
    let rates: Vec<f64> = pairs().map(one).collect();
    finite("the standardised rates", &rates)?;
    Ok(rates)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn agrees_with_the_peer() {
        // esda 2.8.2, assuncao_rate: the example of its documentation.
        let events = [30.0, 25.0, 25.0, 15.0, 33.0, 21.0, 30.0, 20.0];
        let population = [100.0, 100.0, 110.0, 90.0, 100.0, 90.0, 110.0, 90.0];
        let rates = standardised_rates(&events, &population).expect("rates");
        for (rate, wanted) in rates.iter().zip([1.03843594, -0.04099089, -0.56250375, -1.73061861]) {
            assert!((rate - wanted).abs() < 5e-9, "{rate} is not {wanted}");
        }
        assert!(standardised_rates(&[0.0, 0.0], &[1.0, 2.0]).is_err());
        assert!(standardised_rates(&[1.0], &[0.0]).is_err());
        assert!(standardised_rates(&[-1.0], &[5.0]).is_err());
    }
}
