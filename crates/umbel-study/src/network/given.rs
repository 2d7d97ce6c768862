//! A matrix of travel times that is given as a file: origin, destination and time, a row each pair.

use super::points::{missing, named};
use rustc_hash::FxHashMap;
use umbel_access::Seconds;
use umbel_core::csv::{Cell, Ending, Record, Records, decode, place};
use umbel_core::{Finding, Location, code};
use umbel_table::import::Reading;
use umbel_table::import::plain::Plain;

const FROM: &[&str] = &["origin", "from", "from_id", "origin_id", "o", "i"];
const TO: &[&str] = &["destination", "to", "to_id", "destination_id", "dest", "d", "j"];
/// Names of columns of times, and the seconds of their unit.
const TIMES: &[(&str, f64)] = &[
    ("seconds", 1.0),
    ("minutes", 60.0),
    ("hours", 3600.0),
    ("p50", 1.0),
    ("travel_time_s", 1.0),
    ("travel_time_min", 60.0),
    ("travel_time", 60.0),
    ("time", 60.0),
];

/// At most so many findings are given for one fault.
const LIMIT: usize = 20;

/// Times between the places of a file; pairs that are not there, or have no time, are not reached.
#[derive(Clone, Debug, PartialEq)]
pub struct GivenTimes {
    starts: Vec<usize>,
    /// Destination and minutes as given, destinations ascending.
    pairs: Vec<(u32, f64)>,
    /// Rows whose origin or destination is in neither of the lists of places.
    pub ignored: usize,
}

impl GivenTimes {
    /// Pairs of an origin: destinations ascending, with minutes.
    pub fn from(&self, origin: usize) -> &[(u32, f64)] {
        &self.pairs[self.starts[origin]..self.starts[origin + 1]]
    }

    /// Times of an origin to so many destinations, in whole seconds.
    pub fn seconds(&self, origin: usize, destinations: usize) -> Vec<Seconds> {
        let mut row = vec![Seconds::UNREACHED; destinations];
        for &(to, minutes) in self.from(origin) {
            row[to as usize] = Seconds((minutes * 60.0).round().min(f64::from(u32::MAX - 1)) as u32);
        }
        row
    }

    /// Reads CSV or Parquet. `column` names the column of times, found by its name when not given; one whose unit its name
    /// does not tell is in minutes.
    ///
    /// # Errors
    /// Everything that is wrong: columns that are not there, cells that are no times, pairs that are there twice.
    pub fn read(
        name: &str,
        bytes: Vec<u8>,
        column: Option<&str>,
        origins: &[String],
        destinations: &[String],
    ) -> Result<GivenTimes, Vec<Finding>> {
        let mut reader = Reader::new(name, column, origins, destinations);
        reader.text(bytes);
        reader.finish()
    }

    /// As [`GivenTimes::read`], from a file that another reader has split into cells (Parquet, a workbook).
    ///
    /// # Errors
    /// As there.
    pub fn of(
        plain: &Plain,
        column: Option<&str>,
        origins: &[String],
        destinations: &[String],
    ) -> Result<GivenTimes, Vec<Finding>> {
        let mut findings: Vec<Finding> = plain.findings().cloned().collect();
        let from = named(plain, None, FROM, "origin", &mut findings);
        let to = named(plain, None, TO, "destination", &mut findings);
        let time = time_column(&plain.columns().collect::<Vec<_>>(), column);
        if time.is_none() {
            findings.push(missing(plain, column.unwrap_or("minutes"), "times"));
        }
        let (Some(from), Some(to), Some((time, scale))) = (from, to, time) else { return Err(findings) };
        let mut reader = Reader::new(plain.file(), column, origins, destinations);
        reader.findings = findings;
        for row in 0..plain.rows() {
            let at = |column: usize| plain.location(row, column);
            let cells = [plain.text(row, from), plain.text(row, to), plain.text(row, time)];
            reader.pair(cells, scale, || at(time));
        }
        reader.finish()
    }

    /// Reads a file of any kind that [`Plain`] knows; CSV the short way, for it may be long.
    ///
    /// # Errors
    /// The findings, or a sentence when the file cannot be read at all.
    pub fn open(
        path: &std::path::Path,
        column: Option<&str>,
        origins: &[String],
        destinations: &[String],
    ) -> Result<Result<GivenTimes, Vec<Finding>>, String> {
        let name = path.to_string_lossy().replace('\\', "/");
        if name.ends_with(".csv") {
            let bytes = std::fs::read(path).map_err(|error| format!("{name}: {error}"))?;
            return Ok(GivenTimes::read(&name, bytes, column, origins, destinations));
        }
        let plain = Plain::read(path, &Reading::default()).map_err(|error| error.to_string())?;
        Ok(GivenTimes::of(&plain, column, origins, destinations))
    }
}

/// Position of the column of times, and the seconds of its unit.
fn time_column(header: &[&str], given: Option<&str>) -> Option<(usize, f64)> {
    let scale =
        |name: &str| TIMES.iter().find(|known| known.0.eq_ignore_ascii_case(name)).map_or(60.0, |known| known.1);
    match given {
        Some(name) => header.iter().position(|column| *column == name).map(|at| (at, scale(name))),
        None => TIMES.iter().find_map(|&(name, scale)| {
            header.iter().position(|column| column.trim().eq_ignore_ascii_case(name)).map(|at| (at, scale))
        }),
    }
}

struct Reader<'a> {
    file: std::sync::Arc<str>,
    column: Option<&'a str>,
    from: FxHashMap<&'a str, u32>,
    to: FxHashMap<&'a str, u32>,
    pairs: Vec<(u32, u32, f64)>,
    ignored: usize,
    wrong: usize,
    findings: Vec<Finding>,
}

impl<'a> Reader<'a> {
    fn new(name: &str, column: Option<&'a str>, origins: &'a [String], destinations: &'a [String]) -> Reader<'a> {
        let numbered = |ids: &'a [String]| ids.iter().zip(0..).map(|(id, at)| (id.as_str(), at)).collect();
        Reader {
            file: name.into(),
            column,
            from: numbered(origins),
            to: numbered(destinations),
            pairs: Vec::new(),
            ignored: 0,
            wrong: 0,
            findings: Vec::new(),
        }
    }

    fn tell(&mut self, code: &'static umbel_core::Code, at: (u32, u32), message: String, fix: &str) {
        self.findings.push(Finding::new(code, Location::new(self.file.clone(), at.0, at.1), message, fix));
    }

    fn text(&mut self, bytes: Vec<u8>) {
        let decoded = decode(bytes);
        let text = decoded.text.as_str();
        if let Some(&byte) = decoded.replaced.first() {
            let at = place(text, (0, 1), byte);
            return self.tell(&code::F007, at, "the file holds bytes that are not UTF-8".to_owned(), code::F007.mend);
        }
        let body = text.len() - text.trim_start_matches('\u{feff}').len();
        let (mut records, mut cells) = (Records::new(text, body, 1), Vec::new());
        let Some(first) = records.next_into(&mut cells) else {
            return self.tell(&code::F004, (1, 1), "the file is empty".to_owned(), "write origin,destination,minutes");
        };
        let header: Vec<String> = cells.iter().map(|cell| cell.text(text).trim().to_owned()).collect();
        let names: Vec<&str> = header.iter().map(String::as_str).collect();
        let among = |known: &[&str]| {
            known.iter().find_map(|name| names.iter().position(|column| column.eq_ignore_ascii_case(name)))
        };
        let (from, to, time) = (among(FROM), among(TO), time_column(&names, self.column));
        let (Some(from), Some(to), Some((time, scale))) = (from, to, time) else {
            let lacking = match (from, to) {
                (None, _) => "origin",
                (_, None) => "destination",
                _ => self.column.unwrap_or("minutes"),
            };
            let message = format!("there is no column {lacking}; the file has {}", names.join(", "));
            return self.tell(&code::F004, (first.line, 1), message, "name the columns origin, destination, minutes");
        };
        while let Some(record) = records.next_into(&mut cells) {
            if record.ending != Ending::Clean || cells.len() != header.len() {
                self.broken(text, &record, cells.len(), header.len());
                continue;
            }
            let cell = |at: usize| cells[at].text(text);
            let where_it_stands = |cell: &Cell| place(text, (record.start, record.line), cell.opening());
            let (at, file) = (cells[time], self.file.clone());
            self.pair([&cell(from), &cell(to), &cell(time)], scale, || {
                let (line, column) = where_it_stands(&at);
                Location::new(file.clone(), line, column)
            });
        }
    }

    fn broken(&mut self, text: &str, record: &Record, cells: usize, wanted: usize) {
        self.wrong += 1;
        if self.wrong > LIMIT {
            return;
        }
        match record.ending {
            Ending::Quote(byte) => {
                let at = place(text, (record.start, record.line), byte);
                self.tell(&code::F008, at, "a quote stands where none may".to_owned(), code::F008.mend);
            }
            Ending::Clean => {
                let message = format!("the row has {cells} cells, the header {wanted}");
                self.tell(&code::F006, (record.line, 1), message, code::F006.mend);
            }
        }
    }

    fn pair(&mut self, [from, to, time]: [&str; 3], scale: f64, at: impl Fn() -> Location) {
        let (Some(&from), Some(&to)) = (self.from.get(from), self.to.get(to)) else {
            self.ignored += 1;
            return;
        };
        if time.is_empty() || matches!(time, "NA" | "NaN" | "nan") {
            return;
        }
        match umbel_table::parse_number(time).filter(|time| *time >= 0.0) {
            Some(time) => self.pairs.push((from, to, if scale == 60.0 { time } else { time * scale / 60.0 })),
            None => {
                self.wrong += 1;
                if self.wrong <= LIMIT {
                    let message = format!("\"{time}\" is no time: a number of 0 or more, or nothing");
                    self.findings.push(Finding::new(&code::F011, at(), message, code::F011.mend));
                }
            }
        }
    }

    fn finish(mut self) -> Result<GivenTimes, Vec<Finding>> {
        self.pairs.sort_unstable_by_key(|pair| (pair.0, pair.1));
        let twice: Vec<(u32, u32)> = {
            let same = self.pairs.windows(2).filter(|two| (two[0].0, two[0].1) == (two[1].0, two[1].1));
            same.map(|two| (two[0].0, two[0].1)).take(LIMIT).collect()
        };
        for (from, to) in twice {
            let name = |ids: &FxHashMap<&str, u32>, at: u32| {
                ids.iter().find(|entry| *entry.1 == at).map_or_else(String::new, |entry| (*entry.0).to_owned())
            };
            let message = format!("the pair {} to {} is there twice", name(&self.from, from), name(&self.to, to));
            self.tell(&code::R001, (0, 0), message, "remove one of the two rows");
        }
        if self.pairs.is_empty() && self.findings.is_empty() {
            let message = format!("none of its {} rows is between the places given", self.ignored);
            self.tell(&code::R002, (0, 0), message, "use the ids of the origins and destinations");
        }
        if !self.findings.is_empty() {
            return Err(self.findings);
        }
        let mut starts = vec![0; self.from.len() + 1];
        self.pairs.iter().for_each(|pair| starts[pair.0 as usize + 1] += 1);
        for at in 0..self.from.len() {
            starts[at + 1] += starts[at];
        }
        let pairs = self.pairs.into_iter().map(|(_, to, minutes)| (to, minutes)).collect();
        Ok(GivenTimes { starts, pairs, ignored: self.ignored })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn ids(all: &str) -> Vec<String> {
        all.split_whitespace().map(str::to_owned).collect()
    }

    fn read(text: &str) -> Result<GivenTimes, Vec<(&'static str, u32, u32)>> {
        let (from, to) = (ids("a b"), ids("b c"));
        GivenTimes::read("m.csv", text.as_bytes().to_vec(), None, &from, &to)
            .map_err(|found| found.iter().map(|f| (f.code.id, f.location.line, f.location.column)).collect())
    }

    #[test]
    fn pairs_are_put_in_order_and_units_are_known_by_name() {
        let times = read("destination,origin,seconds\nc,a,90\nb,a,30\nb,b,\nx,a,5\n").expect("times");
        assert_eq!((times.from(0), times.from(1), times.ignored), (&[(0, 0.5), (1, 1.5)][..], &[][..], 1));
        assert_eq!(times.seconds(0, 2), [Seconds(30), Seconds(90)]);
        let minutes = read("from,to,minutes\na,c,12.5\nb,b,NA\n").expect("times");
        assert_eq!(minutes.seconds(0, 2), [Seconds::UNREACHED, Seconds(750)]);
    }

    #[test]
    fn what_is_wrong_is_told_where_it_stands() {
        assert_eq!(read("origin,destination,minutes\na,b,x\n"), Err(vec![("F011", 2, 5)]));
        assert_eq!(read("origin,destination,minutes\na,b,-3\n"), Err(vec![("F011", 2, 5)]));
        assert_eq!(read("origin,destination,minutes\na,b\n"), Err(vec![("F006", 2, 1)]));
        assert_eq!(read("origin,destination,minutes\na,\"b,3\n"), Err(vec![("F008", 2, 3)]));
        assert_eq!(read("origin,destination\na,b\n"), Err(vec![("F004", 1, 1)]));
        assert_eq!(read("origin,destination,minutes\na,b,3\na,b,4\n"), Err(vec![("R001", 0, 0)]));
        assert_eq!(read("origin,destination,minutes\nx,y,3\n"), Err(vec![("R002", 0, 0)]));
        assert_eq!(read(""), Err(vec![("F004", 1, 1)]));
    }
}
