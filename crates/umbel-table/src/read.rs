//! Reading a region folder: the package, then its files, all problems collected.

use crate::cells::Role;
use crate::csv::{Records, decode, place};
use crate::geojson;
use crate::locate::{Locator, has_extension};
use crate::networks;
use crate::observations::{
    Cache, Clash, FileChunks, Part, WORTH, column_roles, header, parquet_unreadable, parse_csv, parse_parquet,
    sections, sound_record,
};
use crate::observed::ObservedRows;
use crate::package::{self, BOUNDARIES, Package, Resource};
use crate::parquet_file::ParquetFile;
use crate::problems::Problems;
use crate::region::{Region, SourceFile};
use crate::row::Row;
use crate::rows::Origin;
use crate::schema::TableSpec;
use crate::typed;
use bytes::Bytes;
use rayon::prelude::*;
use rustc_hash::FxHashMap;
use std::borrow::Cow;
use std::collections::{BTreeMap, BTreeSet};
use std::fs::File;
use std::path::Path;
use std::sync::Arc;
use umbel_core::code::*;
use umbel_core::{Finding, Symbol, Unit};

impl Region {
    /// Reads the region in a folder. Every problem of its files is a finding (in the order of output); rows that make no
    /// sense are left out. Never panics.
    ///
    /// Cost: every file is read and parsed once, observations on all cores.
    pub fn read(folder: &Path) -> (Region, Vec<Finding>) {
        let (package, mut findings) = package::read(folder);
        let mut region = Region { root: folder.to_owned(), ..Region::default() };
        if let Some(package) = package {
            findings.extend(Reader::new(&mut region, package).run(folder));
        }
        findings.sort_by(Finding::order);
        (region, findings)
    }
}

/// Keys met so far: table and key to the row.
type Keys = FxHashMap<(&'static str, String), Origin>;

struct Reader<'a> {
    region: &'a mut Region,
    resources: Vec<Resource>,
    keys: Keys,
    problems: Vec<Problems>,
    missing: Problems,
    observations: Vec<FileChunks>,
    cache: Option<Cache>,
}

/// The content of a file.
enum Content {
    /// All of it.
    Whole(Vec<u8>),
    /// To be read, with its size.
    Stream(File, u64),
}

impl<'a> Reader<'a> {
    fn new(region: &'a mut Region, package: Package) -> Reader<'a> {
        region.name = package.name;
        region.languages = package.languages.into();
        region.column_units = package.column_units.into();
        Reader {
            region,
            resources: package.resources,
            keys: Keys::default(),
            problems: Vec::new(),
            missing: Problems::new(package::FILE),
            observations: Vec::new(),
            cache: None,
        }
    }

    fn run(mut self, folder: &Path) -> Vec<Finding> {
        self.add_loose_boundaries(folder);
        let resources = std::mem::take(&mut self.resources);
        for resource in &resources {
            self.resource(folder, resource);
        }
        self.networks(folder, &resources);
        self.join_observations();
        self.languages();
        let mut findings = self.missing.finish();
        findings.extend(self.problems.into_iter().flat_map(Problems::finish));
        findings
    }

    /// Files in `network/` are networks even when the package does not name them; where it does, it may name their source.
    fn networks(&mut self, folder: &Path, resources: &[Resource]) {
        for (mut network, files) in networks::find(folder) {
            for file in files {
                let Ok(number) = u16::try_from(self.region.files.len()) else { break };
                network.files.push(number);
                self.region.files.push(file);
            }
            for resource in resources {
                if resource.source.is_empty() || !network.holds(resource) {
                    continue;
                }
                let source = self.region.symbols.intern(&resource.source);
                if !network.sources.contains(&source) {
                    network.sources.push(source);
                }
            }
            self.region.networks.push(network);
        }
    }

    /// Boundary files in `geo/` belong to the region even when the package does not name them.
    fn add_loose_boundaries(&mut self, folder: &Path) {
        for resource in &mut self.resources {
            if resource.table.is_empty()
                && resource.path.starts_with("geo/")
                && has_extension(&resource.path, "geojson")
            {
                resource.table = BOUNDARIES.to_owned();
            }
        }
        let Ok(entries) = std::fs::read_dir(folder.join("geo")) else { return };
        let mut loose: Vec<String> = entries
            .filter_map(|entry| entry.ok()?.file_name().into_string().ok())
            .filter(|name| has_extension(name, "geojson"))
            .map(|name| format!("geo/{name}"))
            .filter(|path| self.resources.iter().all(|resource| resource.path.trim_start_matches("./") != path))
            .collect();
        loose.sort();
        self.resources.extend(loose.into_iter().map(|path| Resource {
            path,
            table: BOUNDARIES.to_owned(),
            ..Resource::default()
        }));
    }

    fn resource(&mut self, folder: &Path, resource: &Resource) {
        let path = folder.join(&resource.path);
        if resource.table.is_empty() {
            if !path.exists() {
                self.missing_file(resource, "it is not there");
            }
            return;
        }
        let content = match self.content(&path, resource) {
            Ok(content) => content,
            Err(error) => return self.missing_file(resource, &error.to_string()),
        };
        let Ok(file) = u16::try_from(self.region.files.len()) else {
            return self.missing_file(resource, "a region has at most 65536 files");
        };
        self.region.files.push(SourceFile { path: resource.path.clone(), table: resource.table.clone() });
        let mut problems = Problems::new(&resource.path);
        let languages = &self.region.languages;
        match (TableSpec::find(&resource.table), content) {
            (None, Content::Whole(bytes)) => geojson::read(self.region, file, bytes, &mut problems),
            (Some(table), Content::Stream(input, size)) => {
                let cache = self.cache.as_ref().filter(|_| size >= WORTH);
                match parse_csv(table, file, input, languages, cache, &mut problems) {
                    Ok(chunks) => self.observations.push(chunks),
                    Err(error) => self.missing_file(resource, &error.to_string()),
                }
            }
            (Some(table), Content::Whole(bytes)) if table.name == "observations" => {
                let cache = self.cache.as_ref().filter(|_| bytes.len() as u64 >= WORTH);
                self.observations.push(parse_parquet(table, file, bytes, languages, cache, &mut problems));
            }
            (Some(table), Content::Whole(bytes)) if is_parquet(&resource.path) => {
                self.small_parquet(table, file, bytes, &mut problems);
            }
            (Some(table), Content::Whole(bytes)) => self.small_csv(table, file, bytes, &mut problems),
            (None, Content::Stream(..)) => {}
        }
        self.problems.push(problems);
    }

    /// The content of a file: observations as CSV are parsed while they are read.
    fn content(&mut self, path: &Path, resource: &Resource) -> std::io::Result<Content> {
        if resource.table != "observations" {
            return Ok(Content::Whole(std::fs::read(path)?));
        }
        let file = File::open(path)?;
        let size = file.metadata()?.len();
        if size >= WORTH && self.cache.is_none() {
            self.cache = Some(Cache::open(&self.region.root));
        }
        Ok(if is_parquet(&resource.path) { Content::Whole(std::fs::read(path)?) } else { Content::Stream(file, size) })
    }

    fn missing_file(&mut self, resource: &Resource, why: &str) {
        let message = format!("the file {} cannot be read: {why}", resource.path);
        self.missing.add(&F001, &resource.path, resource.place, message, "add the file, or remove its resource");
    }

    fn small_csv(&mut self, table: &'static TableSpec, file: u16, bytes: Vec<u8>, problems: &mut Problems) {
        let (roles, body, lines) = header(table, &bytes, &self.region.languages, problems);
        if roles.is_empty() {
            return;
        }
        let decoded = decode(bytes);
        let text = decoded.text.as_str();
        let (mut records, mut cells) = (Records::new(text, body, lines + 1), Vec::new());
        while let Some(record) = records.next_into(&mut cells) {
            let bad = decoded.replaced.partition_point(|&byte| byte < record.start);
            if let Some(&byte) = decoded.replaced.get(bad).filter(|&&byte| byte < record.end) {
                let at = place(text, (record.start, record.line), byte);
                problems.add(&F007, "", at, "the row holds bytes that are not UTF-8", "save the file as UTF-8");
                continue;
            }
            if !sound_record(text, &record, &cells, roles.len(), problems) {
                continue;
            }
            let origin = Origin { file, line: record.line };
            let at = |column: usize| {
                let cell = roles.iter().position(|role| *role == Role::Column(column));
                let byte = cell.and_then(|cell| cells.get(cell)).map_or(record.start, |cell| cell.opening());
                place(text, (record.start, record.line), byte)
            };
            let values = cells.iter().map(|cell| cell.text(text));
            if let Some(row) = Row::new(table, origin, &roles, values, &at, problems) {
                add_row(self.region, &mut self.keys, &row, problems);
            }
        }
    }

    fn small_parquet(&mut self, table: &'static TableSpec, file: u16, bytes: Vec<u8>, problems: &mut Problems) {
        let parquet = match ParquetFile::open(Bytes::from(bytes)) {
            Ok(parquet) => parquet,
            Err(error) => return parquet_unreadable(problems, &error),
        };
        let roles = column_roles(table, &parquet.names, &self.region.languages, problems);
        let wanted: Vec<bool> = roles.iter().map(|role| *role != Role::Ignored).collect();
        let batches = parquet.read(&wanted, |batch| {
            let text = |row: usize| -> Vec<String> {
                let column = |at: usize| batch.columns.get(at).and_then(Option::as_ref);
                (0..roles.len()).map(|at| column(at).map_or_else(String::new, |c| c.text(row).into_owned())).collect()
            };
            let spoiled: Vec<usize> = batch.not_utf8.iter().map(|(row, _)| *row).collect();
            (batch.first, (0..batch.rows).map(text).collect::<Vec<_>>(), spoiled)
        });
        let batches = match batches {
            Ok(batches) => batches,
            Err(error) => return parquet_unreadable(problems, &error),
        };
        for (first, rows, spoiled) in batches {
            for (at, cells) in rows.into_iter().enumerate() {
                let line = first + at as u32;
                if spoiled.contains(&at) {
                    let message = "the row holds bytes that are not UTF-8";
                    problems.add(&F007, "", (line, 0), message, "write its text as UTF-8");
                    continue;
                }
                let place = |_: usize| (line, 0);
                let values = cells.into_iter().map(Cow::Owned);
                if let Some(row) = Row::new(table, Origin { file, line }, &roles, values, &place, problems) {
                    add_row(self.region, &mut self.keys, &row, problems);
                }
            }
        }
    }

    fn join_observations(&mut self) {
        let files = std::mem::take(&mut self.observations);
        let units: FxHashMap<Symbol, Unit> =
            self.region.indicators.iter().map(|indicator| (indicator.id, indicator.unit.clone())).collect();
        let mut parts = Vec::new();
        for file in files {
            for (packed, before) in file.chunks {
                parts.push(Part::new(packed, file.file, before, &mut self.region.symbols));
            }
        }
        let notes = parts.iter().flat_map(Part::notes).map(|(row, note)| (row, note.to_owned()));
        self.region.observations.notes = notes.collect::<BTreeMap<_, _>>().into();
        let cache = self.cache.take();
        let is_sound = |digest| cache.as_ref().is_some_and(|cache| cache.is_sound(&digest));
        let joined: Vec<(Symbol, ObservedRows, Vec<Clash>)> = sections(parts, &mut self.region.symbols, &units)
            .into_par_iter()
            .map(|sections| {
                let indicator = sections.indicator();
                let later = ObservedRows::later(sections.clone());
                if is_sound(later.digest()) {
                    return (indicator, later, Vec::new());
                }
                let (rows, clashes) = ObservedRows::now(sections);
                (indicator, rows, clashes)
            })
            .collect();
        let mut clashes = Vec::new();
        let mut sound = BTreeSet::new();
        for (indicator, rows, clashing) in joined {
            if clashing.is_empty() {
                sound.insert(rows.digest());
            }
            clashes.extend(clashing);
            if !rows.is_empty() {
                self.region.observations.by_indicator.push((indicator, Arc::new(rows)));
            }
        }
        if let Some(cache) = cache {
            cache.finish(sound);
        }
        clashes.sort_by_key(Clash::row);
        let mut locator = Locator::new(self.region);
        for clash in clashes {
            let row = clash.row();
            let Some(problems) = self.problems.get_mut(usize::from(row.file)) else { continue };
            let (code, column) = match clash {
                Clash::Duplicate { .. } => (&R001, "indicator_id"),
                Clash::Unit { .. } => (&U001, "unit"),
            };
            if !problems.has_room(code, column) {
                problems.count_more(code, column, 1);
                continue;
            }
            let location = locator.cell(row, column);
            let (message, fix) = match clash {
                Clash::Duplicate { first, .. } => duplicate(self.region, "observations", row, first),
                Clash::Unit { indicator, unit, expected, .. } => (
                    format!(
                        "the unit {unit} does not convert to {expected}, the unit of {}",
                        self.region.id(indicator)
                    ),
                    format!(
                        "state the figure in a unit of the dimension of {expected}, or correct the indicator's unit"
                    ),
                ),
            };
            problems.add(code, column, (location.line, location.column), message, fix);
        }
    }

    /// The languages declared, else English and those of the columns.
    fn languages(&mut self) {
        if !self.region.languages.is_empty() {
            return;
        }
        let mut found = std::collections::BTreeSet::new();
        let texts = (self.region.places.iter().map(|row| &row.name))
            .chain(self.region.indicators.iter().map(|row| &row.title))
            .chain(self.region.claims.iter().map(|row| &row.statement))
            .chain(self.region.targets.iter().map(|row| &row.title))
            .chain(self.region.kinds.iter().map(|row| &row.title));
        for text in texts {
            found.extend(text.iter().map(|(language, _)| language.to_owned()).filter(|l| !l.is_empty() && l != "en"));
        }
        self.region.languages = std::iter::once("en".to_owned()).chain(found).collect::<Vec<_>>().into();
    }
}

/// Adds a row unless its key has been met; then it is told.
fn add_row(region: &mut Region, keys: &mut Keys, row: &Row<'_>, problems: &mut Problems) {
    let key = (row.table.name, row.key());
    if let Some(&first) = keys.get(&key) {
        let column = row.table.key().next().map_or("", |at| row.table.columns[at].name);
        let (message, fix) = duplicate(region, row.table.name, row.origin, first);
        return row.problem(problems, &R001, column, message, fix);
    }
    keys.insert(key, row.origin);
    typed::add(region, row, problems);
}

/// Message and fix of a row whose key is that of an earlier one.
fn duplicate(region: &Region, table: &str, row: Origin, first: Origin) -> (String, String) {
    let place = match row.file == first.file {
        true => format!("line {}", first.line),
        false => format!("{} line {}", region.path(first), first.line),
    };
    let fix = match table {
        "observations" => "remove one of the two rows, or tell them apart by breakdown or vintage",
        "places" => "remove one of the two rows, or date them apart with valid_from",
        "flows" => "remove one of the two rows, or tell them apart by vintage",
        _ => "remove one of the two rows, or give it another id",
    };
    (format!("the row has the same key as {place}"), fix.to_owned())
}

fn is_parquet(path: &str) -> bool {
    has_extension(path, "parquet")
}
