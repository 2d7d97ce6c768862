//! The codes of findings: a public contract; a code is never given a second meaning.

use crate::Severity;

/// A kind of finding.
#[derive(Debug, PartialEq, Eq)]
pub struct Code {
    /// Stable id: a letter for the family and three digits.
    pub id: &'static str,
    /// Short name.
    pub title: &'static str,
    /// Severity it has unless a finding says otherwise.
    pub severity: Severity,
    /// What it means and why it matters.
    pub meaning: &'static str,
    /// How it is mended.
    pub mend: &'static str,
}

macro_rules! codes {
    ($($id:ident $severity:ident $title:literal $meaning:literal $mend:literal;)*) => {
        $(#[doc = $title]
        pub static $id: Code = Code {
            id: stringify!($id), title: $title, severity: Severity::$severity, meaning: $meaning, mend: $mend,
        };)*
        /// Every code, in the order of the families.
        pub static CODES: &[&Code] = &[$(&$id),*];
    };
}

impl Code {
    /// The code with this id (case does not matter).
    pub fn find(id: &str) -> Option<&'static Code> {
        CODES.iter().find(|code| code.id.eq_ignore_ascii_case(id)).copied()
    }
}

codes! {
    F001 Error "file missing" "The package names a file that is not in the folder." "Add the file, or remove its resource from datapackage.json.";
    F002 Error "package unreadable" "datapackage.json is missing or not valid JSON, or lacks what a package needs; nothing else can be read without it." "Correct it at the place named, or write a fresh one with `umbel init`.";
    F003 Error "unknown table" "A resource says it belongs to a table that does not exist." "Use one of the tables of the region format in `umbel:table`.";
    F004 Error "column missing" "A required column is not in the header line." "Add the column to the header and fill it.";
    F005 Warning "unknown column" "The table has no such column and keeps no attributes; its cells are not read." "Correct the name, or remove the column.";
    F006 Error "wrong number of cells" "A row has more or fewer cells than the header, so its cells cannot be told apart." "Quote cells that contain a comma; add or remove cells.";
    F007 Error "not UTF-8" "The file holds bytes that are not UTF-8 text." "Save the file as UTF-8.";
    F008 Error "quote not closed" "A quoted cell runs to the end of the file." "Close the quote, or double quotes inside a cell.";
    F009 Error "required cell empty" "A cell that every row must have is empty." "Fill the cell.";
    F010 Error "malformed id" "An id has characters other than a-z, 0-9, dot, dash and underscore, or starts with none of a letter or digit." "Rewrite the id in lower-case letters, digits, `.`, `-`, `_`.";
    F011 Error "number does not parse" "The cell is not a finite decimal number." "Write a plain number such as 1234.5: no thousands separator, no unit, a point before the decimals.";
    F012 Error "period does not parse" "The cell is not a period." "Write 2022, 2022-07, 2022-07-29, 2022-Q3, 2022-S1, 2022-W07 or an interval such as 2014/2022.";
    F013 Error "date does not parse" "The cell is not a calendar date." "Write the date as 2022-07-29.";
    F014 Error "neither true nor false" "The cell must be true or false." "Write true or false.";
    F015 Error "word not allowed" "The column takes only certain words." "Use one of the words named.";
    F016 Error "unit does not parse" "The text is not a UCUM unit with annotations." "Write for example km2, ug/m3, {person}, 10*8.{CNY}.";
    F017 Error "GeoJSON unreadable" "The file is not a GeoJSON feature collection with a place_id in each feature." "Correct the file at the place named.";
    F018 Error "TOML unreadable" "The file is not valid TOML." "Correct the file at the place named.";
    F019 Error "Parquet unreadable" "The file is not a Parquet file, or a column has a type that the table does not take." "Write the file again with the column types of the region format.";
    F020 Error "column twice" "The header names a column twice, so its cells cannot be told apart." "Remove or rename one of them.";
    F021 Error "neighbours unreadable" "A file of neighbours (GAL, GWT, JSON) is not laid out as its format says." "Correct the file at the place named.";
    F022 Error "instance unreadable" "A file of instances (JSON) is not laid out as its method asks." "Correct the file at the place named.";
    R001 Error "duplicate key" "Two rows have the same key, so a figure would be counted twice or chosen at random." "Remove one of the rows, or tell them apart by breakdown or vintage.";
    R002 Error "unknown place" "The row names a place that is not in the places table." "Correct the id, or add the place.";
    R003 Error "unknown indicator" "The row names an indicator that is neither in the indicators table nor defined by a measure." "Correct the id, or add the indicator.";
    R004 Error "unknown source" "The row names a source that is not in the sources table." "Correct the id, or add the source.";
    R005 Error "unknown project" "The row names a project that is not in the projects table." "Correct the id, or add the project.";
    R006 Error "unknown plan" "The row names a plan that is not in the plans table." "Correct the id, or add the plan.";
    R007 Error "unknown scale or step" "A class or stage is not on its scale." "Use a code of the scale, or add it to the scales table.";
    U001 Error "unit of another dimension" "The unit of an observation measures something else than its indicator's unit." "Correct the unit, or the indicator.";
    U002 Error "target in another unit" "The unit of a target measures something else than its indicator's unit." "State the target in a unit of the indicator's dimension.";
    U003 Error "claim in another unit" "The unit of a claim measures something else than its indicator's unit." "State the claim in a unit of the indicator's dimension.";
    U004 Error "flows in several dimensions" "Flows of one kind are stated in units that cannot be added." "Use units of one dimension for one kind.";
    V001 Error "interval out of order" "low <= value <= high does not hold." "Correct low, value or high.";
    V002 Error "value missing without a reason" "The value is empty and the status does not say why." "Give the value, or a status that says why it is missing (H, L, M, O, Q).";
    V003 Error "value present though missing" "The status says that there is no value, yet there is one." "Remove the value, or give another status.";
    V004 Warning "parent and children disagree" "The figure of a place differs from the sum of the parts that divide it by more than the tolerance." "Check the parts, the parent, their vintages and boundaries, or raise the indicator's tolerance.";
    V005 Warning "share out of range" "A share lies outside 0 to 100 per cent." "Check value and unit.";
    P001 Error "cycle in the place tree" "A place is its own ancestor." "Correct parent_id.";
    P002 Error "parent missing" "parent_id names a place that is not in the table." "Correct parent_id, or add the place.";
    P003 Error "no single root" "Exactly one place, the region itself, has no parent." "Give every other place a parent.";
    P004 Error "overlapping validity" "Two rows of one place are valid on the same day." "End the earlier row before the later begins.";
    P005 Error "validity ends before it begins" "valid_to lies before valid_from." "Correct the dates.";
    G001 Error "boundary invalid" "A boundary crosses itself, is not closed, or has too few points." "Repair the geometry.";
    G002 Warning "boundary far from its point" "The point of a place lies outside its boundary." "Correct the point or the boundary.";
    G003 Error "coordinates swapped" "Longitude and latitude look swapped: the other way round the point lies where it should." "Swap lon and lat.";
    G004 Error "coordinates in GCJ-02" "The point looks like GCJ-02 (the shifted system of Chinese web maps): moved back to WGS84 it lies where it should." "Convert the coordinates to WGS84.";
    G005 Error "coordinate out of range" "Longitude must lie within -180..180 and latitude within -90..90." "Correct the coordinate.";
    G006 Warning "boundary of no place" "A boundary names a place that is not in the places table." "Correct place_id, or add the place.";
    J001 Error "project finishes before it starts" "finish lies before start." "Correct the dates.";
    J002 Error "effect on a row that is not there" "The key of an effect names no row of its table, so the effect would do nothing." "Correct the key or the table.";
    J003 Error "effects contradict" "Two effects of one plan set the same cell to different values from the same date." "Remove one of them, or date them apart.";
    J004 Error "cycle among plans" "A plan is its own ancestor." "Correct parent_id.";
    J005 Warning "stages out of order" "A project reaches a later stage before an earlier one." "Correct the dates of the stages.";
    J006 Error "effect out of time" "An effect changes a place, or a figure of it, before the place exists, or a figure of a period before the effect is in force." "Correct the date of the effect, the period, or valid_from of the place.";
    J007 Error "plan over its budget" "The projects of a plan cost more together than its budget." "Take a project out, correct the costs, or raise the budget.";
    J008 Error "value of an effect does not fit" "The value, unit or interval of an effect does not fit the column that it changes." "Write a value that the column can hold.";
    M001 Error "unknown method" "The measure names a method that does not exist." "Use one of the methods listed by `umbel methods`.";
    M002 Error "parameter wrong" "A parameter is unknown, missing or of the wrong type." "See the method's page: `umbel methods NAME`.";
    M003 Error "reads what nobody provides" "A measure reads an indicator, kind or place that is in no table and written by no measure." "Correct the name, or add what is read.";
    M004 Error "cycle among measures" "A measure reads, through others, what it writes." "Break the cycle.";
    M005 Error "formula does not parse" "The formula is not arithmetic over indicators." "Correct it at the place named.";
    M006 Error "units do not fit" "The formula or measure combines units that cannot be combined, or yields another dimension than declared." "Correct the formula or the declared unit.";
    M007 Warning "measure gives nothing" "The measure found no rows to work on." "Check its filters and what it reads.";
    K001 Error "claim incomplete" "A claim with an indicator needs place, period, comparator and value." "Fill the cells named, or leave the indicator empty when nothing measurable was said.";
    K002 Error "target incomplete" "The direction of a target needs other cells than those given (within: low and high; else: value)." "Fill the cells named.";
    N001 Error "not an OpenStreetMap extract" "The file is no PBF file, so no street can be read from it." "Give an extract in the PBF format (.osm.pbf).";
    N002 Error "extract cut" "The file ends in the middle of a block: part of it is missing." "Fetch or write the file again.";
    N003 Error "block corrupt" "A block of the extract cannot be inflated or decoded; its streets or nodes are missing." "Fetch or write the file again.";
    N004 Error "extract demands what is not understood" "The file says that a reader must know a feature, or uses a compression, that is not known here." "Write it with zlib compression and without history.";
    N005 Warning "nodes of streets missing" "Streets name nodes that the extract does not hold, as at the edge of a clipped extract; they are cut there." "Take a larger extract if streets near its edge matter.";
    N006 Error "no street" "Nothing in the file is a street that anybody may use by the rules." "Check the extract, and the rules of streets.";
    N007 Error "rules of streets wrong" "A tag, speed or factor in the rules of streets makes no sense." "Correct it; the standard rules show every key.";
    N008 Error "link to an unknown node" "A link names a node that is not in the table of nodes, so it leads nowhere." "Correct the id, or add the node.";
    N009 Warning "street without length" "A street has fewer than two nodes, or begins and ends at one node without a way between; it is left out." "Mend it in the source, or ignore this.";
    N010 Error "length or speed out of range" "The length or speed of a link is not above zero, or larger than anything on Earth." "Correct the number, and check its unit.";
    A001 Note "report layout names something unknown" "report.toml names an indicator, place or chapter that is not there; that part of the report stays empty." "Correct the name.";
}
