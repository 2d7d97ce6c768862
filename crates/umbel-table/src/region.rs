//! The region: all its tables, read from its folder.

use crate::networks::NetworkFiles;
use crate::observed::ObservedRows;
use crate::rows::*;
use crate::shared::Shared;
use rustc_hash::FxHashMap;
use std::collections::BTreeMap;
use std::path::PathBuf;
use umbel_core::{Symbol, Symbols, Unit};

/// A file that was read.
#[derive(Clone, Debug)]
pub struct SourceFile {
    /// Path with `/`, relative to the region folder.
    pub path: String,
    /// Name of the table its rows belong to (empty for others).
    pub table: String,
}

/// Line and column of cells, by row, column and id.
pub type Placed = BTreeMap<(Origin, String, Symbol), (u32, u32)>;

/// A region: its tables and registers, with the ids they use.
#[derive(Clone, Debug, Default)]
pub struct Region {
    /// The folder.
    pub root: PathBuf,
    /// Name of the package.
    pub name: String,
    /// Languages of the title columns, the plain one first.
    pub languages: Shared<Vec<String>>,
    /// Every id in use.
    pub symbols: Shared<Symbols>,
    /// Files read, in the order of the package.
    pub files: Shared<Vec<SourceFile>>,
    /// Networks, in alphabetical order.
    pub networks: Shared<Vec<NetworkFiles>>,
    /// Units that the package declares for columns: (table, column) to unit.
    pub column_units: Shared<FxHashMap<(String, String), Unit>>,
    /// Where the cells of rows stand that are written in no table file: line and column by row, column and id (rows of
    /// one line are told apart by their ids).
    pub placed: Shared<Placed>,
    /// Places.
    pub places: Shared<Vec<Place>>,
    /// Boundaries by place, WGS84.
    pub boundaries: Shared<FxHashMap<Symbol, Boundary>>,
    /// Observations.
    pub observations: Observations,
    /// Links.
    pub links: Shared<Vec<Link>>,
    /// Flows.
    pub flows: Shared<Vec<Flow>>,
    /// Projects.
    pub projects: Shared<Vec<Project>>,
    /// Stages of projects.
    pub stages: Shared<Vec<Stage>>,
    /// Effects.
    pub effects: Shared<Vec<Effect>>,
    /// Plans.
    pub plans: Shared<Vec<Plan>>,
    /// Indicators.
    pub indicators: Shared<Vec<Indicator>>,
    /// Targets.
    pub targets: Shared<Vec<Target>>,
    /// Claims.
    pub claims: Shared<Vec<Claim>>,
    /// Sources.
    pub sources: Shared<Vec<Source>>,
    /// Kinds.
    pub kinds: Shared<Vec<Kind>>,
    /// Scales.
    pub scales: Shared<Vec<Scale>>,
    /// How units are shown.
    pub units: Shared<Vec<UnitLabel>>,
}

/// The boundary of a place.
#[derive(Clone, Debug)]
pub struct Boundary {
    /// Where its feature begins.
    pub origin: Origin,
    /// Column at which its feature begins.
    pub column: u32,
    /// The polygons.
    pub polygons: geo::MultiPolygon<f64>,
}

impl Region {
    /// The row of a place that is valid last.
    pub fn place(&self, id: Symbol) -> Option<&Place> {
        self.places.iter().rev().find(|place| place.id == id)
    }

    /// The row of an indicator.
    pub fn indicator(&self, id: Symbol) -> Option<&Indicator> {
        self.indicators.iter().find(|indicator| indicator.id == id)
    }

    /// The row of a source.
    pub fn source(&self, id: Symbol) -> Option<&Source> {
        self.sources.iter().find(|source| source.id == id)
    }

    /// A digest (256 bits) of the observations of an indicator: of the set of their rows, each with its place, period,
    /// breakdown, vintage, value and unit as written, status, bound, interval and source; and of the indicator's unit.
    /// Files, lines, notes and the order of the rows have no part in it. An indicator without rows has the digest of
    /// nothing.
    ///
    /// Known since the files were read: no row is made for it.
    pub fn digest(&self, indicator: Symbol) -> [u8; 32] {
        self.observations.observed(indicator).map_or([0; 32], ObservedRows::digest)
    }

    /// Text of an id.
    pub fn id(&self, symbol: Symbol) -> &str {
        self.symbols.name(symbol)
    }

    /// Path of the file a row stands in.
    pub fn path(&self, origin: Origin) -> &str {
        self.files.get(usize::from(origin.file)).map_or("", |file| &file.path)
    }
}
