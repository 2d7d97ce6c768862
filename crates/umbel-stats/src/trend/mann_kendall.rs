use super::autocorrelation::autocorrelations;
use super::ranks::mean_ranks;
use super::score::{Direction, Score, verdict, z_of};
use super::slopes::{Merge, Points};
use super::theil_sen::intercept;
use crate::Error;
use crate::distribution::normal_quantile;
use crate::error::{at_least, finite};
use rayon::prelude::*;
use serde::{Deserialize, Serialize};
use std::cell::RefCell;

/// How the test allows for autocorrelation, which makes a trend seem surer than it is.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Variant {
    /// Not at all: values of different times are taken as independent.
    #[default]
    Original,
    /// The variance of S is corrected by those autocorrelations of the detrended ranks that are significant at `alpha`
    /// (Hamed, Rao, A modified Mann-Kendall trend test for autocorrelated data, Journal of Hydrology 204, 1998).
    HamedRao,
    /// The variance of S is corrected by the autocorrelations of the detrended values (Yue, Wang, The Mann-Kendall test
    /// modified by effective sample size, Water Resources Management 18, 2004).
    YueWang,
    /// The part of each value that the one before it explains is taken away first (von Storch 1995; Yue, Wang, Water
    /// Resources Research 38(6), 2002). A trend is weakened by it.
    PreWhitening,
    /// The same with the trend taken away before and put back after (Yue, Pilon, Phinney, Cavadias, Hydrological
    /// Processes 16, 2002).
    TrendFreePreWhitening,
}

/// What the corrections for autocorrelation take the trend away with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Detrend {
    /// The slope times the time since the first value.
    #[default]
    Time,
    /// The slope times the number of values before, whatever the times: the same without gaps in steps of 1; with gaps,
    /// part of the trend is left. For comparison with programs that do this.
    Order,
}

/// Result of a Mann-Kendall test.
#[derive(Clone, Copy, Debug, PartialEq, Serialize, Deserialize)]
pub struct MannKendall {
    /// What the test says at its level; none where it is undefined.
    pub trend: Option<Direction>,
    /// Rising less falling pairs of values (after whitening, where the variant whitens).
    pub s: f64,
    /// Variance of S, ties and autocorrelation allowed for.
    pub variance_s: f64,
    /// S over the number of pairs (Kendall's tau-a).
    pub tau: f64,
    /// (S - 1) / sd for S above 0, (S + 1) / sd below, 0 for 0. None when the corrected variance is not above 0.
    pub z: Option<f64>,
    /// Two-sided p of z from the standard normal.
    pub p_two_sided: Option<f64>,
    /// Slope of Theil and Sen, per unit of time.
    pub slope: f64,
    /// median(values) - slope * median(times).
    pub intercept: f64,
    /// Number of values.
    pub n: usize,
}

/// Parameters of the test.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Options {
    /// How autocorrelation is allowed for.
    pub variant: Variant,
    /// Level of significance, of the trend and of the autocorrelations of Hamed and Rao.
    pub alpha: f64,
    /// The first so many lags of `HamedRao` and `YueWang`; none: all.
    pub lags: Option<usize>,
    /// How the trend is taken away before autocorrelation is looked at.
    pub detrend: Detrend,
}

impl Default for Options {
    fn default() -> Options {
        Options { variant: Variant::Original, alpha: 0.05, lags: None, detrend: Detrend::Time }
    }
}

thread_local! {
    static MERGE: RefCell<Merge> = RefCell::default();
}

/// Tests a series for a monotonic trend.
///
/// `times`, ascending, are needed for the slope only: the test itself knows the order alone, and the corrections for
/// autocorrelation count one lag from each value to the next. Without them the values are at 0, 1, 2, ...; leave out
/// missing values and give the times of the others. O(n log n); with `HamedRao` or `YueWang` over all lags O(n²).
///
/// A series without any variation has S = 0 whatever its order, so z is 0 and p is 1. Where the detrended series does
/// not vary there is no autocorrelation to correct for.
///
/// # Errors
/// Fewer than two values (three with a variant that corrects), values that are not finite, times that do not ascend.
///
/// Source: Mann, Nonparametric tests against trend, Econometrica 13, 1945; Kendall, Rank Correlation Methods, 4th
/// edition, 1975, chapter 5; Gilbert, Statistical Methods for Environmental Pollution Monitoring, 1987, equations 16.1
/// to 16.5.
pub fn mann_kendall(values: &[f64], times: Option<&[f64]>, options: &Options) -> Result<MannKendall, Error> {
    MERGE.with(|merge| test(values, times, options, &mut merge.borrow_mut()))
}

/// Tests many series, in parallel. The same as one after the other.
pub fn mann_kendall_all<S: AsRef<[f64]> + Sync>(series: &[S], options: &Options) -> Vec<Result<MannKendall, Error>> {
    series.par_iter().map(|values| mann_kendall(values.as_ref(), None, options)).collect()
}

/// Checks a level of significance.
pub(crate) fn level(alpha: f64) -> Result<(), Error> {
    if alpha > 0.0 && alpha < 1.0 {
        return Ok(());
    }
    let message = format!("it is {alpha}; it must lie between 0 and 1, as 0.05 does");
    Err(Error::Parameter { parameter: "alpha", message })
}

fn test(values: &[f64], times: Option<&[f64]>, options: &Options, merge: &mut Merge) -> Result<MannKendall, Error> {
    level(options.alpha)?;
    finite("the values", values)?;
    at_least("a Mann-Kendall test", if options.variant == Variant::Original { 2 } else { 3 }, "values", values.len())?;
    if times.is_some_and(|times| !times.is_sorted_by(|a, b| a < b)) {
        let message = "they must ascend, each once".to_owned();
        return Err(Error::Parameter { parameter: "times", message });
    }
    let mut points = Points::new("a Mann-Kendall test", values, times)?;
    let own = Score::of(values, merge);
    points.counted(&own);
    let slope = points.median(merge);
    let intercept = intercept(&points, slope)?;
    let size = values.iter().fold(0.0_f64, |size, value| size.max(value.abs()));
    let order: Vec<f64>;
    let since = match options.detrend {
        Detrend::Time => points.since(),
        Detrend::Order => {
            order = (0..values.len()).map(|at| at as f64).collect();
            &order
        }
    };
    let detrended = || -> Vec<f64> { values.iter().zip(since).map(|(x, t)| x - (t + 1.0) * slope).collect() };
    let (score, correction) = match options.variant {
        Variant::Original => (own, 1.0),
        Variant::HamedRao => {
            let factor = hamed_rao(&detrended(), size, options);
            (own, factor)
        }
        Variant::YueWang => {
            let factor = yue_wang(&detrended(), size, options.lags);
            (own, factor)
        }
        Variant::PreWhitening => (Score::of(&whitened(values, size), merge), 1.0),
        Variant::TrendFreePreWhitening => {
            let mut rest = whitened(&detrended(), size);
            rest.iter_mut().zip(&since[1..]).for_each(|(x, t)| *x += t * slope);
            (Score::of(&rest, merge), 1.0)
        }
    };
    let (s, variance_s) = (score.s(), score.variance() * correction);
    let z = z_of(s, variance_s);
    let (p_two_sided, trend) = verdict(z, options.alpha);
    let tau = s / score.pairs() as f64;
    Ok(MannKendall { trend, s, variance_s, tau, z, p_two_sided, slope, intercept, n: values.len() })
}

/// What is left of each value but the first when lag-one autocorrelation is taken away.
fn whitened(values: &[f64], size: f64) -> Vec<f64> {
    let first = autocorrelations(values, 1, size).map_or(0.0, |lags| lags[1]);
    values.windows(2).map(|pair| pair[1] - pair[0] * first).collect()
}

/// n / n* of Hamed and Rao, equation 13.
fn hamed_rao(detrended: &[f64], size: f64, options: &Options) -> f64 {
    let n = detrended.len() as f64;
    let last = options.lags.unwrap_or(detrended.len() - 1);
    // Ranks of nothing but rounding mean nothing.
    if autocorrelations(detrended, 0, size).is_none() {
        return 1.0;
    }
    let Some(lags) = autocorrelations(&mean_ranks(detrended), last, 1.0) else { return 1.0 };
    let bound = normal_quantile(1.0 - options.alpha / 2.0) / n.sqrt();
    let significant = lags.iter().enumerate().skip(1).filter(|(_, lag)| lag.abs() > bound);
    let sum: f64 = significant.map(|(i, lag)| (n - i as f64) * (n - i as f64 - 1.0) * (n - i as f64 - 2.0) * lag).sum();
    1.0 + 2.0 / (n * (n - 1.0) * (n - 2.0)) * sum
}

/// n / n* of Yue and Wang, equation 7 (Bayley, Hammersley 1946).
fn yue_wang(detrended: &[f64], size: f64, last: Option<usize>) -> f64 {
    let n = detrended.len() as f64;
    let Some(lags) = autocorrelations(detrended, last.unwrap_or(detrended.len() - 1), size) else { return 1.0 };
    1.0 + 2.0 * lags.iter().enumerate().skip(1).map(|(i, lag)| (1.0 - i as f64 / n) * lag).sum::<f64>()
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const ALL: [Variant; 5] =
        [Variant::Original, Variant::HamedRao, Variant::YueWang, Variant::PreWhitening, Variant::TrendFreePreWhitening];

    fn of(values: &[f64], variant: Variant) -> Result<MannKendall, Error> {
        mann_kendall(values, None, &Options { variant, ..Options::default() })
    }

    #[test]
    fn level_and_straight_series_are_defined() {
        for variant in ALL {
            let level = of(&[7.0; 30], variant).expect("a test");
            assert_eq!((level.s, level.z, level.p_two_sided), (0.0, Some(0.0), Some(1.0)), "{variant:?}");
            assert_eq!((level.trend, level.slope), (Some(Direction::NoTrend), 0.0));
            // Whole numbers: the line leaves no rest at all.
            let line: Vec<f64> = (0..30).map(|t| 2.0 * f64::from(t) - 1.0).collect();
            let line = of(&line, variant).expect("a test");
            assert_eq!(line.slope, 2.0);
            if variant != Variant::PreWhitening {
                assert_eq!((line.tau, line.trend), (1.0, Some(Direction::Increasing)), "{variant:?}");
            }
        }
    }

    #[test]
    fn a_variance_below_nothing_gives_no_p() {
        // Alternating values: so much negative autocorrelation that the corrected variance vanishes.
        let values: Vec<f64> = (0..24).map(|t| f64::from(t % 2) * 10.0 + 0.01 * f64::from(t * t % 7)).collect();
        let mut undefined = 0;
        for lags in 1..23 {
            let options = Options { variant: Variant::YueWang, lags: Some(lags), ..Options::default() };
            let found = mann_kendall(&values, None, &options).expect("a test");
            if found.variance_s <= 0.0 {
                assert_eq!((found.z, found.p_two_sided, found.trend), (None, None, None));
                undefined += 1;
            }
        }
        assert!(undefined > 0);
    }

    #[test]
    fn short_and_broken_series_are_refused() {
        assert!(of(&[1.0], Variant::Original).is_err());
        assert!(of(&[1.0, 2.0], Variant::HamedRao).is_err());
        assert!(of(&[1.0, f64::NAN, 2.0], Variant::Original).is_err());
        let options = Options { alpha: 0.0, ..Options::default() };
        assert!(mann_kendall(&[1.0, 2.0], None, &options).is_err());
        assert!(mann_kendall(&[1.0, 2.0], Some(&[1.0, 1.0]), &Options::default()).is_err());
        for variant in ALL {
            let three = of(&[1.0, 2.0, 4.0], variant).expect("a test");
            assert!(three.p_two_sided.is_none_or(|p| (0.0..=1.0).contains(&p)));
        }
        let two = of(&[1.0, 2.0], Variant::Original).expect("a test");
        assert_eq!((two.s, two.z, two.p_two_sided), (1.0, Some(0.0), Some(1.0)));
    }

    #[test]
    fn gaps_count_in_the_slope() {
        let found =
            mann_kendall(&[1.0, 2.0, 7.0], Some(&[2000.0, 2001.0, 2006.0]), &Options::default()).expect("a test");
        assert_eq!((found.slope, found.s, found.intercept), (1.0, 3.0, 2.0 - 2001.0));
    }

    proptest! {
        #[test]
        fn reversed_time_changes_the_sign(values in prop::collection::vec(-20_i32..20, 3..200)) {
            let forward: Vec<f64> = values.iter().map(|&v| f64::from(v)).collect();
            let back: Vec<f64> = forward.iter().rev().copied().collect();
            let (a, b) = (of(&forward, Variant::Original).expect("a"), of(&back, Variant::Original).expect("b"));
            prop_assert_eq!((a.s, a.variance_s, a.slope, a.p_two_sided), (-b.s, b.variance_s, -b.slope, b.p_two_sided));
        }

        #[test]
        fn a_monotone_change_of_the_values_leaves_s(values in prop::collection::vec(-30_i32..30, 2..200)) {
            let plain: Vec<f64> = values.iter().map(|&v| f64::from(v)).collect();
            let bent: Vec<f64> = plain.iter().map(|v| (v / 10.0).exp() - 3.0).collect();
            let (a, b) = (of(&plain, Variant::Original).expect("a"), of(&bent, Variant::Original).expect("b"));
            prop_assert_eq!((a.s, a.variance_s, a.tau, a.z), (b.s, b.variance_s, b.tau, b.z));
        }

        #[test]
        fn s_is_the_sum_of_signs(values in prop::collection::vec(-5_i32..5, 2..60)) {
            let plain: Vec<f64> = values.iter().map(|&v| f64::from(v)).collect();
            let pairs = (0..values.len()).flat_map(|i| (i + 1..values.len()).map(move |j| (i, j)));
            let sum: i32 = pairs.map(|(i, j)| (values[j] - values[i]).signum()).sum();
            prop_assert_eq!(of(&plain, Variant::Original).expect("a test").s, f64::from(sum));
        }

        #[test]
        fn together_as_one_by_one(series in prop::collection::vec(prop::collection::vec(-1e3..1e3, 3..150), 1..12)) {
            let options = Options { variant: Variant::HamedRao, ..Options::default() };
            let one: Vec<_> = series.iter().map(|values| mann_kendall(values, None, &options)).collect();
            for threads in [1, 2] {
                let pool = rayon::ThreadPoolBuilder::new().num_threads(threads).build().expect("threads");
                prop_assert_eq!(&pool.install(|| mann_kendall_all(&series, &options)), &one);
            }
        }
    }
}
