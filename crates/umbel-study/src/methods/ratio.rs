//! `ratio`: one figure over another.

use crate::filter::Places;
use crate::inputs::Inputs;
use crate::method::{Method, Problem};
use crate::output::{Cell, Output, join_status};
use crate::parameters::undefined;
use crate::reads::{Reads, Units};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_core::{Bound, Unit, code};

/// Parameters of `ratio`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Ratio {
    /// The indicator above the line.
    pub of: String,
    /// The indicator below the line; left out: the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to: Option<String>,
    /// The place above the line, where the ratio is written; left out: every place.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// The place below the line; left out: the same as above it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub to_place: Option<String>,
}

impl Method for Ratio {
    const NAME: &'static str = "ratio";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "One figure over another: two indicators, or two places.";
    const FORMULA: &'static str = "x(of, place) / x(to, to_place)";
    const CITATION: &'static str = "Units: The Unified Code for Units of Measure (UCUM), version 2.2.";
    const ASSUMPTIONS: &'static str = "Both figures are of the same period and breakdown. Figures of one dimension \
        give a plain number (1 = equal); others a unit of their own. Over zero the ratio cannot exist (M). A row exists \
        where both have one.";
    const NOT_FOR: &'static str = "A part over its whole (share says so and checks it); figures that can be negative.";
    const EXAMPLE: &'static str = r#"[dust_against_neighbour]
method = "ratio"
of = "pm25_annual_mean"
place = "hebei"
to_place = "beijing"
title = { en = "Fine particles, Hebei over Beijing" }"#;

    fn reads(&self, reads: &mut Reads<'_>) {
        let one = |reads: &mut Reads<'_>, indicator: &str, name: &str, place: Option<&str>, of: &str| match place {
            Some(place) => {
                let selection = reads.places(&Places::from(place), of);
                reads.indicator_in(indicator, name, selection);
            }
            None => {
                reads.indicator(indicator, name);
            }
        };
        one(reads, &self.of, "of", self.place.as_deref(), "place");
        let to = self.to.as_deref().unwrap_or(&self.of);
        let (to_place, name) = match (&self.to_place, &self.place) {
            (Some(place), _) => (Some(place.as_str()), "to_place"),
            (None, place) => (place.as_deref(), "place"),
        };
        one(reads, to, "to", to_place, name);
        if self.to.as_deref().is_none_or(|to| to == self.of) && self.to_place.is_none() {
            reads.problem(Problem::new(
                &code::M002,
                "",
                "The ratio is of a figure to itself",
                "Give another indicator (to = \"...\") or another place (to_place = \"...\")",
            ));
        }
    }

    fn unit(&self, units: &Units<'_>) -> Result<Unit, Problem> {
        quotient(&units.of(0), &units.of(1)).map(|quotient| quotient.0).map_err(|message| {
            Problem::new(&code::M006, "", message, "Use units of another scale for the two indicators")
        })
    }

    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String> {
        let (series, other) = (inputs.series(0), inputs.series(1));
        let (unit, factor) = quotient(&series.unit, &other.unit)?;
        let mut output = Output::with_capacity(unit, series.len(), 2);
        let place = self.place.as_deref().map(|place| inputs.symbol(place));
        let to_place = self.to_place.as_deref().map(|place| inputs.symbol(place));
        if place == Some(None) || to_place == Some(None) {
            return Ok(output);
        }
        for row in 0..series.len() {
            let (at, period, breakdown) = (series.place[row], series.period[row], series.breakdown[row]);
            if place.flatten().is_some_and(|place| place != at) {
                continue;
            }
            let below = to_place.flatten().unwrap_or(at);
            let Some(of) = inputs.find(1, below, period, breakdown) else { continue };
            let itself = self.to.as_ref().is_none_or(|to| *to == self.of) && below == at;
            let cell = match (series.value(row), other.value(of)) {
                (Some(_), Some(0.0)) => undefined(),
                (Some(above), Some(below)) => Cell {
                    value: Some(factor.map_or(above, |factor| factor.apply(above)) / below),
                    status: join_status(series.status[row], other.status[of]),
                    bound: if itself {
                        Bound::Exact
                    } else {
                        // Falls as the lower figure grows, while both are positive.
                        match (above >= 0.0, below > 0.0) {
                            (true, true) => series.bound[row].join(other.bound[of].flip()),
                            (false, true) => series.bound[row].join(other.bound[of]),
                            (true, false) => series.bound[row].flip().join(other.bound[of].flip()),
                            (false, false) => series.bound[row].flip().join(other.bound[of]),
                        }
                    },
                },
                _ => Cell::missing(),
            };
            output.push(at, period, breakdown, cell, [(0, row), (1, of)]);
        }
        Ok(output)
    }
}

/// The unit of a quotient, and the factor to apply above the line: figures of one dimension give a plain number.
fn quotient(above: &Unit, below: &Unit) -> Result<(Unit, Option<umbel_core::unit::Factor>), String> {
    if above.same_dimension(below) {
        let factor = above.factor(below).ok_or_else(|| format!("the factor from {above} to {below} is too large"))?;
        return Ok((Unit::one(), Some(factor)));
    }
    above.per(below).map(|unit| (unit, None)).map_err(|error| error.to_string())
}
