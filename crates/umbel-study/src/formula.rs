//! Formulas: arithmetic over indicators, with units checked and missing figures kept missing.
//!
//! A formula is read once ([`Formula::parse`]), fitted to the units of what it reads ([`Formula::compile`]) and then
//! worked out column by column ([`Program::evaluate`]). Both forms are lists of steps for a stack, so that the length
//! of a formula is bounded by its text and never by the depth of a recursion.

mod align;
mod compile;
mod evaluate;
mod parse;
mod token;

pub use align::{Aligned, Relation, align};
pub use compile::Program;

use umbel_core::{Period, Unit};

/// Deepest nesting of parentheses, functions, signs and powers.
pub const MAX_DEPTH: usize = 64;
/// Longest formula, in bytes.
pub const MAX_LENGTH: usize = 10_000;

/// What is wrong with a formula, and where in its text.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
#[error("{message}")]
pub struct FormulaError {
    /// Column from 1, in characters of the formula.
    pub column: u32,
    /// What is wrong, in one sentence without a full stop.
    pub message: String,
}

/// An indicator that a formula reads: `gdp`, `gdp@beijing`, `gdp@beijing@2013`, `gdp@@2013`, `capacity[energy=wind]`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Reference {
    /// Indicator.
    pub indicator: String,
    /// The place, when it is fixed.
    pub place: Option<String>,
    /// The period, when it is fixed.
    pub period: Option<Period>,
    /// The breakdown, when it is fixed; empty = the total (written `[_T]`).
    pub breakdown: Option<String>,
    /// Column of its first appearance, from 1.
    pub column: u32,
}

/// The functions.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Function {
    /// Least of its arguments.
    Min,
    /// Greatest of its arguments.
    Max,
    /// Absolute value.
    Abs,
    /// Square root.
    Sqrt,
    /// Natural logarithm.
    Ln,
    /// Exponential function.
    Exp,
}

impl Function {
    fn named(name: &str) -> Option<Function> {
        Some(match name {
            "min" => Function::Min,
            "max" => Function::Max,
            "abs" => Function::Abs,
            "sqrt" => Function::Sqrt,
            "ln" => Function::Ln,
            "exp" => Function::Exp,
            _ => return None,
        })
    }

    fn name(self) -> &'static str {
        match self {
            Function::Min => "min",
            Function::Max => "max",
            Function::Abs => "abs",
            Function::Sqrt => "sqrt",
            Function::Ln => "ln",
            Function::Exp => "exp",
        }
    }
}

/// One step of a formula as read: operands first, then what is done with them.
#[derive(Clone, Debug, PartialEq)]
enum Operation {
    Number(f64, Option<Unit>),
    Reference(usize),
    Negate,
    Add,
    Subtract,
    Multiply,
    Divide,
    Power,
    Call(Function, usize),
}

/// A formula that was read.
#[derive(Clone, Debug)]
pub struct Formula {
    references: Vec<Reference>,
    operations: Vec<(Operation, u32)>,
}

impl Formula {
    /// Reads a formula.
    ///
    /// From loose to tight: `+ -`, `* /`, sign, `^` (which groups to the right: `2^3^2` is `2^9`, and `-x^2` is
    /// `-(x^2)`). Functions: `min max` of one or more, `abs sqrt ln exp`. An id has letters, digits, `_` and `.`; any
    /// other stands in backticks. A number may carry a unit in quotes: `30 'min'`.
    ///
    /// # Errors
    /// The first thing that is not understood, with its column.
    pub fn parse(text: &str) -> Result<Formula, FormulaError> {
        parse::parse(text)
    }

    /// What it reads, each once, in the order of first appearance.
    pub fn references(&self) -> &[Reference] {
        &self.references
    }

    /// Fits the formula to the units of [`Formula::references`].
    ///
    /// # Errors
    /// The first operation that combines what cannot be combined.
    pub fn compile(&self, units: &[Unit]) -> Result<Program, FormulaError> {
        compile::compile(self, units)
    }
}

#[cfg(test)]
mod tests;
