//! `composite`: an index of several indicators, ranked with bands.

use crate::analysis::{About, Analysis, Figure, Key, Name, Outcome, Over, Quantity, Sample, Table, Wanted, seed};
use crate::over_places;
use crate::suggest::nearest;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use umbel_stats::composite::Tree;
use umbel_stats::composite::aggregate::Aggregation;
use umbel_stats::composite::components::{correlations, cronbach_alpha};
use umbel_stats::composite::impute::Imputation;
use umbel_stats::composite::normalise::{Direction, Marks, Normalisation};
use umbel_stats::composite::pipeline::{Data, Indicator, Specification, Warning, Weighting};
use umbel_stats::composite::screen::Screening;
use umbel_stats::composite::treat::Treatment;
use umbel_stats::composite::uncertainty::{Banded, Uncertainty, leave_one_out, sensitivity, uncertainty};
use umbel_stats::composite::weigh::EntropyOf;

/// How indicators are brought onto one scale.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Scale {
    /// Lowest to highest value, onto `range` (0 to 100).
    #[default]
    Minmax,
    /// Mean and standard deviation, to those of `range` (0 and 1).
    Zscore,
    /// Rank from below.
    Rank,
    /// Rank less 1.
    Borda,
    /// Rank less 1, over the number of values less 1.
    PercentRank,
    /// 1 less the distance to the best value, in ranges.
    DistanceToMaximum,
    /// How far towards `targets`, from the worst value.
    DistanceToTarget,
    /// Fraction of the best value.
    FractionOfMaximum,
    /// Where between `lower` and `upper`.
    Goalposts,
}

/// How the members of a group become one figure.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Mean {
    /// Weighted mean.
    #[default]
    Arithmetic,
    /// Weighted geometric mean.
    Geometric,
    /// Weighted harmonic mean.
    Harmonic,
    /// Places beaten less places that beat it.
    Copeland,
}

/// How missing values are filled in.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Fill {
    /// They stay missing.
    #[default]
    None,
    /// Mean of the indicator.
    Mean,
    /// Median of the indicator.
    Median,
    /// Mean of the places of the same group.
    GroupMean,
    /// Median of the places of the same group.
    GroupMedian,
    /// Last earlier value of the same place.
    LastValue,
}

/// How outliers are treated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Outliers {
    /// They are not.
    #[default]
    None,
    /// Winsorised while skewness is 2 or more and kurtosis 3.5 or more.
    Winsorise,
    /// Winsorised, and the logarithm taken where that is not enough.
    WinsoriseThenLog,
}

/// Weights: a word that says how they follow from the data, or one number for each indicator.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(untagged)]
pub enum Weights {
    /// `equal`, `entropy`, `standard_deviation`, `critic`, `merec`, `principal_components` or `equal_influence`.
    Word(String),
    /// One for each indicator.
    Given(Vec<f64>),
}

impl Default for Weights {
    fn default() -> Self {
        Weights::Word("equal".to_owned())
    }
}

const WORDS: &[&str] =
    &["equal", "entropy", "standard_deviation", "critic", "merec", "principal_components", "equal_influence"];

impl Weights {
    /// What is wrong with them.
    pub(super) fn problem(&self, indicators: usize) -> Option<(String, String, String)> {
        let (message, fix) = match self {
            Weights::Word(word) if WORDS.contains(&word.as_str()) => return None,
            Weights::Word(word) => {
                let fix = match nearest(word, WORDS.iter().copied()) {
                    Some(near) => format!("Did you mean \"{near}\"?"),
                    None => format!("Write one of {}, or a number for each indicator.", WORDS.join(", ")),
                };
                (format!("There are no weights \"{word}\"."), fix)
            }
            Weights::Given(list) if list.len() != indicators => (
                format!("There are {} weights for {indicators} indicators.", list.len()),
                "Give one for each, in their order.".to_owned(),
            ),
            Weights::Given(list) if list.iter().any(|weight| !weight.is_finite() || *weight < 0.0) => {
                ("A weight is below 0.".to_owned(), "Turn the indicator around with `directions`.".to_owned())
            }
            Weights::Given(_) => return None,
        };
        Some(("weights".to_owned(), message, fix))
    }

    fn weighting(&self, shift: f64) -> Weighting {
        match self {
            Weights::Given(_) => Weighting::Given,
            Weights::Word(word) => match word.as_str() {
                "entropy" => Weighting::Entropy { of: EntropyOf::Minmax { shift } },
                "standard_deviation" => Weighting::StandardDeviation,
                "critic" => Weighting::Critic,
                "merec" => Weighting::Merec,
                "principal_components" => Weighting::PrincipalComponents,
                "equal_influence" => Weighting::EqualInfluence,
                _ => Weighting::Equal,
            },
        }
    }

    pub(super) fn word(&self) -> &str {
        match self {
            Weights::Word(word) => word,
            Weights::Given(_) => "given",
        }
    }
}

/// What is wrong with a list of directions.
pub(super) fn directions_problem(directions: &[i64], indicators: usize) -> Option<(String, String, String)> {
    let problem = |message: String, fix: &str| Some(("directions".to_owned(), message, fix.to_owned()));
    if !directions.is_empty() && directions.len() != indicators {
        let message = format!("There are {} directions for {indicators} indicators.", directions.len());
        return problem(message, "Give 1 or -1 for each, in their order.");
    }
    match directions.iter().find(|direction| direction.abs() != 1) {
        Some(other) => problem(format!("{other} is no direction."), "Write 1 where more is better, -1 where less is."),
        None => None,
    }
}

/// The directions of all indicators.
pub(super) fn directions_of(directions: &[i64], indicators: usize) -> Vec<Direction> {
    let of = |at: usize| if directions.get(at) == Some(&-1) { Direction::Negative } else { Direction::Positive };
    (0..indicators).map(of).collect()
}

fn draws() -> u32 {
    1000
}
fn noise() -> f64 {
    0.25
}
fn yes() -> bool {
    true
}
fn winsorised() -> u32 {
    5
}
fn entropy_shift() -> f64 {
    1e-4
}
fn other_scales() -> Vec<Scale> {
    vec![Scale::Zscore, Scale::PercentRank]
}

over_places! {
    /// Parameters of `composite`.
    pub struct Composite {
        /// The indicators, or the columns of a file.
        pub of: Vec<String>,
        /// For each indicator 1 where more is better, -1 where less is; left out: 1 for all.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub directions: Vec<i64>,
        /// A number for each indicator, or `equal`, `entropy`, `standard_deviation`, `critic`, `merec`, `principal_components`, `equal_influence`. Weights from data are made within each group.
        #[serde(default)]
        pub weights: Weights,
        /// For each indicator the name of its group; left out: all make the index at once.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub parents: Vec<String>,
        /// For a group that belongs to another group: the name of that. Groups that are not named here make the index.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        pub above: BTreeMap<String, String>,
        /// Weights of groups by name; those left out weigh 1.
        #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
        pub group_weights: BTreeMap<String, f64>,
        /// How indicators are brought onto one scale, over all places and periods together.
        #[serde(default)]
        pub normalise: Scale,
        /// For `minmax` what the worst and the best value become, for `zscore` mean and standard deviation.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub range: Option<[f64; 2]>,
        /// For `distance_to_target`: the target of each indicator.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub targets: Vec<f64>,
        /// For `goalposts`: the lower one of each indicator.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub lower: Vec<f64>,
        /// For `goalposts`: the upper one of each indicator.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub upper: Vec<f64>,
        /// How groups, and the index, are made of their members.
        #[serde(default)]
        pub aggregate: Mean,
        /// How missing values are filled in.
        #[serde(default)]
        pub impute: Fill,
        /// Column with the groups for `group_mean` and `group_median`.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub groups: Option<String>,
        /// How outliers are treated.
        #[serde(default)]
        pub treat: Outliers,
        /// Most values of an indicator that are winsorised.
        #[serde(default = "winsorised")]
        pub most_winsorised: u32,
        /// Least share of the indicators that a place needs, before anything is filled in; left out: places with any.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub screen: Option<f64>,
        /// Least share of its members that a group needs; left out: one is enough.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub data_threshold: Option<f64>,
        /// What is added to min-max values before entropy is taken.
        #[serde(default = "entropy_shift")]
        pub entropy_shift: f64,
        /// Number of draws for the bands of the ranks.
        #[serde(default = "draws")]
        pub draws: u32,
        /// Seed of the draws.
        #[serde(default = "seed")]
        pub seed: u64,
        /// In the draws, each weight changes by up to this share.
        #[serde(default = "noise")]
        pub weight_noise: f64,
        /// In the draws, one indicator or none is left out.
        #[serde(default = "yes")]
        pub leave_one_out: bool,
        /// Scales that the draws use as well.
        #[serde(default = "other_scales")]
        pub other_normalisations: Vec<Scale>,
        /// Means that the draws use as well.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub other_aggregations: Vec<Mean>,
        /// Ways to fill in that the draws use as well.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub other_imputations: Vec<Fill>,
        /// Words of weights that the draws use as well.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub other_weights: Vec<String>,
        /// Samples for the Sobol indices of the choices; 0: none are made.
        #[serde(default)]
        pub sobol: u32,
    }
}

impl Composite {
    fn normalisation(&self, by: Scale, own: bool) -> Normalisation {
        let range = self.range.filter(|_| own);
        match by {
            Scale::Minmax => {
                let [low, high] = range.unwrap_or([0.0, 100.0]);
                Normalisation::Minmax { low, high }
            }
            Scale::Zscore => {
                let [mean, deviation] = range.unwrap_or([0.0, 1.0]);
                Normalisation::Zscore { mean, deviation }
            }
            Scale::Rank => Normalisation::Rank,
            Scale::Borda => Normalisation::Borda,
            Scale::PercentRank => Normalisation::PercentRank,
            Scale::DistanceToMaximum => Normalisation::DistanceToMaximum,
            Scale::DistanceToTarget => Normalisation::DistanceToTarget { cap: true },
            Scale::FractionOfMaximum => Normalisation::FractionOfMaximum,
            Scale::Goalposts => Normalisation::Goalposts { cut: true, scale: 1.0 },
        }
    }

    fn aggregation(by: Mean) -> Aggregation {
        match by {
            Mean::Arithmetic => Aggregation::Arithmetic,
            Mean::Geometric => Aggregation::Geometric,
            Mean::Harmonic => Aggregation::Harmonic,
            Mean::Copeland => Aggregation::Copeland,
        }
    }

    fn imputation(by: Fill) -> Imputation {
        match by {
            Fill::None => Imputation::None,
            Fill::Mean => Imputation::Mean,
            Fill::Median => Imputation::Median,
            Fill::GroupMean => Imputation::GroupMean,
            Fill::GroupMedian => Imputation::GroupMedian,
            Fill::LastValue => Imputation::LastValue,
        }
    }

    fn specification(&self) -> Specification {
        let winsorise = Some(self.most_winsorised);
        let treat = match self.treat {
            Outliers::None => None,
            Outliers::Winsorise => Some(Treatment { winsorise, transform: None, ..Treatment::default() }),
            Outliers::WinsoriseThenLog => Some(Treatment { winsorise, ..Treatment::default() }),
        };
        Specification {
            impute: Self::imputation(self.impute),
            screen: self.screen.map(|share| Screening { available: Some(share), ..Screening::default() }),
            treat,
            normalise: self.normalisation(self.normalise, true),
            weigh: self.weights.weighting(self.entropy_shift),
            aggregate: vec![Self::aggregation(self.aggregate)],
            data_threshold: self.data_threshold,
        }
    }

    fn uncertainty(&self) -> Uncertainty {
        let weighting = |word: &String| Weights::Word(word.clone()).weighting(self.entropy_shift);
        Uncertainty {
            draws: self.draws,
            seed: self.seed,
            normalisations: self.other_normalisations.iter().map(|&by| self.normalisation(by, false)).collect(),
            aggregations: self.other_aggregations.iter().map(|&by| Self::aggregation(by)).collect(),
            imputations: self.other_imputations.iter().map(|&by| Self::imputation(by)).collect(),
            treatments: Vec::new(),
            weightings: self.other_weights.iter().map(weighting).collect(),
            weight_noise: self.weight_noise,
            leave_one_out: self.leave_one_out && self.of.len() > 1,
        }
    }

    /// The groups in the order in which they are first named, and the tree.
    fn tree(&self) -> Result<(Vec<String>, Tree), String> {
        let mut groups: Vec<String> = Vec::new();
        for name in self.parents.iter().chain(self.above.values()) {
            if !groups.contains(name) {
                groups.push(name.clone());
            }
        }
        let count = self.of.len();
        let at = |name: &String| groups.iter().position(|group| group == name).map(|at| (count + at) as u32);
        let index = Some((count + groups.len()) as u32);
        let of_indicator = |indicator: usize| self.parents.get(indicator).map_or(index, at);
        let of_group = |group: &String| self.above.get(group).map_or(index, at);
        let parents: Vec<Option<u32>> =
            (0..count).map(of_indicator).chain(groups.iter().map(of_group)).chain([None]).collect();
        let own = |at: usize| match &self.weights {
            Weights::Given(weights) => weights.get(at).copied().unwrap_or(1.0),
            Weights::Word(_) => 1.0,
        };
        let of_groups = groups.iter().map(|group| self.group_weights.get(group).copied().unwrap_or(1.0));
        let weights: Vec<f64> = (0..count).map(own).chain(of_groups).chain([1.0]).collect();
        let tree = Tree::new(count, &parents, &weights).map_err(|error| error.to_string())?;
        Ok((groups, tree))
    }

    fn indicators(&self) -> Vec<Indicator> {
        let directions = directions_of(&self.directions, self.of.len());
        let each = directions.into_iter().enumerate().map(|(at, direction)| {
            let goalposts = self.lower.get(at).copied().zip(self.upper.get(at).copied()).map(|(low, high)| [low, high]);
            let marks = Marks { target: self.targets.get(at).copied(), goalposts };
            Indicator { direction, marks, ..Indicator::default() }
        });
        each.collect()
    }

    /// An error of the engine with the name of the indicator beside its number.
    fn named(&self, error: &umbel_stats::Error) -> String {
        let text = error.to_string();
        let number =
            text.split("indicator ").nth(1).and_then(|rest| rest.split([':', ' ']).next()?.parse::<usize>().ok());
        match number.and_then(|number| self.of.get(number.wrapping_sub(1))) {
            Some(name) => format!("{text} ({name})"),
            None => text,
        }
    }

    fn warnings(&self, warnings: &[Warning], groups: &[String], outcome: &mut Outcome) {
        let name = |at: u32| self.of.get(at as usize).cloned().unwrap_or_default();
        for warning in warnings {
            outcome.note(match warning {
                Warning::StillSkewed { indicator } => {
                    format!("{} is still skewed after the treatment of outliers", name(*indicator))
                }
                Warning::NegativeLoading { indicator } => format!(
                    "{} loads negatively on the first component: it points against the others, and has no weight",
                    name(*indicator)
                ),
                Warning::InfluenceNotReached { node } => format!(
                    "the members of {} cannot have equal influence with weights of 0 or above; the nearest are used",
                    groups.get(*node as usize - self.of.len()).map_or("the index", String::as_str)
                ),
            });
        }
    }

    /// Scores, ranks and bands by row.
    fn rows(&self, found: &Banded, groups: &[String], rows: usize) -> Table {
        let mut place = vec![None; rows];
        found.steps.rows.iter().enumerate().for_each(|(at, &row)| place[row as usize] = Some(at));
        let ranked = |row: usize| place[row].and_then(|at| found.ranked[0][at]);
        let all = || (0..rows).map(ranked);
        let mut table = Table::all(Key::Row)
            .numbers("score", all().map(|ranked| ranked.map(|ranked| ranked.score)))
            .counts("rank", all().map(|ranked| ranked.map(|ranked| i64::from(ranked.rank))))
            .counts("rank_low", all().map(|ranked| ranked.map(|ranked| i64::from(ranked.rank_low))))
            .counts("rank_high", all().map(|ranked| ranked.map(|ranked| i64::from(ranked.rank_high))))
            .numbers("rank_median", all().map(|ranked| ranked.map(|ranked| ranked.rank_median)))
            .figures(
                "outside_draws",
                all().map(|ranked| ranked.map_or(Figure::Number(None), |r| Figure::Flag(r.outside))),
            );
        for (at, group) in groups.iter().enumerate() {
            let scores = &found.steps.scores[self.of.len() + at];
            let name = Name::Owned(format!("score_{group}"));
            table = table.numbers(name, (0..rows).map(|row| place[row].and_then(|at| scores[at])));
        }
        table
    }
}

impl Analysis for Composite {
    const NAME: &'static str = "composite";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "A composite index: indicators on one scale, weighted, aggregated, ranked with bands.";
    const FORMULA: &'static str = "Iᵢ = Σⱼ wⱼ xᵢⱼ / Σⱼ wⱼ of xᵢⱼ = 100 (vᵢⱼ − minⱼ) / (maxⱼ − minⱼ), by default; level by level \
        where there are groups. The band of a rank: 5 to 95 % of draws that choose scale, mean, weights and indicators \
        otherwise, widened to the rank itself.";
    const CITATION: &'static str = "Nardo, Saisana, Saltelli, Tarantola, Hoffman and Giovannini, Handbook on Constructing \
        Composite Indicators, OECD/JRC, 2008, steps 3 to 8; Saisana, Saltelli and Tarantola, JRSS A 168(2), 2005, \
        section 3; Becker et al., COINr, JOSS 7(78), 2022.";
    const ASSUMPTIONS: &'static str = "All places and periods share one scale, so scores can be compared over time; ranks \
        are those within a period. Missing values are left out with their weights unless they are filled in. Weights \
        from data are made within each group of indicators. A combination of choices that is not defined for the data \
        (a geometric mean of zeros) is left out of the draws, and counted.";
    const NOT_FOR: &'static str = "Claims that a place is better by a rank or two when the bands overlap. Comparing \
        indices of different sets of places: min-max moves with its ends. Letting weights from data stand for what \
        matters: they reward what varies.";
    const EXAMPLE: &'static str = r#"[wellbeing_rank]
method = "composite"
of = ["income", "green_share", "commute"]
directions = [1, 1, -1]
weights = "entropy"
result = "rank"
among = { kind = "county" }
title = { en = "Rank by well-being, with its band" }"#;
    const OVER: Over = Over::Panel;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("score", "The index.").about(About::Row),
        Quantity::whole("rank", "Rank within the period, 1 for the highest score; its band is its interval.")
            .about(About::Row)
            .with_band("rank_low", "rank_high"),
        Quantity::whole("rank_median", "Median of the ranks over all draws.").about(About::Row),
        Quantity::whole("rank_low", "Lower end of the band of the rank.").about(About::Row),
        Quantity::whole("rank_high", "Upper end of the band of the rank.").about(About::Row),
        Quantity::whole("mean_shift", "By how many ranks places move on average in a draw."),
    ];

    fn columns(&self) -> Vec<Wanted> {
        let mut columns = Wanted::list("of", &self.of);
        columns.extend(self.groups.iter().map(|groups| Wanted::labels("groups", groups)));
        columns
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        let count = self.of.len();
        let mut problems: Vec<(String, String, String)> = Vec::new();
        problems.extend(directions_problem(&self.directions, count));
        problems.extend(self.weights.problem(count));
        let words = self.other_weights.iter().filter_map(|word| Weights::Word(word.clone()).problem(count));
        problems.extend(words.map(|(_, message, fix)| ("other_weights".to_owned(), message, fix)));
        let mut of_each = |parameter: &str, length: usize, needed: bool| {
            if (length != 0 || needed) && length != count {
                let message = format!("There are {length} entries for {count} indicators.");
                problems.push((parameter.to_owned(), message, "Give one for each, in their order.".to_owned()));
            }
        };
        of_each("parents", self.parents.len(), false);
        of_each("targets", self.targets.len(), self.normalise == Scale::DistanceToTarget);
        of_each("lower", self.lower.len(), self.normalise == Scale::Goalposts);
        of_each("upper", self.upper.len(), self.normalise == Scale::Goalposts);
        let by_group = matches!(self.impute, Fill::GroupMean | Fill::GroupMedian);
        if by_group && self.groups.is_none() {
            let message = "Filling in by group needs the groups.".to_owned();
            problems.push(("impute".to_owned(), message, "Name their column with `groups`.".to_owned()));
        }
        for group in self.group_weights.keys().chain(self.above.keys()) {
            if !self.parents.contains(group) && !self.above.values().any(|other| other == group) {
                let names = self.parents.iter().chain(self.above.values()).map(String::as_str);
                let fix = match nearest(group, names) {
                    Some(near) => format!("Did you mean \"{near}\"?"),
                    None => "Name the group of each indicator with `parents`.".to_owned(),
                };
                problems.push(("parents".to_owned(), format!("There is no group \"{group}\"."), fix));
            }
        }
        problems
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let columns: Vec<Vec<Option<f64>>> =
            sample.list("of")?.into_iter().map(|numbers| numbers.iter().collect()).collect();
        let missing: usize = columns.iter().flatten().filter(|value| value.is_none()).count();
        let groups_of_rows = sample.labels("groups").map_or_else(Vec::new, |labels| labels.of.clone());
        let data =
            Data { columns, groups: groups_of_rows, units: sample.place.clone(), periods: sample.period.clone() };
        let (groups, tree) = self.tree()?;
        let (indicators, specification, by) = (self.indicators(), self.specification(), self.uncertainty());
        let error = |error: umbel_stats::Error| self.named(&error);
        let found = uncertainty(&data, &indicators, &tree, &specification, &by, &[]).map_err(error)?;
        let steps = &found.steps;
        let mut outcome = Outcome::new();
        outcome.figure("n", steps.rows.len());
        outcome.figure("screened_out", data.rows() - steps.rows.len());
        outcome.figure("indicators_used", self.of.len());
        outcome.figure("missing", missing);
        outcome.figure("weights_from", self.weights.word());
        outcome.figure("draws", self.draws);
        outcome.figure("seed", self.seed);
        outcome.figure("combinations", found.combinations);
        outcome.figure("combinations_undefined", found.undefined);
        outcome.figure("mean_shift", found.mean_shift);
        outcome.figure("cronbach_alpha", cronbach_alpha(&steps.normalised).ok());
        let whole = if sample.period.is_empty() { "places" } else { "rows" };
        outcome.table(whole, self.rows(&found, &groups, data.rows()));

        let effective = tree.effective_weights(&steps.weights).map_err(error)?;
        let of_index = correlations(&steps.normalised, &steps.scores[tree.index() as usize..]).map_err(error)?;
        let left = if self.of.len() > 1 {
            leave_one_out(&data, &indicators, &tree, &specification).unwrap_or_default()
        } else {
            Vec::new()
        };
        let count = self.of.len();
        let mut table = Table::named(self.of.clone())
            .values("weight", &steps.weights[..count])
            .values("effective_weight", &effective[..count])
            .numbers("correlation_with_index", of_index.iter().map(|row| row[0]))
            .counts("winsorised", steps.treated.iter().map(|treated| Some(treated.winsorised as i64)))
            .figures("log_taken", steps.treated.iter().map(|treated| Figure::Flag(treated.transformation.is_some())));
        if !left.is_empty() {
            table = table
                .numbers("mean_shift_without", left.iter().map(|left| Some(left.mean_shift)))
                .counts("largest_shift_without", left.iter().map(|left| Some(i64::from(left.largest_shift))));
        }
        outcome.table("indicators", table);
        if !groups.is_empty() {
            let table = Table::named(groups.clone())
                .values("weight", &steps.weights[count..count + groups.len()])
                .values("effective_weight", &effective[count..count + groups.len()]);
            outcome.table("groups", table);
        }
        if self.sobol > 0 {
            let found = sensitivity(&data, &indicators, &tree, &specification, &by, self.sobol).map_err(error)?;
            let name = |factor| match serde_json::to_value(factor) {
                Ok(serde_json::Value::String(word)) => word,
                _ => String::new(),
            };
            let table = Table::named(found.iter().map(|found| name(found.factor)).collect())
                .numbers("first_order", found.iter().map(|found| Some(found.first_order)))
                .numbers("first_order_low", found.iter().map(|found| Some(found.first_order_interval[0])))
                .numbers("first_order_high", found.iter().map(|found| Some(found.first_order_interval[1])))
                .numbers("total_order", found.iter().map(|found| Some(found.total_order)))
                .numbers("total_order_low", found.iter().map(|found| Some(found.total_order_interval[0])))
                .numbers("total_order_high", found.iter().map(|found| Some(found.total_order_interval[1])));
            outcome.table("sensitivity", table);
        }
        self.warnings(&steps.warnings, &groups, &mut outcome);
        if found.undefined > 0 {
            outcome.note(format!(
                "{} of {} combinations of choices are not defined for these data and were left out of the draws; a \
                 geometric or harmonic mean needs a range above 0, such as 1 to 100",
                found.undefined,
                found.undefined + found.combinations
            ));
        }
        let outside = found.ranked[0].iter().flatten().filter(|ranked| ranked.outside).count();
        if outside > 0 {
            outcome.note(format!(
                "the rank of {outside} lies outside of the middle 90 % of the draws; the band was widened to it"
            ));
        }
        Ok(outcome)
    }
}
