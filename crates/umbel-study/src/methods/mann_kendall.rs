//! `mann_kendall`: a monotonic trend in each place.

use crate::analysis::{Analysis, Key, Name, Outcome, Over, Quantity, Sample, Table, UnitOf, Wanted};
use crate::kernels::periods::{Steps, series};
use crate::over_places;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_stats::trend::Direction;
use umbel_stats::trend::mann_kendall::{Options, Variant, mann_kendall};
use umbel_stats::trend::seasonal::{correlated_seasonal_mann_kendall, seasonal_mann_kendall};
use umbel_stats::trend::theil_sen::theil_sen;

/// How the test allows for autocorrelation and seasons.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// Years are independent of each other.
    #[default]
    Original,
    /// The variance is corrected by significant autocorrelations (Hamed and Rao 1998).
    HamedRao,
    /// The variance is corrected by all autocorrelations (Yue and Wang 2004).
    YueWang,
    /// Autocorrelation is taken away first (von Storch 1995).
    PreWhitening,
    /// The same without weakening the trend (Yue and others 2002).
    TrendFreePreWhitening,
    /// Each season by itself (Hirsch, Slack and Smith 1982).
    Seasonal,
    /// The same where seasons depend on each other (Hirsch and Slack 1984).
    CorrelatedSeasonal,
}

fn year() -> u32 {
    12
}

fn level() -> f64 {
    0.05
}

over_places! {
    /// Parameters of `mann_kendall`.
    pub struct MannKendall {
        /// The indicator, or the column of a file.
        pub of: String,
        /// How autocorrelation and seasons are allowed for.
        #[serde(default)]
        pub variant: Test,
        /// Number of seasons in a year, of the seasonal variants.
        #[serde(default = "year")]
        pub period: u32,
        /// Level of significance; the interval of the slope has the confidence 1 - alpha.
        #[serde(default = "level")]
        pub alpha: f64,
    }
}

/// What was found in one place.
struct Found {
    trend: Option<Direction>,
    s: f64,
    variance_s: f64,
    tau: f64,
    z: Option<f64>,
    p_two_sided: Option<f64>,
    slope: f64,
    ends: Option<(f64, f64)>,
    intercept: f64,
}

/// A direction as a word.
pub(super) fn word(direction: Direction) -> Name {
    Name::Borrowed(match direction {
        Direction::Increasing => "increasing",
        Direction::Decreasing => "decreasing",
        Direction::NoTrend => "no trend",
    })
}

impl MannKendall {
    fn test(&self, values: &[f64], times: &[f64], steps: Option<&Steps>, at: &[usize]) -> Result<Found, String> {
        let text = |error: umbel_stats::Error| error.to_string();
        let variant = match self.variant {
            Test::Original => Variant::Original,
            Test::HamedRao => Variant::HamedRao,
            Test::YueWang => Variant::YueWang,
            Test::PreWhitening => Variant::PreWhitening,
            Test::TrendFreePreWhitening => Variant::TrendFreePreWhitening,
            Test::Seasonal | Test::CorrelatedSeasonal => {
                let steps = steps.ok_or("the periods are not evenly spaced")?.of(at);
                let test = match self.variant {
                    Test::Seasonal => seasonal_mann_kendall,
                    _ => correlated_seasonal_mann_kendall,
                };
                let found = test(values, Some(&steps), self.period as usize, self.alpha).map_err(text)?;
                return Ok(Found {
                    trend: found.trend,
                    s: found.s,
                    variance_s: found.variance_s,
                    tau: found.tau,
                    z: found.z,
                    p_two_sided: found.p_two_sided,
                    slope: found.slope,
                    ends: None,
                    intercept: found.intercept,
                });
            }
        };
        let options = Options { variant, alpha: self.alpha, ..Options::default() };
        let found = mann_kendall(values, Some(times), &options).map_err(text)?;
        let line = theil_sen(values, Some(times), 1.0 - self.alpha).map_err(text)?;
        Ok(Found {
            trend: found.trend,
            s: found.s,
            variance_s: found.variance_s,
            tau: found.tau,
            z: found.z,
            p_two_sided: found.p_two_sided,
            slope: found.slope,
            ends: Some((line.slope_low, line.slope_high)),
            intercept: found.intercept,
        })
    }
}

impl Analysis for MannKendall {
    const NAME: &'static str = "mann_kendall";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Mann-Kendall test: whether each place rises or falls over the periods, and how fast.";
    const FORMULA: &'static str = "S = Σᵢ<ⱼ sgn(xⱼ − xᵢ); z = (S ∓ 1) / √var(S), var(S) = [n(n − 1)(2n + 5) − Σ t(t − 1)(2t + 5)] / 18; slope = median of (xⱼ − xᵢ) / (tⱼ − tᵢ)";
    const CITATION: &'static str = "Mann, Econometrica 13, 1945; Kendall, Rank Correlation Methods, 1975, equation 5.5; Sen, JASA 63, 1968, equations 2.6 and 6.1; Hamed and Rao, Journal of Hydrology 204, 1998, equation 13; Yue and Wang, Water Resources Management 18, 2004, equation 7; Yue and others, Hydrological Processes 16, 2002; Hirsch, Slack and Smith, Water Resources Research 18(1), 1982; Hirsch and Slack, Water Resources Research 20(6), 1984.";
    const ASSUMPTIONS: &'static str = "The original test takes the periods as independent; neighbouring years seldom are, and then p is too small: compare a variant that corrects. Periods without a figure are left out; slopes use the true time between periods. The intercept is the line's value at the first period of the sample. A place with fewer than two figures has no result.";
    const NOT_FOR: &'static str = "Series that rise and then fall; forecasts; fewer than about eight periods, where nothing but the strongest trend shows.";
    const EXAMPLE: &'static str = r#"[ageing_trend]
method = "mann_kendall"
of = "aged"
variant = "hamed_rao"
among = { kind = "county" }
title = { en = "Does the county age, and how fast?" }"#;
    const OVER: Over = Over::Panel;
    const RESULTS: &'static [Quantity] = &[
        Quantity::place("slope", "Slope of Theil and Sen, for each year.")
            .in_unit(UnitOf::FiguresPerYear)
            .with_band("slope_low", "slope_high"),
        Quantity::place("trend", "What the test says at its level.").of_words(&[
            "increasing",
            "decreasing",
            "no trend",
        ]),
        Quantity::place("tau", "Kendall's tau: S over the number of pairs."),
        Quantity::place("s", "Rising less falling pairs of periods."),
        Quantity::place("z", "S over its standard deviation, corrected for continuity."),
        Quantity::place("p_two_sided", "Two-sided p from the standard normal."),
        Quantity::place("intercept", "The line's value at the first period.").in_unit(UnitOf::Figures),
    ];

    fn columns(&self) -> Vec<Wanted> {
        vec![Wanted::numbers("of", &self.of)]
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        let mut problems = Vec::new();
        let mut say = |name: &str, what: String, fix: &str| problems.push((name.to_owned(), what, fix.to_owned()));
        if !(self.alpha > 0.0 && self.alpha < 0.5) {
            say("alpha", format!("The level is {}.", self.alpha), "Take one between 0 and 0.5, such as 0.05.");
        }
        if self.period < 1 {
            say("period", "A year has no seasons.".to_owned(), "Give their number, such as 12 for months.");
        }
        problems
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let all = sample.by_place("of")?;
        let steps = Steps::of_times(&sample.times);
        let (mut places, mut found, mut without) = (Vec::new(), Vec::new(), 0);
        for (place, values) in all.iter().enumerate() {
            let (values, times, at) = series(values, &sample.times);
            if values.len() < 2 {
                without += 1;
                continue;
            }
            match self.test(&values, &times, steps.as_ref(), &at) {
                Ok(one) => {
                    places.push(place as u32);
                    found.push((one, values.len()));
                }
                Err(error) if all.len() == 1 => return Err(error),
                Err(_) => without += 1,
            }
        }
        if found.is_empty() {
            return Err(format!("no place has enough figures for a trend ({without} looked at)"));
        }
        let mut outcome = Outcome::new();
        let count = |wanted: Direction| found.iter().filter(|one| one.0.trend == Some(wanted)).count();
        outcome.figure("n", found.len());
        outcome.figure("increasing", count(Direction::Increasing));
        outcome.figure("decreasing", count(Direction::Decreasing));
        outcome.figure("no_trend", count(Direction::NoTrend));
        if without > 0 {
            outcome.note(format!(
                "{without} of {} places have too few figures, or too regular ones, for the test",
                all.len()
            ));
        }
        let undefined = found.iter().filter(|one| one.0.z.is_none()).count();
        if undefined > 0 {
            outcome.note(format!(
                "in {undefined} places the corrected variance is not above 0, so that there is no p; see another variant"
            ));
        }
        let numbers = |of: &dyn Fn(&Found) -> Option<f64>| found.iter().map(|one| of(&one.0)).collect::<Vec<_>>();
        let mut table = Table::some(Key::Place, places)
            .words("trend", found.iter().map(|one| one.0.trend.map(word)))
            .numbers("s", numbers(&|one| Some(one.s)))
            .numbers("variance_s", numbers(&|one| Some(one.variance_s)))
            .numbers("tau", numbers(&|one| Some(one.tau)))
            .numbers("z", numbers(&|one| one.z))
            .numbers("p_two_sided", numbers(&|one| one.p_two_sided))
            .numbers("slope", numbers(&|one| Some(one.slope)));
        if found.iter().any(|one| one.0.ends.is_some()) {
            table = table
                .numbers("slope_low", numbers(&|one| one.ends.map(|ends| ends.0)))
                .numbers("slope_high", numbers(&|one| one.ends.map(|ends| ends.1)));
        }
        let table = table
            .numbers("intercept", numbers(&|one| Some(one.intercept)))
            .counts("n", found.iter().map(|one| Some(one.1 as i64)));
        outcome.table("places", table);
        Ok(outcome)
    }
}
