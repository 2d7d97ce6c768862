//! `share`: a part of a whole.

use crate::filter::Places;
use crate::inputs::Inputs;
use crate::method::{Method, Problem};
use crate::output::{Cell, Output, join_status};
use crate::parameters::undefined;
use crate::reads::{Reads, Units};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_core::{Bound, Symbol, Unit, code};

/// Parameters of `share`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Share {
    /// The indicator of the part.
    pub of: String,
    /// The indicator of the whole; left out: the same.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub whole: Option<String>,
    /// Where the whole is: `parent` (the nearest place above that has the figure), `same` (the same place), `total`
    /// (the same place, the total of its breakdowns), or the id of a place. Left out: `parent`, or `same` when `whole`
    /// is given.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub within: Option<String>,
}

enum Within<'a> {
    Parent,
    Same,
    Total,
    Place(&'a str),
}

impl Share {
    fn within(&self) -> Within<'_> {
        match self.within.as_deref() {
            Some("parent") => Within::Parent,
            Some("same") => Within::Same,
            Some("total") => Within::Total,
            Some(place) => Within::Place(place),
            None if self.whole.is_some() => Within::Same,
            None => Within::Parent,
        }
    }
}

impl Method for Share {
    const NAME: &'static str = "share";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str =
        "Part of a whole: a place in its parent, a breakdown in its total, one indicator in another.";
    const FORMULA: &'static str = "part / whole, as a fraction (1 = all)";
    const CITATION: &'static str =
        "Isard, Methods of Regional Analysis, MIT Press, 1960 (percentage shares of a region).";
    const ASSUMPTIONS: &'static str = "Part and whole are of the same period (and, but for `total`, of the same \
        breakdown) and are converted to one unit. The whole must be above zero, else the share cannot exist (M). A row \
        exists where part and whole both have one; `parent` goes up the tree until a place has the figure.";
    const NOT_FOR: &'static str = "Parts that are not contained in the whole (use ratio); negative parts.";
    const EXAMPLE: &'static str = r#"[share_of_people]
method = "share"
of = "population"
within = "region"
unit = "%"
title = { en = "Share of the region's people" }"#;

    fn reads(&self, reads: &mut Reads<'_>) {
        reads.indicator(&self.of, "of");
        let whole = self.whole.as_deref().unwrap_or(&self.of);
        match self.within() {
            Within::Place(place) => {
                let selection = reads.places(&Places::from(place), "within");
                reads.indicator_in(whole, "whole", selection);
            }
            Within::Parent => {
                reads.tree();
                reads.indicator(whole, "whole");
            }
            Within::Same | Within::Total => {
                reads.indicator(whole, "whole");
            }
        }
    }

    fn unit(&self, units: &Units<'_>) -> Result<Unit, Problem> {
        let (of, whole) = (units.of(0), units.of(1));
        if of.same_dimension(&whole) {
            return Ok(Unit::one());
        }
        Err(Problem::new(
            &code::M006,
            "whole",
            format!("The part is in {of} and the whole in {whole}"),
            "Give a whole of the same dimension, or use the method ratio",
        ))
    }

    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String> {
        let (series, whole) = (inputs.series(0), inputs.series(1));
        let factor = series.unit.factor(&whole.unit).ok_or("part and whole are not of one dimension")?;
        let mut output = Output::with_capacity(Unit::one(), series.len(), 2);
        let within = self.within();
        let fixed = match within {
            Within::Place(place) => inputs.symbol(place),
            _ => None,
        };
        for row in 0..series.len() {
            let (place, period, breakdown) = (series.place[row], series.period[row], series.breakdown[row]);
            let found = match within {
                Within::Parent => {
                    let mut above = inputs.tree()?.ancestors(place);
                    above.find_map(|above| inputs.find(1, above, period, breakdown))
                }
                Within::Same => inputs.find(1, place, period, breakdown),
                Within::Total if breakdown.is_some() => inputs.find(1, place, period, Symbol::NONE),
                Within::Total => None,
                Within::Place(_) => fixed.and_then(|fixed| inputs.find(1, fixed, period, breakdown)),
            };
            let Some(of) = found else { continue };
            let itself = self.whole.as_ref().is_none_or(|whole| *whole == self.of) && of == row;
            let cell = match (series.value(row), whole.value(of)) {
                (Some(part), Some(all)) if all > 0.0 => Cell {
                    value: Some(factor.apply(part) / all),
                    status: join_status(series.status[row], whole.status[of]),
                    bound: if itself { Bound::Exact } else { series.bound[row].join(whole.bound[of].flip()) },
                },
                (Some(_), Some(_)) => undefined(),
                _ => Cell::missing(),
            };
            output.push(place, period, breakdown, cell, [(0, row), (1, of)]);
        }
        Ok(output)
    }
}
