//! Registers: which rows of a table of objects hold at the end of a period.

use crate::inputs::Inputs;
use crate::method::Problem;
use crate::reads::Reads;
use crate::select::{Table, Value};
use crate::suggest::nearest;
use crate::time::{open_at, valid_on};
use rustc_hash::FxHashMap;
use umbel_core::{Date, Period, Symbol, code};

/// The scale of the stages of projects.
const STAGE_SCALE: &str = "stage";

/// Reports a column that the table does not have.
pub fn check_column(table: Table, column: &str, parameter: &str, reads: &mut Reads<'_>) {
    let names = table.column_names(reads.region());
    if names.contains(&column) {
        return;
    }
    let fix = match nearest(column, names.iter().copied()) {
        Some(near) => format!("Did you mean \"{near}\"?"),
        None => format!("Its columns are {}", names.join(", ")),
    };
    let message = format!("The table {} has no column \"{column}\"", table.name());
    reads.problem(Problem::new(&code::M002, parameter, message, fix));
}

/// Reports a parameter `by` that is no column of places.
pub fn check_by(table: Table, by: &str, reads: &mut Reads<'_>) {
    let columns: &[&str] = match table {
        Table::Places => &["parent_id", "straddles"],
        Table::Links => &["from_place_id", "to_place_id"],
        Table::Flows => &["origin_id", "destination_id"],
        Table::Projects => &["lead_place_id", "partner_ids", "place_id", "origin_id"],
        Table::Stages => &[],
    };
    if !columns.contains(&by) {
        let message = format!("\"{by}\" is no column of the table {} that names places", table.name());
        let fix = format!("Use {}", columns.join(" or "));
        reads.problem(Problem::new(&code::M002, "by", message, fix));
    }
}

/// Reads the stages of projects, as the next input, and checks that the stage is on the scale.
pub fn read_stages(table: Table, stage: &str, reads: &mut Reads<'_>) {
    if table != Table::Projects {
        let message = format!("Only projects have stages, not {}", table.name());
        reads.problem(Problem::new(&code::M002, "stage", message, "Remove the stage, or use table = \"projects\""));
        return;
    }
    reads.objects(Table::Stages, &crate::filter::Filter::default(), "stage");
    let Some(scale) = reads.scale(STAGE_SCALE, "stage") else { return };
    let region = reads.region();
    let steps: Vec<&str> =
        region.scales.iter().filter(|step| step.scale == scale).map(|step| region.id(step.code)).collect();
    if !steps.contains(&stage) {
        let fix = match nearest(stage, steps.iter().copied()) {
            Some(near) => format!("Did you mean \"{near}\"?"),
            None => format!("Its steps are {}", steps.join(", ")),
        };
        let message = format!("The scale {STAGE_SCALE} has no step \"{stage}\"");
        reads.problem(Problem::new(&code::M003, "stage", message, fix));
    }
}

/// For each project the rows of input 1 in order of time: last day, rank on the scale, row.
type StageLog = FxHashMap<Symbol, Vec<(Date, i32, usize)>>;

/// The rows of input 0, and when each holds.
pub struct Register<'a> {
    inputs: &'a Inputs<'a>,
    table: Table,
    /// The rank that must be reached, and the log of the stages.
    stages: Option<(i32, StageLog)>,
}

/// A row that holds, and the row of the stages that says so.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Held {
    /// Row of input 0.
    pub row: usize,
    /// Row of input 1.
    pub stage: Option<usize>,
}

impl Held {
    /// The input rows that stand behind it.
    pub fn members(self) -> impl Iterator<Item = (usize, usize)> {
        std::iter::once((0, self.row)).chain(self.stage.map(|stage| (1, stage)))
    }
}

impl<'a> Register<'a> {
    /// The register of a table, with a stage (on the scale) that projects must have reached.
    ///
    /// # Errors
    /// When the stage is not on the scale.
    pub fn new(inputs: &'a Inputs<'a>, table: Table, stage: Option<&str>) -> Result<Register<'a>, String> {
        let Some(stage) = stage else { return Ok(Register { inputs, table, stages: None }) };
        let scale = inputs.symbol(STAGE_SCALE).map(|scale| inputs.scale(scale)).unwrap_or_default();
        let ranks: FxHashMap<Symbol, i32> = scale.into_iter().collect();
        let wanted = inputs.symbol(stage).and_then(|stage| ranks.get(&stage).copied());
        let wanted = wanted.ok_or_else(|| format!("there is no stage \"{stage}\" on the scale {STAGE_SCALE}"))?;
        let mut log = StageLog::default();
        for (row, entry) in inputs.stages(1) {
            if let Some(&rank) = ranks.get(&entry.stage) {
                log.entry(entry.project).or_default().push((entry.date.end(), rank, row));
            }
        }
        log.values_mut().for_each(|entries| entries.sort_unstable());
        Ok(Register { inputs, table, stages: Some((wanted, log)) })
    }

    /// The rows that hold on the last day of a period, in order.
    ///
    /// Places: those valid that day. Links: those open. Projects: those that have reached the stage by then (or one that
    /// comes after it on the scale); without a stage those that have started, or have no start. Other rows: all.
    pub fn holding(&self, period: Period) -> Vec<Held> {
        let day = period.end();
        let plain = |row: usize| Held { row, stage: None };
        match (self.table, &self.stages) {
            (Table::Places, _) => {
                self.inputs.places(0).filter(|(_, place)| valid_on(place, day)).map(|(row, _)| plain(row)).collect()
            }
            (Table::Links, _) => {
                self.inputs.links(0).filter(|(_, link)| open_at(link, period)).map(|(row, _)| plain(row)).collect()
            }
            (Table::Projects, None) => self
                .inputs
                .projects(0)
                .filter(|(_, project)| project.start.is_none_or(|start| start.end() <= day))
                .map(|(row, _)| plain(row))
                .collect(),
            (Table::Projects, Some((wanted, log))) => self
                .inputs
                .projects(0)
                .filter_map(|(row, project)| {
                    let reached =
                        log.get(&project.id)?.iter().find(|(date, rank, _)| rank >= wanted && *date <= day)?;
                    Some(Held { row, stage: Some(reached.2) })
                })
                .collect(),
            (Table::Flows, _) => {
                self.inputs.flows(0).filter(|(_, flow)| flow.period == period).map(|(row, _)| plain(row)).collect()
            }
            (Table::Stages, _) => Vec::new(),
        }
    }

    /// The places that a row names in a column.
    pub fn places(&self, row: usize, column: &str) -> Vec<Symbol> {
        match self.inputs.column(0, row, column) {
            Value::Id(place) => vec![place],
            Value::Ids(places) => {
                let mut places = places.to_vec();
                places.sort_unstable();
                places.dedup();
                places
            }
            _ => Vec::new(),
        }
    }

    /// Every place that some row names in a column, in the order of their ids, with the rows that name it.
    pub fn by(&self, column: &str) -> Vec<(Symbol, Vec<usize>)> {
        let rows: Vec<usize> = match self.table {
            Table::Places => self.inputs.places(0).map(|(row, _)| row).collect(),
            Table::Links => self.inputs.links(0).map(|(row, _)| row).collect(),
            Table::Flows => self.inputs.flows(0).map(|(row, _)| row).collect(),
            Table::Projects => self.inputs.projects(0).map(|(row, _)| row).collect(),
            Table::Stages => Vec::new(),
        };
        let mut pairs: Vec<(u32, Symbol, usize)> = Vec::new();
        for row in rows {
            pairs.extend(self.places(row, column).into_iter().map(|place| (self.inputs.rank(place), place, row)));
        }
        pairs.sort_unstable();
        pairs.chunk_by(|a, b| a.1 == b.1).map(|chunk| (chunk[0].1, chunk.iter().map(|pair| pair.2).collect())).collect()
    }
}
