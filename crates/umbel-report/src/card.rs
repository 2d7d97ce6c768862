//! What every page needs: the study, its results, the words, and the book of figures.

use crate::book::Book;
use crate::book::State;
use crate::locale::Locale;
use crate::maps::Sheets;
use crate::plans::{self, Case};
use rustc_hash::FxHashMap;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::sync::Arc;
use umbel_core::{Bound, Evidence, Period, Status, Symbol, Text, Unit};
use umbel_study::format::{Format, Look, Shown};
use umbel_study::select;
use umbel_study::tree::PlaceTree;
use umbel_study::{ClaimResult, Figure, IndicatorInfo, Node, Places, Study, TargetResult, View};
use umbel_table::{IndicatorKind, Region};

/// The state of a report while it is written.
pub struct Card<'a> {
    /// The study.
    pub study: &'a Study,
    /// Its region.
    pub region: &'a Region,
    /// Language of the data's texts.
    pub language: &'a str,
    /// The report's own words.
    pub words: &'a Locale,
    /// Figures for people.
    pub format: Format<'a>,
    /// The tree of places.
    pub tree: &'a PlaceTree,
    /// Alphabetical order of all ids.
    pub ranks: &'a [u32],
    /// The place that the card is about.
    pub home: Symbol,
    /// The jurisdictions, in the order of the places table.
    pub jurisdictions: Vec<Symbol>,
    /// Period that the card speaks of.
    pub period: Option<Period>,
    /// Period from which changes are counted.
    pub base: Option<Period>,
    /// Claims with their verdicts.
    pub claims: Vec<ClaimResult>,
    /// Targets with their progress.
    pub targets: Vec<TargetResult>,
    /// The plans of the layout beside their bases.
    pub plans: Vec<Case<'a>>,
    /// Every figure shown.
    pub book: RefCell<Book>,
    /// Maps' sheets.
    pub sheets: RefCell<Sheets>,
    /// What could not be computed: indicator and why, each once.
    pub failures: RefCell<BTreeMap<String, String>>,
    nodes: RefCell<FxHashMap<Symbol, Option<Arc<Node>>>>,
    unknown: IndicatorInfo,
    evidences: RefCell<FxHashMap<([u8; 32], usize), Evidence>>,
}

/// One figure with what is needed to show it.
#[derive(Clone, Debug)]
pub struct Cell {
    /// Indicator.
    pub indicator: Symbol,
    /// Place.
    pub place: Symbol,
    /// Period.
    pub period: Period,
    /// Value, unless missing.
    pub value: Option<f64>,
    /// Unit.
    pub unit: Unit,
    /// Status.
    pub status: Status,
    /// How it is stated.
    pub bound: Bound,
    /// The figure in its node.
    pub figure: Figure,
}

impl<'a> Card<'a> {
    /// Gathers what the pages need; evaluates claims and targets.
    pub fn new(study: &'a Study, words: &'a Locale, language: &'a str) -> Card<'a> {
        let region = &study.region;
        let (ranks, tree) = (study.ranks(), study.tree());
        let layout = &study.layout;
        let root = tree.places().iter().copied().find(|place| tree.parent(*place).is_none()).unwrap_or(Symbol::NONE);
        let home = region.symbols.get(&layout.region).filter(|place| tree.contains(*place)).unwrap_or(root);
        let mut jurisdictions = match &layout.jurisdictions {
            Some(places) => select::places(places, region, tree, "jurisdictions").0,
            None => tree.children(home).to_vec(),
        };
        jurisdictions.sort_by_key(|place| tree.row(*place));
        Card {
            study,
            region,
            language,
            words,
            format: Format::new(region, language),
            home,
            jurisdictions,
            period: layout.period,
            base: layout.base_period,
            claims: study.claims(),
            targets: study.targets(),
            plans: plans::cases(study, home),
            book: RefCell::default(),
            sheets: RefCell::default(),
            failures: RefCell::default(),
            nodes: RefCell::default(),
            unknown: IndicatorInfo {
                title: Text::default(),
                unit: Unit::one(),
                direction: 0,
                kind: IndicatorKind::Stock,
                decimals: None,
                system: Symbol::NONE,
                scale: Symbol::NONE,
                description: Text::default(),
                measure: None,
                aggregation: String::new(),
                weight: Symbol::NONE,
                tolerance: 0.0,
            },
            evidences: RefCell::default(),
            tree,
            ranks,
        }
    }

    /// One of the report's own words.
    pub fn t<'b>(&'b self, key: &'b str) -> &'b str {
        self.words.get(key)
    }

    /// A sentence of the report with names filled in.
    pub fn f(&self, key: &str, values: &[(&str, &str)]) -> String {
        self.words.fill(key, values)
    }

    /// A sentence of the report about a number.
    pub fn n(&self, key: &str, number: usize, values: &[(&str, &str)]) -> String {
        self.words.count(key, number, values)
    }

    /// A text of the data.
    pub fn text<'b>(&self, text: &'b Text) -> &'b str {
        text.get(self.language)
    }

    /// Name of a place (its id when it has none).
    pub fn place(&self, place: Symbol) -> String {
        let name = self.tree.row(place).map(|row| self.text(&self.region.places[row].name).to_owned());
        name.filter(|name| !name.is_empty()).unwrap_or_else(|| self.region.id(place).to_owned())
    }

    /// Name of a place in another language of the region, empty when it is the same.
    pub fn place_other(&self, place: Symbol) -> String {
        let Some(row) = self.tree.row(place) else { return String::new() };
        let text = &self.region.places[row].name;
        let own = self.text(text);
        // The plain column is the region's first language.
        let first = self.region.languages.first().map_or("", String::as_str);
        let other = if self.language == first || text.exact(self.language).is_none() {
            self.region.languages.iter().skip(1).find_map(|language| text.exact(language))
        } else {
            text.exact("").or_else(|| text.exact(first))
        };
        other.filter(|other| *other != own).unwrap_or("").to_owned()
    }

    /// Title of a kind of a table (its id when the kinds table has none).
    pub fn kind(&self, table: &str, kind: Symbol) -> String {
        let row = self.region.kinds.iter().find(|row| row.table == table && row.kind == kind);
        let title = row.map(|row| self.text(&row.title)).filter(|title| !title.is_empty());
        title.map_or_else(|| self.region.id(kind).replace('_', " "), str::to_owned)
    }

    /// Name of a breakdown by the titles of its codes (`mining` of `industry=mining` when the kinds table has none).
    pub fn breakdown(&self, breakdown: Symbol) -> String {
        let title = |part: &str| {
            let code = part.split_once('=').map_or(part, |(_, code)| code);
            let known =
                self.region.kinds.iter().find(|row| row.table == "breakdowns" && self.region.id(row.kind) == code);
            let title = known.map(|row| self.text(&row.title)).filter(|title| !title.is_empty());
            title.map_or_else(|| code.replace('_', " "), str::to_owned)
        };
        let parts: Vec<String> =
            self.region.id(breakdown).split(';').filter(|part| !part.is_empty()).map(title).collect();
        parts.join(self.t("list_comma"))
    }

    /// What is known of an indicator; nothing but defaults for one that nobody provides.
    pub fn info(&self, indicator: Symbol) -> &IndicatorInfo {
        self.study.indicator_info(indicator).unwrap_or(&self.unknown)
    }

    /// Title of an indicator (its id when it has none).
    pub fn indicator(&self, indicator: Symbol) -> String {
        let info = self.info(indicator);
        let title = self.text(&info.title);
        if title.is_empty() { self.region.id(indicator).replace('_', " ") } else { title.to_owned() }
    }

    /// The series of an indicator in the latest view; `None` when nobody provides it or it could not be computed
    /// (then the reason is noted for the annex).
    pub fn node(&self, indicator: Symbol) -> Option<Arc<Node>> {
        if let Some(known) = self.nodes.borrow().get(&indicator) {
            return known.clone();
        }
        let node = match self.study.node(indicator, View::default()) {
            Ok(node) => Some(node),
            Err(error) => {
                let id = self.region.id(indicator).to_owned();
                self.failures.borrow_mut().insert(id, error.to_string());
                None
            }
        };
        self.nodes.borrow_mut().insert(indicator, node.clone());
        node
    }

    /// A row of a node as a cell.
    pub fn cell(&self, node: &Arc<Node>, row: usize) -> Cell {
        let series = &node.series;
        Cell {
            indicator: node.indicator,
            place: series.place[row],
            period: series.period[row],
            value: series.value(row),
            unit: series.unit.clone(),
            status: series.status[row],
            bound: series.bound[row],
            figure: Figure { node: node.clone(), row },
        }
    }

    /// All totals of an indicator at a place, by period.
    pub fn history(&self, indicator: Symbol, place: Symbol) -> Vec<Cell> {
        let Some(node) = self.node(indicator) else { return Vec::new() };
        let series = &node.series;
        // Rows are sorted by place: one binary search to its first row.
        let rank = |place: Symbol| self.ranks.get(place.index()).copied().unwrap_or(u32::MAX);
        let first = series.place.partition_point(|other| rank(*other) < rank(place));
        (first..series.len())
            .take_while(|row| series.place[*row] == place)
            .filter(|row| !series.breakdown[*row].is_some())
            .map(|row| self.cell(&node, row))
            .collect()
    }

    /// The figure that the card shows of an indicator at a place: of `period`, else the last one before its end, else
    /// the first one after it. A missing value is passed over when another is held.
    pub fn at(&self, indicator: Symbol, place: Symbol, period: Option<Period>) -> Option<Cell> {
        pick(&self.history(indicator, place), period).cloned()
    }

    /// The figure of exactly this period.
    pub fn exactly(&self, indicator: Symbol, place: Symbol, period: Period) -> Option<Cell> {
        self.history(indicator, place).into_iter().find(|cell| cell.period == period)
    }

    /// How figures of an indicator are shown in its own unit.
    pub fn look(&self, indicator: Symbol) -> Look {
        let info = self.info(indicator);
        Look { decimals: info.decimals, share: info.kind == IndicatorKind::Share, scale: info.scale }
    }

    /// A value of an indicator for people, in any unit of the same kind.
    pub fn show(&self, indicator: Symbol, value: f64, unit: &Unit, bound: Bound) -> Shown {
        let mut look = self.look(indicator);
        let own = &self.info(indicator).unit;
        // The indicator's decimals are those of its own unit: in trillions there are more of them than in millions.
        if let (Some(decimals), Some(factor)) = (look.decimals, unit.factor(own)) {
            let shift = factor.apply(1.0).log10();
            look.decimals = Some((f64::from(decimals) + shift).round().clamp(0.0, 9.0) as u8);
            if shift > 6.0 {
                look.decimals = look.decimals.map(|decimals| decimals.min(3));
            }
        }
        self.format.value(value, unit, look, bound)
    }

    /// A cell for people; a dash for a missing value.
    pub fn shown(&self, cell: &Cell) -> Shown {
        match cell.value {
            Some(value) => self.show(cell.indicator, value, &cell.unit, cell.bound),
            None => Shown { number: "–".into(), unit: String::new() },
        }
    }

    /// What a figure rests on, no matter who claims it.
    pub fn evidence(&self, figure: &Figure) -> Evidence {
        let key = (figure.node.key, figure.row);
        if let Some(known) = self.evidences.borrow().get(&key) {
            return *known;
        }
        let evidence = self.study.evidence(figure, Symbol::NONE);
        self.evidences.borrow_mut().insert(key, evidence);
        evidence
    }

    /// Whether a figure is estimated or rests on something unverified: it is hatched on maps, hollow in charts.
    pub fn is_weak(&self, cell: &Cell) -> bool {
        is_estimate(cell.status) || self.evidence(&cell.figure) == Evidence::Unverified
    }

    /// The study that a figure was computed in: the region as it stands, or under one of the plans.
    pub fn study_in(&self, state: &State) -> &Study {
        let taken = self.plans.iter().filter_map(|case| case.taken.as_ref().ok());
        let under = taken.flat_map(|taken| taken.states.iter().zip([&taken.comparison.base, &taken.comparison.plan]));
        under.into_iter().find(|(held, _)| *held == state).map_or(self.study, |(_, study)| study)
    }

    /// Resolves a figure of the layout, `indicator`, `indicator@place` or `indicator@place@period`; the place is `home` when
    /// none is named, and the period that of the card.
    pub fn resolve(&self, text: &str) -> Option<(Symbol, Symbol, Option<Period>)> {
        let mut parts = text.splitn(3, '@');
        let indicator = self.region.symbols.get(parts.next()?)?;
        let place = match parts.next() {
            Some(place) => self.region.symbols.get(place)?,
            None => self.home,
        };
        let period = match parts.next() {
            Some(period) => Some(Period::parse(period)?),
            None => self.period,
        };
        Some((indicator, place, period))
    }

    /// Places of a selection, in the order of the places table.
    pub fn places(&self, selection: &Places) -> Vec<Symbol> {
        let mut places = select::places(selection, self.region, self.tree, "places").0;
        places.sort_by_key(|place| self.tree.row(*place));
        places
    }

    /// The jurisdiction a place is or lies in.
    pub fn jurisdiction(&self, place: Symbol) -> Option<Symbol> {
        self.jurisdictions.iter().copied().find(|jurisdiction| self.tree.is_within(place, *jurisdiction))
    }

    /// Jurisdictions that a place is, lies in or straddles.
    pub fn jurisdictions_of(&self, place: Symbol) -> Vec<Symbol> {
        self.jurisdictions.iter().copied().filter(|jurisdiction| self.tree.touches(place, *jurisdiction)).collect()
    }

    /// Title of the chapter with this id.
    pub fn chapter(&self, id: &str) -> String {
        let chapter = self.study.layout.chapter.iter().find(|chapter| chapter.id == id);
        let title = chapter.map(|chapter| self.text(&chapter.title)).filter(|title| !title.is_empty());
        title.map_or_else(|| id.replace('_', " "), str::to_owned)
    }

    /// A joined list: `a, b and c`.
    pub fn list(&self, items: &[String]) -> String {
        match items {
            [] => String::new(),
            [one] => one.clone(),
            [first @ .., last] => format!("{}{}{last}", first.join(self.t("list_comma")), self.t("list_and")),
        }
    }

    /// The change from one figure to another, in words with its sign: points for shares, steps for classes, per cent
    /// for the rest; `None` when it cannot be said.
    pub fn change(&self, from: &Cell, to: &Cell) -> Option<String> {
        let (a, b) = (from.value?, from.unit.factor(&to.unit).and(to.value)?);
        let a = from.unit.convert(a, &to.unit)?;
        let info = self.info(to.indicator);
        let look = self.look(to.indicator);
        if info.kind == IndicatorKind::Cumulative {
            return None;
        }
        if look.scale.is_some() || info.kind == IndicatorKind::Class {
            return Some(self.n(
                "change_steps",
                (b - a).abs().round() as usize,
                &[("sign", if b >= a { "+" } else { "−" })],
            ));
        }
        if to.unit.is_dimensionless() && (look.share || to.unit == Unit::percent()) {
            let points = if to.unit == Unit::percent() { b - a } else { (b - a) * 100.0 };
            let text = self.format.signed(points, Some(1));
            return Some(self.f("change_points", &[("n", &text)]));
        }
        // What is itself a change starts from nothing: its change is the figure again.
        if a == 0.0 && to.unit.is_dimensionless() {
            return None;
        }
        if a == 0.0 || (a < 0.0) != (b < 0.0) {
            let shown = self.show(to.indicator, b - a, &to.unit, Bound::Exact).text();
            return Some(if b > a { format!("+{shown}") } else { shown });
        }
        let percent = (b / a - 1.0) * 100.0;
        if percent.abs() >= 900.0 {
            return Some(self.f("change_times", &[("n", &self.format.number(b / a, Some(0)))]));
        }
        let decimals = if percent.abs() < 9.95 { 1 } else { 0 };
        Some(format!("{}%", self.format.signed(percent, Some(decimals))))
    }
}

/// Whether a status says that the value is not a plain observation.
pub fn is_estimate(status: Status) -> bool {
    matches!(
        status,
        Status::Estimated
            | Status::Forecast
            | Status::Imputed
            | Status::Experimental
            | Status::LowReliability
            | Status::Unvalidated
    )
}

/// The cell for a period among the cells of one indicator and place, sorted by period: of the period itself, else the last to
/// end before it does. A year is later than the days within it, although it begins before them.
pub fn pick(cells: &[Cell], period: Option<Period>) -> Option<&Cell> {
    let held = |cell: &&Cell| cell.value.is_some();
    let latest = |cell: &&Cell| (cell.period.end(), cell.period.start());
    let Some(period) = period else { return cells.iter().filter(held).max_by_key(latest).or(cells.last()) };
    cells
        .iter()
        .find(|cell| cell.period == period && cell.value.is_some())
        .or_else(|| cells.iter().filter(held).filter(|cell| cell.period.end() <= period.end()).max_by_key(latest))
        .or_else(|| cells.iter().find(held))
        .or_else(|| cells.iter().find(|cell| cell.period == period))
        .or(cells.last())
}
