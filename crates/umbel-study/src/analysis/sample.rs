//! What an analysis is given: columns of figures over places, wherever they came from.

use super::space::Space;
use umbel_stats::Weights;

/// Figures of a column, some of which may be missing.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Numbers {
    /// A missing figure is a NaN here, which never leaves this type.
    values: Vec<f64>,
    missing: usize,
}

impl Numbers {
    /// Adds a figure; what is not finite counts as missing.
    pub fn push(&mut self, value: Option<f64>) {
        match value.filter(|value| value.is_finite()) {
            Some(value) => self.values.push(value),
            None => {
                self.values.push(f64::NAN);
                self.missing += 1;
            }
        }
    }

    /// The figure of a row.
    pub fn get(&self, row: usize) -> Option<f64> {
        self.values.get(row).copied().filter(|value| !value.is_nan())
    }

    /// Number of rows.
    pub fn len(&self) -> usize {
        self.values.len()
    }

    /// Whether there is no row.
    pub fn is_empty(&self) -> bool {
        self.values.is_empty()
    }

    /// How many are missing.
    pub fn missing(&self) -> usize {
        self.missing
    }

    /// All figures, when none is missing.
    pub fn complete(&self) -> Option<&[f64]> {
        (self.missing == 0).then_some(&self.values[..])
    }

    /// The figures in order.
    pub fn iter(&self) -> impl Iterator<Item = Option<f64>> + '_ {
        (0..self.len()).map(|row| self.get(row))
    }
}

impl FromIterator<Option<f64>> for Numbers {
    fn from_iter<I: IntoIterator<Item = Option<f64>>>(values: I) -> Numbers {
        let mut numbers = Numbers::default();
        values.into_iter().for_each(|value| numbers.push(value));
        numbers
    }
}

/// Words of a column: groups, classes, names. Each distinct word once, in the order in which they first occur.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Labels {
    /// The distinct words.
    pub words: Vec<String>,
    /// Position of the word of each row; `None` where the cell is empty.
    pub of: Vec<Option<u32>>,
    known: rustc_hash::FxHashMap<String, u32>,
}

impl Labels {
    /// Adds the word of a row; an empty one is missing.
    pub fn push(&mut self, word: &str) {
        let at = (!word.is_empty()).then(|| self.number(word));
        self.of.push(at);
    }

    /// The number of a word, which becomes known.
    pub fn number(&mut self, word: &str) -> u32 {
        if let Some(&at) = self.known.get(word) {
            return at;
        }
        let at = self.words.len() as u32;
        self.words.push(word.to_owned());
        self.known.insert(word.to_owned(), at);
        at
    }

    /// The word of a row.
    pub fn get(&self, row: usize) -> Option<&str> {
        self.of.get(row).copied().flatten().map(|at| self.words[at as usize].as_str())
    }
}

/// A column.
#[derive(Clone, Debug, PartialEq)]
pub enum Column {
    /// Figures.
    Numbers(Numbers),
    /// Words.
    Labels(Labels),
}

/// What is to be analysed: rows with a place, in a panel also a period, and columns named by the parameter that asked
/// for them (`of`, `groups`, `explained_by.0`).
///
/// In a cross-section ([`super::Over::Places`]) every place is there once and row `i` is place `i`. In a panel
/// ([`super::Over::Panel`]) a row is a place in a period, in no particular order.
#[derive(Clone, Debug, Default)]
pub struct Sample {
    /// Ids of the places, each once.
    pub places: Vec<String>,
    /// Place of each row.
    pub place: Vec<u32>,
    /// Names of the periods of a panel, each once, in order; empty in a cross-section.
    pub periods: Vec<String>,
    /// When each period is, in years (2022 is 2022.0, 2022-07 is 2022.5), or the number in the time column of a file.
    pub times: Vec<f64>,
    /// Period of each row of a panel; empty in a cross-section.
    pub period: Vec<u32>,
    /// The columns by parameter.
    pub columns: Vec<(String, Column)>,
    /// Codes of the dimension over which the columns `of.0`, `of.1` ... are spread, in their order; empty where none is.
    pub parts: Vec<String>,
    /// Where the places are.
    pub space: Space,
}

impl Sample {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.place.len()
    }

    /// The column that a parameter names, if it was given.
    pub fn column(&self, parameter: &str) -> Option<&Column> {
        self.columns.iter().find(|(name, _)| name == parameter).map(|(_, column)| column)
    }

    /// The figures that a parameter names.
    ///
    /// # Errors
    /// When the column is not there or holds words.
    pub fn numbers(&self, parameter: &str) -> Result<&Numbers, String> {
        match self.column(parameter) {
            Some(Column::Numbers(numbers)) => Ok(numbers),
            Some(Column::Labels(_)) => Err(format!("the column that `{parameter}` names holds words, not figures")),
            None => Err(format!("there is no column for `{parameter}`")),
        }
    }

    /// The words that a parameter names, if it was given.
    pub fn labels(&self, parameter: &str) -> Option<&Labels> {
        match self.column(parameter) {
            Some(Column::Labels(labels)) => Some(labels),
            _ => None,
        }
    }

    /// The columns of a parameter that is a list, in its order (`of.0`, `of.1` ...).
    ///
    /// # Errors
    /// When one holds words.
    pub fn list(&self, parameter: &str) -> Result<Vec<&Numbers>, String> {
        let mut list = Vec::new();
        while self.column(&format!("{parameter}.{}", list.len())).is_some() {
            list.push(self.numbers(&format!("{parameter}.{}", list.len()))?);
        }
        Ok(list)
    }

    /// The figures of a panel as a table: one list over the periods for each place.
    ///
    /// # Errors
    /// When a place has two rows in one period.
    pub fn by_place(&self, parameter: &str) -> Result<Vec<Vec<Option<f64>>>, String> {
        let numbers = self.numbers(parameter)?;
        let mut table = vec![vec![None; self.periods.len()]; self.places.len()];
        let mut seen = rustc_hash::FxHashSet::default();
        for row in 0..self.rows() {
            let (place, period) = (self.place[row] as usize, self.period.get(row).copied().unwrap_or(0) as usize);
            if !seen.insert((place, period)) {
                return Err(format!(
                    "{} has two rows in {}; name the column that tells them apart, or leave one out",
                    self.places[place],
                    self.periods.get(period).map_or("the sample", String::as_str)
                ));
            }
            table[place][period] = numbers.get(row);
        }
        Ok(table)
    }

    /// The spatial weights between the places (positions are those of `places`).
    ///
    /// # Errors
    /// A sentence when the rule makes no sense or the places lack what it needs (boundaries, points).
    pub fn weights(&self, rule: &str) -> Result<Weights, String> {
        self.space.weights(rule, &self.places)
    }
}
