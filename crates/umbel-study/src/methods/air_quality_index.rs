//! `air_quality_index`: the index of China from concentrations.

use crate::analysis::{About, Analysis, Figure, Key, Name, Outcome, Over, Quantity, Sample, Table, Wanted};
use crate::over_places;
use umbel_core::{Date, Period};
use umbel_stats::standards::air_quality_index::{AIR_QUALITY_INDICES, AirQuality, Grade};
use umbel_stats::standards::dated::choose;
use umbel_stats::standards::pollutant::Item;

over_places! {
    /// Parameters of `air_quality_index`.
    pub struct AirQualityIndex {
        /// The indicators, or the columns of a file: concentrations in ug/m3, carbon monoxide in mg/m3.
        pub of: Vec<String>,
        /// The pollutant and averaging time of each: `PM25_24H`, `O3_8H`, `SO2_1H` and so on; left out: the names of the
        /// columns say it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub items: Option<Vec<String>>,
        /// The edition: `hj_633_2012` or `hj_633_2026`; left out: the one in force on the day of each row, and the newest
        /// where rows have no day.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub standard: Option<String>,
    }
}

/// The words of grades, in their order.
const GRADES: &[&str] =
    &["excellent", "good", "lightly polluted", "moderately polluted", "heavily polluted", "severely polluted"];

const WHEN: &str = "(carbon monoxide mg/m3)";

/// The item that each column stands for.
fn items(method: &AirQualityIndex) -> Result<Vec<Item>, String> {
    let names = method.items.as_ref().unwrap_or(&method.of);
    if names.len() != method.of.len() {
        return Err(format!("{} items for {} columns", names.len(), method.of.len()));
    }
    names.iter().map(|name| name.parse::<Item>().map_err(|error| error.to_string())).collect()
}

/// The first day of the period of a row, in a sample with periods.
pub(super) fn day(sample: &Sample, row: usize) -> Result<Option<Date>, String> {
    let Some(&period) = sample.period.get(row) else { return Ok(None) };
    let text = &sample.periods[period as usize];
    let parsed = Period::parse(text).ok_or_else(|| format!("\"{text}\" is no period; write days like 2022-07-29"));
    parsed.map(|period| Some(period.start()))
}

impl Analysis for AirQualityIndex {
    const NAME: &'static str = "air_quality_index";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Air quality index of China: index, grade and primary pollutant of every hour or day.";
    const FORMULA: &'static str = "IAQI = ⌈(IAQIₕᵢ − IAQIₗₒ) / (BPₕᵢ − BPₗₒ) · (C − BPₗₒ) + IAQIₗₒ⌉ between the breakpoints BP \
        around the concentration C; AQI = the largest IAQI; its pollutants are the primary ones when it is above 50";
    const CITATION: &'static str = "HJ 633-2012, Technical regulation on ambient air quality index (on trial), equations 1 and \
        2, tables 1 and 2; HJ 633-2026, same title.";
    const ASSUMPTIONS: &'static str = "Concentrations are in ug/m3, carbon monoxide in mg/m3, and are read to a millionth. Above \
        the table of 2012, sulphur dioxide of an hour is judged by its day and ozone of eight hours by its hour: without \
        those the row has no index. The edition of 2026 counts them as 200 and 300. Particles of an hour have the \
        breakpoints of the day. A pollutant without a figure is left out of the row; a note says how many rows lack one.";
    const NOT_FOR: &'static str = "Means over months or years: the index is defined for hours and days. Days before 2016 have no \
        edition in force: name one to apply it all the same.";
    const EXAMPLE: &'static str = r#"[air_index]
method = "air_quality_index"
of = ["pm25_day", "ozone_day"]
items = ["PM25_24H", "O3_8H"]
standard = "hj_633_2012"
among = { kind = "city" }
title = { en = "Air quality index" }"#;
    const OVER: Over = Over::Panel;
    const RESULTS: &'static [Quantity] = &[
        Quantity::place("aqi", "The index of each row.").about(About::Row),
        Quantity::place("grade", "The grade of each row, 1 (excellent) to 6.").about(About::Row).of_words(GRADES),
        Quantity::whole("share_good", "Share of the rows with an index of at most 100."),
    ];

    fn columns(&self) -> Vec<Wanted> {
        Wanted::list("of", &self.of)
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        let fix = "Write pollutants like PM25_24H, O3_8H, SO2_1H, in the order of `of`.".to_owned();
        let mut problems = Vec::new();
        if let Err(message) = items(self) {
            problems.push(("items".to_owned(), format!("{message}."), fix));
        }
        if let Some(Err(error)) = self.standard.as_deref().map(|name| choose(AIR_QUALITY_INDICES, Some(name), None)) {
            let fix = "Write \"hj_633_2012\" or \"hj_633_2026\".".to_owned();
            problems.push(("standard".to_owned(), format!("{error}."), fix));
        }
        problems
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let (items, columns) = (items(self)?, sample.list("of")?);
        let mut rows: Vec<Option<AirQuality>> = Vec::with_capacity(sample.rows());
        let mut individual: Vec<Vec<Option<i64>>> = vec![Vec::with_capacity(sample.rows()); items.len()];
        let (mut editions, mut lacking, mut undecided) = (Vec::new(), 0, 0);
        for row in 0..sample.rows() {
            let pairs = items.iter().zip(&columns).enumerate();
            let held: Vec<(usize, Item, f64)> =
                pairs.filter_map(|(at, (&item, column))| Some((at, item, column.get(row)?))).collect();
            lacking += usize::from(held.len() < items.len());
            individual.iter_mut().for_each(|column| column.push(None));
            if held.is_empty() {
                rows.push(None);
                continue;
            }
            let edition = choose(AIR_QUALITY_INDICES, self.standard.as_deref(), day(sample, row)?);
            let edition = edition.map_err(|error| error.to_string())?;
            if !editions.contains(&edition.validity.title) {
                editions.push(edition.validity.title);
            }
            let values: Vec<(Item, f64)> = held.iter().map(|&(_, item, value)| (item, value)).collect();
            let found = edition.index(&values).map_err(|error| format!("row {}: {error} {WHEN}", row + 1))?;
            for (&(at, ..), one) in held.iter().zip(&found.individual) {
                individual[at][row] = one.value.map(i64::from);
            }
            undecided += usize::from(!found.undecided.is_empty());
            rows.push(Some(found));
        }
        let names = |list: &[umbel_stats::standards::pollutant::Pollutant]| -> Name {
            list.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ").into()
        };
        let of = |pick: &dyn Fn(&AirQuality) -> Option<Name>| {
            rows.iter().map(|row| row.as_ref().and_then(pick)).collect::<Vec<_>>()
        };
        let index = |row: &Option<AirQuality>| row.as_ref().and_then(|row| row.index);
        let word = |grade: Grade| Name::from(GRADES[usize::from(grade.number()) - 1]);
        let mut table = Table::all(Key::Row)
            .counts("aqi", rows.iter().map(|row| index(row).map(i64::from)))
            .words("grade", of(&|row| row.grade.map(word)))
            .words("primary", of(&|row| Some(names(&row.primary)).filter(|text| !text.is_empty())));
        if rows.iter().flatten().any(|row| row.exceeding.is_some()) {
            table = table.words(
                "exceeding",
                of(&|row| row.exceeding.as_ref().map(|list| names(list)).filter(|text| !text.is_empty())),
            );
        }
        for (item, column) in items.iter().zip(individual) {
            table = table.counts(format!("iaqi_{item}"), column);
        }
        let held: Vec<u16> = rows.iter().filter_map(index).collect();
        let good = held.iter().filter(|&&index| index <= 100).count();
        let mut outcome = Outcome::new();
        outcome.figure("n", held.len());
        outcome.figure("missing", sample.rows() - held.len());
        outcome.figure("standard", editions.join(", "));
        outcome.figure("share_good", (!held.is_empty()).then(|| good as f64 / held.len() as f64));
        let grades = GRADES.iter().zip(1_u8..).map(|(name, number)| {
            let count = held.iter().filter(|&&index| Grade::of(index).number() == number).count();
            (Name::from(*name), Figure::from(count))
        });
        outcome.figures.push(("grades".into(), Figure::Group(grades.collect())));
        outcome.table("rows", table);
        if self.standard.is_none() && sample.period.is_empty() {
            let newest = editions.first().copied().unwrap_or_default();
            outcome.note(format!(
                "the rows have no day: the newest edition, {newest}, is applied; `standard` names another"
            ));
        }
        if lacking > 0 {
            outcome.note(format!("{lacking} rows lack a figure of some pollutant: their index may be too low"));
        }
        if undecided > 0 {
            outcome.note(format!("{undecided} rows lie above the table and lack the averaging time that judges them"));
        }
        Ok(outcome)
    }
}
