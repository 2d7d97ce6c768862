//! Methods of instances: they solve a problem that a JSON file states by itself, without a region.
//!
//! Such a method is one struct of documented parameters and an implementation of [`Instance`]; the command line, the JSON
//! Schema and the reference are made from it, as for the methods of measures. It gives an [`Outcome`] for each instance:
//! programs read its figures and lists, people its figures and tables. To add one: a file here, and its line in
//! [`INSTANCES`]. The arithmetic is that of an engine crate.

mod decimal;
mod games;
pub mod shapley;

use crate::analysis::Outcome;
use crate::method::Description;
use schemars::JsonSchema;
use serde::Serialize;
use serde::de::DeserializeOwned;
use std::fmt;
use std::ops::Deref;
use umbel_core::Finding;

/// What came out of the instances of a file.
#[derive(Clone, Debug)]
pub struct Solved {
    /// For each instance, in the order of the file.
    pub outcomes: Vec<Outcome>,
    /// Whether the file holds a list of them.
    pub list: bool,
}

/// A method that solves the instances of a file; see the module.
pub trait Instance: DeserializeOwned + Serialize + JsonSchema + fmt::Debug + Send + Sync + 'static {
    /// Name, with dashes in `umbel apply`.
    const NAME: &'static str;
    /// Raised whenever the same instance and parameters may give other results.
    const VERSION: u32;
    /// What it computes, in one line.
    const SUMMARY: &'static str;
    /// The computation as a formula or a short statement.
    const FORMULA: &'static str;
    /// Where it is published.
    const CITATION: &'static str;
    /// What is taken for granted, and what happens where it does not hold.
    const ASSUMPTIONS: &'static str;
    /// What it must not be used for.
    const NOT_FOR: &'static str;
    /// An instance in JSON.
    const EXAMPLE: &'static str;

    /// What is wrong with the parameters: parameter, sentence.
    fn problems(&self) -> Vec<(String, String)> {
        Vec::new()
    }

    /// Solves the instances of a file; `path` stands in the findings. Must depend on nothing but the file and the
    /// parameters, and give the same in any number of threads.
    ///
    /// # Errors
    /// Everything that is wrong with the file, each with its line and column.
    fn solve(&self, path: &str, bytes: Vec<u8>) -> Result<Solved, Vec<Finding>>;
}

/// A method of instances with its parameters given, whatever its type.
pub trait AnyInstance: fmt::Debug + Send + Sync {
    /// As [`Instance::problems`].
    fn problems(&self) -> Vec<(String, String)>;
    /// As [`Instance::solve`].
    ///
    /// # Errors
    /// As there.
    fn solve(&self, path: &str, bytes: Vec<u8>) -> Result<Solved, Vec<Finding>>;
    /// The parameters, defaults filled in.
    fn parameters(&self) -> serde_json::Value;
}

impl<I: Instance> AnyInstance for I {
    fn problems(&self) -> Vec<(String, String)> {
        Instance::problems(self)
    }
    fn solve(&self, path: &str, bytes: Vec<u8>) -> Result<Solved, Vec<Finding>> {
        Instance::solve(self, path, bytes)
    }
    fn parameters(&self) -> serde_json::Value {
        serde_json::to_value(self).unwrap_or_default()
    }
}

type FromJson = fn(serde_json::Value) -> Result<Box<dyn AnyInstance>, serde_json::Error>;

/// What is known of a method of instances without parameters.
pub struct Registration {
    /// What its page says.
    pub description: Description,
    /// Version.
    pub version: u32,
    /// JSON Schema of the parameters.
    pub schema: fn() -> schemars::Schema,
    /// Reads the parameters.
    pub from_json: FromJson,
}

impl Registration {
    /// The registration of a method.
    pub const fn of<I: Instance>() -> Registration {
        Registration {
            description: Description {
                name: I::NAME,
                summary: I::SUMMARY,
                formula: I::FORMULA,
                citation: I::CITATION,
                assumptions: I::ASSUMPTIONS,
                not_for: I::NOT_FOR,
                example: I::EXAMPLE,
            },
            version: I::VERSION,
            schema: || schemars::schema_for!(I),
            from_json: |value| {
                serde_json::from_value::<I>(value).map(|method| Box::new(method) as Box<dyn AnyInstance>)
            },
        }
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

/// Every method of instances, in the order of the reference.
pub static INSTANCES: &[Registration] = &[Registration::of::<shapley::Shapley>()];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_example_is_an_instance_that_is_solved() {
        for method in INSTANCES {
            let solver = (method.from_json)(serde_json::json!({})).expect(method.name);
            assert!(solver.problems().is_empty(), "{}", method.name);
            let solved = solver.solve("example.json", method.example.as_bytes().to_vec()).expect(method.name);
            assert!(!solved.outcomes.is_empty(), "{}", method.name);
        }
    }
}
