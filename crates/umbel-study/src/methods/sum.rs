//! `sum`: the total of a column of a register.

use crate::filter::Filter;
use crate::inputs::Inputs;
use crate::kernels::sum::exact_sum;
use crate::method::{Method, Problem};
use crate::methods::count::at_place;
use crate::output::{Cell, Output, join_status};
use crate::parameters::{Periods, one, periods, read_periods, read_place, written_at};
use crate::reads::{Reads, Units};
use crate::register::{Held, Register, check_by, check_column, read_stages};
use crate::select::{Table, number_of};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_core::{Bound, Period, Status, Symbol, Unit, code};

/// A table of which a column is summed.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Summed {
    /// Flows.
    Flows,
    /// Links.
    Links,
    /// Projects.
    Projects,
}

impl Summed {
    fn table(self) -> Table {
        match self {
            Summed::Flows => Table::Flows,
            Summed::Links => Table::Links,
            Summed::Projects => Table::Projects,
        }
    }
}

/// Parameters of `sum`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Sum {
    /// The table.
    pub table: Summed,
    /// The column that is added up; left out: the value of flows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub column: Option<String>,
    /// Which rows: a filter on the table; left out: all.
    #[serde(default, rename = "where")]
    pub filter: Filter,
    /// Only projects that have reached this stage of the scale `stage`, or a later one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// Flows: only these periods; left out: every period they have. Links and projects: the periods at whose end is
    /// summed; left out: those that are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub periods: Option<Periods>,
    /// The least share of the rows (by number) that must have the figure; below it the result is missing.
    #[serde(default = "one")]
    pub min_coverage: f64,
    /// The place where the sum is written; left out: the region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Instead of one place: a column of places; the rows that name a place are summed there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

impl Sum {
    fn column(&self) -> &str {
        self.column.as_deref().unwrap_or("value")
    }
}

impl Method for Sum {
    const NAME: &'static str = "sum";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Total of a column over flows, links or projects.";
    const FORMULA: &'static str = "Σ column over the rows that pass the filter and hold";
    const CITATION: &'static str = "Sums are rounded once (Shewchuk, Discrete & Computational Geometry 18, 1997).";
    const ASSUMPTIONS: &'static str = "Flows are those of the period itself, each in its latest release of the view, \
        converted to one unit; a flow that is missing makes the sum missing. Links and projects are those that hold at the \
        end of the period (as for count); one without the figure makes the sum missing unless min_coverage allows it, \
        and then the sum is an estimate (E) that lies below the truth (bound above).";
    const NOT_FOR: &'static str = "Flows that contain each other (a total and its parts); amounts at prices of \
        different years.";
    const EXAMPLE: &'static str = r#"[technology_to_hebei]
method = "sum"
table = "flows"
where = { kind = "technology_contract", destination_id = { within = "hebei" } }
title = { en = "Technology contracts with Hebei" }"#;

    fn reads(&self, reads: &mut Reads<'_>) {
        let table = self.table.table();
        if self.column.is_none() && table != Table::Flows {
            let message = format!("Nothing says which column of {} is summed", table.name());
            reads.problem(Problem::new(&code::M002, "", message, "Give column = \"...\""));
        } else {
            check_column(table, self.column(), "column", reads);
        }
        reads.objects(table, &self.filter, "where");
        if let Some(stage) = &self.stage {
            read_stages(table, stage, reads);
        }
        match &self.by {
            Some(by) => check_by(table, by, reads),
            None => read_place(self.place.as_deref(), reads),
        }
        if self.by.is_some() && self.place.is_some() {
            let message = "The sum is written to one place or by a column, not both";
            reads.problem(Problem::new(&code::M002, "by", message, "Remove place or by"));
        }
        if table != Table::Flows {
            read_periods(self.periods.as_ref(), reads);
        }
    }

    fn unit(&self, units: &Units<'_>) -> Result<Unit, Problem> {
        // Without any row there is no unit but the one declared.
        let none = || units.declared().filter(|_| self.table == Summed::Flows).cloned().unwrap_or_default();
        Ok(units.column(0, self.column()).unwrap_or_else(none))
    }

    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String> {
        let mut output = Output::new(inputs.unit().clone());
        let register = Register::new(inputs, self.table.table(), self.stage.as_deref())?;
        let periods: Vec<Period> = if self.table == Summed::Flows {
            let mut periods: Vec<Period> = inputs.flows(0).map(|(_, flow)| flow.period).collect();
            periods.sort_unstable();
            periods.dedup();
            if let Some(wanted) = self.periods.as_ref().map(Periods::list) {
                periods.retain(|period| wanted.binary_search(period).is_ok());
            }
            periods
        } else {
            periods(self.periods.as_ref(), inputs)
        };
        let figures = self.figures(inputs)?;
        let by = self.by.as_deref().map(|column| register.by(column));
        let at = if by.is_none() { Some(written_at(self.place.as_deref(), inputs)?) } else { None };
        for period in periods {
            let held = register.holding(period);
            let mut write = |place: Symbol, held: &[Held]| {
                // A period without flows of a place says nothing about it.
                if held.is_empty() && self.table == Summed::Flows {
                    return;
                }
                let (cell, covered) = self.total(&figures, held);
                let members = held.iter().flat_map(|held| held.members());
                let row = output.push(place, period, Symbol::NONE, cell, members);
                output.cover(row, covered);
            };
            match (&by, at) {
                (Some(by), _) => by.iter().for_each(|(place, rows)| write(*place, &at_place(&held, rows))),
                (None, Some(at)) => write(at, &held),
                (None, None) => {}
            }
        }
        Ok(output)
    }

    fn statement(&self) -> String {
        format!("sum of {} over {}", self.column(), self.table.table().name())
    }
}

impl Sum {
    /// For each row of input 0 the figure in the unit of the result.
    fn figures(&self, inputs: &Inputs<'_>) -> Result<Vec<Cell>, String> {
        let unit = inputs.unit();
        let column = self.column();
        let plain = |row: usize| match number_of(inputs.column(0, row, column)) {
            Some(value) => Cell::exact(value),
            None => Cell::missing(),
        };
        match (self.table.table(), column) {
            (Table::Flows, "value") => inputs
                .flows(0)
                .map(|(_, flow)| {
                    let factor = flow.unit.factor(unit);
                    let factor =
                        factor.ok_or_else(|| format!("the flows are in {unit} and {}, which do not add", flow.unit))?;
                    let value = flow.value.map(|value| factor.apply(value));
                    Ok(Cell { value, status: flow.status, bound: flow.bound })
                })
                .collect(),
            (Table::Projects, "cost") => inputs
                .projects(0)
                .map(|(row, project)| match &project.cost {
                    Some(cost) if Unit::parse(&format!("{{{}}}", cost.currency)).as_ref() != Ok(unit) => {
                        Err(format!("the costs are in {unit} and {{{}}}, which do not add", cost.currency))
                    }
                    _ => Ok(plain(row)),
                })
                .collect(),
            (Table::Flows, _) => Ok(inputs.flows(0).map(|(row, _)| plain(row)).collect()),
            (Table::Links, _) => Ok(inputs.links(0).map(|(row, _)| plain(row)).collect()),
            _ => Ok(inputs.projects(0).map(|(row, _)| plain(row)).collect()),
        }
    }

    /// The sum over rows that hold, and the share of them that have a figure.
    fn total(&self, figures: &[Cell], held: &[Held]) -> (Cell, f64) {
        let mut values = Vec::with_capacity(held.len());
        let (mut status, mut bound) = (Status::Normal, Bound::Exact);
        for cell in held.iter().filter_map(|held| figures.get(held.row)) {
            if let Some(value) = cell.value {
                values.push(value);
                status = join_status(status, cell.status);
                bound = bound.join(cell.bound);
            }
        }
        let covered = if held.is_empty() { 1.0 } else { values.len() as f64 / held.len() as f64 };
        if covered + 1e-12 < self.min_coverage || (values.is_empty() && !held.is_empty()) {
            return (Cell::missing(), covered);
        }
        if covered < 1.0 {
            status = join_status(status, Status::Estimated);
            bound = bound.join(if values.iter().all(|value| *value >= 0.0) { Bound::Above } else { Bound::About });
        }
        (Cell { value: Some(exact_sum(values)), status, bound }, covered)
    }
}
