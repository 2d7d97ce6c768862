//! Origins and destinations from a plain file: points with ids, and columns of figures or words beside them.

use crate::analysis::files::IDS;
use crate::suggest::nearest;
use rustc_hash::FxHashMap;
use std::collections::hash_map::Entry;
use umbel_core::{Finding, Location, code};
use umbel_table::import::features::Geometry;
use umbel_table::import::plain::Plain;

/// Names under which coordinates stand in most files; case does not matter.
const LONGITUDES: &[&str] = &["lon", "longitude", "lng", "long", "x"];
const LATITUDES: &[&str] = &["lat", "latitude", "y"];

/// At most so many findings are given for one fault of a file.
const LIMIT: usize = 20;

/// Which columns hold what; found by their names when not given.
#[derive(Clone, Debug, Default)]
pub struct PointColumns {
    /// Ids.
    pub id: Option<String>,
    /// Longitudes, in degrees.
    pub longitude: Option<String>,
    /// Latitudes, in degrees.
    pub latitude: Option<String>,
}

/// Where points are, in degrees (WGS 84); one longitude and latitude each.
#[derive(Clone, Copy, Debug, PartialEq)]
pub struct Sites<'a> {
    /// Longitudes.
    pub longitude: &'a [f64],
    /// Latitudes.
    pub latitude: &'a [f64],
}

impl Sites<'_> {
    /// Number of points.
    pub fn len(&self) -> usize {
        self.longitude.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.longitude.is_empty()
    }
}

/// Points of a file, in its order.
#[derive(Clone, Debug)]
pub struct Points {
    /// Ids.
    pub ids: Vec<String>,
    /// Degrees (WGS 84).
    pub longitude: Vec<f64>,
    /// Degrees.
    pub latitude: Vec<f64>,
    plain: Plain,
}

impl Points {
    /// The points of a file: columns of longitude and latitude, or point geometries.
    ///
    /// # Errors
    /// Everything that is wrong: columns that are not there, cells that are no coordinates, ids that occur twice.
    pub fn of(plain: Plain, columns: &PointColumns) -> Result<Points, Vec<Finding>> {
        let mut findings: Vec<Finding> = plain.findings().cloned().collect();
        let id = named(&plain, columns.id.as_deref(), IDS, "id", &mut findings);
        let placed = plain.has_geometry() && columns.longitude.is_none() && columns.latitude.is_none();
        let coordinates = match placed {
            true => None,
            false => {
                let longitude =
                    named(&plain, columns.longitude.as_deref(), LONGITUDES, "longitude (lon)", &mut findings);
                let latitude = named(&plain, columns.latitude.as_deref(), LATITUDES, "latitude (lat)", &mut findings);
                longitude.zip(latitude)
            }
        };
        let Some(id) = id.filter(|_| findings.is_empty()) else { return Err(findings) };
        let rows = plain.rows();
        let (longitude, latitude) = match coordinates {
            Some((x, y)) => coordinates_of(&plain, x, y, &mut findings),
            None => {
                let mut points = (Vec::with_capacity(rows), Vec::with_capacity(rows));
                for row in 0..rows {
                    let (x, y) = point_of(&plain, row, &mut findings);
                    points.0.push(x);
                    points.1.push(y);
                }
                points
            }
        };
        let ids = ids_of(&plain, id, &mut findings);
        if rows == 0 && findings.is_empty() {
            let message = "the file has no points";
            findings.push(Finding::new(&code::F009, plain.header_location(0), message, "add a row for each point"));
        }
        if findings.is_empty() { Ok(Points { ids, longitude, latitude, plain }) } else { Err(findings) }
    }

    /// Where the points are.
    pub fn sites(&self) -> Sites<'_> {
        Sites { longitude: &self.longitude, latitude: &self.latitude }
    }

    /// Number of points.
    pub fn len(&self) -> usize {
        self.ids.len()
    }

    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.ids.is_empty()
    }

    /// Name of the file.
    pub fn file(&self) -> &str {
        self.plain.file()
    }

    /// Where a point stands in its file.
    pub fn location(&self, point: usize) -> Location {
        self.plain.row_location(point)
    }

    /// Figures of a column; a finding when it is not there, or for every cell that is no number.
    ///
    /// # Errors
    /// The findings; `asked_by` is the option that named the column.
    pub fn numbers(&self, column: &str, asked_by: &str) -> Result<Vec<Option<f64>>, Vec<Finding>> {
        self.plain.numbers(self.column(column, asked_by)?)
    }

    /// Amounts of a column: as [`Points::numbers`], none below 0.
    ///
    /// # Errors
    /// The findings.
    pub fn amounts(&self, column: &str, asked_by: &str) -> Result<Vec<Option<f64>>, Vec<Finding>> {
        let at = self.column(column, asked_by)?;
        let (numbers, mut findings) = self.plain.readable_numbers(at);
        let below = numbers.iter().enumerate().filter(|(_, number)| number.is_some_and(|number| number < 0.0));
        findings.extend(below.take(LIMIT).map(|(row, _)| {
            let message = format!("{column} is below 0 ({asked_by})");
            Finding::new(&code::F011, self.plain.location(row, at), message, "write an amount of 0 or more")
        }));
        if findings.is_empty() { Ok(numbers) } else { Err(findings) }
    }

    /// Words of a column, empty where none stands; a finding when it is not there.
    ///
    /// # Errors
    /// The finding; `asked_by` is the option that named the column.
    pub fn words(&self, column: &str, asked_by: &str) -> Result<Vec<&str>, Vec<Finding>> {
        let at = self.column(column, asked_by)?;
        Ok((0..self.len()).map(|row| self.plain.text(row, at)).collect())
    }

    /// Whether there is such a column.
    pub fn has_column(&self, name: &str) -> bool {
        self.plain.column(name).is_some()
    }

    fn column(&self, name: &str, asked_by: &str) -> Result<usize, Vec<Finding>> {
        self.plain.column(name).ok_or_else(|| vec![missing(&self.plain, name, asked_by)])
    }
}

/// Says that a column which was named is not there.
pub(super) fn missing(plain: &Plain, name: &str, asked_by: &str) -> Finding {
    let fix = match nearest(name, plain.columns()) {
        Some(near) => format!("Did you mean \"{near}\"?"),
        None => format!("Its columns are {}.", plain.columns().collect::<Vec<_>>().join(", ")),
    };
    Finding::new(&code::F004, plain.header_location(0), format!("there is no column \"{name}\" ({asked_by})"), fix)
}

/// The column named, or the first under one of some names.
pub(super) fn named(
    plain: &Plain,
    given: Option<&str>,
    names: &[&str],
    what: &str,
    findings: &mut Vec<Finding>,
) -> Option<usize> {
    if let Some(name) = given {
        let found = plain.column(name);
        if found.is_none() {
            findings.push(missing(plain, name, what));
        }
        return found;
    }
    let alike = |name: &&&str| plain.columns().position(|column| column.trim().eq_ignore_ascii_case(name));
    let found = names.iter().find_map(|name| alike(&name));
    if found.is_none() {
        let columns = plain.columns().collect::<Vec<_>>().join(", ");
        let message = format!("no column is known to hold the {what}; the file has {columns}");
        let fix = format!("call it {}", names[0]);
        findings.push(Finding::new(&code::F004, plain.header_location(0), message, fix));
    }
    found
}

fn coordinates_of(plain: &Plain, x: usize, y: usize, findings: &mut Vec<Finding>) -> (Vec<f64>, Vec<f64>) {
    let mut read = |column: usize| {
        let (numbers, found) = plain.readable_numbers(column);
        findings.extend(found);
        numbers
    };
    let (longitude, latitude) = (read(x), read(y));
    let mut told = 0;
    for row in 0..longitude.len().min(latitude.len()) {
        let (lon, lat) = (longitude[row], latitude[row]);
        let wrong = match (lon, lat) {
            // A cell that is no number is told already.
            (None, _) if !plain.text(row, x).is_empty() => None,
            (_, None) if !plain.text(row, y).is_empty() => None,
            (None, _) => Some((x, &code::F009, "the longitude is empty".to_owned(), code::F009.mend)),
            (_, None) => Some((y, &code::F009, "the latitude is empty".to_owned(), code::F009.mend)),
            (Some(lon), Some(lat)) if lon.abs() <= 180.0 && lat.abs() <= 90.0 => None,
            (Some(lon), Some(lat)) if lon.abs() <= 90.0 && lat.abs() <= 180.0 => {
                let message = format!("longitude {lon} and latitude {lat} look swapped");
                Some((y, &code::G003, message, code::G003.mend))
            }
            (Some(lon), Some(lat)) => {
                let message = format!("longitude {lon}, latitude {lat} is no place on earth");
                Some((
                    if lon.abs() > 180.0 { x } else { y },
                    &code::G005,
                    message,
                    "give longitudes and latitudes in degrees (WGS 84), not metres of a projection",
                ))
            }
        };
        let Some((column, code, message, fix)) = wrong else { continue };
        told += 1;
        if told <= LIMIT {
            findings.push(Finding::new(code, plain.location(row, column), message, fix));
        }
    }
    if told > LIMIT {
        let message = format!("{} further rows have no coordinates", told - LIMIT);
        findings.push(Finding::new(&code::G005, plain.header_location(x), message, code::G005.mend));
    }
    let filled = |all: Vec<Option<f64>>| all.into_iter().map(|number| number.unwrap_or(f64::NAN)).collect();
    (filled(longitude), filled(latitude))
}

/// The point geometry of a row.
fn point_of(plain: &Plain, row: usize, findings: &mut Vec<Finding>) -> (f64, f64) {
    match plain.geometry(row) {
        Some(&Geometry::Point(x, y)) if x.abs() <= 180.0 && y.abs() <= 90.0 => (x, y),
        Some(&Geometry::Point(x, y)) => {
            let message = format!("the point {x}, {y} is no place on earth");
            let fix = "give longitudes and latitudes in degrees (WGS 84)";
            findings.push(Finding::new(&code::G005, plain.row_location(row), message, fix));
            (f64::NAN, f64::NAN)
        }
        _ => {
            let message = "the feature is no point";
            let fix = "give points, or columns lon and lat";
            findings.push(Finding::new(&code::F017, plain.row_location(row), message, fix));
            (f64::NAN, f64::NAN)
        }
    }
}

fn ids_of(plain: &Plain, column: usize, findings: &mut Vec<Finding>) -> Vec<String> {
    let mut ids = Vec::with_capacity(plain.rows());
    let mut seen: FxHashMap<&str, usize> = FxHashMap::default();
    let mut told = 0;
    for row in 0..plain.rows() {
        let id = plain.text(row, column);
        ids.push(id.to_owned());
        let (code, message) = match seen.entry(id) {
            _ if id.is_empty() => (&code::F009, "the id is empty".to_owned()),
            Entry::Vacant(place) => {
                place.insert(row);
                continue;
            }
            Entry::Occupied(first) => (
                &code::R001,
                format!("the id \"{id}\" stands in line {} already", plain.row_location(*first.get()).line),
            ),
        };
        told += 1;
        if told <= LIMIT {
            findings.push(Finding::new(code, plain.location(row, column), message, "give each point an id of its own"));
        }
    }
    ids
}

#[cfg(test)]
mod tests {
    use super::*;
    use umbel_table::import::Reading;

    fn read(name: &str, text: &str) -> Result<Points, Vec<(String, u32, u32)>> {
        let folder = tempfile::tempdir().expect("a folder");
        let path = folder.path().join(name);
        std::fs::write(&path, text).expect("written");
        let plain = Plain::read(&path, &Reading::default()).expect("read");
        Points::of(plain, &PointColumns::default()).map_err(|findings| {
            findings.iter().map(|f| (f.code.id.to_owned(), f.location.line, f.location.column)).collect()
        })
    }

    #[test]
    fn columns_are_found_by_their_names() {
        let points = read("a.csv", "ID,Longitude,LAT,jobs\na,1.5,2.5,7\nb,-3,4,\n").expect("points");
        assert_eq!(points.ids, ["a", "b"]);
        assert_eq!((&points.longitude[..], &points.latitude[..]), (&[1.5, -3.0][..], &[2.5, 4.0][..]));
        assert_eq!(points.numbers("jobs", "--opportunities").expect("figures"), [Some(7.0), None]);
        let missing = points.numbers("job", "--opportunities").expect_err("no such column");
        assert!(missing[0].fix.contains("jobs"), "{}", missing[0].fix);
        let text = r#"{"type":"FeatureCollection","features":[{"type":"Feature","properties":{"id":"a"},
            "geometry":{"type":"Point","coordinates":[8.5,50]}}]}"#;
        assert_eq!(read("a.geojson", text).expect("points").longitude, [8.5]);
    }

    #[test]
    fn what_is_wrong_is_told_where_it_stands() {
        let found = |text: &str| read("a.csv", text).expect_err("findings");
        let one = |code: &str, line: u32, column: u32| vec![(code.to_owned(), line, column)];
        assert_eq!(found("id,lon,lat\na,1,2\na,1,2\n"), one("R001", 3, 1));
        assert_eq!(found("id,lon,lat\na,x,2\n"), one("F011", 2, 3));
        // All at once: a cell that is no number, one that is empty, an id that is there already.
        let all = found("id,lon,lat\na,1,y\nb,1,\na,1,2\n");
        assert_eq!(all, [one("F011", 2, 5), one("F009", 3, 5), one("R001", 4, 1)].concat());
        let points = read("a.csv", "id,lon,lat,jobs\na,1,2,many\nb,1,2,-5\n").expect("points");
        let told = points.amounts("jobs", "--opportunities").expect_err("findings");
        assert_eq!(told.iter().map(|finding| finding.location.line).collect::<Vec<_>>(), [2, 3]);
        assert_eq!(found("id,lon,lat\na,,2\n"), one("F009", 2, 3));
        assert_eq!(found("id,lon,lat\na,-30,120\n"), one("G003", 2, 7));
        assert_eq!(found("id,lon,lat\na,500000,5600000\n"), one("G005", 2, 3));
        assert_eq!(found("id,east,lat\na,1,2\n"), one("F004", 1, 1));
        assert_eq!(found("id,lon,lat\n"), one("F009", 1, 1));
        assert_eq!(found("id,lon,lat\n,1,2\n"), one("F009", 2, 1));
    }
}
