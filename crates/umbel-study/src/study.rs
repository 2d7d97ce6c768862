//! A study: a region with its measures, evaluated as far as anything is asked of it.

use crate::cost::Costs;
use crate::graph::{Memo, NodeId};
use crate::info::IndicatorInfo;
use crate::layout::Layout;
use crate::measure::{self, Measure};
use crate::method::AnyMethod;
use crate::plan::{DatedEdit, Edits, EffectProblem};
use crate::reads::Indicators;
use crate::resolve::Graph;
use crate::results::{Figure, Node, RunError, View};
use crate::select::days_of;
use crate::store::Store;
use crate::tree::PlaceTree;
use rustc_hash::FxHashMap;
use std::path::Path;
use std::sync::{Arc, OnceLock};
use umbel_core::{Finding, Location, Period, Symbol, code};
use umbel_table::Region;

/// A region with its declared measures and its report layout.
///
/// Nothing is evaluated before it is asked for; what was evaluated is kept, so asking twice costs nothing.
#[derive(Debug)]
pub struct Study {
    /// The tables.
    pub region: Region,
    /// The declared measures, in order of file name and place in it.
    pub measures: Arc<Vec<Measure>>,
    /// The layout of the report.
    pub layout: Arc<Layout>,
    pub(crate) ranks: Arc<Vec<u32>>,
    pub(crate) tree: Arc<PlaceTree>,
    pub(crate) graph: Graph,
    pub(crate) memo: Arc<Memo>,
    pub(crate) store: Option<Arc<Store>>,
    pub(crate) edits: Arc<Edits>,
    /// What is wrong with effects on networks, once it was asked for.
    pub(crate) parts: Arc<OnceLock<Vec<EffectProblem>>>,
    /// What measures took to compute.
    pub(crate) costs: Arc<Costs>,
    /// Edits of networks, in the order in which they are made.
    pub(crate) network_edits: Arc<Vec<DatedEdit>>,
    /// The methods of measures whose parameters were drawn anew.
    pub(crate) drawn_methods: Arc<FxHashMap<usize, Arc<dyn AnyMethod>>>,
    /// Years to come that the region is looked at in, ascending.
    pub(crate) held: Arc<[umbel_core::Period]>,
}

impl Study {
    /// Reads a region folder: its tables, `measures/*.toml`, `plans/*.toml` and `report.toml`. Never fails: what cannot be read or
    /// does not fit together is a finding, and is left out.
    pub fn open(folder: &Path) -> (Study, Vec<Finding>) {
        let (mut region, mut findings) = Region::read(folder);
        if region.files.is_empty() {
            // Without a package every name in a measure is unknown; that is one finding, and it is there already.
            return (Study::new(region, &[], None).0, findings);
        }
        let mut texts = Vec::new();
        for file in toml_files(&folder.join("measures")) {
            let name = format!("measures/{}", file.file_name().unwrap_or_default().to_string_lossy());
            texts.extend(read_text(&file, &name, &mut findings));
        }
        for file in toml_files(&folder.join("plans")) {
            let name = format!("plans/{}", file.file_name().unwrap_or_default().to_string_lossy());
            if let Some((name, text)) = read_text(&file, &name, &mut findings) {
                findings.extend(crate::plan::files::read(&name, &text, &mut region));
            }
        }
        let layout = folder.join("report.toml");
        let layout = layout.exists().then(|| read_text(&layout, "report.toml", &mut findings)).flatten();
        let (mut study, found) = Study::new(region, &texts, layout.as_ref().map(|(_, text)| text.as_str()));
        study.store = Some(Arc::new(Store::new(&folder.join(".umbel"))));
        findings.extend(found);
        findings.sort_by(Finding::order);
        (study, findings)
    }

    /// A study of tables that are read already: `measures` are file names and texts, `layout` is that of `report.toml`.
    pub fn new(mut region: Region, measures: &[(String, String)], layout: Option<&str>) -> (Study, Vec<Finding>) {
        let mut findings = Vec::new();
        let (mut all, mut unreadable): (Vec<Measure>, Vec<Symbol>) = Default::default();
        for (file, text) in measures {
            let read = measure::read(file, text, &mut region);
            findings.extend(read.findings);
            unreadable.extend(read.unreadable);
            for measure in read.measures {
                if all.iter().any(|other| other.id == measure.id) {
                    let message = format!("The measure \"{}\" is declared twice.", region.id(measure.id));
                    let fix =
                        "Rename or remove one of them; several definitions of one indicator have ids of their own.";
                    findings.push(Finding::new(&code::M002, measure.location.clone(), message, fix));
                } else {
                    all.push(measure);
                }
            }
        }
        let (layout, found) = layout.map(|text| Layout::read("report.toml", text)).unwrap_or_default();
        findings.extend(found);
        let unit_of = |indicator: Symbol| {
            all.iter()
                .find(|measure| measure.indicator == indicator)
                .map(|measure| measure.unit.clone().unwrap_or_default())
        };
        let edits = Edits::read(&mut region, &unit_of);
        intern_places(&all, &edits, &mut region);
        let ranks = region.symbols.ranks();
        let tree = PlaceTree::new(&region, &ranks);
        let graph = Graph::new(&region, &tree, &all, &unreadable, &layout);
        findings.extend(graph.findings.iter().cloned());
        findings.sort_by(Finding::order);
        let study = Study {
            region,
            measures: Arc::new(all),
            layout: Arc::new(layout),
            ranks: Arc::new(ranks),
            tree: Arc::new(tree),
            graph,
            memo: Arc::default(),
            store: None,
            edits: Arc::new(edits),
            parts: Arc::default(),
            costs: Arc::default(),
            drawn_methods: Arc::default(),
            network_edits: Arc::default(),
            held: Arc::new([]),
        };
        (study, findings)
    }

    /// The place tree.
    pub fn tree(&self) -> &PlaceTree {
        &self.tree
    }

    /// For every symbol its place in the alphabetical order of the texts: the order of the rows of every series.
    pub fn ranks(&self) -> &[u32] {
        &self.ranks
    }

    /// What is known of an indicator; `None` when it is in no table and no measure writes it.
    pub fn indicator_info(&self, indicator: Symbol) -> Option<&IndicatorInfo> {
        self.graph.infos.info(indicator)
    }

    /// Ids of every indicator, of the table and of the measures, in alphabetical order.
    pub fn indicator_ids(&self) -> Vec<&str> {
        self.graph.infos.ids()
    }

    /// The measures that define an indicator, in order of declaration.
    pub fn definitions(&self, indicator: Symbol) -> impl Iterator<Item = usize> {
        (0..self.measures.len()).filter(move |&measure| self.measures[measure].indicator == indicator)
    }

    /// The method of a measure with its parameters, as drawn where they were.
    pub(crate) fn method(&self, measure: usize) -> &dyn AnyMethod {
        &**self.drawn_methods.get(&measure).unwrap_or(&self.measures[measure].method)
    }

    /// Whether a finding says that a measure cannot be evaluated.
    pub fn is_broken(&self, measure: usize) -> bool {
        self.graph.measures.get(measure).is_none_or(|resolved| resolved.broken)
    }

    /// The figures of an indicator in a view: observed rows, and those of its first measure where nothing is observed.
    ///
    /// # Errors
    /// When there is no such indicator, or a measure it rests on fails.
    pub fn node(&self, indicator: Symbol, view: View) -> Result<Arc<Node>, RunError> {
        if self.graph.infos.info(indicator).is_none() {
            return Err(RunError::UnknownIndicator(self.region.id(indicator).to_owned()));
        }
        self.get(NodeId::Indicator(indicator), view.as_of.map(days_of))
    }

    /// The observed figures of an indicator in a view.
    ///
    /// # Errors
    /// When there is no such indicator.
    pub fn observed_node(&self, indicator: Symbol, view: View) -> Result<Arc<Node>, RunError> {
        if self.graph.infos.info(indicator).is_none() {
            return Err(RunError::UnknownIndicator(self.region.id(indicator).to_owned()));
        }
        self.get(NodeId::Observed(indicator), view.as_of.map(days_of))
    }

    /// The figures that a measure computes in a view.
    ///
    /// # Errors
    /// When a finding says that it cannot be evaluated, or it or a measure it rests on fails.
    pub fn measure_node(&self, measure: usize, view: View) -> Result<Arc<Node>, RunError> {
        if measure >= self.measures.len() {
            return Err(RunError::UnknownMeasure(measure.to_string()));
        }
        self.get(NodeId::Measure(measure), view.as_of.map(days_of))
    }

    /// Everything that the analysis of a measure gives in a view, one entry for each period (or panel) and breakdown;
    /// `None` when its method is no analysis. Computed afresh: cost of the method.
    ///
    /// # Errors
    /// As [`Study::measure_node`].
    pub fn analysed(&self, measure: usize, view: View) -> Result<Option<Vec<crate::analysis::Analysed>>, RunError> {
        if measure >= self.measures.len() {
            return Err(RunError::UnknownMeasure(measure.to_string()));
        }
        self.analysed_in(measure, view.as_of.map(days_of))
    }

    /// Evaluates every measure in a view, independent ones in parallel.
    ///
    /// # Errors
    /// Those of the measures that failed, in order of declaration; broken ones are left out.
    pub fn run_all(&self, view: View) -> Result<(), Vec<RunError>> {
        let as_of = view.as_of.map(days_of);
        let measures = (0..self.measures.len()).filter(|&measure| !self.is_broken(measure)).map(NodeId::Measure);
        let wanted: Vec<NodeId> = measures.clone().collect();
        self.evaluate(&wanted, as_of);
        let errors: Vec<RunError> = measures.filter_map(|id| self.get(id, as_of).err()).collect();
        if errors.is_empty() { Ok(()) } else { Err(errors) }
    }

    /// Release dates at which figures of an indicator may change, ascending: of its observed rows, and of all that its
    /// first measure rests on.
    pub fn vintages(&self, indicator: Symbol) -> &[i32] {
        self.graph.vintages.get(&indicator).map_or(&[], |days| days)
    }

    /// The figure with this key: `indicator@place@period`, and `@breakdown` when it is not the total. A place or period
    /// left out is that of the report layout.
    ///
    /// # Errors
    /// When the key is not understood, there is no such figure, or a measure it rests on fails.
    pub fn figure(&self, key: &str, view: View) -> Result<Figure, RunError> {
        let bad = |why: &str| RunError::BadFigure { key: key.to_owned(), why: why.to_owned() };
        let mut parts = key.splitn(4, '@');
        let id = parts.next().unwrap_or_default();
        let unknown = || RunError::UnknownIndicator(id.to_owned());
        let indicator = self.region.symbols.get(id).filter(|_| !id.is_empty()).ok_or_else(unknown)?;
        let place = parts.next().unwrap_or(&self.layout.region);
        let period = match parts.next() {
            Some(text) => Some(Period::parse(text).ok_or_else(|| bad(&format!("\"{text}\" is not a period")))?),
            None => self.layout.period,
        };
        let period = period.ok_or_else(|| bad("it names no period"))?;
        let node = self.node(indicator, view)?;
        let none = || RunError::NoFigure { key: key.to_owned() };
        if !place.is_empty() && self.region.symbols.get(place).is_none_or(|place| !self.tree.contains(place)) {
            return Err(bad(&format!("there is no place \"{place}\"")));
        }
        let place = self.region.symbols.get(place).ok_or_else(none)?;
        let breakdown = match parts.next() {
            None | Some("" | "_T") => Symbol::NONE,
            Some(text) => self.region.symbols.get(text).ok_or_else(none)?,
        };
        let row = node.series.find(place, period, breakdown, &self.ranks).ok_or_else(none)?;
        Ok(Figure { node, row })
    }

    /// The key of a figure, as [`Study::figure`] reads it.
    pub fn figure_key(&self, figure: &Figure) -> String {
        let (series, row) = (&figure.node.series, figure.row);
        let name = |symbol: Symbol| self.region.id(symbol);
        let mut key = format!("{}@{}@{}", name(figure.node.indicator), name(series.place[row]), series.period[row]);
        if series.breakdown[row].is_some() {
            key.push('@');
            key.push_str(name(series.breakdown[row]));
        }
        key
    }
}

/// Interns the breakdowns that measures write for places, those that effects add among them: no symbol is new once
/// measures are evaluated.
fn intern_places(measures: &[Measure], edits: &Edits, region: &mut Region) {
    let mut dimensions: Vec<&str> =
        measures.iter().filter_map(|measure| measure.method.dimension_of_places()).collect();
    dimensions.sort_unstable();
    dimensions.dedup();
    let places: Vec<Symbol> = region.places.iter().map(|place| place.id).chain(edits.added_places()).collect();
    for dimension in dimensions {
        for &place in &places {
            let breakdown = format!("{dimension}={}", region.id(place));
            region.symbols.intern(&breakdown);
        }
    }
}

fn toml_files(folder: &Path) -> Vec<std::path::PathBuf> {
    let entries = std::fs::read_dir(folder).into_iter().flatten().flatten().map(|entry| entry.path());
    let mut files: Vec<_> =
        entries.filter(|path| path.extension().is_some_and(|e| e == "toml") && path.is_file()).collect();
    files.sort();
    files
}

fn read_text(path: &Path, name: &str, findings: &mut Vec<Finding>) -> Option<(String, String)> {
    let bytes = match std::fs::read(path) {
        Ok(bytes) => bytes,
        Err(error) => {
            let message = format!("The file cannot be read: {error}.");
            findings.push(Finding::new(&code::F001, Location::new(name, 0, 0), message, code::F001.mend));
            return None;
        }
    };
    match String::from_utf8(bytes) {
        Ok(text) => Some((name.to_owned(), text.strip_prefix('\u{feff}').map(str::to_owned).unwrap_or(text))),
        Err(error) => {
            let valid = error.utf8_error().valid_up_to();
            let before = &error.as_bytes()[..valid];
            let line = before.iter().filter(|&&byte| byte == b'\n').count() as u32 + 1;
            let start = before.iter().rposition(|&byte| byte == b'\n').map_or(0, |at| at + 1);
            let column = String::from_utf8_lossy(&before[start..]).chars().count() as u32 + 1;
            let at = Location::new(name, line, column);
            findings.push(Finding::new(
                &code::F007,
                at,
                "The file holds bytes that are not UTF-8 text.",
                code::F007.mend,
            ));
            None
        }
    }
}
