//! The book of figures: each figure that is shown gets a number, a derivation in the annex and a line in the manifest.

use crate::card::Cell;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use umbel_core::Date;
use umbel_study::{Figure, NodeKind, Study};

/// The state of the region that a figure was computed in; empty = as its tables stand.
#[derive(Clone, Debug, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
pub struct State {
    /// The plan.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub plan: String,
    /// Periods that the last figures are held up to, joined by semicolons.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub held: String,
}

/// A numbered figure.
#[derive(Clone, Debug)]
pub struct Entry {
    /// `indicator@place@period`, with breakdown and definition where there are.
    pub id: String,
    /// What it is, in words.
    pub title: String,
    /// The figure.
    pub figure: Figure,
    /// The view it was seen in.
    pub as_of: Option<Date>,
    /// The state it was computed in.
    pub state: State,
}

/// Where a figure can be found again: by whom it is defined and in which view.
#[derive(Clone, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub struct Origin {
    /// Indicator.
    pub indicator: String,
    /// Measure whose own rows these are; empty = the indicator's rows.
    pub measure: String,
    /// View, empty = the latest.
    pub as_of: String,
    /// State of the region.
    pub state: State,
}

/// A row of an origin: place, period, breakdown.
pub type Key = (String, String, String);

/// Every figure shown.
#[derive(Clone, Debug, Default)]
pub struct Book {
    /// Numbered figures; the first has number 1.
    pub entries: Vec<Entry>,
    numbers: BTreeMap<([u8; 32], usize), usize>,
    /// All rows shown, numbered or not (maps and charts), by origin.
    pub rows: BTreeMap<Origin, BTreeMap<Key, Figure>>,
}

impl Book {
    /// The number of a figure, new when it has none yet.
    pub fn cite(
        &mut self,
        study: &Study,
        figure: &Figure,
        as_of: Option<Date>,
        state: &State,
        title: impl FnOnce() -> String,
    ) -> usize {
        let key = (figure.node.key, figure.row);
        if let Some(&number) = self.numbers.get(&key) {
            return number;
        }
        let (origin, row) = self.record(study, figure, as_of, state);
        let mut id = format!("{}@{}@{}", origin.indicator, row.0, row.1);
        for (sign, part) in [('|', &row.2), (':', &origin.measure), ('~', &origin.as_of), ('/', &state.plan)] {
            if !part.is_empty() {
                id.push(sign);
                id.push_str(part);
            }
        }
        self.entries.push(Entry { id, title: title(), figure: figure.clone(), as_of, state: state.clone() });
        self.numbers.insert(key, self.entries.len());
        self.entries.len()
    }

    /// The number of a figure that has one.
    pub fn number(&self, figure: &Figure) -> Option<usize> {
        self.numbers.get(&(figure.node.key, figure.row)).copied()
    }

    /// Notes a row for the manifest.
    pub fn record(&mut self, study: &Study, figure: &Figure, as_of: Option<Date>, state: &State) -> (Origin, Key) {
        let region = &study.region;
        let (series, row) = (&figure.node.series, figure.row);
        let measure = match figure.node.kind {
            NodeKind::Measure { measure } => study.measures.get(measure).map_or("", |m| region.id(m.id)),
            _ => "",
        };
        let origin = Origin {
            indicator: region.id(figure.node.indicator).to_owned(),
            measure: measure.to_owned(),
            as_of: as_of.map(|day| day.to_string()).unwrap_or_default(),
            state: state.clone(),
        };
        let key = (
            region.id(series.place[row]).to_owned(),
            series.period[row].to_string(),
            region.id(series.breakdown[row]).to_owned(),
        );
        self.rows.entry(origin.clone()).or_default().insert(key.clone(), figure.clone());
        (origin, key)
    }

    /// Notes cells that a map or chart shows.
    pub fn record_cells<'c>(&mut self, study: &Study, cells: impl IntoIterator<Item = &'c Cell>) {
        for cell in cells {
            self.record(study, &cell.figure, None, &State::default());
        }
    }
}
