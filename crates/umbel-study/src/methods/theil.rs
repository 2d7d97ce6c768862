//! `theil`: Theil's measures and their parts.

use crate::analysis::people::{self, People};
use crate::analysis::{Analysis, Outcome, Quantity, Sample, Table, Wanted, seed};
use crate::over_places;
use umbel_stats::inequality::bootstrap::{Draws, Interval, bootstrap};
use umbel_stats::inequality::theil::{Measure, theil};

over_places! {
    /// Parameters of `theil`.
    pub struct Theil {
        /// The indicator, or the column of a file.
        pub of: String,
        /// The indicator or column with the weight of each place (people, as a rule); left out: each counts the same.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub weight: Option<String>,
        /// Columns with the groups of places, from the widest to the narrowest (`["parent", "kind"]`); a column of the
        /// table places, or of the file. A group counts within its group above.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        pub groups: Vec<String>,
        /// Which measure: T, to which the rich count more, or L, to which the poor do.
        #[serde(default)]
        pub measure: Measure,
        /// Number of samples for an interval of confidence by drawing places again; left out: none.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub bootstrap: Option<usize>,
        /// Level of the interval.
        #[serde(default = "people::level")]
        pub level: f64,
        /// How the interval is read from the samples.
        #[serde(default)]
        pub interval: Interval,
        /// Seed of the random numbers.
        #[serde(default = "seed")]
        pub seed: u64,
    }
}

impl Analysis for Theil {
    const NAME: &'static str = "theil";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Theil's T or L, and its parts between and within groups, and groups within groups.";
    const FORMULA: &'static str = "T = Σ pᵢ (yᵢ/μ) ln(yᵢ/μ) / P; L = Σ pᵢ ln(μ/yᵢ) / P; total = Σ over levels of between + within, T: between = Σ s_g ln(μ_g/μ), within = Σ s_g T_g with s_g the share of the value; L: likewise with the share of the weight";
    const CITATION: &'static str = "Theil, Economics and Information Theory, North-Holland, 1967, chapter 4; Shorrocks, The class of additively decomposable inequality measures, Econometrica 48(3), 1980; groups within groups: Akita, Decomposing regional income inequality in China and Indonesia using two-stage nested Theil decomposition method, Annals of Regional Science 37, 2003.";
    const ASSUMPTIONS: &'static str = "Places without a figure (or a weight, where one is named) are left out and counted in `missing`. So are those without a group. T takes figures of 0 and above, L only figures above 0: the place that has another is named. The interval (`bootstrap`) takes the places for a sample; where they are all there are, it says how much the figure hangs on single places. ";
    const NOT_FOR: &'static str =
        "Figures that may be negative; comparing shares between groups where the number of groups differs.";
    const EXAMPLE: &'static str = r#"[income_theil]
method = "theil"
of = "income_per_person"
weight = "population"
groups = ["parent"]
result = "between_share"
among = { kind = "county" }
title = { en = "Part of inequality that lies between cities" }"#;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("theil", "The measure of all places.").with_band("lower", "upper"),
        Quantity::whole("between", "Inequality between the groups, of all levels."),
        Quantity::whole("within", "Inequality within the groups of the last level."),
        Quantity::whole("between_share", "Part of the measure that lies between groups."),
    ];

    fn columns(&self) -> Vec<Wanted> {
        let mut columns = vec![Wanted::numbers("of", &self.of)];
        columns.extend(self.weight.iter().map(|weight| Wanted::numbers("weight", weight)));
        let groups = self.groups.iter().enumerate();
        columns.extend(groups.map(|(at, group)| Wanted::labels(format!("groups.{at}"), group)));
        columns
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let people = People::of(sample)?;
        let labels = (0..self.groups.len()).map(|at| {
            sample.labels(&format!("groups.{at}")).ok_or_else(|| format!("there is no column for `groups.{at}`"))
        });
        let labels = labels.collect::<Result<Vec<_>, String>>()?;
        // Groups in the order of their names, whatever the order of the rows.
        let ranks: Vec<Vec<u32>> = labels
            .iter()
            .map(|labels| {
                let mut order: Vec<u32> = (0..labels.words.len() as u32).collect();
                order.sort_by(|&a, &b| labels.words[a as usize].cmp(&labels.words[b as usize]));
                let mut ranks = vec![0; order.len()];
                order.iter().enumerate().for_each(|(rank, &word)| ranks[word as usize] = rank as u32);
                ranks
            })
            .collect();
        let kept: Vec<usize> = (0..people.at.len())
            .filter(|&number| labels.iter().all(|labels| labels.of[people.at[number] as usize].is_some()))
            .collect();
        let values: Vec<f64> = kept.iter().map(|&number| people.values[number]).collect();
        let weights: Option<Vec<f64>> =
            people.weights().map(|weights| kept.iter().map(|&number| weights[number]).collect());
        let at: Vec<u32> = kept.iter().map(|&number| people.at[number]).collect();
        let levels: Vec<Vec<u32>> = labels
            .iter()
            .zip(&ranks)
            .map(|(labels, ranks)| {
                at.iter().filter_map(|&row| labels.of[row as usize]).map(|word| ranks[word as usize]).collect()
            })
            .collect();
        let slices: Vec<&[u32]> = levels.iter().map(Vec::as_slice).collect();
        let found = theil(&values, weights.as_deref(), &slices, self.measure);
        let found = found.map_err(|error| people::told(&error, &at, sample))?;
        let between: f64 = found.levels.iter().map(|level| level.between).sum();
        let mut outcome = Outcome::new();
        outcome.figure("n", values.len()).figure("missing", sample.rows() - values.len()).figure("theil", found.total);
        if !self.groups.is_empty() {
            let share = |part: f64| (found.total > 0.0).then(|| part / found.total);
            outcome
                .figure("between", between)
                .figure("within", found.within)
                .figure("between_share", share(between))
                .figure("within_share", share(found.within));
        }
        if let Some(samples) = self.bootstrap {
            let pick = |list: &[f64], at: &[u32]| at.iter().map(|&at| list[at as usize]).collect::<Vec<f64>>();
            let of = |at: &[u32]| {
                let weights = weights.as_ref().map(|weights| pick(weights, at));
                Ok(theil(&pick(&values, at), weights.as_deref(), &[], self.measure)?.total)
            };
            let draws = Draws { samples, level: self.level, interval: self.interval, seed: self.seed };
            let found = bootstrap(values.len(), draws, of).map_err(|error| error.to_string())?;
            outcome
                .figure("standard_error", found.standard_error)
                .figure("lower", found.lower)
                .figure("upper", found.upper)
                .figure("level", found.level);
        }
        if !self.groups.is_empty() {
            let levels = Table::named(self.groups.clone())
                .numbers("between", found.levels.iter().map(|level| Some(level.between)))
                .counts("groups", found.levels.iter().map(|level| Some(level.groups.len() as i64)));
            outcome.table("levels", levels);
        }
        let mut names: Vec<String> = Vec::new();
        let mut rows = Vec::new();
        let mut above: Vec<String> = Vec::new();
        for ((level, labels), ranks) in found.levels.iter().zip(&labels).zip(&ranks) {
            let word =
                |rank: u32| ranks.iter().position(|&of| of == rank).map_or("", |word| labels.words[word].as_str());
            let here: Vec<String> = level
                .groups
                .iter()
                .map(|group| match group.parent {
                    Some(parent) => format!("{}/{}", above[parent as usize], word(group.label)),
                    None => word(group.label).to_owned(),
                })
                .collect();
            names.extend(here.iter().cloned());
            rows.extend(&level.groups);
            above = here;
        }
        if !rows.is_empty() {
            let groups = Table::named(names)
                .counts("places", rows.iter().map(|group| Some(group.places as i64)))
                .numbers("mean", rows.iter().map(|group| Some(group.mean)))
                .numbers("weight_share", rows.iter().map(|group| Some(group.weight_share)))
                .numbers("value_share", rows.iter().map(|group| Some(group.value_share)))
                .numbers("theil", rows.iter().map(|group| Some(group.inequality)))
                .numbers("contribution", rows.iter().map(|group| Some(group.contribution)));
            outcome.table("groups", groups);
        }
        Ok(outcome)
    }
}
