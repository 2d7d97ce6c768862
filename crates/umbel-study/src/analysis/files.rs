//! The sample of an analysis from a plain file.

use super::sample::{Column, Labels, Numbers, Sample};
use super::space::Space;
use super::{Holds, Over, Wanted};
use crate::parameters::Periods;
use crate::suggest::nearest;
use rustc_hash::{FxHashMap, FxHashSet};
use std::collections::hash_map::Entry;
use umbel_core::{Finding, Location, Period, code};
use umbel_table::import::features::Geometry;
use umbel_table::import::plain::Plain;

/// How a file is laid out.
#[derive(Clone, Debug, Default)]
pub struct Layout {
    /// Column with the ids of the places; found by its name when not given, else the number of the row is the id.
    pub id: Option<String>,
    /// Column with the periods of a panel; found by its name when not given.
    pub time: Option<String>,
    /// The periods analysed, as the column of periods writes them, or an interval (`2013/2022`); empty for all.
    pub periods: Vec<String>,
    /// Columns with the coordinates of points.
    pub coordinates: Option<(String, String)>,
    /// The columns of a wide panel. Without a column of periods each column is a period and each row a place; with one
    /// each column is a place and each row a period.
    pub wide: Vec<String>,
    /// Column of groups, for weights between places of one group.
    pub groups: Option<String>,
}

/// Names under which ids stand in most files, in the order in which they are looked for.
pub(crate) const IDS: &[&str] = &["id", "place_id", "place", "ID", "Id", "GEOID", "unit", "code"];
/// Likewise for periods.
const TIMES: &[&str] = &["period", "time", "year", "date", "Year", "YEAR", "month"];

/// The sample that an analysis of this span reads from a file.
///
/// # Errors
/// Everything that is wrong: unknown columns, cells that are no numbers, places that are there twice.
pub fn sample(plain: &Plain, wanted: &[Wanted], over: Over, layout: &Layout) -> Result<Sample, Vec<Finding>> {
    let rows = (0..plain.rows()).collect();
    let mut reader = Reader { plain, rows, findings: plain.findings().cloned().collect() };
    if !reader.findings.is_empty() {
        return Err(reader.findings);
    }
    if !layout.periods.is_empty() {
        reader.keep(layout);
    }
    let sample = reader.sample(wanted, over, layout);
    if reader.findings.is_empty() { Ok(sample) } else { Err(reader.findings) }
}

struct Reader<'a> {
    plain: &'a Plain,
    /// The rows of the file that are read.
    rows: Vec<usize>,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn column(&mut self, name: &str, asked_by: &str) -> Option<usize> {
        let found = self.plain.column(name);
        if found.is_none() {
            let fix = match nearest(name, self.plain.columns()) {
                Some(near) => format!("Did you mean \"{near}\"?"),
                None => format!("Its columns are {}.", self.plain.columns().collect::<Vec<_>>().join(", ")),
            };
            let message = format!("there is no column \"{name}\" ({asked_by})");
            let finding = Finding::new(&code::F004, self.plain.header_location(0), message, fix);
            self.findings.push(finding);
        }
        found
    }

    fn numbers(&mut self, column: usize) -> Vec<Option<f64>> {
        match self.plain.numbers(column) {
            Ok(all) if all.len() == self.rows.len() => all,
            Ok(all) => self.rows.iter().map(|&row| all[row]).collect(),
            Err(findings) => {
                self.findings.extend(findings);
                vec![None; self.rows.len()]
            }
        }
    }

    /// Text of a cell of a row that is read.
    fn text(&self, row: usize, column: usize) -> &str {
        self.plain.text(self.rows[row], column)
    }

    fn location(&self, row: usize, column: usize) -> Location {
        self.plain.location(self.rows[row], column)
    }

    fn words(&self, column: usize) -> Labels {
        let mut labels = Labels::default();
        (0..self.rows.len()).for_each(|row| labels.push(self.text(row, column)));
        labels
    }

    /// The first column of the file under one of some names.
    fn known(&self, names: &[&str]) -> Option<usize> {
        names.iter().find_map(|name| self.plain.column(name))
    }

    /// Keeps the rows of the periods named.
    fn keep(&mut self, layout: &Layout) {
        let time = match &layout.time {
            Some(name) => self.column(name, "--time"),
            None => self.known(TIMES),
        };
        let Some(time) = time else {
            if layout.time.is_none() {
                let message = "no column is known to hold periods (--periods)".to_owned();
                let fix = "name it with --time".to_owned();
                self.findings.push(Finding::new(&code::F004, self.plain.header_location(0), message, fix));
            }
            return;
        };
        let named = |period: &String| match Period::parse(period).filter(|period| period.is_interval()) {
            Some(interval) => Periods::One(interval).list().iter().map(ToString::to_string).collect(),
            None => vec![period.clone()],
        };
        let wanted: FxHashSet<String> = layout.periods.iter().flat_map(named).collect();
        let kept: Vec<usize> =
            (0..self.plain.rows()).filter(|&row| wanted.contains(self.plain.text(row, time))).collect();
        if kept.is_empty() {
            let held = self.words(time).words;
            let period = layout.periods.join(", ");
            let fix = match nearest(&period, held.iter().map(String::as_str)) {
                Some(near) => format!("Did you mean \"{near}\"?"),
                None => format!("Its first periods are {}.", held[..held.len().min(8)].join(", ")),
            };
            let message = format!("no row has the period \"{period}\" in the column {}", self.plain.name(time));
            self.findings.push(Finding::new(&code::F015, self.plain.header_location(time), message, fix));
        }
        self.rows = kept;
    }

    fn sample(&mut self, wanted: &[Wanted], over: Over, layout: &Layout) -> Sample {
        let rows = self.rows.len();
        let (usual_id, usual_time) = (self.known(IDS), self.known(TIMES));
        let id = match &layout.id {
            Some(name) => self.column(name, "--id"),
            None => usual_id,
        };
        let wide = !layout.wide.is_empty();
        let time = match &layout.time {
            Some(name) => self.column(name, "--time"),
            None => usual_time
                .filter(|column| over == Over::Panel && !layout.wide.iter().any(|w| w == self.plain.name(*column))),
        };
        if let (true, Some(time)) = (wide, time) {
            return self.series_in_columns(layout, time);
        }
        if let Some(spread) = wanted.iter().find(|wanted| wanted.spread.is_some()) {
            return self.spread(spread, id, layout);
        }
        // Several indicators without a time are those of places, a row each.
        let several = wanted.iter().any(|wanted| wanted.parameter == "of.1");
        if over == Over::Panel && !wide && id.is_none() && (time.is_some() || !several) {
            return self.one_series(wanted, time);
        }
        let mut places = Labels::default();
        for row in 0..rows {
            match id.map(|column| self.text(row, column)) {
                Some("") => {
                    let at = self.location(row, id.unwrap_or(0));
                    self.findings.push(Finding::new(&code::F009, at, "the row has no id", code::F009.mend));
                    places.push(&format!("row {}", row + 1));
                }
                Some(text) => places.push(text),
                None => places.push(&(row + 1).to_string()),
            }
        }
        let mut place: Vec<u32> = places.of.iter().map(|at| at.unwrap_or(0)).collect();
        let once = over == Over::Places || wide;
        if once && places.words.len() < rows {
            if let (Some(id), true) = (id, layout.id.is_some()) {
                self.twice(&place, &places.words, id);
            }
            if layout.id.is_none() && self.findings.is_empty() {
                // The column only looked like ids.
                places = Labels::default();
                (0..rows).for_each(|row| places.push(&(row + 1).to_string()));
                place = (0..rows as u32).collect();
            }
        }
        let mut sample = Sample { places: places.words, place, ..Sample::default() };
        if wide {
            self.wide(wanted, layout, &mut sample);
        } else {
            if let (Over::Panel, Some(time)) = (over, time) {
                (sample.periods, sample.times, sample.period) = periods(&self.words(time).get_all());
            }
            self.columns(wanted, &mut sample);
        }
        if once {
            sample.space = self.space(layout);
        }
        sample
    }

    /// A file without ids is one series: its rows are its periods, in order where no column says when they are.
    fn one_series(&mut self, wanted: &[Wanted], time: Option<usize>) -> Sample {
        let rows = self.rows.len();
        let (names, times, period) = match time {
            Some(time) => periods(&self.words(time).get_all()),
            None => {
                let numbers = (1..=rows).map(|row| row.to_string()).collect();
                (numbers, (0..rows).map(|row| row as f64).collect(), (0..rows as u32).collect())
            }
        };
        let mut sample = Sample {
            places: vec!["series".to_owned()],
            place: vec![0; rows],
            periods: names,
            times,
            period,
            ..Sample::default()
        };
        self.columns(wanted, &mut sample);
        sample
    }

    /// A file with a column of periods and a column for each place.
    fn series_in_columns(&mut self, layout: &Layout, time: usize) -> Sample {
        let (names, times, period) = periods(&self.words(time).get_all());
        let mut sample = Sample { places: layout.wide.clone(), periods: names, times, ..Sample::default() };
        let mut of = Numbers::default();
        for (place, name) in layout.wide.iter().enumerate() {
            let Some(column) = self.column(name, "--values") else { continue };
            for (row, value) in self.numbers(column).into_iter().enumerate() {
                sample.place.push(place as u32);
                sample.period.push(period[row]);
                of.push(value);
            }
        }
        sample.columns.push(("of".to_owned(), Column::Numbers(of)));
        sample
    }

    /// Reads the columns wanted, row by row.
    fn columns(&mut self, wanted: &[Wanted], sample: &mut Sample) {
        for wanted in wanted {
            let Some(column) = self.column(&wanted.name, &asked_by(&wanted.parameter)) else { continue };
            let read = match wanted.holds {
                Holds::Numbers => Column::Numbers(self.numbers(column).into_iter().collect()),
                Holds::Labels => Column::Labels(self.words(column)),
            };
            sample.columns.push((wanted.parameter.clone(), read));
        }
    }

    /// A file with a row for every place and code of a dimension: a column for each code.
    fn spread(&mut self, wanted: &Wanted, id: Option<usize>, layout: &Layout) -> Sample {
        let dimension = wanted.spread.as_deref().unwrap_or_default();
        let of = self.column(&wanted.name, &asked_by(&wanted.parameter));
        let codes = self.column(dimension, "--breakdown");
        if id.is_none() && layout.id.is_none() {
            let message = "no column is known to hold the ids of the places".to_owned();
            let fix = "name it with --id".to_owned();
            self.findings.push(Finding::new(&code::F004, self.plain.header_location(0), message, fix));
        }
        let (Some(of), Some(codes), Some(id)) = (of, codes, id) else { return Sample::default() };
        let (places, parts, values) = (self.words(id), self.words(codes), self.numbers(of));
        let mut cells = vec![vec![None; places.words.len()]; parts.words.len()];
        let mut key = Vec::with_capacity(values.len());
        for (row, &value) in values.iter().enumerate() {
            for (column, cell) in [(id, places.of[row]), (codes, parts.of[row])] {
                if cell.is_none() {
                    let message = format!("{} is empty", self.plain.name(column));
                    self.findings.push(Finding::new(&code::F009, self.location(row, column), message, code::F009.mend));
                }
            }
            let (Some(place), Some(part)) = (places.of[row], parts.of[row]) else { continue };
            cells[part as usize][place as usize] = value;
            key.push(place * parts.words.len() as u32 + part);
        }
        if self.findings.is_empty() {
            let mut names = Vec::with_capacity(places.words.len() * parts.words.len());
            for place in &places.words {
                names.extend(parts.words.iter().map(|part| format!("{place}, {part}")));
            }
            self.twice(&key, &names, id);
        }
        let columns = cells
            .into_iter()
            .enumerate()
            .map(|(at, cells)| (format!("{}.{at}", wanted.parameter), Column::Numbers(cells.into_iter().collect())));
        Sample {
            place: (0..places.words.len() as u32).collect(),
            places: places.words,
            columns: columns.collect(),
            parts: parts.words,
            ..Sample::default()
        }
    }

    /// A finding for rows that repeat a key that only one may have, with the first of them; it says how to choose a
    /// period where the file is a panel.
    fn twice(&mut self, key: &[u32], names: &[String], id: usize) {
        let mut first: FxHashMap<u32, usize> = FxHashMap::default();
        let again: Vec<(usize, usize)> = (key.iter().enumerate())
            .filter_map(|(row, &at)| match first.entry(at) {
                Entry::Occupied(before) => Some((row, *before.get())),
                Entry::Vacant(free) => {
                    free.insert(row);
                    None
                }
            })
            .collect();
        let Some(&(row, _)) = again.first() else { return };
        let line = |row: usize| self.location(row, id).line;
        let shown: Vec<String> = (again.iter().take(3))
            .map(|&(row, before)| {
                format!("{} in line {} (first in line {})", names[key[row] as usize], line(row), line(before))
            })
            .collect();
        let message = match again.len() {
            1 => format!("a place is there twice: {}", shown.join("")),
            n => format!("{n} rows are of a place that is there already: {}", shown.join("; ")),
        };
        let fix = match self.periods_beside(key) {
            Some(column) => {
                let last = self.plain.text(self.rows[self.rows.len() - 1], column);
                let name = self.plain.name(column);
                let time = if TIMES.contains(&name) { String::new() } else { format!("--time {name} ") };
                format!("the column {name} tells them apart: choose one period, such as {time}--periods {last}")
            }
            None => "remove one of the rows, or name the column that tells them apart".to_owned(),
        };
        self.findings.push(Finding::new(&code::R001, self.location(row, id), message, fix));
    }

    /// The column that holds periods and tells rows of one key apart, if there is one.
    fn periods_beside(&self, key: &[u32]) -> Option<usize> {
        let usual = TIMES.iter().filter_map(|name| self.plain.column(name));
        let others = 0..self.plain.columns().count();
        usual.chain(others).find(|&column| {
            let mut seen = FxHashSet::default();
            key.iter().enumerate().all(|(row, &key)| {
                let text = self.text(row, column);
                (TIMES.contains(&self.plain.name(column)) || Period::parse(text).is_some()) && seen.insert((key, text))
            })
        })
    }

    /// A panel whose periods are columns.
    fn wide(&mut self, wanted: &[Wanted], layout: &Layout, sample: &mut Sample) {
        let rows = self.rows.len();
        let columns: Vec<usize> = layout.wide.iter().filter_map(|name| self.column(name, "--values")).collect();
        let (names, times, order) = periods(&layout.wide);
        let mut values: Vec<Vec<Option<f64>>> = columns.iter().map(|&column| self.numbers(column)).collect();
        if columns.len() < layout.wide.len() {
            return;
        }
        let number = layout.wide.len();
        let places = std::mem::take(&mut sample.place);
        let mut of = Numbers::default();
        for (row, &place) in places.iter().enumerate() {
            for (at, values) in values.iter_mut().enumerate() {
                sample.place.push(place);
                sample.period.push(order[at]);
                of.push(values[row]);
            }
        }
        (sample.periods, sample.times) = (names, times);
        for wanted in wanted {
            if wanted.parameter == "of" {
                sample.columns.push(("of".to_owned(), Column::Numbers(of.clone())));
                continue;
            }
            let Some(column) = self.column(&wanted.name, &asked_by(&wanted.parameter)) else { continue };
            // A further column says the same of a place in every period.
            let read = match wanted.holds {
                Holds::Numbers => {
                    let cells = self.numbers(column);
                    Column::Numbers((0..rows * number).map(|at| cells[at / number]).collect())
                }
                Holds::Labels => {
                    let mut labels = Labels::default();
                    (0..rows * number).for_each(|at| labels.push(self.text(at / number, column)));
                    Column::Labels(labels)
                }
            };
            sample.columns.push((wanted.parameter.clone(), read));
        }
    }

    fn space(&mut self, layout: &Layout) -> Space {
        let mut space = Space::default();
        if self.plain.has_geometry() {
            for &row in &self.rows {
                let (boundary, point) = match self.plain.geometry(row) {
                    Some(Geometry::Polygons(polygons)) => (Some(polygons.clone()), None),
                    Some(Geometry::Point(x, y)) => (None, Some([*x, *y])),
                    None => (None, None),
                };
                space.boundaries.push(boundary);
                space.points.push(point);
            }
        }
        if let Some((x, y)) = &layout.coordinates {
            let columns = (self.column(x, "coordinates"), self.column(y, "coordinates"));
            if let (Some(x), Some(y)) = columns {
                let (x, y) = (self.numbers(x), self.numbers(y));
                space.points = x.into_iter().zip(y).map(|(x, y)| Some([x?, y?])).collect();
            }
        }
        if let Some(groups) = &layout.groups
            && let Some(column) = self.column(groups, "groups of the weights")
        {
            space.groups = Some(self.words(column).of);
        }
        space
    }
}

impl Labels {
    /// The word of every row, empty where there is none.
    fn get_all(&self) -> Vec<String> {
        (0..self.of.len()).map(|row| self.get(row).unwrap_or_default().to_owned()).collect()
    }
}

fn asked_by(parameter: &str) -> String {
    format!("--{}", parameter.split('.').next().unwrap_or(parameter).replace('_', "-"))
}

/// Distinct periods in order, when they are, and the number of that of each entry. Periods and numbers are put in order
/// of time; other words keep the order in which they occur and are one apart.
fn periods(words: &[String]) -> (Vec<String>, Vec<f64>, Vec<u32>) {
    let time = |word: &str| -> Option<f64> {
        let digits: String = word.chars().skip_while(|c| c.is_ascii_alphabetic()).collect();
        let period = Period::parse(word).or_else(|| Period::parse(&digits).filter(|_| digits.len() == 4));
        period.map(super::samples::time).or_else(|| umbel_table::parse_number(word))
    };
    let mut labels = Labels::default();
    words.iter().for_each(|word| labels.push(if word.is_empty() { "?" } else { word }));
    let times: Option<Vec<f64>> = labels.words.iter().map(|word| time(word)).collect();
    let times = times.unwrap_or_else(|| (0..labels.words.len()).map(|at| at as f64).collect());
    let mut order: Vec<usize> = (0..labels.words.len()).collect();
    order.sort_by(|&a, &b| times[a].total_cmp(&times[b]).then(a.cmp(&b)));
    let mut place = vec![0_u32; order.len()];
    order.iter().enumerate().for_each(|(new, &old)| place[old] = new as u32);
    (
        order.iter().map(|&old| labels.words[old].clone()).collect(),
        order.iter().map(|&old| times[old]).collect(),
        labels.of.iter().map(|at| place[at.unwrap_or(0) as usize]).collect(),
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use umbel_table::import::Reading;

    fn read(text: &str, over: Over, layout: &Layout) -> Result<Sample, Vec<Finding>> {
        read_as(text, &[Wanted::numbers("of", "y")], over, layout)
    }

    fn read_as(text: &str, wanted: &[Wanted], over: Over, layout: &Layout) -> Result<Sample, Vec<Finding>> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join("a.csv");
        std::fs::write(&path, text).expect("written");
        let plain = Plain::read(&path, &Reading::default()).expect("read");
        sample(&plain, wanted, over, layout)
    }

    fn table(sample: &Sample) -> Vec<Vec<Option<f64>>> {
        sample.by_place("of").expect("a table")
    }

    #[test]
    fn a_long_panel_has_an_id_and_a_period() {
        let sample = read("id,year,y\na,2021,1\na,2020,2\nb,2020,3\n", Over::Panel, &Layout::default()).expect("read");
        assert_eq!(
            (&sample.places[..], &sample.periods[..]),
            (&["a".into(), "b".into()][..], &["2020".into(), "2021".into()][..])
        );
        assert_eq!(table(&sample), [[Some(2.0), Some(1.0)], [Some(3.0), None]]);
        assert_eq!(sample.times, [2020.0, 2021.0]);
    }

    #[test]
    fn a_wide_panel_has_periods_or_places_as_columns() {
        let wide = Layout { wide: vec!["y2020".into(), "y2021".into()], ..Layout::default() };
        let sample = read("id,y2020,y2021\na,1,2\nb,3,\n", Over::Panel, &wide).expect("read");
        assert_eq!(table(&sample), [[Some(1.0), Some(2.0)], [Some(3.0), None]]);
        assert_eq!(sample.times, [2020.0, 2021.0]);
        let columns = Layout { wide: vec!["oslo".into(), "bergen".into()], ..Layout::default() };
        let sample = read("year,oslo,bergen\n2021,1,2\n2020,3,4\n", Over::Panel, &columns).expect("read");
        assert_eq!((sample.places.join(" "), sample.periods.join(" ")), ("oslo bergen".into(), "2020 2021".into()));
        assert_eq!(table(&sample), [[Some(3.0), Some(1.0)], [Some(4.0), Some(2.0)]]);
    }

    #[test]
    fn a_file_without_ids_is_one_series_of_a_panel_and_rows_of_a_cross_section() {
        let sample = read("y\n5\n\n7\n", Over::Panel, &Layout::default()).expect("read");
        assert_eq!((sample.places.len(), table(&sample)[0].len()), (1, 2));
        let sample = read("y\n5\n6\n", Over::Places, &Layout::default()).expect("read");
        assert_eq!(sample.places, ["1", "2"]);
    }

    #[test]
    fn one_figure_is_spread_over_its_codes() {
        let text = "id,industry,y\nnorth,farm,20\nnorth,mill,10\nsouth,mill,5\n";
        let wanted = [Wanted::spread("of", "y", "industry")];
        let found = read_as(text, &wanted, Over::Places, &Layout::default()).expect("a sample");
        assert_eq!((found.places.join(" "), found.parts.join(" ")), ("north south".into(), "farm mill".into()));
        let list: Vec<Vec<_>> = found.list("of").expect("numbers").iter().map(|part| part.iter().collect()).collect();
        assert_eq!(list, [[Some(20.0), None], [Some(10.0), Some(5.0)]]);
        let wrong = |text: &str| {
            let findings = read_as(text, &wanted, Over::Places, &Layout::default()).expect_err("findings");
            findings.iter().map(|f| (f.location.line, f.code.id)).collect::<Vec<_>>()
        };
        assert_eq!(
            wrong("id,industry,y\nnorth,farm,20\nnorth,farm,10\n,mill,5\nsouth,,5\n"),
            [(4, "F009"), (5, "F009")]
        );
        assert_eq!(wrong("id,industry,y\nnorth,farm,20\nnorth,farm,10\n"), [(3, "R001")]);
        assert_eq!(wrong("name,sector,y\nnorth,farm,20\n"), [(1, "F004"), (1, "F004")]);
    }

    #[test]
    fn repeated_places_are_told_once_with_the_way_to_choose_a_period() {
        let named = |periods: &[&str]| Layout {
            id: Some("place".into()),
            periods: periods.iter().map(|period| (*period).to_owned()).collect(),
            ..Layout::default()
        };
        let panel = "place,when,y\na,2021,1\na,2022,2\nb,2021,3\nb,2022,4\n";
        let findings = read(panel, Over::Places, &named(&[])).expect_err("a finding");
        assert_eq!((findings.len(), findings[0].code.id, findings[0].location.line), (1, "R001", 3));
        assert!(
            findings[0].message.contains("2 rows") && findings[0].message.contains("b in line 5 (first in line 4)")
        );
        assert!(findings[0].fix.contains("--time when --periods 2022"), "{}", findings[0].fix);
        let chosen = Layout { time: Some("when".into()), ..named(&["2022"]) };
        assert_eq!(read(panel, Over::Places, &chosen).expect("a sample").numbers("of").expect("y").get(1), Some(4.0));
        let both = read(&panel.replace("when", "year"), Over::Panel, &named(&["2020/2021"])).expect("a panel");
        assert_eq!((table(&both), both.periods.join(" ")), (vec![vec![Some(1.0)], vec![Some(3.0)]], "2021".into()));
        let none = read(&panel.replace("when", "year"), Over::Places, &named(&["2012"])).expect_err("a finding");
        assert_eq!((none[0].code.id, none[0].location.column), ("F015", 7));
        // Where no column holds periods there is none to choose.
        let findings = read("place,y\na,1\na,2\n", Over::Places, &named(&[])).expect_err("a finding");
        assert!(!findings[0].fix.contains("--periods"), "{}", findings[0].fix);
    }

    #[test]
    fn everything_wrong_is_told_at_once() {
        let named = Layout { id: Some("place".into()), ..Layout::default() };
        let findings = read("place,y\na,1\na,x\n,2\n", Over::Places, &named).expect_err("findings");
        let mut found: Vec<_> = findings.iter().map(|f| (f.location.line, f.code.id)).collect();
        found.sort_unstable();
        assert_eq!(found, [(3, "F011"), (3, "R001"), (4, "F009")]);
        let findings = read("place,z\na,1\n", Over::Places, &named).expect_err("findings");
        assert_eq!((findings[0].code.id, findings[0].location.line), ("F004", 1));
    }
}
