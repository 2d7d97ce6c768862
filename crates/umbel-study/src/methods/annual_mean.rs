//! `annual_mean`: the mean of a year from means of its days, if there are enough of them.

use super::air_quality_index::day;
use crate::analysis::{Analysis, Key, Name, Outcome, Over, Quantity, Sample, Table, UnitOf, Wanted};
use crate::over_places;
use umbel_core::Date;
use umbel_stats::standards::data_capture::{AnnualMean as Found, CaptureRule, annual_mean, percentile};
use umbel_stats::standards::pollutant::Pollutant;

over_places! {
    /// Parameters of `annual_mean`.
    pub struct AnnualMean {
        /// The indicator, or the column of a file: means of days.
        pub of: String,
        /// The calendar year whose mean is taken.
        pub year: i16,
        /// The pollutant, which sets how many days are needed: `PM25`, `PM10`, `SO2`, `NO2`, `CO`, `O3`, `TSP`, `NOX`, `PB`,
        /// `BAP`.
        pub pollutant: String,
        /// The percentile of the days that is given beside the mean, as a share: 0.95 for particles, 0.9 for ozone.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub percentile: Option<f64>,
    }
}

impl AnnualMean {
    fn pollutant(&self) -> Result<Pollutant, String> {
        self.pollutant.parse().map_err(|error: umbel_stats::Error| error.to_string())
    }
}

impl Analysis for AnnualMean {
    const NAME: &'static str = "annual_mean";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Mean of a year from means of its days, or why there are too few of them.";
    const FORMULA: &'static str = "mean of the days, when there are at least 324 in the year, 27 in every month and 25 in February \
        (suspended particles, lead, benzo[a]pyrene: 60 and 5); percentile p at position 1 + (n − 1) p, straight lines between";
    const CITATION: &'static str = "GB 3095-2012, Ambient air quality standards, table 4; HJ 663-2013, Technical regulation for \
        ambient air quality assessment (on trial), annex A.";
    const ASSUMPTIONS: &'static str = "Every figure is the mean of a valid day (20 hours at least; ozone: the day's largest mean of \
        eight hours). Without enough days there is no mean, and refused says what is missing; mean_of_days is for looking \
        only. The rule of particles is applied to ozone and carbon monoxide too.";
    const NOT_FOR: &'static str = "Hours: make means of days first. Means of a year for sites moved within it.";
    const EXAMPLE: &'static str = r#"[fine_particles_of_2015]
method = "annual_mean"
of = "pm25_day"
pollutant = "PM25"
year = 2015
among = { kind = "city" }
title = { en = "Fine particles in 2015, mean of valid years" }"#;
    const OVER: Over = Over::Panel;
    const RESULTS: &'static [Quantity] = &[
        Quantity::place("mean", "The mean of the year, where there are enough days.").in_unit(UnitOf::Figures),
        Quantity::place("days", "Number of days with a figure."),
        Quantity::place("percentile", "The percentile of the days, where there are enough.").in_unit(UnitOf::Figures),
    ];

    fn columns(&self) -> Vec<Wanted> {
        vec![Wanted::numbers("of", &self.of)]
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        let mut problems = Vec::new();
        if let Err(message) = self.pollutant() {
            problems.push(("pollutant".to_owned(), format!("{message}."), "Write one of these.".to_owned()));
        }
        if self.percentile.is_some_and(|share| !(0.0..=1.0).contains(&share)) {
            let message = "The percentile is a share between 0 and 1.".to_owned();
            problems.push(("percentile".to_owned(), message, "Write 0.95 for the 95th.".to_owned()));
        }
        problems
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        if sample.period.is_empty() {
            return Err("the figures have no days; name the column that holds them (--time)".to_owned());
        }
        let rule = CaptureRule::of(self.pollutant()?);
        let numbers = sample.numbers("of")?;
        let mut by_place: Vec<(Vec<Date>, Vec<f64>)> = vec![Default::default(); sample.places.len()];
        for row in 0..sample.rows() {
            let (Some(value), Some(day)) = (numbers.get(row), day(sample, row)?) else { continue };
            if day.year() == self.year {
                let (days, values) = &mut by_place[sample.place[row] as usize];
                days.push(day);
                values.push(value);
            }
        }
        let named = |at: usize, error: umbel_stats::Error| format!("{}: {error}", sample.places[at]);
        let mut found: Vec<(Found, Option<f64>)> = Vec::with_capacity(by_place.len());
        for (at, (days, values)) in by_place.iter().enumerate() {
            let year = annual_mean(rule, self.year, days, values).map_err(|error| named(at, error))?;
            let share = self.percentile.filter(|_| year.mean.is_some());
            let share = share.map(|share| percentile(values, share)).transpose().map_err(|error| named(at, error))?;
            found.push((year, share));
        }
        let refused = |year: &Found| -> Option<Name> {
            let all: Vec<String> = year.shortfalls.iter().map(ToString::to_string).collect();
            (!all.is_empty()).then(|| all.join("; ").into())
        };
        let mut outcome = Outcome::new();
        let refusals = found.iter().filter(|(year, _)| year.mean.is_none()).count();
        outcome.figure("n", found.len() - refusals);
        outcome.figure("refused", refusals);
        outcome.figure("days_needed", rule.year);
        let mut table = Table::all(Key::Place)
            .numbers("mean", found.iter().map(|(year, _)| year.mean))
            .counts("days", found.iter().map(|(year, _)| Some(i64::from(year.days))))
            .numbers("mean_of_days", found.iter().map(|(year, _)| year.mean_of_days))
            .words("refused", found.iter().map(|(year, _)| refused(year)));
        table = table.numbers("percentile", found.iter().map(|(_, share)| *share));
        outcome.table("places", table);
        if refusals > 0 {
            outcome.note(format!("{refusals} places have too few days for a mean of {}", self.year));
        }
        Ok(outcome)
    }
}
