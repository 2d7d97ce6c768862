//! What the analyses of panels share: complete rows, groups, words for errors and corrections, tables of coefficients.

use super::{Figure, Labels, Name, Numbers, Sample, Table, Wanted};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_stats::linear::Estimate;
use umbel_stats::panel::balanced;
use umbel_stats::panel::covariance::{Corrections, EffectsCounted, Errors, Tests};
use umbel_stats::panel::fixed_effects::{Fit, JointTest};
use umbel_stats::panel::groups::Groups;

/// What is assumed of the errors.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ErrorsAre {
    /// Independent, of one variance.
    Iid,
    /// Independent, each of its own variance.
    Hc1,
    /// Correlated within clusters.
    #[default]
    Cluster,
    /// Correlated between all places of a period, and over neighbouring periods.
    DriscollKraay,
}

/// Corrections for small samples.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Corrected {
    /// As fixest and pyfixest do: effects within clusters do not count, G / (G - 1) for clusters, Student's t.
    #[default]
    Fixest,
    /// As linearmodels does: all effects count, none for clusters, Student's t.
    Linearmodels,
    /// None; tests are normal. Independent errors are still divided by the rows less the coefficients.
    None,
}

impl Corrected {
    /// The corrections of the engine.
    pub fn corrections(self) -> Corrections {
        match self {
            Corrected::Fixest => Corrections::default(),
            Corrected::Linearmodels => Corrections::linearmodels(),
            Corrected::None => Corrections {
                slopes: false,
                effects: EffectsCounted::None,
                less_one: false,
                clusters: false,
                fewest_clusters: false,
                tests: Tests::Normal,
            },
        }
    }
}

/// The level of intervals.
pub fn confidence() -> f64 {
    0.95
}

/// Checks the level of intervals.
pub fn confidence_problem(confidence: f64) -> Option<(String, String, String)> {
    let wrong = !(confidence > 0.0 && confidence < 1.0);
    wrong.then(|| {
        let message = format!("{confidence} is no level of confidence.");
        ("confidence".to_owned(), message, "Write a number between 0 and 1, such as 0.95.".to_owned())
    })
}

/// Names that mean the places and the periods of the sample rather than a column.
const UNIT: &[&str] = &["unit", "place"];
const TIME: &[&str] = &["time", "period"];

/// The columns of a parameter that names groupings.
pub fn groupings_wanted(parameter: &str, names: &[String]) -> Vec<Wanted> {
    let each =
        names.iter().enumerate().filter(|(_, name)| !UNIT.contains(&name.as_str()) && !TIME.contains(&name.as_str()));
    each.map(|(at, name)| Wanted::labels(format!("{parameter}.{at}"), name.clone())).collect()
}

/// Rows of a sample in which nothing is missing.
pub struct Complete<'a> {
    sample: &'a Sample,
    /// Their positions.
    pub rows: Vec<u32>,
    /// Rows left out.
    pub missing: usize,
}

impl<'a> Complete<'a> {
    /// The rows in which all of these columns have a figure or a word.
    pub fn of(sample: &'a Sample, numbers: &[&Numbers], labels: &[&Labels]) -> Complete<'a> {
        let there = |row: usize| {
            numbers.iter().all(|column| column.get(row).is_some())
                && labels.iter().all(|column| column.of.get(row).copied().flatten().is_some())
        };
        let rows: Vec<u32> = (0..sample.rows()).filter(|&row| there(row)).map(|row| row as u32).collect();
        Complete { sample, missing: sample.rows() - rows.len(), rows }
    }

    /// Figures of a column.
    pub fn take(&self, numbers: &Numbers) -> Vec<f64> {
        self.rows.iter().filter_map(|&row| numbers.get(row as usize)).collect()
    }

    /// Places.
    pub fn unit(&self) -> Groups {
        Groups::from_codes(&self.rows.iter().map(|&row| self.sample.place[row as usize]).collect::<Vec<u32>>())
    }

    /// Position of the period of each row.
    fn period(&self) -> Vec<u32> {
        self.rows.iter().map(|&row| self.sample.period.get(row as usize).copied().unwrap_or(0)).collect()
    }

    /// Periods.
    pub fn time(&self) -> Groups {
        Groups::from_codes(&self.period())
    }

    /// The groups that a name means: places, periods, or the words of a column.
    ///
    /// # Errors
    /// When there is no such column.
    pub fn groups(&self, parameter: &str, at: usize, name: &str) -> Result<Groups, String> {
        if UNIT.contains(&name) {
            return Ok(self.unit());
        }
        if TIME.contains(&name) {
            return Ok(self.time());
        }
        let labels = self.sample.labels(&format!("{parameter}.{at}"));
        let labels = labels.ok_or_else(|| format!("there is no column \"{name}\" ({parameter})"))?;
        Ok(Groups::from_labels(self.rows.iter().map(|&row| labels.of[row as usize])))
    }

    /// Periods as whole numbers: years where all periods are years, else their position.
    pub fn calendar(&self) -> Calendar {
        let times = &self.sample.times;
        let years = times.iter().all(|time| time.fract() == 0.0);
        let number = |at: u32| if years { times[at as usize] as i64 } else { i64::from(at) };
        Calendar {
            period: self.period().into_iter().map(number).collect(),
            times: (!years).then(|| times.clone()),
            names: if years { Vec::new() } else { self.sample.periods.clone() },
        }
    }

    /// The first treated period of each row's place, from a column that says so (0 or nothing: never), or from one that
    /// marks treated rows by a figure other than 0.
    ///
    /// # Errors
    /// When there is neither, or a place is treated and later is not.
    pub fn first_treated(&self, calendar: &Calendar) -> Result<Vec<Option<i64>>, String> {
        if self.sample.column("first_treated").is_some() {
            let column = self.sample.numbers("first_treated")?;
            let first =
                |&row: &u32| column.get(row as usize).filter(|first| *first != 0.0).map(|first| calendar.from(first));
            return Ok(self.rows.iter().map(first).collect());
        }
        let treated = self.treated()?.ok_or("name the column that says who is treated: treated, or first_treated")?;
        balanced::first_treated(&self.unit(), &calendar.period, &treated).map_err(|error| error.to_string())
    }

    /// The marks of treated rows, where there is such a column.
    ///
    /// # Errors
    /// When it holds words.
    pub fn treated(&self) -> Result<Option<Vec<bool>>, String> {
        if self.sample.column("treated").is_none() {
            return Ok(None);
        }
        let column = self.sample.numbers("treated")?;
        Ok(Some(self.rows.iter().map(|&row| column.get(row as usize).is_some_and(|value| value != 0.0)).collect()))
    }
}

/// Periods as whole numbers.
pub struct Calendar {
    /// Of each row.
    pub period: Vec<i64>,
    times: Option<Vec<f64>>,
    names: Vec<String>,
}

impl Calendar {
    /// The number of the first period that is not before a time.
    fn from(&self, time: f64) -> i64 {
        match &self.times {
            None => time.ceil() as i64,
            Some(times) => times.partition_point(|other| *other < time) as i64,
        }
    }

    /// The name of a period.
    pub fn name(&self, period: i64) -> String {
        let name = usize::try_from(period).ok().and_then(|at| self.names.get(at));
        name.cloned().unwrap_or_else(|| period.to_string())
    }
}

/// The groupings behind errors, kept where the errors can borrow them.
pub struct Behind {
    clusters: Vec<Groups>,
    periods: Groups,
    errors: ErrorsAre,
    lags: Option<usize>,
}

impl Behind {
    /// Of complete rows; clusters by name.
    ///
    /// # Errors
    /// When there is no such column.
    pub fn of(
        complete: &Complete,
        errors: ErrorsAre,
        clusters: &[String],
        lags: Option<u32>,
    ) -> Result<Behind, String> {
        let named = clusters.iter().enumerate().map(|(at, name)| complete.groups("cluster", at, name));
        let clusters = if errors == ErrorsAre::Cluster { named.collect::<Result<_, _>>()? } else { Vec::new() };
        Ok(Behind { clusters, periods: complete.time(), errors, lags: lags.map(|lags| lags as usize) })
    }

    /// The errors of the engine.
    pub fn errors(&self) -> Errors<'_> {
        match self.errors {
            ErrorsAre::Iid => Errors::Iid,
            ErrorsAre::Hc1 => Errors::Hc1,
            ErrorsAre::Cluster => Errors::Clustered(&self.clusters),
            ErrorsAre::DriscollKraay => Errors::DriscollKraay { periods: &self.periods, lags: self.lags },
        }
    }
}

/// The figures of an estimate by name.
pub fn estimate(of: &Estimate) -> Vec<(Name, Figure)> {
    vec![
        ("estimate".into(), of.estimate.into()),
        ("standard_error".into(), of.standard_error.into()),
        ("statistic".into(), of.statistic.into()),
        ("p_two_sided".into(), of.p_two_sided.into()),
        ("lower".into(), of.lower.into()),
        ("upper".into(), of.upper.into()),
    ]
}

/// The figures of a joint test.
pub fn joint(of: &JointTest) -> Figure {
    Figure::Group(vec![
        ("statistic".into(), of.statistic.into()),
        ("restrictions".into(), of.restrictions.into()),
        ("degrees_of_freedom".into(), of.degrees.into()),
        ("p".into(), of.p.into()),
    ])
}

/// Adds the columns of estimates to a table.
pub fn with_estimates(table: Table, estimates: &[Option<Estimate>]) -> Table {
    let of = |get: fn(&Estimate) -> Option<f64>| estimates.iter().map(|e| e.as_ref().and_then(get)).collect::<Vec<_>>();
    table
        .numbers("estimate", of(|e| Some(e.estimate)))
        .numbers("standard_error", of(|e| Some(e.standard_error)))
        .numbers("statistic", of(|e| e.statistic))
        .numbers("p_two_sided", of(|e| e.p_two_sided))
        .numbers("lower", of(|e| Some(e.lower)))
        .numbers("upper", of(|e| Some(e.upper)))
}

/// The note about columns without a coefficient.
pub fn collinear_note(names: &[String], fit: &Fit) -> Option<String> {
    let left: Vec<&str> = fit.collinear.iter().filter_map(|&at| names.get(at)).map(String::as_str).collect();
    (!left.is_empty())
        .then(|| format!("no coefficient for {}: given by the other columns and the effects", left.join(", ")))
}
