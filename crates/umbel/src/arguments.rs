//! The command line: every command and option, documented here and nowhere else.

use clap::builder::TypedValueParser;
use clap::{Args, Parser, Subcommand, ValueEnum};
use std::path::PathBuf;

/// What stands below every help text.
const EXIT_CODES: &str = "\
Exit codes:
  0  fine; warnings and notes alone are fine too
  1  findings of severity error (check, add, apply), or figures that differ (verify)
  2  the command line is wrong
  3  something failed: a folder that cannot be read, a file that cannot be written, a
     statistic that is not defined for the figures given";

/// A tool for people who plan regions: one folder of open data in, one checked report out
#[derive(Debug, Parser)]
#[command(name = "umbel", version, after_help = EXIT_CODES)]
pub struct Arguments {
    /// Print results only: no progress, no remarks, no summary
    #[arg(long, short, global = true)]
    pub quiet: bool,
    /// Number of threads (default: one a core); results do not depend on it
    #[arg(long, value_name = "N", global = true, value_parser = clap::value_parser!(u16).range(1..=1024))]
    pub threads: Option<u16>,
    /// What to do
    #[command(subcommand)]
    pub command: Command,
}

/// The commands.
#[derive(Debug, Subcommand)]
pub enum Command {
    /// Start a region: a folder with empty tables, a report layout and an example measure
    Init(Init),
    /// Bring a file into a table: CSV, XLSX, GeoJSON or Parquet, whatever its columns are called
    Add(Box<Add>),
    /// Check data, measures, targets and claims; every finding with its place and how to mend it
    Check(Check),
    /// Show what is in a region: tables, indicators, measures (fresh or stale), plans, sources
    List(List),
    /// Evaluate measures and print or write their figures
    Run(Run),
    /// Write the report card: one HTML file that opens from disk
    Report(Report),
    /// Show what a plan changes, for whom, and which of its projects does it
    Compare(Compare),
    /// Show where a figure comes from, down to the lines of the source tables
    Trace(Trace),
    /// Compute the figures of a report again and say which differ
    Verify(Verify),
    /// Apply a statistical method to a plain file: CSV, GeoJSON, Parquet or a workbook, no region needed
    Apply(Apply),
    /// Show the methods that measures are made of: formula, source, parameters
    Methods(Methods),
    /// Explain a finding by its code
    Explain(Explain),
}

/// Arguments of `init`.
#[derive(Debug, Args)]
pub struct Init {
    /// Folder to make
    #[arg(value_name = "DIR")]
    pub folder: PathBuf,
    /// Name of the package: lower-case letters, digits, dashes (default: made of the folder's name)
    #[arg(long)]
    pub name: Option<String>,
    /// Title of the region (default: the folder's name)
    #[arg(long)]
    pub title: Option<String>,
    /// Languages of titles and names, the first one that of the plain columns
    #[arg(long, value_delimiter = ',', default_value = "en", value_name = "LANG,..")]
    pub languages: Vec<String>,
}

/// Arguments of `add`.
///
/// Rows are appended; a row whose key is in the table already is a finding, or takes its place with --replace.
/// Nothing is written while there is an error.
#[derive(Debug, Args)]
pub struct Add {
    /// File to bring in: .csv .tsv .txt, .xlsx .xlsm .xls .ods, .geojson .json, .parquet
    #[arg(value_name = "FILE")]
    pub file: PathBuf,
    /// Table that takes the rows (places, observations, links, flows, projects, ...)
    #[arg(long = "as", value_name = "TABLE")]
    pub table: String,
    /// Region folder
    #[arg(long, value_name = "DIR", default_value = ".")]
    pub into: PathBuf,
    /// Take a column of the table from a column of the file; columns of equal or similar names are found without
    #[arg(long, value_name = "COLUMN=THEIRS", value_parser = pair)]
    pub map: Vec<(String, String)>,
    /// Give a column the same text in every row
    #[arg(long, value_name = "COLUMN=TEXT", value_parser = pair)]
    pub set: Vec<(String, String)>,
    /// Unit of the figures; with a column, of that column (`length=[mi_i]` is converted, `beds={bed}` is declared)
    #[arg(long, value_name = "[COLUMN=]UNIT")]
    pub unit: Vec<String>,
    /// Make ids of this column of the file (default: of the column taken as id, else as name)
    #[arg(long, value_name = "THEIRS")]
    pub id_from: Option<String>,
    /// Wide columns to rows: their headers go to one column, their cells to another, as in 2013..2020:period,value
    #[arg(long, value_name = "COLUMNS:HEADERS,CELLS", value_parser = melt)]
    pub melt: Option<(Vec<String>, String, String)>,
    /// Wide columns to rows, found by their headers: years for period, known indicators for indicator_id
    #[arg(long, value_name = "COLUMN", conflicts_with = "melt")]
    pub wide: Option<String>,
    /// Keep columns of the file as further columns of the table; all for all
    #[arg(long, value_name = "THEIRS,..", value_delimiter = ',')]
    pub keep: Vec<String>,
    /// Decimal separator of numbers (default: found out)
    #[arg(long, value_name = "CHAR")]
    pub decimal: Option<char>,
    /// Separator of thousands (default: found out)
    #[arg(long, value_name = "CHAR")]
    pub thousands: Option<char>,
    /// A further text that means "no figure" (besides .. - n/a and the like)
    #[arg(long, value_name = "TEXT")]
    pub missing: Vec<String>,
    /// Cell separator of a text file (default: found out)
    #[arg(long, value_name = "CHAR")]
    pub delimiter: Option<char>,
    /// Encoding of a text file (utf-8, windows-1252, gbk, ...)
    #[arg(long, value_name = "NAME")]
    pub encoding: Option<String>,
    /// Sheet of a workbook (default: the first)
    #[arg(long, value_name = "NAME")]
    pub sheet: Option<String>,
    /// Row of the header (default: the first that is as wide as the table)
    #[arg(long, value_name = "N")]
    pub header_row: Option<u32>,
    /// File of the region that takes the rows (default: data/TABLE.csv)
    #[arg(long, value_name = "PATH")]
    pub to: Option<String>,
    /// Let rows take the place of rows with the same key, so that doing it twice changes nothing
    #[arg(long)]
    pub replace: bool,
    /// Write nothing, only say what would be done
    #[arg(long)]
    pub dry: bool,
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    pub format: TextOrJson,
}

/// Arguments of `check`.
#[derive(Debug, Args)]
pub struct Check {
    /// Region folder
    pub region: PathBuf,
    /// How to print; json is an array of objects with code, severity, file, line, column, message, fix
    #[arg(long, value_enum, default_value = "text")]
    pub format: CheckFormat,
}

/// Arguments of `list`.
#[derive(Debug, Args)]
pub struct List {
    /// Region folder
    pub region: PathBuf,
    /// How to print; json is one object with tables, indicators, measures, plans, sources
    #[arg(long, value_enum, default_value = "text")]
    pub format: TextOrJson,
}

/// Arguments of `run`.
#[derive(Debug, Args)]
pub struct Run {
    /// Region folder
    pub region: PathBuf,
    /// Measures or indicators by id; `claims` and `targets` for their verdicts and progress (default: every measure, as a
    /// table one line a measure)
    #[arg(value_name = "MEASURE")]
    pub wanted: Vec<String>,
    /// Only these places
    #[arg(long, value_name = "ID,..", value_delimiter = ',')]
    pub place: Vec<String>,
    /// Only periods that lie within one of these
    #[arg(long, value_name = "PERIOD,..", value_delimiter = ',', value_parser = period)]
    pub period: Vec<umbel_core::Period>,
    /// See the figures as they had been released by this day
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<umbel_core::Date>,
    /// Under which plan
    #[command(flatten)]
    pub under: UnderPlan,
    /// Draw uncertain figures so often from their intervals, and give every figure the band in which 95 % of them lie
    #[arg(long, value_name = "N", value_parser = clap::value_parser!(u32).range(2..=100_000))]
    pub draws: Option<u32>,
    /// Seed of the draws
    #[arg(long, value_name = "N", default_value = "1")]
    pub seed: u64,
    /// How to print (default: that of the ending of --output, else table)
    #[arg(long, value_enum)]
    pub format: Option<RunFormat>,
    /// Write to a file instead
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
    /// Print no figures, only which measures are stale: what they read has changed since they were last run
    #[arg(long)]
    pub dry: bool,
}

/// A plan: what `run` and `trace` see the region under.
#[derive(Clone, Debug, Default, Args)]
pub struct UnderPlan {
    /// See the region under a plan
    #[arg(long, value_name = "PLAN")]
    pub plan: Option<String>,
    /// Take in these projects besides
    #[arg(long, value_name = "PROJECT,..", value_delimiter = ',')]
    pub with: Vec<String>,
    /// Leave out these projects of the plan
    #[arg(long, value_name = "PROJECT,..", value_delimiter = ',')]
    pub without: Vec<String>,
}

/// Arguments of `compare`.
///
/// Shows every figure that differs between two plans. Shares of projects are exact Shapley values up to 12 projects that
/// touch a figure, sampled with their error beyond.
#[derive(Debug, Args)]
pub struct Compare {
    /// Region folder
    pub region: PathBuf,
    /// Plan that is compared with; base = the tables as they stand
    #[arg(value_name = "BASE")]
    pub base: String,
    /// Plan
    #[arg(value_name = "PLAN")]
    pub plan: String,
    /// Take in these projects besides those of the plan
    #[arg(long, value_name = "PROJECT,..", value_delimiter = ',')]
    pub with: Vec<String>,
    /// Leave out these projects of the plan
    #[arg(long, value_name = "PROJECT,..", value_delimiter = ',')]
    pub without: Vec<String>,
    /// Only periods within one of these; last figures are held for years to come, in the base as in the plan (default:
    /// every period, and the horizon of the plan)
    #[arg(long, value_name = "PERIOD,..", value_delimiter = ',', value_parser = period)]
    pub period: Vec<umbel_core::Period>,
    /// Only these indicators
    #[arg(long, value_name = "ID,..", value_delimiter = ',')]
    pub indicator: Vec<String>,
    /// Only these places
    #[arg(long, value_name = "ID,..", value_delimiter = ',')]
    pub place: Vec<String>,
    /// See the figures as they had been released by this day
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<umbel_core::Date>,
    /// Show the share of each project in each difference: its Shapley value
    #[arg(long, conflicts_with = "people")]
    pub by_project: bool,
    /// With --by-project: shares are exact up to so many projects that touch a figure, and sampled beyond
    #[arg(long, value_name = "N", default_value = "12", value_parser = clap::value_parser!(u8).range(1..=20).map(usize::from))]
    pub exact_up_to: usize,
    /// With --by-project: orders of the projects that are sampled
    #[arg(long, value_name = "N", default_value = "512")]
    pub permutations: u32,
    /// Draw uncertain figures and effects so often from their intervals, and show in which band 95 % of the draws lie
    #[arg(long, value_name = "N", conflicts_with_all = ["people", "by_project"], value_parser = clap::value_parser!(u32).range(2..=100_000))]
    pub draws: Option<u32>,
    /// Seed of what is sampled and drawn
    #[arg(long, value_name = "N", default_value = "1")]
    pub seed: u64,
    /// Show who gains and who loses, by kind of place and by people
    #[arg(long)]
    pub people: bool,
    /// Indicator that counts the people of a place (default: that of report.toml)
    #[arg(long, value_name = "ID")]
    pub population: Option<String>,
    /// With --people: the share of people whose figure is at most (<=) or at least (>=) this, as in minutes<=60
    #[arg(long, value_name = "INDICATOR<=VALUE", requires = "people")]
    pub within: Vec<String>,
    /// How to print (default: that of the ending of --output, else table)
    #[arg(long, value_enum)]
    pub format: Option<RunFormat>,
    /// Write to a file instead
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Arguments of `report`.
#[derive(Debug, Args)]
pub struct Report {
    /// Region folder
    pub region: PathBuf,
    /// Language (default: the first of report.toml)
    #[arg(long, value_name = "LANG")]
    pub lang: Option<String>,
    /// File to write (default: NAME.html in the current folder, NAME.LANG.html for a further language)
    #[arg(long, short, value_name = "FILE")]
    pub output: Option<PathBuf>,
}

/// Arguments of `trace`.
#[derive(Debug, Args)]
pub struct Trace {
    /// Region folder
    pub region: PathBuf,
    /// The figure: indicator@place@period (and @breakdown); what is left out is that of the report
    pub figure: String,
    /// See the figures as they had been released by this day
    #[arg(long, value_name = "DATE", value_parser = date)]
    pub as_of: Option<umbel_core::Date>,
    /// Under which plan
    #[command(flatten)]
    pub under: UnderPlan,
    /// Rows shown behind each figure
    #[arg(long, value_name = "N", default_value = "12")]
    pub limit: usize,
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    pub format: TextOrJson,
}

/// Arguments of `verify`.
#[derive(Debug, Args)]
pub struct Verify {
    /// Report written by `umbel report`
    pub report: PathBuf,
    /// Region folder (default: a folder named as the report, here or in regions/)
    #[arg(long, value_name = "DIR")]
    pub region: Option<PathBuf>,
    /// How to print; json is an array of the figures that differ
    #[arg(long, value_enum, default_value = "text")]
    pub format: TextOrJson,
}

/// Arguments of `apply`: a subcommand for each method, made from its parameters.
#[derive(Debug)]
pub struct Apply {
    /// What was given.
    pub matches: clap::ArgMatches,
}

impl clap::FromArgMatches for Apply {
    fn from_arg_matches(matches: &clap::ArgMatches) -> Result<Apply, clap::Error> {
        Ok(Apply { matches: matches.clone() })
    }

    fn update_from_arg_matches(&mut self, matches: &clap::ArgMatches) -> Result<(), clap::Error> {
        self.matches = matches.clone();
        Ok(())
    }
}

impl clap::Args for Apply {
    fn augment_args(command: clap::Command) -> clap::Command {
        crate::commands::apply::augment(command)
    }

    fn augment_args_for_update(command: clap::Command) -> clap::Command {
        Apply::augment_args(command)
    }
}

/// Arguments of `methods`.
#[derive(Debug, Args)]
pub struct Methods {
    /// A method; without one, all in short
    pub name: Option<String>,
    /// How to print; json holds the JSON Schema of the parameters
    #[arg(long, value_enum, default_value = "text")]
    pub format: TextOrJson,
}

/// Arguments of `explain`.
#[derive(Debug, Args)]
pub struct Explain {
    /// Code of a finding, such as R001; without one, all in short
    pub code: Option<String>,
    /// How to print
    #[arg(long, value_enum, default_value = "text")]
    pub format: TextOrJson,
}

/// Text for people or JSON for programs.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum TextOrJson {
    /// For people
    Text,
    /// For programs
    Json,
}

/// Forms of findings.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum CheckFormat {
    /// For people
    Text,
    /// For programs
    Json,
    /// For code hosts and editors (SARIF 2.1.0)
    Sarif,
}

/// Forms of figures.
#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
pub enum RunFormat {
    /// Aligned columns
    Table,
    /// Comma-separated values
    Csv,
    /// An array of objects
    Json,
    /// Columns of the observations table
    Parquet,
    /// Features with the boundary or point of the place
    Geojson,
}

fn pair(text: &str) -> Result<(String, String), String> {
    match text.split_once('=') {
        Some((column, value)) if !column.trim().is_empty() => Ok((column.trim().to_owned(), value.to_owned())),
        _ => Err("write it as COLUMN=...".to_owned()),
    }
}

fn melt(text: &str) -> Result<(Vec<String>, String, String), String> {
    let wrong = || "write it as COLUMNS:HEADERS,CELLS, for example 2013,2014:period,value".to_owned();
    let (columns, targets) = text.rsplit_once(':').ok_or_else(wrong)?;
    let (headers, cells) = targets.split_once(',').ok_or_else(wrong)?;
    let columns: Vec<String> =
        columns.split(',').map(|name| name.trim().to_owned()).filter(|name| !name.is_empty()).collect();
    if columns.is_empty() || headers.trim().is_empty() || cells.trim().is_empty() {
        return Err(wrong());
    }
    Ok((columns, headers.trim().to_owned(), cells.trim().to_owned()))
}

fn period(text: &str) -> Result<umbel_core::Period, String> {
    umbel_core::Period::parse(text)
        .ok_or_else(|| "a period is written as 2022, 2022-07, 2022-Q3 or 2014/2022".to_owned())
}

fn date(text: &str) -> Result<umbel_core::Date, String> {
    text.parse().map_err(|_| "a date is written as 2022-07-29".to_owned())
}
