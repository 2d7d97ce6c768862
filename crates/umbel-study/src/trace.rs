//! The derivation of a figure, down to the rows of the files.

use crate::results::{Figure, Node, NodeKind, TraceStep};
use crate::select::date_of;
use crate::study::Study;
use std::sync::Arc;
use umbel_core::{Symbol, Unit};

impl Study {
    /// How a figure came about: step by step down to rows with file and line.
    ///
    /// `limit` is the largest number of rows listed under one step, and a hundred times as many in all; what is left
    /// out is counted in [`TraceStep::more`].
    pub fn trace(&self, figure: &Figure, limit: usize) -> TraceStep {
        let mut left = limit.saturating_mul(100).max(1);
        self.step(&figure.node, figure.row, limit, &mut left)
    }

    fn step(&self, node: &Arc<Node>, row: usize, limit: usize, left: &mut usize) -> TraceStep {
        // An indicator only passes on a row that was observed or computed.
        let (mut node, mut row) = (node, row);
        while let (NodeKind::Indicator, [(input, below)]) = (&node.kind, node.lineage.members(row)) {
            match node.inputs.get(usize::from(*input)) {
                Some(next) => (node, row) = (next, *below as usize),
                None => break,
            }
        }
        *left = left.saturating_sub(1);
        let series = &node.series;
        let mut step = TraceStep {
            label: String::new(),
            measure: None,
            how: String::new(),
            citation: String::new(),
            value: series.value(row),
            unit: series.unit.clone(),
            status: series.status[row],
            bound: series.bound[row],
            row: None,
            from: Vec::new(),
            more: 0,
        };
        match &node.kind {
            NodeKind::Observed { origin, source, vintage } => {
                step.row = Some((origin[row], source[row], date_of(vintage[row])));
            }
            NodeKind::Objects { table, origin, source, label, row: rows } => {
                step.label = format!("{table} {}", label[row]);
                let flow = (*table == "flows").then(|| self.region.flows.get(rows[row] as usize)).flatten();
                if let Some(flow) = flow {
                    (step.value, step.unit) = (flow.value, flow.unit.clone());
                    (step.status, step.bound) = (flow.status, flow.bound);
                } else {
                    step.status = umbel_core::Status::Normal;
                    step.unit = Unit::one();
                }
                step.row = Some((origin[row], source[row], flow.and_then(|flow| date_of(flow.vintage))));
                return step;
            }
            NodeKind::Measure { measure } => {
                step.measure = Some(*measure);
                if let Some(measure) = self.measures.get(*measure) {
                    step.how = measure.method.statement();
                    step.citation = measure.registration.citation.to_owned();
                }
            }
            NodeKind::Indicator => {}
        }
        step.label = self.figure_key(&Figure { node: node.clone(), row });
        let members = node.lineage.members(row);
        for (at, &(input, below)) in members.iter().enumerate() {
            if at == limit || *left == 0 {
                step.more = members.len() - at;
                break;
            }
            if let Some(from) = node.inputs.get(usize::from(input)) {
                step.from.push(self.step(from, below as usize, limit, left));
            }
        }
        step
    }

    /// The place and line of a row, as `file:line`.
    pub fn place_of_row(&self, origin: umbel_table::Origin) -> String {
        format!("{}:{}", self.region.path(origin), origin.line)
    }

    /// Title of a source, or its id when it has none.
    pub fn source_title(&self, source: Symbol) -> &str {
        let title = self.region.source(source).map_or("", |source| source.title.as_str());
        if title.is_empty() { self.region.id(source) } else { title }
    }
}
