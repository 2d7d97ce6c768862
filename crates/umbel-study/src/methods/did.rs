//! `did`: difference-in-differences.

use crate::analysis::panels::{
    Behind, Calendar, Complete, Corrected, ErrorsAre, confidence, confidence_problem, estimate, groupings_wanted,
    joint, with_estimates,
};
use crate::analysis::{Analysis, Figure, Outcome, Over, Quantity, Sample, Table, UnitOf, Wanted};
use crate::over_places;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_stats::inference::Alternative;
use umbel_stats::panel::callaway_santanna::{
    Aggregate, Aggregation, BasePeriod, Bootstrap, Controls, Staggered, callaway_santanna,
};
use umbel_stats::panel::difference::{EFFECT, two_by_two, two_way};
use umbel_stats::panel::fixed_effects::Regression;
use umbel_stats::panel::goodman_bacon::{Comparison, goodman_bacon};
use umbel_stats::panel::placebo::{placebo_in_time, randomisation};

/// How the effect is estimated.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Estimator {
    /// Group-time effects and their averages (Callaway, Sant'Anna): also where treatment begins at different times.
    #[default]
    CallawaySantanna,
    /// Two groups, before and after.
    TwoByTwo,
    /// One coefficient with effects of places and periods.
    TwoWay,
}

/// The places that treated ones are compared with.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Compared {
    /// Places that are never treated.
    #[default]
    NeverTreated,
    /// Also those not treated yet.
    NotYetTreated,
}

/// What outcomes before treatment are measured against.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Base {
    /// The period before.
    #[default]
    Varying,
    /// The last period before treatment.
    Universal,
}

/// How group-time effects are averaged for the figure `estimate`.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Average {
    /// All effects after treatment, weighted by the size of groups.
    #[default]
    Simple,
    /// Mean over lengths of exposure.
    Dynamic,
    /// Mean over groups.
    Group,
    /// Mean over periods.
    Calendar,
}

fn unit() -> Vec<String> {
    vec!["unit".to_owned()]
}

over_places! {
    /// Parameters of `did`.
    pub struct Did {
        /// The outcome: the indicator, or the column of a file.
        pub of: String,
        /// Column that is not 0 in rows of treated places from the first treated period on.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub treated: Option<String>,
        /// Column with the first treated period of the place, instead of `treated`; 0 or nothing: never.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        pub first_treated: Option<String>,
        /// How the effect is estimated.
        #[serde(default)]
        pub estimator: Estimator,
        /// Columns on which parallel trends depend (`callaway_santanna`: doubly robust), or that are added to the regression.
        #[serde(default)]
        pub explained_by: Vec<String>,
        /// `callaway_santanna`: the places compared with.
        #[serde(default)]
        pub controls: Compared,
        /// `callaway_santanna`: what outcomes before treatment are measured against.
        #[serde(default)]
        pub base: Base,
        /// `callaway_santanna`: periods before treatment in which it may be felt already.
        #[serde(default)]
        pub anticipation: u32,
        /// `callaway_santanna`: how effects are averaged.
        #[serde(default)]
        pub average: Average,
        /// `callaway_santanna`: samples of the multiplier bootstrap, which gives bands for all effects at once; 0: none.
        #[serde(default)]
        pub bootstrap: u32,
        /// What is assumed of the errors; `callaway_santanna` takes places as independent always.
        #[serde(default)]
        pub errors: ErrorsAre,
        /// One or two groupings within which errors may be correlated: `unit`, `time`, or columns of words.
        #[serde(default = "unit")]
        pub cluster: Vec<String>,
        /// Corrections for small samples.
        #[serde(default)]
        pub corrections: Corrected,
        /// Also estimate the effect of a treatment that begins so many periods earlier, on rows before the true one; 0: not.
        #[serde(default)]
        pub placebo_periods: u32,
        /// Random assignments of treatment for a permutation test of the coefficient with two-way effects; 0: none.
        #[serde(default)]
        pub permutations: u32,
        /// Seed of random numbers.
        #[serde(default)]
        pub seed: u64,
        /// Level of the intervals.
        #[serde(default = "confidence")]
        pub confidence: f64,
    }
}

impl Analysis for Did {
    const NAME: &'static str = "did";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Difference-in-differences: two by two, two-way effects, or staggered treatment, with placebos.";
    const FORMULA: &'static str = "two by two: (ȳ₁,after − ȳ₁,before) − (ȳ₀,after − ȳ₀,before); staggered: ATT(g, t) = E[yₜ − y_g₋₁ | G = g] \
        − E[yₜ − y_g₋₁ | controls], averaged by weights of groups";
    const CITATION: &'static str = "Callaway and Sant'Anna, Difference-in-differences with multiple time periods, Journal of \
        Econometrics 225(2), 2021, equations 2.6 to 3.11; Sant'Anna and Zhao, Journal of Econometrics 219(1), 2020, equation 3.1; \
        Goodman-Bacon, Journal of Econometrics 225(2), 2021, theorem 1; Angrist and Pischke, Mostly Harmless Econometrics, 2009, \
        equation 5.2.4.";
    const ASSUMPTIONS: &'static str = "Without treatment the treated places had moved as the others did, and treatment was not felt \
        before it began; it stays once it has begun. `callaway_santanna` leaves out places that miss a period, and those treated \
        from the first period on. Periods are years where they are years, else their positions.";
    const NOT_FOR: &'static str = "Treatment that spreads to the places compared with. Two-way effects with staggered treatment \
        compare with places treated already: `weight_already_treated` says how much of the coefficient that makes up.";
    const EXAMPLE: &'static str = r#"[rail_effect]
method = "did"
of = "output"
treated = "has_rail"
controls = "not_yet_treated"
among = { kind = "county" }
title = { en = "Effect of the line on output" }"#;
    const OVER: Over = Over::Panel;
    const RESULTS: &'static [Quantity] = &[
        Quantity::whole("estimate", "The effect of treatment on the treated.")
            .in_unit(UnitOf::Figures)
            .with_band("lower", "upper"),
        Quantity::whole("p_two_sided", "P of an effect as far from zero."),
        Quantity::whole("p_permutation", "The same by random assignment of treatment."),
        Quantity::whole("p_pre_trend", "P of the joint test that nothing happened before treatment."),
        Quantity::whole(
            "weight_already_treated",
            "Part of the coefficient with two-way effects that compares with places \
            treated already.",
        ),
    ];

    fn columns(&self) -> Vec<Wanted> {
        let mut columns = vec![Wanted::numbers("of", &self.of)];
        columns.extend(self.treated.iter().map(|name| Wanted::numbers("treated", name)));
        columns.extend(self.first_treated.iter().map(|name| Wanted::numbers("first_treated", name)));
        columns.extend(Wanted::list("explained_by", &self.explained_by));
        if self.errors == ErrorsAre::Cluster && self.estimator != Estimator::CallawaySantanna {
            columns.extend(groupings_wanted("cluster", &self.cluster));
        }
        columns
    }

    fn problems(&self) -> Vec<(String, String, String)> {
        let mut problems: Vec<_> = confidence_problem(self.confidence).into_iter().collect();
        if self.first_treated.is_some() == self.treated.is_some() {
            let message = "Treatment is told by one column.".to_owned();
            problems.push(("treated".to_owned(), message, "Name either treated or first_treated.".to_owned()));
        }
        if (1..10).contains(&self.bootstrap) {
            let message = "A bootstrap needs at least 10 samples.".to_owned();
            problems.push(("bootstrap".to_owned(), message, "Write 0 for none, or 999.".to_owned()));
        }
        problems
    }

    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        let say = |error: umbel_stats::Error| error.to_string();
        let response = sample.numbers("of")?;
        let explained_by = sample.list("explained_by")?;
        let mut numbers = vec![response];
        numbers.extend(&explained_by);
        let marks = sample.column("treated").is_some().then(|| sample.numbers("treated")).transpose()?;
        numbers.extend(marks);
        let staggered = self.estimator == Estimator::CallawaySantanna;
        let labels: Vec<_> = (0..self.cluster.len()).filter_map(|at| sample.labels(&format!("cluster.{at}"))).collect();
        let complete = Complete::of(sample, &numbers, &labels);
        let y = complete.take(response);
        let columns: Vec<Vec<f64>> = explained_by.iter().map(|column| complete.take(column)).collect();
        let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let calendar = complete.calendar();
        let first = complete.first_treated(&calendar)?;
        let unit = complete.unit();
        let behind = if staggered { None } else { Some(Behind::of(&complete, self.errors, &self.cluster, None)?) };
        let own = [unit.clone()];
        let errors = behind.as_ref().map_or(umbel_stats::panel::covariance::Errors::Clustered(&own), Behind::errors);
        let regression = Regression {
            corrections: self.corrections.corrections(),
            confidence: self.confidence,
            ..Regression::new(&y, &slices).with_errors(errors)
        };
        let treated: Vec<bool> = first
            .iter()
            .zip(&calendar.period)
            .map(|(first, period)| first.is_some_and(|first| *period >= first))
            .collect();
        let mut outcome = Outcome::new();
        match self.estimator {
            Estimator::CallawaySantanna => {
                self.group_time(
                    &mut outcome,
                    &calendar,
                    &Staggered {
                        response: &y,
                        unit: &unit,
                        period: &calendar.period,
                        first_treated: &first,
                        covariates: &slices,
                        controls: match self.controls {
                            Compared::NeverTreated => Controls::NeverTreated,
                            Compared::NotYetTreated => Controls::NotYetTreated,
                        },
                        base: match self.base {
                            Base::Varying => BasePeriod::Varying,
                            Base::Universal => BasePeriod::Universal,
                        },
                        anticipation: self.anticipation,
                        confidence: self.confidence,
                        bootstrap: (self.bootstrap > 0)
                            .then_some(Bootstrap { samples: self.bootstrap, seed: self.seed }),
                    },
                )?;
            }
            Estimator::TwoByTwo => {
                let mut begins: Vec<i64> = first.iter().flatten().copied().collect();
                begins.sort_unstable();
                begins.dedup();
                let [begin] = begins[..] else {
                    return Err(format!(
                        "treatment begins in {} different periods; two by two needs one: take callaway_santanna",
                        begins.len()
                    ));
                };
                let of_unit: Vec<bool> = first.iter().map(Option::is_some).collect();
                let post: Vec<bool> = calendar.period.iter().map(|period| *period >= begin).collect();
                let found = two_by_two(&regression, &of_unit, &post).map_err(say)?;
                if let Some(effect) = &found.fit.coefficients[EFFECT] {
                    outcome.figures.extend(estimate(effect));
                }
                outcome.figure("n", found.fit.number);
                outcome.figure("r2", found.fit.r2);
                outcome.figure("degrees_of_freedom", found.fit.covariance.degrees);
                outcome.figure(
                    "means",
                    Figure::Group(vec![
                        ("treated_before".into(), found.means.treated_before.into()),
                        ("treated_after".into(), found.means.treated_after.into()),
                        ("control_before".into(), found.means.control_before.into()),
                        ("control_after".into(), found.means.control_after.into()),
                    ]),
                );
                let names = ["intercept", "treated", "post", "treated_post"].map(str::to_owned);
                let names = names.into_iter().chain(self.explained_by.clone()).collect();
                outcome.table("coefficients", with_estimates(Table::named(names), &found.fit.coefficients));
            }
            Estimator::TwoWay => {
                let found = two_way(&regression, &treated, &unit, &complete.time()).map_err(say)?;
                if let Some(effect) = &found.coefficients[0] {
                    outcome.figures.extend(estimate(effect));
                }
                outcome.figure("n", found.number);
                outcome.figure("r2_within", found.r2_within);
                outcome.figure("degrees_of_freedom", found.covariance.degrees);
                let names = std::iter::once("treated".to_owned()).chain(self.explained_by.clone()).collect();
                outcome.table("coefficients", with_estimates(Table::named(names), &found.coefficients));
            }
        }
        outcome.figure("missing", complete.missing);
        outcome.figure(
            "estimator",
            serde_json::to_value(self.estimator).ok().and_then(|v| v.as_str().map(str::to_owned)).unwrap_or_default(),
        );
        if self.estimator == Estimator::TwoWay {
            self.decompose(&mut outcome, &calendar, &y, &unit, &first);
        }
        if self.placebo_periods > 0 {
            match placebo_in_time(&regression, &unit, &calendar.period, &first, self.placebo_periods) {
                Ok(fit) => {
                    let figures = fit.coefficients[0].as_ref().map(estimate).unwrap_or_default();
                    outcome.figure("placebo_in_time", Figure::Group(figures));
                }
                Err(error) => {
                    outcome.note(format!("no placebo in time: {error}"));
                }
            }
        }
        if self.permutations > 0 {
            let alternative = Alternative::TwoSided;
            let period = &calendar.period;
            let test = randomisation(&regression, &unit, period, &first, self.permutations, self.seed, alternative);
            let test = test.map_err(say)?;
            outcome.figure("p_permutation", test.p_permutation);
            outcome.figure("permutations", test.permuted.len());
            outcome.figure("coefficient_two_way", test.coefficient);
        }
        Ok(outcome)
    }
}

impl Did {
    fn group_time(&self, outcome: &mut Outcome, calendar: &Calendar, staggered: &Staggered) -> Result<(), String> {
        let say = |error: umbel_stats::Error| error.to_string();
        let found = callaway_santanna(staggered).map_err(say)?;
        let all = [
            (Average::Simple, Aggregation::Simple, "simple"),
            (Average::Dynamic, Aggregation::Dynamic, "dynamic"),
            (Average::Group, Aggregation::Group, "group"),
            (Average::Calendar, Aggregation::Calendar, "calendar"),
        ];
        let averages: Vec<Aggregate> =
            all.iter().map(|(_, how, _)| found.aggregate(*how).map_err(say)).collect::<Result<_, _>>()?;
        for ((average, _, _), aggregate) in all.iter().zip(&averages) {
            if *average == self.average {
                outcome.figures.extend(estimate(&aggregate.overall));
            }
        }
        let each = all.iter().zip(&averages);
        let each = each.map(|((_, _, name), aggregate)| ((*name).into(), Figure::Group(estimate(&aggregate.overall))));
        outcome.figure("averages", Figure::Group(each.collect()));
        outcome.figure("p_pre_trend", found.pre_trend.map(|test| test.p));
        if let Some(test) = &found.pre_trend {
            outcome.figure("pre_trend", joint(test));
        }
        outcome.figure("units", found.units);
        outcome.figure("left_out_unbalanced", found.left_out_unbalanced);
        outcome.figure("left_out_always_treated", found.left_out_always_treated);
        outcome.figure("critical_value", found.critical_value);
        let names =
            found.effects.iter().map(|cell| format!("{} in {}", calendar.name(cell.group), calendar.name(cell.period)));
        let estimates: Vec<_> = found.effects.iter().map(|cell| Some(cell.effect)).collect();
        let table = Table::named(names.collect())
            .counts("group", found.effects.iter().map(|cell| Some(cell.group)))
            .counts("period", found.effects.iter().map(|cell| Some(cell.period)))
            .counts("treated", found.effects.iter().map(|cell| Some(cell.treated as i64)))
            .counts("controls", found.effects.iter().map(|cell| Some(cell.controls as i64)));
        outcome.table("effects", with_estimates(table, &estimates));
        for ((_, how, name), aggregate) in all.iter().zip(averages).skip(1) {
            let label = |at: i64| if *how == Aggregation::Dynamic { at.to_string() } else { calendar.name(at) };
            let names = aggregate.parts.iter().map(|part| label(part.at)).collect();
            let estimates: Vec<_> = aggregate.parts.iter().map(|part| Some(part.effect)).collect();
            outcome.table(
                format!("by_{}", if *how == Aggregation::Dynamic { "exposure" } else { name }),
                with_estimates(Table::named(names), &estimates),
            );
        }
        if found.left_out_unbalanced > 0 {
            outcome.note(format!("{} places left out since they miss a period", found.left_out_unbalanced));
        }
        if found.left_out_always_treated > 0 {
            let number = found.left_out_always_treated;
            outcome.note(format!("{number} places left out since they are treated from the first period on"));
        }
        Ok(())
    }

    /// What the coefficient with two-way effects is made of.
    fn decompose(
        &self,
        outcome: &mut Outcome,
        calendar: &Calendar,
        y: &[f64],
        unit: &umbel_stats::panel::groups::Groups,
        first: &[Option<i64>],
    ) {
        let bacon = match goodman_bacon(y, unit, &calendar.period, first) {
            Ok(bacon) => bacon,
            Err(error) => {
                outcome.note(format!("no decomposition of the coefficient: {error}"));
                return;
            }
        };
        outcome.figure("weight_already_treated", bacon.weight_already_treated);
        outcome.figure("estimate_clean", bacon.estimate_clean);
        let name = |at: Option<i64>| at.map_or("never".to_owned(), |at| calendar.name(at));
        let names =
            bacon.parts.iter().map(|part| format!("{} against {}", name(Some(part.treated)), name(part.control)));
        let kind = |comparison: Comparison| match comparison {
            Comparison::NeverTreated => "never_treated",
            Comparison::LaterAsControl => "later_as_control",
            Comparison::EarlierAsControl => "earlier_as_control",
            Comparison::AlwaysAsControl => "always_as_control",
        };
        let table = Table::named(names.collect())
            .words("comparison", bacon.parts.iter().map(|part| Some(kind(part.comparison).into())))
            .values("weight", &bacon.parts.iter().map(|part| part.weight).collect::<Vec<f64>>())
            .values("estimate", &bacon.parts.iter().map(|part| part.estimate).collect::<Vec<f64>>());
        outcome.table("comparisons", table);
        if bacon.weight_already_treated > 0.01 {
            outcome.note(format!(
                "{:.0} % of the coefficient compares with places treated already; callaway_santanna does not",
                100.0 * bacon.weight_already_treated
            ));
        }
    }
}
