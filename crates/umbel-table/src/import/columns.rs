//! Which column of the foreign file goes where: what the user says, then equal names, then names that mean the same.

use super::grid::{Cell, Grid, Row};
use super::words::{fold, period, year_in};
use super::{Failure, Request};
use crate::cells::nearest;
use crate::schema::{TableSpec, Type};

/// Where a column of our table takes its cells from.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum From {
    /// A column of the file.
    Column(usize),
    /// The same text in every row.
    Fixed(String),
    /// An id made of the cells of a column.
    Slug(usize),
    /// The geometry of the feature.
    Geometry,
}

/// The columns of our table that the import fills, in the table's order, attributes last.
#[derive(Clone, Debug, Default)]
pub struct Mapping {
    /// Target and where it comes from.
    pub columns: Vec<(String, From)>,
    /// Columns of the file that go nowhere.
    pub left_out: Vec<String>,
}

/// Names that mean a column of ours, in the order in which they are preferred.
const MEANINGS: &[(&str, &[&str])] = &[
    (
        "id",
        &[
            "id",
            "code",
            "geoid",
            "geocode",
            "nutsid",
            "nuts",
            "nutscode",
            "gisco",
            "adcode",
            "areacode",
            "regioncode",
            "gemeentecode",
            "ags",
            "insee",
            "codgeo",
            "istat",
            "lau",
            "iso",
            "isocode",
            "iso31662",
            "hasc",
            "stusps",
            "fips",
            "kod",
            "key",
            "代码",
            "编码",
        ],
    ),
    (
        "name",
        &[
            "name",
            "title",
            "label",
            "placename",
            "areaname",
            "regionname",
            "nameen",
            "namelatn",
            "nutsname",
            "countyname",
            "statename",
            "cityname",
            "state",
            "county",
            "municipality",
            "city",
            "region",
            "gemeinde",
            "commune",
            "nom",
            "nombre",
            "nome",
            "naam",
            "bezeichnung",
            "名称",
            "地名",
            "地区",
        ],
    ),
    (
        "place_id",
        &[
            "place",
            "placename",
            "geo",
            "geoid",
            "geocode",
            "refarea",
            "area",
            "areacode",
            "region",
            "regioncode",
            "code",
            "name",
            "state",
            "county",
            "municipality",
            "city",
            "town",
            "district",
            "province",
            "gemeinde",
            "land",
            "kreis",
            "commune",
            "departement",
            "nuts",
            "nutsid",
            "adcode",
            "stusps",
            "fips",
            "地区",
            "城市",
            "省份",
            "名称",
        ],
    ),
    (
        "period",
        &[
            "year",
            "date",
            "time",
            "timeperiod",
            "month",
            "quarter",
            "day",
            "jahr",
            "annee",
            "ano",
            "anno",
            "jaar",
            "rok",
            "vuosi",
            "年",
            "年份",
            "时间",
            "日期",
        ],
    ),
    (
        "value",
        &[
            "value", "obsvalue", "figure", "amount", "number", "count", "total", "wert", "betrag", "valeur", "montant",
            "valor", "importe", "waarde", "bedrag", "值", "数值", "金额",
        ],
    ),
    ("indicator_id", &["indicator", "variable", "series", "measure", "item", "indic", "指标"]),
    ("unit", &["unitmeasure", "units", "einheit", "unite", "unidad", "单位"]),
    ("status", &["flag", "obsstatus", "obsflag", "flags"]),
    ("vintage", &["released", "releasedate", "publicationdate", "release"]),
    ("lon", &["lon", "lng", "long", "longitude", "x", "xcoord", "经度"]),
    ("lat", &["lat", "latitude", "y", "ycoord", "纬度"]),
    ("parent_id", &["parent", "parentcode", "parentid", "partof"]),
    ("kind", &["kind", "type", "category", "class", "类型"]),
    ("from_place_id", &["from", "source", "start", "origin", "a"]),
    ("to_place_id", &["to", "target", "end", "destination", "b"]),
    ("origin_id", &["from", "origin", "source", "home", "residence"]),
    ("destination_id", &["to", "destination", "target", "work", "workplace"]),
    ("note", &["note", "notes", "remark", "remarks", "comment", "comments", "bemerkung", "备注"]),
    ("cost", &["cost", "costs", "budget", "investment", "amount", "投资"]),
    ("start", &["start", "begin", "startdate", "开工"]),
    ("finish", &["finish", "end", "enddate", "completion", "竣工"]),
];

fn meanings(spec: &TableSpec, target: &str) -> &'static [&'static str] {
    let own_id = spec.columns.first().is_some_and(|first| first.name == target && first.kind == Type::Id);
    let wanted = if own_id { "id" } else { target };
    MEANINGS.iter().find(|(name, _)| *name == wanted).map_or(&[], |(_, names)| names)
}

/// Whether a table may have a column of this name.
fn takes(spec: &TableSpec, languages: &[String], target: &str) -> bool {
    let translated = target.split_once('_').is_some_and(|(stem, language)| {
        spec.columns.iter().any(|c| c.name == stem && c.multilingual) && languages.iter().any(|known| known == language)
    });
    spec.column(target).is_some() || translated || (spec.attributes && crate::schema::is_id(target))
}

fn index_of(grid: &Grid, name: &str, flag: &str) -> Result<usize, Failure> {
    let exact = grid.header.iter().position(|cell| cell.text == name);
    let found =
        exact.or_else(|| grid.header.iter().position(|cell| fold(&cell.text) == fold(name) && !fold(name).is_empty()));
    found.ok_or_else(|| {
        let names: Vec<&str> = grid.header.iter().map(|cell| cell.text.as_str()).collect();
        let hint = nearest(name, &names).map_or(String::new(), |near| format!("; is it \"{near}\"?"));
        Failure::Usage(format!("{flag}: {} has no column \"{name}\"{hint} It has: {}", grid.file, names.join(", ")))
    })
}

/// Turns wide columns into rows where the user asks for it, or where the headers of a table of figures are years.
pub fn melt(grid: &mut Grid, spec: &TableSpec, request: &Request, known: impl Fn(&str) -> bool) -> Result<(), Failure> {
    let taken = |target: &str| {
        request.map.iter().any(|(name, _)| name == target) || request.set.iter().any(|(name, _)| name == target)
    };
    let used: Vec<usize> = (0..grid.header.len())
        .filter(|&at| request.map.iter().any(|(_, source)| fold(source) == fold(&grid.header[at].text)))
        .collect();
    let (columns, name, value, lenient) = if let Some(melt) = &request.melt {
        (listed(grid, &melt.columns)?, melt.name.clone(), melt.value.clone(), true)
    } else if let Some(wide) = &request.wide {
        let fits = |text: &str| match spec.columns.iter().find(|c| c.name == wide).map(|c| c.kind) {
            Some(Type::Period) => period(text).is_some(),
            _ => known(text),
        };
        let columns: Vec<usize> =
            (0..grid.header.len()).filter(|at| !used.contains(at) && fits(&grid.header[*at].text)).collect();
        if columns.is_empty() {
            return Err(Failure::Usage(format!(
                "--wide {wide}: no header of {} is one (name the columns with --melt)",
                grid.file
            )));
        }
        (columns, wide.clone(), "value".to_owned(), false)
    } else {
        let has = |column: &str| spec.column(column).is_some();
        let years: Vec<usize> = (0..grid.header.len())
            .filter(|at| !used.contains(at) && period(&grid.header[*at].text).is_some())
            .collect();
        if years.is_empty() || !has("period") || !has("value") || taken("period") || taken("value") {
            return Ok(());
        }
        (years, "period".to_owned(), "value".to_owned(), false)
    };
    let heads: Vec<Cell> = columns.iter().map(|&at| grid.header[at].clone()).collect();
    let names: Vec<&str> = heads.iter().map(|cell| cell.text.as_str()).collect();
    let shown = match names.as_slice() {
        [first, .., last] if names.len() > 4 => format!("{first} ... {last}"),
        _ => names.join(", "),
    };
    grid.remarks.push(format!("the columns {shown} became rows: their header is {name}, their cells are {value}"));
    let kept: Vec<usize> = (0..grid.header.len()).filter(|at| !columns.contains(at)).collect();
    let mut header: Vec<Cell> = kept.iter().map(|&at| grid.header[at].clone()).collect();
    let first = heads.first().cloned().unwrap_or_default();
    header.push(Cell { text: name.clone(), ..first.clone() });
    header.push(Cell { text: value, ..first });
    let is_period = spec.columns.iter().any(|c| c.name == name && c.kind == Type::Period);
    let mut rows = Vec::with_capacity(grid.rows.len() * columns.len());
    for row in &grid.rows {
        for (&at, head) in columns.iter().zip(&heads) {
            let mut cells: Vec<Cell> = kept.iter().map(|&at| row.cells[at].clone()).collect();
            let mut head = head.clone();
            if let Some(year) = year_in(&head.text).filter(|_| lenient && is_period && period(&head.text).is_none()) {
                head.text = year;
            }
            cells.push(head);
            cells.push(row.cells[at].clone());
            rows.push(Row { line: row.line, cells, geometry: row.geometry });
        }
    }
    grid.header = header;
    grid.rows = rows;
    Ok(())
}

/// The columns that a list names: names, or `first..last`.
fn listed(grid: &Grid, columns: &[String]) -> Result<Vec<usize>, Failure> {
    let mut all = Vec::new();
    for name in columns {
        match name.split_once("..").filter(|_| !grid.header.iter().any(|cell| cell.text == *name)) {
            Some((first, last)) => {
                let (first, last) = (index_of(grid, first.trim(), "--melt")?, index_of(grid, last.trim(), "--melt")?);
                if first > last {
                    return Err(Failure::Usage(format!("--melt {name}: the first column stands behind the last")));
                }
                all.extend(first..=last);
            }
            None => all.push(index_of(grid, name, "--melt")?),
        }
    }
    Ok(all)
}

impl Mapping {
    /// Decides where every column of the table comes from.
    ///
    /// # Errors
    /// [`Failure::Usage`] when the request names a column that the table or the file does not have.
    pub fn make(grid: &Grid, spec: &TableSpec, languages: &[String], request: &Request) -> Result<Mapping, Failure> {
        let mut found: Vec<(String, From)> = Vec::new();
        let check = |flag: &str, target: &str| {
            if takes(spec, languages, target) {
                return Ok(());
            }
            let known: Vec<&str> = spec.columns.iter().map(|column| column.name).collect();
            let hint = nearest(target, &known).map_or(String::new(), |near| format!("; is it {near}?"));
            let all = known.join(", ");
            Err(Failure::Usage(format!(
                "{flag}: the table {} has no column \"{target}\"{hint} It has: {all}",
                spec.name
            )))
        };
        for (target, source) in &request.map {
            check("--map", target)?;
            found.push((target.clone(), From::Column(index_of(grid, source, "--map")?)));
        }
        for (target, value) in &request.set {
            check("--set", target)?;
            found.push((target.clone(), From::Fixed(value.clone())));
        }
        let key = spec.columns.first().filter(|column| column.kind == Type::Id && column.key).map(|column| column.name);
        if let Some(source) = &request.id_from {
            let key = key.ok_or_else(|| {
                Failure::Usage(format!("--id-from: the rows of {} have no id of their own", spec.name))
            })?;
            found.push((key.to_owned(), From::Slug(index_of(grid, source, "--id-from")?)));
        }
        if let Some((target, _)) =
            found.iter().enumerate().find_map(|(at, (name, _))| found[..at].iter().find(|(other, _)| other == name))
        {
            return Err(Failure::Usage(format!("the column {target} is given twice (--map, --set, --id-from)")));
        }
        let mut used: Vec<usize> =
            found.iter().filter_map(|(_, from)| if let From::Column(at) = from { Some(*at) } else { None }).collect();
        // A column of which ids are made may also be the name, so it is not used up.
        let names = |at: usize| fold(&grid.header[at].text);
        let mut multilingual: Vec<String> = Vec::new();
        for column in spec.columns {
            multilingual.push(column.name.to_owned());
            if column.multilingual {
                multilingual.extend(languages.iter().skip(1).map(|language| format!("{}_{language}", column.name)));
            }
        }
        for exact in [true, false] {
            for target in &multilingual {
                if found.iter().any(|(name, _)| name == target) {
                    continue;
                }
                let wanted: Vec<String> = if exact {
                    vec![fold(target)]
                } else {
                    meanings(spec, target).iter().map(|name| fold(name)).collect()
                };
                let hit = wanted
                    .iter()
                    .find_map(|wanted| (0..grid.header.len()).find(|&at| !used.contains(&at) && names(at) == *wanted));
                if let Some(at) = hit {
                    used.push(at);
                    found.push((target.clone(), From::Column(at)));
                }
            }
        }
        let has = |found: &[(String, From)], name: &str| found.iter().position(|(target, _)| target == name);
        if let Some(key) = key.filter(|key| has(&found, key).is_none()) {
            let name = has(&found, "name").or_else(|| has(&found, "title"));
            if let Some(From::Column(at)) = name.map(|at| found[at].1.clone()) {
                found.push((key.to_owned(), From::Slug(at)));
            }
        }
        if spec.name == "places" && grid.rows.iter().any(|row| row.geometry.is_some()) {
            for target in ["lon", "lat"] {
                if has(&found, target).is_none() {
                    found.push((target.to_owned(), From::Geometry));
                }
            }
        }
        lone_value(grid, spec, &mut found, &mut used, |text| request.is_missing(text));
        for name in &request.keep {
            if !spec.attributes {
                return Err(Failure::Usage(format!("--keep: the table {} keeps no further columns", spec.name)));
            }
            let wanted: Vec<usize> = if name == "all" {
                (0..grid.header.len()).filter(|at| !used.contains(at)).collect()
            } else {
                vec![index_of(grid, name, "--keep")?]
            };
            for at in wanted {
                let id = super::words::slug(&grid.header[at].text).map(|id| id.replace('-', "_"));
                let target = id.ok_or_else(|| {
                    Failure::Usage(format!(
                        "--keep \"{}\": give it a plain name with --map name=...",
                        grid.header[at].text
                    ))
                })?;
                if has(&found, &target).is_none() {
                    used.push(at);
                    found.push((target, From::Column(at)));
                }
            }
        }
        let order = |name: &str| multilingual.iter().position(|column| column == name).unwrap_or(usize::MAX);
        found.sort_by_key(|(name, _)| order(name));
        let goes =
            |at: &usize| found.iter().any(|(_, from)| matches!(from, From::Column(n) | From::Slug(n) if n == at));
        let left_out = (0..grid.header.len()).filter(|at| !goes(at)).map(|at| grid.header[at].text.clone()).collect();
        Ok(Mapping { columns: found, left_out })
    }

    /// Where a column comes from.
    pub fn from(&self, target: &str) -> Option<&From> {
        self.columns.iter().find(|(name, _)| name == target).map(|(_, from)| from)
    }
}

/// In a table of figures the one column of figures that is left over is the value.
fn lone_value(
    grid: &Grid,
    spec: &TableSpec,
    found: &mut Vec<(String, From)>,
    used: &mut Vec<usize>,
    missing: impl Fn(&str) -> bool,
) {
    if spec.column("value").is_none()
        || spec.column("period").is_none()
        || found.iter().any(|(name, _)| name == "value")
    {
        return;
    }
    let style = |text: &str| {
        super::figures::Figure::read(text, super::figures::POINT)
            .or_else(|| super::figures::Figure::read(text, super::figures::COMMA))
            .is_some()
    };
    let mut figures = (0..grid.header.len()).filter(|at| {
        let mut cells = grid.rows.iter().map(|row| &row.cells[*at]).filter(|cell| !cell.text.is_empty()).peekable();
        let fits = |cell: &Cell| cell.number || missing(&cell.text) || style(&cell.text);
        !used.contains(at) && cells.peek().is_some() && cells.all(fits)
    });
    if let (Some(at), None) = (figures.next(), figures.next()) {
        used.push(at);
        found.push(("value".to_owned(), From::Column(at)));
    }
}
