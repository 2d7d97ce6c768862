//! Charts: sparklines, small multiples of lines, bars; each picture of a statistic in a file of its own.

pub mod lorenz;
pub mod people;
pub mod ranks;
pub mod scatter;
pub mod strips;
pub mod timeline;
pub mod trend;
pub mod waterfall;

use crate::svg::{Area, Svg, decimals, number, text_width};

/// A value of a line; `None` = missing, the line is broken there.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Dot {
    /// Position in time (years).
    pub x: f64,
    /// Value.
    pub y: Option<f64>,
    /// Estimated, provisional or unverified: drawn hollow.
    pub weak: bool,
}

/// A line of a chart.
#[derive(Clone, Debug)]
pub struct Track {
    /// Name, written at its end or over its panel.
    pub name: String,
    /// Its values by time.
    pub dots: Vec<Dot>,
}

/// Values at round steps that cover a range, at most `count` + 1 of them.
pub fn ticks(low: f64, high: f64, count: usize) -> Vec<f64> {
    if !(low.is_finite() && high.is_finite()) || count == 0 {
        return Vec::new();
    }
    let span = if high > low { high - low } else { high.abs().max(1.0) };
    let rough = span / count as f64;
    let magnitude = 10f64.powf(rough.log10().floor());
    let step = [1.0, 2.0, 2.5, 5.0, 10.0].iter().map(|m| m * magnitude).find(|s| *s >= rough * 0.999).unwrap_or(rough);
    let first = (low / step).ceil() as i64;
    (0..=count as i64).map(|i| (first + i) as f64 * step).filter(|v| *v <= high + step * 1e-9).collect()
}

/// Extent of the values of lines: from zero when they come near it, with room at the top.
pub fn extent(tracks: &[Track]) -> Option<(f64, f64)> {
    let values = || tracks.iter().flat_map(|track| track.dots.iter().filter_map(|dot| dot.y)).filter(|v| v.is_finite());
    let low = values().fold(f64::INFINITY, f64::min);
    let high = values().fold(f64::NEG_INFINITY, f64::max);
    if low > high {
        return None;
    }
    let span = high - low;
    let low = if low >= 0.0 && (low <= span * 1.2 || span == 0.0) { 0.0 } else { low - span * 0.06 };
    let high = if high <= 0.0 && -high <= span * 1.2 { 0.0 } else { high + (high - low) * 0.06 };
    Some(if high > low { (low, high) } else { (low - 1.0, high + 1.0) })
}

struct Plane {
    area: Area,
    x: (f64, f64),
    y: (f64, f64),
}

impl Plane {
    fn at(&self, x: f64, y: f64) -> (f64, f64) {
        let share = |v: f64, (low, high): (f64, f64)| if high > low { (v - low) / (high - low) } else { 0.5 };
        (
            self.area.left + share(x, self.x) * (self.area.right - self.area.left),
            self.area.bottom - share(y, self.y) * (self.area.bottom - self.area.top),
        )
    }

    fn line(&self, track: &Track) -> String {
        let mut path = String::new();
        let mut pen = 'M';
        for dot in &track.dots {
            match dot.y {
                Some(y) => {
                    let (x, y) = self.at(dot.x, y);
                    path.push_str(&format!("{pen}{} {}", number(x), number(y)));
                    pen = 'L';
                }
                None => pen = 'M',
            }
        }
        path
    }
}

fn times(tracks: &[Track]) -> (f64, f64) {
    let all = || tracks.iter().flat_map(|track| track.dots.iter().map(|dot| dot.x));
    (all().fold(f64::INFINITY, f64::min), all().fold(f64::NEG_INFINITY, f64::max))
}

/// A sparkline without axes, its last value marked; decoration beside the figures, hidden from screen readers.
///
/// Empty when fewer than two values are held.
pub fn sparkline(track: &Track) -> String {
    let held: Vec<&Dot> = track.dots.iter().filter(|dot| dot.y.is_some()).collect();
    let (Some(last), true) = (held.last(), held.len() > 1) else { return String::new() };
    let tracks = std::slice::from_ref(track);
    let low = held.iter().filter_map(|dot| dot.y).fold(f64::INFINITY, f64::min);
    let high = held.iter().filter_map(|dot| dot.y).fold(f64::NEG_INFINITY, f64::max);
    let plane = Plane {
        area: Area { left: 4.0, top: 6.0, right: 140.0, bottom: 29.0 },
        x: times(tracks),
        y: if high > low { (low, high) } else { (low - 1.0, high + 1.0) },
    };
    let mut svg = Svg::new();
    svg.path(&plane.line(track), "trend");
    let (x, y) = plane.at(last.x, last.y.unwrap_or(0.0));
    svg.circle(x, y, 2.8, if last.weak { "end weak" } else { "end" });
    svg.finish((0.0, 0.0, 150.0, 34.0), &[("class", "spark"), ("aria-hidden", "true")])
}

/// What a line chart says besides its lines.
#[derive(Clone, Debug, Default)]
pub struct Frame<'a> {
    /// What a screen reader says.
    pub label: &'a str,
    /// Width and height, drawing units.
    pub size: (f64, f64),
    /// Range of values shared by the panels.
    pub y: (f64, f64),
    /// Range of time shared by the panels.
    pub x: (f64, f64),
    /// Whether the scale is written on the left.
    pub scaled: bool,
    /// A level that matters (a target), with its name.
    pub level: Option<(f64, &'a str)>,
}

/// Range of time of lines.
pub fn time_range(tracks: &[Track]) -> (f64, f64) {
    let (low, high) = times(tracks);
    if low < high { (low, high) } else { (low - 1.0, low + 1.0) }
}

/// A panel: the line at `mine` in full, the others faint behind it; its last value written at its end.
///
/// `show` writes a value for people; ticks are written by it too.
pub fn panel(tracks: &[Track], mine: usize, frame: &Frame<'_>, show: &dyn Fn(f64) -> String) -> String {
    let Some(own) = tracks.get(mine) else { return String::new() };
    let end_text = own.dots.iter().rev().find_map(|dot| dot.y).map(show).unwrap_or_default();
    let right = frame.size.0 - (text_width(&end_text, 12.0) + 10.0).max(16.0);
    let marks = ticks(frame.y.0, frame.y.1, 3);
    let widest = marks.iter().map(|v| text_width(&show(*v), 11.0)).fold(0.0, f64::max);
    let left = if frame.scaled { widest + 8.0 } else { 4.0 };
    let plane = Plane {
        area: Area { left, top: 10.0, right: right.max(left + 20.0), bottom: frame.size.1 - 20.0 },
        x: frame.x,
        y: frame.y,
    };
    let mut svg = Svg::new();
    axes(&mut svg, &plane, &marks, frame, show);
    for (at, track) in tracks.iter().enumerate() {
        if at != mine {
            svg.path(&plane.line(track), "other");
        }
    }
    svg.path(&plane.line(own), "trend");
    ends(&mut svg, &plane, own);
    if let Some((x, y)) = last(own) {
        let (x, y) = plane.at(x, y);
        svg.text(x + 6.0, (y + 4.0).clamp(12.0, frame.size.1 - 22.0), "endv", &end_text);
    }
    svg.finish(
        (0.0, 0.0, frame.size.0, frame.size.1),
        &[("class", "panel"), ("role", "img"), ("aria-label", frame.label)],
    )
}

fn last(track: &Track) -> Option<(f64, f64)> {
    track.dots.iter().rev().find_map(|dot| dot.y.map(|y| (dot.x, y)))
}

fn ends(svg: &mut Svg, plane: &Plane, track: &Track) {
    for (at, dot) in track.dots.iter().enumerate() {
        let Some(y) = dot.y else { continue };
        let held = |i: Option<usize>| i.and_then(|i| track.dots.get(i)).is_some_and(|dot| dot.y.is_some());
        let lonely = !held(at.checked_sub(1)) && !held(Some(at + 1));
        let is_last = last(track).is_some_and(|(x, _)| x == dot.x);
        let (x, y) = plane.at(dot.x, y);
        if dot.weak {
            svg.circle(x, y, 2.6, "end weak");
        } else if is_last || lonely {
            svg.circle(x, y, 2.8, "end");
        }
    }
}

fn axes(svg: &mut Svg, plane: &Plane, marks: &[f64], frame: &Frame<'_>, show: &dyn Fn(f64) -> String) {
    for value in marks {
        let (_, y) = plane.at(0.0, *value);
        svg.line((plane.area.left, y), (plane.area.right, y), if *value == 0.0 { "zero" } else { "grid" });
        if frame.scaled {
            svg.text(plane.area.left - 5.0, y + 4.0, "tick end-anchor", &show(*value));
        }
    }
    if let Some((value, name)) = frame.level
        && value >= plane.y.0
        && value <= plane.y.1
    {
        let (_, y) = plane.at(0.0, value);
        svg.line((plane.area.left, y), (plane.area.right, y), "level");
        svg.text(plane.area.left + 2.0, y - 4.0, "tick", name);
    }
    let year = |x: f64| decimals(x.floor(), 0);
    let (from, to) = frame.x;
    let y = plane.area.bottom + 14.0;
    svg.text(plane.at(from, plane.y.0).0, y, "tick", &year(from));
    if to.floor() > from.floor() {
        svg.text(plane.at(to, plane.y.0).0, y, "tick end-anchor", &year(to));
    }
}

/// One chart with a few lines, each named at its end; names keep clear of each other.
pub fn lines(tracks: &[Track], frame: &Frame<'_>, show: &dyn Fn(f64) -> String) -> String {
    let names: Vec<String> = tracks
        .iter()
        .map(|track| last(track).map_or_else(|| track.name.clone(), |(_, y)| format!("{} {}", track.name, show(y))))
        .collect();
    let widest = names.iter().map(|name| text_width(name, 12.0)).fold(0.0, f64::max);
    let marks = ticks(frame.y.0, frame.y.1, 4);
    let scale = marks.iter().map(|v| text_width(&show(*v), 11.0)).fold(0.0, f64::max) + 8.0;
    let right = (frame.size.0 - widest - 12.0).max(frame.size.0 * 0.45);
    let plane =
        Plane { area: Area { left: scale, top: 10.0, right, bottom: frame.size.1 - 20.0 }, x: frame.x, y: frame.y };
    let mut svg = Svg::new();
    axes(&mut svg, &plane, &marks, &Frame { scaled: true, ..frame.clone() }, show);
    let mut labels: Vec<(f64, usize)> = Vec::new();
    for (at, track) in tracks.iter().enumerate() {
        svg.path(&plane.line(track), &format!("trend t{}", at % 6));
        ends(&mut svg, &plane, track);
        if let Some((x, y)) = last(track) {
            labels.push((plane.at(x, y).1, at));
        }
    }
    labels.sort_by(|a, b| a.0.total_cmp(&b.0).then(a.1.cmp(&b.1)));
    for (y, at) in spread_apart(&labels, 15.0, 10.0, frame.size.1 - 22.0) {
        svg.text(right + 7.0, y + 4.0, &format!("endv e{}", at % 6), &names[at]);
    }
    svg.finish(
        (0.0, 0.0, frame.size.0, frame.size.1),
        &[("class", "lines"), ("role", "img"), ("aria-label", frame.label)],
    )
}

/// Moves labels apart to at least `step`, keeping their order and the range.
fn spread_apart(labels: &[(f64, usize)], step: f64, low: f64, high: f64) -> Vec<(f64, usize)> {
    let mut out = labels.to_vec();
    for at in 0..out.len() {
        let least = if at == 0 { low } else { out[at - 1].0 + step };
        out[at].0 = out[at].0.max(least);
    }
    for at in (0..out.len()).rev() {
        let most = if at + 1 == out.len() { high } else { out[at + 1].0 - step };
        out[at].0 = out[at].0.min(most);
    }
    out
}

/// A bar within the range of a column of bars, for tables: decoration beside the figure.
pub fn bar(value: Option<f64>, (low, high): (f64, f64), class: &str) -> String {
    let Some(value) = value.filter(|v| v.is_finite() && high > low) else { return String::new() };
    let at = |v: f64| ((v - low) / (high - low)).clamp(0.0, 1.0) * 120.0;
    let (from, to) = (at(0.0_f64.clamp(low, high)), at(value));
    let mut svg = Svg::new();
    svg.rect(from.min(to), 2.0, (to - from).abs().max(1.0), 10.0, class);
    svg.finish((0.0, 0.0, 120.0, 14.0), &[("class", "bar"), ("aria-hidden", "true"), ("preserveAspectRatio", "none")])
}

/// Progress of a target: baseline, latest and wanted value on one line; decoration beside the figures.
pub fn progress(baseline: Option<f64>, latest: Option<f64>, wanted: f64, class: &str) -> String {
    let values: Vec<f64> = baseline.into_iter().chain(latest).chain([wanted]).filter(|v| v.is_finite()).collect();
    let low = values.iter().copied().fold(f64::INFINITY, f64::min);
    let high = values.iter().copied().fold(f64::NEG_INFINITY, f64::max);
    if !(wanted.is_finite() && high > low) {
        return String::new();
    }
    let at = |v: f64| 8.0 + (v - low) / (high - low) * 134.0;
    let mut svg = Svg::new();
    svg.line((8.0, 12.0), (142.0, 12.0), "rail");
    if let (Some(from), Some(to)) = (baseline, latest) {
        svg.line((at(from), 12.0), (at(to), 12.0), &format!("run {class}"));
    }
    if let Some(from) = baseline {
        svg.line((at(from), 7.0), (at(from), 17.0), "start");
    }
    svg.line((at(wanted), 3.0), (at(wanted), 21.0), "goal");
    if let Some(latest) = latest {
        svg.circle(at(latest), 12.0, 4.5, &format!("now {class}"));
    }
    svg.finish((0.0, 0.0, 150.0, 24.0), &[("class", "progress"), ("aria-hidden", "true")])
}

#[cfg(test)]
mod tests {
    use super::*;

    fn track(values: &[Option<f64>]) -> Track {
        let dots = values.iter().enumerate().map(|(i, y)| Dot { x: 2013.0 + i as f64, y: *y, weak: false });
        Track { name: "a".into(), dots: dots.collect() }
    }

    #[test]
    fn ticks_are_round() {
        assert_eq!(ticks(0.0, 10.0, 4), [0.0, 2.5, 5.0, 7.5, 10.0]);
        assert_eq!(ticks(93.0, 147.0, 3), [100.0, 120.0, 140.0]);
        assert!(ticks(5.0, 5.0, 3).len() <= 4);
        assert!(ticks(f64::NAN, 1.0, 3).is_empty());
    }

    #[test]
    fn a_missing_value_breaks_the_line() {
        let text = panel(
            &[track(&[Some(1.0), None, Some(3.0), Some(4.0)])],
            0,
            &Frame { label: "x", size: (200.0, 100.0), y: (0.0, 5.0), x: (2013.0, 2016.0), scaled: true, level: None },
            &|v| format!("{v}"),
        );
        let path = text.split("class=\"trend\"").next().and_then(|t| t.rsplit("d=\"").next()).unwrap();
        assert_eq!(path.matches('M').count(), 2);
        assert_eq!(sparkline(&track(&[Some(1.0), None])), "");
    }

    #[test]
    fn names_at_line_ends_keep_apart() {
        let out = spread_apart(&[(10.0, 0), (11.0, 1), (95.0, 2), (96.0, 3)], 15.0, 10.0, 100.0);
        assert!(out.windows(2).all(|w| w[1].0 - w[0].0 >= 15.0 - 1e-9), "{out:?}");
        assert!(out[3].0 <= 100.0);
    }
}
