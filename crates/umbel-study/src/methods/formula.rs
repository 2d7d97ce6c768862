//! `formula`: arithmetic over indicators.

use crate::filter::Places;
use crate::formula::{self, FormulaError, Relation, align};
use crate::inputs::Inputs;
use crate::method::{Method, Problem};
use crate::output::{Cell, Output, join_status};
use crate::reads::{Reads, Units};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_core::{Bound, Code, Period, Status, Symbol, Unit, code};

/// Parameters of `formula`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Formula {
    /// Arithmetic over indicators: `+ - * / ^ ( )`, `min max abs sqrt ln exp`, numbers (with a unit: `30 'min'`).
    /// `gdp@beijing` fixes the place, `gdp@beijing@2013` also the period, `gdp@@2013` only the period, `gdp[sex=F]` the
    /// breakdown (`[_T]` the total). An id with a dash stands in backticks.
    pub formula: String,
    /// The place where the result is written; indicators whose place is not fixed are read there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
}

impl Formula {
    fn problem(&self, code: &'static Code, error: &FormulaError) -> Problem {
        let fix = if code == &code::M006 {
            "Combine only figures of one dimension, or divide by what brings them to one"
        } else {
            "Correct the formula; ids with other characters than letters, digits, _ and . stand in backticks"
        };
        Problem::new(code, "formula", error.message.clone(), fix).at(self.offset(error.column))
    }

    /// The byte of the formula at a column.
    fn offset(&self, column: u32) -> usize {
        let column = column.saturating_sub(1) as usize;
        self.formula.char_indices().nth(column).map_or(self.formula.len(), |(at, _)| at)
    }
}

impl Method for Formula {
    const NAME: &'static str = "formula";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Arithmetic over indicators, row by row, with units checked.";
    const FORMULA: &'static str = "the formula given";
    const CITATION: &'static str = "Units: The Unified Code for Units of Measure (UCUM), version 2.2. Status of missing values: SDMX code list CL_OBS_STATUS 2.2.";
    const ASSUMPTIONS: &'static str = "A result row exists for every place, period and breakdown that all indicators \
        read have a row for. If one of them is missing the result is missing (O); if all are there and the result is \
        no number (a division by zero) it cannot exist (M). The status is the least reliable of the inputs. A bound is \
        carried along: turned round where the result falls as the figure grows, \"about\" where two bounds pull apart.";
    const NOT_FOR: &'static str = "Sums over places or periods (use aggregate, cumulate), comparisons with another \
        period of the same series (use change), or figures whose definitions differ though their units agree.";
    const EXAMPLE: &'static str = r#"[gdp_per_person]
formula = "gdp / population"
unit = "{CNY}/{person}"
title = { en = "Output per person", zh = "人均地区生产总值" }"#;

    fn reads(&self, reads: &mut Reads<'_>) {
        let written = self.place.as_deref().and_then(|place| reads.place(place, "place"));
        let parsed = match formula::Formula::parse(&self.formula) {
            Ok(parsed) => parsed,
            Err(error) => return reads.problem(self.problem(&code::M005, &error)),
        };
        let mut fixed: Vec<&str> = Vec::new();
        for reference in parsed.references() {
            let before = reads.problems.len();
            let place = reference.place.as_deref().or(self.place.as_deref());
            match place {
                // The place of `place` has been looked up: a wrong one is reported once.
                Some(place) if reference.place.is_none() && written.is_none() => {
                    fixed.push(place);
                    reads.indicator(&reference.indicator, "formula");
                }
                Some(place) => {
                    fixed.push(place);
                    let selection = reads.places(&Places::from(place), "formula");
                    reads.indicator_in(&reference.indicator, "formula", selection);
                }
                None => {
                    reads.indicator(&reference.indicator, "formula");
                }
            }
            let offset = self.offset(reference.column);
            reads.problems[before..].iter_mut().for_each(|problem| problem.offset = offset);
        }
        let all_fixed = fixed.len() == parsed.references().len();
        fixed.sort_unstable();
        fixed.dedup();
        if self.place.is_none() && all_fixed && fixed.len() > 1 {
            reads.problem(Problem::new(
                &code::M002,
                "",
                format!("The formula reads {} and nothing says where its result is written", fixed.join(", ")),
                "Add place = \"...\"",
            ));
        }
    }

    fn unit(&self, units: &Units<'_>) -> Result<Unit, Problem> {
        let parsed = formula::Formula::parse(&self.formula).map_err(|error| self.problem(&code::M005, &error))?;
        let of: Vec<Unit> = (0..parsed.references().len()).map(|input| units.of(input)).collect();
        parsed.compile(&of).map(|program| program.unit).map_err(|error| self.problem(&code::M006, &error))
    }

    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String> {
        let parsed = formula::Formula::parse(&self.formula).map_err(|error| error.to_string())?;
        let references = parsed.references();
        let count = references.len();
        let of: Vec<Unit> = (0..count).map(|input| inputs.series(input).unit.clone()).collect();
        let program = parsed.compile(&of).map_err(|error| error.to_string())?;
        let mut output = Output::new(program.unit.clone());

        // An id or breakdown that occurs nowhere has no rows.
        let mut relations = Vec::with_capacity(count);
        let mut last_fixed: Option<Period> = None;
        let mut place = None;
        for (input, reference) in references.iter().enumerate() {
            let symbol = |text: Option<&str>| match text {
                None => Some(None),
                Some(text) => inputs.symbol(text).map(Some),
            };
            let fixed_place = reference.place.as_deref().or(self.place.as_deref());
            let (Some(at), Some(breakdown)) = (symbol(fixed_place), symbol(reference.breakdown.as_deref())) else {
                return Ok(output);
            };
            place = place.or(at);
            if let Some(period) = reference.period
                && last_fixed.is_none_or(|last| last.end() < period.end())
            {
                last_fixed = Some(period);
            }
            relations.push(Relation::new(inputs.series(input), at, reference.period, breakdown));
        }
        if let Some(written) = self.place.as_deref() {
            place = inputs.symbol(written);
        }
        let aligned = align(&relations, inputs.ranks);
        let rows = aligned.len();
        let columns: Vec<Vec<f64>> = aligned
            .rows
            .iter()
            .enumerate()
            .map(|(input, rows)| {
                let series = inputs.series(input);
                rows.iter().map(|&row| series.value(row as usize).unwrap_or(f64::NAN)).collect()
            })
            .collect();
        let slices: Vec<&[f64]> = columns.iter().map(Vec::as_slice).collect();
        let values = program.evaluate(&slices);

        let (places, periods, breakdowns) =
            (aligned.places(&relations), aligned.periods(&relations), aligned.breakdowns(&relations));
        output = Output::with_capacity(program.unit.clone(), rows, count);
        let bounded = (0..count).any(|input| inputs.series(input).bound.iter().any(|bound| *bound != Bound::Exact));
        let (mut figures, mut bounds) = (vec![0.0; count], vec![Bound::Exact; count]);
        for (row, &value) in values.iter().enumerate() {
            let at = places.as_ref().map_or(place, |places| Some(places[row]));
            let period = periods.as_ref().map_or(last_fixed, |periods| Some(periods[row]));
            let (Some(at), Some(period)) = (at, period) else { continue };
            let breakdown = breakdowns.as_ref().map_or(Symbol::NONE, |breakdowns| breakdowns[row]);
            let mut cell = Cell { value: Some(value), status: Status::Normal, bound: Bound::Exact };
            for input in 0..count {
                let (series, from) = (inputs.series(input), aligned.rows[input][row] as usize);
                cell.status = join_status(cell.status, series.status[from]);
                figures[input] = columns[input][row];
                bounds[input] = series.bound[from];
            }
            if cell.status.is_missing() {
                cell = Cell::missing();
            } else if value.is_nan() {
                cell = Cell { value: None, status: Status::CannotExist, bound: Bound::Exact };
            } else if bounded {
                cell.bound = program.bound(&figures, &bounds);
            }
            let members = (0..count).map(|input| (input, aligned.rows[input][row] as usize));
            output.push(at, period, breakdown, cell, members);
        }
        Ok(output)
    }

    fn statement(&self) -> String {
        self.formula.clone()
    }
}
