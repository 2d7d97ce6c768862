//! Bringing other people's files into the tables of a region: messy CSV, workbooks, GeoJSON, Parquet.
//!
//! Columns are mapped, units declared, ids made of names, names looked up among the rows held. Every problem is a
//! finding at its place in the foreign file; with any error among them nothing is written.

mod boundaries;
mod columnar;
mod columns;
mod convert;
mod delimited;
pub mod features;
mod figures;
mod grid;
mod held;
mod merge;
pub mod plain;
mod sheet;
mod words;

pub use columns::From;
pub use grid::Reading;
pub use merge::columns as columns_of;
pub use words::slug;

use crate::package::{BOUNDARIES, Description, FILE, FileDescription, render};
use crate::problems::LIMIT;
use crate::schema::{TABLES, TableSpec};
use crate::write::write_together;
use std::collections::BTreeMap;
use std::path::PathBuf;
use umbel_core::code::{F004, F020};
use umbel_core::{Finding, Severity};

/// Wide columns that are to become rows.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Melt {
    /// The columns: names, or `first..last`.
    pub columns: Vec<String>,
    /// Our column that takes their headers.
    pub name: String,
    /// Our column that takes their cells.
    pub value: String,
}

/// What is to be brought in, and how.
#[derive(Clone, Debug, Default)]
pub struct Request {
    /// The file.
    pub file: PathBuf,
    /// The table it goes to.
    pub table: String,
    /// The region folder.
    pub region: PathBuf,
    /// How the file is read.
    pub reading: Reading,
    /// Our column, their column.
    pub map: Vec<(String, String)>,
    /// Our column, the text it has in every row.
    pub set: Vec<(String, String)>,
    /// Units of columns: those with a unit fixed by the format are converted, others are declared in the package.
    pub column_units: Vec<(String, String)>,
    /// Decimal separator.
    pub decimal: Option<char>,
    /// Separator of thousands.
    pub thousands: Option<char>,
    /// Their column of which ids are made.
    pub id_from: Option<String>,
    /// Wide columns, named.
    pub melt: Option<Melt>,
    /// Wide columns, found by what their headers are (`period`, `indicator_id`).
    pub wide: Option<String>,
    /// Their columns kept as attributes; `all` for all.
    pub keep: Vec<String>,
    /// Further texts that mean "no figure".
    pub missing: Vec<String>,
    /// Let rows take the place of rows with the same key.
    pub replace: bool,
    /// The file of the region that takes the rows; `data/TABLE.csv` when not given.
    pub to: Option<String>,
    /// Write nothing.
    pub dry: bool,
}

/// Texts that stand for "no figure" in most tables.
const MISSING: &[&str] = &[
    "..", "...", "…", "-", "–", "—", ":", "n/a", "N/A", "#N/A", "n.a.", "na", "NA", "null", "NULL", "None", "NaN",
    "nan",
];

impl Request {
    fn is_missing(&self, text: &str) -> bool {
        MISSING.contains(&text) || self.missing.iter().any(|word| word == text)
    }
}

/// What was brought in.
#[derive(Clone, Debug, Default)]
pub struct Outcome {
    /// Rows of the foreign file (after wide columns became rows).
    pub rows: usize,
    /// The file that took them.
    pub to: String,
    /// New rows.
    pub added: usize,
    /// Rows that took the place of others.
    pub replaced: usize,
    /// Boundaries written.
    pub boundaries: usize,
    /// Our columns and where they come from, in words.
    pub mapping: Vec<(String, String)>,
    /// Their columns that went nowhere.
    pub left_out: Vec<String>,
    /// What had to be decided.
    pub remarks: Vec<String>,
    /// What is wrong: warnings when the rows were written; with an error among them nothing was.
    pub findings: Vec<Finding>,
    /// Whether the files were written.
    pub written: bool,
}

/// Why nothing was done.
#[derive(Debug, thiserror::Error)]
pub enum Failure {
    /// What was asked makes no sense.
    #[error("{0}")]
    Usage(String),
    /// A file cannot be read at all.
    #[error("{0}")]
    Unreadable(String),
    /// A file cannot be written.
    #[error("{0}")]
    Unwritable(crate::write::WriteError),
}

/// Brings a file into a table of a region.
///
/// Rows are appended; with [`Request::replace`] a row whose key is there already takes its place, so that doing the same
/// twice changes nothing. Either all files are written or none.
///
/// # Errors
/// [`Failure`]; problems of the data are in [`Outcome::findings`].
pub fn import(request: &Request) -> Result<Outcome, Failure> {
    let spec = TableSpec::find(&request.table).ok_or_else(|| {
        let names: Vec<&str> = TABLES.iter().map(|table| table.name).collect();
        Failure::Usage(format!("there is no table \"{}\"; the tables are: {}", request.table, names.join(", ")))
    })?;
    let folder = held::Folder::open(&request.region)?;
    let request = &with_units(request, spec)?;
    let name = request.file.to_string_lossy().replace('\\', "/");
    let mut grid = grid::Grid::read(&request.file, &name, &request.reading)?;
    let twice = |at: &usize| grid.header[..*at].iter().any(|other| other.text == grid.header[*at].text);
    for at in (0..grid.header.len()).filter(twice).collect::<Vec<_>>() {
        let cell = grid.header[at].clone();
        grid.findings.push(Finding::new(
            &F020,
            grid.location(cell.line, cell.column),
            format!("the column \"{}\" is there twice", cell.text),
            "rename one of the two, so that they can be told apart",
        ));
    }
    let indicators = TableSpec::find("indicators").map(|spec| held::Register::of(&folder, spec)).unwrap_or_default();
    columns::melt(&mut grid, spec, request, |text| matches!(indicators.find(text), held::Match::Id(_)))?;
    let mut outcome = Outcome { rows: grid.rows.len(), to: target(&folder, spec, request)?, ..Outcome::default() };
    let unreadable = grid.header.is_empty() && !grid.findings.is_empty();
    if unreadable {
        outcome.findings = grid.findings;
        return Ok(outcome);
    }
    let mapping = columns::Mapping::make(&grid, spec, &folder.languages, request)?;
    let mut findings = std::mem::take(&mut grid.findings);
    findings.extend(missing_columns(&grid, spec, &mapping));
    let mut converter = convert::Converter::new(&grid, spec, request, &mapping, &folder)?;
    let made = converter.rows();
    findings.append(&mut converter.findings);
    outcome.remarks = grid.remarks.clone();
    outcome.remarks.append(&mut converter.remarks);
    let mut merged = merge::merge(&folder, spec, &outcome.to, &grid, &made, request.replace);
    findings.append(&mut merged.findings);
    outcome.added = merged.added;
    outcome.replaced = merged.replaced;
    outcome.mapping = mapping.columns.iter().map(|(target, from)| (target.clone(), said(&grid, from))).collect();
    outcome.left_out = mapping.left_out.clone();
    outcome.findings = curbed(findings);
    let mut files = vec![(request.region.join(&outcome.to), merged.text.into_bytes())];
    let units = request.column_units.iter().filter(|(name, _)| fixed_unit(spec, name).is_none()).cloned().collect();
    let mut described =
        vec![FileDescription { path: outcome.to.clone(), table: spec.name.to_owned(), units, columns: merged.header }];
    if spec.name == "places"
        && let Some((path, text, count)) = boundaries::merge(&folder, &grid, &made)?
    {
        outcome.boundaries = count;
        files.push((request.region.join(&path), text.into_bytes()));
        described.push(FileDescription { path, table: BOUNDARIES.to_owned(), ..FileDescription::default() });
    }
    files.push((request.region.join(FILE), package_text(&folder, described)?.into_bytes()));
    let failed = outcome.findings.iter().any(|finding| finding.severity == Severity::Error);
    if !failed && !request.dry {
        write_together(&files).map_err(Failure::Unwritable)?;
        outcome.written = true;
    }
    Ok(outcome)
}

/// The request with `--unit UNIT` turned into the unit column of the table.
fn with_units(request: &Request, spec: &TableSpec) -> Result<Request, Failure> {
    let mut request = request.clone();
    let plain: Vec<(String, String)> = request.column_units.extract_if(.., |(column, _)| column.is_empty()).collect();
    for (_, unit) in plain {
        umbel_core::Unit::parse(&unit).map_err(|error| Failure::Usage(format!("--unit {unit}: {error}")))?;
        let column = ["unit", "cost_unit"].into_iter().find(|name| spec.column(name).is_some()).ok_or_else(|| {
            Failure::Usage(format!(
                "--unit {unit}: say of which column, as in --unit beds={unit}; {} has no unit column",
                spec.name
            ))
        })?;
        request.set.push((column.to_owned(), unit));
    }
    Ok(request)
}

/// The unit that the format fixes for a column.
fn fixed_unit(spec: &TableSpec, name: &str) -> Option<&'static str> {
    spec.columns.iter().find(|column| column.name == name).map(|column| column.unit).filter(|unit| !unit.is_empty())
}

/// The package with these files in it; a file that it describes already with the same columns stays as described.
fn package_text(folder: &held::Folder, files: Vec<FileDescription>) -> Result<String, Failure> {
    let unreadable = |error: &dyn std::fmt::Display| Failure::Unreadable(format!("{FILE}: {error}"));
    let value: serde_json::Value = serde_json::from_str(&folder.package).map_err(|error| unreadable(&error))?;
    let known = |file: &FileDescription| {
        let resources = value.get("resources").and_then(|all| all.as_array()).into_iter().flatten();
        let resource = resources.into_iter().find(|resource| resource["path"] == file.path.as_str());
        let fields = resource.and_then(|resource| resource.pointer("/schema/fields")).and_then(|all| all.as_array());
        let names = fields.into_iter().flatten().map(|field| field["name"].as_str().unwrap_or_default());
        resource.is_some() && file.units.is_empty() && names.eq(file.columns.iter().map(String::as_str))
    };
    let files: Vec<FileDescription> = files.into_iter().filter(|file| !known(file)).collect();
    if files.is_empty() {
        return Ok(folder.package.clone());
    }
    let description = Description { files, ..Description::default() };
    render(&folder.root, Some(&folder.package), &description).map_err(|error| unreadable(&error))
}

/// The file that takes the rows.
fn target(folder: &held::Folder, spec: &TableSpec, request: &Request) -> Result<String, Failure> {
    let held = |path: &str| folder.files.iter().find(|(known, _)| known == path).map(|(_, table)| table.as_str());
    let path = match &request.to {
        Some(path) => path.replace('\\', "/").trim_start_matches("./").to_owned(),
        None => {
            let usual = format!("data/{}.csv", spec.name);
            let first = folder.files.iter().find(|(path, table)| table == spec.name && path.ends_with(".csv"));
            if held(&usual).is_some() { usual } else { first.map_or(usual, |(path, _)| path.clone()) }
        }
    };
    let inside = std::path::Path::new(&path).components().all(|part| matches!(part, std::path::Component::Normal(_)));
    if !inside || !path.ends_with(".csv") {
        return Err(Failure::Usage(format!("--to {path}: rows go to a .csv file inside the region folder")));
    }
    match held(&path) {
        Some(table) if table != spec.name => {
            Err(Failure::Usage(format!("--to {path}: the file belongs to the table {table}")))
        }
        _ => Ok(path),
    }
}

/// The findings, no more than [`LIMIT`] of one code about one column (the word before the colon); of the others only the
/// number is told.
fn curbed(findings: Vec<Finding>) -> Vec<Finding> {
    let mut seen: BTreeMap<(&str, String), (usize, usize, usize)> = BTreeMap::new();
    let mut kept: Vec<Finding> = Vec::new();
    for finding in findings {
        let about = finding.message.split_once(": ").map_or("", |(column, _)| column).to_owned();
        let (listed, last, more) = seen.entry((finding.code.id, about)).or_default();
        if *listed == LIMIT {
            *more += 1;
            continue;
        }
        (*listed, *last) = (*listed + 1, kept.len());
        kept.push(finding);
    }
    for (_, last, more) in seen.into_values().filter(|(_, _, more)| *more > 0) {
        kept[last].message.push_str(&format!(" (and {more} more like it)"));
    }
    kept
}

/// Required columns that nothing fills.
fn missing_columns(grid: &grid::Grid, spec: &TableSpec, mapping: &columns::Mapping) -> Vec<Finding> {
    // A table of figures without figures is no import, although a single row may lack its value.
    let figures = spec.column("status").is_some() && mapping.from("status").is_none();
    let needed = |column: &crate::schema::ColumnSpec| column.required || (figures && column.name == "value");
    let lacking = spec.columns.iter().filter(|column| needed(column) && mapping.from(column.name).is_none());
    let header = grid.header.first().map_or((0, 0), |cell| (cell.line, cell.column));
    lacking
        .map(|column| {
            let name = column.name;
            let message = format!("nothing fills the column {name} of {}, which every row must have", spec.name);
            let fix = format!(
                "name the column it stands in (--map {name}=COLUMN) or give one for all rows (--set {name}=...)"
            );
            Finding::new(&F004, grid.location(header.0, header.1), message, fix)
        })
        .collect()
}

/// Where a column comes from, in words.
fn said(grid: &grid::Grid, from: &From) -> String {
    match from {
        From::Column(at) => grid.header[*at].text.clone(),
        From::Slug(at) => format!("{} (made into ids)", grid.header[*at].text),
        From::Fixed(text) => format!("\"{text}\" in every row"),
        From::Geometry => "the geometry".to_owned(),
    }
}

#[cfg(test)]
mod tests;
