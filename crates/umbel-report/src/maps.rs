//! Maps of the region: sheets kept so that each set of places is defined once, choropleths from figures, flows.

use crate::card::{Card, Cell};
use crate::map::base::{Frame, Shape, Sheet};
use crate::map::classes::Classes;
use crate::map::draw::{Arrow, Drawing, Item};
use crate::parts;
use maud::{Markup, PreEscaped, html};
use std::collections::BTreeMap;
use std::rc::Rc;
use umbel_core::unit::Dimension;
use umbel_core::{Bound, Period, Symbol, Unit};
use umbel_study::layout::MapLayout;

/// Width of a map, drawing units.
const WIDTH: f64 = 440.0;
const TALLEST: f64 = 1.25;

/// Sheets by the places on them and the places that set their frame.
#[derive(Debug, Default)]
pub struct Sheets {
    sheets: BTreeMap<(Vec<Symbol>, Vec<Symbol>), Rc<Sheet>>,
    /// Sheets in the order in which they were made, for the definitions.
    pub order: Vec<Rc<Sheet>>,
}

impl Card<'_> {
    fn shape(&self, place: Symbol) -> Shape {
        let rings = self.region.boundaries.get(&place).map_or_else(Vec::new, |boundary| {
            let rings = boundary.polygons.0.iter().flat_map(|p| std::iter::once(p.exterior()).chain(p.interiors()));
            rings.map(|ring| ring.0.iter().map(|c| (c.x, c.y)).collect()).collect()
        });
        let point = self.tree.row(place).and_then(|row| self.region.places[row].point);
        Shape { id: self.region.id(place).to_owned(), rings, point }
    }

    /// Whether a boundary of the place is held.
    pub fn is_drawn(&self, place: Symbol) -> bool {
        self.region.boundaries.contains_key(&place)
    }

    /// The sheet of these places on the frame around others (`around` empty = around themselves).
    pub fn sheet(&self, places: &[Symbol], around: &[Symbol]) -> Rc<Sheet> {
        let around = if around.is_empty() { places } else { around };
        let key = (places.to_vec(), around.to_vec());
        if let Some(sheet) = self.sheets.borrow().sheets.get(&key) {
            return sheet.clone();
        }
        let shapes = |places: &[Symbol]| -> Vec<Shape> { places.iter().map(|place| self.shape(*place)).collect() };
        let frame = Frame::around(&shapes(around), WIDTH, TALLEST);
        let prefix = format!("s{}", self.sheets.borrow().order.len() + 1);
        let sheet = Rc::new(Sheet::new(&prefix, &shapes(places), frame));
        let mut sheets = self.sheets.borrow_mut();
        sheets.sheets.insert(key, sheet.clone());
        sheets.order.push(sheet.clone());
        sheet
    }

    /// The jurisdictions that have a boundary: what most maps are framed by.
    pub fn drawn_jurisdictions(&self) -> Vec<Symbol> {
        self.jurisdictions.iter().copied().filter(|place| self.is_drawn(*place)).collect()
    }

    /// A map of an indicator with its heading, legend and number; `None` when no place of it can be drawn.
    pub fn choropleth(&self, layout: &MapLayout) -> Option<Markup> {
        let indicator = self.region.symbols.get(&layout.indicator)?;
        let places: Vec<Symbol> = self.places(&layout.places).into_iter().collect();
        let info = self.info(indicator);
        let own = Some(layout.period).flatten();
        let period = own.or(self.period);
        let cells: BTreeMap<Symbol, Cell> = places
            .iter()
            .filter_map(|place| match own {
                // A map of one moment shows that moment only.
                Some(period) => self.exactly(indicator, *place, period),
                None => self.at(indicator, *place, period),
            })
            .map(|cell| (cell.place, cell))
            .collect();
        if cells.is_empty() {
            return None;
        }
        // Framed by the jurisdictions when the places fill them, else by the places themselves.
        let drawn = self.drawn_jurisdictions();
        let filled = drawn.iter().filter(|j| places.iter().any(|p| self.tree.is_within(*p, **j))).count();
        let around: Vec<Symbol> = if filled > 1 || drawn.len() < 2 { drawn.clone() } else { Vec::new() };
        let sheet = self.sheet(&places, &around);
        let values: Vec<f64> = cells.values().filter_map(|cell| cell.value).collect();
        let unit = cells.values().next().map(|cell| cell.unit.clone()).unwrap_or_default();
        let near = matches!(unit.dimensions(), [(Dimension::Second | Dimension::Metre, 1)])
            && values.iter().all(|v| *v >= 0.0);
        let near = near && info.direction < 0;
        let classes =
            if layout.classes.is_empty() { Classes::of(&values, near) } else { Classes::given(&layout.classes, near) };
        let items = self.items(&sheet, &cells, &classes);
        let few = sheet.places.len() <= 40;
        let outlines: Vec<Rc<Sheet>> =
            if few || around.is_empty() { Vec::new() } else { vec![self.sheet(&drawn, &around)] };
        let outlines: Vec<&Sheet> = outlines.iter().map(Rc::as_ref).collect();
        let title =
            if layout.title.is_empty() { self.indicator(indicator) } else { self.text(&layout.title).to_owned() };
        let when = period.and_then(|_| self.common_period(cells.values()));
        let label = self.map_summary(&title, &cells, indicator, &unit);
        let drawing =
            Drawing { sheet: &sheet, items: &items, outlines: &outlines, arrows: &[], labelled: few, label: &label };
        self.book.borrow_mut().record_cells(self.study, cells.values());
        let missing = items.iter().filter(|item| item.shade.is_none()).count();
        let hatched = items.iter().filter(|item| item.hatched).count();
        let unit_text = self.map_unit(indicator, &unit, &values);
        Some(html! {
            figure.mapfig {
                figcaption {
                    h4 { (title) }
                    p.sub { (parts::joined(&[when.map(|p| self.format.period(p)).unwrap_or_default(), unit_text])) }
                }
                div.canvas { (PreEscaped(drawing.draw())) }
                (self.legend(&classes, indicator, &unit, &values, missing, hatched))
                div.find { p { (label) } (self.map_table(&cells, indicator)) }
            }
        })
    }

    /// The unit of a map whose values reach so far, with its scale word.
    pub fn map_unit(&self, indicator: Symbol, unit: &Unit, values: &[f64]) -> String {
        let highest = values.iter().copied().fold(0.0, |a: f64, b| a.max(b.abs()));
        self.show(indicator, highest, unit, Bound::Exact).unit
    }

    fn common_period<'c>(&self, cells: impl Iterator<Item = &'c Cell>) -> Option<Period> {
        let mut periods: Vec<Period> = cells.filter(|cell| cell.value.is_some()).map(|cell| cell.period).collect();
        periods.sort();
        periods.dedup();
        match periods.as_slice() {
            [one] => Some(*one),
            [first, .., last] => Period::interval(first.atoms().0, last.atoms().1.unwrap_or(last.atoms().0)),
            [] => None,
        }
    }

    fn items(&self, sheet: &Sheet, cells: &BTreeMap<Symbol, Cell>, classes: &Classes) -> Vec<Item> {
        let item = |(at, drawn): (usize, &crate::map::base::Drawn)| {
            let place = self.region.symbols.get(&drawn.id).unwrap_or(Symbol::NONE);
            let (name, other) = (self.place(place), self.place_other(place));
            let cell = cells.get(&place).filter(|cell| cell.value.is_some());
            let Some((cell, value)) = cell.and_then(|cell| cell.value.map(|value| (cell, value))) else {
                let title = format!("{name}{}{}", self.t("colon"), self.t("no_data"));
                return Item { place: at, title, name, other, ..Item::default() };
            };
            let weak = self.is_weak(cell);
            let shown = self.shown(cell);
            let mut title = format!("{name}{}{}", self.t("colon"), shown.text());
            if weak {
                title.push_str(self.t("weak_suffix"));
            }
            Item {
                place: at,
                shade: Some(classes.shade(value)),
                hatched: weak,
                title,
                name,
                other,
                value: shown.number,
            }
        };
        sheet.places.iter().enumerate().map(item).collect()
    }

    /// What the map says, in a sentence: its ends.
    fn map_summary(&self, title: &str, cells: &BTreeMap<Symbol, Cell>, indicator: Symbol, unit: &Unit) -> String {
        let mut held: Vec<(f64, Symbol)> = cells.values().filter_map(|c| c.value.map(|v| (v, c.place))).collect();
        held.sort_by(|a, b| a.0.total_cmp(&b.0).then_with(|| self.ranks[a.1.index()].cmp(&self.ranks[b.1.index()])));
        match held.as_slice() {
            [] => self.f("map_empty", &[("title", title)]),
            [(value, place)] => {
                let value = self.show(indicator, *value, unit, Bound::Exact).text();
                self.f("map_one", &[("place", &self.place(*place)), ("value", &value)])
            }
            [(low, lowest), .., (high, highest)] => self.f(
                "map_range",
                &[
                    ("low", &self.show(indicator, *low, unit, Bound::Exact).text()),
                    ("lowest", &self.place(*lowest)),
                    ("high", &self.show(indicator, *high, unit, Bound::Exact).text()),
                    ("highest", &self.place(*highest)),
                ],
            ),
        }
    }

    /// The classes of a map with how many places are in each; `missing` and `hatched` are counts.
    pub fn legend(
        &self,
        classes: &Classes,
        indicator: Symbol,
        unit: &Unit,
        values: &[f64],
        missing: usize,
        hatched: usize,
    ) -> Markup {
        let show = |value: f64| self.show(indicator, value, unit, Bound::Exact).number;
        let counts = |class: usize| values.iter().filter(|v| classes.class(**v) == class).count();
        let last = classes.limits.len();
        html! {
            ul.legend {
                @for (class, shade) in classes.shades.iter().enumerate() {
                    li {
                        (parts::swatch(shade))
                        @if last == 0 { (self.t("legend_all")) }
                        @else if class == 0 { (self.f(if classes.closed { "legend_to" } else { "legend_below" }, &[("b", &show(classes.limits[0]))])) }
                        @else if class == last { (self.f(if classes.closed { "legend_over" } else { "legend_from" }, &[("a", &show(classes.limits[last - 1]))])) }
                        @else { (self.f("legend_between", &[("a", &show(classes.limits[class - 1])), ("b", &show(classes.limits[class]))])) }
                        span.count { (counts(class)) }
                    }
                }
                @if hatched > 0 { li { (parts::swatch("hatched")) (self.t("legend_hatched")) span.count { (hatched) } } }
                @if missing > 0 { li { (parts::swatch("nodata")) (self.t("legend_missing")) span.count { (missing) } } }
            }
        }
    }

    /// The same content as the map, as a table behind a summary.
    fn map_table(&self, cells: &BTreeMap<Symbol, Cell>, indicator: Symbol) -> Markup {
        let mut rows: Vec<&Cell> = cells.values().collect();
        rows.sort_by(|a, b| {
            let value = |cell: &Cell| cell.value.unwrap_or(f64::NEG_INFINITY);
            value(b).total_cmp(&value(a)).then_with(|| self.ranks[a.place.index()].cmp(&self.ranks[b.place.index()]))
        });
        let unit = rows.first().map(|cell| self.shown(cell).unit).unwrap_or_default();
        html! {
            details.data {
                summary { (self.t("as_table")) }
                table.compact {
                    caption.hidden { (self.indicator(indicator)) }
                    thead { tr { th scope="col" { (self.t("place")) } th.num scope="col" { (self.t("value")) @if !unit.is_empty() { " (" (unit) ")" } } th scope="col" { (self.t("status")) } } }
                    tbody {
                        @for cell in rows {
                            tr {
                                th scope="row" { (self.place(cell.place)) }
                                td.num { (self.shown(cell).number) }
                                td { (parts::cell_status(self, cell)) }
                            }
                        }
                    }
                }
            }
        }
    }

    /// A map of curves between places: flows with their amounts, or links.
    pub fn curves(&self, curves: &[Curve], label: &str) -> Option<Markup> {
        let drawn = self.drawn_jurisdictions();
        if drawn.is_empty() || curves.is_empty() {
            return None;
        }
        let sheet = self.sheet(&drawn, &drawn);
        let middle = |place: Symbol| {
            let shape = sheet.places.iter().find(|shape| shape.id == self.region.id(place)).map(|shape| shape.anchor);
            let point = self.tree.row(place).and_then(|row| self.region.places[row].point);
            // Something smaller than a jurisdiction stands at its own point; a group of places in the middle of them.
            let own = if shape.is_some() { shape } else { point.map(|point| sheet.frame.locate(point)) };
            own.or_else(|| {
                let parts = self.tree.straddles(place);
                let found: Vec<(f64, f64)> = parts
                    .iter()
                    .filter_map(|part| sheet.places.iter().find(|shape| shape.id == self.region.id(*part)))
                    .map(|shape| shape.anchor)
                    .collect();
                let n = found.len() as f64;
                let sum = found.iter().fold((0.0, 0.0), |a, b| (a.0 + b.0, a.1 + b.1));
                (n > 0.0).then_some((sum.0 / n, sum.1 / n))
            })
        };
        let highest = curves.iter().filter_map(|curve| curve.amount).fold(0.0, f64::max);
        let arrows: Vec<Arrow> = curves
            .iter()
            .filter_map(|curve| {
                let ends = (middle(curve.from)?, middle(curve.to)?);
                let share = curve.amount.filter(|_| highest > 0.0).map_or(0.0, |amount| (amount / highest).max(0.0));
                Some(Arrow {
                    ends,
                    width: if curve.amount.is_some() { 1.2 + 4.8 * share.sqrt() } else { 1.4 },
                    class: curve.class.clone(),
                    title: curve.title.clone(),
                    value: curve.value.clone(),
                    head: curve.directed,
                })
            })
            .collect();
        // Curves too short to be seen make no map.
        let length = |arrow: &Arrow| (arrow.ends.0.0 - arrow.ends.1.0).hypot(arrow.ends.0.1 - arrow.ends.1.1);
        if arrows.iter().map(length).fold(0.0, f64::max) < 30.0 {
            return None;
        }
        let items: Vec<Item> = sheet
            .places
            .iter()
            .enumerate()
            .map(|(at, drawn)| {
                let place = self.region.symbols.get(&drawn.id).unwrap_or(Symbol::NONE);
                let name = self.place(place);
                Item {
                    place: at,
                    shade: Some("land"),
                    title: name.clone(),
                    name,
                    other: self.place_other(place),
                    ..Item::default()
                }
            })
            .collect();
        let drawing = Drawing { sheet: &sheet, items: &items, outlines: &[], arrows: &arrows, labelled: true, label };
        Some(PreEscaped(drawing.draw()))
    }

    /// A small map that shows where a place lies.
    pub fn locator(&self, place: Symbol) -> Option<Markup> {
        let drawn = self.drawn_jurisdictions();
        if !drawn.contains(&place) {
            return None;
        }
        let sheet = self.sheet(&drawn, &drawn);
        let items: Vec<Item> = sheet
            .places
            .iter()
            .enumerate()
            .map(|(at, drawn)| {
                let own = self.region.symbols.get(&drawn.id) == Some(place);
                Item { place: at, shade: Some(if own { "q3" } else { "land" }), ..Item::default() }
            })
            .collect();
        let label = self.f("locator", &[("place", &self.place(place))]);
        let drawing =
            Drawing { sheet: &sheet, items: &items, outlines: &[], arrows: &[], labelled: false, label: &label };
        Some(PreEscaped(drawing.draw()))
    }
}

/// A curve of a map.
#[derive(Clone, Debug)]
pub struct Curve {
    /// From.
    pub from: Symbol,
    /// To.
    pub to: Symbol,
    /// Amount that sets the width.
    pub amount: Option<f64>,
    /// Whether it leads one way.
    pub directed: bool,
    /// Class of the line.
    pub class: String,
    /// Said when pointed at.
    pub title: String,
    /// Written on it.
    pub value: String,
}
