//! Cases of `umbel_stats::trend`.

use crate::cases::{cases, number, numbers};
use crate::check::{Check, Kind};
use serde_json::Value;
use umbel_stats::trend::Direction;
use umbel_stats::trend::mann_kendall::{Detrend, MannKendall, Options, Variant, mann_kendall};
use umbel_stats::trend::newey_west::linear_trend;
use umbel_stats::trend::seasonal::{
    SeasonalMannKendall, correlated_seasonal_mann_kendall, seasonal_mann_kendall, seasonal_sen_slope,
};
use umbel_stats::trend::stl::{self, Seasonal, stl};
use umbel_stats::trend::theil_sen::theil_sen;

const VARIANTS: [(&str, Variant); 5] = [
    ("original", Variant::Original),
    ("hamed_rao", Variant::HamedRao),
    ("yue_wang", Variant::YueWang),
    ("pre_whitening", Variant::PreWhitening),
    ("trend_free_pre_whitening", Variant::TrendFreePreWhitening),
];

/// Figures of a test beside those of the peer: counts, measures, p.
#[derive(Default)]
struct Pairs {
    counts: Vec<(f64, f64)>,
    measures: Vec<(f64, f64)>,
    p: Vec<(f64, f64)>,
}

impl Pairs {
    fn single(&mut self, label: &str, found: &MannKendall, wanted: &Value) {
        self.counts.push((found.s, number(&wanted["s"])));
        let pairs = [(Some(found.tau), "Tau"), (Some(found.variance_s), "var_s"), (found.z, "z")];
        let line = [(Some(found.slope), "slope"), (Some(found.intercept), "intercept")];
        self.push(label, &[&pairs[..], &line].concat(), found.p_two_sided, found.trend, wanted);
    }

    fn seasonal(&mut self, label: &str, found: &SeasonalMannKendall, wanted: &Value) {
        self.counts.push((found.s, number(&wanted["s"])));
        let pairs = [(Some(found.variance_s), "var_s"), (found.z, "z"), (Some(found.tau), "Tau")];
        let line = [(Some(found.slope), "slope"), (Some(found.intercept), "intercept")];
        self.push(label, &[&pairs[..], &line].concat(), found.p_two_sided, found.trend, wanted);
    }

    fn push(
        &mut self,
        label: &str,
        figures: &[(Option<f64>, &str)],
        p: Option<f64>,
        trend: Option<Direction>,
        wanted: &Value,
    ) {
        for (found, key) in figures {
            if let Some(wanted) = wanted.get(*key) {
                self.measures.push((found.expect(label), number(wanted)));
            }
        }
        // The peer takes p as 1 less a figure near 1, so that it knows sixteen decimals, not sixteen digits.
        self.p.push((p.expect(label), number(&wanted["p"])));
        if let Some(says) = wanted.get("trend").and_then(Value::as_str) {
            let trend = match trend.expect(label) {
                Direction::Increasing => "increasing",
                Direction::Decreasing => "decreasing",
                Direction::NoTrend => "no trend",
            };
            assert_eq!(trend, says, "{label}");
        }
    }

    fn checks(self, method: &'static str, whats: [&'static str; 3], reference: &str) -> Vec<Check> {
        let [counts, measures, p] = whats;
        let check =
            |what, pairs, kind, limit| Check { method, what, reference: reference.to_owned(), pairs, kind, limit };
        vec![
            check(counts, self.counts, Kind::Absolute("pairs"), 0.0),
            check(measures, self.measures, Kind::Relative, 1e-10),
            check(p, self.p, Kind::Absolute(""), 1e-12),
        ]
    }
}

/// The values that are there.
fn present(value: &Value) -> Vec<f64> {
    numbers(value).into_iter().filter(|value| value.is_finite()).collect()
}

fn mann_kendall_checks() -> Vec<Check> {
    let (mut pairs, mut seasonal) = (Pairs::default(), Pairs::default());
    let (mut slopes, mut ends, mut seasonal_slopes) = (Vec::new(), Vec::new(), Vec::new());
    for (_, case) in cases("mannkendall_") {
        for series in case["expected"].as_array().expect("series") {
            let label = series["label"].as_str().expect("a label");
            let values = present(&series["x"]);
            let all = numbers(&series["x"]);
            let steps: Vec<u32> = (0..all.len() as u32).filter(|&step| all[step as usize].is_finite()).collect();
            // The peer's slopes know the gaps, its corrections for autocorrelation do not.
            let times: Vec<f64> = steps.iter().map(|&step| f64::from(step)).collect();
            for (key, variant) in VARIANTS {
                if let Some(wanted) = series.get(key) {
                    let options = Options { variant, detrend: Detrend::Order, ..Options::default() };
                    pairs.single(label, &mann_kendall(&values, Some(&times), &options).expect(label), wanted);
                }
            }
            if let Some(wanted) = series.get("scipy_theilslopes_95") {
                let found = theil_sen(&values, None, 0.95).expect(label);
                slopes.push((found.slope, number(&wanted["slope"])));
                slopes.push((found.intercept, number(&wanted["intercept_median_y_minus_slope_median_t"])));
                ends.push((found.slope_low, number(&wanted["lo"])));
                ends.push((found.slope_high, number(&wanted["hi"])));
            }
            let period =
                series.get("seasonal").map_or(12, |wanted| wanted["period"].as_u64().expect("a period")) as usize;
            if let Some(wanted) = series.get("seasonal") {
                let found = seasonal_mann_kendall(&values, Some(&steps), period, 0.05).expect(label);
                seasonal.seasonal(label, &found, wanted);
                let line = seasonal_sen_slope(&values, Some(&steps), period).expect(label);
                seasonal_slopes.extend([(line.0, number(&wanted["slope"])), (line.1, number(&wanted["intercept"]))]);
            }
            if let Some(wanted) = series.get("correlated_seasonal") {
                let found = correlated_seasonal_mann_kendall(&values, Some(&steps), period, 0.05).expect(label);
                seasonal.seasonal(label, &found, wanted);
            }
        }
    }
    let mut checks = pairs.checks(
        "mann_kendall",
        ["S, five variants", "tau, variance, z, slope and intercept, five variants", "p, five variants"],
        "pymannkendall 1.4.3",
    );
    checks.extend(seasonal.checks(
        "mann_kendall",
        ["seasonal and correlated seasonal S", "seasonal variance, z, tau, slope and intercept", "seasonal p"],
        "pymannkendall 1.4.3",
    ));
    let check = |what, pairs, limit| Check {
        method: "theil_sen",
        what,
        reference: "scipy 1.17.1".to_owned(),
        pairs,
        kind: Kind::Relative,
        limit,
    };
    checks.push(check("slope and intercept", slopes, 1e-10));
    checks.push(check("95 per cent interval", ends, 1e-10));
    checks.push(Check {
        reference: "pymannkendall 1.4.3".to_owned(),
        ..check("seasonal slope and intercept", seasonal_slopes, 1e-10)
    });
    checks
}

fn stl_checks() -> Vec<Check> {
    let (mut seasonal, mut trend, mut weights) = (Vec::new(), Vec::new(), Vec::new());
    let mut lines = Vec::new();
    for (name, case) in cases("stl_") {
        let values = numbers(&case["input"]["x"]);
        for run in case["expected"]["stl"].as_array().expect("runs") {
            let given = &run["options"];
            let whole = |key: &str| given.get(key).and_then(Value::as_u64).map(|number| number as usize);
            let line = |key: &str| whole(key).unwrap_or(1) == 1;
            let options = stl::Options {
                seasonal: Seasonal::Window(whole("seasonal").unwrap_or(7)),
                trend: whole("trend"),
                low_pass: whole("low_pass"),
                seasonal_line: line("seasonal_deg"),
                trend_line: line("trend_deg"),
                low_pass_line: line("low_pass_deg"),
                robust: given["robust"].as_bool().expect("robust"),
                ..stl::Options::new(case["input"]["period"].as_u64().expect("a period") as usize)
            };
            let n = run["n"].as_u64().expect("n") as usize;
            let found = stl(&values[..n], &options).expect(&name);
            seasonal.extend(found.seasonal.into_iter().zip(numbers(&run["seasonal"])));
            trend.extend(found.trend.into_iter().zip(numbers(&run["trend"])));
            weights.extend(found.weights.into_iter().zip(numbers(&run["weights"])));
        }
        for run in case["expected"]["hac"].as_array().expect("runs") {
            let lags = run["lags"].as_u64().expect("lags") as usize;
            let small = run["small_sample"].as_bool().expect("small_sample");
            let found = linear_trend(&present(&run["x"]), None, Some(lags), small, 0.05).expect(&name);
            for (found, key) in [
                (found.slope, "slope"),
                (found.intercept, "intercept"),
                (found.standard_error, "standard_error"),
                (found.t.expect("t"), "t"),
                (found.slope_low, "low"),
                (found.slope_high, "high"),
            ] {
                lines.push((found, number(&run[key])));
            }
        }
    }
    let check = |what, pairs, kind, limit| Check {
        method: "seasonal_trend",
        what,
        reference: "statsmodels 0.15.0".to_owned(),
        pairs,
        kind,
        limit,
    };
    vec![
        check("seasons of STL, plain and robust", seasonal, Kind::Absolute("°C"), 1e-10),
        check("trend of STL", trend, Kind::Relative, 1e-10),
        check("robust weights of STL", weights, Kind::Absolute(""), 1e-9),
        Check { method: "linear_trend", ..check("least squares with Newey-West errors", lines, Kind::Relative, 1e-9) },
    ]
}

pub fn checks() -> Vec<Check> {
    let mut checks = mann_kendall_checks();
    checks.extend(stl_checks());
    checks
}
