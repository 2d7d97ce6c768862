//! `markov`: who rises and falls between classes.

use crate::analysis::people::Histories;
use crate::analysis::{About, Analysis, Key, Outcome, Over, Quantity, Sample, Table, Wanted};
use crate::over_places;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_stats::convergence::chain::{Chain, Initial, chain, transitions};
use umbel_stats::convergence::classes::{Classification, classify};

/// Where the bounds of classes come from.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Bounds {
    /// Classes of the same size in each period: places change by rank.
    #[default]
    EachPeriod,
    /// Classes of the same size over all periods together: places change by amount.
    Pooled,
}

/// How figures become classes.
pub(super) fn classification(cuts: Option<&Vec<f64>>, bounds: Bounds, classes: usize) -> Classification {
    match (cuts, bounds) {
        (Some(cuts), _) => Classification::Cuts(cuts.clone()),
        (None, Bounds::EachPeriod) => Classification::EachPeriod(classes),
        (None, Bounds::Pooled) => Classification::Pooled(classes),
    }
}

pub(super) fn five() -> usize {
    5
}

over_places! {
    /// Parameters of `markov`.
    pub struct Markov {
        /// The indicator, or the column of a file.
        pub of: String,
        /// Number of classes of the same size.
        #[serde(default = "five")]
        pub classes: usize,
        /// Where the bounds of the classes come from.
        #[serde(default)]
        pub bounds: Bounds,
        /// Bounds between the classes, in place of classes of the same size; a figure on a bound belongs below it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub cuts: Option<Vec<f64>>,
        /// Whether figures are divided by the mean of their period first.
        #[serde(default)]
        pub relative: bool,
        /// Where the indices of Bartholomew begin.
        #[serde(default)]
        pub initial: Initial,
    }
}

impl Analysis for Markov {
    const NAME: &'static str = "markov";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Markov chain of classes: who rises and falls, where it leads, and how long it takes.";
    const FORMULA: &'static str = "pᵢⱼ = nᵢⱼ / Σⱼ nᵢⱼ; steady state π = π p; first passage mᵢⱼ = 1 + Σₖ≠ⱼ pᵢₖ mₖⱼ; sojourn 1 / (1 − pᵢᵢ); Prais 1 − pᵢᵢ; P = (k − Σ pᵢᵢ) / (k − 1), D = 1 − |det p|, L2 = 1 − |λ₂|, B1 = (k − k Σ πᵢ pᵢᵢ) / (k − 1), B2 = Σ Σ πᵢ pᵢⱼ |i − j| / (k − 1)";
    const CITATION: &'static str = "Kemeny and Snell, Finite Markov Chains, Springer, 1976, chapters 2 to 4; Quah, Empirical cross-section dynamics in economic growth, European Economic Review 37, 1993; the indices: Formby, Smith and Zheng, Mobility measurement, transition matrices and statistical inference, Journal of Econometrics 120, 2004.";
    const ASSUMPTIONS: &'static str = "Places without a figure in one of the periods are left out. Each period to the next is one step, so periods \
        should be equally far apart. Moves depend on the class alone, not on the past, and are the same over time and for \
        all places. Where many figures are the same there are fewer classes.";
    const NOT_FOR: &'static str = "Forecasts; a few places over a few periods, whose probabilities rest on a handful of moves (look at the transitions).";
    const EXAMPLE: &'static str = r#"[income_class]
method = "markov"
of = "income_per_person"
classes = 4
result = "class"
among = { kind = "county" }
title = { en = "Quarter that a county is in" }"#;
    const OVER: Over = Over::Panel;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("shorrocks_trace", "Mobility: Shorrocks' index of the trace, P."),
        Quantity::whole("shorrocks_determinant", "Mobility: Shorrocks' index of the determinant, D."),
        Quantity::whole("sommers_conlisk", "Mobility: Sommers and Conlisk, L2."),
        Quantity::whole("bartholomew_1", "Mobility: Bartholomew, B1."),
        Quantity::whole("bartholomew_2", "Mobility: Bartholomew, B2."),
        Quantity::whole("class", "Class of a place in a period, from 1.").about(About::Row),
    ];

    fn columns(&self) -> Vec<Wanted> {
        vec![Wanted::numbers("of", &self.of)]
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let wrong = |error: umbel_stats::Error| error.to_string();
        let histories = Histories::of(sample)?;
        let histories = if self.relative { histories.relative()? } else { histories };
        let by = classification(self.cuts.as_ref(), self.bounds, self.classes);
        let classes = classify(&histories.periods, &by).map_err(wrong)?;
        let found = chain(&transitions(&classes.ids, classes.classes).map_err(wrong)?, self.initial).map_err(wrong)?;
        let mut outcome = histories.outcome();
        outcome.figure("class_count", classes.classes).figure("cuts", classes.cuts.clone().unwrap_or_default());
        figures(&mut outcome, &found);
        outcome.table("classes", table(&found));
        let rows =
            histories.rows(sample, &classes.ids).into_iter().map(|class| class.map(|class| f64::from(class) + 1.0));
        outcome.table("rows", Table::all(Key::Row).numbers("class", rows));
        Ok(outcome)
    }
}

/// The figures of a chain.
pub(super) fn figures(outcome: &mut Outcome, chain: &Chain) {
    let mobility = chain.mobility;
    outcome
        .figure("shorrocks_trace", mobility.map(|mobility| mobility.shorrocks_trace))
        .figure("shorrocks_determinant", mobility.map(|mobility| mobility.shorrocks_determinant))
        .figure("sommers_conlisk", mobility.map(|mobility| mobility.sommers_conlisk))
        .figure("bartholomew_1", mobility.map(|mobility| mobility.bartholomew_1))
        .figure("bartholomew_2", mobility.map(|mobility| mobility.bartholomew_2))
        .figure("transitions", chain.transitions.clone())
        .figure("probabilities", chain.probabilities.clone())
        .figure("steady_states", chain.steady_states.clone())
        .figure("mean_first_passage", chain.mean_first_passage.clone());
    if chain.steady_states.len() > 1 {
        outcome.note("the classes fall apart into several that are never left; each has its own steady state");
    }
}

/// A row for each class.
pub(super) fn table(chain: &Chain) -> Table {
    let names = (1..=chain.transitions.len()).map(|class| class.to_string()).collect();
    let moves = chain.transitions.iter().map(|row| Some(row.iter().sum::<u64>() as i64));
    let steady = |class: usize| match &chain.steady_states[..] {
        [only] => Some(only[class]),
        _ => None,
    };
    Table::named(names)
        .counts("steps", moves)
        .numbers("steady_state", (0..chain.transitions.len()).map(steady))
        .numbers("sojourn", chain.sojourn.iter().copied())
        .numbers("prais", chain.prais.iter().map(|part| Some(*part)))
}
