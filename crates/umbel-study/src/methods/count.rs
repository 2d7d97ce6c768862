//! `count`: how many rows of a register hold.

use crate::filter::Filter;
use crate::inputs::Inputs;
use crate::method::{Method, Problem};
use crate::output::{Cell, Output};
use crate::parameters::{Periods, periods, read_periods, read_place, written_at};
use crate::reads::{Reads, Units};
use crate::register::{Held, Register, check_by, check_column, read_stages};
use crate::select::{Table, Value};
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::collections::BTreeSet;
use umbel_core::unit::Dimension;
use umbel_core::{Symbol, Unit, code};

/// A table whose rows are counted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Counted {
    /// Places.
    Places,
    /// Links.
    Links,
    /// Projects.
    Projects,
}

impl Counted {
    fn table(self) -> Table {
        match self {
            Counted::Places => Table::Places,
            Counted::Links => Table::Links,
            Counted::Projects => Table::Projects,
        }
    }
}

/// Parameters of `count`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Count {
    /// The table.
    pub table: Counted,
    /// Which rows: a filter on the table; left out: all.
    #[serde(default, rename = "where")]
    pub filter: Filter,
    /// Count the different values of this column instead of the rows.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub distinct: Option<String>,
    /// Only projects that have reached this stage of the scale `stage`, or a later one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub stage: Option<String>,
    /// The periods at whose end is counted; left out: those that are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub periods: Option<Periods>,
    /// The place where the count is written; left out: the region.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub place: Option<String>,
    /// Instead of one place: a column of places; the rows that name a place are counted there.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub by: Option<String>,
}

impl Method for Count {
    const NAME: &'static str = "count";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "How many places, links or projects there are at the end of a period.";
    const FORMULA: &'static str = "number of rows that pass the filter and hold on the last day of the period";
    const CITATION: &'static str = "Stock at a point in time: System of National Accounts 2008, chapter 3.";
    const ASSUMPTIONS: &'static str = "The register is complete: what is not in it is not there, so a count can be \
        zero. A place holds while it is valid, a link while it is open, a project from its start (always when it has \
        none); with a stage, a project holds once its log has reached that stage, or one that comes after it on the \
        scale. Dates given as a month or year count from its end.";
    const NOT_FOR: &'static str = "Registers that list only examples; amounts (use sum).";
    const EXAMPLE: &'static str = r#"[universities_sited]
method = "count"
table = "projects"
where = { kind = "relief", batch = "universities" }
stage = "site_fixed"
periods = "2017/2023"
unit = "{university}"
title = { en = "Universities whose site is fixed" }"#;

    fn reads(&self, reads: &mut Reads<'_>) {
        let table = self.table.table();
        reads.objects(table, &self.filter, "where");
        if let Some(stage) = &self.stage {
            read_stages(table, stage, reads);
        }
        if let Some(distinct) = &self.distinct {
            check_column(table, distinct, "distinct", reads);
        }
        match &self.by {
            Some(by) => check_by(table, by, reads),
            None => read_place(self.place.as_deref(), reads),
        }
        if self.by.is_some() && self.place.is_some() {
            let message = "The count is written to one place or by a column, not both";
            reads.problem(Problem::new(&code::M002, "by", message, "Remove place or by"));
        }
        read_periods(self.periods.as_ref(), reads);
    }

    fn unit(&self, units: &Units<'_>) -> Result<Unit, Problem> {
        Ok(unit_of_things(units.declared()))
    }

    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String> {
        let mut output = Output::new(inputs.unit().clone());
        let register = Register::new(inputs, self.table.table(), self.stage.as_deref())?;
        let periods = periods(self.periods.as_ref(), inputs);
        match &self.by {
            None => {
                let at = written_at(self.place.as_deref(), inputs)?;
                for period in periods {
                    let held = register.holding(period);
                    let value = self.number(inputs, &held);
                    output.push(at, period, Symbol::NONE, Cell::exact(value), held.iter().flat_map(|h| h.members()));
                }
            }
            Some(column) => {
                let places = register.by(column);
                for period in periods {
                    let held = register.holding(period);
                    for (place, rows) in &places {
                        let here = at_place(&held, rows);
                        let value = self.number(inputs, &here);
                        let members = here.iter().flat_map(|held| held.members());
                        output.push(*place, period, Symbol::NONE, Cell::exact(value), members);
                    }
                }
            }
        }
        Ok(output)
    }

    fn statement(&self) -> String {
        let what = self.distinct.as_ref().map_or_else(
            || format!("number of {}", self.table.table().name()),
            |column| format!("number of different {column} of {}", self.table.table().name()),
        );
        match &self.stage {
            Some(stage) => format!("{what} that have reached {stage}"),
            None => what,
        }
    }
}

impl Count {
    fn number(&self, inputs: &Inputs<'_>, held: &[Held]) -> f64 {
        let Some(column) = &self.distinct else { return held.len() as f64 };
        let mut values: BTreeSet<String> = BTreeSet::new();
        for held in held {
            match inputs.column(0, held.row, column) {
                Value::Empty => {}
                Value::Id(id) => drop(values.insert(inputs.id(id).to_owned())),
                Value::Ids(ids) => values.extend(ids.iter().map(|&id| inputs.id(id).to_owned())),
                Value::Number(number) => drop(values.insert(number.to_string())),
                Value::Text(text) => drop(values.insert(text.to_owned())),
                Value::Period(period) => drop(values.insert(period.to_string())),
                Value::Flag(flag) => drop(values.insert(flag.to_string())),
            }
        }
        values.len() as f64
    }
}

/// Those of the rows that hold which are among `rows` (both in order).
pub(crate) fn at_place(held: &[Held], rows: &[usize]) -> Vec<Held> {
    held.iter().copied().filter(|held| rows.binary_search(&held.row).is_ok()).collect()
}

/// The unit in which things are counted: what is declared when that counts something (`{hospital}`, `10*4.{person}`),
/// without its power of ten; else 1.
pub(crate) fn unit_of_things(declared: Option<&Unit>) -> Unit {
    let counted = declared.and_then(|unit| match unit.dimensions() {
        [(Dimension::Annotation(name), 1)] => Unit::parse(&format!("{{{name}}}")).ok(),
        _ => None,
    });
    counted.unwrap_or_default()
}
