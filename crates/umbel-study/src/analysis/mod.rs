//! Analyses: methods that look at many places (and periods) at once and give more than one figure.
//!
//! An analysis is one struct of documented parameters and an implementation of [`Analysis`]. It is a [`Method`] by that:
//! a measure writes one of its results (`result = "..."`) into the observations. And it can be applied to plain files
//! (`umbel apply`), where all of its results are given. Both make a [`Sample`] and get an [`Outcome`]; the analysis does
//! not know which of them it serves. The arithmetic is that of an engine crate.
//!
//! Column names: the main one is the parameter `of` (a `String`, or a `Vec<String>` for several), which
//! `--values FILE:FIELD` fills on the command line; further columns are parameters of their own (`groups`, `treated`).
//! Neighbours are a parameter `weights: String` with the text of an [`umbel_stats::weights::Rule`], or on the command line
//! a file; [`Sample::weights`] makes them. Parameters keep the names of the field's terms; words are enums with
//! `rename_all = "snake_case"`.
//!
//! To add one: a file in `methods/` that declares its struct with [`over_places!`](crate::over_places), implements
//! [`Analysis`], and is listed in `methods/mod.rs` as `analysis name::Name`. `moran.rs` is a short one to start from.

pub mod files;
mod in_region;
pub mod neighbours;
mod outcome;
pub mod panels;
pub mod people;
mod sample;
mod samples;
mod space;

pub use in_region::Analysed;
pub use outcome::{Cells, Figure, Key, Name, Outcome, Table};
pub use sample::{Column, Labels, Numbers, Sample};
pub use space::{Boundary, Space};

use crate::filter::Places;
use crate::inputs::Inputs;
use crate::method::{Method, Problem};
use crate::output::Output;
use crate::parameters::Periods;
use crate::reads::{Reads, Units};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use umbel_core::Unit;

/// What a sample spans.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Over {
    /// Places in one period: evaluated for every period by itself.
    Places,
    /// Places in several periods, all at once.
    Panel,
}

/// What a result is about: where a measure writes it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum About {
    /// The whole sample: a figure of the outcome, written at `place`.
    Whole,
    /// Each place: a column of the table `places`.
    Place,
    /// Each place in each period: a column of the table `rows`.
    Row,
    /// Each period: a column of the table `periods`, written at `place`.
    Period,
}

/// The unit of a result.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UnitOf {
    /// None: a pure number.
    One,
    /// That of the figures analysed (the first column).
    Figures,
    /// That of the figures analysed, for each year.
    FiguresPerYear,
}

/// A result that a measure can write.
#[derive(Clone, Copy, Debug)]
pub struct Quantity {
    /// Name of the figure or column.
    pub name: &'static str,
    /// What it is about.
    pub about: About,
    /// Its unit.
    pub unit: UnitOf,
    /// Names of the figures or columns that hold its interval.
    pub band: Option<(&'static str, &'static str)>,
    /// For a column of words: the words, whose numbers (from 1) are written.
    pub words: &'static [&'static str],
    /// Whether a sample with parts has one for each: the columns of the table `parts`, each written under the breakdown
    /// of its part.
    pub by_part: bool,
    /// What it means.
    pub meaning: &'static str,
}

impl Quantity {
    /// A pure number about the whole.
    pub const fn whole(name: &'static str, meaning: &'static str) -> Quantity {
        Quantity { name, about: About::Whole, unit: UnitOf::One, band: None, words: &[], by_part: false, meaning }
    }

    /// A pure number about each place.
    pub const fn place(name: &'static str, meaning: &'static str) -> Quantity {
        Quantity { about: About::Place, ..Quantity::whole(name, meaning) }
    }

    /// The same about something else.
    pub const fn about(self, about: About) -> Quantity {
        Quantity { about, ..self }
    }

    /// The same in this unit.
    pub const fn in_unit(self, unit: UnitOf) -> Quantity {
        Quantity { unit, ..self }
    }

    /// The same with an interval.
    pub const fn with_band(self, low: &'static str, high: &'static str) -> Quantity {
        Quantity { band: Some((low, high)), ..self }
    }

    /// The same, one for each part where the sample has parts.
    pub const fn by_part(self) -> Quantity {
        Quantity { by_part: true, ..self }
    }

    /// The same as words.
    pub const fn of_words(self, words: &'static [&'static str]) -> Quantity {
        Quantity { words, ..self }
    }
}

/// What a column holds.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Holds {
    /// Figures: an indicator of a region, a column of numbers of a file.
    Numbers,
    /// Words: a column of the places table (`parent`, `kind`, an attribute) of a region, any column of a file.
    Labels,
}

/// A column that is read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wanted {
    /// The parameter that names it (`of`, `explained_by.0`).
    pub parameter: String,
    /// Its name: an indicator of a region, a column of a file.
    pub name: String,
    /// What it holds.
    pub holds: Holds,
    /// The dimension over whose codes its figures are spread, a column for each: one of the breakdowns in a region
    /// (`industry`), a column of words in a file.
    pub spread: Option<String>,
}

impl Wanted {
    /// A column of figures.
    pub fn numbers(parameter: impl Into<String>, name: impl Into<String>) -> Wanted {
        Wanted { parameter: parameter.into(), name: name.into(), holds: Holds::Numbers, spread: None }
    }

    /// A column of words.
    pub fn labels(parameter: impl Into<String>, name: impl Into<String>) -> Wanted {
        Wanted { parameter: parameter.into(), name: name.into(), holds: Holds::Labels, spread: None }
    }

    /// Columns of figures, one for each code of a dimension; the sample has their names in [`Sample::parts`] and their
    /// figures as those of a list.
    pub fn spread(parameter: impl Into<String>, name: impl Into<String>, dimension: impl Into<String>) -> Wanted {
        Wanted { spread: Some(dimension.into()), ..Wanted::numbers(parameter, name) }
    }

    /// Columns of figures, one for each entry of a list.
    pub fn list(parameter: &str, names: &[String]) -> Vec<Wanted> {
        let each = names.iter().enumerate();
        each.map(|(at, name)| Wanted::numbers(format!("{parameter}.{at}"), name.clone())).collect()
    }
}

/// What every analysis is told beside its own parameters; see [`over_places!`](crate::over_places).
#[derive(Clone, Copy, Debug)]
pub struct Scope<'a> {
    /// The places analysed.
    pub among: Option<&'a Places>,
    /// The periods analysed.
    pub periods: Option<&'a Periods>,
    /// Where a figure about the whole is written.
    pub place: Option<&'a str>,
    /// The result written.
    pub result: Option<&'a str>,
}

/// The parameters that [`over_places!`](crate::over_places) adds.
pub trait Scoped {
    /// Them.
    fn scope(&self) -> Scope<'_>;
}

/// A method that analyses a sample; see the module.
pub trait Analysis: Scoped + DeserializeOwned + Serialize + JsonSchema + fmt::Debug + Send + Sync + 'static {
    /// Name in `method = "..."`, and with dashes in `umbel apply`.
    const NAME: &'static str;
    /// Raised whenever the same sample and parameters may give other results.
    const VERSION: u32;
    /// What it computes, in one line.
    const SUMMARY: &'static str;
    /// The computation as a formula or a short statement.
    const FORMULA: &'static str;
    /// Where it is published, with the number of the equation.
    const CITATION: &'static str;
    /// What is taken for granted, and what happens where it does not hold.
    const ASSUMPTIONS: &'static str;
    /// What it must not be used for.
    const NOT_FOR: &'static str;
    /// A measure that uses it, in TOML.
    const EXAMPLE: &'static str;
    /// What its sample spans.
    const OVER: Over = Over::Places;
    /// The results that a measure can write; the first is the one written when `result` is left out.
    const RESULTS: &'static [Quantity];
    /// Whether it looks at where places are (boundaries, points), so that a measure rests on them.
    const SPATIAL: bool = false;

    /// The columns it reads.
    fn columns(&self) -> Vec<Wanted>;

    /// What is wrong with the parameters among themselves: parameter, sentence, how to mend it.
    fn problems(&self) -> Vec<(String, String, String)> {
        Vec::new()
    }

    /// Computes. Must depend on nothing but the sample and the parameters, and give the same in any number of threads.
    ///
    /// # Errors
    /// A sentence that says why nothing can be computed.
    fn analyse(&self, sample: &Sample) -> Result<Outcome, String>;
}

/// What an analysis can do for `umbel apply`, whatever its type.
pub trait AnyAnalysis: fmt::Debug + Send + Sync {
    /// As [`Analysis::columns`].
    fn columns(&self) -> Vec<Wanted>;
    /// As [`Analysis::problems`].
    fn problems(&self) -> Vec<(String, String, String)>;
    /// As [`Analysis::analyse`].
    ///
    /// # Errors
    /// As there.
    fn analyse(&self, sample: &Sample) -> Result<Outcome, String>;
    /// The parameters, defaults filled in.
    fn parameters(&self) -> serde_json::Value;
}

impl<A: Analysis> AnyAnalysis for A {
    fn columns(&self) -> Vec<Wanted> {
        Analysis::columns(self)
    }
    fn problems(&self) -> Vec<(String, String, String)> {
        Analysis::problems(self)
    }
    fn analyse(&self, sample: &Sample) -> Result<Outcome, String> {
        Analysis::analyse(self, sample)
    }
    fn parameters(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

type FromJson = fn(serde_json::Value) -> Result<Box<dyn AnyAnalysis>, serde_json::Error>;

/// What is known of an analysis without parameters.
#[derive(Clone, Copy)]
pub struct AnalysisRegistration {
    /// What its sample spans.
    pub over: Over,
    /// Whether it looks at where places are.
    pub spatial: bool,
    /// Its results.
    pub results: &'static [Quantity],
    /// Reads the parameters.
    pub from_json: FromJson,
}

impl AnalysisRegistration {
    /// The registration of an analysis.
    pub const fn of<A: Analysis>() -> AnalysisRegistration {
        AnalysisRegistration {
            over: A::OVER,
            spatial: A::SPATIAL,
            results: A::RESULTS,
            from_json: |value| serde_json::from_value::<A>(value).map(|a| Box::new(a) as Box<dyn AnyAnalysis>),
        }
    }
}

impl<A: Analysis> Method for A {
    const NAME: &'static str = <A as Analysis>::NAME;
    const VERSION: u32 = <A as Analysis>::VERSION;
    const SUMMARY: &'static str = <A as Analysis>::SUMMARY;
    const FORMULA: &'static str = <A as Analysis>::FORMULA;
    const CITATION: &'static str = <A as Analysis>::CITATION;
    const ASSUMPTIONS: &'static str = <A as Analysis>::ASSUMPTIONS;
    const NOT_FOR: &'static str = <A as Analysis>::NOT_FOR;
    const EXAMPLE: &'static str = <A as Analysis>::EXAMPLE;

    fn reads(&self, reads: &mut Reads<'_>) {
        in_region::reads(self, reads);
    }

    fn unit(&self, units: &Units<'_>) -> Result<Unit, Problem> {
        in_region::unit(self, units)
    }

    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String> {
        in_region::evaluate(self, inputs)
    }

    fn analysed(&self, inputs: &Inputs<'_>) -> Option<Result<Vec<Analysed>, String>> {
        Some(in_region::analysed(self, inputs).map(|all| all.into_iter().map(|(analysed, _)| analysed).collect()))
    }
}

/// Declares the struct of an analysis: its own documented parameters, and those that every analysis has.
#[macro_export]
macro_rules! over_places {
    ($(#[$meta:meta])* pub struct $name:ident { $($(#[$about:meta])* pub $field:ident: $type:ty,)* }) => {
        $(#[$meta])*
        #[derive(Clone, Debug, serde::Serialize, serde::Deserialize, schemars::JsonSchema)]
        #[serde(deny_unknown_fields)]
        pub struct $name {
            $($(#[$about])* pub $field: $type,)*
            /// The places analysed; left out: all that have a figure.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub among: Option<$crate::filter::Places>,
            /// The periods analysed; left out: all that have figures.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub periods: Option<$crate::parameters::Periods>,
            /// The place where a figure about all places is written; left out: the region.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub place: Option<String>,
            /// Which of the results is written; left out: the first.
            #[serde(default, skip_serializing_if = "Option::is_none")]
            pub result: Option<String>,
        }

        impl $crate::analysis::Scoped for $name {
            fn scope(&self) -> $crate::analysis::Scope<'_> {
                $crate::analysis::Scope {
                    among: self.among.as_ref(),
                    periods: self.periods.as_ref(),
                    place: self.place.as_deref(),
                    result: self.result.as_deref(),
                }
            }
        }
    };
}

/// Names of the parameters that [`over_places!`](crate::over_places) adds, which have no meaning outside of a region.
pub const IN_REGION: &[&str] = &["among", "periods", "place", "result"];

/// The seed of random numbers where none is given.
pub fn seed() -> u64 {
    1
}
