//! `spatial_markov`: whether rising and falling depend on the neighbours.

use super::markov::{Bounds, classification, figures, five};
use crate::analysis::people::Histories;
use crate::analysis::{About, Analysis, Figure, Key, Name, Outcome, Over, Quantity, Sample, Table, Wanted, seed};
use crate::over_places;
use umbel_stats::convergence::chain::Initial;
use umbel_stats::convergence::homogeneity::Test;
use umbel_stats::convergence::spatial_markov::spatial_markov;

fn pooled() -> Bounds {
    Bounds::Pooled
}

fn yes() -> bool {
    true
}

over_places! {
    /// Parameters of `spatial_markov`.
    pub struct SpatialMarkov {
        /// The indicator, or the column of a file.
        pub of: String,
        /// Which places are neighbours: `queen`, `rook`, `knn:4`, `distance_band:50` and so on, or a file; each row is
        /// divided by its sum, so that the lag is the neighbours' mean.
        pub weights: String,
        /// Number of classes of own figures.
        #[serde(default = "five")]
        pub classes: usize,
        /// Number of classes of the neighbours' figures; left out: the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub lag_classes: Option<usize>,
        /// Where the bounds of the classes come from.
        #[serde(default = "pooled")]
        pub bounds: Bounds,
        /// Bounds between the classes, in place of classes of the same size; a figure on a bound belongs below it.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub cuts: Option<Vec<f64>>,
        /// Bounds between the classes of the neighbours.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub lag_cuts: Option<Vec<f64>>,
        /// Whether figures are divided by the mean of their period first.
        #[serde(default = "yes")]
        pub relative: bool,
        /// Number of random permutations for the test; 0: none, the tests refer to chi-squared alone.
        #[serde(default)]
        pub permutations: usize,
        /// Seed of the random numbers.
        #[serde(default = "seed")]
        pub seed: u64,
    }
}

impl Analysis for SpatialMarkov {
    const NAME: &'static str = "spatial_markov";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Spatial Markov chain: whether rising and falling depend on the neighbours.";
    const FORMULA: &'static str =
        "pᵢⱼ|ₗ = nᵢⱼ|ₗ / Σⱼ nᵢⱼ|ₗ for lags of class l; Q = Σ nᵢ|ₗ (pᵢⱼ|ₗ − pᵢⱼ)² / pᵢⱼ; LR = 2 Σ nᵢⱼ|ₗ ln(pᵢⱼ|ₗ / pᵢⱼ)";
    const CITATION: &'static str = "Rey, Spatial empirics for economic growth and convergence, Geographical Analysis 33(3), 2001; the tests: Bickenbach and Bode, Evaluating the Markov property in studies of economic convergence, International Regional Science Review 26(3), 2003.";
    const ASSUMPTIONS: &'static str = "Places without a figure in one of the periods are left out, with their neighbourhoods. Each period to the next \
        is one step. The tests leave out of their degrees of freedom what cannot vary; `chi_squared_uncorrected` does not \
        and is there for comparison. An island has a lag of 0.";
    const NOT_FOR: &'static str =
        "Few places or periods: the transitions are spread over classes times classes of neighbours.";
    const EXAMPLE: &'static str = r#"[income_neighbours]
method = "spatial_markov"
of = "income_per_person"
weights = "queen"
classes = 3
result = "p_q"
among = { kind = "county" }
title = { en = "Does rising depend on the neighbours?" }"#;
    const OVER: Over = Over::Panel;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("q", "Pearson's Q of homogeneity."),
        Quantity::whole("p_q", "P of Q."),
        Quantity::whole("likelihood_ratio", "Likelihood ratio of homogeneity."),
        Quantity::whole("p_likelihood_ratio", "P of the likelihood ratio."),
        Quantity::whole("class", "Class of a place in a period, from 1.").about(About::Row),
        Quantity::whole("lag_class", "Class of the neighbours of a place in a period, from 1.").about(About::Row),
    ];
    const SPATIAL: bool = true;

    fn columns(&self) -> Vec<Wanted> {
        vec![Wanted::numbers("of", &self.of)]
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let histories = Histories::of(sample)?;
        let histories = if self.relative { histories.relative()? } else { histories };
        let weights = sample.weights(&self.weights)?;
        let weights = if histories.missing > 0 { weights.subset(&histories.at) } else { weights };
        let weights = weights.row_standardised();
        let own = classification(self.cuts.as_ref(), self.bounds, self.classes);
        let lag = classification(self.lag_cuts.as_ref(), self.bounds, self.lag_classes.unwrap_or(self.classes));
        let found =
            spatial_markov(&histories.periods, &weights, &own, &lag, Initial::Uniform, self.permutations, self.seed);
        let found = found.map_err(|error| error.to_string())?;
        let tests = &found.homogeneity;
        let mut outcome = histories.outcome();
        outcome
            .figure("islands", weights.islands().len())
            .figure("cuts", found.own.cuts.clone().unwrap_or_default())
            .figure("lag_cuts", found.lag.cuts.clone().unwrap_or_default())
            .figure("q", tests.q.statistic)
            .figure("degrees_of_freedom", tests.q.degrees_of_freedom)
            .figure("p_q", tests.q.p)
            .figure("likelihood_ratio", tests.likelihood_ratio.statistic)
            .figure("p_likelihood_ratio", tests.likelihood_ratio.p)
            .figure("chi_squared_uncorrected", test(&tests.chi_squared_uncorrected));
        if self.permutations > 0 {
            outcome.figure("p_permutation", found.p_permutation).figure("permutations", self.permutations);
        }
        outcome.figure("conditional_transitions", found.transitions.clone());
        let probabilities = found.conditional.iter().map(|chain| match chain {
            Some(chain) => Figure::from(chain.probabilities.clone()),
            None => Figure::Number(None),
        });
        outcome.figure("conditional_probabilities", Figure::List(probabilities.collect()));
        figures(&mut outcome, &found.pooled);
        let names = (1..=found.transitions.len()).map(|class| class.to_string()).collect();
        let steps = found.transitions.iter().map(|counts| Some(counts.iter().flatten().sum::<u64>() as i64));
        let table =
            Table::named(names).counts("steps", steps).figures("against_all", tests.each.iter().map(test)).figures(
                "steady_states",
                found.conditional.iter().map(|chain| match chain {
                    Some(chain) => Figure::from(chain.steady_states.clone()),
                    None => Figure::Number(None),
                }),
            );
        outcome.table("lag_classes", table);
        let column = |ids: &[Vec<u32>]| {
            let classes = histories.rows(sample, ids).into_iter();
            classes.map(|class| class.map(|class| f64::from(class) + 1.0)).collect::<Vec<_>>()
        };
        let rows = Table::all(Key::Row).numbers("class", column(&found.own.ids));
        outcome.table("rows", rows.numbers("lag_class", column(&found.lag.ids)));
        Ok(outcome)
    }
}

/// A test as figures by name.
pub(super) fn test(test: &Test) -> Figure {
    let entry = |name: &'static str, figure: Figure| (Name::from(name), figure);
    Figure::Group(vec![
        entry("statistic", test.statistic.into()),
        entry("degrees_of_freedom", test.degrees_of_freedom.into()),
        entry("p", test.p.into()),
    ])
}
