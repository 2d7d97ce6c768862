//! Maps drawn on a base: choropleths and dots, arrows for flows, lines for links.

use super::arcs::Point;
use super::base::{Drawn, Sheet};
use super::labels::{self, Line, Set, Wanted, inside};
use crate::svg::{Area, Svg, number};

/// What is shown of one place of the sheet.
#[derive(Clone, Debug, Default)]
pub struct Item {
    /// Index into [`Sheet::places`].
    pub place: usize,
    /// Shade of its class; `None` = no value held.
    pub shade: Option<&'static str>,
    /// Whether the value is estimated or unverified.
    pub hatched: bool,
    /// Said when pointed at: name, value, status.
    pub title: String,
    /// Name in the language of the report.
    pub name: String,
    /// Name in another language of the region, when it differs.
    pub other: String,
    /// The value as shown.
    pub value: String,
}

/// A curve between two points of a map.
#[derive(Clone, Debug)]
pub struct Arrow {
    /// From and to, drawing units.
    pub ends: (Point, Point),
    /// Width of the line.
    pub width: f64,
    /// Class.
    pub class: String,
    /// Said when pointed at.
    pub title: String,
    /// The amount, written on the curve (empty = not written).
    pub value: String,
    /// Whether it has a head.
    pub head: bool,
}

/// A map: outlines under it, places, curves, labels.
pub struct Drawing<'a> {
    /// The sheet of the places.
    pub sheet: &'a Sheet,
    /// What is shown of them.
    pub items: &'a [Item],
    /// Sheets whose outlines are drawn over the places (parents), on the same frame.
    pub outlines: &'a [&'a Sheet],
    /// Curves.
    pub arrows: &'a [Arrow],
    /// Whether names and values are written.
    pub labelled: bool,
    /// What a screen reader says of the whole.
    pub label: &'a str,
}

fn dark(shade: &str) -> bool {
    matches!(shade, "q3" | "q4" | "n2" | "p2")
}

fn line(text: &str, size: f64, class: &'static str) -> Line {
    Line { text: text.to_owned(), size, class }
}

impl Drawing<'_> {
    /// The picture. Hatch pattern `#hatch` and the sheets' definitions must be in the page.
    pub fn draw(&self) -> String {
        let frame = self.sheet.frame;
        let mut svg = Svg::new();
        let shown =
            || self.items.iter().filter_map(|item| self.sheet.places.get(item.place).map(|place| (item, place)));
        let mut dots: Vec<Area> = Vec::new();
        for (item, place) in shown().filter(|(_, place)| !place.rings.is_empty()) {
            self.shape(&mut svg, item, place);
        }
        for outline in self.outlines {
            for place in outline.places.iter().filter(|place| !place.rings.is_empty()) {
                svg.element("use", &[("href", &outline.reference(place)), ("class", "outline")]);
            }
        }
        for (item, place) in shown().filter(|(_, place)| place.rings.is_empty()) {
            let class = format!("dot {}", item.shade.unwrap_or("nodata"));
            svg.open("g", &[]).text_element("title", &[], &item.title);
            svg.circle(place.anchor.0, place.anchor.1, 4.5, &class).close("g");
            dots.push(Area::around(place.anchor.0, place.anchor.1, 9.0, 9.0));
        }
        for arrow in self.arrows {
            curve(&mut svg, arrow);
        }
        if self.labelled {
            self.labels(&mut svg, &dots);
        }
        svg.finish(
            (0.0, 0.0, frame.width, frame.height),
            &[("class", "map"), ("role", "img"), ("aria-label", self.label)],
        )
    }

    fn shape(&self, svg: &mut Svg, item: &Item, place: &Drawn) {
        let reference = self.sheet.reference(place);
        svg.open("g", &[]).text_element("title", &[], &item.title);
        svg.element("use", &[("href", &reference), ("class", item.shade.unwrap_or("nodata"))]);
        if item.hatched && item.shade.is_some() {
            svg.element("use", &[("href", &reference), ("class", "hatched")]);
        }
        svg.close("g");
    }

    fn labels(&self, svg: &mut Svg, dots: &[Area]) {
        // Large shapes first: they have the room, and small ones then move aside to where it is left.
        let mut order: Vec<usize> =
            (0..self.items.len()).filter(|&i| self.items[i].place < self.sheet.places.len()).collect();
        let extent = |i: usize| {
            let rings = &self.sheet.places[self.items[i].place].rings;
            rings.iter().map(|ring| super::arcs::area(ring).abs()).fold(0.0, f64::max)
        };
        order.sort_by(|&a, &b| extent(b).total_cmp(&extent(a)).then(a.cmp(&b)));
        let mut wanted: Vec<Wanted> = Vec::new();
        for arrow in self.arrows.iter().filter(|arrow| !arrow.value.is_empty()) {
            wanted.push(Wanted { at: middle(arrow), forms: vec![vec![line(&arrow.value, 11.5, "mv strong")]] });
        }
        let arrows = wanted.len();
        for &i in &order {
            let (item, place) = (&self.items[i], &self.sheet.places[self.items[i].place]);
            let name = line(&item.name, 12.0, "ml");
            let value = (!item.value.is_empty()).then(|| line(&item.value, 11.0, "mv"));
            let both = line(&format!("{} {}", item.name, item.other), 12.0, "ml");
            let other = line(&item.other, 10.5, "mo");
            let mut forms: Vec<Vec<Line>> = Vec::new();
            // On a crowded map one language leaves room for the values; both stand in the tables.
            if !item.other.is_empty() && self.items.len() <= 15 {
                forms.push([both].into_iter().chain(value.clone()).collect());
                forms.push([name.clone(), other].into_iter().chain(value.clone()).collect());
            }
            if value.is_some() {
                forms.push([name.clone()].into_iter().chain(value).collect());
            }
            forms.push(vec![name]);
            let below = if place.rings.is_empty() { 15.0 } else { 0.0 };
            wanted.push(Wanted { at: (place.anchor.0, place.anchor.1 + below), forms });
        }
        let blocked: Vec<Area> = dots.to_vec();
        let set = labels::place(&wanted, self.sheet.frame.area(), &blocked, 60.0);
        for (at, (label, set)) in wanted.iter().zip(&set).enumerate() {
            let Some(set) = set else { continue };
            let own = at.checked_sub(arrows).map(|at| &self.items[order[at]]);
            let inverse = own.is_some_and(|item| {
                let place = &self.sheet.places[item.place];
                item.shade.is_some_and(dark) && !item.hatched && covered(set.area, place)
            });
            write_label(svg, label, set, inverse);
        }
    }
}

fn covered(area: Area, place: &Drawn) -> bool {
    let within = |x: f64, y: f64| place.rings.iter().any(|ring| inside((x, y), ring));
    let middle = (area.top + area.bottom) / 2.0;
    [
        (area.left, area.top),
        (area.right, area.top),
        (area.left, area.bottom),
        (area.right, area.bottom),
        (area.left, middle),
        (area.right, middle),
    ]
    .iter()
    .all(|(x, y)| within(*x, *y))
}

fn write_label(svg: &mut Svg, label: &Wanted, set: &Set, inverse: bool) {
    let form = &label.forms[set.form];
    let x = (set.area.left + set.area.right) / 2.0;
    if set.leader {
        let y = label.at.1.clamp(set.area.top, set.area.bottom);
        svg.line((label.at.0.clamp(set.area.left, set.area.right), y), label.at, "leader");
    }
    let mut y = set.area.top;
    for line in form {
        let class = if inverse { format!("{} inv", line.class) } else { line.class.to_owned() };
        svg.text(x, y + line.size * 0.93, &class, &line.text);
        y += line.size * 1.16;
    }
}

/// The control point: aside of the straight line, so that there and back are two curves.
fn control(arrow: &Arrow) -> Point {
    let (a, b) = arrow.ends;
    let (dx, dy) = (b.0 - a.0, b.1 - a.1);
    let bend = if arrow.head { 0.22 } else { 0.0 };
    ((a.0 + b.0) / 2.0 - dy * bend, (a.1 + b.1) / 2.0 + dx * bend)
}

fn middle(arrow: &Arrow) -> Point {
    let (a, b) = arrow.ends;
    let c = control(arrow);
    ((a.0 + 2.0 * c.0 + b.0) / 4.0, (a.1 + 2.0 * c.1 + b.1) / 4.0)
}

fn curve(svg: &mut Svg, arrow: &Arrow) {
    let (a, b) = arrow.ends;
    let c = control(arrow);
    let (dx, dy) = (b.0 - c.0, b.1 - c.1);
    let length = dx.hypot(dy).max(1e-9);
    let (ux, uy) = (dx / length, dy / length);
    let head = 6.0 + arrow.width * 1.5;
    let tip = if arrow.head { (b.0 - ux * 4.0, b.1 - uy * 4.0) } else { b };
    let neck = if arrow.head { (tip.0 - ux * head * 0.8, tip.1 - uy * head * 0.8) } else { b };
    let path = format!(
        "M{} {}Q{} {} {} {}",
        number(a.0),
        number(a.1),
        number(c.0),
        number(c.1),
        number(neck.0),
        number(neck.1)
    );
    svg.open("g", &[("class", &arrow.class)]);
    if !arrow.title.is_empty() {
        svg.text_element("title", &[], &arrow.title);
    }
    svg.element("path", &[("d", &path), ("class", "flow"), ("stroke-width", &number(arrow.width))]);
    if arrow.head {
        let side = head * 0.45;
        let back = (tip.0 - ux * head, tip.1 - uy * head);
        let path = format!(
            "M{} {}L{} {}L{} {}z",
            number(tip.0),
            number(tip.1),
            number(back.0 - uy * side),
            number(back.1 + ux * side),
            number(back.0 + uy * side),
            number(back.1 - ux * side)
        );
        svg.path(&path, "flow-head");
    }
    svg.close("g");
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::map::base::{Frame, Shape};

    fn sheet() -> Sheet {
        let square = |id: &str, west: f64| Shape {
            id: id.into(),
            rings: vec![vec![(west, 0.0), (west + 1.0, 0.0), (west + 1.0, 1.0), (west, 1.0)]],
            point: None,
        };
        let shapes = [square("a", 0.0), square("b", 1.0)];
        Sheet::new("s", &shapes, Frame::around(&shapes, 300.0, 1.2))
    }

    #[test]
    fn says_what_is_missing_and_what_is_estimated() {
        let sheet = sheet();
        let items = [
            Item {
                place: 0,
                shade: Some("q2"),
                hatched: true,
                title: "A: 3, estimated".into(),
                name: "A".into(),
                ..Item::default()
            },
            Item { place: 1, shade: None, title: "B: no data".into(), name: "B & C".into(), ..Item::default() },
            Item { place: 9, ..Item::default() },
        ];
        let drawing =
            Drawing { sheet: &sheet, items: &items, outlines: &[], arrows: &[], labelled: true, label: "map" };
        let text = drawing.draw();
        assert!(text.contains("class=\"hatched\"") && text.contains("class=\"nodata\"") && text.contains("B &amp; C"));
        assert_eq!(text, drawing.draw());
        assert!(sheet.definitions().contains("id=\"s-a\""));
    }

    #[test]
    fn there_and_back_are_two_curves() {
        let arrow = |ends| Arrow {
            ends,
            width: 2.0,
            class: String::new(),
            title: String::new(),
            value: String::new(),
            head: true,
        };
        let there = middle(&arrow(((0.0, 0.0), (100.0, 0.0))));
        let back = middle(&arrow(((100.0, 0.0), (0.0, 0.0))));
        assert!((there.1 - back.1).abs() > 10.0);
    }
}
