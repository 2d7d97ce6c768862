//! Leaves of the graph: rows that were read from files.

use crate::key::Keyer;
use crate::plan::DatedEdit;
use crate::results::{Lineage, Node, NodeKind};
use crate::select::Table;
use rustc_hash::FxHashMap;
use umbel_core::{Bound, Date, Period, Status, Symbol, Symbols, Unit};
use umbel_table::{Attributes, Origin, Region, Rows, Series, networks};

/// The observed rows of an indicator in a view: for every key the latest release not after the day (`None` = of all).
pub fn observed(region: &Region, indicator: Symbol, unit: &Unit, as_of: Option<i32>, ranks: &[u32]) -> Node {
    let empty = Rows::default();
    let rows = region.observations.rows(indicator).unwrap_or(&empty);
    let (series, order) = Series::view(rows, unit.clone(), as_of, ranks);
    let (origin, source, vintage) = match order.len() == rows.len() && order.is_sorted() {
        true => (rows.origin.clone(), rows.source.clone(), rows.vintage.clone()),
        false => {
            let pick = |row: &u32| *row as usize;
            (
                order.iter().map(|row| rows.origin[pick(row)]).collect(),
                order.iter().map(|row| rows.source[pick(row)]).collect(),
                order.iter().map(|row| rows.vintage[pick(row)]).collect(),
            )
        }
    };
    observed_node(region, indicator, series, origin, source, vintage)
}

/// Some rows of an observed node.
pub fn observed_part(region: &Region, node: &Node, rows: &[u32]) -> Option<Node> {
    let NodeKind::Observed { origin, source, vintage } = &node.kind else { return None };
    let pick = |row: &u32| *row as usize;
    Some(observed_node(
        region,
        node.indicator,
        node.series.take(rows),
        rows.iter().map(|row| origin[pick(row)]).collect(),
        rows.iter().map(|row| source[pick(row)]).collect(),
        rows.iter().map(|row| vintage[pick(row)]).collect(),
    ))
}

fn observed_node(
    region: &Region,
    indicator: Symbol,
    series: Series,
    origin: Vec<Origin>,
    source: Vec<Symbol>,
    vintage: Vec<i32>,
) -> Node {
    let mut keyer = Keyer::new("observed");
    keyer.text(region.id(indicator));
    keyer.series(&series, &region.symbols);
    keyer.symbols(&source, &region.symbols);
    keyer.runs(vintage.iter().map(|&day| u64::from(day as u32)));
    Node {
        indicator,
        kind: NodeKind::Observed { origin, source, vintage },
        key: keyer.finish(),
        series,
        inputs: Vec::new(),
        lineage: Lineage::default(),
        coverage: Vec::new(),
    }
}

/// Rows of a table of objects in a view: of flows the latest release of each key not after the day.
pub fn objects(region: &Region, table: Table, rows: &[u32], shapes: bool, as_of: Option<i32>) -> Node {
    let rows = match table {
        Table::Flows => latest_flows(region, rows, as_of),
        _ => rows.to_vec(),
    };
    let mut content = Content { keyer: Keyer::new(table.name()), symbols: &region.symbols };
    content.units(region, table);
    let (mut origin, mut source, mut label) = (Vec::new(), Vec::new(), Vec::new());
    for &row in &rows {
        let (at, from, name) = content.row(region, table, row as usize);
        origin.push(at);
        source.push(from);
        label.push(name);
        if let (Table::Places, true) = (table, shapes) {
            content.boundary(region, region.places[row as usize].id);
        }
    }
    let mut series = Series::default();
    for _ in &rows {
        series.push(Symbol::NONE, Period::year(0), Symbol::NONE, None, Status::Missing, Bound::Exact);
    }
    Node {
        indicator: Symbol::NONE,
        key: content.keyer.finish(),
        kind: NodeKind::Objects { table: table.name(), origin, source, label, row: rows },
        series,
        inputs: Vec::new(),
        lineage: Lineage::default(),
        coverage: Vec::new(),
    }
}

/// A network: a row for each of its sources, one without where none is named, and one for each edit of it. Its key is that
/// of the bytes of its files and of the edits, so that plans share what they do not edit.
///
/// # Errors
/// When a file cannot be read.
pub fn network(region: &Region, network: usize, edits: &[DatedEdit]) -> Result<Node, String> {
    let network = region.networks.get(network).ok_or("there is no such network")?;
    let mut keyer = Keyer::new(networks::TABLE);
    keyer.text(&network.name);
    let mut begun = Origin { file: u16::MAX, line: 1 };
    keyer.key(&network.digest(&region.root, &region.files)?);
    if let Some(first) = network.files.iter().min() {
        begun.file = *first;
    }
    let mut source = network.sources.clone();
    if source.is_empty() {
        source.push(Symbol::NONE);
    }
    let mut origin = vec![begun; source.len()];
    let mut label = vec![network.paths.join(", "); source.len()];
    for edit in edits.iter().filter(|edit| edit.edit.network == network.name) {
        keyer.text(&edit.from.map(|from| from.to_string()).unwrap_or_default());
        keyer.text(&edit.edit.entry);
        origin.push(edit.origin);
        source.push(edit.source);
        label.push(network.name.clone());
    }
    keyer.symbols(&source, &region.symbols);
    let mut series = Series::default();
    source.iter().for_each(|_| {
        series.push(Symbol::NONE, Period::year(0), Symbol::NONE, None, Status::Missing, Bound::Exact);
    });
    Ok(Node {
        indicator: Symbol::NONE,
        key: keyer.finish(),
        kind: NodeKind::Objects {
            table: networks::TABLE,
            origin,
            label,
            row: (0..source.len() as u32).collect(),
            source,
        },
        series,
        inputs: Vec::new(),
        lineage: Lineage::default(),
        coverage: Vec::new(),
    })
}

fn latest_flows(region: &Region, rows: &[u32], as_of: Option<i32>) -> Vec<u32> {
    let mut latest: FxHashMap<(Symbol, Symbol, Symbol, Period), u32> = FxHashMap::default();
    let flow = |row: u32| &region.flows[row as usize];
    for &row in rows.iter().filter(|&&row| as_of.is_none_or(|day| flow(row).vintage <= day)) {
        let key = (flow(row).kind, flow(row).from, flow(row).to, flow(row).period);
        let held = latest.entry(key).or_insert(row);
        if flow(row).vintage > flow(*held).vintage {
            *held = row;
        }
    }
    let mut rows: Vec<u32> = latest.into_values().collect();
    rows.sort_unstable();
    rows
}

/// The key of the place tree: every place with its parent and kinds.
pub fn tree_key(region: &Region) -> crate::key::Key {
    let all: Vec<u32> = (0..region.places.len() as u32).collect();
    objects(region, Table::Places, &all, false, None).key
}

struct Content<'a> {
    keyer: Keyer,
    symbols: &'a Symbols,
}

impl Content<'_> {
    fn id(&mut self, symbol: Symbol) {
        self.keyer.text(self.symbols.name(symbol));
    }

    fn ids(&mut self, ids: &[Symbol]) {
        self.keyer.symbols(ids, self.symbols);
    }

    fn boundary(&mut self, region: &Region, place: Symbol) {
        let polygons = region.boundaries.get(&place).map_or(&[][..], |boundary| &boundary.polygons.0);
        self.keyer.number(polygons.len() as u64);
        for polygon in polygons {
            self.keyer.number(polygon.interiors().len() as u64);
            for ring in std::iter::once(polygon.exterior()).chain(polygon.interiors()) {
                self.keyer.number(ring.0.len() as u64);
                ring.0.iter().for_each(|at| {
                    self.keyer.float(at.x);
                    self.keyer.float(at.y);
                });
            }
        }
    }

    fn period(&mut self, period: Option<Period>) {
        self.keyer.number(period.map_or(0, Period::to_bits));
    }

    fn date(&mut self, date: Option<Date>) {
        self.keyer.text(&date.map(|date| date.to_string()).unwrap_or_default());
    }

    fn attributes(&mut self, attributes: &Attributes) {
        self.keyer.number(attributes.len() as u64);
        for (column, cell) in attributes {
            self.keyer.text(column);
            self.keyer.text(cell);
        }
    }

    fn units(&mut self, region: &Region, table: Table) {
        let mut units: Vec<_> = region.column_units.iter().filter(|((of, _), _)| of == table.name()).collect();
        units.sort_by_key(|(column, _)| *column);
        self.keyer.number(units.len() as u64);
        for ((_, column), unit) in units {
            self.keyer.text(column);
            self.keyer.unit(unit);
        }
    }

    fn row(&mut self, region: &Region, table: Table, row: usize) -> (Origin, Symbol, String) {
        let name = |symbol: Symbol| region.id(symbol);
        match table {
            Table::Places => {
                let place = &region.places[row];
                self.id(place.id);
                self.ids(&place.kinds);
                self.id(place.parent);
                self.ids(&place.straddles);
                self.keyer.maybe(place.point.map(|point| point.0));
                self.keyer.maybe(place.point.map(|point| point.1));
                self.date(place.valid_from);
                self.date(place.valid_to);
                self.id(place.source);
                self.attributes(&place.attributes);
                (place.origin, place.source, name(place.id).to_owned())
            }
            Table::Links => {
                let link = &region.links[row];
                self.ids(&[link.id, link.kind, link.from, link.to, link.source]);
                self.keyer.byte(u8::from(link.directed));
                self.keyer.maybe(link.length);
                self.keyer.maybe(link.time);
                self.keyer.maybe(link.capacity);
                self.period(link.opened);
                self.period(link.closed);
                self.attributes(&link.attributes);
                (link.origin, link.source, name(link.id).to_owned())
            }
            Table::Flows => {
                let flow = &region.flows[row];
                self.ids(&[flow.kind, flow.from, flow.to, flow.source]);
                self.period(Some(flow.period));
                self.keyer.number(u64::from(flow.vintage as u32));
                self.keyer.maybe(flow.value);
                self.keyer.unit(&flow.unit);
                self.keyer.text(flow.status.letter());
                self.keyer.text(flow.bound.as_str());
                self.attributes(&flow.attributes);
                let label = format!("{}@{}>{}@{}", name(flow.kind), name(flow.from), name(flow.to), flow.period);
                (flow.row, flow.source, label)
            }
            Table::Projects => {
                let project = &region.projects[row];
                self.ids(&[project.id, project.kind, project.lead, project.place, project.moved_from, project.source]);
                self.ids(&project.partners);
                self.period(project.start);
                self.period(project.finish);
                self.keyer.text(&project.cost.as_ref().map(ToString::to_string).unwrap_or_default());
                self.attributes(&project.attributes);
                (project.origin, project.source, name(project.id).to_owned())
            }
            Table::Stages => {
                let stage = &region.stages[row];
                self.ids(&[stage.project, stage.stage, stage.source]);
                self.period(Some(stage.date));
                let label = format!("{} {} {}", name(stage.project), name(stage.stage), stage.date);
                (stage.origin, stage.source, label)
            }
        }
    }
}
