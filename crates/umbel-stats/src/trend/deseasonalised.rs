use super::mann_kendall::level;
use super::slopes::{Merge, Points};
use super::stl::{Options as Stl, Seasonal, weighted};
use super::theil_sen::intercept;
use crate::Error;
use crate::error::{at_least, finite, length};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use umbel_core::random::Stream;

/// Parameters of a seasonal trend.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// Number of seasons in a cycle; the seasons are taken away when it is above 1.
    pub period: usize,
    /// Cycles over which seasons are smoothed, an odd number.
    pub seasonal: usize,
    /// 1 - confidence of the interval.
    pub alpha: f64,
    /// Number of bootstrap samples.
    pub samples: u32,
    /// Length of the blocks that are drawn, which keeps the autocorrelation within them: 1 takes the values as
    /// independent; none: the cube root of n.
    pub block: Option<usize>,
    /// Seed of the samples.
    pub seed: u64,
}

impl Options {
    /// The usual options: robust seasons over 11 cycles, 999 samples of blocks as long as the cube root of n.
    pub fn new(period: usize) -> Options {
        Options { period, seasonal: 11, alpha: 0.05, samples: 999, block: None, seed: 0 }
    }
}

/// Trend of a series without its seasons.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
pub struct SeasonalTrend {
    /// Slope of Theil and Sen per cycle (a year where the seasons are months).
    pub slope: f64,
    /// Ends of the percentile interval of the bootstrap.
    pub slope_low: f64,
    /// See `slope_low`.
    pub slope_high: f64,
    /// The line's value at step 0.
    pub intercept: f64,
    /// Twice the smaller share of bootstrap slopes on one side of 0, never below 1 / (samples + 1).
    pub p_bootstrap: f64,
    /// Slope in per cent of the line's value at the first observation, per cycle; none when that is not above 0.
    pub slope_percent_of_first: Option<f64>,
    /// Slope in per cent of the mean of the observations, per cycle; none when that is not above 0.
    pub slope_percent_of_mean: Option<f64>,
    /// The observations less their seasons.
    pub deseasonalised: Vec<f64>,
    /// Length of the blocks.
    pub block: usize,
    /// Number of values.
    pub n: usize,
}

/// Takes the seasons away (robust STL), then fits the slope of Theil and Sen, with an interval from a moving-block
/// bootstrap that keeps autocorrelation.
///
/// `steps` are the positions of the values in time, ascending; without them they are 0, 1, 2, ... Steps without a value
/// have no weight in the decomposition and no part in the slope. O(samples n log n); the samples run in parallel and
/// each has a stream of its own, so that the result depends on the seed alone.
///
/// # Errors
/// Fewer than six values, less than two cycles of steps, steps that do not ascend, fewer than 99 samples, a block longer
/// than the series, or values that are not finite.
///
/// Source: Carslaw, Ropkins, openair: an R package for air quality data analysis, Environmental Modelling and Software
/// 27-28, 2012, section 3.3; the blocks: Kunsch, The jackknife and the bootstrap for general stationary observations,
/// Annals of Statistics 17, 1989, section 2.3.
pub fn seasonal_trend(values: &[f64], steps: Option<&[u32]>, options: &Options) -> Result<SeasonalTrend, Error> {
    level(options.alpha)?;
    finite("the values", values)?;
    at_least("a seasonal trend", 6, "values", values.len())?;
    let n = values.len();
    let steps: Vec<u32> = steps.map_or_else(|| (0..n as u32).collect(), <[u32]>::to_vec);
    length("the steps", n, steps.len())?;
    let refuse = |parameter, message: String| Err(Error::Parameter { parameter, message });
    if !steps.is_sorted_by(|a, b| a < b) {
        return refuse("steps", "they must ascend, each once".to_owned());
    }
    if options.samples < 99 {
        return refuse("samples", format!("there are {}; take at least 99", options.samples));
    }
    let block = options.block.unwrap_or(((n as f64).cbrt().round() as usize).max(1));
    if block == 0 || block > n {
        return refuse("block", format!("it is {block}; it must lie between 1 and the number of values, {n}"));
    }
    let deseasonalised = if options.period > 1 { without_seasons(values, &steps, options)? } else { values.to_vec() };
    let period = options.period.max(1) as f64;
    let times: Vec<f64> = steps.iter().map(|&step| f64::from(step) / period).collect();
    let mut points = Points::new("a seasonal trend", &deseasonalised, Some(&times))?;
    let slope = points.median(&mut Merge::default());
    let intercept = intercept(&points, slope)?;
    let mut slopes: Vec<f64> = (0..u64::from(options.samples))
        .into_par_iter()
        .map_init(Merge::default, |merge, sample| {
            let mut stream = Stream::new(options.seed, sample);
            let (mut x, mut t) = (Vec::with_capacity(n + block), Vec::with_capacity(n + block));
            // A sample whose values are all of one time has no slope: very short series draw again.
            for _ in 0..64 {
                x.clear();
                t.clear();
                while x.len() < n {
                    let from = stream.below((n - block + 1) as u64) as usize;
                    x.extend_from_slice(&deseasonalised[from..from + block]);
                    t.extend_from_slice(&times[from..from + block]);
                }
                x.truncate(n);
                t.truncate(n);
                if let Ok(mut points) = Points::new("a sample", &x, Some(&t)) {
                    return points.median(merge);
                }
            }
            slope
        })
        .collect();
    slopes.sort_unstable_by(f64::total_cmp);
    let all = slopes.len() as f64;
    let low = (options.alpha / 2.0 * all).round() as usize;
    let (below, level) = (
        slopes.iter().filter(|&&slope| slope < 0.0).count() as f64,
        slopes.iter().filter(|&&slope| slope == 0.0).count() as f64,
    );
    let smaller = (below + 0.5 * level).min(all - below - 0.5 * level);
    let percent = |base: f64| (base > 0.0).then(|| 100.0 * slope / base);
    Ok(SeasonalTrend {
        slope,
        slope_low: slopes[low.min(slopes.len() - 1)],
        slope_high: slopes[slopes.len().saturating_sub(low + 1)],
        intercept,
        p_bootstrap: (2.0 * smaller / all).clamp(1.0 / (all + 1.0), 1.0),
        slope_percent_of_first: percent(intercept + slope * times[0]),
        slope_percent_of_mean: percent(values.iter().sum::<f64>() / n as f64),
        deseasonalised,
        block,
        n,
    })
}

/// The values less their seasons.
fn without_seasons(values: &[f64], steps: &[u32], options: &Options) -> Result<Vec<f64>, Error> {
    let (first, period) = (steps[0], options.period);
    let at = |step: u32| (step - first) as usize;
    let length = at(steps[steps.len() - 1]) + 1;
    // Seasons are numbered from the first value; a gap takes a value of its season, which only matters where a whole
    // window of the season is missing, since it has no weight.
    let mut filled = vec![None; length];
    for (&step, &value) in steps.iter().zip(values) {
        filled[at(step)] = Some(value);
    }
    let known: Vec<bool> = filled.iter().map(Option::is_some).collect();
    let mut last: Vec<Option<f64>> =
        (0..period).map(|season| filled.iter().skip(season).step_by(period).find_map(|value| *value)).collect();
    let mean = values.iter().sum::<f64>() / values.len() as f64;
    let series: Vec<f64> = filled
        .iter()
        .enumerate()
        .map(|(at, value)| {
            let season = &mut last[at % period];
            *season = value.or(*season);
            season.unwrap_or(mean)
        })
        .collect();
    let stl = Stl { seasonal: Seasonal::Window(options.seasonal), robust: true, ..Stl::new(period) };
    let gaps = known.iter().any(|known| !known);
    let parts = weighted(&series, gaps.then_some(&known[..]), &stl)?;
    Ok(steps.iter().zip(values).map(|(&step, value)| value - parts.seasonal[at(step)]).collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    fn series(n: u32) -> Vec<f64> {
        let mut stream = Stream::new(11, 0);
        let mut rest = 0.0;
        (0..n)
            .map(|t| {
                rest = 0.5 * rest + 0.3 * stream.normal();
                50.0 - 0.2 * f64::from(t) / 12.0 + 8.0 * (f64::from(t) * std::f64::consts::TAU / 12.0).sin() + rest
            })
            .collect()
    }

    #[test]
    fn the_slope_behind_the_seasons_is_found() {
        let found = seasonal_trend(&series(240), None, &Options::new(12)).expect("a trend");
        assert!((found.slope + 0.2).abs() < 0.03 && found.slope_low < found.slope && found.slope < found.slope_high);
        assert!(found.slope_low < -0.2 && -0.2 < found.slope_high && found.p_bootstrap < 0.01, "{found:?}");
        assert!((found.slope_percent_of_first.expect("percent") + 0.4).abs() < 0.06);
        assert_eq!((found.block, found.n), (6, 240));
        // Blocks see the autocorrelation that single values hide.
        let alone =
            seasonal_trend(&series(240), None, &Options { block: Some(1), ..Options::new(12) }).expect("a trend");
        assert!(alone.slope_high - alone.slope_low < found.slope_high - found.slope_low);
    }

    #[test]
    fn gaps_change_little() {
        let values = series(240);
        let steps: Vec<u32> = (0..240).filter(|step| !(30..44).contains(step) && step % 17 != 3).collect();
        let some: Vec<f64> = steps.iter().map(|&step| values[step as usize]).collect();
        let found = seasonal_trend(&some, Some(&steps), &Options::new(12)).expect("a trend");
        assert!((found.slope + 0.2).abs() < 0.04, "{}", found.slope);
        assert_eq!(found.deseasonalised.len(), steps.len());
        // Without their seasons the values keep within the noise of their line.
        let line = |at: usize| found.intercept + found.slope * f64::from(steps[at]) / 12.0;
        assert!(found.deseasonalised.iter().enumerate().all(|(at, value)| (value - line(at)).abs() < 2.0));
    }

    #[test]
    fn threads_change_nothing() {
        let run = |threads| {
            let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
            pool.install(|| seasonal_trend(&series(60), None, &Options::new(12)).expect("a trend"))
        };
        assert_eq!(run(1), run(2));
    }

    #[test]
    fn short_level_and_broken_series() {
        let level = seasonal_trend(&[5.0; 30], None, &Options::new(12)).expect("a trend");
        assert!(level.slope.abs() < 1e-12 && level.p_bootstrap > 0.0);
        assert_eq!(seasonal_trend(&[5.0; 30], None, &Options::new(1)).expect("a trend").p_bootstrap, 1.0);
        assert!(seasonal_trend(&[5.0; 5], None, &Options::new(1)).is_err());
        assert!(seasonal_trend(&[5.0; 20], None, &Options::new(12)).is_err());
        assert!(seasonal_trend(&series(60), None, &Options { samples: 10, ..Options::new(12) }).is_err());
        assert!(seasonal_trend(&series(60), None, &Options { block: Some(61), ..Options::new(12) }).is_err());
    }
}
