//! `water_class`: the class of surface water from what is measured in it.

use crate::analysis::{About, Analysis, Figure, Key, Name, Outcome, Over, Quantity, Sample, Table, Wanted};
use crate::over_places;
use umbel_stats::standards::dated::choose;
use umbel_stats::standards::water_class::{Assessed, WaterQuality, water_class};
use umbel_stats::standards::water_limits::{WATER_LIMITS, WaterBody, WaterItem};

over_places! {
    /// Parameters of `water_class`.
    pub struct WaterClass {
        /// The indicators, or the columns of a file: mg/L, pH without unit, coliforms a litre.
        pub of: Vec<String>,
        /// What each is: `DO`, `CODMn`, `COD`, `BOD5`, `NH3N`, `TP`, `pH` and so on; left out: the names of the columns say
        /// it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub items: Option<Vec<String>>,
        /// The kind of water: lakes and reservoirs have stricter limits of phosphorus, and limits of nitrogen.
        #[serde(default)]
        pub body: WaterBody,
        /// Which items count: those of the national assessment (without nitrogen and coliforms), or all that have limits.
        #[serde(default)]
        pub assessed: Assessed,
        /// The edition; left out: `gb_3838_2002`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub standard: Option<String>,
    }
}

/// The words of classes, in their order.
const CLASSES: &[&str] = &["I", "II", "III", "IV", "V", "worse than V"];

/// The item that each column stands for; "TP_lake" is "TP".
fn items(method: &WaterClass) -> Result<Vec<WaterItem>, String> {
    let names = method.items.as_ref().unwrap_or(&method.of);
    if names.len() != method.of.len() {
        return Err(format!("{} items for {} columns", names.len(), method.of.len()));
    }
    let own = match method.body {
        WaterBody::River => "_river",
        WaterBody::Lake => "_lake",
    };
    let one = |name: &String| name.strip_suffix(own).unwrap_or(name).parse::<WaterItem>();
    names.iter().map(|name| one(name).map_err(|error| error.to_string())).collect()
}

impl Analysis for WaterClass {
    const NAME: &'static str = "water_class";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Class of surface water, I to V or worse: the worst item decides.";
    const FORMULA: &'static str = "class = the worst class of all items; class of an item = the best whose limit it keeps: at most \
        the limit, dissolved oxygen at least, pH inside its range";
    const CITATION: &'static str = "GB 3838-2002, Environmental quality standards for surface water, section 5.1 and table 1; \
        Technical regulation of the assessment of surface water (on trial), Ministry of Environmental Protection, 2011.";
    const ASSUMPTIONS: &'static str = "Values are in mg/L. A class is a rank: it can be compared, not averaged. Dissolved oxygen is \
        class I from 90 % of saturation on, where DO_saturation is given. The class is that of the items given: more items \
        can only make it worse, and the figure not_measured lists those of the table that are not there.";
    const NOT_FOR: &'static str =
        "Groundwater, sea water, drinking water; water temperature, which is judged as a change.";
    const EXAMPLE: &'static str = r#"[lake_class]
method = "water_class"
of = ["oxygen_dissolved", "permanganate_index", "ammonia_nitrogen", "phosphorus"]
items = ["DO", "CODMn", "NH3N", "TP"]
body = "lake"
title = { en = "Class of the lake's water" }"#;
    const OVER: Over = Over::Panel;
    const RESULTS: &'static [Quantity] =
        &[Quantity::place("class", "The class of each row; 6 is worse than V.").about(About::Row).of_words(CLASSES)];

    fn columns(&self) -> Vec<Wanted> {
        Wanted::list("of", &self.of)
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        let mut problems = Vec::new();
        if let Err(message) = items(self) {
            let fix = "Write the short names of the items in the order of `of`.".to_owned();
            problems.push(("items".to_owned(), format!("{message}."), fix));
        }
        if let Some(Err(error)) = self.standard.as_deref().map(|name| choose(WATER_LIMITS, Some(name), None)) {
            problems.push(("standard".to_owned(), format!("{error}."), "Write \"gb_3838_2002\".".to_owned()));
        }
        problems
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let (items, columns) = (items(self)?, sample.list("of")?);
        let standard = choose(WATER_LIMITS, self.standard.as_deref(), None).map_err(|error| error.to_string())?;
        let mut rows: Vec<Option<WaterQuality>> = Vec::with_capacity(sample.rows());
        let mut classes: Vec<Vec<Option<i64>>> = vec![Vec::with_capacity(sample.rows()); items.len()];
        for row in 0..sample.rows() {
            let pairs = items.iter().zip(&columns).enumerate();
            let held: Vec<(usize, (WaterItem, f64))> =
                pairs.filter_map(|(at, (&item, column))| Some((at, (item, column.get(row)?)))).collect();
            classes.iter_mut().for_each(|column| column.push(None));
            if held.is_empty() {
                rows.push(None);
                continue;
            }
            let values: Vec<(WaterItem, f64)> = held.iter().map(|one| one.1).collect();
            let found = water_class(standard, self.body, self.assessed, &values);
            let found = found.map_err(|error| format!("row {}: {error}", row + 1))?;
            for (&(at, _), class) in held.iter().zip(&found.items) {
                classes[at][row] = class.map(|class| i64::from(class.number()));
            }
            rows.push(Some(found));
        }
        let names = |list: &[WaterItem]| list.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
        let word = |row: &WaterQuality| Name::from(CLASSES[usize::from(row.class.number()) - 1]);
        let number = |row: &WaterQuality| i64::from(row.class.number());
        let mut table = Table::all(Key::Row)
            .words("class", rows.iter().map(|row| row.as_ref().map(word)))
            .counts("class_number", rows.iter().map(|row| row.as_ref().map(number)))
            .words("decided_by", rows.iter().map(|row| row.as_ref().map(|row| Name::from(names(&row.decided_by)))));
        for (item, column) in items.iter().zip(classes) {
            table = table.counts(format!("class_{item}"), column);
        }
        let held: Vec<&WaterQuality> = rows.iter().flatten().collect();
        let union = |pick: &dyn Fn(&WaterQuality) -> &Vec<WaterItem>| {
            let mut all: Vec<WaterItem> = held.iter().flat_map(|row| pick(row).iter().copied()).collect();
            all.sort_unstable();
            all.dedup();
            Figure::from(all.iter().map(ToString::to_string).collect::<Vec<_>>())
        };
        let mut outcome = Outcome::new();
        outcome.figure("n", held.len());
        outcome.figure("missing", sample.rows() - held.len());
        outcome.figure("standard", standard.validity.title);
        let counts = CLASSES.iter().zip(1_u8..).map(|(name, number)| {
            let count = held.iter().filter(|row| row.class.number() == number).count();
            (Name::from(*name), Figure::from(count))
        });
        outcome.figures.push(("classes".into(), Figure::Group(counts.collect())));
        outcome.figures.push(("left_out".into(), union(&|row| &row.left_out)));
        outcome.figures.push(("not_measured".into(), union(&|row| &row.not_measured)));
        outcome.table("rows", table);
        Ok(outcome)
    }
}
