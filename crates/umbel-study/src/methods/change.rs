//! `change`: a figure against a base.

use crate::inputs::Inputs;
use crate::kernels::change::{Form, change};
use crate::method::{Method, Problem};
use crate::output::{Cell, Output, join_status};
use crate::parameters::{same_length, undefined};
use crate::reads::{Reads, Units};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_core::{Bound, Period, Unit};

/// Parameters of `change`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Change {
    /// The indicator.
    pub of: String,
    /// How the change is stated.
    pub form: Form,
    /// The base; left out: the period of the same length just before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    #[schemars(with = "Option<String>")]
    pub base: Option<Period>,
}

impl Method for Change {
    const NAME: &'static str = "change";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Change of a figure against a base period or the period before.";
    const FORMULA: &'static str = "absolute: xₜ − x₀; percent: (xₜ − x₀) / x₀ · 100; annual_average: ((xₜ / x₀)^(1 / years) − 1) · 100; index: xₜ / x₀ · 100";
    const CITATION: &'static str = "Compound growth: World Bank, World Development Indicators, Statistical methods, \"Geometric growth rate\". Index with base = 100: ILO/IMF/OECD/UNECE/Eurostat/World Bank, Consumer Price Index Manual: Concepts and Methods, 2020.";
    const ASSUMPTIONS: &'static str = "Only periods of one kind are compared: years with years, quarters with \
        quarters. Years between two periods run from middle to middle (365.2425 days each). Percent, index and yearly \
        rate need a base above zero, the yearly rate also a figure above zero: else the result cannot exist (M). A row \
        exists where figure and base both have one. Percent and yearly rate are in %, an index is a plain number with the base at 100.";
    const NOT_FOR: &'static str = "Amounts of money at current prices when growth in volume is meant; percent changes \
        of figures that are shares (state the difference in points: absolute); seasonal figures against the period just before.";
    const EXAMPLE: &'static str = r#"[gdp_growth]
method = "change"
of = "gdp"
form = "annual_average"
base = "2013"
title = { en = "Growth of output a year since 2013" }"#;

    fn reads(&self, reads: &mut Reads<'_>) {
        reads.indicator(&self.of, "of");
    }

    fn unit(&self, units: &Units<'_>) -> Result<Unit, Problem> {
        Ok(match self.form {
            Form::Absolute => units.of(0),
            Form::Percent | Form::AnnualAverage => Unit::percent(),
            Form::Index => Unit::one(),
        })
    }

    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String> {
        let series = inputs.series(0);
        let mut output = Output::with_capacity(inputs.unit().clone(), series.len(), 2);
        for row in 0..series.len() {
            let (place, period, breakdown) = (series.place[row], series.period[row], series.breakdown[row]);
            let Some(base) = self.base.or_else(|| period.previous()) else { continue };
            let years = base.years_until(period);
            if !same_length(base, period) || (self.form == Form::AnnualAverage && years == 0.0) {
                continue;
            }
            let Some(from) = inputs.find(0, place, base, breakdown) else { continue };
            let cell = match (series.value(from), series.value(row)) {
                (Some(before), Some(now)) => match change(self.form, before, now, years) {
                    Some(value) => Cell {
                        value: Some(value),
                        status: join_status(series.status[row], series.status[from]),
                        bound: bound(
                            self.form,
                            (before, series.bound[from]),
                            (now, series.bound[row]),
                            years,
                            row == from,
                        ),
                    },
                    None => undefined(),
                },
                _ => Cell::missing(),
            };
            let members = if row == from { vec![(0, row)] } else { vec![(0, row), (0, from)] };
            output.push(place, period, breakdown, cell, members);
        }
        Ok(output)
    }

    fn statement(&self) -> String {
        let base = self.base.map_or_else(|| "the period before".to_owned(), |base| base.to_string());
        let form = match self.form {
            Form::Absolute => "difference",
            Form::Percent => "change in per cent",
            Form::AnnualAverage => "average yearly change in per cent",
            Form::Index => "index",
        };
        format!("{form} against {base}")
    }
}

/// A change grows with the figure and falls with the base; a relative one falls with the base only if the figure is
/// positive, and a yearly rate turns round when the base comes later. Against itself a figure has no bound.
fn bound(form: Form, base: (f64, Bound), now: (f64, Bound), years: f64, itself: bool) -> Bound {
    if itself {
        return Bound::Exact;
    }
    let against = if form != Form::Absolute && now.0 < 0.0 { base.1 } else { base.1.flip() };
    let bound = now.1.join(against);
    if form == Form::AnnualAverage && years < 0.0 { bound.flip() } else { bound }
}
