//! Verifying a report: its figures computed again, its input files compared.

use crate::ReportError;
use crate::book::State;
use crate::manifest::{self, Manifest, SeriesOf};
use std::collections::BTreeMap;
use std::sync::Arc;
use umbel_core::{Date, Period, Symbol, Unit};
use umbel_study::plan::Choice;
use umbel_study::{Node, Study, View};

/// What a second computation says of a report.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Verification {
    /// Figures that came out the same.
    pub same: usize,
    /// Figures that differ.
    pub differ: Vec<Difference>,
    /// Figures that no longer exist.
    pub gone: Vec<String>,
    /// Input files that changed, came or went.
    pub changed_files: Vec<String>,
}

/// A figure that came out differently.
#[derive(Clone, Debug, PartialEq)]
pub struct Difference {
    /// Id of the figure: `indicator@place@period` with breakdown, measure and view where there are.
    pub id: String,
    /// Its number in the report when it has one.
    pub number: Option<usize>,
    /// Value in the report, in `unit`; `None` = missing.
    pub old: Option<f64>,
    /// Value now, in the same unit.
    pub new: Option<f64>,
    /// Unit of both.
    pub unit: String,
}

/// Computes the figures of a report again from a study.
///
/// # Errors
/// When the text is no report of this program, or an input file cannot be read.
pub fn verify(html: &str, study: &Study) -> Result<Verification, ReportError> {
    let manifest = Manifest::read(html)?;
    let mut out =
        Verification { changed_files: changed(&manifest.files, &manifest::files(study)?), ..Default::default() };
    let mut states: BTreeMap<State, Option<Study>> = BTreeMap::new();
    for series in &manifest.series {
        if series.state == State::default() {
            again(series, Some(study), &manifest, &mut out);
            continue;
        }
        let under = states.entry(series.state.clone()).or_insert_with(|| under(study, &series.state));
        again(series, under.as_ref(), &manifest, &mut out);
    }
    Ok(out)
}

/// The study in a state; `None` when its plan is gone or cannot be taken any more.
fn under(study: &Study, state: &State) -> Option<Study> {
    let held: Option<Vec<Period>> = state.held.split(';').filter(|part| !part.is_empty()).map(Period::parse).collect();
    let ground = study.held(&held?);
    if state.plan.is_empty() { Some(ground) } else { ground.planned(&Choice::plan(&state.plan)).ok() }
}

fn changed(old: &[(String, String)], new: &[(String, String)]) -> Vec<String> {
    let mut names: Vec<String> = old.iter().filter(|file| !new.contains(file)).map(|file| file.0.clone()).collect();
    names.extend(new.iter().filter(|file| !old.contains(file)).map(|file| file.0.clone()));
    names.sort();
    names.dedup();
    names
}

fn node(series: &SeriesOf, study: &Study) -> Option<Arc<Node>> {
    let as_of = match series.as_of.as_str() {
        "" => None,
        day => Some(day.parse::<Date>().ok()?),
    };
    let view = View { as_of };
    let symbols = &study.region.symbols;
    if series.measure.is_empty() {
        return study.node(symbols.get(&series.indicator)?, view).ok();
    }
    let id = symbols.get(&series.measure)?;
    let measure = study.measures.iter().position(|measure| measure.id == id)?;
    study.measure_node(measure, view).ok()
}

fn again(series: &SeriesOf, study: Option<&Study>, manifest: &Manifest, out: &mut Verification) {
    let node = study.and_then(|study| node(series, study));
    let factor = node.as_ref().and_then(|node| node.series.unit.factor(&Unit::parse(&series.unit).ok()?));
    for (place, period, breakdown, old) in &series.rows {
        let mut id = format!("{}@{place}@{period}", series.indicator);
        for (sign, part) in [('|', breakdown), (':', &series.measure), ('~', &series.as_of), ('/', &series.state.plan)]
        {
            if !part.is_empty() {
                id.push(sign);
                id.push_str(part);
            }
        }
        let find = |study: &Study, node: &Node| {
            let symbols = &study.region.symbols;
            let breakdown = if breakdown.is_empty() { Symbol::NONE } else { symbols.get(breakdown)? };
            node.series.find(symbols.get(place)?, Period::parse(period)?, breakdown, study.ranks())
        };
        let row = study.zip(node.as_ref()).and_then(|(study, node)| find(study, node));
        let (Some(node), Some(row), Some(factor)) = (&node, row, factor) else {
            out.gone.push(id);
            continue;
        };
        let new = node.series.value(row).map(|value| factor.apply(value));
        if new.map(f64::to_bits) == old.map(f64::to_bits) {
            out.same += 1;
        } else {
            let number = manifest.figures.iter().position(|figure| *figure == id).map(|at| at + 1);
            out.differ.push(Difference { id, number, old: *old, new, unit: series.unit.clone() });
        }
    }
}
