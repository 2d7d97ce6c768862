//! Intervals of confidence by drawing places again.

use super::percentiles::linear;
use crate::distribution::{normal_below, normal_quantile};
use crate::{Error, error};
use rayon::prelude::*;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_core::random::Stream;

/// How an interval is read from the samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Interval {
    /// From the percentiles of the samples.
    Percentile,
    /// From percentiles corrected for bias and for an error that grows with the figure ("bias-corrected and
    /// accelerated"): more exact for lopsided figures such as measures of inequality.
    #[default]
    Bca,
}

/// An interval of confidence.
#[derive(Clone, Copy, Debug, PartialEq, Serialize)]
pub struct Bootstrap {
    /// Lower end.
    pub lower: f64,
    /// Upper end.
    pub upper: f64,
    /// Level of confidence.
    pub level: f64,
    /// Standard deviation of the samples (divisor: samples less 1).
    pub standard_error: f64,
    /// Mean of the samples less the figure.
    pub bias: f64,
    /// Samples for which the figure is defined.
    pub samples: usize,
    /// Samples for which it is not (all values drawn are 0): they are left out.
    pub undefined: usize,
}

/// How to draw.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Draws {
    /// Number of samples.
    pub samples: usize,
    /// Level of confidence, such as 0.95.
    pub level: f64,
    /// How the interval is read.
    pub interval: Interval,
    /// Seed of the random numbers.
    pub seed: u64,
}

/// The interval of confidence of a figure of `places` places: each sample draws as many places, with return, and
/// `figure` gives the figure of the places drawn (positions, in the order of drawing).
///
/// Sample number k draws from the stream k of the seed, so that the threads do not matter. Cost: the figure once for each
/// sample, and once for each place with [`Interval::Bca`] (leaving out one place at a time).
///
/// Source: Efron, Tibshirani, An Introduction to the Bootstrap, 1993, equations 13.5 (percentile) and 14.10, 14.14,
/// 14.15 (BCa).
///
/// # Errors
/// Fewer than 2 places or 10 samples; a level not between 0 and 1; a figure that is not defined for all the places, for
/// no sample, or (BCa) without one of the places; all samples on one side of the figure (BCa).
pub fn bootstrap(
    places: usize,
    draws: Draws,
    figure: impl Fn(&[u32]) -> Result<f64, Error> + Sync,
) -> Result<Bootstrap, Error> {
    error::at_least("an interval by bootstrap", 2, "places", places)?;
    error::at_least("an interval by bootstrap", 10, "samples", draws.samples)?;
    if !(draws.level > 0.0 && draws.level < 1.0) {
        let message = format!("it is {}; it must lie between 0 and 1", draws.level);
        return Err(Error::Parameter { parameter: "level", message });
    }
    let all: Vec<u32> = (0..places as u32).collect();
    let estimate = figure(&all)?;
    let sample = |drawn: &mut Vec<u32>, number: u64| {
        let mut stream = Stream::new(draws.seed, number);
        drawn.clear();
        drawn.extend((0..places).map(|_| stream.below(places as u64) as u32));
        figure(drawn).ok().filter(|value| value.is_finite())
    };
    let found: Vec<Option<f64>> = (0..draws.samples as u64).into_par_iter().map_init(Vec::new, sample).collect();
    let mut samples: Vec<f64> = found.into_iter().flatten().collect();
    samples.sort_unstable_by(f64::total_cmp);
    error::at_least("an interval by bootstrap", 2, "samples for which the figure is defined", samples.len())?;
    let without: Vec<f64> = match draws.interval {
        Interval::Percentile => Vec::new(),
        Interval::Bca => {
            let leave = |drawn: &mut Vec<u32>, place: usize| {
                drawn.clear();
                drawn.extend(all.iter().filter(|&&at| at as usize != place));
                figure(drawn)
            };
            (0..places).into_par_iter().map_init(Vec::new, leave).collect::<Result<_, _>>()?
        }
    };
    let (lower, upper) = ends(estimate, &samples, &without, draws)?;
    let count = samples.len() as f64;
    let mean = samples.iter().sum::<f64>() / count;
    let squares: f64 = samples.iter().map(|value| (value - mean) * (value - mean)).sum();
    Ok(Bootstrap {
        lower,
        upper,
        level: draws.level,
        standard_error: (squares / (count - 1.0)).sqrt(),
        bias: mean - estimate,
        samples: samples.len(),
        undefined: draws.samples - samples.len(),
    })
}

/// The ends of the interval: `samples` ascend, `without` has the figure without each place.
fn ends(estimate: f64, samples: &[f64], without: &[f64], draws: Draws) -> Result<(f64, f64), Error> {
    let tail = (1.0 - draws.level) / 2.0;
    // All the same: there is nothing to correct.
    if draws.interval == Interval::Percentile || samples.first() == samples.last() {
        return Ok((linear(samples, tail), linear(samples, 1.0 - tail)));
    }
    let below = samples.partition_point(|&value| value < estimate);
    let to = samples.partition_point(|&value| value <= estimate);
    // Half of those that are the same count as below.
    let bias = normal_quantile((below + to) as f64 / (2 * samples.len()) as f64);
    if !bias.is_finite() {
        let message = "all samples lie on one side of the figure, so that the corrected interval is not defined; \
            draw more samples or use \"percentile\"";
        return Err(Error::Parameter { parameter: "interval", message: message.to_owned() });
    }
    let mean = without.iter().sum::<f64>() / without.len() as f64;
    let (squares, cubes) = without.iter().fold((0.0, 0.0), |(squares, cubes), value| {
        let less = mean - value;
        (squares + less * less, cubes + less * less * less)
    });
    let acceleration = if squares > 0.0 { cubes / (6.0 * squares * squares.sqrt()) } else { 0.0 };
    let end = |part: f64| {
        let z = bias + normal_quantile(part);
        linear(samples, normal_below(bias + z / (1.0 - acceleration * z)).clamp(0.0, 1.0))
    };
    Ok((end(tail), end(1.0 - tail)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::inequality::gini::{Divisor, gini};

    const PEER_SAMPLES: [f64; 25] = [
        12.0, 9.0, 6.4, 6.2, 7.8, 9.0, 9.2, 6.6, 6.4, 3.6, 6.0, 7.6, 6.6, 5.4, 8.2, 3.4, 7.4, 3.8, 10.2, 7.2, 3.2, 7.8,
        7.6, 4.8, 9.0,
    ];
    const PEER_PERCENTILE: (f64, f64) = (3.4399999999999995, 10.0);
    const PEER_BCA: (f64, f64) = (3.237144783889436, 8.269444049163459);

    fn draws(interval: Interval) -> Draws {
        Draws { samples: 400, level: 0.9, interval, seed: 5 }
    }

    #[test]
    fn reads_the_ends_as_the_peer_does() {
        // scipy 1.17.1, stats.bootstrap of np.mean, confidence_level 0.9: its 25 samples, the figure and the intervals.
        let values = [1.0, 2.0, 4.0, 8.0, 16.0];
        let mut samples = PEER_SAMPLES.to_vec();
        samples.sort_unstable_by(f64::total_cmp);
        let whole: f64 = values.iter().sum();
        let without: Vec<f64> = values.iter().map(|value| (whole - value) / 4.0).collect();
        for (interval, wanted) in [(Interval::Percentile, PEER_PERCENTILE), (Interval::Bca, PEER_BCA)] {
            let found = ends(whole / 5.0, &samples, &without, draws(interval)).expect("an interval");
            assert!((found.0 - wanted.0).abs() < 1e-12 && (found.1 - wanted.1).abs() < 1e-12, "{found:?}");
        }
    }

    #[test]
    fn covers_what_it_should() {
        // The mean of normal values: the interval covers 0 about nine times in ten.
        let covered = |interval| {
            let one = |number: u64| {
                let mut stream = Stream::new(77, number);
                let values: Vec<f64> = (0..40).map(|_| stream.normal()).collect();
                let mean = |at: &[u32]| Ok(at.iter().map(|&at| values[at as usize]).sum::<f64>() / at.len() as f64);
                let found = bootstrap(40, Draws { seed: number, ..draws(interval) }, mean).expect("an interval");
                u32::from(found.lower <= 0.0 && found.upper >= 0.0)
            };
            (0..300).map(one).sum::<u32>()
        };
        for interval in [Interval::Percentile, Interval::Bca] {
            let covered = covered(interval);
            assert!((248..=290).contains(&covered), "{covered} of 300");
        }
    }

    #[test]
    fn degenerate_figures_are_defined_or_refused() {
        let constant = bootstrap(5, draws(Interval::Bca), |_| Ok(2.0)).expect("an interval");
        assert_eq!((constant.lower, constant.upper, constant.standard_error, constant.bias), (2.0, 2.0, 0.0, 0.0));
        assert!(bootstrap(1, draws(Interval::Bca), |_| Ok(2.0)).is_err());
        assert!(bootstrap(5, Draws { samples: 9, ..draws(Interval::Bca) }, |_| Ok(2.0)).is_err());
        assert!(bootstrap(5, Draws { level: 1.0, ..draws(Interval::Bca) }, |_| Ok(2.0)).is_err());
        // Not defined for samples of zeros alone.
        let values = [0.0, 0.0, 1.0];
        let of = |at: &[u32]| {
            let drawn: Vec<f64> = at.iter().map(|&at| values[at as usize]).collect();
            gini(&drawn, None, Divisor::Population)
        };
        let found = bootstrap(3, draws(Interval::Percentile), of).expect("an interval");
        assert!(found.undefined > 60 && found.samples + found.undefined == 400, "{found:?}");
        assert!(bootstrap(3, draws(Interval::Bca), of).is_err());
        // The greatest value: no sample lies above it.
        let greatest = |at: &[u32]| Ok(at.iter().map(|&at| f64::from(at)).fold(0.0, f64::max));
        let found = bootstrap(4, draws(Interval::Bca), greatest);
        assert!(found.is_ok_and(|found| found.upper == 3.0));
        let below = |at: &[u32]| Ok(if at.is_sorted_by(|a, b| a < b) { 7.0 } else { f64::from(at[0]) });
        assert!(bootstrap(6, draws(Interval::Bca), below).is_err());
    }

    #[test]
    fn threads_give_the_same_bits() {
        let values: Vec<f64> = (0..50).map(|at| f64::from(at * at % 17 + 1)).collect();
        let run = |threads: usize| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            let of = |at: &[u32]| {
                let drawn: Vec<f64> = at.iter().map(|&at| values[at as usize]).collect();
                gini(&drawn, None, Divisor::Population)
            };
            pool.install(|| bootstrap(50, draws(Interval::Bca), of).expect("an interval"))
        };
        assert_eq!(run(1), run(2));
    }
}
