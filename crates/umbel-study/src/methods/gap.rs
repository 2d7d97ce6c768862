//! `gap`: how far apart places are.

use crate::filter::Places;
use crate::inputs::Inputs;
use crate::kernels::spread;
use crate::method::{Method, Problem};
use crate::output::{Cell, Output, join_status};
use crate::parameters::{Existence, Weights, groups, read_place, undefined, written_at};
use crate::reads::{Reads, Units};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_core::{Bound, Period, Status, Unit, code};

/// How a gap is stated.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum GapForm {
    /// Greatest less least, in the unit of the figure.
    Range,
    /// Greatest over least.
    Ratio,
    /// Standard deviation over the mean, both weighted where a weight is given.
    CoefficientOfVariation,
}

/// Parameters of `gap`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Gap {
    /// The indicator.
    pub of: String,
    /// The places compared.
    pub among: Places,
    /// How the gap is stated.
    pub form: GapForm,
    /// The indicator that weighs the places in the coefficient of variation (people, as a rule); left out: each counts
    /// the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<String>,
    /// The period of the weights; left out: the period of the figure.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub weight_period: Option<Period>,
    /// The place where the gap is written; left out: the region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

impl Method for Gap {
    const NAME: &'static str = "gap";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "How far apart places are: range, ratio or coefficient of variation.";
    const FORMULA: &'static str = "range: max − min; ratio: max / min; coefficient of variation: √(Σ wᵢ (xᵢ − x̄)² / Σ wᵢ) / x̄ with x̄ = Σ wᵢ xᵢ / Σ wᵢ";
    const CITATION: &'static str = "Williamson, Regional inequality and the process of national development, Economic Development and Cultural Change 13 (4, part 2), 1965, p. 11: Vw (weighted) and Vuw (unweighted).";
    const ASSUMPTIONS: &'static str = "All places that exist on the last day of the period have a figure (and a weight where weights are used): \
        otherwise the gap is missing, since the one that is not known may be the extreme. Ratio and coefficient need a \
        least figure, or a mean, above zero: else they cannot exist (M). A figure that is only a bound leaves \"about\".";
    const NOT_FOR: &'static str = "Figures without a true zero (temperatures, indices of different bases); comparing \
        coefficients over different sets of places; amounts that grow with the size of a place (use amounts per person).";
    const EXAMPLE: &'static str = r#"[income_gap]
method = "gap"
of = "income_per_person"
among = { kind = "jurisdiction" }
form = "coefficient_of_variation"
weight = "population"
title = { en = "Regional inequality of income" }"#;

    fn reads(&self, reads: &mut Reads<'_>) {
        let among = reads.places(&self.among, "among");
        reads.indicator_in(&self.of, "of", among);
        read_place(self.place.as_deref(), reads);
        reads.tree();
        if let Some(weight) = &self.weight {
            reads.indicator_in(weight, "weight", among);
            if self.form != GapForm::CoefficientOfVariation {
                reads.problem(Problem::new(
                    &code::M002,
                    "weight",
                    "Range and ratio know no weights",
                    "Remove the weight, or use form = \"coefficient_of_variation\"",
                ));
            }
        }
    }

    fn unit(&self, units: &Units<'_>) -> Result<Unit, Problem> {
        Ok(if self.form == GapForm::Range { units.of(0) } else { Unit::one() })
    }

    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String> {
        let series = inputs.series(0);
        let mut output = Output::new(inputs.unit().clone());
        let places = inputs.selection(0);
        let at = written_at(self.place.as_deref(), inputs)?;
        let existence = Existence::of(inputs, places)?;
        let weights = (inputs.len() > 1).then_some(Weights { input: 1, period: self.weight_period });
        for group in groups(inputs, 0, places) {
            let exists = existence.at(group.period);
            let expected = exists.iter().filter(|exists| **exists).count();
            let mut members: Vec<(usize, usize)> = Vec::new();
            let (mut values, mut weighed) = (Vec::new(), Vec::new());
            let (mut status, mut exact) = (Status::Normal, true);
            for &(place, row) in group.rows.iter().filter(|(place, _)| exists[*place]) {
                members.push((0, row));
                let Some(value) = series.value(row) else { continue };
                if let Some(weights) = weights {
                    let Some((weight_row, weight)) = weights.row(inputs, places[place], group.period) else { continue };
                    members.push((1, weight_row));
                    weighed.push(weight);
                    status = join_status(status, inputs.series(1).status[weight_row]);
                    exact &= inputs.series(1).bound[weight_row] == Bound::Exact;
                }
                values.push(value);
                status = join_status(status, series.status[row]);
                exact &= series.bound[row] == Bound::Exact;
            }
            let cell = if values.len() < expected || expected == 0 {
                Cell::missing()
            } else {
                let value = match self.form {
                    GapForm::Range => spread::range(&values),
                    GapForm::Ratio => spread::ratio(&values),
                    GapForm::CoefficientOfVariation => {
                        spread::coefficient_of_variation(&values, weights.map(|_| weighed.as_slice()))
                    }
                };
                let bound = if exact { Bound::Exact } else { Bound::About };
                value.map_or_else(undefined, |value| Cell { value: Some(value), status, bound })
            };
            let row = output.push(at, group.period, group.breakdown, cell, members);
            output.cover(row, values.len() as f64 / expected.max(1) as f64);
        }
        Ok(output)
    }

    fn statement(&self) -> String {
        match (self.form, &self.weight) {
            (GapForm::Range, _) => "greatest less least".to_owned(),
            (GapForm::Ratio, _) => "greatest over least".to_owned(),
            (GapForm::CoefficientOfVariation, None) => "coefficient of variation".to_owned(),
            (GapForm::CoefficientOfVariation, Some(weight)) => {
                format!("coefficient of variation weighted by {weight}")
            }
        }
    }
}
