//! `network_sum`: least totals along links.

use crate::filter::{Filter, Places};
use crate::inputs::Inputs;
use crate::kernels::paths::{Edge, Network};
use crate::method::{Method, Problem};
use crate::methods::distance::kilometre;
use crate::output::{Cell, Output};
use crate::parameters::{Periods, periods, read_periods, undefined};
use crate::reads::{Reads, Units};
use crate::select::Table;
use crate::time::open_at;
use crate::tree::PlaceTree;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use umbel_core::{Symbol, Unit};
use umbel_table::Link;

/// What is added up along the way.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Attribute {
    /// Length, in kilometres.
    Length,
    /// Time, in minutes.
    Time,
}

/// Parameters of `network_sum`.
#[derive(Clone, Debug, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NetworkSum {
    /// Which links may be used: a filter on the links table.
    pub links: Filter,
    /// What is added up along the way.
    pub attribute: Attribute,
    /// The places from which ways begin, and where the total is written.
    pub from: Places,
    /// The places to which they lead: the nearest counts.
    pub to: Places,
    /// The periods at whose end links are looked at; left out: those that are asked for.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub periods: Option<Periods>,
}

impl NetworkSum {
    fn cost(&self, link: &Link) -> Option<f64> {
        match self.attribute {
            Attribute::Length => link.length,
            Attribute::Time => link.time,
        }
    }
}

impl Method for NetworkSum {
    const NAME: &'static str = "network_sum";
    const VERSION: u32 = 1;
    const SUMMARY: &'static str = "Least total of length or time along links to the nearest of several places.";
    const FORMULA: &'static str = "min over ways from the place to a goal of Σ attribute of the links on the way";
    const CITATION: &'static str =
        "Dijkstra, A note on two problems in connexion with graphs, Numerische Mathematik 1, 1959, 269-271.";
    const ASSUMPTIONS: &'static str = "Links that are open on the last day of the period can be used, both ways unless \
        directed; a link without the attribute, or with a negative one, cannot. A place can be entered and left at itself \
        and at every place below it in the tree (the stations of a city); changing from one of them to another on the way \
        needs a link. Waiting and changing cost nothing. A place that is a goal, or shares a station with one, is at 0. \
        Where no way leads the total cannot exist (M).";
    const NOT_FOR: &'static str = "Journeys by timetable (waits and missed connections are not in it); capacity and \
        congestion.";
    const EXAMPLE: &'static str = r#"[minutes_to_beijing]
method = "network_sum"
links = { kind = "railway_service" }
attribute = "time"
from = { kind = "city" }
to = "beijing"
title = { en = "Fastest way to Beijing by rail" }"#;

    fn reads(&self, reads: &mut Reads<'_>) {
        reads.objects(Table::Links, &self.links, "links");
        reads.places(&self.from, "from");
        reads.places(&self.to, "to");
        reads.tree();
        read_periods(self.periods.as_ref(), reads);
    }

    fn unit(&self, _: &Units<'_>) -> Result<Unit, Problem> {
        Ok(match self.attribute {
            Attribute::Length => kilometre(),
            // A code that the unit tables have.
            Attribute::Time => Unit::parse("min").unwrap_or_default(),
        })
    }

    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String> {
        let mut output = Output::new(inputs.unit().clone());
        let tree = inputs.tree()?;
        let links: Vec<(usize, &Link)> = inputs.links(0).collect();
        // Nodes are the places at which links end, in the order of their ids.
        let mut ends: Vec<Symbol> = links.iter().flat_map(|(_, link)| [link.from, link.to]).collect();
        ends.sort_by_key(|&place| inputs.rank(place));
        ends.dedup();
        let node = |place: Symbol| ends.binary_search_by_key(&inputs.rank(place), |&p| inputs.rank(p)).ok();
        let access = |places: &[Symbol]| access_nodes(places, &ends, tree, &node);
        let from = access(inputs.selection(0));
        let mut goals: Vec<u32> = access(inputs.selection(1)).into_iter().flatten().collect();
        goals.sort_unstable();
        goals.dedup();

        let mut last: Option<(Vec<usize>, Vec<Least>)> = None;
        for period in periods(self.periods.as_ref(), inputs) {
            let open: Vec<usize> = (0..links.len()).filter(|&at| open_at(links[at].1, period)).collect();
            if last.as_ref().is_none_or(|(held, _)| *held != open) {
                let results = self.least(inputs, &links, &open, &node, &from, &goals, ends.len());
                last = Some((open, results));
            }
            let Some((_, results)) = &last else { continue };
            for (place, (cell, way)) in inputs.selection(0).iter().zip(results) {
                output.push(*place, period, Symbol::NONE, *cell, way.iter().map(|&row| (0, row)));
            }
        }
        Ok(output)
    }

    fn statement(&self) -> String {
        match self.attribute {
            Attribute::Length => "shortest way along the links".to_owned(),
            Attribute::Time => "fastest way along the links".to_owned(),
        }
    }
}

/// A least total, and the rows of the links on the way.
type Least = (Cell, Vec<usize>);

/// For each place the nodes at which it can be entered and left: itself and what lies below it.
fn access_nodes(
    places: &[Symbol],
    ends: &[Symbol],
    tree: &PlaceTree,
    node: &impl Fn(Symbol) -> Option<usize>,
) -> Vec<Vec<u32>> {
    let mut is_wanted: Vec<(Symbol, usize)> =
        places.iter().copied().enumerate().map(|(at, place)| (place, at)).collect();
    is_wanted.sort_unstable();
    let mut nodes = vec![Vec::new(); places.len()];
    for &end in ends {
        for above in std::iter::once(end).chain(tree.ancestors(end)) {
            if let (Ok(found), Some(node)) = (is_wanted.binary_search_by_key(&above, |entry| entry.0), node(end)) {
                nodes[is_wanted[found].1].push(node as u32);
            }
        }
    }
    nodes
}

impl NetworkSum {
    /// For each place the least total and the rows of the links on the way.
    #[allow(clippy::too_many_arguments)]
    fn least(
        &self,
        inputs: &Inputs<'_>,
        links: &[(usize, &Link)],
        open: &[usize],
        node: &impl Fn(Symbol) -> Option<usize>,
        from: &[Vec<u32>],
        goals: &[u32],
        nodes: usize,
    ) -> Vec<Least> {
        let mut edges = Vec::with_capacity(open.len() * 2);
        for &at in open {
            let link = links[at].1;
            let (Some(cost), Some(a), Some(b)) = (self.cost(link), node(link.from), node(link.to)) else { continue };
            let edge = Edge { from: a as u32, to: b as u32, cost, link: at as u32 };
            edges.push(edge);
            if !link.directed {
                edges.push(Edge { from: edge.to, to: edge.from, ..edge });
            }
        }
        let network = Network::new(nodes, edges);
        let reach = network.to_nearest(goals);
        let places = inputs.selection(0);
        let is_goal = |place: Symbol| inputs.selection(1).contains(&place);
        let one = |(at, starts): (usize, &Vec<u32>)| {
            if is_goal(places[at]) {
                return (Cell::exact(0.0), Vec::new());
            }
            let total = |&start: &u32| reach.total[start as usize];
            let best = starts.iter().copied().min_by(|a, b| total(a).total_cmp(&total(b)));
            match best.filter(|start| total(start).is_finite()) {
                Some(start) => {
                    let way = network.way(&reach, start).map(|link| links[link as usize].0).collect();
                    (Cell::exact(total(&start)), way)
                }
                None => (undefined(), Vec::new()),
            }
        };
        from.iter().enumerate().map(one).collect()
    }
}
