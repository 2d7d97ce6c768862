//! The extension point: what a method is.
//!
//! A method is one struct that holds its documented parameters, and an implementation of [`Method`]. Region files,
//! the command line, the JSON Schema and the pages of the documentation are all made from that struct. It is made
//! known by one line in [`crate::methods`].

use crate::analysis::{Analysed, Analysis, AnalysisRegistration};
use crate::inputs::Inputs;
use crate::network::OnNetwork;
use crate::output::Output;
use crate::reads::{Reads, Units};
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::ops::Deref;
use umbel_core::{Code, Unit};

/// A published method: its parameters, and how they turn input into rows.
///
/// Implemented by the struct of the parameters, which derives `Deserialize` (with `deny_unknown_fields`), `Serialize`
/// and `JsonSchema`, and documents each of its fields: the comments are what people read in the reference.
pub trait Method: DeserializeOwned + Serialize + JsonSchema + fmt::Debug + Send + Sync + 'static {
    /// Name in `method = "..."`.
    const NAME: &'static str;
    /// Raised whenever the same input and parameters may give other results; part of every content key.
    const VERSION: u32;
    /// What it computes, in one line.
    const SUMMARY: &'static str;
    /// The computation as a formula or a short statement.
    const FORMULA: &'static str;
    /// Where it is published.
    const CITATION: &'static str;
    /// What is taken for granted, and what happens where it does not hold.
    const ASSUMPTIONS: &'static str = "";
    /// What it must not be used for.
    const NOT_FOR: &'static str = "";
    /// A measure that uses it, in TOML.
    const EXAMPLE: &'static str = "";

    /// Declares what is read, in a fixed order: the n-th call is input n of [`Method::evaluate`].
    ///
    /// What is unknown or does not fit is reported through [`Reads::problem`] (the calls of [`Reads`] do so for what
    /// they are given), all at once; nothing is evaluated here.
    fn reads(&self, reads: &mut Reads<'_>);

    /// Unit of the result, from the units of what is read, before anything is evaluated.
    ///
    /// # Errors
    /// A [`Problem`] (usually M006) when the units do not fit.
    fn unit(&self, units: &Units<'_>) -> Result<Unit, Problem>;

    /// Computes the rows. Must depend on nothing but `inputs` and the parameters, and give the same rows in any
    /// number of threads. Rows may be pushed in any order, each key once.
    ///
    /// # Errors
    /// A sentence that says why nothing can be computed.
    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String>;

    /// What was computed, for the trace: by default [`Method::FORMULA`].
    fn statement(&self) -> String {
        Self::FORMULA.to_owned()
    }

    /// The dimension under which it writes figures for each of several places (`destination=PLACE`), if it does.
    fn dimension_of_places(&self) -> Option<&'static str> {
        None
    }

    /// Everything that an analysis gives; `None` for a method that is none.
    fn analysed(&self, _: &Inputs<'_>) -> Option<Result<Vec<Analysed>, String>> {
        None
    }
}

/// Something wrong with a parameter, told apart from where it stands: the reader of the file adds the position.
#[derive(Clone, Debug, PartialEq)]
pub struct Problem {
    /// The code.
    pub code: &'static Code,
    /// The parameter, with dots into tables (`where.kind`); empty for the whole measure.
    pub parameter: String,
    /// Where in the text of the parameter it begins, in bytes from its first character (for formulas).
    pub offset: usize,
    /// What is wrong, in one sentence.
    pub message: String,
    /// How to mend it.
    pub fix: String,
}

impl Problem {
    /// A problem of a parameter.
    pub fn new(code: &'static Code, parameter: &str, message: impl Into<String>, fix: impl Into<String>) -> Problem {
        Problem { code, parameter: parameter.to_owned(), offset: 0, message: message.into(), fix: fix.into() }
    }

    /// The same problem, at a byte of the parameter's text.
    pub fn at(mut self, offset: usize) -> Problem {
        self.offset = offset;
        self
    }
}

/// A method with its parameters given, whatever its type.
pub trait AnyMethod: fmt::Debug + Send + Sync {
    /// As [`Method::reads`].
    fn reads(&self, reads: &mut Reads<'_>);
    /// As [`Method::unit`].
    ///
    /// # Errors
    /// As there.
    fn unit(&self, units: &Units<'_>) -> Result<Unit, Problem>;
    /// As [`Method::evaluate`].
    ///
    /// # Errors
    /// As there.
    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String>;
    /// As [`Method::statement`].
    fn statement(&self) -> String;
    /// As [`Method::dimension_of_places`].
    fn dimension_of_places(&self) -> Option<&'static str>;
    /// As [`Method::analysed`].
    fn analysed(&self, inputs: &Inputs<'_>) -> Option<Result<Vec<Analysed>, String>>;
    /// The parameters as JSON, defaults filled in: the same text for the same parameters however they were written.
    fn parameters(&self) -> serde_json::Value;
}

impl<M: Method> AnyMethod for M {
    fn reads(&self, reads: &mut Reads<'_>) {
        Method::reads(self, reads);
    }
    fn unit(&self, units: &Units<'_>) -> Result<Unit, Problem> {
        Method::unit(self, units)
    }
    fn evaluate(&self, inputs: &Inputs<'_>) -> Result<Output, String> {
        Method::evaluate(self, inputs)
    }
    fn statement(&self) -> String {
        Method::statement(self)
    }
    fn dimension_of_places(&self) -> Option<&'static str> {
        Method::dimension_of_places(self)
    }
    fn analysed(&self, inputs: &Inputs<'_>) -> Option<Result<Vec<Analysed>, String>> {
        Method::analysed(self, inputs)
    }
    fn parameters(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

type FromToml = fn(toml::de::ValueDeserializer<'_>) -> Result<Box<dyn AnyMethod>, toml::de::Error>;
type FromJson = fn(serde_json::Value) -> Result<Box<dyn AnyMethod>, serde_json::Error>;

/// What the page of a method says: of one of measures, of one of instances, or of what judges tables.
#[derive(Clone, Copy, Debug)]
pub struct Description {
    /// Name in `method = "..."`.
    pub name: &'static str,
    /// What it computes, in one line.
    pub summary: &'static str,
    /// The computation as a formula or a short statement.
    pub formula: &'static str,
    /// Where it is published.
    pub citation: &'static str,
    /// What is taken for granted, and what happens where it does not hold.
    pub assumptions: &'static str,
    /// What it must not be used for.
    pub not_for: &'static str,
    /// A measure that uses it, in TOML; an instance in JSON.
    pub example: &'static str,
}

/// What is known of a method without parameters.
pub struct Registration {
    /// What its page says.
    pub description: Description,
    /// Version.
    pub version: u32,
    /// JSON Schema of the parameters.
    pub schema: fn() -> schemars::Schema,
    /// Reads the parameters from TOML.
    pub from_toml: FromToml,
    /// Reads the parameters from JSON.
    pub from_json: FromJson,
    /// What it can do with plain files, if it is an analysis.
    pub analysis: Option<AnalysisRegistration>,
    /// Whether it travels on a network, of a region or of plain files.
    pub network: bool,
}

impl Registration {
    /// The registration of a method.
    pub const fn of<M: Method>() -> Registration {
        Registration {
            description: Description {
                name: M::NAME,
                summary: M::SUMMARY,
                formula: M::FORMULA,
                citation: M::CITATION,
                assumptions: M::ASSUMPTIONS,
                not_for: M::NOT_FOR,
                example: M::EXAMPLE,
            },
            version: M::VERSION,
            schema: || schemars::schema_for!(M),
            from_toml: |value| M::deserialize(value).map(|method| Box::new(method) as Box<dyn AnyMethod>),
            from_json: |value| serde_json::from_value::<M>(value).map(|method| Box::new(method) as Box<dyn AnyMethod>),
            analysis: None,
            network: false,
        }
    }

    /// The registration of a method on networks.
    pub const fn of_network<M: Method + OnNetwork>() -> Registration {
        Registration { network: true, ..Registration::of::<M>() }
    }

    /// The registration of an analysis.
    pub const fn of_analysis<A: Analysis>() -> Registration {
        Registration { analysis: Some(AnalysisRegistration::of::<A>()), ..Registration::of::<A>() }
    }

    /// Names of the parameters, from the schema, in alphabetical order.
    pub fn parameter_names(&self) -> Vec<String> {
        let schema = (self.schema)();
        let properties = schema.get("properties").and_then(|p| p.as_object());
        let mut names: Vec<String> = properties.map(|p| p.keys().cloned().collect()).unwrap_or_default();
        names.sort();
        names
    }
}

impl Deref for Registration {
    type Target = Description;

    fn deref(&self) -> &Description {
        &self.description
    }
}

impl fmt::Debug for Registration {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} version {}", self.name, self.version)
    }
}
