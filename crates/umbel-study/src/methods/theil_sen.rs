//! `theil_sen`: the robust slope of each place over the periods.

use crate::analysis::{Analysis, Key, Outcome, Over, Quantity, Sample, Table, UnitOf, Wanted};
use crate::kernels::periods::series;
use crate::over_places;
use umbel_stats::trend::theil_sen::theil_sen;

fn confidence() -> f64 {
    0.95
}

over_places! {
    /// Parameters of `theil_sen`.
    pub struct TheilSen {
        /// The indicator, or the column of a file.
        pub of: String,
        /// Confidence of the interval.
        #[serde(default = "confidence")]
        pub confidence: f64,
    }
}

impl Analysis for TheilSen {
    const NAME: &'static str = "theil_sen";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Slope of Theil and Sen: the median speed of change of each place, which outliers hardly move.";
    const FORMULA: &'static str = "slope = median over i < j of (xⱼ − xᵢ) / (tⱼ − tᵢ); intercept = median(x) − slope · median(t); ends of the interval: the slopes at ranks (N ∓ z √var(S)) / 2";
    const CITATION: &'static str = "Theil, Proc. Kon. Ned. Akad. Wetensch. 53, 1950; Sen, JASA 63, 1968, equation 2.6; the intercept: Conover, Practical Nonparametric Statistics, 1980, section 5.5.";
    const ASSUMPTIONS: &'static str = "The interval takes the periods as independent. Periods without a figure are left out; slopes use the true time between periods. The intercept is the line's value at the first period of the sample.";
    const NOT_FOR: &'static str = "Series that rise and then fall; series with seasons (see seasonal_trend).";
    const EXAMPLE: &'static str = r#"[ageing_speed]
method = "theil_sen"
of = "aged"
among = { kind = "county" }
title = { en = "How fast does the county age?" }"#;
    const OVER: Over = Over::Panel;
    const RESULTS: &'static [Quantity] = &[
        Quantity::place("slope", "Slope, for each year.")
            .in_unit(UnitOf::FiguresPerYear)
            .with_band("slope_low", "slope_high"),
        Quantity::place("intercept", "The line's value at the first period.").in_unit(UnitOf::Figures),
    ];

    fn columns(&self) -> Vec<Wanted> {
        vec![Wanted::numbers("of", &self.of)]
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        if self.confidence > 0.5 && self.confidence < 1.0 {
            return Vec::new();
        }
        let what = format!("The confidence is {}.", self.confidence);
        vec![("confidence".to_owned(), what, "Take one between 0.5 and 1, such as 0.95.".to_owned())]
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let all = sample.by_place("of")?;
        let (mut places, mut found, mut without) = (Vec::new(), Vec::new(), 0);
        for (place, values) in all.iter().enumerate() {
            let (values, times, _) = series(values, &sample.times);
            if values.len() < 2 {
                without += 1;
                continue;
            }
            let line = theil_sen(&values, Some(&times), self.confidence).map_err(|error| error.to_string())?;
            places.push(place as u32);
            found.push(line);
        }
        if found.is_empty() {
            return Err("no place has two figures".to_owned());
        }
        let mut outcome = Outcome::new();
        outcome.figure("n", found.len());
        if without > 0 {
            outcome.note(format!("{without} of {} places have fewer than two figures", all.len()));
        }
        let table = Table::some(Key::Place, places)
            .numbers("slope", found.iter().map(|one| Some(one.slope)))
            .numbers("slope_low", found.iter().map(|one| Some(one.slope_low)))
            .numbers("slope_high", found.iter().map(|one| Some(one.slope_high)))
            .numbers("intercept", found.iter().map(|one| Some(one.intercept)))
            .counts("n", found.iter().map(|one| Some(one.n as i64)));
        outcome.table("places", table);
        Ok(outcome)
    }
}
