//! `cumulate`: running totals.

use crate::inputs::Inputs;
use crate::kernels::sum::exact_sum;
use crate::kernels::tiles::{Tile, running};
use crate::method::{Method, Problem};
use crate::output::{Cell, Output};
use crate::parameters::join_rows;
use crate::reads::{Reads, Units};
use crate::select::days_of;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_core::{Period, Symbol, Unit};

/// Parameters of `cumulate`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Cumulate {
    /// The indicator: amounts over periods.
    pub of: String,
    /// The period from whose first day the total runs.
    #[schemars(with = "String")]
    pub start: Period,
}

impl Method for Cumulate {
    const NAME: &'static str = "cumulate";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Running total of amounts since a start.";
    const FORMULA: &'static str =
        "Σ x over periods that follow each other without gap or overlap from the start to t, written at start/t";
    const CITATION: &'static str = "Flows and stocks: System of National Accounts 2008, chapter 3. Sums are rounded once (Shewchuk, Discrete & Computational Geometry 18, 1997).";
    const ASSUMPTIONS: &'static str = "Every total is laid out of periods that cover each day from the start exactly \
        once. A published total (a row whose period is an interval from the start) is used as the opening, and wins over \
        the sum of its parts. After a gap, and after a missing figure, totals are missing: what is not known is not zero.";
    const NOT_FOR: &'static str = "Stocks, shares and rates, which do not add up over time.";
    const EXAMPLE: &'static str = r#"[water_delivered_since_2014]
method = "cumulate"
of = "water_delivered"
start = "2014-12"
title = { en = "Water delivered since the canal opened" }"#;

    fn reads(&self, reads: &mut Reads<'_>) {
        reads.indicator(&self.of, "of");
    }

    fn unit(&self, units: &Units<'_>) -> Result<Unit, Problem> {
        Ok(units.of(0))
    }

    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String> {
        let series = inputs.series(0);
        let mut output = Output::new(series.unit.clone());
        let start = days_of(self.start.start());
        let mut first = 0;
        while first < series.len() {
            let place = series.place[first];
            let end = first + series.place[first..].partition_point(|&p| p == place);
            let mut rows: Vec<usize> = (first..end).collect();
            rows.sort_by_key(|&row| (inputs.rank(series.breakdown[row]), row));
            for rows in rows.chunk_by(|&a, &b| series.breakdown[a] == series.breakdown[b]) {
                self.one(inputs, place, rows, start, &mut output);
            }
            first = end;
        }
        Ok(output)
    }

    fn statement(&self) -> String {
        format!("running total since {}", self.start)
    }
}

impl Cumulate {
    /// The running totals of one place and breakdown.
    fn one(&self, inputs: &Inputs<'_>, place: Symbol, rows: &[usize], start: i32, output: &mut Output) {
        let series = inputs.series(0);
        let tile = |&row: &usize| {
            let period = series.period[row];
            Tile { first: days_of(period.start()), last: days_of(period.end()), known: series.value(row).is_some() }
        };
        let tiles: Vec<Tile> = rows.iter().map(tile).collect();
        let totals = running(&tiles, start);
        for total in &totals {
            let last = match total {
                Ok(running) => running.last,
                Err(last) => *last,
            };
            let period = series.period[rows[last]];
            let (from, to) = (self.start.atoms().0, period.atoms());
            let Some(written) = Period::interval(from, to.1.unwrap_or(to.0)) else { continue };
            // The tiles, last first.
            let mut used: Vec<usize> = Vec::new();
            let mut next = total.as_ref().ok();
            while let Some(running) = next {
                used.push(rows[running.last]);
                next = running.before.and_then(|before| totals[before].as_ref().ok());
            }
            used.reverse();
            let values: Option<Vec<f64>> = used.iter().map(|&row| series.value(row)).collect();
            let cell = match values {
                Some(values) if !values.is_empty() => {
                    let (status, bound) = join_rows(series, used.iter().copied());
                    Cell { value: Some(exact_sum(values)), status, bound }
                }
                _ => Cell::missing(),
            };
            if used.is_empty() {
                used.push(rows[last]);
            }
            let breakdown = series.breakdown[rows[last]];
            output.push(place, written, breakdown, cell, used.into_iter().map(|row| (0, row)));
        }
    }
}
