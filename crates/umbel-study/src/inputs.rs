//! What a method is given when it is evaluated.

use crate::info::IndicatorInfo;
use crate::plan::DatedEdit;
use crate::reads::{Indicators, Read};
use crate::results::{Node, NodeKind};
use crate::tree::PlaceTree;
use std::ops::Range;
use std::sync::Arc;
use umbel_core::{Period, Symbol, Unit};
use umbel_table::{Flow, Link, Place, Project, Region, Series, Stage};

/// The inputs of one evaluation, in the order in which [`crate::method::Method::reads`] declared them.
pub struct Inputs<'a> {
    pub(crate) region: &'a Region,
    pub(crate) network_edits: &'a [DatedEdit],
    pub(crate) ranks: &'a [u32],
    pub(crate) tree: &'a PlaceTree,
    pub(crate) indicators: &'a dyn Indicators,
    pub(crate) own: Symbol,
    pub(crate) reads: &'a [Read],
    pub(crate) nodes: &'a [Arc<Node>],
    pub(crate) selections: &'a [Arc<[Symbol]>],
    pub(crate) scales: &'a [Symbol],
    pub(crate) periods: &'a [Period],
    pub(crate) held: &'a [Period],
    pub(crate) whole_tree: bool,
    pub(crate) unit: Unit,
}

impl<'a> Inputs<'a> {
    /// Number of inputs.
    pub fn len(&self) -> usize {
        self.nodes.len()
    }

    /// Whether there is no input.
    pub fn is_empty(&self) -> bool {
        self.nodes.is_empty()
    }

    /// The node of an input.
    pub fn node(&self, input: usize) -> &'a Arc<Node> {
        &self.nodes[input]
    }

    /// The rows of an input that is an indicator.
    pub fn series(&self, input: usize) -> &'a Series {
        &self.nodes[input].series
    }

    /// The row of an input with this key. Two binary searches' time.
    pub fn find(&self, input: usize, place: Symbol, period: Period, breakdown: Symbol) -> Option<usize> {
        self.series(input).find(place, period, breakdown, self.ranks)
    }

    /// The rows of one place in an input: neighbours, in order of period and breakdown.
    pub fn rows_of(&self, input: usize, place: Symbol) -> Range<usize> {
        let places = &self.series(input).place;
        let wanted = self.rank(place);
        let start = places.partition_point(|&p| self.rank(p) < wanted);
        let length = places[start..].partition_point(|&p| self.rank(p) == wanted);
        start..start + length
    }

    /// Place of a symbol in the alphabetical order of all ids: what rows are sorted by.
    pub fn rank(&self, symbol: Symbol) -> u32 {
        self.ranks.get(symbol.index()).copied().unwrap_or(u32::MAX)
    }

    /// The places of a selection, sorted by id.
    pub fn selection(&self, selection: usize) -> &'a [Symbol] {
        &self.selections[selection]
    }

    /// The place tree.
    ///
    /// # Errors
    /// When the method did not declare that it reads it.
    pub fn tree(&self) -> Result<&'a PlaceTree, String> {
        match self.whole_tree {
            true => Ok(self.tree),
            false => Err("the method did not declare that it reads the place tree".to_owned()),
        }
    }

    /// Codes of a declared scale with their ranks, lowest first; empty when it was not declared.
    pub fn scale(&self, scale: Symbol) -> Vec<(Symbol, i32)> {
        if !self.scales.contains(&scale) {
            return Vec::new();
        }
        let steps = self.region.scales.iter().filter(|step| step.scale == scale);
        let mut steps: Vec<(Symbol, i32)> = steps.map(|step| (step.code, step.rank)).collect();
        steps.sort_by_key(|step| step.1);
        steps
    }

    /// The periods that the report, the claims and the targets ask of this measure, in order; empty when not declared.
    pub fn asked_periods(&self) -> &'a [Period] {
        self.periods
    }

    /// The years to come that a plan is looked at in, in order; none in the region as it stands.
    pub fn held_years(&self) -> &'a [Period] {
        self.held
    }

    /// Unit that [`crate::method::Method::unit`] gave.
    pub fn unit(&self) -> &Unit {
        &self.unit
    }

    /// What is known of the indicator of an input.
    pub fn info(&self, input: usize) -> Option<&'a IndicatorInfo> {
        match self.reads.get(input)? {
            Read::Indicator { indicator, .. } => self.indicators.info(*indicator),
            Read::Objects { .. } | Read::Network { .. } => None,
        }
    }

    /// What is known of the indicator that the measure writes.
    pub fn own(&self) -> Option<&'a IndicatorInfo> {
        self.indicators.info(self.own)
    }

    /// Text of an id.
    pub fn id(&self, symbol: Symbol) -> &'a str {
        self.region.symbols.name(symbol)
    }

    /// The symbol of an id or other text, if it occurs anywhere.
    pub fn symbol(&self, id: &str) -> Option<Symbol> {
        self.region.symbols.get(id)
    }

    fn objects<T>(&self, input: usize, all: &'a [T]) -> impl Iterator<Item = (usize, &'a T)> + use<'a, T> {
        let rows: &'a [u32] = match &self.nodes[input].kind {
            NodeKind::Objects { row, .. } => row,
            _ => &[],
        };
        rows.iter().enumerate().filter_map(|(at, &row)| all.get(row as usize).map(|object| (at, object)))
    }

    /// The places that an input reads, each with its row in the input.
    pub fn places(&self, input: usize) -> impl Iterator<Item = (usize, &'a Place)> + use<'a> {
        self.objects(input, &self.region.places)
    }

    /// The boundary of a place, if it has one; the method must have declared that it reads shapes.
    pub fn boundary(&self, place: Symbol) -> Option<&'a geo::MultiPolygon<f64>> {
        self.region.boundaries.get(&place).map(|boundary| &boundary.polygons)
    }

    /// The links that an input reads, each with its row in the input.
    pub fn links(&self, input: usize) -> impl Iterator<Item = (usize, &'a Link)> + use<'a> {
        self.objects(input, &self.region.links)
    }

    /// The folder of the region.
    pub fn root(&self) -> &'a std::path::Path {
        &self.region.root
    }

    /// The edits of the networks that the first inputs read which are in force on a day, as a scenario: those of the
    /// timetable and those of streets, where they are travelled on. Empty where none is.
    pub fn scenario(&self, networks: usize, day: umbel_core::Date, timetable: bool, streets: bool) -> String {
        let names: Vec<&str> = (0..networks).filter_map(|input| Some(self.network(input)?.name.as_str())).collect();
        let in_force = self.network_edits.iter().filter(|edit| {
            names.contains(&edit.edit.network.as_str())
                && edit.from.is_none_or(|from| from <= day)
                && if edit.edit.of_streets { streets } else { timetable }
        });
        in_force.map(|edit| edit.edit.entry.as_str()).collect::<Vec<_>>().join("\n")
    }

    /// The network that an input reads.
    pub fn network(&self, input: usize) -> Option<&'a umbel_table::NetworkFiles> {
        match self.reads.get(input)? {
            Read::Network { network } => self.region.networks.get(*network),
            _ => None,
        }
    }

    /// The hash of the files of the network that an input reads.
    ///
    /// # Errors
    /// When there is no network, or one of its files cannot be read.
    pub fn network_digest(&self, input: usize) -> Result<[u8; 32], String> {
        let network = self.network(input).ok_or("a network was not declared")?;
        network.digest(&self.region.root, &self.region.files)
    }

    /// The flows that an input reads in this view, each with its row in the input.
    pub fn flows(&self, input: usize) -> impl Iterator<Item = (usize, &'a Flow)> + use<'a> {
        self.objects(input, &self.region.flows)
    }

    /// The projects that an input reads, each with its row in the input.
    pub fn projects(&self, input: usize) -> impl Iterator<Item = (usize, &'a Project)> + use<'a> {
        self.objects(input, &self.region.projects)
    }

    /// The stages that an input reads, each with its row in the input.
    pub fn stages(&self, input: usize) -> impl Iterator<Item = (usize, &'a Stage)> + use<'a> {
        self.objects(input, &self.region.stages)
    }

    /// A cell of a column of an object: `row` is a row of the input.
    pub fn column(&self, input: usize, row: usize, column: &str) -> crate::select::Value<'a> {
        match (&self.reads[input], &self.nodes[input].kind) {
            (Read::Objects { table, .. }, NodeKind::Objects { row: rows, .. }) => match rows.get(row) {
                Some(&at) => crate::select::value(*table, at as usize, column, self.region),
                None => crate::select::Value::Empty,
            },
            _ => crate::select::Value::Empty,
        }
    }
}
