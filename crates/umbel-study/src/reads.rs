//! What a method reads, declared before anything is evaluated.

use crate::filter::{Filter, Places};
use crate::info::IndicatorInfo;
use crate::method::Problem;
use crate::select::{self, Table};
use crate::suggest::nearest;
use crate::tree::PlaceTree;
use std::sync::Arc;
use umbel_core::code;
use umbel_core::{Symbol, Unit};
use umbel_table::Region;

/// One input of a measure.
#[derive(Clone, Debug)]
pub enum Read {
    /// The rows of an indicator.
    Indicator {
        /// Which.
        indicator: Symbol,
        /// Only these places (sorted by id); `None` = all.
        places: Option<Arc<[Symbol]>>,
        /// Only the observed rows.
        observed: bool,
        /// The parameter that names it.
        parameter: String,
    },
    /// Rows of a table of objects.
    Objects {
        /// Which table.
        table: Table,
        /// Rows of that table, in order.
        rows: Arc<[u32]>,
        /// For places: whether their boundaries are read too.
        shapes: bool,
    },
    /// The files of a network.
    Network {
        /// Its position in [`Region::networks`].
        network: usize,
    },
}

/// What the declared indicators are; the graph knows, [`Reads`] only asks.
pub trait Indicators {
    /// What is known of an indicator; `None` when no table and no measure provides it.
    fn info(&self, indicator: Symbol) -> Option<&IndicatorInfo>;
    /// Ids of all indicators, for "did you mean".
    fn ids(&self) -> Vec<&str>;
}

/// Collects what a method reads, and what is wrong with it.
pub struct Reads<'a> {
    pub(crate) region: &'a Region,
    pub(crate) tree: &'a PlaceTree,
    pub(crate) indicators: &'a dyn Indicators,
    pub(crate) own: Symbol,
    pub(crate) inputs: Vec<Read>,
    pub(crate) selections: Vec<Arc<[Symbol]>>,
    pub(crate) scales: Vec<Symbol>,
    pub(crate) whole_tree: bool,
    pub(crate) asked_periods: bool,
    pub(crate) held_years: bool,
    pub(crate) problems: Vec<Problem>,
}

impl<'a> Reads<'a> {
    /// Nothing read yet, for a measure that writes `own`.
    pub fn new(region: &'a Region, tree: &'a PlaceTree, indicators: &'a dyn Indicators, own: Symbol) -> Reads<'a> {
        Reads {
            region,
            tree,
            indicators,
            own,
            inputs: Vec::new(),
            selections: Vec::new(),
            scales: Vec::new(),
            whole_tree: false,
            asked_periods: false,
            held_years: false,
            problems: Vec::new(),
        }
    }

    /// The region, for ids and units; its rows are to be read through the other calls, so that the graph knows.
    pub fn region(&self) -> &'a Region {
        self.region
    }

    /// Id of the indicator that the measure writes.
    pub fn own_id(&self) -> &'a str {
        self.region.symbols.name(self.own)
    }

    /// What is known of an indicator.
    pub fn info(&self, indicator: &str) -> Option<&'a IndicatorInfo> {
        self.indicators.info(self.region.symbols.get(indicator)?)
    }

    /// Reports something wrong.
    pub fn problem(&mut self, problem: Problem) {
        self.problems.push(problem);
    }

    fn unknown(&mut self, parameter: &str, what: &str, id: &str, known: Vec<&str>) {
        let fix = match nearest(id, known) {
            Some(near) => format!("Did you mean \"{near}\"?"),
            None => format!("Correct the {what}, or add it to the tables."),
        };
        self.problem(Problem::new(&code::M003, parameter, format!("There is no {what} \"{id}\"."), fix));
    }

    fn read_indicator(&mut self, id: &str, parameter: &str, places: Option<Arc<[Symbol]>>) -> usize {
        let indicator = self.region.symbols.get(id).filter(|&symbol| self.indicators.info(symbol).is_some());
        if indicator.is_none() {
            let known = self.indicators.ids();
            self.unknown(parameter, "indicator", id, known);
        }
        let indicator = indicator.unwrap_or(Symbol::NONE);
        let observed = indicator == self.own;
        self.inputs.push(Read::Indicator { indicator, places, observed, parameter: parameter.to_owned() });
        self.inputs.len() - 1
    }

    /// Reads an indicator at all places. Gives the number of the input.
    pub fn indicator(&mut self, id: &str, parameter: &str) -> usize {
        self.read_indicator(id, parameter, None)
    }

    /// Reads an indicator only at the places of a selection made by [`Reads::places`]. Gives the number of the input.
    pub fn indicator_in(&mut self, id: &str, parameter: &str, selection: usize) -> usize {
        let places = self.selections.get(selection).cloned();
        self.read_indicator(id, parameter, places)
    }

    /// Selects places. Gives the number of the selection, which is not an input: no row rests on it.
    pub fn places(&mut self, places: &Places, parameter: &str) -> usize {
        let (selected, problems) = select::places(places, self.region, self.tree, parameter);
        self.problems.extend(problems);
        self.selections.push(selected.into());
        self.selections.len() - 1
    }

    /// Selects every place. Gives the number of the selection.
    pub fn all_places(&mut self) -> usize {
        self.selections.push(self.tree.places().into());
        self.selections.len() - 1
    }

    /// The places of a selection, sorted by id.
    pub fn selection(&self, selection: usize) -> &[Symbol] {
        self.selections.get(selection).map_or(&[], |places| places)
    }

    /// The place with this id, if there is one; a problem otherwise.
    pub fn place(&mut self, id: &str, parameter: &str) -> Option<Symbol> {
        let place = self.region.symbols.get(id).filter(|&symbol| self.tree.contains(symbol));
        if place.is_none() {
            let known = self.tree.places().iter().map(|&p| self.region.symbols.name(p)).collect();
            self.unknown(parameter, "place", id, known);
        }
        place
    }

    /// Reads the rows of a table that pass a filter. Gives the number of the input.
    pub fn objects(&mut self, table: Table, filter: &Filter, parameter: &str) -> usize {
        let (rows, problems) = select::rows(table, filter, self.region, self.tree, parameter);
        self.problems.extend(problems);
        self.inputs.push(Read::Objects { table, rows: rows.into(), shapes: false });
        self.inputs.len() - 1
    }

    /// Reads a network by its name; a problem when there is none. Gives the number of the input.
    pub fn network(&mut self, name: &str, parameter: &str) -> Option<usize> {
        let networks = &self.region.networks;
        let Some(network) = networks.iter().position(|network| network.name == name) else {
            let known = networks.iter().map(|network| network.name.as_str()).collect();
            self.unknown(parameter, "network", name, known);
            return None;
        };
        self.inputs.push(Read::Network { network });
        Some(self.inputs.len() - 1)
    }

    /// Reads the rows of the places table that pass a filter, with the boundaries of these places where `shapes`. Gives
    /// the number of the input.
    pub fn places_with_shapes(&mut self, filter: &Filter, shapes: bool) -> usize {
        let input = self.objects(Table::Places, filter, "among");
        if let Some(Read::Objects { shapes: read, .. }) = self.inputs.last_mut() {
            *read = shapes;
        }
        input
    }

    /// The rows of its table that an input of objects reads.
    pub fn object_rows(&self, input: usize) -> &[u32] {
        match self.inputs.get(input) {
            Some(Read::Objects { rows, .. }) => rows,
            _ => &[],
        }
    }

    /// Reads the place tree: parents, children, kinds.
    pub fn tree(&mut self) {
        self.whole_tree = true;
    }

    /// Reads the steps of a scale; a problem when there is none of that name.
    pub fn scale(&mut self, id: &str, parameter: &str) -> Option<Symbol> {
        let scale = self.region.symbols.get(id).filter(|&s| self.region.scales.iter().any(|step| step.scale == s));
        match scale {
            Some(scale) => self.scales.push(scale),
            None => {
                let mut known: Vec<&str> = self.region.scales.iter().map(|s| self.region.id(s.scale)).collect();
                known.dedup();
                self.unknown(parameter, "scale", id, known);
            }
        }
        scale
    }

    /// Reads the periods that the report, the claims and the targets ask of this measure.
    pub fn asked_periods(&mut self) {
        self.asked_periods = true;
    }

    /// Declares that the years to come that a plan is looked at in are read.
    pub fn held_years(&mut self) {
        self.held_years = true;
    }
}

/// Units of what a measure reads, before anything is evaluated.
pub struct Units<'a> {
    pub(crate) region: &'a Region,
    pub(crate) indicators: &'a dyn Indicators,
    pub(crate) inputs: &'a [Read],
    pub(crate) own: Symbol,
    pub(crate) declared: Option<&'a Unit>,
}

impl<'a> Units<'a> {
    /// Unit that the measure declares, or else the indicators table for what it writes: what a count counts.
    pub fn declared(&self) -> Option<&'a Unit> {
        self.declared
    }

    /// The region.
    pub fn region(&self) -> &'a Region {
        self.region
    }

    /// Unit of the figures of an input (1 for a table of objects).
    pub fn of(&self, input: usize) -> Unit {
        self.info(input).map_or_else(Unit::one, |info| info.unit.clone())
    }

    /// What is known of the indicator of an input.
    pub fn info(&self, input: usize) -> Option<&'a IndicatorInfo> {
        match self.inputs.get(input)? {
            Read::Indicator { indicator, .. } => self.indicators.info(*indicator),
            Read::Objects { .. } | Read::Network { .. } => None,
        }
    }

    /// What is known of the indicator that the measure writes, where it is in the indicators table.
    pub fn own(&self) -> Option<&'a IndicatorInfo> {
        self.indicators.info(self.own)
    }

    /// Unit of a numeric column of the rows of a table that an input reads: `value` of flows (the unit of their first
    /// row), `length` and `time` of links, `cost` of projects, and attributes whose unit the package declares.
    pub fn column(&self, input: usize, column: &str) -> Option<Unit> {
        match self.inputs.get(input)? {
            Read::Objects { table, rows, .. } => select::column_unit(*table, rows, column, self.region),
            Read::Indicator { .. } | Read::Network { .. } => None,
        }
    }
}
