//! An index from its indicators: screen, fill in, treat, normalise, weigh, aggregate.

use super::aggregate::{Aggregation, group, plain, spread};
use super::components::{Standardise, components};
use super::impute::{Imputation, Rows, impute};
use super::moments::{deviation, present};
use super::normalise::{Direction, Marks, Normalisation, normalise};
use super::screen::{Availability, Screening, screen};
use super::treat::{Treated, Treatment, treat};
use super::tree::Tree;
use super::weigh::{self, EntropyOf};
use crate::Error;
use serde::{Deserialize, Serialize};

/// Indicators by rows: a row is a unit, or a unit in a period.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Data {
    /// The values, one list for each indicator.
    pub columns: Vec<Vec<Option<f64>>>,
    /// Group of each row, for imputation by group; empty: none.
    pub groups: Vec<Option<u32>>,
    /// Unit of each row, for imputation by the last value; empty: none.
    pub units: Vec<u32>,
    /// Period of each row; empty: one period. All periods share one scale, so that scores can be compared over time;
    /// ranks are those within a period.
    pub periods: Vec<u32>,
}

impl Data {
    /// Number of rows.
    pub fn rows(&self) -> usize {
        self.columns.first().map_or(0, Vec::len)
    }

    fn check(&self) -> Result<(), Error> {
        let rows = self.rows();
        crate::error::at_least("an index", 2, "units", rows)?;
        for column in &self.columns {
            crate::error::length("an indicator", rows, column.len())?;
            crate::error::finite("an indicator", &present(column))?;
        }
        let fits = |what, length| if length == 0 { Ok(()) } else { crate::error::length(what, rows, length) };
        fits("the groups", self.groups.len())?;
        fits("the units", self.units.len())?;
        fits("the periods", self.periods.len())
    }

    /// The rows at these positions.
    pub(super) fn subset(&self, rows: &[u32]) -> Data {
        fn take<T: Copy>(list: &[T], rows: &[u32]) -> Vec<T> {
            if list.is_empty() { Vec::new() } else { rows.iter().map(|&row| list[row as usize]).collect() }
        }
        Data {
            columns: self.columns.iter().map(|column| take(column, rows)).collect(),
            groups: take(&self.groups, rows),
            units: take(&self.units, rows),
            periods: take(&self.periods, rows),
        }
    }
}

/// What is known of an indicator beside its values, its place and its weight in the tree.
#[derive(Clone, Copy, Debug, Default, PartialEq)]
pub struct Indicator {
    /// Which way it is read.
    pub direction: Direction,
    /// Target and goalposts.
    pub marks: Marks,
    /// Treated differently from the others; `Some(None)`: not at all.
    pub treat: Option<Option<Treatment>>,
    /// Normalised differently from the others.
    pub normalise: Option<Normalisation>,
}

/// Where weights come from. Weights from data are made within each group that consists of indicators only, from the
/// units that have all of them; groups of aggregates keep the given weights.
#[derive(Clone, Copy, Debug, Default, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Weighting {
    /// Those of the tree.
    #[default]
    Given,
    /// The same for every member of a group, at all levels.
    Equal,
    /// Entropy of the treated values.
    Entropy {
        /// Of the values themselves, or of their min-max.
        of: EntropyOf,
    },
    /// Standard deviation of the min-max values.
    StandardDeviation,
    /// CRITIC.
    Critic,
    /// MEREC; needs values above 0.
    Merec,
    /// Loadings on the first principal component of the normalised values. A negative loading counts as weight 0, with a
    /// warning.
    PrincipalComponents,
    /// Weights under which all members correlate equally with their mean, or as nearly as weights of 0 or above allow.
    EqualInfluence,
}

/// How an index is made.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub struct Specification {
    /// How missing values are filled in.
    pub impute: Imputation,
    /// Which units are left out; none: nothing is screened.
    pub screen: Option<Screening>,
    /// How outliers are treated; none: they are not.
    pub treat: Option<Treatment>,
    /// How indicators are normalised.
    pub normalise: Normalisation,
    /// Where weights come from.
    pub weigh: Weighting,
    /// How groups are aggregated: one for all levels, or one for each level above the indicators.
    pub aggregate: Vec<Aggregation>,
    /// Least share of the members of a group that have a value; none: one is enough.
    pub data_threshold: Option<f64>,
}

impl Default for Specification {
    fn default() -> Self {
        Specification {
            impute: Imputation::None,
            screen: None,
            treat: None,
            normalise: Normalisation::default(),
            weigh: Weighting::Given,
            aggregate: vec![Aggregation::Arithmetic],
            data_threshold: None,
        }
    }
}

/// Something a reader of the index has to know.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "warning", rename_all = "snake_case")]
pub enum Warning {
    /// Skewness and kurtosis are still outside of the limits after the treatment.
    StillSkewed {
        /// The indicator.
        indicator: u32,
    },
    /// The indicator loads negatively on the first component: it points against the others, and has no weight.
    NegativeLoading {
        /// The indicator.
        indicator: u32,
    },
    /// The members of this group cannot have equal influence with weights of 0 or above.
    InfluenceNotReached {
        /// The aggregate.
        node: u32,
    },
}

/// An index with all steps on the way to it. Scores only: ranks come with their bands, from
/// [`super::uncertainty::uncertainty`].
#[derive(Clone, Debug, PartialEq)]
pub struct Steps {
    /// Availability of all rows given.
    pub screened: Vec<Availability>,
    /// The rows that stay, by their position; everything below has these rows.
    pub rows: Vec<u32>,
    /// The indicators filled in.
    pub imputed: Vec<Vec<Option<f64>>>,
    /// The indicators treated, with the log of it.
    pub treated: Vec<Treated>,
    /// The indicators normalised.
    pub normalised: Vec<Vec<Option<f64>>>,
    /// The weight of each node as used, before each group is divided by its sum.
    pub weights: Vec<f64>,
    /// The scores of all nodes: the normalised indicators, then the aggregates.
    pub scores: Vec<Vec<Option<f64>>>,
    /// What a reader has to know.
    pub warnings: Vec<Warning>,
}

/// What draws share: normalised values with NaN for missing ones, their logarithms where all are above 0, weights.
pub(super) struct Prepared {
    pub(super) values: Vec<Vec<f64>>,
    logarithms: Option<Vec<Vec<f64>>>,
    pub(super) weights: Vec<f64>,
}

/// Makes an index. O(rows x indicators), and what the weights and Copeland cost.
///
/// Source: Nardo et al., Handbook on Constructing Composite Indicators, OECD/JRC 2008; Becker et al., COINr, Journal of
/// Open Source Software 7(78), 2022.
///
/// # Errors
/// When lists do not fit together, fewer than 2 units stay, an indicator is the same everywhere where it must vary, or
/// a step is not defined for the values: an indicator is named by its position.
pub fn index(
    data: &Data,
    indicators: &[Indicator],
    tree: &Tree,
    specification: &Specification,
) -> Result<Steps, Error> {
    data.check()?;
    crate::error::length("the indicators of the tree", data.columns.len(), tree.indicators())?;
    crate::error::length("the indicators", data.columns.len(), indicators.len())?;
    check(specification, tree)?;
    let all = |data: &Data| filled(data, specification.impute);
    let (screened, rows, imputed) = match specification.screen {
        Some(by) => {
            let before = by.before_imputation;
            let looked_at = if before { data.columns.clone() } else { all(data)? };
            let screened = screen(&looked_at, by)?;
            let staying = screened.iter().enumerate().filter(|(_, unit)| unit.stays);
            let rows: Vec<u32> = staying.map(|(row, _)| row as u32).collect();
            crate::error::at_least("an index", 2, "units after screening", rows.len())?;
            let imputed = if before {
                all(&data.subset(&rows))?
            } else {
                Data { columns: looked_at, ..Data::default() }.subset(&rows).columns
            };
            (screened, rows, imputed)
        }
        None => {
            let by = Screening { available: None, non_zero: None, before_imputation: true };
            (screen(&data.columns, by)?, (0..data.rows() as u32).collect(), all(data)?)
        }
    };
    let mut warnings = Vec::new();
    let treated = treated(&imputed, indicators, specification, &mut warnings)?;
    let columns: Vec<Vec<Option<f64>>> = treated.iter().map(|treated| treated.values.clone()).collect();
    let normalised = normalised(&columns, indicators, specification)?;
    let weights = weights(&columns, &normalised, indicators, tree, specification.weigh, &mut warnings)?;
    let prepared = prepare(&normalised, weights, specification.aggregate.iter().any(|by| by.needs_positive()));
    let scores = scores(&prepared, &prepared.weights, tree, &specification.aggregate, specification.data_threshold)?;
    let scores = scores.iter().map(|column| spread(column)).collect();
    Ok(Steps { screened, rows, imputed, treated, normalised, weights: prepared.weights, scores, warnings })
}

/// Fills in, treats, normalises and weighs the rows that the screening kept.
pub(super) fn prepared(
    data: &Data,
    rows: &[u32],
    indicators: &[Indicator],
    tree: &Tree,
    specification: &Specification,
    logarithms: bool,
) -> Result<Prepared, Error> {
    let imputed = if specification.screen.is_some_and(|by| !by.before_imputation) {
        let columns = filled(data, specification.impute)?;
        Data { columns, ..Data::default() }.subset(rows).columns
    } else {
        filled(&data.subset(rows), specification.impute)?
    };
    let mut warnings = Vec::new();
    let treated = treated(&imputed, indicators, specification, &mut warnings)?;
    let columns: Vec<Vec<Option<f64>>> = treated.into_iter().map(|treated| treated.values).collect();
    let normalised = normalised(&columns, indicators, specification)?;
    let weights = weights(&columns, &normalised, indicators, tree, specification.weigh, &mut warnings)?;
    Ok(prepare(&normalised, weights, logarithms))
}

fn prepare(normalised: &[Vec<Option<f64>>], weights: Vec<f64>, logarithms: bool) -> Prepared {
    let values: Vec<Vec<f64>> = normalised.iter().map(|column| plain(column)).collect();
    let positive = |column: &Vec<f64>| !column.iter().any(|&value| value <= 0.0);
    let logarithms = (logarithms && values.iter().all(positive))
        .then(|| values.iter().map(|column| column.iter().map(|value| value.ln()).collect()).collect());
    Prepared { values, logarithms, weights }
}

fn check(specification: &Specification, tree: &Tree) -> Result<(), Error> {
    let above = tree.levels()[tree.index() as usize] as usize - 1;
    let given = specification.aggregate.len();
    if given != 1 && given != above {
        let message =
            format!("one for all levels, or one for each of {above} levels above the indicators, not {given}");
        return Err(Error::Parameter { parameter: "aggregate", message });
    }
    match specification.data_threshold {
        Some(threshold) if !(0.0..=1.0).contains(&threshold) => {
            let message = format!("a share is between 0 and 1, not {threshold}");
            Err(Error::Parameter { parameter: "data_threshold", message })
        }
        _ => Ok(()),
    }
}

/// Names the indicator in an error of its column.
fn of_indicator(indicator: usize, error: Error) -> Error {
    Error::Parameter { parameter: "indicators", message: format!("indicator {}: {error}", indicator + 1) }
}

fn filled(data: &Data, by: Imputation) -> Result<Vec<Vec<Option<f64>>>, Error> {
    let rows = Rows { groups: &data.groups, units: &data.units, periods: &data.periods };
    let columns = data.columns.iter().enumerate();
    columns.map(|(at, column)| impute(column, rows, by).map_err(|error| of_indicator(at, error))).collect()
}

fn treated(
    columns: &[Vec<Option<f64>>],
    indicators: &[Indicator],
    specification: &Specification,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<Treated>, Error> {
    let mut all = Vec::with_capacity(columns.len());
    for (at, (column, indicator)) in columns.iter().zip(indicators).enumerate() {
        let Some(by) = indicator.treat.unwrap_or(specification.treat) else {
            let points = vec![super::treat::Point::Untouched; column.len()];
            let (checks, transformation) = (Vec::new(), None);
            all.push(Treated { values: column.clone(), checks, winsorised: 0, points, transformation });
            continue;
        };
        let treated = treat(column, &by).map_err(|error| of_indicator(at, error))?;
        if !treated.checks.is_empty() && !treated.passed() {
            warnings.push(Warning::StillSkewed { indicator: at as u32 });
        }
        all.push(treated);
    }
    Ok(all)
}

fn normalised(
    columns: &[Vec<Option<f64>>],
    indicators: &[Indicator],
    specification: &Specification,
) -> Result<Vec<Vec<Option<f64>>>, Error> {
    let one = |(at, (column, indicator)): (usize, (&Vec<Option<f64>>, &Indicator))| {
        let by = indicator.normalise.unwrap_or(specification.normalise);
        normalise(column, indicator.direction, by, indicator.marks).map_err(|error| of_indicator(at, error))
    };
    columns.iter().zip(indicators).enumerate().map(one).collect()
}

/// The weights of all nodes.
fn weights(
    columns: &[Vec<Option<f64>>],
    normalised: &[Vec<Option<f64>>],
    indicators: &[Indicator],
    tree: &Tree,
    by: Weighting,
    warnings: &mut Vec<Warning>,
) -> Result<Vec<f64>, Error> {
    match by {
        Weighting::Given => return Ok(tree.weights().to_vec()),
        Weighting::Equal => return Ok(vec![1.0; tree.len()]),
        _ => {}
    }
    let mut weights = tree.weights().to_vec();
    for node in tree.indicators()..tree.len() {
        let members = tree.children(node as u32);
        if members.len() < 2 || members.iter().any(|&member| member as usize >= tree.indicators()) {
            continue;
        }
        let of_normalised = matches!(by, Weighting::PrincipalComponents | Weighting::EqualInfluence);
        let complete = complete(if of_normalised { normalised } else { columns }, members);
        let directions: Vec<Direction> = members.iter().map(|&member| indicators[member as usize].direction).collect();
        let found = match by {
            Weighting::Entropy { of } => weigh::entropy(&complete, &directions, of)?.weights,
            Weighting::Critic => weigh::critic(&complete, &directions)?,
            Weighting::Merec => weigh::merec(&complete, &directions)?,
            Weighting::PrincipalComponents => {
                let found = components(&complete, Standardise::Yes)?;
                let against = found.against.iter().map(|&at| members[at as usize]);
                warnings.extend(against.map(|indicator| Warning::NegativeLoading { indicator }));
                found.loadings[0].iter().map(|loading| loading.max(0.0)).collect()
            }
            Weighting::EqualInfluence => {
                let found = weigh::influence(&complete, &vec![1.0; members.len()])?;
                if !found.reached {
                    warnings.push(Warning::InfluenceNotReached { node: node as u32 });
                }
                found.weights
            }
            // The standard deviation of min-max values is that of the values over their range.
            _ => {
                weigh::table(&complete, 2)?;
                let spread = |column: &Vec<f64>| {
                    let (least, most) = super::moments::range(column.iter().copied());
                    if least < most { deviation(column) / (most - least) } else { 0.0 }
                };
                complete.iter().map(spread).collect()
            }
        };
        if found.iter().all(|&weight| weight == 0.0) {
            return Err(Error::Constant { what: "the indicators of a group" });
        }
        members.iter().zip(found).for_each(|(&member, weight)| weights[member as usize] = weight);
    }
    Ok(weights)
}

/// The members' values in the rows that have all of them.
fn complete(columns: &[Vec<Option<f64>>], members: &[u32]) -> Vec<Vec<f64>> {
    let rows = columns.first().map_or(0, Vec::len);
    let has_all = |&row: &usize| members.iter().all(|&member| columns[member as usize][row].is_some());
    let rows: Vec<usize> = (0..rows).filter(has_all).collect();
    let column = |&member: &u32| rows.iter().filter_map(|&row| columns[member as usize][row]).collect();
    members.iter().map(column).collect()
}

/// The scores of all nodes under these weights, NaN where there is none.
pub(super) fn scores(
    prepared: &Prepared,
    weights: &[f64],
    tree: &Tree,
    by: &[Aggregation],
    threshold: Option<f64>,
) -> Result<Vec<Vec<f64>>, Error> {
    let mut all: Vec<Vec<f64>> = vec![Vec::new(); tree.len()];
    all[..tree.indicators()].clone_from_slice(&prepared.values);
    for &node in tree.upwards() {
        if (node as usize) < tree.indicators() {
            continue;
        }
        let level = tree.levels()[node as usize] as usize - 2;
        let by = by.get(level).or(by.first()).copied().unwrap_or_default();
        // A member without weight plays no part, not even in the share of members that are there.
        let members: Vec<u32> =
            tree.children(node).iter().copied().filter(|&member| weights[member as usize] > 0.0).collect();
        let shares: Vec<f64> = members.iter().map(|&member| weights[member as usize]).collect();
        let of_indicators = members.iter().all(|&member| (member as usize) < tree.indicators());
        let found = match &prepared.logarithms {
            _ if members.is_empty() => vec![f64::NAN; prepared.values[0].len()],
            Some(logarithms) if by == Aggregation::Geometric && of_indicators => {
                let logarithms: Vec<&[f64]> = members.iter().map(|&m| logarithms[m as usize].as_slice()).collect();
                let means = group(&logarithms, &shares, Aggregation::Arithmetic, threshold)?;
                means.into_iter().map(f64::exp).collect()
            }
            _ => {
                let columns: Vec<&[f64]> = members.iter().map(|&member| all[member as usize].as_slice()).collect();
                group(&columns, &shares, by, threshold)?
            }
        };
        all[node as usize] = found;
    }
    Ok(all)
}

/// The weights with an indicator left out; an aggregate that is made of nothing any more is left out too.
pub(super) fn without(tree: &Tree, weights: &mut [f64], indicator: u32) {
    weights[indicator as usize] = 0.0;
    let mut node = indicator;
    while let Some(parent) = tree.parents()[node as usize] {
        if tree.children(parent).iter().any(|&child| weights[child as usize] > 0.0) {
            break;
        }
        weights[parent as usize] = 0.0;
        node = parent;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn column(values: &[f64]) -> Vec<Option<f64>> {
        values.iter().map(|value| (!value.is_nan()).then_some(*value)).collect()
    }

    fn small() -> (Data, Vec<Indicator>, Tree) {
        let columns = vec![
            column(&[1.0, 2.0, 3.0, 4.0, 5.0]),
            column(&[5.0, f64::NAN, 1.0, 2.0, 4.0]),
            column(&[9.0, 7.0, 8.0, f64::NAN, 1.0]),
        ];
        let indicators = vec![
            Indicator::default(),
            Indicator::default(),
            Indicator { direction: Direction::Negative, ..Indicator::default() },
        ];
        let tree = Tree::new(3, &[Some(3), Some(3), Some(4), Some(4), None], &[1.0; 5]).expect("a tree");
        (Data { columns, ..Data::default() }, indicators, tree)
    }

    #[test]
    fn two_levels_by_hand() {
        let (data, indicators, tree) = small();
        let found = index(&data, &indicators, &tree, &Specification::default()).expect("an index");
        // Unit 2: 25 and nothing make 25; 7 of 1 to 9 turned around is 25.
        assert_eq!(found.scores[4][1], Some(25.0));
        assert_eq!(found.scores[4][0], Some(25.0));
        // Unit 4: (75 + 25) / 2, and nothing.
        assert_eq!(found.scores[4][3], Some(50.0));
        let strict = Specification { data_threshold: Some(1.0), ..Specification::default() };
        let found = index(&data, &indicators, &tree, &strict).expect("an index");
        assert_eq!((found.scores[3][1], found.scores[4][1], found.scores[4][3]), (None, None, None));
    }

    #[test]
    fn screening_before_or_after_filling_in() {
        let (data, indicators, tree) = small();
        let by = |before_imputation| Specification {
            impute: Imputation::Mean,
            screen: Some(Screening { available: Some(1.0), non_zero: None, before_imputation }),
            ..Specification::default()
        };
        assert_eq!(index(&data, &indicators, &tree, &by(true)).expect("an index").rows, [0, 2, 4]);
        assert_eq!(index(&data, &indicators, &tree, &by(false)).expect("an index").rows, [0, 1, 2, 3, 4]);
    }

    #[test]
    fn each_weighting_gives_an_index() {
        let (data, indicators, tree) = small();
        let minmax = EntropyOf::Minmax { shift: 0.01 };
        let all = [
            Weighting::Equal,
            Weighting::Entropy { of: EntropyOf::Values },
            Weighting::Entropy { of: minmax },
            Weighting::StandardDeviation,
            Weighting::Critic,
            Weighting::Merec,
            Weighting::PrincipalComponents,
            Weighting::EqualInfluence,
        ];
        for weigh in all {
            let specification = Specification { weigh, ..Specification::default() };
            let found = index(&data, &indicators, &tree, &specification).expect("an index");
            assert!(found.scores[4].iter().all(Option::is_some), "{weigh:?}");
            // The group of an indicator and an aggregate keeps its weights.
            assert_eq!(found.weights[2..], [1.0, 1.0, 1.0]);
        }
    }

    #[test]
    fn says_which_indicator_is_wrong() {
        let (mut data, indicators, tree) = small();
        data.columns[1] = column(&[2.0; 5]);
        let wrong = index(&data, &indicators, &tree, &Specification::default()).expect_err("constant").to_string();
        assert!(wrong.contains("indicator 2") && wrong.contains("the same"), "{wrong}");
        let (data, indicators, tree) = small();
        let by = |aggregate| Specification { aggregate, ..Specification::default() };
        let wrong = |aggregate| index(&data, &indicators, &tree, &by(aggregate)).expect_err("wrong").to_string();
        assert!(wrong(vec![Aggregation::Geometric]).contains("1 to 100"));
        assert!(wrong(vec![]).contains("2 levels"));
        assert!(wrong(vec![Aggregation::Arithmetic; 3]).contains("2 levels"));
        assert!(index(&data, &indicators[1..], &tree, &Specification::default()).is_err());
        let one = Data { columns: vec![vec![Some(1.0)]; 3], ..Data::default() };
        assert!(index(&one, &indicators, &tree, &Specification::default()).is_err());
    }

    #[test]
    fn geometric_from_logarithms_is_the_geometric_mean() {
        let (data, indicators, tree) = small();
        let specification = Specification {
            normalise: Normalisation::Minmax { low: 1.0, high: 100.0 },
            aggregate: vec![Aggregation::Geometric, Aggregation::Harmonic],
            ..Specification::default()
        };
        let found = index(&data, &indicators, &tree, &specification).expect("an index");
        let of = |at: usize| found.normalised[at][0].expect("a value");
        let inner = (of(0) * of(1)).sqrt();
        let wanted = 2.0 / (1.0 / inner + 1.0 / of(2));
        assert!((found.scores[4][0].expect("a score") - wanted).abs() < 1e-12);
    }
}
