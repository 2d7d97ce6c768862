//! `exceedance`: concentrations against the limits of air.

use super::air_quality_index::day;
use crate::analysis::{About, Analysis, Key, Outcome, Over, Quantity, Sample, Table, Wanted};
use crate::over_places;
use umbel_stats::standards::air_limits::{AIR_LIMITS, AirLimits, named};
use umbel_stats::standards::attainment::Comparison;
use umbel_stats::standards::dated::choose;
use umbel_stats::standards::pollutant::Item;

fn second() -> String {
    "II".to_owned()
}

over_places! {
    /// Parameters of `exceedance`.
    pub struct Exceedance {
        /// The indicator, or the column of a file: concentrations in ug/m3, carbon monoxide in mg/m3.
        pub of: String,
        /// Its pollutant and averaging time: `PM25_24H`, `PM25_YEAR`, `O3_8H` and so on; left out: the name of the column
        /// says it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub item: Option<String>,
        /// The edition: `gb_3095_2012`, `gb_3095_2026_transition`, `gb_3095_2026` or `who_2021`; left out: the national one
        /// in force on the day of each row, and the newest where rows have no day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub standard: Option<String>,
        /// The level: class `I` or `II`; of the WHO `interim 1` to `interim 4` or `guideline`.
        #[serde(default = "second")]
        pub level: String,
    }
}

impl Exceedance {
    fn item(&self) -> Result<Item, String> {
        self.item.as_ref().unwrap_or(&self.of).parse().map_err(|error: umbel_stats::Error| error.to_string())
    }

    fn edition(&self, day: Option<umbel_core::Date>) -> Result<&'static AirLimits, String> {
        let found = match &self.standard {
            Some(name) => named(name),
            None => choose(AIR_LIMITS, None, day),
        };
        found.map_err(|error| error.to_string())
    }
}

impl Analysis for Exceedance {
    const NAME: &'static str = "exceedance";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Concentrations against a limit of air: which rows keep it, and how large a share does.";
    const FORMULA: &'static str =
        "ratio = C / limit; a row attains when C ≤ limit; share_attaining = rows that attain / rows";
    const CITATION: &'static str = "GB 3095-2012, Ambient air quality standards, tables 1 and 2; GB 3095-2026, same title; WHO, WHO \
        global air quality guidelines, 2021, tables 0.1 and 0.2.";
    const ASSUMPTIONS: &'static str = "Concentrations are in ug/m3, carbon monoxide in mg/m3, and averaged over the time of the \
        limit. A figure that equals the limit keeps it; figures are compared as they are, without rounding. Of GB 3095-2026 \
        only the limits of fine particles are held: others are refused.";
    const NOT_FOR: &'static str = "Days before 2016 without a named edition: none was in force everywhere. Means of a year made \
        from too few days: annual_mean says whether there are enough.";
    const EXAMPLE: &'static str = r#"[fine_particles_over_limit]
method = "exceedance"
of = "pm25_annual_mean"
item = "PM25_YEAR"
standard = "gb_3095_2012"
result = "ratio"
among = { kind = "city" }
title = { en = "Fine particles over the limit of the year" }"#;
    const OVER: Over = Over::Panel;
    const RESULTS: &'static [Quantity] = &[
        Quantity::place("ratio", "Each figure over its limit.").about(About::Row),
        Quantity::place("attains", "Whether each figure keeps its limit, 1 or 0.").about(About::Row),
        Quantity::place("share_attaining", "Share of a place's figures that keep their limit."),
        Quantity::whole("share_attaining", "Share of all figures that keep their limit."),
    ];

    fn columns(&self) -> Vec<Wanted> {
        vec![Wanted::numbers("of", &self.of)]
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        let mut problems = Vec::new();
        let item = self.item();
        if let Err(message) = &item {
            let fix = "Write it like PM25_24H or PM25_YEAR.".to_owned();
            problems.push(("item".to_owned(), format!("{message}."), fix));
        }
        if let (Some(name), Ok(item)) = (&self.standard, item)
            && let Err(error) = named(name).and_then(|edition| edition.limit(item, &self.level))
        {
            let parameter = if named(name).is_err() { "standard" } else { "level" };
            problems.push((parameter.to_owned(), format!("{error}."), "Write one that is held.".to_owned()));
        }
        problems
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let (item, numbers) = (self.item()?, sample.numbers("of")?);
        let mut rows: Vec<Option<Comparison>> = Vec::with_capacity(sample.rows());
        let mut editions: Vec<&str> = Vec::new();
        for row in 0..sample.rows() {
            let Some(value) = numbers.get(row) else {
                rows.push(None);
                continue;
            };
            if value < 0.0 {
                return Err(format!("row {}: a concentration of {value} is negative", row + 1));
            }
            let edition = self.edition(day(sample, row)?)?;
            if !editions.contains(&edition.validity.title) {
                editions.push(edition.validity.title);
            }
            let limit = edition.limit(item, &self.level).map_err(|error| error.to_string())?;
            rows.push(Some(Comparison::of(value, limit)));
        }
        let share = |of: &[Comparison]| {
            let kept = of.iter().filter(|one| one.attains).count();
            (!of.is_empty()).then(|| kept as f64 / of.len() as f64)
        };
        let mut by_place: Vec<Vec<Comparison>> = vec![Vec::new(); sample.places.len()];
        for (row, &place) in rows.iter().zip(&sample.place) {
            by_place[place as usize].extend(*row);
        }
        let count = |of: &[Comparison]| Some(of.len() as i64);
        let above = |of: &[Comparison]| Some(of.iter().filter(|one| !one.attains).count() as i64);
        let largest = |of: &[Comparison]| of.iter().map(|one| one.ratio).reduce(f64::max);
        let all: Vec<Comparison> = rows.iter().flatten().copied().collect();
        let mut outcome = Outcome::new();
        outcome.figure("n", all.len());
        outcome.figure("missing", sample.rows() - all.len());
        outcome.figure("standard", editions.join(", "));
        outcome.figure("item", item.to_string());
        outcome.figure("level", self.level.as_str());
        outcome.figure("above", above(&all).unwrap_or(0));
        outcome.figure("share_attaining", share(&all));
        outcome.table(
            "places",
            Table::all(Key::Place)
                .counts("n", by_place.iter().map(|of| count(of)))
                .counts("above", by_place.iter().map(|of| above(of)))
                .numbers("share_attaining", by_place.iter().map(|of| share(of)))
                .numbers("largest_ratio", by_place.iter().map(|of| largest(of))),
        );
        outcome.table(
            "rows",
            Table::all(Key::Row)
                .numbers("value", rows.iter().map(|row| row.map(|row| row.value)))
                .numbers("limit", rows.iter().map(|row| row.map(|row| row.limit)))
                .numbers("ratio", rows.iter().map(|row| row.map(|row| row.ratio)))
                .figures("attains", rows.iter().map(|row| row.map_or(None::<f64>.into(), |row| row.attains.into()))),
        );
        if self.standard.is_none() && sample.period.is_empty() {
            let newest = editions.first().copied().unwrap_or_default();
            outcome.note(format!(
                "the rows have no day: the newest edition, {newest}, is applied; `standard` names another"
            ));
        }
        Ok(outcome)
    }
}
