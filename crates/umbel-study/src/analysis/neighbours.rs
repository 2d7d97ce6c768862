//! What analyses of neighbours share: their words, their sample, and how a test is shown.

use super::{Key, Name, Outcome, Sample, Table};
use std::fmt;
use umbel_stats::Weights;
use umbel_stats::autocorrelation::lisa::Cluster;
use umbel_stats::autocorrelation::symmetric::without_self;
use umbel_stats::autocorrelation::{discovery, significance};
use umbel_stats::distribution::normal_two_sided;
use umbel_stats::present::Present;
use umbel_stats::weights::transform;

// The words of the parameters are those of the engine.
pub use umbel_stats::autocorrelation::discovery::Correction;
pub use umbel_stats::autocorrelation::local_moran::Divisor;
pub use umbel_stats::autocorrelation::significance::{Islands, Test};
pub use umbel_stats::inference::Alternative;
pub use umbel_stats::weights::Transform;

/// Binary weights, for methods that count neighbours.
pub fn binary() -> Transform {
    Transform::Binary
}

/// n, for methods whose published form divides by it.
pub fn places() -> Divisor {
    Divisor::Places
}

/// 999 permutations.
pub fn permutations() -> u32 {
    999
}

/// The usual level of significance.
pub fn level() -> f64 {
    0.05
}

/// What is wrong with a level of significance.
pub fn level_problem(level: f64) -> Vec<(String, String, String)> {
    if level > 0.0 && level < 1.0 {
        return Vec::new();
    }
    let message = format!("the level of significance is {level}.");
    vec![("level".to_owned(), message, "Give a number between 0 and 1, such as 0.05.".to_owned())]
}

/// Columns of figures over the places that have all of them, and the weights between these.
pub struct Neighbours {
    /// Number of places of the sample.
    pub all: usize,
    /// Positions of the places that have figures.
    pub at: Vec<u32>,
    /// The figures of each column.
    pub columns: Vec<Vec<f64>>,
    /// The weights between them, standardised; without those of places for themselves.
    pub weights: Weights,
    own: usize,
}

impl Neighbours {
    /// Reads columns and makes weights.
    ///
    /// # Errors
    /// A sentence when a column is missing, or weights cannot be made.
    pub fn of(sample: &Sample, names: &[&str], rule: &str, standardise: Transform) -> Result<Neighbours, String> {
        let numbers = names.iter().map(|name| sample.numbers(name)).collect::<Result<Vec<_>, _>>()?;
        let complete = |row: usize| numbers.iter().all(|column| column.get(row).is_some()).then_some(0.0);
        let present = Present::of((0..sample.rows()).map(complete));
        let column = |at: usize| present.at.iter().filter_map(|&row| numbers[at].get(row as usize)).collect();
        let columns = (0..names.len()).map(column).collect();
        let weights = present.weights(&sample.weights(rule)?);
        let others = without_self(&weights);
        let own = weights.pairs() - others.pairs();
        Ok(Neighbours { all: sample.rows(), at: present.at, columns, weights: transform(&others, standardise), own })
    }

    /// An outcome with the numbers of places, and what a reader must know of them.
    pub fn outcome(&self) -> Outcome {
        let (n, islands) = (self.at.len(), self.weights.islands().len());
        let mut outcome = Outcome::new();
        outcome.figure("n", n).figure("missing", self.all - n).figure("islands", islands);
        let places = |count: usize, one: &str, more: &str| match count {
            1 => format!("1 place {one}"),
            _ => format!("{count} places {more}"),
        };
        if self.all > n {
            let left = places(self.all - n, "has no figure and is", "have no figure and are");
            outcome.note(format!("{left} left out; weights are standardised among the others."));
        }
        if islands > 0 {
            let left = places(islands, "has no neighbour: it counts", "have no neighbour: they count");
            outcome.note(format!("{left} among the places, with a lag of 0."));
        }
        if self.own > 0 {
            outcome.note("Weights of places for themselves were taken out.");
        }
        outcome
    }

    /// A table of all places, to be filled column by column.
    pub fn table(&self) -> Spread {
        Spread { all: self.all, at: self.at.clone(), table: Table::all(Key::Place) }
    }
}

/// A table of all places whose columns are known for some.
pub struct Spread {
    all: usize,
    at: Vec<u32>,
    table: Table,
}

impl Spread {
    /// The table.
    pub fn done(self) -> Table {
        self.table
    }

    /// Adds a column of numbers.
    #[must_use]
    pub fn numbers(mut self, name: impl Into<Name>, cells: impl IntoIterator<Item = Option<f64>>) -> Spread {
        let mut spread = vec![None; self.all];
        for (&at, cell) in self.at.iter().zip(cells) {
            spread[at as usize] = cell;
        }
        self.table = self.table.numbers(name, spread);
        self
    }

    /// Adds a column of words; `otherwise` where there is no figure.
    #[must_use]
    pub fn words(
        mut self,
        name: impl Into<Name>,
        cells: impl IntoIterator<Item = &'static str>,
        otherwise: Option<&'static str>,
    ) -> Spread {
        let mut spread = vec![otherwise.map(Name::Borrowed); self.all];
        for (&at, cell) in self.at.iter().zip(cells) {
            spread[at as usize] = Some(Name::Borrowed(cell));
        }
        self.table = self.table.words(name, spread);
        self
    }
}

/// Adds a statistic about the whole with its moments, each as (variance, z, p): under normality and over all permutations.
/// `p_two_sided` is that of `z_normal`, whatever the alternative.
pub fn analytic(
    outcome: &mut Outcome,
    (statistic, expected): (f64, f64),
    normal: (f64, Option<f64>, Option<f64>),
    randomization: (Option<f64>, Option<f64>, Option<f64>),
) {
    outcome
        .figure("statistic", statistic)
        .figure("expected", expected)
        .figure("variance_normal", normal.0)
        .figure("z_normal", normal.1)
        .figure("p_normal", normal.2)
        .figure("p_two_sided", normal.1.map(normal_two_sided))
        .figure("variance_randomization", randomization.0)
        .figure("z_randomization", randomization.1)
        .figure("p_randomization", randomization.2);
}

/// Adds what permutations say of a figure about the whole.
pub fn simulated(outcome: &mut Outcome, found: Option<significance::Simulated>) {
    outcome.figure("permutations", found.map_or(0, |found| found.permutations));
    if let Some(found) = found {
        outcome
            .figure("mean_permutation", found.mean)
            .figure("variance_permutation", found.variance)
            .figure("z_permutation", found.z)
            .figure("p_permutation", found.p);
    }
}

/// Classes of a map of local statistics: the words in the order of their numbers.
pub const CLASSES: &[&str] = &[
    "high_high",
    "low_high",
    "low_low",
    "high_low",
    "hot",
    "cold",
    "alike",
    "unlike",
    "not_significant",
    "island",
    "undefined",
];

/// The word of a class.
pub fn word(class: Cluster) -> &'static str {
    CLASSES[match class {
        Cluster::HighHigh => 0,
        Cluster::LowHigh => 1,
        Cluster::LowLow => 2,
        Cluster::HighLow => 3,
        Cluster::Hot => 4,
        Cluster::Cold => 5,
        Cluster::Alike => 6,
        Cluster::Unlike => 7,
        Cluster::NotSignificant => 8,
        Cluster::Island => 9,
        Cluster::Undefined => 10,
    }]
}

/// How places are told significant.
#[derive(Clone, Copy, Debug)]
pub struct Judgement {
    /// Level of significance.
    pub level: f64,
    /// Correction for the number of places.
    pub correction: Correction,
}

/// Adds corrected p-values and classes to the table of places, and their numbers to the outcome. `classes` are those that
/// places would have if they were significant, with whether a place is an island.
pub fn classified(
    outcome: &mut Outcome,
    places: Spread,
    p: &[Option<f64>],
    classes: &[(Cluster, bool)],
    judge: Judgement,
) -> Spread {
    let adjusted = discovery::adjusted(p, judge.correction);
    let found: Vec<&'static str> = classes
        .iter()
        .zip(&adjusted)
        .map(|(&(class, island), &p)| word(Cluster::at(class, island, p, judge.level)))
        .collect();
    let significant = adjusted.iter().flatten().filter(|&&p| p <= judge.level).count();
    outcome.figure("significant", significant);
    outcome.figure("threshold_false_discovery", discovery::threshold(p, judge.level));
    for class in CLASSES {
        let count = found.iter().filter(|found| found == &class).count();
        if count > 0 {
            outcome.figure(format!("places_{class}"), count);
        }
    }
    places.numbers("p_adjusted", adjusted).words("class", found, Some("undefined"))
}

/// A text for the message of an error.
pub fn told(error: impl fmt::Display) -> String {
    error.to_string()
}
